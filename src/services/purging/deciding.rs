//! Deciding a list: as a whole, once, by an approver; single lines can be taken out with a reason.

use chrono::Days;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{REASON, SERVICE, reason_key, running};
use crate::domain::calendar::stockholm_date;
use crate::domain::contact::FreeText;
use crate::domain::ids::{PurgeId, StaffId};
use crate::domain::purge::{LineState, ListEvent, ListState};
use crate::domain::staff::{Actor, Permission};
use crate::services::jobs::{self, Job};
use crate::services::{Context, Error, Result};
use crate::store::purges::{self, Decision, LineChange, Purge};
use crate::store::{Conn, retained};

/// What an approver does with a list, as the API names it.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Approve the whole list as it is.
    Approve,
    /// Send the whole list back; its lines are proposed again later.
    Reject {
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Take one line out; it is proposed again later.
    TakeOut {
        /// The line.
        line: Uuid,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// Go on with a list of which lines stopped.
    Retry,
}

/// Does what an approver asks, when the list is the one they saw. The list was proposed by the service, so any
/// approver may decide it.
///
/// # Errors
/// When the actor may not, the list has changed since, or its state does not allow it.
pub fn act(ctx: &Context, actor: &Actor, id: PurgeId, version: i64, action: &Action) -> Result<()> {
    let by = may_decide(actor)?;
    purges::find(&mut *ctx.store.get()?, id)?;
    let reason = match action {
        Action::Reject { reason } | Action::TakeOut { reason, .. } => {
            let written = required(reason)?;
            Some(reason_key(ctx, id)?.seal(REASON, ctx.nonce(), &written.as_str()))
        }
        Action::Approve | Action::Retry => None,
    };
    ctx.store.transaction(|conn| {
        let purge = purges::lock(conn, id)?;
        if purge.version != version {
            return Err(Error::Stale);
        }
        match (action, reason) {
            (Action::Approve, _) => approve(ctx, conn, id, Some((by, actor))),
            (Action::Retry, _) => retry(ctx, conn, &purge, actor),
            (Action::Reject { .. }, Some(reason)) => reject(ctx, conn, &purge, (by, actor), &reason),
            (Action::TakeOut { line, .. }, Some(reason)) => {
                take_out(ctx, conn, &purge, actor, (*line, reason))
            }
            (Action::Reject { .. } | Action::TakeOut { .. }, None) => Err(Error::field("reason", "required")),
        }
    })
}

/// Who decides, if they may.
///
/// # Errors
/// When they may not.
pub fn may_decide(actor: &Actor) -> Result<StaffId> {
    actor
        .staff()
        .filter(|_| actor.may(Permission::ApproveProposals))
        .ok_or(Error::Forbidden("role"))
}

/// Approves a locked list: by a member of staff, or by the settings.
pub(super) fn approve(
    ctx: &Context,
    conn: &mut Conn,
    id: PurgeId,
    by: Option<(StaffId, &Actor)>,
) -> Result<()> {
    let purge = purges::lock(conn, id)?;
    let state = next(&purge, ListEvent::Approved)?;
    let decision = Decision {
        state,
        by: by.map(|(staff, _)| staff),
        reason_sealed: None,
    };
    purges::decide(conn, id, decision, ctx.now())?;
    let actor = by.map_or(&Actor::System, |(_, actor)| actor);
    ctx.record(
        conn,
        SERVICE,
        actor,
        "purge_approved",
        json!({ "purge": id.to_string() }),
    )?;
    jobs::enqueue(ctx, conn, &Job::RunPurge { purge: id }, None)
}

fn reject(
    ctx: &Context,
    conn: &mut Conn,
    purge: &Purge,
    (by, actor): (StaffId, &Actor),
    reason: &[u8],
) -> Result<()> {
    let decision = Decision {
        state: next(purge, ListEvent::Rejected)?,
        by: Some(by),
        reason_sealed: Some(reason.to_vec()),
    };
    let listed: Vec<Uuid> = purges::list_lines(conn, purge.id)?
        .into_iter()
        .filter(|line| line.state == LineState::Listed)
        .map(|line| line.retained.id)
        .collect();
    for line in &listed {
        purges::set_line(conn, purge.id, *line, LineChange::TakenOut(reason.to_vec()))?;
    }
    put_off(ctx, conn, &listed)?;
    purges::decide(conn, purge.id, decision, ctx.now())?;
    let detail = json!({ "purge": purge.id.to_string(), "lines": listed.len() });
    Ok(ctx.record(conn, SERVICE, actor, "purge_rejected", detail)?)
}

fn take_out(
    ctx: &Context,
    conn: &mut Conn,
    purge: &Purge,
    actor: &Actor,
    (id, reason): (Uuid, Vec<u8>),
) -> Result<()> {
    let lines = purges::list_lines(conn, purge.id)?;
    let line = lines
        .iter()
        .find(|line| line.retained.id == id)
        .ok_or_else(|| Error::field("line", "unknown"))?;
    if !purge.state.may_take_out(line.state) {
        return Err(Error::Conflict("purge_decided"));
    }
    purges::set_line(conn, purge.id, id, LineChange::TakenOut(reason))?;
    put_off(ctx, conn, &[id])?;
    purges::touch(conn, purge.id)?;
    let detail = running::detail(purge.id, &line.retained);
    running::record(ctx, conn, line, actor, "purge_line_taken_out", detail)?;
    // With its last obstacle gone, a list that stopped has ended well.
    let stopped = |other: &&purges::Line| other.state == LineState::Failed && other.retained.id != id;
    if purge.state == ListState::Failed && !lines.iter().any(|line| stopped(&line)) {
        jobs::enqueue(ctx, conn, &Job::RunPurge { purge: purge.id }, None)?;
    }
    Ok(())
}

fn retry(ctx: &Context, conn: &mut Conn, purge: &Purge, actor: &Actor) -> Result<()> {
    if !matches!(purge.state, ListState::Failed | ListState::Running) {
        return Err(Error::Conflict("purge_not_stopped"));
    }
    purges::touch(conn, purge.id)?;
    ctx.record(
        conn,
        SERVICE,
        actor,
        "purge_retried",
        json!({ "purge": purge.id.to_string() }),
    )?;
    jobs::enqueue(ctx, conn, &Job::RunPurge { purge: purge.id }, None)
}

/// What the law no longer lets us keep is not forgotten because somebody wanted to look first.
fn put_off(ctx: &Context, conn: &mut Conn, lines: &[Uuid]) -> Result<()> {
    let days = Days::new(ctx.policy.retention.propose_again_after_days.into());
    let today = stockholm_date(ctx.now());
    let day = today.checked_add_days(days).unwrap_or(today);
    Ok(retained::put_off(conn, lines, day)?)
}

fn next(purge: &Purge, event: ListEvent) -> Result<ListState> {
    purge.state.after(event).ok_or(Error::Conflict("purge_decided"))
}

fn required(reason: &str) -> Result<FreeText> {
    if reason.trim().is_empty() {
        return Err(Error::field("reason", "required"));
    }
    FreeText::parse(reason).map_err(|_| Error::field("reason", "invalid"))
}
