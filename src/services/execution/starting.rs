//! Entering an erasure: when its time has come, and nothing keeps it from it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::domain::case::{Event, State, TransitionError};
use crate::domain::ids::{CaseId, PlanId};
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::services::transition::{self, Change, proposed_plan};
use crate::services::{Context, Error, Result, awaiting, planning};
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, audit, plans};

/// When an erasure that waits for an answer is looked at again; that answer itself lets it go on at once.
const LOOK_AGAIN: TimeDelta = TimeDelta::hours(6);
/// The event of the trail.
const WAITS: &str = "erasure_waits";

/// What a run has to do.
pub(super) enum Start {
    /// Nothing: the erasure was stopped, or is done, or a hold is in force, whose lifting starts it anew.
    Nothing,
    /// Nothing until then.
    NotBefore(DateTime<Utc>),
    /// Carry out this plan.
    Go(Box<StoredCase>, PlanId),
}

/// Enters the executing state, or finds it entered.
pub(super) fn start(ctx: &Context, id: CaseId) -> Result<Start> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.case.right != Right::Erasure {
            return Ok(Start::Nothing);
        }
        let case = match case.case.state {
            State::Executing => case,
            State::Approved { cool_off_until } if ctx.now() >= cool_off_until && waits(ctx, conn, &case)? => {
                return Ok(Start::NotBefore(ctx.now() + LOOK_AGAIN));
            }
            State::Approved { cool_off_until } => match enter(ctx, conn, &case) {
                Err(Error::Refused(TransitionError::CoolingOff)) => {
                    return Ok(Start::NotBefore(cool_off_until));
                }
                Err(Error::Refused(TransitionError::OnHold)) => return Ok(Start::Nothing),
                entered => entered?,
            },
            _ => return Ok(Start::Nothing),
        };
        let plan = proposed_plan(&case).ok_or_else(|| Error::internal("executing without a plan"))?;
        let steps = planning::open(ctx, conn, &case, plan)?.plan.steps();
        plans::insert_steps(conn, id, plan, &steps)?;
        Ok(Start::Go(Box::new(case), plan))
    })
}

/// Whether the person waits for the answer to a request of access or portability; the trail says once that the erasure
/// does too.
fn waits(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<bool> {
    let open = awaiting::open_access_of(conn, case.id)?;
    if open.is_empty() || case.case.on_hold {
        return Ok(false);
    }
    let events = audit::list(conn, case.id.0)?;
    let mut since_approval = events
        .iter()
        .rev()
        .take_while(|event| event.action != "proposal_approved");
    if !since_approval.any(|event| event.action == WAITS) {
        ctx.record(conn, case.id.0, &Actor::System, WAITS, json!({ "for": open }))?;
    }
    Ok(true)
}

fn enter(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<StoredCase> {
    let change = Change {
        event: Event::ExecutionStarted,
        actor: &Actor::System,
        action: "erasure_started",
        detail: json!({}),
        visible: false,
    };
    transition::apply(ctx, conn, case, change)
}
