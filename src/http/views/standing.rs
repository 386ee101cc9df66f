//! The page of accounts that ended, and of the approval in advance.

use askama::Template;
use chrono::NaiveDate;

use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;

/// `/staff/standing`: what holds, and the month's accounts. Posts `action` (`give`, `revoke`), `until`, `every`, `id`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/standing.html")]
pub struct StandingPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// What holds now.
    pub current: Option<CurrentApproval>,
    /// Whether this member of staff gives and takes back.
    pub decides: bool,
    /// The month, as `2026-11`.
    pub month: String,
    /// Its accounts.
    pub accounts: Vec<EndedRow>,
    /// What was wrong with the form.
    pub errors: FieldErrors,
    /// The day as typed.
    pub until: String,
    /// The sample as typed.
    pub every: String,
    /// How many in 30 days, as typed.
    pub most: String,
}

/// What holds now.
#[derive(Clone, Debug)]
pub struct CurrentApproval {
    /// Its id.
    pub id: String,
    /// The last day.
    pub until: NaiveDate,
    /// Who gave it.
    pub approver: String,
    /// At least one of so many waits for a person.
    pub every: u32,
    /// So many are let through in 30 days.
    pub most: u32,
}

/// An account that ended.
#[derive(Clone, Debug)]
pub struct EndedRow {
    /// The case.
    pub reference: String,
    /// Its state.
    pub state: String,
    /// When it was planned, local time.
    pub at: String,
    /// After `standing-outcome-`.
    pub outcome: String,
    /// After `standing-why-`.
    pub why: Vec<String>,
}

impl StandingPage {
    fn approved(&self) -> usize {
        self.accounts
            .iter()
            .filter(|row| row.outcome == "approved")
            .count()
    }

    fn waiting(&self) -> usize {
        self.accounts.len() - self.approved()
    }
}
