//! Cases that wait for their person: reminded once, and ended when nothing comes (Art. 11(2), 12(4)).

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::course::Course;
use super::letters::Letter;
use super::transition::{self, Change};
use super::{Context, Error, Result, intake, telling};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::{Event, State};
use crate::domain::ids::CaseId;
use crate::domain::question::{ANSWER_WITHIN_DAYS, REMIND_DAYS_BEFORE, answer_by};
use crate::domain::staff::Actor;
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, clocks, questions};

/// Cases that one sweep reminds or ends.
const SWEPT: i64 = 100;

/// Reminds people of what is asked of them, once, some days before their case lapses.
///
/// # Errors
/// When the database fails.
pub fn remind(ctx: &Context) -> Result<usize> {
    let waited = TimeDelta::days(ANSWER_WITHIN_DAYS - REMIND_DAYS_BEFORE);
    each(ctx, ctx.now() - waited, true, |case| remind_one(ctx, case))
}

/// Ends cases whose person never proved who they are, or never answered, and tells them so.
///
/// # Errors
/// When the database fails.
pub fn lapse(ctx: &Context) -> Result<usize> {
    let before = ctx.now() - TimeDelta::days(ANSWER_WITHIN_DAYS);
    each(ctx, before, false, |case| lapse_one(ctx, case))
}

fn each(
    ctx: &Context,
    before: DateTime<Utc>,
    unreminded: bool,
    work: impl Fn(CaseId) -> Result<()>,
) -> Result<usize> {
    let waiting = clocks::list_waiting(&mut *ctx.store.get()?, before, unreminded, SWEPT)?;
    let mut done = 0;
    for (case, _) in waiting {
        match work(case) {
            Ok(()) => done += 1,
            // Proved, answered or withdrawn meanwhile.
            Err(Error::Refused(_)) => {}
            // One case that fails must not keep the others from it.
            Err(error) => tracing::error!(case = %case, code = error.code(), "a waiting case failed"),
        }
    }
    Ok(done)
}

fn remind_one(ctx: &Context, id: CaseId) -> Result<()> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let identity = match case.case.state {
            State::IdentityPending => true,
            State::ClarificationPending { .. } => false,
            _ => return Ok(()),
        };
        let since = waiting_since(conn, &case)?;
        if clocks::find_reminded(conn, case.id)?.is_some_and(|reminded| reminded > since) {
            return Ok(());
        }
        clocks::mark_reminded(conn, case.id, ctx.now())?;
        ctx.record(
            conn,
            case.id.0,
            &Actor::System,
            "person_reminded",
            json!({ "identity": identity }),
        )?;
        let (key, _) = intake::open_file(ctx, &case)?;
        let course = Course::Reminder {
            identity,
            answer_by: answer_by(stockholm_date(since)),
        };
        telling::send(ctx, conn, &case, &key, Letter::Course(course))
    })
}

/// Since when the person has had something to answer: the state began, or the last question was asked.
fn waiting_since(conn: &mut Conn, case: &StoredCase) -> Result<DateTime<Utc>> {
    let asked = questions::list(conn, case.id)?.into_iter();
    let open = asked.filter(|question| question.ended_at.is_none());
    Ok(open
        .map(|question| question.asked_at)
        .fold(case.state_since, DateTime::max))
}

fn lapse_one(ctx: &Context, id: CaseId) -> Result<()> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let why = match case.case.state {
            State::ClarificationPending { .. } => "the question was not answered",
            _ => "identity was not proved",
        };
        let change = Change {
            event: Event::Lapsed,
            actor: &Actor::System,
            action: "case_lapsed",
            detail: json!({ "why": why }),
            visible: true,
        };
        transition::apply(ctx, conn, &case, change)?;
        Ok(())
    })
}
