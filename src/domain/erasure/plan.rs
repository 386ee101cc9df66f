//! The plan: each row's fate, the ground of it all and what is refused, decided before anything is touched and frozen by
//! its hash.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fates::plan_system;
use super::{Basis, Refusals, Survey, SurveyedRow};
use crate::domain::case::{RefusalGround, RefusedItem};
use crate::domain::data_map::{DataMap, ServiceRows, System, Table};
use crate::domain::matching::RowKey;
use crate::domain::retention::FiscalYears;

/// What is done to rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Operation {
    /// They go.
    Erase,
    /// They are emptied but for these columns, because a row that stays refers to them.
    Reduce {
        /// Columns that stay.
        keep: Vec<String>,
    },
    /// They stay untouched until their date, by law.
    Retain {
        /// The law.
        ground: String,
    },
    /// They stay for a reason of the map's.
    Keep {
        /// Key of the reason's text.
        reason: String,
    },
    /// They stay because that part of the request is refused.
    Refuse {
        /// Why.
        ground: RefusalGround,
    },
}

impl Operation {
    /// The name in the API and as key of texts.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Reduce { .. } => "reduce",
            Self::Retain { .. } => "retain",
            Self::Keep { .. } => "keep",
            Self::Refuse { .. } => "refuse",
        }
    }
}

/// One row of the plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlannedRow {
    /// The row.
    pub key: RowKey,
    /// SHA-256 of the row when the plan was made.
    pub digest: String,
    /// The last day it is kept, for a retained row, and for one that is reduced because a retained row refers to it:
    /// the longest of what does.
    pub until: Option<NaiveDate>,
    /// The law that keeps a reduced row so long; that of a retained row is its operation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
}

/// Rows of one table with the same fate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePlan {
    /// The table.
    pub table: String,
    /// What is done to them.
    pub operation: Operation,
    /// How many bytes they have together, when they are files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The rows, in order of key.
    pub rows: Vec<PlannedRow>,
}

/// What is done in one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemPlan {
    /// The system's id.
    pub system: String,
    /// The person's own rows there: what the account's writes are frozen by, and where a later
    /// look starts.
    pub roots: BTreeMap<String, Vec<RowKey>>,
    /// Its tables, children before parents: the order in which rows can go.
    pub tables: Vec<TablePlan>,
    /// Whether staff carry it out, because the system was in shadow mode when the plan was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

impl SystemPlan {
    /// Whether the account that a freeze would stop is not erased, because that is refused.
    #[must_use]
    pub fn keeps_account(&self, system: &System) -> bool {
        let frozen = system.freeze.as_ref().map(|freeze| freeze.table.as_str());
        let mut tables = self
            .tables
            .iter()
            .filter(|table| Some(table.table.as_str()) == frozen);
        tables.any(TablePlan::is_refused)
    }
}

impl TablePlan {
    /// Whether its rows stay because that part of the request is refused.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self.operation, Operation::Refuse { .. })
    }

    /// The last day of the row that is kept longest.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.rows.iter().filter_map(|row| row.until).max()
    }

    /// The law that keeps these rows, or the one among them that is kept longest; none when no law does.
    #[must_use]
    pub fn ground(&self) -> Option<&str> {
        match &self.operation {
            Operation::Retain { ground } => Some(ground),
            Operation::Reduce { .. } => {
                let longest = self.rows.iter().max_by_key(|row| row.until)?;
                longest.ground.as_deref()
            }
            Operation::Erase | Operation::Keep { .. } | Operation::Refuse { .. } => None,
        }
    }
}

/// A service of the person's that ends with the erasure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EndingService {
    /// What kind it is, such as `domain`.
    pub kind: String,
    /// What the person calls it.
    pub label: String,
}

/// What would be erased, reduced and kept, in all systems: each row's fate, but not yet on which ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// In the order of the map, which is the order of execution.
    pub systems: Vec<SystemPlan>,
    /// What ends for the person.
    pub services: Vec<EndingService>,
    refused: Vec<RefusedItem>,
}

/// What is erased, reduced and kept, in all systems, and on which ground. There is none without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In the order of the map, which is the order of execution.
    pub systems: Vec<SystemPlan>,
    /// What ends for the person.
    pub services: Vec<EndingService>,
    /// The ground of the erasure (Art. 17(1)).
    pub basis: Basis,
    /// What is refused, and why (Art. 17(3)).
    pub refused: Vec<RefusedItem>,
}

/// Why no plan can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The map has no such system or table, its tables form a ring, or it was surveyed twice.
    #[error("the map and the survey of {system} disagree")]
    MapMismatch {
        /// The system.
        system: String,
    },
    /// A retained row's date is missing or no date.
    #[error("{system}.{table} has a retained row without a fiscal date")]
    FiscalDateMissing {
        /// The system.
        system: String,
        /// The table.
        table: String,
    },
    /// No fiscal year of the profile contains a retained row's date.
    #[error("no fiscal year of the profile contains {date} of {system}.{table}")]
    FiscalYearMissing {
        /// The system.
        system: String,
        /// The table.
        table: String,
        /// The date.
        date: NaiveDate,
    },
    /// A row must go but a kept row refers to it, and the map does not say what to reduce it to.
    #[error("{system}.{table} has a row that kept rows refer to, and no else_reduce_to")]
    ReferredTo {
        /// The system.
        system: String,
        /// The table.
        table: String,
    },
}

