//! Figures across cases: counts and days, never a case.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::Result;
use super::queue::ENDED;
use super::schema::{audit_events, cases, notices};

/// From when to when.
pub type Span = (DateTime<Utc>, DateTime<Utc>);

/// How many cases there are of each right and state; those with none are left out.
///
/// # Errors
/// When the database fails.
pub fn count_by_right_and_state(conn: &mut PgConnection) -> Result<Vec<(String, String, i64)>> {
    Ok(cases::table
        .group_by((cases::right_, cases::state))
        .select((cases::right_, cases::state, count_star()))
        .load(conn)?)
}

/// How many cases still wait for an answer although their day was before `today`.
///
/// # Errors
/// When the database fails.
pub fn count_late(conn: &mut PgConnection, today: NaiveDate) -> Result<i64> {
    Ok(cases::table
        .filter(cases::state.ne_all(ENDED))
        .filter(cases::due_on.lt(today))
        .count()
        .get_result(conn)?)
}

/// For every case that was answered or refused since `since` and not reopened: when it came, and when it got its
/// answer.
///
/// # Errors
/// When the database fails.
pub fn list_answered_since(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<Vec<Span>> {
    let answer = audit_events::action.eq("erasure_completed").or(cases::state
        .eq("refused")
        .and(audit_events::action.eq("proposal_approved")));
    let rows: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> = cases::table
        .inner_join(audit_events::table.on(audit_events::stream.eq(cases::id)))
        .filter(cases::state.eq_any(["answered", "refused", "closed"]))
        // What was answered since then has been in its state no longer than that.
        .filter(cases::state_since.ge(since))
        .filter(answer)
        .group_by(cases::id)
        .having(max(audit_events::at).ge(since))
        .select((cases::received_at, max(audit_events::at)))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(from, to)| Some((from, to?)))
        .collect())
}

/// How many notices have left and wait for an answer, or could not be delivered.
///
/// # Errors
/// When the database fails.
pub fn count_notices_waiting(conn: &mut PgConnection) -> Result<i64> {
    Ok(notices::table
        .filter(notices::state.eq_any(["queued", "sent", "overdue", "escalated", "bounced"]))
        .count()
        .get_result(conn)?)
}
