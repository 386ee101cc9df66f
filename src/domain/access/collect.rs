//! What is read of one system for a person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::matching::RowKey;

/// How a table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Every row of the person.
    Rows,
    /// Only how many there are.
    Count,
}

/// What to read of one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectRequest {
    /// Rows that were found to be the person's, by table.
    pub roots: BTreeMap<String, Vec<RowKey>>,
    /// Which tables, and how, in order.
    pub tables: Vec<(String, Reading)>,
}

/// How the text of a column's values is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// As it stands.
    Text,
    /// A number.
    Number,
    /// Any other value in JSON: truth values, lists, documents.
    Json,
    /// Bytes, in base64.
    Binary,
}

/// A column of what was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectedColumn {
    /// As the system names it.
    pub name: String,
    /// How its values are meant.
    pub kind: ColumnKind,
}

/// A row: the text of each column's value, in order; nothing where there is none.
pub type CollectedRow = Vec<Option<String>>;
