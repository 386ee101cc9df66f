//! The pages of staff: signing in, the queue, one case, and typing in a request.

use askama::Template;
use chrono::NaiveDate;

use super::customer::RequestValues;
use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;
use crate::domain::language::Language;
use crate::domain::right::Right;

mod case;
mod core;
mod course;
mod grant;
mod package;
mod parts;
mod plan_form;

pub use case::*;
pub use core::*;
pub use course::*;
pub use grant::*;
pub use package::{CollectView, PartRow, RecordsPage, StaffPackageView};
pub use parts::*;
pub use plan_form::{GroundChoice, PlanForm};

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
    /// Why it did not work: `failed`, `totp` (the code is missing), `busy`, or `ended` (the session).
    pub error: Option<&'static str>,
    /// After too many attempts: minutes until the next may come.
    pub wait_minutes: Option<u32>,
    /// The page to go to afterwards: a path of ours.
    pub next: String,
    /// What was sent when the login was over.
    pub kept: Option<Kept>,
}

/// What somebody sent from a page of theirs after their login was over.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The address it was sent to.
    pub action: String,
    /// The fields, as a JSON object of texts.
    pub fields: String,
}

/// After such a login: what was sent, to be sent again or not. Posts it to where it was sent.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/again.html")]
pub struct SendAgainPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The address it is sent to.
    pub action: String,
    /// The fields.
    pub fields: Vec<(String, String)>,
    /// The page it was written on.
    pub next: String,
}

impl SendAgainPage {
    /// What was written, as opposed to chosen.
    fn written(&self) -> Vec<&str> {
        let words = ["text", "reason", "message", "comment"];
        let written = self
            .fields
            .iter()
            .filter(|(name, _)| words.contains(&name.as_str()));
        written.map(|(_, text)| text.as_str()).collect()
    }
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
    /// Lists of retained data that wait for a decision, or for somebody to look.
    pub purges_waiting: i64,
    /// Cases whose erasure a restored backup undid.
    pub erasures_undone: i64,
    /// What is filtered by, as in the address.
    pub filters: QueueFilters,
    /// How many cases the filters let through; counted up to a limit.
    pub total: u64,
    /// Whether there are more than that.
    pub is_more: bool,
    /// The recipients to filter by: id and name.
    pub recipients: Vec<(String, String)>,
    /// What was searched for; shown in its field, never part of an address of ours.
    pub searched: String,
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
    /// Who works on it.
    pub assignee: Option<String>,
    /// What to look out for, after `mark-`: `awaiting_approval`, `at_risk`, `held`, `extended`.
    pub marks: Vec<&'static str>,
    /// What staff must look at, after `attention-`.
    pub attention: Option<String>,
}

/// The filters of the queue; empty means any. They are also the names in the address.
#[derive(Clone, Debug, Default)]
pub struct QueueFilters {
    /// A state, or `all`; empty: those that wait for an answer.
    pub state: String,
    /// A right.
    pub right: String,
    /// `me`, `none`, or a member of staff's id.
    pub assignee: String,
    /// `late`, or `week` for what is due within seven days.
    pub due: String,
    /// The id of a recipient that is told.
    pub recipient: String,
    /// `newest`; empty: the most urgent first.
    pub sort: String,
}

impl QueueFilters {
    fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("state", &self.state),
            ("right", &self.right),
            ("assignee", &self.assignee),
            ("due", &self.due),
            ("recipient", &self.recipient),
            ("sort", &self.sort),
        ]
    }

    fn is(&self, filter: &str, value: &str) -> bool {
        self.pairs().contains(&(filter, value))
    }

    /// The address of the queue with these filters, from `cursor` on.
    #[must_use]
    pub fn href(&self, cursor: Option<&str>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let cursor = cursor.map(|cursor| ("cursor", cursor));
        for (name, value) in self.pairs().into_iter().chain(cursor) {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        match query.finish() {
            query if query.is_empty() => "/staff".to_owned(),
            query => format!("/staff?{query}"),
        }
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
    fn rights(&self) -> [Right; 8] {
        Right::ALL
    }

    fn states(&self) -> [&'static str; 13] {
        STATES
    }

    fn sort_href(&self, sort: &str) -> String {
        let filters = QueueFilters {
            sort: sort.to_owned(),
            ..self.filters.clone()
        };
        filters.href(None)
    }

    /// `aria-sort` of the column that `sort` orders by.
    fn aria_sort(&self, sort: &str) -> &'static str {
        match (self.filters.sort == sort, sort) {
            (false, _) => "none",
            (true, "newest") => "descending",
            (true, _) => "ascending",
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
    fn rights(&self) -> [Right; 8] {
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
