//! An erasure plan, and what came of it, as counts, grounds and dates.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::case::{Confirmation, RefusedItem};
use crate::services::Context;
use crate::services::answer::AnswerFacts;
use crate::services::overview::PlanView;
use crate::services::planning::{PlanFacts, PlanLine, PlanSystem};
use crate::store::plans::{StepState, StoredStep};

/// A text in both languages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BothLanguages {
    /// Swedish.
    pub sv: String,
    /// English.
    pub en: String,
}

impl From<&crate::domain::language::Text> for BothLanguages {
    fn from(text: &crate::domain::language::Text) -> Self {
        let crate::domain::language::Text { sv, en } = text.clone();
        Self { sv, en }
    }
}

/// An erasure plan.
#[derive(Serialize, ToSchema)]
pub struct ErasurePlan {
    /// Its id.
    pub id: String,
    /// By what it is approved.
    pub hash: String,
    /// Whether it is what is proposed or approved now.
    pub current: bool,
    /// What the person says to the consequences: `not_needed`, `awaited` or `given`.
    pub confirmation: Option<&'static str>,
    /// Who made it.
    pub prepared_by: Option<String>,
    /// Until when the approved erasure can be stopped.
    pub cool_off_until: Option<DateTime<Utc>>,
    /// The ground of Art. 17(1), by name.
    #[schema(example = "no_longer_needed_17_1_a")]
    pub ground: &'static str,
    /// Why it applies, in staff's words.
    pub ground_reason: Option<String>,
    /// By system and table.
    pub systems: Vec<PlanSystemView>,
    /// What is refused, and why (Art. 17(3), 12(4)).
    pub refused: Vec<RefusedView>,
    /// Services of the person that end.
    pub consequences: Vec<ServiceView>,
    /// How long backups still hold what is erased.
    pub backups: Vec<BackupView>,
    /// How far it has come, once approved.
    pub steps: Vec<StepView>,
}

/// A system's part of a plan.
#[derive(Serialize, ToSchema)]
pub struct PlanSystemView {
    /// Its id.
    pub system: String,
    /// What people call it.
    pub name: BothLanguages,
    /// Its tables.
    pub tables: Vec<PlanTableView>,
    /// Days until nothing erased remains in a backup; none when there are no backups.
    pub backups_expire_after_days: Option<u32>,
    /// Whether staff erase there by hand, because the system is in shadow mode.
    pub by_hand: bool,
}

/// A table's part of a plan.
#[derive(Serialize, ToSchema)]
pub struct PlanTableView {
    /// Its name.
    pub table: String,
    /// The category of its data.
    pub category: String,
    /// Rows that are erased.
    pub erase: usize,
    /// How many bytes all rows have, when they are files.
    pub bytes: Option<u64>,
    /// Rows that are reduced to what retained rows need.
    pub reduce: usize,
    /// Rows that stay because that part is refused.
    pub refuse: usize,
    /// Rows that stay, by ground.
    pub retained: Vec<RetainedView>,
}

/// Rows that stay.
#[derive(Serialize, ToSchema)]
pub struct RetainedView {
    /// How many.
    pub rows: usize,
    /// The law or reason.
    #[schema(example = "bookkeeping")]
    pub ground: String,
    /// Whether a law demands it.
    pub by_law: bool,
    /// The last day of the longest-kept row.
    pub until: Option<NaiveDate>,
}

/// A part of the request that is refused.
#[derive(Serialize, ToSchema)]
pub struct RefusedView {
    /// What: a category, or a table as `system.table`, among others.
    pub item: String,
    /// The ground's name.
    pub ground: &'static str,
    /// The reasons, in staff's words.
    pub reason: String,
}

impl RefusedView {
    pub(super) fn of(item: &RefusedItem) -> Self {
        Self {
            item: item.item.clone(),
            ground: item.ground.name(),
            reason: item.reason.clone(),
        }
    }
}

/// A service that ends.
#[derive(Serialize, ToSchema)]
pub struct ServiceView {
    /// What kind it is.
    #[schema(example = "domain")]
    pub kind: String,
    /// What the person calls it.
    pub label: String,
}

