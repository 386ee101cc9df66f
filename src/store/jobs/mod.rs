//! The queue of work: durable rows, claimed under leases, ended only by who holds the lease.
//!
//! Times when a job may run come from the caller's clock; leases are judged on the database's, because the clocks of
//! several instances may differ.

mod parked;

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Double, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::schema::{cases, jobs};
use super::{Error, Result};
use crate::domain::ids::CaseId;

pub use parked::{OpenJobs, ParkedJob, count_open, is_waiting, list_parked, unpark, unpark_one};

/// A job's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Work to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob<'a> {
    /// What is to be done, a verb such as `send_mail`.
    pub kind: &'a str,
    /// To what: ids, never personal data.
    pub payload: serde_json::Value,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// Not before.
    pub run_at: DateTime<Utc>,
    /// Higher goes first; 0 for most.
    pub priority: i16,
}

impl<'a> NewJob<'a> {
    /// A job of ordinary priority for a case.
    #[must_use]
    pub const fn for_case(
        kind: &'a str,
        case: CaseId,
        payload: serde_json::Value,
        run_at: DateTime<Utc>,
    ) -> Self {
        Self {
            kind,
            payload,
            case: Some(case),
            run_at,
            priority: 0,
        }
    }
}

/// The right to record a job's end: its number and the fencing token of one lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The job.
    pub id: JobId,
    /// The token; another claimer gets another one.
    pub lease: Uuid,
}

/// A job under a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedJob {
    /// What its end is recorded with.
    pub claim: Claim,
    /// What is to be done.
    pub kind: String,
    /// To what.
    pub payload: serde_json::Value,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// Since when it could run.
    pub run_at: DateTime<Utc>,
    /// How often it failed by itself so far.
    pub failures: i32,
}

#[derive(QueryableByName)]
struct ClaimedRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Jsonb)]
    payload: serde_json::Value,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    case_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    run_at: DateTime<Utc>,
    #[diesel(sql_type = SmallInt)]
    priority: i16,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    failures: i32,
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Writes a job in the caller's transaction; workers hear of it when that commits.
///
/// # Errors
/// When the database fails.
pub fn enqueue(conn: &mut PgConnection, job: &NewJob<'_>) -> Result<JobId> {
    let id = diesel::insert_into(jobs::table)
        .values((
            jobs::kind.eq(job.kind),
            jobs::payload.eq(&job.payload),
            jobs::case_id.eq(job.case.map(|case| case.0)),
            jobs::run_at.eq(job.run_at),
            jobs::priority.eq(job.priority),
        ))
        .returning(jobs::id)
        .get_result(conn)?;
    Ok(JobId(id))
}

/// Expired leases first, then what is due; the CTEs lock no more rows than they pick.
const CLAIM: &str = "\
WITH expired AS MATERIALIZED (
    SELECT id FROM jobs WHERE state = 'running' AND leased_until <= now() AND kind = ANY($1)
    ORDER BY leased_until LIMIT $2 FOR UPDATE SKIP LOCKED
), due AS MATERIALIZED (
    SELECT id FROM jobs WHERE state = 'ready' AND run_at <= $3 AND kind = ANY($1)
    ORDER BY priority DESC, run_at, id LIMIT $2 - (SELECT count(*) FROM expired) FOR UPDATE SKIP LOCKED
), picked AS (SELECT id FROM expired UNION ALL SELECT id FROM due)
UPDATE jobs SET state = 'running', lease = $4, leased_until = now() + make_interval(secs => $5)
FROM picked WHERE jobs.id = picked.id
RETURNING jobs.id, jobs.kind, jobs.payload, jobs.case_id, jobs.run_at, jobs.priority, jobs.failures";

/// Takes up to `limit` jobs of these kinds that are due at `now`, most urgent first, under the new token `lease`.
/// A job whose lease has expired is taken over, without counting that against it. A statement of its own: call it
/// outside any transaction.
///
/// # Errors
/// When the database fails.
pub fn claim(
    conn: &mut PgConnection,
    kinds: &[&str],
    limit: i64,
    lease: Uuid,
    now: DateTime<Utc>,
    lease_for: Duration,
) -> Result<Vec<ClaimedJob>> {
    let mut rows: Vec<ClaimedRow> = diesel::sql_query(CLAIM)
        .bind::<Array<Text>, _>(kinds)
        .bind::<BigInt, _>(limit)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(lease)
        .bind::<Double, _>(lease_for.as_secs_f64())
        .load(conn)?;
    rows.sort_by_key(|row| (-i32::from(row.priority), row.run_at, row.id));
    let claimed = |row: ClaimedRow| ClaimedJob {
        claim: Claim {
            id: JobId(row.id),
            lease,
        },
        kind: row.kind,
        payload: row.payload,
        case: row.case_id.map(CaseId),
        run_at: row.run_at,
        failures: row.failures,
    };
    Ok(rows.into_iter().map(claimed).collect())
}

