//! The pages of staff: signing in, the queue, one case, and typing in a request.

use askama::Template;
use chrono::NaiveDate;

use super::customer::RequestValues;
use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;
use crate::domain::language::Language;
use crate::domain::right::Right;

mod case;

pub use case::*;

/// `/staff/login`: posts `email`, `password`, `totp` and `next` to `/staff/login`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/login.html")]
pub struct LoginPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The address typed before.
    pub email: String,
    /// Why it did not work: `failed`, `throttled` or `ended` (the session).
    pub error: Option<String>,
    /// The page to go to afterwards: a path of ours.
    pub next: String,
}

/// `/staff`: the queue, most urgent first.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/queue.html")]
pub struct QueuePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The cases of this page.
    pub rows: Vec<QueueRow>,
    /// What is filtered by, as in the address.
    pub filters: QueueFilters,
    /// About how many cases the filters let through.
    pub total: u64,
    /// The address of the next page.
    pub next_href: Option<String>,
}

/// One case in the queue.
#[derive(Clone, Debug)]
pub struct QueueRow {
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// The state, as in the API.
    pub state: String,
    /// Days until the answer is due; negative when late.
    pub days_left: i64,
    /// The last day for the answer, extension included.
    pub due_on: NaiveDate,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// Whether the clock stands still.
    pub paused: bool,
    /// Who it is said to be.
    pub name: Option<String>,
    /// Who works on it.
    pub assignee: Option<String>,
    /// What to look out for, after `mark-`: `awaiting_approval`, `new_message`, `extended`, `held`,
    /// `recipient_silent`, `job_parked`.
    pub marks: Vec<String>,
}

/// The filters of the queue; empty means any. They are also the names in the address.
#[derive(Clone, Debug, Default)]
pub struct QueueFilters {
    /// A state.
    pub state: String,
    /// A right.
    pub right: String,
    /// `me`, `none`, or a member of staff.
    pub assignee: String,
    /// A reference or an exact identifier.
    pub q: String,
    /// `due` (default), `received`, `state` or `right`; a `-` before turns it round.
    pub sort: String,
}

impl QueueFilters {
    fn is(&self, filter: &str, value: &str) -> bool {
        let set = match filter {
            "state" => &self.state,
            "right" => &self.right,
            _ => &self.assignee,
        };
        set == value
    }
}

impl QueueRow {
    /// How loud the days left are: `late`, `soon` (within a week), `calm`, or `done`.
    #[must_use]
    pub fn tone(&self) -> &'static str {
        let ended = matches!(
            self.state.as_str(),
            "answered" | "closed" | "refused" | "withdrawn" | "lapsed"
        );
        match self.days_left {
            _ if ended || self.paused => "done",
            ..0 => "late",
            0..=7 => "soon",
            _ => "calm",
        }
    }
}

impl QueuePage {
    fn rights(&self) -> [Right; 7] {
        Right::ALL
    }

    fn states(&self) -> [&'static str; 13] {
        STATES
    }

    fn sort_href(&self, column: &str) -> String {
        let turned = self.sorted_by(column) && !self.filters.sort.starts_with('-');
        let sort = if turned {
            format!("-{column}")
        } else {
            column.to_owned()
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let filters = &self.filters;
        let pairs = [
            ("state", &filters.state),
            ("right", &filters.right),
            ("assignee", &filters.assignee),
            ("q", &filters.q),
            ("sort", &sort),
        ];
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        format!("/staff?{}", query.finish())
    }

    fn sorted_by(&self, column: &str) -> bool {
        let sort = self.filters.sort.trim_start_matches('-');
        sort == column || (sort.is_empty() && column == "due")
    }

    fn aria_sort(&self, column: &str) -> &'static str {
        match (self.sorted_by(column), self.filters.sort.starts_with('-')) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }
}

/// The states of a case, in the order of a case's life.
pub(crate) const STATES: [&str; 13] = [
    "received",
    "identity_pending",
    "assessing",
    "clarification_pending",
    "approved",
    "executing",
    "ready_for_release",
    "answered",
    "closed",
    "refused",
    "withdrawn",
    "lapsed",
    "forwarded",
];

/// `/staff/cases/new`: a request that came by other ways. Fields as [`super::customer::RequestForm`],
/// and `received_at` (local time, `2026-11-21T14:03`) and `channel`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/intake.html")]
pub struct IntakePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// What was typed.
    pub values: RequestValues,
    /// When it came, as typed.
    pub received_at: String,
    /// How it came.
    pub channel: String,
    /// What is wrong with it.
    pub errors: FieldErrors,
}

impl IntakePage {
    fn rights(&self) -> [Right; 7] {
        Right::ALL
    }

    fn channels(&self) -> [&'static str; 6] {
        ["email", "phone", "chat", "letter", "in_person", "account_end"]
    }

    fn is(&self, right: &Right) -> bool {
        self.values.right == Some(*right)
    }

    fn came_by(&self, channel: &str) -> bool {
        self.channel == channel
    }

    fn languages(&self) -> [Language; 2] {
        Language::ALL
    }
}
