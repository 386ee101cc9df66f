//! A case as its person sees it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::course_view::{self, LinkedView, QuestionView};
use super::grant_view::RestrictionView;
use super::plan_view::{
    ErasedView, KeptView, PlanSystemView, RefusedView, ServiceView, by_system, erased, kept, services,
};
use crate::domain::case::{Confirmation, State};
use crate::domain::grant::{Grant, Terms};
use crate::services::Context;
use crate::services::answer::ToldRecipient;
use crate::services::codes::level_name;
use crate::services::granting::rectification::RectifiedFacts;
use crate::services::handling;
use crate::services::overview::{PersonCase, PlanView};
use crate::services::packages::Waiting;

/// A case as its person sees it.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    /// The case's name.
    pub reference: String,
    /// What was asked for.
    pub right: &'static str,
    /// Where it stands.
    pub state: &'static str,
    /// When the clock started.
    pub received_at: DateTime<Utc>,
    /// By when the answer comes, without extension.
    pub due_on: NaiveDate,
    /// By when it comes, if the time was extended.
    pub extended_due_on: Option<NaiveDate>,
    /// Whether the clock waits for an answer of the person's.
    pub paused: bool,
    /// The level of identity reached.
    pub level: &'static str,
    /// The level that the right needs.
    pub required_level: &'static str,
    /// What is asked of the person now: `identity`, `clarification`, `confirmation`.
    pub asked: Vec<&'static str>,
    /// What waits for an answer.
    pub questions: Vec<QuestionView>,
    /// Whether a legal hold is in force that may be told.
    pub on_hold: bool,
    /// Whether the request was passed on to a controller.
    pub forwarded: bool,
    /// To whom, where that may be told.
    pub forwarded_to: Option<String>,
    /// The person's cases that belong to this one.
    pub linked: Vec<LinkedView>,
    /// Whether `POST …/copy` opens a case for a copy of the data before it is erased.
    pub may_ask_for_copy: bool,
    /// Whether `POST …/transfer` asks for the codes to move domain names before they are erased.
    pub may_ask_for_transfer: bool,
    /// Whether the erasure waits until the person has the data that they asked for.
    pub waits_for_data: bool,
    /// Why it was refused, when it was.
    pub refusal_ground: Option<&'static str>,
    /// Until when an approved erasure can still be stopped.
    pub cool_off_until: Option<DateTime<Utc>>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Messages both ways, oldest first.
    pub messages: Vec<PersonMessage>,
    /// Packages to fetch.
    pub downloads: Vec<Download>,
    /// The plan to confirm, or that was approved.
    pub plan: Option<PersonPlan>,
    /// The answer, once there is one.
    pub answer: Option<PersonAnswer>,
    /// What came of the review of an automated decision.
    pub review: Option<ReviewView>,
    /// The restriction in force, or that was.
    pub restriction: Option<RestrictionView>,
    /// Whether `POST …/statement` keeps the person's view of what was not corrected.
    pub may_state: bool,
    /// What was not granted, and why.
    pub refused: Vec<RefusedView>,
}

/// What a person found who reviewed an automated decision.
#[derive(Serialize, ToSchema)]
pub struct ReviewView {
    /// `changed` or `upheld`.
    pub outcome: &'static str,
    /// Why.
    pub reasons: String,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// What, as a code.
    pub action: String,
}

/// A message.
#[derive(Serialize, ToSchema)]
pub struct PersonMessage {
    /// When.
    pub at: DateTime<Utc>,
    /// `person` or `staff`.
    pub from: &'static str,
    /// The text.
    pub text: String,
}

/// A package to fetch.
#[derive(Serialize, ToSchema)]
pub struct Download {
    /// Its file name.
    pub name: String,
    /// Where it is.
    pub href: String,
    /// Its length.
    pub bytes: i64,
    /// Until when it can be fetched.
    pub until: DateTime<Utc>,
}