/// Prolongs leases to `lease_for` from now, and says which jobs are still held: the others were taken over.
///
/// # Errors
/// When the database fails.
pub fn heartbeat(conn: &mut PgConnection, claims: &[Claim], lease_for: Duration) -> Result<Vec<JobId>> {
    let rows: Vec<IdRow> = diesel::sql_query(
        "UPDATE jobs SET leased_until = now() + make_interval(secs => $3) \
         FROM unnest($1, $2) AS held (id, lease) \
         WHERE jobs.id = held.id AND jobs.lease = held.lease RETURNING jobs.id",
    )
    .bind::<Array<BigInt>, _>(ids(claims))
    .bind::<Array<SqlUuid>, _>(leases(claims))
    .bind::<Double, _>(lease_for.as_secs_f64())
    .load(conn)?;
    Ok(rows.into_iter().map(|row| JobId(row.id)).collect())
}

/// Ends a job for good. Called in the transaction that records the job's result, both hold or neither.
///
/// # Errors
/// [`Error::Stale`] when the lease was lost (or the job is done already): the result must not be recorded.
pub fn complete(conn: &mut PgConnection, claim: Claim) -> Result<()> {
    let done = diesel::delete(held(claim)).execute(conn)?;
    fenced(done)
}

/// Hands a job back that failed by itself, to be tried again at `run_at`. `failure` is a code, not a sentence.
///
/// # Errors
/// [`Error::Stale`] when the lease was lost: then nothing is counted.
pub fn retry(conn: &mut PgConnection, claim: Claim, run_at: DateTime<Utc>, failure: &str) -> Result<()> {
    let done = diesel::update(held(claim))
        .set((
            jobs::state.eq("ready"),
            jobs::lease.eq(None::<Uuid>),
            jobs::leased_until.eq(None::<DateTime<Utc>>),
            jobs::run_at.eq(run_at),
            jobs::failures.eq(jobs::failures + 1),
            jobs::failure.eq(failure),
        ))
        .execute(conn)?;
    fenced(done)
}

/// Hands a job back whose time has not come yet, to run at `run_at`; that is no failure.
///
/// # Errors
/// [`Error::Stale`] when the lease was lost.
pub fn postpone(conn: &mut PgConnection, claim: Claim, run_at: DateTime<Utc>) -> Result<()> {
    let done = diesel::update(held(claim))
        .set((
            jobs::state.eq("ready"),
            jobs::lease.eq(None::<Uuid>),
            jobs::leased_until.eq(None::<DateTime<Utc>>),
            jobs::run_at.eq(run_at),
        ))
        .execute(conn)?;
    fenced(done)
}

/// What a case says that has a parked job, unless it says something more exact already.
pub const ATTENTION: &str = "job_parked";

/// Lays a job aside that failed too often, or can never succeed, until staff have looked; its case says so.
///
/// # Errors
/// [`Error::Stale`] when the lease was lost: then nothing is counted.
pub fn park(conn: &mut PgConnection, claim: Claim, failure: &str) -> Result<()> {
    conn.transaction(|conn| {
        let parked: Option<Option<Uuid>> = diesel::update(held(claim))
            .set((
                jobs::state.eq("parked"),
                jobs::lease.eq(None::<Uuid>),
                jobs::leased_until.eq(None::<DateTime<Utc>>),
                jobs::failures.eq(jobs::failures + 1),
                jobs::failure.eq(failure),
            ))
            .returning(jobs::case_id)
            .get_result(conn)
            .optional()?;
        if let Some(case) = parked.ok_or(Error::Stale)? {
            let silent = cases::table.filter(cases::id.eq(case).and(cases::attention.is_null()));
            diesel::update(silent)
                .set(cases::attention.eq(ATTENTION))
                .execute(conn)?;
        }
        Ok(())
    })
}

/// Hands jobs back that were not finished, without counting it against them, and wakes the other workers. Says how
/// many were still held.
///
/// # Errors
/// When the database fails.
pub fn release(conn: &mut PgConnection, claims: &[Claim]) -> Result<usize> {
    let released = diesel::sql_query(
        "UPDATE jobs SET state = 'ready', lease = NULL, leased_until = NULL \
         FROM unnest($1, $2) AS held (id, lease) WHERE jobs.id = held.id AND jobs.lease = held.lease",
    )
    .bind::<Array<BigInt>, _>(ids(claims))
    .bind::<Array<SqlUuid>, _>(leases(claims))
    .execute(conn)?;
    if released > 0 {
        wake(conn)?;
    }
    Ok(released)
}

/// Tells the workers that jobs became due in a way that no insert announces.
fn wake(conn: &mut PgConnection) -> Result<()> {
    diesel::sql_query("SELECT pg_notify('jobs', '')").execute(conn)?;
    Ok(())
}

type Held = diesel::helper_types::Filter<
    jobs::table,
    diesel::dsl::And<
        diesel::dsl::Eq<jobs::id, i64>,
        diesel::dsl::Eq<jobs::lease, Uuid>,
        Nullable<diesel::sql_types::Bool>,
    >,
>;

/// The job, as long as nobody else has taken it over.
fn held(claim: Claim) -> Held {
    jobs::table.filter(jobs::id.eq(claim.id.0).and(jobs::lease.eq(claim.lease)))
}

const fn fenced(rows: usize) -> Result<()> {
    match rows {
        0 => Err(Error::Stale),
        _ => Ok(()),
    }
}

fn ids(claims: &[Claim]) -> Vec<i64> {
    claims.iter().map(|claim| claim.id.0).collect()
}

fn leases(claims: &[Claim]) -> Vec<Uuid> {
    claims.iter().map(|claim| claim.lease).collect()
}
