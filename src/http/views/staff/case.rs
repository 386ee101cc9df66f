//! One case, as staff see it.

use askama::Template;
use chrono::NaiveDate;

use super::super::customer::{MessageItem, level_name};
use super::super::layout::Page;
use super::EarlierRow;
use super::course::CourseView;
use super::grant::GrantTerms;
use super::package::{CollectView, StaffPackageView};
use super::parts::{
    CandidateView, ExcludedView, MailRow, MatchView, NoticeRow, StaffPlanView, StaffStopView, Typed,
};
use super::plan_form::PlanForm;
use crate::adapters::templates::restrictions::Restricted;
use crate::adapters::texts::Texts;
use crate::domain::case::RefusalGround;
use crate::domain::identity::{Level, Method};
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
    /// How it came in, as in the API: `web`, `api`, `email`, `phone`, …
    pub channel: String,
    /// Who asks.
    pub who: WhoView,
    /// The clock.
    pub clock: ClockView,
    /// Who works on it.
    pub assignee: Option<String>,
    /// Whom it can be handed to: id and name.
    pub colleagues: Vec<(String, String)>,
    /// What staff must look at, after `attention-`.
    pub attention: Vec<String>,
    /// Whether a legal hold is in force.
    pub on_hold: bool,
    /// The level reached.
    pub level: Level,
    /// The level the right needs.
    pub required_level: Level,
    /// What proved it, oldest first.
    pub proofs: Vec<ProofView>,
    /// Whether the systems were searched.
    pub searched: bool,
    /// Whether services of the person still run.
    pub live_services: bool,
    /// Where the person was found.
    pub matches: Vec<MatchView>,
    /// What looks alike and is left alone.
    pub excluded: Vec<ExcludedView>,
    /// The accounts to choose between.
    pub candidates: Vec<CandidateView>,
    /// The newest plan.
    pub plan: Option<StaffPlanView>,
    /// What the form of a plan offers.
    pub plan_form: Option<PlanForm>,
    /// What is to stop or has stopped, for an objection or a withdrawal of consent.
    pub stop: Option<StaffStopView>,
    /// What the form for collecting offers.
    pub collect: CollectView,
    /// What was collected.
    pub package: Option<StaffPackageView>,
    /// The refusal that was prepared and awaits approval: its ground in words, and the reason.
    pub prepared_refusal: Option<(String, String)>,
    /// What is granted, or prepared to be.
    pub grant: Option<GrantTerms>,
    /// What the grant that was typed would do.
    pub preview: Option<GrantTerms>,
    /// The fields that some system can correct, after `field-`.
    pub rectifies: Vec<&'static str>,
    /// The restriction in force, or that was.
    pub restricted: Option<Restricted>,
    /// The references of other cases of the person's in which a restriction is in force.
    pub restricted_beside: String,
    /// Requests of access and portability whose answer the erasure waits for.
    pub awaited_by: Vec<String>,
    /// The categories that can be restricted: id and name.
    pub restrictable: Vec<(String, String)>,
    /// Who is told.
    pub notices: Vec<NoticeRow>,
    /// Mails to the person and to recipients, oldest first.
    pub mails: Vec<MailRow>,
    /// Other cases of the same person.
    pub earlier: Vec<EarlierRow>,
    /// The audit trail, newest first.
    pub events: Vec<EventRow>,
    /// Messages to and from the person, oldest first.
    pub messages: Vec<MessageItem>,
    /// Notes among staff, oldest first.
    pub notes: Vec<NoteRow>,
    /// What happened on its way.
    pub course: CourseView,
    /// What this member of staff may do now, by the names of the API.
    pub actions: Vec<&'static str>,
    /// The one of `actions` that comes next.
    pub primary: Option<&'static str>,
    /// Why the last action did not go through, after `staff-error-`: `version_stale`, `four_eyes`, …
    pub error: Option<String>,
    /// What was sent with that action.
    pub typed: Typed,
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
    /// For a rectification: what they say is wrong, what is right, and what shows it, after `case-wish-`.
    pub wish: Vec<(&'static str, String)>,
    /// For a restriction: the ground that they name, after `ground-18-`.
    pub restriction_ground: Option<&'static str>,
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
    const BUTTONS: [&str; 10] = [
        "claim",
        "plan",
        "collect",
        "release",
        "lift_hold",
        "send_recipients",
        "retry",
        "reopen",
        "undo_account_end",
        "stop",
    ];

    fn may(&self, action: &str) -> bool {
        self.actions.contains(&action)
    }

    fn primary_button(&self) -> Option<&'static str> {
        let primary = self.primary?;
        // Collecting has a form of its own.
        (self.may(primary) && Self::BUTTONS.contains(&primary) && primary != "collect").then_some(primary)
    }

    fn other_buttons(&self) -> Vec<&'static str> {
        let others = Self::BUTTONS.into_iter().filter(|name| self.may(name));
        others
            .filter(|name| {
                Some(*name) != self.primary_button() && !["stop", "plan", "collect"].contains(name)
            })
            .collect()
    }

    /// Whether making a plan is on offer beside the next step.
    fn may_plan_too(&self) -> bool {
        self.may("plan") && self.primary != Some("plan")
    }

    /// Whether the form of an action is open from the start: it comes next, or its words did not go through.
    fn is_open_form(&self, action: &str) -> bool {
        self.primary == Some(action) || self.typed.is(action)
    }

    /// Whether this ground of a restriction is chosen in its form: as it was sent, else as the person named it.
    fn restricts_on(&self, ground: &str) -> bool {
        if self.typed.is("grant") {
            return self.typed.ground == ground;
        }
        self.who.restriction_ground == Some(ground)
    }

    /// What the sentence on the next step is about: the state, or what it waits for within that state.
    fn next(&self) -> &str {
        let unconfirmed = |plan: &StaffPlanView| plan.needs_confirmation && plan.confirmed_at.is_none();
        match self.plan.as_ref().filter(|plan| plan.is_current) {
            _ if self.state != "assessing" => &self.state,
            _ if self.may("approve") => "decide",
            _ if self.prepared_refusal.is_some() || self.grant.is_some() => "approval",
            _ if !self.candidates.is_empty() => "choice",
            Some(plan) if unconfirmed(plan) => "confirmation",
            Some(_) => "approval",
            None if self.right != Right::Erasure => "assessing-other",
            None => &self.state,
        }
    }

    /// The plan that an approval would be of.
    fn plan_to_approve(&self) -> Option<&StaffPlanView> {
        let plan = self.plan.as_ref()?;
        (plan.is_current && self.prepared_refusal.is_none()).then_some(plan)
    }

    /// The fields that can be corrected, with what was typed.
    fn rectifiable(&self) -> Vec<(&'static str, &str)> {
        let typed = |field: &str| {
            let mut values = self.typed.grant.values.iter();
            let known = values.find(|(name, _)| *name == field);
            known.map_or("", |(_, value)| value.as_str())
        };
        self.rectifies
            .iter()
            .map(|field| (*field, typed(field)))
            .collect()
    }

    fn rights(&self) -> impl Iterator<Item = Right> {
        let own = self.right;
        Right::ALL.into_iter().filter(move |right| *right != own)
    }

    fn proof_methods(&self) -> [&'static str; 4] {
        Method::BY_STAFF.map(Method::name)
    }

    fn refusal_grounds(&self) -> Vec<&'static str> {
        RefusalGround::ALL.iter().map(|ground| ground.name()).collect()
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
