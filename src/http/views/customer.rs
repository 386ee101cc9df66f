//! The pages of the person who asks: choosing a right, the form, the case, and the public register.

use askama::Template;
use chrono::NaiveDate;

use super::customer_stop::{ConsentChoice, StopView};
use super::layout::{FieldErrors, Page};
pub use super::person_course::{AskedItem, PersonCourse};
pub use super::register::{RegisterChange, RegisterGroup, RegisterPage, RegisterRecipient};
use crate::adapters::templates::answer::{Gone, Kept, Told};
use crate::adapters::templates::changes::Rectified;
use crate::adapters::templates::mails::RefusedPart;
use crate::adapters::templates::restrictions::Restricted;
use crate::adapters::texts::Texts;
use crate::domain::identity::Level;
use crate::domain::language::Language;
use crate::domain::restriction::Ground;
use crate::domain::right::Right;

/// `/`: choose a right.
#[derive(Clone, Debug, Template)]
#[template(path = "customer/start.html")]
pub struct StartPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// What was typed as the case number, when it is none.
    pub reference: Option<String>,
    /// The rights to choose from.
    pub rights: Vec<Right>,
}

/// `/requests/new`: the form, empty or with what was typed and what is wrong with it.
///
/// Fields: `right`, `name`, `email`, `personal_number`, `customer_number`, `message`, `acting` (`yes`),
/// `acting_name`, `acting_relation`, `language`; hidden `submission` and `csrf`; `website` is the trap.
#[derive(Clone, Debug, Template)]
#[template(path = "customer/form.html")]
pub struct RequestForm {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// What was typed.
    pub values: RequestValues,
    /// What is wrong with it.
    pub errors: FieldErrors,
    /// Makes sending the form twice one request: the idempotency key.
    pub submission: String,
    /// The consents that can be withdrawn.
    pub consents: Vec<ConsentChoice>,
    /// What the portal vouches for, sealed, when it handed the person over: who they are is then not typed.
    pub handed_over: Option<String>,
    /// The rights to choose from.
    pub rights: Vec<Right>,
}

/// What was typed into the form.
#[derive(Clone, Debug, Default)]
pub struct RequestValues {
    /// The right chosen, from the address or the form.
    pub right: Option<Right>,
    /// The person's name.
    pub name: String,
    /// Where the code and the answer go.
    pub email: String,
    /// As typed.
    pub personal_number: String,
    /// As typed.
    pub customer_number: String,
    /// Free text.
    pub message: String,
    /// Whether somebody acts for the person.
    pub acting: bool,
    /// The name of who acts.
    pub acting_name: String,
    /// As what: parent, guardian, with a power of attorney.
    pub acting_relation: String,
    /// For a rectification: what is wrong.
    pub wrong: String,
    /// What is right.
    pub correct: String,
    /// What shows that.
    pub evidence: String,
    /// What is objected to: `marketing` or `other`.
    pub objects_to: String,
    /// Whether it was said that what stops working is understood.
    pub understood: bool,
    /// Why the processing is to be restricted: the name of a ground.
    pub restriction_ground: String,
    /// The language of the answers.
    pub language: Language,
}

impl RequestValues {
    /// The grounds of a restriction, and whether each is the one chosen; first none.
    #[must_use]
    pub fn restriction_grounds(&self) -> Vec<(&'static str, bool)> {
        let named = Ground::ALL.iter().map(|ground| ground.name());
        let all = std::iter::once("").chain(named);
        all.map(|name| (name, self.restriction_ground == name)).collect()
    }

    /// The fields of a rectification, and what was typed into them.
    fn wish(&self) -> [(&'static str, &str); 3] {
        [
            ("wrong", &self.wrong),
            ("correct", &self.correct),
            ("evidence", &self.evidence),
        ]
    }
}

impl RequestForm {
    fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    fn is(&self, right: &Right) -> bool {
        self.values.right == Some(*right)
    }

    /// The right whose hint stands at the message; `any` where none is chosen yet.
    fn hinted(&self) -> &'static str {
        self.values.right.map_or("any", Right::name)
    }
}

