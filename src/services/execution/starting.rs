//! Entering an erasure: when its time has come, and nothing keeps it from it.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::domain::case::{Event, State, TransitionError};
use crate::domain::ids::{CaseId, PlanId};
use crate::domain::staff::Actor;
use crate::services::transition::{self, Change, proposed_plan};
use crate::services::{Context, Error, Result, planning};
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, plans};

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
        let case = match case.case.state {
            State::Executing => case,
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
