//! Giving back accounts that an erasure froze and does not go on to erase.

use chrono::TimeDelta;

use super::{Erasure, Failure, Run};
use crate::domain::case::State;
use crate::domain::erasure::SystemPlan;
use crate::domain::ids::{CaseId, PlanId};
use crate::domain::staff::Actor;
use crate::services::jobs::{self, Job};
use crate::services::ports::{AccountBefore, System};
use crate::services::transition::proposed_plan;
use crate::services::{Context, Error, Result, keys};
use crate::store::{Conn, cases, locks, plans};

/// Where sealed accounts belong.
const ACCOUNTS: &str = "erasure_steps.sealed";
/// When a run of the erasure that is under way is asked again.
const OTHER_RUN: TimeDelta = TimeDelta::seconds(30);

/// Keeps what the freeze is about to overwrite, before it does.
pub(super) fn remember(
    ctx: &Context,
    system: &dyn System,
    erasure: Erasure,
    part: &SystemPlan,
    ordinal: i32,
) -> std::result::Result<(), Failure> {
    let accounts = system.accounts(&part.roots)?;
    if accounts.is_empty() {
        return Ok(());
    }
    let key = keys::find(ctx, erasure.case.0)?;
    let sealed = key.seal(ACCOUNTS, ctx.nonce(), &accounts);
    plans::keep_accounts(&mut *ctx.store.get()?, erasure.plan, ordinal, &sealed)?;
    Ok(())
}

/// Puts the work into the queue, when there is any.
///
/// # Errors
/// When the database fails.
pub fn schedule(ctx: &Context, conn: &mut Conn, case: CaseId) -> Result<()> {
    if plans::list_frozen(conn, case, None)?.is_empty() {
        return Ok(());
    }
    jobs::enqueue(ctx, conn, &Job::ThawAccounts { case }, None)
}

/// Gives back what erasures of a case froze, unless one is under way: that gives back by itself what others left.
///
/// # Errors
/// When the database fails; what a system does is told by [`Run`].
pub fn give_back(ctx: &Context, id: CaseId) -> Result<Run> {
    let ran = locks::alone(&ctx.store, &format!("erasure {id}"), || {
        let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
        let in_force = match case.case.state {
            State::Executing => proposed_plan(&case),
            // What was frozen for an erasure that ended well is erased.
            State::Answered { .. } | State::Closed { .. } => return Ok(Run::Finished),
            _ => None,
        };
        match give_back_earlier(ctx, id, in_force) {
            Ok(()) => Ok(Run::Finished),
            Err(Failure::Ours(error)) => Err(error),
            Err(Failure::System(error)) if error.retryable() => Ok(Run::TryAgain(error.code())),
            Err(Failure::System(error)) => Ok(Run::NeedsStaff(error.code())),
            Err(Failure::NotVerified | Failure::Outdated | Failure::ByHand) => {
                Err(Error::internal("thawing verifies nothing"))
            }
        }
    })?;
    ran.unwrap_or_else(|| Ok(Run::NotBefore(ctx.now() + OTHER_RUN)))
}

/// Gives back what plans froze that are not in force. The latest goes first: what it found frozen, an earlier one
/// gives back.
pub(super) fn give_back_earlier(
    ctx: &Context,
    case: CaseId,
    in_force: Option<PlanId>,
) -> std::result::Result<(), Failure> {
    let frozen = plans::list_frozen(&mut *ctx.store.get()?, case, in_force)?;
    if frozen.is_empty() {
        return Ok(());
    }
    let key = keys::find(ctx, case.0)?;
    for step in frozen {
        let accounts: Vec<AccountBefore> = key.open(ACCOUNTS, &step.sealed)?;
        let thawed = ctx.systems.get(&step.system)?.thaw(&accounts)?;
        ctx.store.transaction(|conn| {
            plans::mark_thawed(conn, step.plan, step.ordinal, ctx.now())?;
            let detail = serde_json::json!({ "system": step.system, "accounts": thawed });
            ctx.record(conn, case.0, &Actor::System, "accounts_given_back", detail)?;
            Ok::<_, Error>(())
        })?;
    }
    Ok(())
}