/// How long a system's backups live.
#[derive(Serialize, ToSchema)]
pub struct BackupView {
    /// The system.
    pub system: String,
    /// Days.
    pub expire_after_days: u32,
}

/// A step of an erasure.
#[derive(Serialize, ToSchema)]
pub struct StepView {
    /// Its place, from 1.
    pub ordinal: i32,
    /// The system.
    pub system: String,
    /// The table; empty where the step is about the whole system.
    pub table: String,
    /// `freeze`, `delete`, `reduce` or `verify`.
    pub kind: &'static str,
    /// `pending`, `done` or `failed`.
    pub state: &'static str,
    /// Rows it is planned for.
    pub planned: i64,
    /// Rows done.
    pub done: i64,
    /// Rows among them that appeared after the approval.
    pub appeared: i64,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// What is gone from a table.
#[derive(Serialize, ToSchema)]
pub struct ErasedView {
    /// The system.
    pub system: String,
    /// What people call it.
    pub name: BothLanguages,
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: i64,
    /// Whether they were reduced instead of deleted.
    pub reduced: bool,
    /// The local day it was verified.
    pub on: Option<NaiveDate>,
    /// The last day it can be in a backup.
    pub backups_until: Option<NaiveDate>,
}

/// What remains of a table.
#[derive(Serialize, ToSchema)]
pub struct KeptView {
    /// The system.
    pub system: String,
    /// What people call it.
    pub name: BothLanguages,
    /// The table.
    pub table: String,
    /// Rows, ground and last day.
    #[serde(flatten)]
    pub retained: RetainedView,
}

/// The name in the API.
pub(super) const fn confirmation_name(confirmation: Confirmation) -> &'static str {
    match confirmation {
        Confirmation::NotNeeded => "not_needed",
        Confirmation::Awaited => "awaited",
        Confirmation::Given => "given",
    }
}

impl ErasurePlan {
    /// The view of `plan`.
    #[must_use]
    pub fn of(ctx: &Context, plan: &PlanView) -> Self {
        let systems = plan.facts.systems.iter();
        Self {
            id: plan.id.to_string(),
            hash: plan.facts.hash.clone(),
            current: plan.current,
            confirmation: plan.confirmation.map(confirmation_name),
            prepared_by: plan.prepared_by.map(|staff| staff.to_string()),
            cool_off_until: plan.cool_off_until,
            ground: plan.facts.basis.ground().name(),
            ground_reason: plan.facts.basis.reason().map(str::to_owned),
            refused: plan.facts.refused.iter().map(RefusedView::of).collect(),
            backups: systems.filter_map(backup).collect(),
            systems: by_system(ctx, &plan.facts),
            consequences: services(&plan.facts),
            steps: plan.steps.iter().map(step).collect(),
        }
    }
}

fn backup(part: &PlanSystem) -> Option<BackupView> {
    Some(BackupView {
        system: part.system.clone(),
        expire_after_days: part.backups_expire_after_days?,
    })
}

fn step(stored: &StoredStep) -> StepView {
    let (state, done_at, failure) = match &stored.state {
        StepState::Pending => ("pending", None, None),
        StepState::Done { at } => ("done", Some(*at), None),
        StepState::Failed { why } => ("failed", None, Some(why.clone())),
    };
    StepView {
        ordinal: stored.step.ordinal,
        system: stored.step.system.clone(),
        table: stored.step.table.clone(),
        kind: stored.step.kind.name(),
        state,
        planned: stored.step.planned,
        done: stored.done,
        appeared: stored.appeared,
        done_at,
        failure,
    }
}

fn system_name(ctx: &Context, id: &str) -> BothLanguages {
    let (sv, en) = (id.to_owned(), id.to_owned());
    let bare = || BothLanguages { sv, en };
    let system = ctx.organisation.map.system(id);
    system.map_or_else(bare, |system| (&system.name).into())
}

pub(super) fn services(facts: &PlanFacts) -> Vec<ServiceView> {
    let view = |service: &crate::domain::erasure::EndingService| ServiceView {
        kind: service.kind.clone(),
        label: service.label.clone(),
    };
    facts.services.iter().map(view).collect()
}

