//! Cases that raise themselves because their time runs out: in the queue, by mail to their handler, then to those who
//! approve and the data protection officer. Each step is told once.

use chrono::Days;
use serde_json::json;

use super::course::Course;
use super::letters::{self, Letter, Post};
use super::{Context, Result, intake};
use crate::domain::calendar::stockholm_date;
use crate::domain::deadline::{Alarm, alarm};
use crate::domain::ids::CaseId;
use crate::domain::staff::{Actor, Role};
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, clocks, staff};

/// Days before a deadline within which its target and its earlier reading lie, whatever holidays there are.
const LOOK_AHEAD: u64 = 15;
/// Cases that are looked at in one go.
const BATCH: i64 = 200;

/// Looks at every case whose time may run out, and raises those where it does. Says how many were told of.
///
/// # Errors
/// When the database fails.
pub fn sweep(ctx: &Context) -> Result<usize> {
    let soon = stockholm_date(ctx.now()) + Days::new(LOOK_AHEAD);
    let (mut raised, mut after) = (0, None);
    loop {
        let ids = clocks::list_candidates(&mut *ctx.store.get()?, soon, after, BATCH)?;
        let Some(last) = ids.last() else { return Ok(raised) };
        after = Some(*last);
        for id in ids {
            match look(ctx, id) {
                Ok(told) => raised += usize::from(told),
                // One case that cannot be raised must not keep the others from it.
                Err(error) => tracing::error!(case = %id, code = error.code(), "a case could not be raised"),
            }
        }
    }
}

/// Brings the alarm of one case up to date; says whether somebody is told.
fn look(ctx: &Context, id: CaseId) -> Result<bool> {
    let is_current = {
        let mut conn = ctx.store.get()?;
        let case = cases::find_by_id(&mut conn, id)?;
        standing(ctx, &mut conn, &case)?.0 == case.alarm
    };
    if is_current {
        return Ok(false);
    }
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let (now, handler) = standing(ctx, conn, &case)?;
        if now == case.alarm {
            return Ok(false);
        }
        clocks::set_alarm(conn, id, now)?;
        if now < case.alarm {
            // More time, or somebody took it: what comes next is told again.
            return Ok(false);
        }
        let mut to = Vec::new();
        if case.alarm < Alarm::AtRisk || now == Alarm::Overdue {
            to.extend(handler.clone());
        }
        if now >= Alarm::Pressing {
            to.extend(overseers(ctx, conn)?);
        }
        to.sort();
        to.dedup();
        mail(ctx, conn, &case, now, &to, handler.is_some())?;
        let detail = json!({ "alarm": now.name(), "told": to.len() });
        ctx.record(conn, id.0, &Actor::System, "deadline_alarm", detail)?;
        Ok(true)
    })
}

/// The alarm that the case should be in, and who works on it.
fn standing(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<(Alarm, Option<String>)> {
    let handler = handler(conn, case)?;
    if !case.case.state.is_open() {
        return Ok((Alarm::None, handler));
    }
    let today = stockholm_date(ctx.now());
    Ok((alarm(&case.deadline, today, handler.is_some()), handler))
}

/// The address of who works on the case, if anybody does who still can.
pub(super) fn handler(conn: &mut Conn, case: &StoredCase) -> Result<Option<String>> {
    let Some(id) = case.assignee else { return Ok(None) };
    let member = staff::find(conn, id)?.member;
    Ok(Some(member.email).filter(|_| member.active))
}

/// Those who approve and the data protection officers; where there are none, the organisation itself.
pub(super) fn overseers(ctx: &Context, conn: &mut Conn) -> Result<Vec<String>> {
    let members = staff::list(conn)?.into_iter();
    let overseers: Vec<String> = members
        .filter(|member| member.active && matches!(member.role, Role::Approver | Role::Dpo))
        .map(|member| member.email)
        .collect();
    if !overseers.is_empty() {
        return Ok(overseers);
    }
    let organisation = &ctx.organisation;
    let officer = organisation.dpo.as_ref().map(|dpo| dpo.email.clone());
    Ok(vec![
        officer.unwrap_or_else(|| organisation.contact.email.clone()),
    ])
}

fn mail(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    alarm: Alarm,
    to: &[String],
    is_handled: bool,
) -> Result<()> {
    let (key, _) = intake::open_file(ctx, case)?;
    let due_on = case
        .deadline
        .extended_due_early_on()
        .unwrap_or_else(|| case.deadline.due_on());
    let post = Post {
        case: case.id,
        reference: case.reference.as_str(),
        language: ctx.organisation.language,
        notice: None,
    };
    for address in to {
        let letter = Letter::Course(Course::AtRisk {
            right: case.case.right,
            due_on,
            overdue: alarm == Alarm::Overdue,
            is_handled,
        });
        letters::post(ctx, conn, &key, &post, address, letter)?;
    }
    Ok(())
}
