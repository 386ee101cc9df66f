//! One case, as staff see it.

use askama::Template;
use chrono::NaiveDate;

use super::super::customer::{MessageItem, level_name};
use super::super::layout::Page;
use crate::adapters::texts::Texts;
use crate::domain::identity::Level;
use crate::domain::language::Language;
use crate::domain::right::Right;

/// `/staff/cases/{reference}`: all about one case. Actions post `action`, `version` and their own fields.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/case.html")]
pub struct StaffCasePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// The state, as in the API.
    pub state: String,
    /// The version that an action must name.
    pub version: i64,
    /// How it came in, as in the API: `form`, `api`, `email`, `phone`, …
    pub channel: String,
    /// Who asks.
    pub who: WhoView,
    /// The clock.
    pub clock: ClockView,
    /// Who works on it.
    pub assignee: Option<String>,
    /// The level reached.
    pub level: Level,
    /// The level the right needs.
    pub required_level: Level,
    /// What proved it, oldest first.
    pub proofs: Vec<ProofView>,
    /// Where the person was found.
    pub matches: Vec<MatchView>,
    /// The plan, if made.
    pub plan: Option<StaffPlanView>,
    /// The refusal that was prepared and awaits approval: its ground in words, and the reason.
    pub prepared_refusal: Option<(String, String)>,
    /// Who is told.
    pub notices: Vec<NoticeRow>,
    /// The audit trail, newest first.
    pub events: Vec<EventRow>,
    /// Messages to and from the person, oldest first.
    pub messages: Vec<MessageItem>,
    /// Notes among staff, oldest first.
    pub notes: Vec<NoteRow>,
    /// What this member of staff may do now, by the names of the API.
    pub actions: Vec<String>,
    /// The one of `actions` that comes next.
    pub primary: Option<String>,
    /// Why the last action did not go through, after `staff-error-`: `version_stale`, `four_eyes`, …
    pub error: Option<String>,
}

/// Who asks, as staff see it.
#[derive(Clone, Debug, Default)]
pub struct WhoView {
    /// The name given.
    pub name: Option<String>,
    /// The address typed.
    pub email: String,
    /// The personal number, masked: `20000101-****`.
    pub personal_number: Option<String>,
    /// The customer number given.
    pub customer_number: Option<String>,
    /// Who acts for the person, and as what.
    pub acting: Option<(String, String)>,
    /// What they wrote.
    pub message: Option<String>,
    /// The language of the answers.
    pub language: Language,
}

/// The clock of a case.
#[derive(Clone, Debug)]
pub struct ClockView {
    /// When it was received, local time.
    pub received_at: String,
    /// The last day as first told.
    pub due_on: NaiveDate,
    /// The later day, where extended.
    pub extended_due_on: Option<NaiveDate>,
    /// The day the organisation aims at.
    pub internal_target_on: Option<NaiveDate>,
    /// Days until due; negative when late.
    pub days_left: i64,
    /// Whether it stands still.
    pub paused: bool,
    /// When the cool-off ends, local time.
    pub cool_off_until: Option<String>,
}

/// One proof of identity.
#[derive(Clone, Debug)]
pub struct ProofView {
    /// When, local time.
    pub at: String,
    /// How, after `proof-`: `typed_address`, `on_file_address`, `portal`, `call_back`, `letter`, …
    pub method: String,
    /// Who accepted it.
    pub by: Option<String>,
}

/// One place where the person was found.
#[derive(Clone, Debug)]
pub struct MatchView {
    /// The system's name in the reader's language.
    pub system: String,
    /// As what, after `kind-`: `private`, `sole_trader`, `company`, `contact_person`, `user`, `subscriber`.
    pub kind: String,
    /// By which identifiers, after `by-`: `email`, `personal_number`, `customer_number`, `phone`.
    pub by: Vec<String>,
    /// How many rows hang on it.
    pub rows: u64,
    /// Live services, in words.
    pub services: Vec<String>,
}

/// An erasure plan as staff see it.
#[derive(Clone, Debug)]
pub struct StaffPlanView {
    /// Who prepared it, and when.
    pub prepared_by: String,
    /// When, local time.
    pub prepared_at: String,
    /// Per system and table.
    pub rows: Vec<PlanRow>,
    /// Services that end.
    pub services: Vec<String>,
    /// Domain names that become free.
    pub domains: Vec<String>,
    /// Until when each system's backups hold it: name and date.
    pub backups: Vec<(String, NaiveDate)>,
    /// When the person said yes, local time; none while it is awaited.
    pub confirmed_at: Option<String>,
    /// Whether the person must say yes at all: services still run.
    pub needs_confirmation: bool,
    /// The start of the hash that the approval freezes.
    pub hash: String,
}

