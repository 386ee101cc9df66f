//! Until when what a person is shown is kept (Art. 15(1)(d)).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::erasure::Draft;

/// The last days of the rows of a table that a law makes us keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Of the row that may go first.
    pub first: NaiveDate,
    /// Of the row that is kept longest.
    pub last: NaiveDate,
}

/// Until when each table's rows are kept by law, named `system.table`: what an erasure of today would say of them.
#[must_use]
pub fn kept_by_law(plan: &Draft) -> BTreeMap<String, Kept> {
    let mut kept: BTreeMap<String, Kept> = BTreeMap::new();
    for part in &plan.systems {
        for table in &part.tables {
            for day in table.rows.iter().filter_map(|row| row.until) {
                let known = kept
                    .entry(format!("{}.{}", part.system, table.table))
                    .or_insert(Kept {
                        first: day,
                        last: day,
                    });
                known.first = known.first.min(day);
                known.last = known.last.max(day);
            }
        }
    }
    kept
}
