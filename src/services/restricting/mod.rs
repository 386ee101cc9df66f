//! Restrictions in force (Art. 18): how they begin, what the person consents to, and how they end.

mod consent;
mod holding;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::{self, ToldRecipient};
use super::execution::Run;
use super::jobs::{self, Job};
use super::letters::Letter;
use super::transition;
use super::{Context, Error, Result, granting, intake, manual, notices, telling};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::State as CaseState;
use crate::domain::grant::{ByHand, Grant, RestrictionTerms, Terms};
use crate::domain::ids::{CaseId, MailId};
use crate::domain::notice::Kind;
use crate::domain::restriction::{
    Allowed, Ground, LiftReason, Restriction, RestrictionError, Services, State,
};
use crate::domain::staff::Actor;
use crate::store::cases::{self, StoredCase};
use crate::store::restrictions::{self, StoredRestriction};
use crate::store::{Conn, locks, mails, paper_letters};

pub use consent::consent;
pub use holding::{Held, held};

/// When a letter that has not left is looked after again, and another run of the same lifting.
const LATER: TimeDelta = TimeDelta::minutes(10);
/// Restrictions that one sweep reminds of.
const SWEPT: i64 = 100;

/// What the person, and staff, are told of a restriction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictionFacts {
    /// Why.
    pub ground: Ground,
    /// The categories that are restricted.
    pub categories: Vec<String>,
    /// Since when, as a local day.
    pub from: NaiveDate,
    /// Until when it is expected to last.
    pub expected_end: Option<NaiveDate>,
    /// What may be done beside storing.
    pub allowed: Vec<Allowed>,
    /// What becomes of services.
    pub services: Services,
    /// Where it stands: `placed`, `lift_announced` or `lifted`.
    pub state: String,
    /// Why it ends, when it does.
    pub lift_reason: Option<LiftReason>,
    /// The earliest local day on which it is lifted, once the letter has left.
    pub lifts_on: Option<NaiveDate>,
    /// The local day on which it was lifted.
    pub lifted_on: Option<NaiveDate>,
    /// The purposes that the person may consent to meanwhile.
    pub purposes: Vec<String>,
    /// Those that they do.
    pub consented: Vec<String>,
    /// Since when.
    pub consent_since: Option<DateTime<Utc>>,
    /// What staff mark by hand.
    pub by_hand: Vec<ByHand>,
    /// Who was told.
    pub told: Vec<ToldRecipient>,
}

