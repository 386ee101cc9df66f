//! The terms of a restriction (Art. 18): what is marked where, what staff mark by hand, and what may still be done.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Correction, Step, StepKind};
use crate::domain::data_map::{ConnectorKind, DataMap};
use crate::domain::erasure::Survey;
use crate::domain::matching::RowKey;
use crate::domain::restriction::{Allowed, Ground, Services};

/// One value that marks a row as restricted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// The row.
    pub key: RowKey,
    /// The column.
    pub column: String,
    /// What stood there before, and stands there again once the restriction is lifted.
    pub before: Option<String>,
    /// The mark.
    pub value: String,
}

/// The restricted rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// The rows.
    pub keys: Vec<RowKey>,
    /// Whether they are marked there, by a machine or as a task that staff do. Where the map has no mark, staff see to it
    /// themselves.
    pub marked: bool,
}

/// A table that holds restricted data and cannot be marked: staff see to it by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByHand {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// How many rows.
    pub rows: usize,
}

/// The terms of a restriction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictionTerms {
    /// Why.
    pub ground: Ground,
    /// What: ids of categories, or `system.table`. Everything when empty.
    pub items: Vec<String>,
    /// Until when it is expected to last.
    pub expected_end: Option<NaiveDate>,
    /// What may still be done beside storing.
    pub allowed: Vec<Allowed>,
    /// What becomes of services.
    pub services: Services,
    /// The categories that are restricted.
    pub categories: Vec<String>,
    /// The purposes that they serve and that the person may consent to meanwhile (Art. 18(2)).
    #[serde(default)]
    pub purposes: Vec<String>,
    /// The rows that are restricted.
    pub covered: Vec<Covered>,
    /// What marks them.
    pub marks: Vec<Mark>,
}

impl RestrictionTerms {
    /// Adds what is to be marked, judged from what the systems hold: the rows of the tables that `items` name.
    pub fn mark(&mut self, map: &DataMap, found: &[(Survey, BTreeMap<String, Vec<RowKey>>)]) {
        for (survey, roots) in found {
            let Some(system) = map.system(&survey.system) else {
                continue;
            };
            for table in &system.tables {
                let own = roots.get(&table.name).map(Vec::as_slice).unwrap_or_default();
                let rows = survey.rows(&table.name).iter();
                let rows: Vec<_> = rows
                    .filter(|row| {
                        if table.path.is_some() {
                            own.iter().any(|top| is_same_entry(top, &row.key))
                        } else {
                            table.person.is_empty() || own.contains(&row.key)
                        }
                    })
                    .collect();
                if rows.is_empty() || !self.covers(&survey.system, &table.name, &table.category) {
                    continue;
                }
                if !self.categories.contains(&table.category) {
                    self.categories.push(table.category.clone());
                }
                self.covered.push(Covered {
                    system: survey.system.clone(),
                    table: table.name.clone(),
                    keys: rows.iter().map(|row| row.key.clone()).collect(),
                    marked: table.restrict.is_some() || system.connector == ConnectorKind::Manual,
                });
                for (row, rule) in rows
                    .iter()
                    .flat_map(|row| table.restrict.iter().map(move |rule| (row, rule)))
                {
                    self.marks.extend(rule.set.iter().map(|(column, value)| Mark {
                        system: survey.system.clone(),
                        table: table.name.clone(),
                        key: row.key.clone(),
                        column: column.clone(),
                        before: row.values.get(column).cloned(),
                        value: value.clone(),
                    }));
                }
            }
        }
    }

    fn covers(&self, system: &str, table: &str, category: &str) -> bool {
        let named = |item: &String| item == category || item.split_once('.') == Some((system, table));
        self.items.is_empty() || self.items.iter().any(named)
    }

    /// Whether there is nothing to restrict.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.covered.is_empty()
    }

    /// What staff mark by hand.
    #[must_use]
    pub fn by_hand(&self) -> Vec<ByHand> {
        let unmarked = self.covered.iter().filter(|covered| !covered.marked);
        unmarked
            .map(|covered| ByHand {
                system: covered.system.clone(),
                table: covered.table.clone(),
                rows: covered.keys.len(),
            })
            .collect()
    }

    /// What is to be done: each table is marked, then read back.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let mut tables: Vec<(&str, &str)> = Vec::new();
        for mark in &self.marks {
            if !tables.contains(&(&mark.system, &mark.table)) {
                tables.push((&mark.system, &mark.table));
            }
        }
        let step = |kind| {
            tables.iter().map(move |(system, table)| Step {
                system: (*system).to_owned(),
                table: (*table).to_owned(),
                kind,
            })
        };
        step(StepKind::Mark).chain(step(StepKind::Verify)).collect()
    }

    /// The values that a step sets or reads back.
    #[must_use]
    pub fn corrections(&self, step: &Step) -> Vec<Correction> {
        let marks = self.marks.iter();
        let here = marks.filter(|mark| mark.system == step.system && mark.table == step.table);
        here.map(|mark| Correction {
            key: mark.key.clone(),
            column: mark.column.clone(),
            old: mark.before.clone(),
            new: Some(mark.value.clone()),
        })
        .collect()
    }

    /// What lifting puts back, by system and table: only where the mark still stands.
    #[must_use]
    pub fn lifting(&self) -> BTreeMap<(String, String), Vec<Correction>> {
        let mut tables: BTreeMap<(String, String), Vec<Correction>> = BTreeMap::new();
        for mark in &self.marks {
            let table = tables
                .entry((mark.system.clone(), mark.table.clone()))
                .or_default();
            table.push(Correction {
                key: mark.key.clone(),
                column: mark.column.clone(),
                old: Some(mark.value.clone()),
                new: mark.before.clone(),
            });
        }
        tables
    }
}

/// Whether both name the same entry of a tree, of which a row tells whether it is a directory: what is marked in a tree is
/// its top.
fn is_same_entry(top: &RowKey, row: &RowKey) -> bool {
    let path = |key: &RowKey| key.0.first().map(|path| path.trim_end_matches('/').to_owned());
    path(top) == path(row)
}