/// The page after sending the form: the same whether or not the person is known. Holds the code's field.
#[derive(Clone, Debug, Template)]
#[template(path = "customer/submitted.html")]
pub struct SubmittedPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The case number.
    pub reference: String,
    /// The right as understood.
    pub right: Right,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// The last day for the answer.
    pub due_on: NaiveDate,
}

/// `/requests/{reference}` before the code: posts `code` to `…/verification`, or nothing to `…/code`.
#[derive(Clone, Debug, Template)]
#[template(path = "customer/code.html")]
pub struct CodePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The case number, whether or not such a case exists.
    pub reference: String,
    /// What was wrong with the code: `code_invalid`, `code_spent` or `code_too_many`.
    pub error: Option<String>,
    /// A message that was sent when the access had ended; it comes back after the code.
    pub kept: String,
}

/// `/requests/{reference}` after the code: everything the person may know about their case.
#[derive(Clone, Debug, Template)]
#[template(path = "customer/case.html")]
pub struct CasePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// Whether nobody asked for it: an account ended.
    pub account_ended: bool,
    /// The case's state, as in the API.
    pub state: String,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// The last day for the answer as first told.
    pub due_on: NaiveDate,
    /// The later day, where the time was extended (Art. 12(3)).
    pub extended_due_on: Option<NaiveDate>,
    /// Whether the clock stands still.
    pub paused: bool,
    /// The level reached.
    pub level: Level,
    /// The level the right needs.
    pub required_level: Level,
    /// The plan to confirm, or confirmed; none when there is none (yet).
    pub plan: Option<PlanView>,
    /// What ends or has ended, for an objection or a withdrawal of consent.
    pub stop: Option<StopView>,
    /// The answer, when given.
    pub answer: Option<AnswerView>,
    /// What has happened, newest first.
    pub timeline: Vec<TimelineItem>,
    /// Both sides' messages, oldest first.
    pub messages: Vec<MessageItem>,
    /// Files to fetch.
    pub downloads: Vec<Download>,
    /// What happened on its way.
    pub course: PersonCourse,
    /// Whether the person may withdraw now.
    pub may_withdraw: bool,
    /// Whether the person may stop the erasure now, and until when, in words.
    pub may_stop_until: Option<String>,
    /// Whether the person may write now.
    pub may_write: bool,
    /// Whether something was not corrected, so that the person may say how they see it.
    pub may_state: bool,
    /// The message as typed, when something was wrong with it.
    pub message: String,
    /// What was wrong with the form just sent (`accept`, `message`, `statement-text`, `sure`).
    pub errors: FieldErrors,
}

