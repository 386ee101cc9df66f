//! What a case holds: what was found, what is planned, who is told, what was sent.

use chrono::NaiveDate;

use super::grant::TypedGrant;
use crate::adapters::templates::mails::{RefusedPart, StoppedUse};

/// Rows of one table that are the person's.
#[derive(Clone, Debug)]
pub struct MatchView {
    /// The system's name in the reader's language.
    pub system: String,
    /// What the table holds, in the reader's language.
    pub what: String,
    /// The table's name.
    pub table: String,
    /// As what, after `kind-`, when the map tells.
    pub kind: Option<String>,
    /// By which identifiers, after `by-`: `email`, `personal_number`, `customer_number`, `phone`.
    pub by: Vec<&'static str>,
    /// How many rows.
    pub rows: usize,
}

/// Rows of one table that look like the person's and are left alone.
#[derive(Clone, Debug)]
pub struct ExcludedView {
    /// The rows.
    pub found: MatchView,
    /// Why, after `standing-`: `shared`, `another_person` or `not_a_person`.
    pub why: &'static str,
}

/// An account that fits.
#[derive(Clone, Debug)]
pub struct CandidateView {
    /// What names it in a form: its key as JSON.
    pub key: String,
    /// The system's name.
    pub system: String,
    /// As what, after `kind-`.
    pub kind: Option<String>,
    /// Its customer number.
    pub customer_number: Option<String>,
    /// Its personal number, masked.
    pub personal_number: Option<String>,
    /// Its address.
    pub email: Option<String>,
}

/// An erasure plan as staff see it.
#[derive(Clone, Debug)]
pub struct StaffPlanView {
    /// Who prepared it.
    pub prepared_by: String,
    /// When, local time.
    pub prepared_at: String,
    /// Whether it is what is proposed or approved now.
    pub is_current: bool,
    /// Per system and table.
    pub rows: Vec<PlanRow>,
    /// Services that end.
    pub services: Vec<String>,
    /// The ground of the erasure, after `erasure-ground-`, and why it applies.
    pub ground: (String, Option<String>),
    /// What is refused, and why.
    pub refused: Vec<RefusedPart>,
    /// Days until nothing erased remains in each system's backups: name and days.
    pub backups: Vec<(String, u32)>,
    /// Names of the systems in which staff erase by hand.
    pub by_hand: Vec<String>,
    /// When the person said yes, local time; none while it is awaited.
    pub confirmed_at: Option<String>,
    /// Whether the person must say yes at all: services still run.
    pub needs_confirmation: bool,
    /// The start of the hash that the approval freezes.
    pub hash: String,
    /// How far it has been carried out, in order; empty before.
    pub steps: Vec<StepRow>,
}

impl StaffPlanView {
    /// Whether it is being carried out and not done yet.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.steps.iter().any(|step| step.state != "done")
    }

    /// How many rows it does `effect` to.
    #[must_use]
    pub fn count(&self, effect: &str) -> usize {
        let rows = self.rows.iter().filter(|row| row.effect == effect);
        rows.map(|row| row.rows).sum()
    }
}

/// What a plan does to one table.
#[derive(Clone, Debug)]
pub struct PlanRow {
    /// The system's name.
    pub system: String,
    /// What the table holds, in the reader's language.
    pub what: String,
    /// The table's name.
    pub table: String,
    /// `erase`, `reduce`, `retain`, `keep` or `refuse`, after `effect-`.
    pub effect: String,
    /// How many rows.
    pub rows: usize,
    /// How long they are together, when they are files: `2,4 MB`.
    pub size: Option<String>,
    /// Why it is kept, in words.
    pub ground: Option<String>,
    /// The last day it is kept.
    pub until: Option<NaiveDate>,
}

/// One step of an erasure.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// The system's name.
    pub system: String,
    /// The table; empty where the step is about the whole system.
    pub table: String,
    /// `freeze`, `delete`, `reduce` or `verify`, after `step-`.
    pub kind: &'static str,
    /// `pending`, `done` or `failed`, after `step-state-`.
    pub state: &'static str,
    /// Why it stopped: the system's words, in English and without values.
    pub failure: Option<String>,
    /// Rows done.
    pub done: i64,
    /// Rows planned.
    pub planned: i64,
}

