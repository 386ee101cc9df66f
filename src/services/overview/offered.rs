//! What may be done with a case now, by whom.

use crate::domain::case::{Confirmation, Event, RefusalGround, State};
use crate::domain::ids::PlanId;
use crate::domain::right::Right;
use crate::domain::staff::{Actor, Permission};
use crate::services::handling::ACTIONS;
use crate::services::notices::waits_for_staff;
use crate::services::{Context, Result, restricting};
use crate::store::cases::StoredCase;
use crate::store::{Conn, notices};

/// What the actor may do now, with what only the database tells.
pub(super) fn offered(
    ctx: &Context,
    conn: &mut Conn,
    actor: &Actor,
    case: &StoredCase,
) -> Result<Vec<&'static str>> {
    let in_force = restricting::in_force(conn, case.id)?;
    let mut offered = actions(ctx, actor, case);
    offered.retain(|name| *name != "close" || !in_force);
    if actor.may(Permission::HandleCases) && restricting::may_announce(conn, case)? {
        offered.push("lift_restriction");
    }
    // Known with the notices themselves.
    let rows = notices::list(conn, case.id)?;
    if actor.may(Permission::HandleCases) && rows.iter().any(waits_for_staff) {
        offered.extend(["record_told", "record_unreachable"]);
    }
    Ok(offered)
}

/// The names of the actions that the state allows the actor now.
#[must_use]
pub fn actions(ctx: &Context, actor: &Actor, case: &StoredCase) -> Vec<&'static str> {
    let Some(by) = actor.staff() else { return vec![] };
    let now = ctx.now();
    let handles = actor.may(Permission::HandleCases);
    let fits = |event: Event| case.case.apply(&event, now).is_ok();
    let state = &case.case.state;
    let allowed = |name: &str| match name {
        "claim" | "assign" => handles && state.is_open(),
        "accept_identity" => handles && state.can_be_withdrawn() && !case.case.identity.is_enough(),
        "plan" => {
            let confirmation = Confirmation::NotNeeded;
            handles
                && fits(Event::PlanMade {
                    plan: PlanId(uuid::Uuid::nil()),
                    hash: String::new(),
                    by: Some(by),
                    confirmation,
                })
        }
        "grant" | "collect" => {
            let hash = String::new();
            let with_data = matches!(case.case.right, Right::Access | Right::Portability);
            handles && (name == "collect") == with_data && fits(Event::Granted { hash, by: Some(by) })
        }
        "release" | "review" => handles && fits(Event::Released),
        "refuse" => {
            handles
                && fits(Event::RefusalPrepared {
                    ground: RefusalGround::NotIdentified,
                    by,
                })
        }
        "approve" => {
            actor.may(Permission::ApproveProposals)
                && fits(Event::ProposalApproved {
                    by,
                    cool_off_until: now,
                })
        }
        "reject" => actor.may(Permission::ApproveProposals) && fits(Event::ProposalRejected { by }),
        "stop" => (handles || actor.may(Permission::StopErasures)) && fits(Event::Stopped),
        "extend" => handles && fits(Event::Extended),
        "message" => handles,
        "note" => handles || actor.may(Permission::AddNotes),
        "retry" => {
            let letters = ["job_parked", "mail_undeliverable", "notice_undeliverable"];
            let attention = case.attention.as_deref();
            handles
                && attention.is_some_and(|code| {
                    state.can_be_withdrawn() || *state == State::Executing || letters.contains(&code)
                })
        }
        "send_recipients" => handles && matches!(state, State::Answered { .. } | State::Closed { .. }),
        "record_answer" => handles && matches!(state, State::Executing | State::Answered { .. }),
        other => super::course::allows(ctx, actor, case, other).unwrap_or(false),
    };
    ACTIONS.into_iter().filter(|name| allowed(name)).collect()
}
