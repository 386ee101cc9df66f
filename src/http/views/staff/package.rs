//! What was collected for a person, as staff see it.

use askama::Template;

use super::super::layout::Page;
use crate::adapters::texts::Texts;

/// What the form for collecting offers.
#[derive(Clone, Debug, Default)]
pub struct CollectView {
    /// Categories that no machine decides on: id, name, and the purposes with their bases.
    pub undecided: Vec<(String, String, Vec<String>)>,
    /// What can be withheld: id and name.
    pub items: Vec<(String, String)>,
}

/// A package.
#[derive(Clone, Debug)]
pub struct StaffPackageView {
    /// Where it stands, after `package-state-`.
    pub state: &'static str,
    /// Until when it can be fetched, local time.
    pub until: Option<String>,
    /// How often it was fetched.
    pub downloads: i32,
    /// What it holds.
    pub parts: Vec<PartRow>,
    /// What it does not hold, and why.
    pub without: Vec<(String, String)>,
}

/// A table in a package.
#[derive(Clone, Debug)]
pub struct PartRow {
    /// `system.table`.
    pub id: String,
    /// `system/table`, as in the address of its records.
    pub path: String,
    /// The system's name.
    pub system: String,
    /// The table's name.
    pub table: String,
    /// What it holds.
    pub what: String,
    /// How many rows.
    pub rows: i64,
    /// Whether only that number goes out.
    pub counted: bool,
    /// Whether it has free text that is looked through.
    pub has_free_text: bool,
    /// Whether that is still to be done.
    pub needs_review: bool,
}

/// `/staff/cases/{reference}/records/{system}/{table}`: the records of a table that will go out.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/records.html")]
pub struct RecordsPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// Where the case is.
    pub back: String,
    /// The case number.
    pub reference: String,
    /// The version that an action must name.
    pub version: i64,
    /// The table.
    pub part: PartRow,
    /// Its columns, and whether each is free text.
    pub columns: Vec<(String, bool)>,
    /// The rows of this page.
    pub rows: Vec<Vec<String>>,
    /// The number of the first.
    pub from: i64,
    /// Where the next page begins.
    pub next: Option<i64>,
}

impl RecordsPage {
    fn to(&self) -> i64 {
        self.from + i64::try_from(self.rows.len()).unwrap_or_default() - 1
    }
}
