//! A later survey held against the plan: what drifted before, and what deviates after.

use std::collections::{BTreeMap, BTreeSet};

use super::{Operation, Survey, SystemPlan, TablePlan};
use crate::domain::matching::RowKey;

/// How a system differs from what was approved, before or while it is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Nothing but, perhaps, more rows of kinds that the plan already erases: they are erased too,
    /// as a declared delta.
    Appeared(BTreeMap<String, Vec<RowKey>>),
    /// Something the plan does not speak of: it must be made anew.
    Outdated {
        /// The table where it shows.
        table: String,
    },
}

/// What drifted since the plan was made.
///
/// Rows to erase that are gone already do not matter. A new row is part of the delta when the plan
/// deletes rows of its table and nothing else. A new row of another table, a retained row that
/// changed, and a row that should stay and is gone make the plan outdated: after the erasure it
/// could not be proved any more. What is refused goes on as before, and rows come and go there.
#[must_use]
pub fn drift(plan: &SystemPlan, now: &Survey) -> Drift {
    if let Some(table) = plan.tables.iter().find(|table| misses_what_stays(table, now)) {
        return Drift::Outdated {
            table: table.table.clone(),
        };
    }
    let mut appeared = BTreeMap::new();
    for table in now.tables.iter().filter(|table| !is_refused(plan, &table.table)) {
        let planned: BTreeMap<&RowKey, (&Operation, &str)> = plan
            .tables
            .iter()
            .filter(|t| t.table == table.table)
            .flat_map(|t| {
                t.rows
                    .iter()
                    .map(move |row| (&row.key, (&t.operation, row.digest.as_str())))
            })
            .collect();
        let only_erases = !planned.is_empty() && planned.values().all(|(op, _)| **op == Operation::Erase);
        let mut new = Vec::new();
        for row in &table.rows {
            match planned.get(&row.key) {
                None if only_erases => new.push(row.key.clone()),
                None => {
                    return Drift::Outdated {
                        table: table.table.clone(),
                    };
                }
                Some((Operation::Retain { .. }, digest)) if *digest != row.digest => {
                    return Drift::Outdated {
                        table: table.table.clone(),
                    };
                }
                Some(_) => {}
            }
        }
        if !new.is_empty() {
            appeared.insert(table.table.clone(), new);
        }
    }
    Drift::Appeared(appeared)
}

/// Whether a table is left as it is because that part of the request is refused.
fn is_refused(plan: &SystemPlan, table: &str) -> bool {
    let mut tables = plan.tables.iter().filter(|part| part.table == table);
    tables.any(TablePlan::is_refused)
}

fn misses_what_stays(table: &TablePlan, now: &Survey) -> bool {
    let stays = !matches!(table.operation, Operation::Erase | Operation::Refuse { .. });
    let held: BTreeSet<&RowKey> = now.rows(&table.table).iter().map(|row| &row.key).collect();
    stays && table.rows.iter().any(|row| !held.contains(&row.key))
}

/// Where a system is not what the plan promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// Rows that should be gone are there.
    StillThere {
        /// The table.
        table: String,
        /// How many.
        rows: usize,
    },
    /// Rows that should be kept are gone or changed.
    RetainedChanged {
        /// The table.
        table: String,
        /// How many.
        rows: usize,
    },
    /// Rows that should be reduced are gone.
    ReducedMissing {
        /// The table.
        table: String,
        /// How many.
        rows: usize,
    },
    /// Rows that stay for a reason of the map's are gone.
    KeptMissing {
        /// The table.
        table: String,
        /// How many.
        rows: usize,
    },
}

/// Holds a survey made after the erasure against the plan. Nothing but retained, kept and reduced
/// rows may be left, and retained rows must be byte for byte what they were.
#[must_use]
pub fn compare(plan: &SystemPlan, after: &Survey) -> Vec<Deviation> {
    let mut deviations = Vec::new();
    let mut allowed: BTreeMap<&str, BTreeSet<&RowKey>> = BTreeMap::new();
    for table in &plan.tables {
        let now: BTreeMap<&RowKey, &str> = after
            .rows(&table.table)
            .iter()
            .map(|row| (&row.key, row.digest.as_str()))
            .collect();
        let name = || table.table.clone();
        match table.operation {
            Operation::Erase | Operation::Refuse { .. } => continue,
            Operation::Retain { .. } => {
                let rows = table
                    .rows
                    .iter()
                    .filter(|r| now.get(&r.key) != Some(&r.digest.as_str()))
                    .count();
                deviations.extend((rows > 0).then(|| Deviation::RetainedChanged { table: name(), rows }));
            }
            Operation::Reduce { .. } => {
                let rows = table.rows.iter().filter(|r| !now.contains_key(&r.key)).count();
                deviations.extend((rows > 0).then(|| Deviation::ReducedMissing { table: name(), rows }));
            }
            // They may change: a suppression list is in use.
            Operation::Keep { .. } => {
                let rows = table.rows.iter().filter(|r| !now.contains_key(&r.key)).count();
                deviations.extend((rows > 0).then(|| Deviation::KeptMissing { table: name(), rows }));
            }
        }
        allowed
            .entry(&table.table)
            .or_default()
            .extend(table.rows.iter().map(|row| &row.key));
    }
    for table in after
        .tables
        .iter()
        .filter(|table| !is_refused(plan, &table.table))
    {
        let stays = allowed.get(table.table.as_str());
        let rows = table
            .rows
            .iter()
            .filter(|r| stays.is_none_or(|keys| !keys.contains(&r.key)))
            .count();
        deviations.extend((rows > 0).then(|| Deviation::StillThere {
            table: table.table.clone(),
            rows,
        }));
    }
    deviations
}
