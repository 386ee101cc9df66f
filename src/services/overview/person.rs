//! Reading a case as its person may see it.

use super::{Message, PlanView, clock, open_messages, plan_view};
use crate::domain::audit;
use crate::domain::case::{RefusalGround, State};
use crate::domain::deadline::Clock;
use crate::domain::grant::Grant;
use crate::domain::grant::stop::Wish;
use crate::domain::ids::Reference;
use crate::services::answer::{self, AnswerFacts};
use crate::services::granting::rectification::{self, RectifiedFacts};
use crate::services::stopping::{self, StopFacts};
use crate::services::{Context, Result, codes, granting, intake, telling};
use crate::store::audit as trail;
use crate::store::cases::StoredCase;

/// What the person sees of their own case.
pub struct PersonCase {
    /// The case.
    pub case: StoredCase,
    /// The clock.
    pub clock: Clock,
    /// Messages both ways, without notes.
    pub messages: Vec<Message>,
    /// The plan whose consequences wait to be confirmed, or that was approved.
    pub plan: Option<PlanView>,
    /// The answer to an erasure, once there is one.
    pub answer: Option<AnswerFacts>,
    /// What was granted, once that is answered.
    pub grant: Option<Grant>,
    /// The answer to a rectification, once there is one.
    pub rectified: Option<RectifiedFacts>,
    /// What was stopped, once it was.
    pub stopped: Option<StopFacts>,
    /// What they want stopped, as they said it.
    pub wish: Option<Wish>,
    /// Why it was refused, when it was: the ground, and the reasons in staff's words.
    pub refusal: Option<(RefusalGround, String)>,
    /// The events that mean something to the person.
    pub events: Vec<audit::Event>,
}

/// Events that a person's timeline shows; the others are the inner workings.
pub const PERSON_EVENTS: [&str; 19] = [
    "granted",
    "grant_carried_out",
    "consent_end_confirmed",
    "case_received",
    "identity_accepted",
    "identity_level_reached",
    "plan_made",
    "consequences_confirmed",
    "proposal_approved",
    "erasure_started",
    "erasure_stopped",
    "erasure_completed",
    "deadline_extended",
    "message_sent",
    "message_received",
    "notices_released",
    "case_withdrawn",
    "case_closed",
    "case_reopened",
];

/// A case for the person whose token opens it. What we hold about them is shown only once the
/// identity is proved as far as the right needs.
///
/// # Errors
/// When the token does not open the case.
pub fn person_case(ctx: &Context, reference: &Reference, token: &str) -> Result<PersonCase> {
    let case = codes::authenticate(ctx, reference, token)?;
    ctx.store.transaction(|conn| {
        let proved = case.case.identity.is_enough();
        let plan = if proved {
            plan_view(ctx, conn, &case)?.filter(|plan| plan.current)
        } else {
            None
        };
        let answered = matches!(case.case.state, State::Answered { .. } | State::Closed { .. });
        let rectified = if proved && answered {
            rectification::facts(ctx, conn, &case)?
        } else {
            None
        };
        let (answer, grant) = if proved && answered {
            let grant = granting::find(ctx, conn, &case)?;
            (Some(answer::make(ctx, conn, &case)?), grant)
        } else {
            (None, None)
        };
        let refusal = match case.case.state {
            State::Refused { ground, .. } => Some((ground, telling::refusal_reason(ctx, conn, &case)?)),
            _ => None,
        };
        let events = trail::list(conn, case.id.0)?;
        let (_, file) = intake::open_file(ctx, &case)?;
        Ok(PersonCase {
            clock: clock(ctx, &case),
            messages: open_messages(ctx, conn, &case)?
                .into_iter()
                .filter(|m| m.kind != "note")
                .collect(),
            plan,
            answer,
            stopped: grant.as_ref().and_then(|grant| stopping::facts(ctx, grant)),
            grant,
            rectified,
            wish: file.stop,
            refusal,
            events: events
                .into_iter()
                .filter(|e| PERSON_EVENTS.contains(&e.action.as_str()))
                .collect(),
            case,
        })
    })
}
