//! The plan: each row's fate, decided before anything is touched and frozen by its hash.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Survey, SurveyedRow};
use crate::domain::data_map::{DataMap, EraseRule, RetentionGround, System, Table};
use crate::domain::matching::RowKey;
use crate::domain::retention::{FiscalYears, keep_until, oss_keep_until};

/// What is done to rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Operation {
    /// They go.
    Erase,
    /// They are emptied but for these columns, because a retained row refers to them.
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
    /// The last day it is kept, for a retained row.
    pub until: Option<NaiveDate>,
}

/// Rows of one table with the same fate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePlan {
    /// The table.
    pub table: String,
    /// What is done to them.
    pub operation: Operation,
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
}

impl TablePlan {
    /// The last day of the row that is kept longest.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.rows.iter().filter_map(|row| row.until).max()
    }
}

impl SystemPlan {
    /// The law that keeps records longest here, and until when: reduced rows stay for their sake.
    #[must_use]
    pub fn law(&self) -> Option<(String, NaiveDate)> {
        let retained = self.tables.iter().filter_map(|table| match &table.operation {
            Operation::Retain { ground } => Some((table.last_day()?, ground.clone())),
            _ => None,
        });
        retained.max().map(|(until, ground)| (ground, until))
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

/// What is erased, reduced and kept, in all systems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In the order of the map, which is the order of execution.
    pub systems: Vec<SystemPlan>,
    /// What ends for the person.
    pub services: Vec<EndingService>,
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

impl Plan {
    /// Decides the fate of every surveyed row.
    ///
    /// # Errors
    /// When the map leaves a row's fate open.
    pub fn make(
        map: &DataMap,
        years: &FiscalYears,
        surveys: &[(Survey, BTreeMap<String, Vec<RowKey>>)],
    ) -> Result<Self, PlanError> {
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
            let tables = plan_system(system, years, survey)?;
            services.extend(ending_services(system, survey));
            if !tables.is_empty() {
                systems.push(SystemPlan {
                    system: system.id.clone(),
                    roots: in_order(roots),
                    tables,
                });
            }
        }
        Ok(Self {
            systems,
            services: services.into_iter().collect(),
        })
    }

    /// The hash by which the plan is approved: SHA-256 of its canonical form, as hex.
    #[must_use]
    pub fn hash(&self) -> String {
        let canonical = serde_json::to_vec(self).expect("a plan is plain data");
        Sha256::digest(canonical)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
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

fn plan_system(system: &System, years: &FiscalYears, survey: &Survey) -> Result<Vec<TablePlan>, PlanError> {
    let order = system.erasure_order().map_err(|_| PlanError::MapMismatch {
        system: system.id.clone(),
    })?;
    // Rows of each table that a row that stays refers to; children come first, so it is complete in time.
    let mut referred: BTreeMap<&str, BTreeSet<&RowKey>> = BTreeMap::new();
    let mut plans = Vec::new();
    for table in order {
        let rows = survey.rows(&table.name);
        let needed = referred.remove(table.name.as_str()).unwrap_or_default();
        let fates = table_fates(system, table, years, rows, &needed)?;
        if let Some(parent) = &table.parent {
            let staying: BTreeSet<&RowKey> = fates
                .iter()
                .filter(|plan| plan.operation != Operation::Erase)
                .flat_map(|plan| plan.rows.iter().map(|row| &row.key))
                .collect();
            let parents = rows
                .iter()
                .filter(|row| staying.contains(&row.key))
                .filter_map(|row| row.parent.as_ref());
            referred.entry(parent.table.as_str()).or_default().extend(parents);
        }
        plans.extend(fates);
    }
    Ok(plans)
}

fn table_fates(
    system: &System,
    table: &Table,
    years: &FiscalYears,
    rows: &[SurveyedRow],
    needed: &BTreeSet<&RowKey>,
) -> Result<Vec<TablePlan>, PlanError> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let plan = |operation, mut rows: Vec<PlannedRow>| {
        rows.sort();
        TablePlan {
            table: table.name.clone(),
            operation,
            rows,
        }
    };
    let plain = |row: &SurveyedRow| PlannedRow {
        key: row.key.clone(),
        digest: row.digest.clone(),
        until: None,
    };
    match &table.erase {
        EraseRule::Keep { reason } => Ok(vec![plan(
            Operation::Keep {
                reason: reason.clone(),
            },
            rows.iter().map(plain).collect(),
        )]),
        EraseRule::Retain { ground, fiscal_date } => {
            let dated = rows
                .iter()
                .map(|row| {
                    let until = Some(last_day(system, table, years, row, *ground, fiscal_date)?);
                    Ok(PlannedRow { until, ..plain(row) })
                })
                .collect::<Result<_, PlanError>>()?;
            Ok(vec![plan(
                Operation::Retain {
                    ground: ground.name().to_owned(),
                },
                dated,
            )])
        }
        EraseRule::Delete if rows.iter().any(|row| needed.contains(&row.key)) => Err(PlanError::ReferredTo {
            system: system.id.clone(),
            table: table.name.clone(),
        }),
        EraseRule::Delete => Ok(vec![plan(Operation::Erase, rows.iter().map(plain).collect())]),
        EraseRule::DeleteOrReduce { keep } => {
            let (stay, go): (Vec<_>, Vec<_>) = rows.iter().partition(|row| needed.contains(&row.key));
            let reduce = plan(
                Operation::Reduce { keep: keep.clone() },
                stay.into_iter().map(plain).collect(),
            );
            let erase = plan(Operation::Erase, go.into_iter().map(plain).collect());
            Ok([erase, reduce]
                .into_iter()
                .filter(|p| !p.rows.is_empty())
                .collect())
        }
    }
}

fn last_day(
    system: &System,
    table: &Table,
    years: &FiscalYears,
    row: &SurveyedRow,
    ground: RetentionGround,
    fiscal_date: &str,
) -> Result<NaiveDate, PlanError> {
    let missing = || PlanError::FiscalDateMissing {
        system: system.id.clone(),
        table: table.name.clone(),
    };
    let text = row.values.get(fiscal_date).ok_or_else(missing)?;
    let date: NaiveDate = text.parse().map_err(|_| missing())?;
    let year = years
        .containing(date)
        .ok_or_else(|| PlanError::FiscalYearMissing {
            system: system.id.clone(),
            table: table.name.clone(),
            date,
        })?;
    let by_books = keep_until(year);
    Ok(match ground {
        RetentionGround::Bookkeeping => by_books,
        RetentionGround::OneStopShop => by_books.max(oss_keep_until(date)),
    })
}

fn ending_services<'a>(system: &'a System, survey: &'a Survey) -> impl Iterator<Item = EndingService> + 'a {
    system
        .tables
        .iter()
        .filter_map(|table| table.service.as_ref().map(|service| (table, service)))
        .flat_map(move |(table, service)| {
            survey.rows(&table.name).iter().filter_map(move |row| {
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
            })
        })
}