/// What is planned, as the person sees it.
#[derive(Serialize, ToSchema)]
pub struct PersonPlan {
    /// What confirming it refers to.
    pub hash: String,
    /// `not_needed`, `awaited` or `given`.
    pub confirmation: Option<&'static str>,
    /// What is erased and kept.
    pub systems: Vec<PlanSystemView>,
    /// Services that end.
    pub consequences: Vec<ServiceView>,
    /// The ground of Art. 17(1), by name.
    pub ground: &'static str,
    /// Why it applies, in staff's words.
    pub ground_reason: Option<String>,
    /// What would be refused, and why.
    pub refused: Vec<RefusedView>,
}

/// What was done.
#[derive(Serialize, ToSchema)]
pub struct PersonAnswer {
    /// What is gone.
    pub erased: Vec<ErasedView>,
    /// What remains, why and until when.
    pub retained: Vec<KeptView>,
    /// What was corrected.
    pub corrected: Vec<CorrectedView>,
    /// Documents that a law keeps as they are; they are corrected by new ones.
    pub kept_documents: Vec<KeptDocumentView>,
    /// Who was told.
    pub told: Vec<ToldView>,
    /// The ground of Art. 17(1) on which data was erased, by name.
    pub ground: Option<&'static str>,
    /// Why it applied, in staff's words.
    pub ground_reason: Option<String>,
}

/// A field that was corrected; values are masked.
#[derive(Serialize, ToSchema)]
pub struct CorrectedView {
    /// The field.
    #[schema(example = "name")]
    pub field: &'static str,
    /// What stood there.
    pub old: Vec<String>,
    /// What stands there now.
    pub new: String,
    /// The systems.
    pub systems: Vec<String>,
    /// The day it was read back.
    pub on: Option<NaiveDate>,
}

/// Documents that a law keeps as they are.
#[derive(Serialize, ToSchema)]
pub struct KeptDocumentView {
    /// The system.
    pub system: String,
    /// The table.
    pub table: String,
    /// The law.
    pub ground: String,
    /// How many.
    pub documents: usize,
}

/// A recipient that was told.
#[derive(Serialize, ToSchema)]
pub struct ToldView {
    /// Its id.
    pub recipient: String,
    /// Its name.
    pub name: String,
    /// Where its notice stands.
    pub state: String,
    /// What it answered.
    pub outcome: Option<String>,
    /// Why it keeps data, when it does.
    pub ground: Option<String>,
    /// The statute it named.
    pub statute: Option<String>,
    /// Why it could not be told.
    pub why: Option<String>,
}

impl PersonView {
    /// The view of `person`.
    #[must_use]
    pub fn of(ctx: &Context, person: &PersonCase) -> Self {
        let case = &person.case.case;
        let messages = person.messages.iter().map(|message| PersonMessage {
            at: message.at,
            from: if message.kind == "to_person" {
                "staff"
            } else {
                "person"
            },
            text: message.text.clone(),
        });
        let timeline = person.events.iter().map(|event| TimelineEntry {
            at: event.at,
            action: event.action.clone(),
        });
        Self {
            reference: person.case.reference.to_string(),
            right: case.right.name(),
            state: case.state.name(),
            received_at: case.received_at,
            due_on: person.clock.due_on,
            extended_due_on: person.clock.extended_due_on,
            // The clock is told as though every question were answered today.
            paused: person.case.deadline.is_paused(),
            level: level_name(case.identity.reached),
            required_level: level_name(case.identity.required),
            asked: asked(person),
            questions: person.questions.iter().map(course_view::question).collect(),
            on_hold: person.is_held,
            forwarded: person.forwarded_to.is_some(),
            forwarded_to: person.forwarded_to.clone().flatten(),
            linked: person.linked.iter().map(course_view::linked).collect(),
            may_ask_for_copy: person.may_ask_for_copy,
            may_ask_for_transfer: person.may_ask_for_transfer,
            waits_for_data: person.waits_for_data,
            refusal_ground: match case.state {
                State::Refused { ground, .. } => Some(ground.name()),
                _ => None,
            },
            cool_off_until: match case.state {
                State::Approved { cool_off_until } => Some(cool_off_until),
                _ => None,
            },
            timeline: timeline.collect(),
            messages: messages.collect(),
            downloads: person
                .download
                .iter()
                .map(|waiting| download(person, waiting))
                .collect(),
            plan: person.plan.as_ref().map(|plan| person_plan(ctx, plan)),
            answer: person_answer(ctx, person),
            restriction: person.restricted.as_ref().map(Into::into),
            may_state: handling::may_state(person),
            review: person.grant.as_ref().and_then(review),
            refused: refused(person),
        }
    }
}