impl StepRow {
    /// Whether it is done row by row.
    #[must_use]
    pub fn counts_rows(&self) -> bool {
        matches!(self.kind, "delete" | "reduce")
    }
}

/// One notice to a recipient.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// The recipient's id.
    pub id: String,
    /// The recipient.
    pub recipient: String,
    /// `email`, `api`, `portal` or `manual`, after `channel-`.
    pub channel: String,
    /// The notice's state, after `notice-state-`.
    pub state: String,
    /// When it was sent.
    pub sent_on: Option<NaiveDate>,
    /// By when an answer is asked for.
    pub answer_by: Option<NaiveDate>,
    /// When the recipient was last reminded.
    pub reminded_on: Option<NaiveDate>,
    /// The number to call, when mails did not help.
    pub phone: Option<String>,
    /// Whether staff tell it by hand, or give it up.
    pub waits_for_staff: bool,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// The outcome, after `outcome-`.
    pub outcome: Option<String>,
    /// The ground and the statute, the comments, or why it is impossible.
    pub notes: Vec<String>,
    /// For a task of staff's: what the recipient knows the person by, kind (after `identifier-`) and value.
    pub task: Option<Vec<(&'static str, String)>>,
    /// The answers that staff can record, after `outcome-`; empty when none is awaited.
    pub outcomes: Vec<&'static str>,
    /// The grounds that fit, after `notice-ground-`.
    pub grounds: Vec<&'static str>,
}

/// One mail of the case, without its contents.
#[derive(Clone, Debug)]
pub struct MailRow {
    /// What it is, after `letter-`.
    pub letter: String,
    /// `queued`, `sent` or `failed`, after `mail-state-`.
    pub state: &'static str,
    /// When it was written, local time.
    pub at: String,
    /// The code of its last failure.
    pub failure: Option<String>,
}

/// What was sent with an action that did not go through.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The action.
    pub action: String,
    /// Its words.
    pub text: String,
    /// Its ground.
    pub ground: String,
    /// Its recipient.
    pub recipient: String,
    /// Its outcome.
    pub outcome: String,
    /// Its statute.
    pub statute: String,
    /// Its date.
    pub backups_until: String,
    /// Its comment.
    pub comment: String,
    /// The fields of a grant.
    pub grant: TypedGrant,
    /// The fields of a case's course, by name.
    pub more: std::collections::BTreeMap<String, String>,
}

impl Typed {
    /// Whether it was this action.
    #[must_use]
    pub fn is(&self, action: &str) -> bool {
        self.action == action
    }

    /// The words, if they were for this action.
    #[must_use]
    pub fn text_of(&self, action: &str) -> &str {
        if self.is(action) { &self.text } else { "" }
    }

    /// Whether it was this action with this ground.
    #[must_use]
    pub fn is_ground(&self, action: &str, ground: &str) -> bool {
        self.is(action) && self.ground == ground
    }

    /// What was typed of an answer of this recipient's, if it was.
    #[must_use]
    pub fn answer_of(&self, recipient: &str) -> Option<&Self> {
        (self.is("record_answer") && self.recipient == recipient).then_some(self)
    }
}

/// What a case is to stop, or has stopped.
#[derive(Clone, Debug, Default)]
pub struct StaffStopView {
    /// Whether it is an objection, and not a withdrawal of consent.
    pub objection: bool,
    /// What the person said, after `stop-staff-`.
    pub said: Option<&'static str>,
    /// Whether all direct marketing is included, which nobody may refuse.
    pub marketing: bool,
    /// What else can stop.
    pub choices: Vec<StopChoice>,
    /// What stops by decision.
    pub stopped: Vec<StoppedUse>,
}

/// One thing that can stop.
#[derive(Clone, Debug, Default)]
pub struct StopChoice {
    /// The name of its field.
    pub field: String,
    /// What people call it.
    pub title: String,
    /// Whether the person named it.
    pub chosen: bool,
}