/// What a plan does to one table.
#[derive(Clone, Debug)]
pub struct PlanRow {
    /// The system's name.
    pub system: String,
    /// The table.
    pub table: String,
    /// `erase`, `reduce`, `retain` or `keep`, after `effect-`.
    pub effect: &'static str,
    /// How many rows.
    pub rows: u64,
    /// Why it is kept, in words.
    pub ground: Option<String>,
    /// The last day it is kept.
    pub until: Option<NaiveDate>,
}

/// One notice to a recipient.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// The recipient.
    pub recipient: String,
    /// `email`, `api`, `portal` or `manual`, after `channel-`.
    pub channel: String,
    /// The notice's state, after `notice-state-`.
    pub state: String,
    /// When it was sent.
    pub sent_on: Option<NaiveDate>,
    /// When it was answered.
    pub answered_on: Option<NaiveDate>,
    /// The outcome, after `outcome-`.
    pub outcome: Option<String>,
    /// The ground, the comment, or why it is impossible.
    pub note: Option<String>,
}

/// One event of the audit trail.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// When, local time.
    pub at: String,
    /// Who: a member of staff, the person, a recipient, or the system.
    pub actor: String,
    /// What, as in the API; its text stands after `event-`, else the name itself is shown.
    pub name: String,
    /// Details without values.
    pub detail: Option<String>,
}

/// A note among staff.
#[derive(Clone, Debug)]
pub struct NoteRow {
    /// When, local time.
    pub at: String,
    /// Who.
    pub by: String,
    /// Its text.
    pub text: String,
}

impl StaffCasePage {
    /// The actions that a single button does; the others have forms of their own.
    const BUTTONS: [&str; 15] = [
        "claim",
        "plan",
        "collect",
        "grant",
        "approve",
        "request_identity",
        "forward",
        "release",
        "hold",
        "lift_hold",
        "lift_restriction",
        "retry",
        "reopen",
        "stop",
        "close",
    ];

    fn may(&self, action: &str) -> bool {
        self.actions.iter().any(|allowed| allowed == action)
    }

    fn primary_button(&self) -> Option<&str> {
        let primary = self.primary.as_deref()?;
        (self.may(primary) && Self::BUTTONS.contains(&primary)).then_some(primary)
    }

    fn other_buttons(&self) -> Vec<&str> {
        let others = Self::BUTTONS.into_iter().filter(|name| self.may(name));
        others
            .filter(|name| Some(*name) != self.primary_button() && *name != "stop")
            .collect()
    }

    /// The action that takes words, which comes next; its form is open from the start.
    fn is_next(&self, action: &str) -> bool {
        self.primary.as_deref() == Some(action)
    }

    /// What the sentence on the next step is about: the state, or what it waits for within that state.
    fn next(&self) -> &str {
        let unconfirmed = |plan: &StaffPlanView| plan.needs_confirmation && plan.confirmed_at.is_none();
        match &self.plan {
            _ if self.state != "assessing" => &self.state,
            _ if self.prepared_refusal.is_some() => "approval",
            Some(plan) if unconfirmed(plan) => "confirmation",
            Some(_) => "approval",
            None => &self.state,
        }
    }

    /// Whether the button must look like what it is: the approval of an erasure.
    fn destroys(&self, action: &str) -> bool {
        action == "approve" && self.plan.is_some()
    }

    fn proof_methods(&self) -> [&'static str; 4] {
        ["call_back", "letter", "two_facts", "in_person"]
    }

    fn refusal_grounds(&self) -> [&'static str; 18] {
        REFUSAL_GROUNDS
    }

    fn tone(&self) -> &'static str {
        let clock = &self.clock;
        match clock.days_left {
            _ if clock.paused || !self.is_open() => "done",
            ..0 => "late",
            0..=7 => "soon",
            _ => "calm",
        }
    }

    fn is_open(&self) -> bool {
        !matches!(
            self.state.as_str(),
            "answered" | "closed" | "refused" | "withdrawn" | "lapsed"
        )
    }

    fn due(&self) -> NaiveDate {
        self.clock.extended_due_on.unwrap_or(self.clock.due_on)
    }

    fn level_name(&self, level: &Level) -> &'static str {
        level_name(*level)
    }
}

/// The grounds on which a request can be refused (domain rules; the texts name article and statute).
pub(super) const REFUSAL_GROUNDS: [&str; 18] = [
    "not_identified",
    "manifestly_unfounded",
    "excessive",
    "legal_obligation_17_3_b",
    "legal_claims_17_3_e",
    "freedom_of_expression_17_3_a",
    "public_health_17_3_c",
    "archiving_research_17_3_d",
    "no_erasure_ground_17_1",
    "rights_of_others_15_4_or_20_4",
    "secrecy_dsl_5_1",
    "draft_or_memo_dsl_5_2",
    "accuracy_not_shown",
    "restriction_ground_missing_18_1",
    "portability_scope_20_1",
    "overriding_grounds_21_1",
    "we_are_processor",
    "no_data_held",
];