/// The consequences of an erasure, before it begins.
#[derive(Clone, Debug, Default)]
pub struct PlanView {
    /// Live services that end: what they are and their label, such as `Webbhotell – exempel.test`.
    pub services: Vec<String>,
    /// Domain names that become free.
    pub domains: Vec<String>,
    /// What is erased, per system.
    pub gone: Vec<Gone>,
    /// What is kept.
    pub kept: Vec<Kept>,
    /// The names of the recipients who will be told.
    pub told: Vec<String>,
    /// The last day anything can still be in a backup.
    pub backups_until: Option<NaiveDate>,
    /// The ground of the erasure, after `erasure-ground-`, and why it applies.
    pub ground: (String, Option<String>),
    /// What is refused, and why.
    pub refused: Vec<RefusedPart>,
    /// What names the plan that was shown, when it is confirmed.
    pub hash: String,
    /// Whether nothing is (any longer) asked of the person.
    pub confirmed: bool,
    /// Whether the person said yes, and a second person has yet to approve.
    pub awaits_approval: bool,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct AnswerView {
    /// What is gone, per system.
    pub gone: Vec<Gone>,
    /// What remains.
    pub kept: Vec<Kept>,
    /// Who was told, and what they answered.
    pub told: Vec<Told>,
    /// The answer in free text, for refusals.
    pub text: Option<String>,
    /// What was corrected.
    pub rectified: Option<Rectified>,
    /// Whether an address of theirs stays in the ledger of those that marketing leaves alone.
    pub suppressed: bool,
    /// What is restricted.
    pub restricted: Option<Restricted>,
    /// The ground of the erasure, after `erasure-ground-`, and why it applies.
    pub ground: Option<(String, Option<String>)>,
    /// What of an erasure is refused, and why.
    pub refused: Vec<RefusedPart>,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct TimelineItem {
    /// When, in local time: `2026-11-21 14:03`.
    pub at: String,
    /// What, as the key of a text (`event-received`) that needs no values.
    pub key: String,
}

/// One message.
#[derive(Clone, Debug)]
pub struct MessageItem {
    /// When, in local time.
    pub at: String,
    /// Whether the person wrote it, or the organisation.
    pub from_person: bool,
    /// Its text.
    pub text: String,
}

/// A file to fetch.
#[derive(Clone, Debug)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its address.
    pub href: String,
    /// Its size in words: `2,4 MB`.
    pub size: String,
    /// The last day it can be fetched.
    pub until: NaiveDate,
}

impl CasePage {
    fn steps(&self) -> Vec<Step> {
        Step::of_case(self.right, &self.state, self.awaits_confirmation())
    }

    /// A case that ended early did not pass the stations, so they are not shown.
    fn shows_steps(&self) -> bool {
        !matches!(self.state.as_str(), "refused" | "withdrawn" | "lapsed")
    }

    fn awaits_confirmation(&self) -> bool {
        self.state == "assessing" && self.plan.as_ref().is_some_and(|plan| !plan.confirmed)
    }

    fn next(&self) -> &str {
        match self.state.as_str() {
            _ if self.awaits_confirmation() => "confirm",
            "assessing" | "approved" if self.account_ended => "account_ended",
            "withdrawn" if self.account_ended => "account_kept",
            state => state,
        }
    }

    fn due(&self) -> NaiveDate {
        self.extended_due_on.unwrap_or(self.due_on)
    }

    fn is_open(&self) -> bool {
        !matches!(
            self.state.as_str(),
            "answered" | "closed" | "refused" | "withdrawn" | "lapsed"
        )
    }

    fn level_name(&self, level: &Level) -> &'static str {
        level_name(*level)
    }

    fn needs_more_proof(&self) -> bool {
        self.level < self.required_level
    }
}

/// The level as it stands in keys of texts.
pub(super) const fn level_name(level: Level) -> &'static str {
    match level {
        Level::A0 => "A0",
        Level::A1 => "A1",
        Level::A2 => "A2",
        Level::A3 => "A3",
    }
}

/// One of the stations a case passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name, after `step-`.
    pub name: &'static str,
    /// `done`, `current` or `ahead`, after `step-status-`.
    pub status: &'static str,
}

impl Step {
    /// The stations of a case of `right` in `state`. A case that ended early has passed all it will pass.
    #[must_use]
    pub fn of_case(right: Right, state: &str, awaits_confirmation: bool) -> Vec<Self> {
        let mut names = vec!["received", "identity", "assessment"];
        if right == Right::Erasure {
            names.push("confirmation");
        }
        names.extend(["execution", "answer"]);
        let current = match state {
            "received" | "identity_pending" => "identity",
            "assessing" | "clarification_pending" | "forwarded" if !awaits_confirmation => "assessment",
            "assessing" | "clarification_pending" | "forwarded" => "confirmation",
            "approved" | "executing" => "execution",
            "ready_for_release" => "answer",
            _ => "",
        };
        let at = names
            .iter()
            .position(|name| *name == current)
            .unwrap_or(names.len());
        let status = |index: usize| match index.cmp(&at) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "current",
            std::cmp::Ordering::Greater => "ahead",
        };
        names
            .into_iter()
            .enumerate()
            .map(|(index, name)| Self {
                name,
                status: status(index),
            })
            .collect()
    }
}
