//! Reading a case as its person may see it.

use super::{Message, PlanView, clock, open_messages, plan_view};
use crate::domain::audit;
use crate::domain::case::{RefusalGround, State};
use crate::domain::deadline::Clock;
use crate::domain::grant::Grant;
use crate::domain::grant::stop::Wish;
use crate::domain::ids::Reference;
use crate::services::answer::{self, AnswerFacts, ToldRecipient};
use crate::services::granting::rectification::{self, RectifiedFacts};
use crate::services::handling::{self, Question};
use crate::services::packages::Waiting;
use crate::services::restricting::{self, RestrictionFacts};
use crate::services::stopping::{self, StopFacts};
use crate::services::{Context, Result, awaiting, codes, granting, intake, packages, recipients, telling};
use crate::store::cases::StoredCase;
use crate::store::links::{self, Linked};
use crate::store::{Conn, audit as trail};

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
    /// What can be fetched now.
    pub download: Option<Waiting>,
    /// What was granted, once that is answered.
    pub grant: Option<Grant>,
    /// The answer to a rectification, once there is one.
    pub rectified: Option<RectifiedFacts>,
    /// What was stopped, once it was.
    pub stopped: Option<StopFacts>,
    /// What they want stopped, as they said it.
    pub wish: Option<Wish>,
    /// The restriction in force, or that was.
    pub restricted: Option<RestrictionFacts>,
    /// Why it was refused, when it was: the ground, and the reasons in staff's words.
    pub refusal: Option<(RefusalGround, String)>,
    /// What waits for their answer.
    pub questions: Vec<Question>,
    /// Whether a legal hold is in force that they were told of.
    pub is_held: bool,
    /// Whether the request was passed on to a controller, and to whom, where that may be told.
    pub forwarded_to: Option<Option<String>>,
    /// Their cases that belong to this one.
    pub linked: Vec<Linked>,
    /// Whether they can ask for a copy before the erasure.
    pub may_ask_for_copy: bool,
    /// Who was told in the case: the list is sent on demand.
    pub told: Vec<ToldRecipient>,
    /// Whether they can ask to move domain names before the erasure.
    pub may_ask_for_transfer: bool,
    /// Whether the erasure waits until they have their data.
    pub waits_for_data: bool,
    /// The events that mean something to the person.
    pub events: Vec<audit::Event>,
}

/// Events that a person's timeline shows; the others are the inner workings.
pub const PERSON_EVENTS: [&str; 41] = [
    "granted",
    "grant_carried_out",
    "consent_end_confirmed",
    "package_released",
    "package_downloaded",
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
    "case_lapsed",
    "case_merged",
    "case_merged_here",
    "case_split",
    "copy_asked",
    "transfer_asked",
    "recipients_listed",
    "fee_announced",
    "incident_told",
    "case_forwarded",
    "clarification_asked",
    "clarification_answered",
    "identity_evidence_asked",
    "restriction_placed",
    "restriction_lift_announced",
    "restriction_lifted",
    "restriction_consent_given",
    "restriction_consent_withdrawn",
    // Put and lifted silently, a hold has other names.
    "legal_hold_put",
    "legal_hold_lifted",
];

/// What the person was answered.
#[derive(Default)]
struct Granted {
    answer: Option<AnswerFacts>,
    grant: Option<Grant>,
    rectified: Option<RectifiedFacts>,
    restricted: Option<RestrictionFacts>,
}

impl Granted {
    fn load(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Self> {
        Ok(Self {
            answer: Some(answer::make(ctx, conn, case)?),
            grant: granting::find(ctx, conn, case)?,
            rectified: rectification::facts(ctx, conn, case)?,
            restricted: restricting::facts(ctx, conn, case)?,
        })
    }
}

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
        let granted = if proved && answered {
            Granted::load(ctx, conn, &case)?
        } else {
            Granted::default()
        };
        let refusal = match case.case.state {
            State::Refused { ground, .. } => Some((ground, telling::refusal_reason(ctx, conn, &case)?)),
            _ => None,
        };
        let events = trail::list(conn, case.id.0)?;
        let (_, file) = intake::open_file(ctx, &case)?;
        let forwarded_to = handling::open_forwarding(ctx, conn, &case)?
            .map(|(row, file)| row.may_name.then_some(file.controller.name));
        Ok(PersonCase {
            questions: handling::open_questions(ctx, conn, &case)?,
            is_held: handling::is_told_of_hold(conn, &case)?,
            forwarded_to,
            linked: links::list(conn, case.id)?,
            told: recipients::known_to_person(conn, &case)?,
            may_ask_for_transfer: proved && handling::may_ask_for_transfer(ctx, conn, &case)?,
            waits_for_data: proved && !awaiting::erasure_waits_for(conn, &case)?.is_empty(),
            may_ask_for_copy: proved && handling::may_ask_for_copy(conn, &case)?,
            clock: clock(ctx, &case),
            messages: open_messages(ctx, conn, &case)?
                .into_iter()
                .filter(|m| matches!(m.kind.as_str(), "from_person" | "to_person"))
                .collect(),
            plan,
            answer: granted.answer,
            stopped: granted
                .grant
                .as_ref()
                .and_then(|grant| stopping::facts(ctx, grant)),
            download: if proved {
                packages::waiting(ctx, conn, &case)?
            } else {
                None
            },
            grant: granted.grant,
            rectified: granted.rectified,
            wish: file.stop,
            restricted: granted.restricted,
            refusal,
            events: events
                .into_iter()
                .filter(|e| PERSON_EVENTS.contains(&e.action.as_str()))
                .collect(),
            case,
        })
    })
}
