//! What a case's clock has beside its deadline: that it started anew, the earlier reading of an extension, how far an
//! alarm has come, and when the person was reminded. Most cases have nothing of it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::cases::{self, StoredCase};
use super::queue::ENDED;
use super::schema::{case_clocks, cases as all_cases, pauses};
use crate::domain::deadline::{Alarm, Deadline, Pause};
use crate::domain::ids::CaseId;

/// What is kept of a clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// When the case was last reopened, and the deadline of its first clock.
    pub reopened: Option<(DateTime<Utc>, NaiveDate)>,
    /// How far the alarm has come that time runs out.
    pub alarm: Alarm,
}

/// What is kept of a case's clock.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut PgConnection, case: CaseId) -> Result<Clock> {
    let row: Option<(Option<DateTime<Utc>>, Option<NaiveDate>, i16)> = case_clocks::table
        .find(case.0)
        .select((
            case_clocks::reopened_at,
            case_clocks::first_due_on,
            case_clocks::alarm_step,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map_or_else(Clock::default, |(at, first, step)| Clock {
        reopened: at.zip(first),
        alarm: Alarm::from_step(step),
    }))
}

/// Keeps what follows from a transition: both readings of an extension, and no alarm once nobody waits any more.
///
/// # Errors
/// When the database fails.
pub fn keep_up(
    conn: &mut PgConnection,
    before: &StoredCase,
    deadline: &Deadline,
    is_open: bool,
) -> Result<()> {
    if before.alarm > Alarm::None && !is_open {
        set_alarm(conn, before.id, Alarm::None)?;
    }
    if before.deadline.is_extended() != deadline.is_extended() {
        save_early(conn, before.id, deadline)?;
    }
    Ok(())
}

/// Keeps the earlier reading of an extended deadline.
///
/// # Errors
/// When the database fails.
pub fn save_early(conn: &mut PgConnection, case: CaseId, deadline: &Deadline) -> Result<()> {
    let early = case_clocks::due_early_on.eq(deadline.extended_due_early_on());
    if !deadline.is_extended() {
        diesel::update(case_clocks::table.find(case.0))
            .set(early)
            .execute(conn)?;
        return Ok(());
    }
    diesel::insert_into(case_clocks::table)
        .values((case_clocks::case_id.eq(case.0), early))
        .on_conflict(case_clocks::case_id)
        .do_update()
        .set(early)
        .execute(conn)?;
    Ok(())
}

/// Starts the clock anew at `at`; the deadline of the first one stays.
///
/// # Errors
/// When the database fails.
pub fn restart(conn: &mut PgConnection, before: &StoredCase, at: DateTime<Utc>) -> Result<()> {
    let first = before
        .reopened
        .map_or_else(|| before.deadline.due_on(), |(_, first)| first);
    let reopened = (
        case_clocks::reopened_at.eq(at),
        case_clocks::first_due_on.eq(first),
    );
    diesel::insert_into(case_clocks::table)
        .values((case_clocks::case_id.eq(before.id.0), reopened))
        .on_conflict(case_clocks::case_id)
        .do_update()
        .set(reopened)
        .execute(conn)?;
    cases::save_due(conn, before.id, &Deadline::from_receipt(at))
}

/// Keeps how far a case's alarm has come. What staff saw of the case still holds.
///
/// # Errors
/// When the database fails.
pub fn set_alarm(conn: &mut PgConnection, case: CaseId, alarm: Alarm) -> Result<()> {
    let step = case_clocks::alarm_step.eq(alarm.step());
    diesel::insert_into(case_clocks::table)
        .values((case_clocks::case_id.eq(case.0), step))
        .on_conflict(case_clocks::case_id)
        .do_update()
        .set(step)
        .execute(conn)?;
    Ok(())
}

/// Records that the person was reminded.
///
/// # Errors
/// When the database fails.
pub fn mark_reminded(conn: &mut PgConnection, case: CaseId, at: DateTime<Utc>) -> Result<()> {
    let reminded = case_clocks::reminded_at.eq(at);
    diesel::insert_into(case_clocks::table)
        .values((case_clocks::case_id.eq(case.0), reminded))
        .on_conflict(case_clocks::case_id)
        .do_update()
        .set(reminded)
        .execute(conn)?;
    Ok(())
}