pub(super) fn by_system(ctx: &Context, facts: &PlanFacts) -> Vec<PlanSystemView> {
    let view = |part: &PlanSystem| PlanSystemView {
        system: part.system.clone(),
        name: system_name(ctx, &part.system),
        tables: by_table(&part.lines),
        backups_expire_after_days: part.backups_expire_after_days,
        by_hand: part.by_hand,
    };
    facts.systems.iter().map(view).collect()
}

/// Lines of one table, which differ in what is done, put together.
fn by_table(lines: &[PlanLine]) -> Vec<PlanTableView> {
    let mut tables: Vec<PlanTableView> = Vec::new();
    for line in lines {
        let known = tables.iter().position(|table| table.table == line.table);
        let mut table = known.map_or_else(|| empty(line), |at| tables.remove(at));
        match (&line.ground, line.operation.as_str()) {
            (_, "refuse") => table.refuse += line.rows,
            (Some(ground), operation) => table.retained.push(RetainedView {
                rows: line.rows,
                ground: ground.clone(),
                by_law: operation == "retain",
                until: line.until,
            }),
            (None, "reduce") => table.reduce += line.rows,
            (None, _) => table.erase += line.rows,
        }
        if let Some(bytes) = line.bytes {
            table.bytes = Some(table.bytes.unwrap_or_default() + bytes);
        }
        tables.insert(known.unwrap_or(tables.len()), table);
    }
    tables
}

fn empty(line: &PlanLine) -> PlanTableView {
    PlanTableView {
        table: line.table.clone(),
        category: line.category.clone(),
        erase: 0,
        bytes: None,
        reduce: 0,
        refuse: 0,
        retained: vec![],
    }
}

pub(super) fn erased(ctx: &Context, answer: &AnswerFacts) -> Vec<ErasedView> {
    let of_system = |part: &crate::services::answer::ErasedIn| {
        let view = |rows: &crate::services::answer::ErasedRows| ErasedView {
            system: part.system.clone(),
            name: system_name(ctx, &part.system),
            table: rows.table.clone(),
            rows: rows.rows,
            reduced: rows.reduced,
            on: part.on,
            backups_until: part.backups_until,
        };
        part.tables.iter().map(view).collect::<Vec<_>>()
    };
    answer.erased.iter().flat_map(of_system).collect()
}

pub(super) fn kept(ctx: &Context, answer: &AnswerFacts) -> Vec<KeptView> {
    let view = |kept: &crate::services::answer::KeptRows| KeptView {
        system: kept.system.clone(),
        name: system_name(ctx, &kept.system),
        table: kept.table.clone(),
        retained: RetainedView {
            rows: kept.rows,
            ground: kept.ground.clone(),
            by_law: kept.by_law,
            until: kept.until,
        },
    };
    answer.kept.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(table: &str, operation: &str, rows: usize, ground: Option<&str>) -> PlanLine {
        PlanLine {
            table: table.into(),
            category: "contact".into(),
            operation: operation.into(),
            rows,
            bytes: (table == "a").then_some(10),
            ground: ground.map(Into::into),
            until: None,
        }
    }

    #[test]
    fn lines_of_one_table_are_one_entry_in_its_first_place() {
        let tables = by_table(&[
            line("a", "erase", 3, None),
            line("b", "retain", 2, Some("bookkeeping")),
            line("a", "reduce", 1, None),
            line("a", "keep", 4, Some("suppression")),
            line("b", "refuse", 5, Some("legal_claims_17_3_e")),
        ]);
        let names: Vec<&str> = tables.iter().map(|table| table.table.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!((tables[0].erase, tables[0].reduce), (3, 1));
        assert_eq!(tables[0].retained[0].ground, "suppression");
        assert!(!tables[0].retained[0].by_law && tables[1].retained[0].by_law);
        assert_eq!((tables[1].erase, tables[1].retained[0].rows), (0, 2));
        assert_eq!(
            (tables[1].refuse, tables[1].retained.len()),
            (5, 1),
            "refused is not retained"
        );
        assert_eq!((tables[0].bytes, tables[1].bytes), (Some(30), None));
    }
}