/// The restriction of a case, when it has or had one.
///
/// # Errors
/// When the database fails.
pub fn facts(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<RestrictionFacts>> {
    let Some(stored) = restrictions::find(conn, case.id)? else {
        return Ok(None);
    };
    let Some((_, terms)) = terms(ctx, conn, case)? else {
        return Ok(None);
    };
    let (lift_reason, lifts_on, lifted_on) = match stored.standing.state {
        State::Placed => (None, None, None),
        State::LiftAnnounced { reason, told_at } => {
            let at = told_at.map(|told| stockholm_date(told + stored.standing.lead));
            (Some(reason), at, None)
        }
        State::Lifted { reason, at } => (Some(reason), None, Some(stockholm_date(at))),
    };
    Ok(Some(RestrictionFacts {
        ground: stored.ground,
        by_hand: terms.by_hand(),
        categories: terms.categories,
        from: stockholm_date(stored.placed_at),
        expected_end: stored.standing.expected_end,
        allowed: stored.allowed,
        services: stored.services,
        state: stored.standing.state.name().to_owned(),
        lift_reason,
        lifts_on,
        lifted_on,
        purposes: terms.purposes,
        consented: stored.consented,
        consent_since: stored.consent_since,
        told: answer::told(conn, case.id)?,
    }))
}

fn terms(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<(Grant, RestrictionTerms)>> {
    let Some(grant) = granting::find(ctx, conn, case)? else {
        return Ok(None);
    };
    Ok(match grant.terms.clone() {
        Terms::Restriction(terms) => Some((grant, terms)),
        _ => None,
    })
}

/// Begins the restriction that was carried out in the systems, in the transaction that says so.
///
/// # Errors
/// When the database fails.
pub fn begin(ctx: &Context, conn: &mut Conn, case: &StoredCase, terms: &RestrictionTerms) -> Result<()> {
    let new = StoredRestriction {
        id: ctx.new_id(),
        case: case.id,
        ground: terms.ground,
        scope: terms.items.clone(),
        allowed: terms.allowed.clone(),
        services: terms.services,
        placed_at: ctx.now(),
        standing: Restriction {
            state: State::Placed,
            lead: TimeDelta::from_std(ctx.policy.lift_lead).map_err(Error::internal)?,
            expected_end: terms.expected_end,
        },
        lift_mail: None,
        consent_since: None,
        consented: vec![],
    };
    restrictions::insert(conn, &new)?;
    let by_hand = terms.by_hand().len();
    if by_hand > 0 {
        cases::set_attention(conn, case.id, Some("restriction_by_hand"))?;
    }
    let detail = json!({ "ground": terms.ground.name(), "by_hand": by_hand });
    Ok(ctx.record(conn, case.id.0, &Actor::System, "restriction_placed", detail)?)
}

/// Whether a restriction keeps a case open.
///
/// # Errors
/// When the database fails.
pub fn in_force(conn: &mut Conn, case: CaseId) -> Result<bool> {
    Ok(restrictions::find(conn, case)?.is_some_and(|stored| stored.standing.in_force()))
}

fn refused(error: RestrictionError) -> Error {
    Error::Conflict(match error {
        RestrictionError::NotInState(_) => "restriction_not_in_force",
        RestrictionError::NotTold => "lift_not_told",
        RestrictionError::LeadTime { .. } => "lift_too_early",
    })
}

/// Announces to the person that their restriction will be lifted, and why (Art. 18(3)); it is, once the letter has
/// left and its lead time has passed.
///
/// # Errors
/// When none is in force, or it was announced before.
pub fn announce(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    actor: &Actor,
    reason: &str,
) -> Result<()> {
    let reason = LiftReason::from_name(reason).ok_or_else(|| Error::field("reason", "unknown"))?;
    let stored = restrictions::find(conn, case.id)?.ok_or(Error::Conflict("restriction_not_in_force"))?;
    stored.standing.announce(reason).map_err(refused)?;
    let (key, _) = intake::open_file(ctx, case)?;
    let at = ctx.now() + stored.standing.lead;
    let letter = Letter::LiftAnnounced {
        ground: stored.ground,
        reason,
        from: stockholm_date(stored.placed_at),
        on: stockholm_date(at),
    };
    let mail = telling::send_kept(ctx, conn, case, &key, letter)?;
    restrictions::announce(conn, stored.id, reason, mail)?;
    jobs::enqueue(ctx, conn, &Job::LiftRestriction { case: case.id }, Some(at))?;
    let detail = json!({ "reason": reason.name() });
    Ok(ctx.record(conn, case.id.0, actor, "restriction_lift_announced", detail)?)
}

/// Lifts an announced restriction in every system, tells its recipients and the person, and lets the case settle.
///
/// # Errors
/// When the database fails; what a system does is told by [`Run`].
pub fn run_lift(ctx: &Context, id: CaseId) -> Result<Run> {
    let ran = locks::alone(&ctx.store, &format!("lift {id}"), || lift_alone(ctx, id))?;
    ran.unwrap_or_else(|| Ok(Run::NotBefore(ctx.now() + LATER)))
}

fn lift_alone(ctx: &Context, id: CaseId) -> Result<Run> {
    let Some((case, terms)) = (match start(ctx, id)? {
        Start::Nothing => None,
        Start::NotBefore(at) => return Ok(Run::NotBefore(at)),
        Start::Go(case, terms) => Some((case, terms)),
    }) else {
        return Ok(Run::Finished);
    };
    let mut left = 0;
    for ((system, table), corrections) in terms.lifting() {
        let connected = ctx.systems.get(&system);
        let outcome = connected.and_then(|connected| {
            if connected.rectify(&table, &corrections)? == 0 {
                return Ok(0);
            }
            // What was changed since, or is gone, is left as it is; the rest is given back all the same.
            let mut left = 0;
            for one in &corrections {
                left += connected.rectify(&table, std::slice::from_ref(one))?;
            }
            Ok(left)
        });
        match outcome {
            Ok(more) => left += more,
            Err(error) => {
                let code = error.code();
                cases::set_attention(&mut *ctx.store.get()?, id, Some("system_failed"))?;
                let retryable = error.retryable();
                return Ok(if retryable {
                    Run::TryAgain(code)
                } else {
                    Run::NeedsStaff(code)
                });
            }
        }
    }
    finish(
        ctx,
        case.id,
        left + u64::try_from(terms.by_hand().len()).unwrap_or_default(),
    )?;
    Ok(Run::Finished)
}

enum Start {
    Nothing,
    NotBefore(DateTime<Utc>),
    Go(Box<StoredCase>, RestrictionTerms),
}

fn start(ctx: &Context, id: CaseId) -> Result<Start> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let (Some(stored), Some((_, terms))) = (restrictions::find(conn, id)?, terms(ctx, conn, &case)?)
        else {
            return Ok(Start::Nothing);
        };
        let stored = told(conn, stored)?;
        match stored.standing.lift(ctx.now()) {
            Ok(_) => Ok(Start::Go(Box::new(case), terms)),
            Err(RestrictionError::NotInState(_)) => Ok(Start::Nothing),
            Err(RestrictionError::NotTold) => Ok(Start::NotBefore(ctx.now() + LATER)),
            Err(RestrictionError::LeadTime { until }) => {
                Ok(Start::NotBefore(until.max(ctx.now() + TimeDelta::seconds(1))))
            }
        }
    })
}