impl Draft {
    /// Decides the fate of every surveyed row, but for what is refused by the rules of the map.
    ///
    /// # Errors
    /// When the map leaves a row's fate open.
    pub fn make(
        map: &DataMap,
        years: &FiscalYears,
        surveys: &[(Survey, BTreeMap<String, Vec<RowKey>>)],
        refusals: &Refusals,
    ) -> Result<Self, PlanError> {
        let map = &refusals.applied(map);
        let mut by_system = BTreeMap::new();
        for (survey, roots) in surveys {
            let id = survey.system.as_str();
            let known = map.system(id).is_some_and(|system| knows(system, survey));
            if !known || by_system.insert(id, (survey, roots)).is_some() {
                return Err(PlanError::MapMismatch {
                    system: id.to_owned(),
                });
            }
        }
        let mut systems = Vec::new();
        let mut services = BTreeSet::new();
        for system in &map.systems {
            let Some((survey, roots)) = by_system.get(system.id.as_str()) else {
                continue;
            };
            let tables = refused_too(system, plan_system(system, years, survey)?, refusals);
            services.extend(ending_services(system, survey, refusals));
            if !tables.is_empty() {
                systems.push(SystemPlan {
                    system: system.id.clone(),
                    roots: in_order(roots),
                    tables,
                    by_hand: system.mode.is_shadow(),
                });
            }
        }
        Ok(Self {
            systems,
            services: services.into_iter().collect(),
            refused: refusals.items().to_vec(),
        })
    }

    /// The plan, on that ground.
    #[must_use]
    pub fn on(self, basis: Basis) -> Plan {
        Plan {
            systems: self.systems,
            services: self.services,
            basis,
            refused: self.refused,
        }
    }
}

impl Plan {
    /// The hash by which the plan is approved: SHA-256 of its canonical form, as hex.
    #[must_use]
    pub fn hash(&self) -> String {
        let canonical = serde_json::to_vec(self).expect("a plan is plain data");
        Sha256::digest(canonical)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Whether a service runs in `system` that the plan would erase and does not name: it began after the plan was made,
    /// and nobody has confirmed that it ends.
    #[must_use]
    pub fn misses_service(&self, system: &System, now: &Survey) -> bool {
        let refused = |table: &Table| {
            let parts = self.systems.iter().filter(|part| part.system == system.id);
            parts
                .flat_map(|part| &part.tables)
                .any(|part| part.table == table.name && part.is_refused())
        };
        let tables = system.tables.iter().filter(|table| !refused(table));
        tables
            .filter_map(|table| table.service.as_ref().map(|service| (table, service)))
            .flat_map(|(table, service)| {
                let rows = now.rows(&table.name).iter();
                rows.filter_map(move |row| running(table, service, row))
            })
            .any(|service| !self.services.contains(&service))
    }

    /// Rows with an operation of that name, over all systems.
    #[must_use]
    pub fn count(&self, operation: &str) -> usize {
        let tables = self.systems.iter().flat_map(|system| &system.tables);
        tables
            .filter(|t| t.operation.name() == operation)
            .map(|t| t.rows.len())
            .sum()
    }
}

/// Whether the map speaks of all that was found: a row it does not know would be neither erased nor kept.
fn knows(system: &System, survey: &Survey) -> bool {
    let mut tables = survey.tables.iter();
    tables.all(|found| system.table(&found.table).is_some())
}

/// The same rows, each once, in order of key, so that the order of finding them does not change the hash.
fn in_order(roots: &BTreeMap<String, Vec<RowKey>>) -> BTreeMap<String, Vec<RowKey>> {
    let ordered = |keys: &Vec<RowKey>| {
        keys.iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .cloned()
            .collect()
    };
    roots
        .iter()
        .map(|(table, keys)| (table.clone(), ordered(keys)))
        .collect()
}

/// The tables with those that are refused marked as such, also where they hold nothing yet: what comes there stays.
fn refused_too(system: &System, planned: Vec<TablePlan>, refusals: &Refusals) -> Vec<TablePlan> {
    if planned.is_empty() {
        return planned;
    }
    let mut tables = planned;
    for name in system.tables.iter().map(|table| &table.name) {
        let Some(ground) = refusals.ground(&system.id, name) else {
            continue;
        };
        let operation = Operation::Refuse { ground };
        match tables.iter_mut().find(|table| table.table == *name) {
            Some(table) => table.operation = operation,
            None => tables.push(TablePlan {
                table: name.clone(),
                operation,
                rows: vec![],
                bytes: None,
            }),
        }
    }
    tables
}

/// The services whose rows go. What is refused goes on.
fn ending_services<'a>(
    system: &'a System,
    survey: &'a Survey,
    refusals: &'a Refusals,
) -> impl Iterator<Item = EndingService> + 'a {
    system
        .tables
        .iter()
        .filter(|table| refusals.ground(&system.id, &table.name).is_none())
        .filter_map(|table| table.service.as_ref().map(|service| (table, service)))
        .flat_map(move |(table, service)| {
            let rows = survey.rows(&table.name).iter();
            rows.filter_map(move |row| running(table, service, row))
        })
}

/// The service that a row is, while it runs.
fn running(table: &Table, service: &ServiceRows, row: &SurveyedRow) -> Option<EndingService> {
    let active = service
        .active_when
        .as_ref()
        .is_none_or(|condition| condition.holds(&row.values));
    let kind = match &service.kind {
        Some(column) => row.values.get(column).cloned().unwrap_or_default(),
        None => table.name.clone(),
    };
    let label = row.values.get(&service.label).cloned().unwrap_or_default();
    active.then_some(EndingService { kind, label })
}