/// When the person was last reminded.
///
/// # Errors
/// When the database fails.
pub fn find_reminded(conn: &mut PgConnection, case: CaseId) -> Result<Option<DateTime<Utc>>> {
    let row: Option<Option<DateTime<Utc>>> = case_clocks::table
        .find(case.0)
        .select(case_clocks::reminded_at)
        .first(conn)
        .optional()?;
    Ok(row.flatten())
}

/// Open cases that may be in alarm: due on or before `due_by`, and those that are in alarm already. At most `limit` after
/// `after`, in order of id.
///
/// # Errors
/// When the database fails.
pub fn list_candidates(
    conn: &mut PgConnection,
    due_by: NaiveDate,
    after: Option<CaseId>,
    limit: i64,
) -> Result<Vec<CaseId>> {
    let in_alarm = case_clocks::table
        .filter(case_clocks::alarm_step.gt(0))
        .select(case_clocks::case_id);
    let mut query = all_cases::table
        .filter(all_cases::state.ne_all(ENDED))
        .filter(all_cases::due_on.le(due_by).or(all_cases::id.eq_any(in_alarm)))
        .order(all_cases::id)
        .limit(limit)
        .select(all_cases::id)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(all_cases::id.gt(after.0));
    }
    let ids: Vec<Uuid> = query.load(conn)?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// The alarms of those of the cases that are in one.
///
/// # Errors
/// When the database fails.
pub fn list_alarms(conn: &mut PgConnection, among: &[Uuid]) -> Result<BTreeMap<Uuid, Alarm>> {
    let rows: Vec<(Uuid, i16)> = case_clocks::table
        .filter(case_clocks::case_id.eq_any(among))
        .filter(case_clocks::alarm_step.gt(0))
        .select((case_clocks::case_id, case_clocks::alarm_step))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, step)| (id, Alarm::from_step(step)))
        .collect())
}

/// Cases that have waited for their person in the state they are in since before `before`, the longest waiting first, at
/// most `limit`; without those in which something was asked since. `unreminded`: nor those reminded since `before`.
///
/// # Errors
/// When the database fails.
pub fn list_waiting(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    unreminded: bool,
    limit: i64,
) -> Result<Vec<(CaseId, DateTime<Utc>)>> {
    use super::schema::questions;
    let asked_since = questions::table
        .filter(questions::case_id.eq(all_cases::id))
        .filter(questions::ended_at.is_null())
        .filter(questions::asked_at.ge(before));
    let reminded = case_clocks::table
        .filter(case_clocks::case_id.eq(all_cases::id))
        .filter(case_clocks::reminded_at.ge(all_cases::state_since.nullable()))
        .filter(case_clocks::reminded_at.ge(before));
    let mut query = all_cases::table
        .filter(all_cases::state.eq_any(["identity_pending", "clarification_pending"]))
        .filter(all_cases::state_since.lt(before))
        .filter(not(exists(asked_since)))
        .order(all_cases::state_since)
        .limit(limit)
        .select((all_cases::id, all_cases::state_since))
        .into_boxed();
    if unreminded {
        query = query.filter(not(exists(reminded)));
    }
    let rows: Vec<(Uuid, DateTime<Utc>)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(id, since)| (CaseId(id), since)).collect())
}

/// When the clock of a case stood still.
///
/// # Errors
/// When the database fails.
pub fn list_pauses(conn: &mut PgConnection, id: CaseId) -> Result<Vec<Pause>> {
    let rows: Vec<(NaiveDate, Option<NaiveDate>)> = pauses::table
        .filter(pauses::case_id.eq(id.0))
        .order(pauses::asked_on)
        .select((pauses::asked_on, pauses::answered_on))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(asked_on, answered_on)| Pause {
            asked_on,
            answered_on,
        })
        .collect())
}
