//! Counters that all instances share: so many of something, for one subject, in one window of time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Double, Integer, Text, Timestamptz};

use super::Result;
use super::schema::throttles;

/// Whether one more was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Whether it was within the limit.
    pub allowed: bool,
    /// When the next one may come; 0 when this one was allowed, else at least 1.
    pub retry_after_seconds: u32,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    used: i32,
    #[diesel(sql_type = Timestamptz)]
    window_start: DateTime<Utc>,
}

/// Counts one more in one statement: however many ask at once, no more than `limit` of them are allowed in a window.
/// A window begins with the first that is counted, and a new one when it is over.
///
/// Commit the count even when what it guards fails: call it in a transaction of its own.
///
/// # Errors
/// When the database fails.
pub fn take(
    conn: &mut PgConnection,
    bucket: &str,
    subject_digest: &[u8; 32],
    limit: u32,
    window: Duration,
    now: DateTime<Utc>,
) -> Result<Taken> {
    let limit = i32::try_from(limit).unwrap_or(i32::MAX - 1);
    let count: Count = diesel::sql_query(
        "INSERT INTO throttles AS t (bucket, subject, window_start, used) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (bucket, subject) DO UPDATE SET \
         used = CASE WHEN t.window_start + make_interval(secs => $4) <= $3 THEN 1 ELSE least(t.used, $5) + 1 END, \
         window_start = CASE WHEN t.window_start + make_interval(secs => $4) <= $3 THEN $3 ELSE t.window_start END \
         RETURNING used, window_start",
    )
    .bind::<Text, _>(bucket)
    .bind::<Binary, _>(subject_digest.as_slice())
    .bind::<Timestamptz, _>(now)
    .bind::<Double, _>(window.as_secs_f64())
    .bind::<Integer, _>(limit)
    .get_result(conn)?;
    if count.used <= limit {
        return Ok(Taken {
            allowed: true,
            retry_after_seconds: 0,
        });
    }
    let window = TimeDelta::from_std(window).unwrap_or(TimeDelta::MAX);
    let left = window.checked_sub(&(now - count.window_start)).unwrap_or(window);
    let seconds = u32::try_from((left.num_milliseconds() + 999) / 1000).unwrap_or(u32::MAX);
    Ok(Taken {
        allowed: false,
        retry_after_seconds: seconds.max(1),
    })
}

/// Takes back one that [`take`] allowed at `taken_at` under the same `limit`, because it turned out not to count.
/// One that was counted in a window that is over by now stays as it is.
///
/// # Errors
/// When the database fails.
pub fn give_back(
    conn: &mut PgConnection,
    bucket: &str,
    subject_digest: &[u8; 32],
    limit: u32,
    taken_at: DateTime<Utc>,
) -> Result<()> {
    let limit = i32::try_from(limit).unwrap_or(i32::MAX - 1);
    // Those refused meanwhile were counted as one above the limit.
    diesel::sql_query(
        "UPDATE throttles SET used = greatest(least(used, $3) - 1, 0) \
         WHERE bucket = $1 AND subject = $2 AND window_start <= $4",
    )
    .bind::<Text, _>(bucket)
    .bind::<Binary, _>(subject_digest.as_slice())
    .bind::<Integer, _>(limit)
    .bind::<Timestamptz, _>(taken_at)
    .execute(conn)?;
    Ok(())
}

/// Begins anew for one subject.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut PgConnection, bucket: &str, subject_digest: &[u8; 32]) -> Result<()> {
    let of_subject = throttles::bucket
        .eq(bucket)
        .and(throttles::subject.eq(subject_digest.as_slice()));
    diesel::delete(throttles::table.filter(of_subject)).execute(conn)?;
    Ok(())
}

/// Forgets the counters whose window began before `before`; says how many. Keep those of the longest window in use.
///
/// # Errors
/// When the database fails.
pub fn sweep(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<usize> {
    let over = throttles::table.filter(throttles::window_start.lt(before));
    Ok(diesel::delete(over).execute(conn)?)
}