/// Takes over when the letter of Art. 18(3) left, as soon as it has.
fn told(conn: &mut Conn, mut stored: StoredRestriction) -> Result<StoredRestriction> {
    let (State::LiftAnnounced { told_at: None, .. }, Some(letter)) =
        (stored.standing.state, stored.lift_mail)
    else {
        return Ok(stored);
    };
    if let Some(sent_at) = left_at(conn, stored.case, letter)? {
        restrictions::tell(conn, stored.id, sent_at)?;
        stored.standing.state = stored.standing.told(sent_at).map_err(refused)?;
    }
    Ok(stored)
}

/// When a letter left: by mail, or on paper.
fn left_at(conn: &mut Conn, case: CaseId, letter: MailId) -> Result<Option<DateTime<Utc>>> {
    match mails::find(conn, letter) {
        Ok(mail) => Ok(mail.sent_at),
        Err(crate::store::Error::NotFound) => Ok(paper_letters::find(conn, case, letter.0)?.sent_at),
        Err(error) => Err(error.into()),
    }
}

fn finish(ctx: &Context, id: CaseId, left: u64) -> Result<()> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let Some(stored) = restrictions::find(conn, id)? else {
            return Ok(());
        };
        let Ok(State::Lifted { reason, at }) = stored.standing.lift(ctx.now()) else {
            return Ok(());
        };
        restrictions::lift(conn, stored.id, at)?;
        if left > 0 {
            cases::set_attention(conn, id, Some("lift_by_hand"))?;
        } else {
            cases::clear_attention(conn, id, &["system_failed", "restriction_end_passed"])?;
        }
        let detail = json!({ "reason": reason.name(), "left": left });
        ctx.record(conn, id.0, &Actor::System, "restriction_lifted", detail)?;
        let grant = granting::open(ctx, conn, &case)?;
        manual::lift(ctx, conn, &case, &grant)?;
        notices::tell_more(ctx, conn, &case, Kind::RestrictionLifted, &grant.told)?;
        let (key, _) = intake::open_file(ctx, &case)?;
        let letter = Letter::RestrictionLifted {
            reason,
            on: stockholm_date(at),
        };
        telling::send(ctx, conn, &case, &key, letter)?;
        transition::settle(ctx, conn, id)
    })
}

/// Whether lifting can be announced now.
///
/// # Errors
/// When the database fails.
pub fn may_announce(conn: &mut Conn, case: &StoredCase) -> Result<bool> {
    let answered = matches!(case.case.state, CaseState::Answered { .. });
    let stored = restrictions::find(conn, case.id)?;
    Ok(answered && stored.is_some_and(|stored| stored.standing.state == State::Placed))
}

/// References of other cases under the same identifiers in which a restriction is in force: whoever erases or purges
/// must see them first.
///
/// # Errors
/// When the database fails.
pub fn beside(conn: &mut Conn, case: CaseId) -> Result<Vec<String>> {
    let ids = restrictions::list_beside(conn, case)?;
    ids.into_iter()
        .map(|id| Ok(cases::find_by_id(conn, id)?.reference.to_string()))
        .collect()
}

/// Raises cases whose restriction was to end by now.
///
/// # Errors
/// When the database fails.
pub fn remind(ctx: &Context) -> Result<usize> {
    let today = stockholm_date(ctx.now());
    let overdue = restrictions::list_overdue(&mut *ctx.store.get()?, today, SWEPT)?;
    for (id, case) in &overdue {
        ctx.store.transaction(|conn| {
            cases::lock(conn, *case)?;
            cases::set_attention(conn, *case, Some("restriction_end_passed"))?;
            restrictions::remind(conn, *id, ctx.now())?;
            ctx.record(conn, case.0, &Actor::System, "restriction_end_passed", json!({}))
        })?;
    }
    Ok(overdue.len())
}
