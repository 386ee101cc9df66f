//! Counting across cases.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text, Timestamptz};

use super::Result;

/// The cases of one right.
#[derive(QueryableByName, Clone, Debug)]
pub struct RightCount {
    /// The right's name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Those that wait for an answer.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Those of them that are past their day.
    #[diesel(sql_type = BigInt)]
    pub late: i64,
    /// All.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

/// Cases that were answered.
#[derive(QueryableByName, Clone, Debug)]
pub struct AnsweredCount {
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub cases: i64,
    /// The median of whole days from receipt to answer.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub median_days: Option<i64>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Counts by right; `today` is the local day.
///
/// # Errors
/// When the database fails.
pub fn count_by_right(conn: &mut PgConnection, today: NaiveDate) -> Result<Vec<RightCount>> {
    Ok(diesel::sql_query(
        "SELECT \"right\" AS name, count(*) AS total, count(*) FILTER (WHERE is_open) AS open, \
         count(*) FILTER (WHERE is_open AND due_on < $1) AS late FROM (SELECT *, state NOT IN \
         ('answered', 'closed', 'refused', 'withdrawn', 'lapsed') AS is_open FROM cases) counted \
         GROUP BY \"right\" ORDER BY \"right\"",
    )
    .bind::<Date, _>(today)
    .load(conn)?)
}

/// Counts the cases whose answer or refusal came after `since`.
///
/// # Errors
/// When the database fails.
pub fn count_answered(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<AnsweredCount> {
    Ok(diesel::sql_query(
        "SELECT count(*) AS cases, percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS median_days FROM \
         (SELECT floor(extract(epoch FROM state_since - received_at) / 86400)::bigint AS days FROM cases \
         WHERE state IN ('answered', 'closed', 'refused') AND state_since > $1) answered",
    )
    .bind::<Timestamptz, _>(since)
    .get_result(conn)?)
}

/// Counts the notices whose answer is awaited.
///
/// # Errors
/// When the database fails.
pub fn count_waiting_notices(conn: &mut PgConnection) -> Result<i64> {
    let waiting: Count = diesel::sql_query(
        "SELECT count(*) AS count FROM notices WHERE state IN ('queued', 'sent', 'bounced', 'overdue', 'escalated')",
    )
    .get_result(conn)?;
    Ok(waiting.count)
}
