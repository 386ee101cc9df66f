//! What happened on a case's way, and the pages of breaches and of letters on paper.

use askama::Template;
use chrono::NaiveDate;

use super::parts::Typed;
use super::{NoteRow, Page, Texts};

/// What happened on a case's way.
#[derive(Clone, Debug, Default)]
pub struct CourseView {
    /// `at_risk` or `overdue`, after `alarm-`.
    pub alarm: Option<&'static str>,
    /// What became of an account that ended, after `standing-outcome-`, and why, after `standing-why-`.
    pub ended: Option<(String, Vec<String>)>,
    /// The deadline had the clock never stood still, where it did.
    pub due_without_pause_on: Option<NaiveDate>,
    /// The earlier reading of an extension.
    pub due_early_on: Option<NaiveDate>,
    /// When it was reopened, and the deadline of its first clock.
    pub reopened: Option<(NaiveDate, NaiveDate)>,
    /// What waits for the person.
    pub asked: Vec<AskedRow>,
    /// The legal hold in force.
    pub hold: Option<HeldView>,
    /// When the request was passed on, to whom, and whether that may be told.
    pub forwarded: Option<(String, String, bool)>,
    /// What the controller wrote.
    pub from_controller: Vec<NoteRow>,
    /// What recipients wrote in plain mail.
    pub from_recipients: Vec<NoteRow>,
    /// Cases that belong to this one.
    pub linked: Vec<LinkedRow>,
    /// Personal data breaches.
    pub incidents: Vec<IncidentRow>,
    /// Letters on paper.
    pub letters: Vec<LetterRow>,
    /// Advice of the data protection officer.
    pub advice: Vec<NoteRow>,
}

/// A question that waits for the person.
#[derive(Clone, Debug)]
pub struct AskedRow {
    /// Why, after `question-`.
    pub reason: &'static str,
    /// When, local time.
    pub at: String,
    /// The last day to answer.
    pub answer_by: NaiveDate,
    /// Whether the clock stands still for it.
    pub pauses: bool,
    /// What was asked.
    pub text: Option<String>,
}

/// A legal hold.
#[derive(Clone, Debug)]
pub struct HeldView {
    /// Whether the person was told.
    pub told: bool,
    /// Why.
    pub reason: Option<String>,
    /// Who ordered it.
    pub authority: Option<String>,
}

/// A case that belongs to another.
#[derive(Clone, Debug)]
pub struct LinkedRow {
    /// Its number.
    pub reference: String,
    /// Its right, as in the API.
    pub right: String,
    /// Its state, as in the API.
    pub state: String,
}

/// A personal data breach.
#[derive(Clone, Debug)]
pub struct IncidentRow {
    /// Its id.
    pub id: String,
    /// Its case.
    pub reference: String,
    /// What kind, after `incident-kind-`.
    pub kind: String,
    /// Since when it is known, local time.
    pub aware_at: String,
    /// By when the authority must be notified, local time.
    pub notify_by: String,
    /// When it was, local time.
    pub notified_at: Option<String>,
    /// When the person was told, local time.
    pub told_at: Option<String>,
    /// When it was closed, local time.
    pub closed_at: Option<String>,
    /// What happened, for who may read cases.
    pub text: Option<String>,
    /// What was done, for the same.
    pub done: Option<String>,
}

/// A letter on paper.
#[derive(Clone, Debug)]
pub struct LetterRow {
    /// Its id.
    pub id: String,
    /// What it is, after `letter-`.
    pub letter: String,
    /// When it was written or sent, local time.
    pub at: String,
    /// Whether it was sent.
    pub is_sent: bool,
}

impl Typed {
    /// A further field of the action, if it was this one.
    #[must_use]
    pub fn more_of(&self, action: &str, field: &str) -> &str {
        let typed = self.more.get(field).filter(|_| self.is(action));
        typed.map_or("", String::as_str)
    }

    /// Whether one of several choices of the action was made, if it was this one.
    #[must_use]
    pub fn chose_one(&self, action: &str, prefix: &str, name: &str) -> bool {
        self.chose(action, &format!("{prefix}{name}"))
    }

    /// Whether a choice of the action was made, if it was this one.
    #[must_use]
    pub fn chose(&self, action: &str, field: &str) -> bool {
        self.is(action) && self.more.contains_key(field)
    }
}

/// What was sent with a step on a breach that did not go through.
#[derive(Clone, Debug, Default)]
pub struct TypedIncident {
    /// The breach.
    pub id: String,
    /// The step.
    pub action: String,
    /// Its words.
    pub text: String,
    /// What it may lead to.
    pub consequences: String,
    /// What is done about it.
    pub measures: String,
}

impl TypedIncident {
    /// Whether it was this step on this breach.
    #[must_use]
    pub fn is(&self, id: &str, action: &str) -> bool {
        self.id == id && self.action == action
    }

    /// The words, if it was.
    #[must_use]
    pub fn of(&self, id: &str, action: &str, field: &str) -> &str {
        match field {
            _ if !self.is(id, action) => "",
            "consequences" => &self.consequences,
            "measures" => &self.measures,
            _ => &self.text,
        }
    }
}

/// `/staff/incidents`: every breach. Posts `action` (`notified`, `tell`, `close`) and its texts to `/staff/incidents/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/incidents.html")]
pub struct IncidentsPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// They.
    pub incidents: Vec<IncidentRow>,
    /// Whether the reader may open cases.
    pub reads_cases: bool,
    /// What was wrong with the form just sent.
    pub error: Option<String>,
    /// The breach that it was about, and what was typed.
    pub typed: TypedIncident,
}

/// `/staff/cases/{reference}/letters/{id}`: a letter to print.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/letter.html")]
pub struct LetterPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The case.
    pub reference: String,
    /// Its subject.
    pub subject: String,
    /// Its words.
    pub text: String,
}
