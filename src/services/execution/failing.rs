//! What is noted when an erasure cannot go on.

use chrono::TimeDelta;
use serde_json::json;

use super::{Failure, Run};
use crate::domain::case::Event;
use crate::domain::erasure::StepKind;
use crate::domain::ids::{CaseId, PlanId};
use crate::domain::staff::Actor;
use crate::services::ports::SystemError;
use crate::services::transition::{self, Change};
use crate::services::{Context, Error, Result, manual};
use crate::store::cases;
use crate::store::plans::{self, StepState};

/// When a run that waits for staff looks again; what is done wakes it earlier.
const TASKS_LATER: TimeDelta = TimeDelta::days(1);

/// Staff are to erase by hand in a system in shadow mode, or did otherwise than planned.
pub(super) const BY_HAND: &str = "erase_by_hand";

pub(super) fn note_failure(ctx: &Context, plan: PlanId, ordinal: i32, failure: &Failure) {
    let why = match failure {
        // Nothing failed: the step is still to come.
        Failure::System(SystemError::Waiting { .. }) => return,
        Failure::System(error) => error.to_string(),
        Failure::NotVerified => "verification_failed".to_owned(),
        Failure::Outdated => "plan_outdated".to_owned(),
        // Told with each step.
        Failure::ByHand => return,
        Failure::Ours(_) => return,
    };
    let noted = ctx
        .store
        .get()
        .and_then(|mut conn| plans::fail_step(&mut conn, plan, ordinal, &why));
    if let Err(error) = noted {
        tracing::warn!(%error, "a step's failure could not be noted");
    }
}

pub(super) fn failed_run(ctx: &Context, id: CaseId, failure: &Failure) -> Result<Run> {
    let (attention, run) = match failure {
        Failure::System(SystemError::Waiting { .. }) => return waits(ctx, id),
        Failure::System(error) if error.retryable() => ("system_failed", Run::TryAgain(error.code())),
        Failure::System(error) => ("system_failed", Run::NeedsStaff(error.code())),
        Failure::ByHand => (BY_HAND, Run::NeedsStaff(BY_HAND)),
        _ => ("verification_failed", Run::NeedsStaff("verification_failed")),
    };
    ctx.store.transaction(|conn| {
        cases::set_attention(conn, id, Some(attention))?;
        ctx.record(
            conn,
            id.0,
            &Actor::System,
            "erasure_interrupted",
            json!({ "why": attention }),
        )
    })?;
    Ok(run)
}

/// What staff do by hand is not done: the run goes on when it is, and looks again meanwhile.
///
/// # Errors
/// When the database fails.
pub fn waits(ctx: &Context, id: CaseId) -> Result<Run> {
    cases::set_attention(&mut *ctx.store.get()?, id, Some(manual::ATTENTION))?;
    Ok(Run::NotBefore(ctx.now() + TASKS_LATER))
}

pub(super) fn outdated(ctx: &Context, id: CaseId, plan: PlanId) -> Result<Run> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let begun = plans::list_steps(conn, plan)?.iter().any(|stored| {
            stored.step.kind != StepKind::Freeze && matches!(stored.state, StepState::Done { .. })
        });
        let change = Change {
            event: Event::PlanOutdated { begun },
            actor: &Actor::System,
            action: "plan_outdated",
            detail: json!({}),
            visible: true,
        };
        transition::apply(ctx, conn, &case, change)?;
        cases::set_attention(
            conn,
            id,
            Some(if begun { "partly_erased" } else { "plan_outdated" }),
        )?;
        Ok::<_, Error>(())
    })?;
    Ok(Run::NeedsStaff("plan_outdated"))
}
