//! The pages that administer: staff, and the figures.

use askama::Template;

use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;
use crate::domain::right::Right;

/// `/staff/members`: who has an account. Posts `email`, `name`, `role` to the same address to add one,
/// and nothing to `…/{id}/deactivate` or `…/{id}/reset`.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/staff.html")]
pub struct StaffListPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// They.
    pub members: Vec<Member>,
    /// A one-time password just made: for whom, and the password, shown once.
    pub issued: Option<(String, String)>,
    /// The address typed into the form.
    pub email: String,
    /// What is wrong with the form.
    pub errors: FieldErrors,
}

/// A member of staff.
#[derive(Clone, Debug)]
pub struct Member {
    /// The id in addresses.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role, after `staff-role-`.
    pub role: String,
    /// Whether they can sign in.
    pub active: bool,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// When they last signed in, local time.
    pub last_seen: Option<String>,
}

impl StaffListPage {
    fn roles(&self) -> [&'static str; 5] {
        ["agent", "approver", "dpo", "admin", "auditor"]
    }
}

/// `/staff/stats`: how the work goes.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/stats.html")]
pub struct StatsPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// Cases still open.
    pub open: u64,
    /// Open cases past their day.
    pub late: u64,
    /// Answered within the last 30 days.
    pub answered_recently: u64,
    /// The median of days from receipt to answer, over those.
    pub median_days: Option<u64>,
    /// Notices without an answer.
    pub notices_waiting: u64,
    /// Open and all cases, by right.
    pub by_right: Vec<(Right, u64, u64)>,
}

impl StatsPage {
    /// The length of a bar, in per cent of the longest.
    fn share(&self, all: &u64) -> u64 {
        let most = self
            .by_right
            .iter()
            .map(|(_, _, all)| *all)
            .max()
            .unwrap_or(0)
            .max(1);
        all * 100 / most
    }
}
