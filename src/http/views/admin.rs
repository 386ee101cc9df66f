//! The pages that administer: staff, and the figures.

use askama::Template;

use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;
use crate::domain::right::Right;

/// `/staff/members`: who has an account. Posts `email` and `role` to the same address to add one, and nothing to
/// `…/{id}/reset`, `…/{id}/deactivate` or `…/{id}/activate`.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/staff.html")]
pub struct StaffListPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// They.
    pub members: Vec<Member>,
    /// A password just made: for whom, and the password, shown once.
    pub issued: Option<(String, String)>,
    /// Why something was not done, after `members-error-`.
    pub error: Option<&'static str>,
    /// The address typed into the form.
    pub email: String,
    /// The role chosen in the form.
    pub role: String,
    /// What is wrong with the form.
    pub errors: FieldErrors,
}

/// A member of staff.
#[derive(Clone, Debug)]
pub struct Member {
    /// The id in addresses.
    pub id: String,
    /// Their address; a machine's name.
    pub email: String,
    /// Their role, after `staff-role-`.
    pub role: String,
    /// Whether they can sign in.
    pub active: bool,
    /// Whether this is who looks at the page.
    pub own: bool,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// When they last signed in, local time.
    pub last_seen: Option<String>,
}

impl Member {
    fn is_machine(&self) -> bool {
        self.role == "machine"
    }
}

impl StaffListPage {
    fn is_chosen(&self, role: &str) -> bool {
        self.role == role
    }

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
    pub open: i64,
    /// Open cases past their day.
    pub late: i64,
    /// Answered within the last 30 days.
    pub answered_recently: usize,
    /// The median of days from receipt to answer, over those.
    pub median_days: Option<i64>,
    /// Notices without an answer.
    pub notices_waiting: i64,
    /// Open and all cases, by right.
    pub by_right: Vec<(Right, i64, i64)>,
}

impl StatsPage {
    /// The length of a bar, in per cent of the longest.
    fn share(&self, all: &i64) -> i64 {
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
