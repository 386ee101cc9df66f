//! The steps of an erasure, in the order they are carried out.

use serde::{Deserialize, Serialize};

use super::{Operation, Plan, SystemPlan};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Stops the account's writes, so that drift ends.
    Freeze,
    /// Deletes rows.
    Delete,
    /// Empties rows but for what a retained row needs.
    Reduce,
    /// Proves that the rest is gone and the retained is untouched.
    Verify,
}

impl StepKind {
    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Delete => "delete",
            Self::Reduce => "reduce",
            Self::Verify => "verify",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Freeze, Self::Delete, Self::Reduce, Self::Verify]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One step. It can be repeated without harm, and resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place, from 1.
    pub ordinal: i32,
    /// The system.
    pub system: String,
    /// The table, or empty where the step is about the whole system.
    pub table: String,
    /// What it does.
    pub kind: StepKind,
    /// Rows it is planned for.
    pub planned: i64,
    /// Whether staff do it, and it is only looked whether they did.
    pub by_hand: bool,
}

impl Plan {
    /// The steps: every account is frozen first, in all systems; then each system's rows go,
    /// children before parents, and the system is verified. Who erases by hand also stops the account by hand.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut push = |part: &SystemPlan, table: &str, kind, planned: usize| {
            let ordinal = i32::try_from(steps.len() + 1).unwrap_or(i32::MAX);
            let planned = i64::try_from(planned).unwrap_or(i64::MAX);
            steps.push(Step {
                ordinal,
                system: part.system.clone(),
                table: table.to_owned(),
                kind,
                planned,
                by_hand: part.by_hand,
            });
        };
        for system in self.systems.iter().filter(|system| !system.by_hand) {
            let roots = system.roots.values().map(Vec::len).sum();
            push(system, "", StepKind::Freeze, roots);
        }
        for system in &self.systems {
            for table in &system.tables {
                match table.operation {
                    Operation::Erase => {
                        push(system, &table.table, StepKind::Delete, table.rows.len());
                    }
                    Operation::Reduce { .. } => {
                        push(system, &table.table, StepKind::Reduce, table.rows.len());
                    }
                    Operation::Retain { .. } | Operation::Keep { .. } | Operation::Refuse { .. } => {}
                }
            }
            let rows = system.tables.iter().map(|table| table.rows.len()).sum();
            push(system, "", StepKind::Verify, rows);
        }
        steps
    }
}