fn download(person: &PersonCase, waiting: &Waiting) -> Download {
    let reference = &person.case.reference;
    Download {
        name: waiting.name.clone(),
        href: format!("/api/v1/requests/{reference}/downloads/{}", waiting.name),
        bytes: waiting.bytes,
        until: waiting.until,
    }
}

fn review(grant: &Grant) -> Option<ReviewView> {
    match &grant.terms {
        Terms::HumanReview(review) => Some(ReviewView {
            outcome: review.outcome.name(),
            reasons: review.reasons.clone(),
        }),
        _ => None,
    }
}

fn refused(person: &PersonCase) -> Vec<RefusedView> {
    let granted = person.grant.iter().flat_map(|grant| &grant.refused);
    let erased = person.answer.iter().flat_map(|answer| &answer.refused);
    granted.chain(erased).map(RefusedView::of).collect()
}

fn asked(person: &PersonCase) -> Vec<&'static str> {
    let case = &person.case.case;
    let awaited = |plan: &PlanView| plan.confirmation == Some(Confirmation::Awaited);
    let mut asked = Vec::new();
    if case.state.can_be_withdrawn() && !case.identity.is_enough() {
        asked.push("identity");
    }
    if matches!(case.state, State::ClarificationPending { .. }) {
        asked.push("clarification");
    }
    if person.plan.as_ref().is_some_and(awaited) {
        asked.push("confirmation");
    }
    asked
}

fn person_plan(ctx: &Context, plan: &PlanView) -> PersonPlan {
    PersonPlan {
        hash: plan.facts.hash.clone(),
        confirmation: plan.confirmation.map(super::plan_view::confirmation_name),
        systems: by_system(ctx, &plan.facts),
        consequences: services(&plan.facts),
        ground: plan.facts.basis.ground().name(),
        ground_reason: plan.facts.basis.reason().map(str::to_owned),
        refused: plan.facts.refused.iter().map(RefusedView::of).collect(),
    }
}

fn person_answer(ctx: &Context, person: &PersonCase) -> Option<PersonAnswer> {
    if let Some(facts) = &person.rectified {
        return Some(rectified(ctx, facts));
    }
    let answer = person.answer.as_ref()?;
    Some(PersonAnswer {
        erased: erased(ctx, answer),
        retained: kept(ctx, answer),
        corrected: vec![],
        kept_documents: vec![],
        told: told(ctx, &answer.told),
        ground: answer.basis.as_ref().map(|basis| basis.ground().name()),
        ground_reason: answer
            .basis
            .as_ref()
            .and_then(|basis| basis.reason().map(str::to_owned)),
    })
}

fn rectified(ctx: &Context, facts: &RectifiedFacts) -> PersonAnswer {
    let corrected = facts.corrected.iter().map(|one| CorrectedView {
        field: one.field.name(),
        old: one.old.clone(),
        new: one.new.clone(),
        systems: one.systems.clone(),
        on: facts.on,
    });
    let kept = facts.kept.iter().map(|one| KeptDocumentView {
        system: one.system.clone(),
        table: one.table.clone(),
        ground: one.ground.clone(),
        documents: one.documents,
    });
    PersonAnswer {
        erased: vec![],
        retained: vec![],
        corrected: corrected.collect(),
        kept_documents: kept.collect(),
        told: told(ctx, &facts.told),
        ground: None,
        ground_reason: None,
    }
}

fn told(ctx: &Context, told: &[ToldRecipient]) -> Vec<ToldView> {
    let told = told.iter().map(|told| ToldView {
        name: super::register::recipient_name(ctx, &told.recipient),
        recipient: told.recipient.clone(),
        state: told.state.clone(),
        outcome: told.outcome.clone(),
        ground: told.ground.clone(),
        statute: told.statute.clone(),
        why: told.why.clone(),
    });
    told.collect()
}
