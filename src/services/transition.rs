//! One transition made true: the case, what follows from it, and its trace, in one transaction.

use serde_json::{Value, json};

use super::jobs;
use super::{Context, Error, Result};
use crate::domain::case::{Effect, Event, Proposal};
use crate::domain::ids::CaseId;
use crate::domain::staff::Actor;
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, proposals};

/// How an event is carried through.
pub struct Change<'a> {
    /// What happens.
    pub event: Event,
    /// Who does it.
    pub actor: &'a Actor,
    /// The event's name in the audit trail.
    pub action: &'static str,
    /// Facts for the audit trail, without personal data.
    pub detail: Value,
    /// Whether staff should look again before they act: background work is not.
    pub visible: bool,
}

/// Applies a change to a locked case. Its effects are carried out in the same transaction: letters
/// go into the outbox, work into the queue.
///
/// # Errors
/// [`Error::Gone`] when the case has been thinned; when the state machine or the database refuses, or the database fails.
pub fn apply(ctx: &Context, conn: &mut Conn, before: &StoredCase, change: Change<'_>) -> Result<StoredCase> {
    if before.thinned_at.is_some() {
        return Err(Error::Gone("case_thinned"));
    }
    let at = ctx.now();
    let transition = before.case.apply(&change.event, at)?;
    if before.case.proposal.is_some() && transition.case.proposal.is_none() {
        proposals::supersede(conn, before.id)?;
    }
    cases::save(conn, before, &transition.case, change.visible, at)?;
    let mut detail = change.detail;
    if let Value::Object(map) = &mut detail {
        map.insert("from".into(), json!(before.case.state.name()));
        map.insert("to".into(), json!(transition.case.state.name()));
    }
    ctx.record(conn, before.id.0, change.actor, change.action, detail)?;
    let after = cases::find_by_id(conn, before.id)?;
    super::packages::follow(ctx, conn, before, &after)?;
    super::handling::follow(ctx, conn, before, &after)?;
    super::awaiting::follow(ctx, conn, before, &after)?;
    super::manual::follow(ctx, conn, before, &after)?;
    let after = cases::find_by_id(conn, before.id)?;
    if after.case.state.has_ended() && !before.case.state.has_ended() {
        super::records::keep(ctx, conn, &after)?;
    }
    for effect in transition.effects {
        carry_out(ctx, conn, &after, effect)?;
    }
    Ok(after)
}

fn carry_out(ctx: &Context, conn: &mut Conn, case: &StoredCase, effect: Effect) -> Result<()> {
    match effect {
        Effect::ScheduleErasure(at) => {
            jobs::enqueue(ctx, conn, &jobs::Job::RunErasure { case: case.id }, Some(at))
        }
        Effect::CarryOut => jobs::enqueue(ctx, conn, &jobs::Job::RunGrant { case: case.id }, None),
        Effect::PlanNotices => super::notices::plan(ctx, conn, case),
        Effect::SendNotices => super::notices::release(ctx, conn, case),
        Effect::CancelNotices => {
            super::notices::cancel(ctx, conn, case)?;
            // Nothing is erased: nothing stays frozen either.
            super::execution::schedule_thaw(ctx, conn, case.id)
        }
        Effect::SettleIfDone => settle(ctx, conn, case.id),
        Effect::AskForConfirmation
        | Effect::TellErased
        | Effect::TellGranted
        | Effect::TellRefused
        | Effect::TellWithdrawn
        | Effect::TellLapsed
        | Effect::TellMerged => super::telling::tell(ctx, conn, case, effect),
    }
}

/// Closes an answered case when no notice is open any more and no restriction is in force.
///
/// # Errors
/// When the database fails.
pub fn settle(ctx: &Context, conn: &mut Conn, id: CaseId) -> Result<()> {
    let case = cases::lock(conn, id)?;
    if case.case.state.name() != "answered" {
        return Ok(());
    }
    if super::packages::is_waiting(conn, id)? || super::restricting::in_force(conn, id)? {
        return Ok(());
    }
    for notice in crate::store::notices::list(conn, id)? {
        if !notice.state()?.is_settled() {
            return Ok(());
        }
    }
    let change = Change {
        event: Event::Closed,
        actor: &Actor::System,
        action: "case_closed",
        detail: json!({ "why": "all notices settled" }),
        visible: false,
    };
    apply(ctx, conn, &case, change)?;
    Ok(())
}

/// The plan that waits for a decision or was approved, when the proposal is one.
#[must_use]
pub fn proposed_plan(case: &StoredCase) -> Option<crate::domain::ids::PlanId> {
    match &case.case.proposal {
        Some(Proposal::Erasure { plan, .. }) => Some(*plan),
        _ => None,
    }
}
