//! What one system holds about one person.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::data_map::{Row, System, Table};
use crate::domain::matching::RowKey;
use crate::domain::recipient::Recipient;

/// What to look for in one system: the person's own rows, from which all others are reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurveyRequest {
    /// Rows that were found to be the person's, by table.
    pub roots: BTreeMap<String, Vec<RowKey>>,
    /// Columns whose values a plan needs, by table.
    pub columns: BTreeMap<String, BTreeSet<String>>,
}

impl SurveyRequest {
    /// The request for `system`, with the columns that planning and notices need and no others.
    #[must_use]
    pub fn new(system: &System, recipients: &[Recipient], roots: BTreeMap<String, Vec<RowKey>>) -> Self {
        let columns = system
            .tables
            .iter()
            .map(|table| (table.name.clone(), planning_columns(system, table, recipients)))
            .collect();
        Self { roots, columns }
    }
}

fn planning_columns(system: &System, table: &Table, recipients: &[Recipient]) -> BTreeSet<String> {
    let mut columns: BTreeSet<String> = system
        .columns_needed(table)
        .into_iter()
        .filter(|c| !table.review.iter().any(|r| r == c))
        .map(Into::into)
        .collect();
    for used in recipients
        .iter()
        .filter_map(|recipient| recipient.used_when.as_ref())
        .flat_map(|uses| &uses.0)
    {
        if used.system == system.id && used.table == table.name {
            columns.extend(used.condition.iter().map(|condition| condition.field.clone()));
        }
    }
    columns
}

/// A row of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyedRow {
    /// The row.
    pub key: RowKey,
    /// The row of the parent table that it hangs on, when it was reached that way.
    pub parent: Option<RowKey>,
    /// The values of the columns asked for; one without a value is absent.
    pub values: Row,
    /// SHA-256 of the whole row, as hex: what "byte for byte the same" is judged by.
    pub digest: String,
}

/// The person's rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSurvey {
    /// The table.
    pub table: String,
    /// Its rows, each once.
    pub rows: Vec<SurveyedRow>,
}

/// The person's rows in one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The system's id.
    pub system: String,
    /// By table, in the order of the map.
    pub tables: Vec<TableSurvey>,
}

impl Survey {
    /// The rows of one table.
    #[must_use]
    pub fn rows(&self, table: &str) -> &[SurveyedRow] {
        self.tables
            .iter()
            .find(|t| t.table == table)
            .map_or(&[], |t| t.rows.as_slice())
    }
}
