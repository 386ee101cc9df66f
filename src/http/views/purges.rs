//! The pages of retained records whose time has passed.

use askama::Template;
use chrono::NaiveDate;

use super::layout::Page;
use crate::adapters::texts::Texts;

/// `/staff/purges`: the lists, the newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/purges.html")]
pub struct PurgesPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// They.
    pub lists: Vec<PurgeRow>,
}

/// A list in short.
#[derive(Clone, Debug)]
pub struct PurgeRow {
    /// Its id in addresses.
    pub id: String,
    /// Where it stands, after `purge-state-`.
    pub state: &'static str,
    /// The day on which all in it could go.
    pub proposed_on: NaiveDate,
    /// Who decided it, and when.
    pub decided: Option<String>,
    /// Rows that it is about.
    pub rows: i64,
    /// Rows that are gone.
    pub purged: i64,
}

/// `/staff/purges/{id}`: one list. Posts `action`, `version`, `reason` and `line` to the same address.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/purge.html")]
pub struct PurgePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The list in short.
    pub list: PurgeRow,
    /// What forms name.
    pub version: i64,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// Its lines.
    pub lines: Vec<PurgeLineRow>,
    /// Whether who looks may decide it.
    pub decides: bool,
    /// Why something was not done, after `purge-error-`.
    pub error: Option<&'static str>,
    /// What was typed into a reason.
    pub typed: String,
    /// The line whose form it was; none for the whole list's.
    pub typed_for: Option<String>,
}

/// A line.
#[derive(Clone, Debug)]
pub struct PurgeLineRow {
    /// Its id in forms.
    pub id: String,
    /// The case's reference.
    pub case: Option<String>,
    /// The system's name.
    pub system: String,
    /// What the table holds.
    pub what: String,
    /// The table.
    pub table: String,
    /// The law.
    pub ground: String,
    /// The last day.
    pub until: NaiveDate,
    /// How many rows.
    pub rows: i64,
    /// Whether only what a retained record needed is left of them.
    pub reduced: bool,
    /// Where it stands, after `purge-line-`.
    pub state: &'static str,
    /// Why it stopped, after `purge-failure-` or as the system said it; or why it was taken out.
    pub why: Option<String>,
    /// Cases whose restriction in force keeps them.
    pub restricted_by: Vec<String>,
    /// Requests of access and portability whose answer it waits for.
    pub awaited_by: Vec<String>,
}

impl PurgePage {
    fn is_proposed(&self) -> bool {
        self.decides && self.list.state == "proposed"
    }

    fn is_stopped(&self) -> bool {
        self.decides && self.list.state == "failed"
    }

    fn can_be_taken_out(&self, line: &PurgeLineRow) -> bool {
        (self.is_proposed() && line.state == "listed") || (self.is_stopped() && line.state == "failed")
    }

    fn typed_in(&self, line: &str) -> &str {
        let own = self.typed_for.as_deref().unwrap_or_default() == line;
        if own { &self.typed } else { "" }
    }
}
