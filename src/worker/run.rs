//! One job from claim to end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::outcome::{MAX_FAILURES, wait};
use super::{Handlers, JobError};
use crate::services::Context;
use crate::store::jobs::{self, ClaimedJob};
use crate::store::{self, Error};

/// How many jobs are claimed at a time where one after the other runs.
const BATCH: i64 = 10;

/// Takes up to `limit` jobs that are due.
pub(super) fn claim(
    ctx: &Context,
    handlers: &Handlers,
    limit: i64,
    lease: Duration,
) -> store::Result<Vec<ClaimedJob>> {
    let mut conn = ctx.store.get()?;
    // A token of its own for each claim, so that a worker that lost a job is not taken for the one that got it.
    jobs::claim(
        &mut conn,
        &handlers.kinds(),
        limit,
        ctx.new_id(),
        ctx.now(),
        lease,
    )
}

/// Runs all jobs that are due now, one after the other, and those that they bring about; says how many ran. For
/// commands and tests; a service has [`super::start`].
///
/// # Errors
/// When the database fails.
pub fn run_due(ctx: &Context, handlers: &Handlers) -> store::Result<usize> {
    let mut ran = 0;
    loop {
        let claimed = claim(ctx, handlers, BATCH, Duration::from_mins(10))?;
        if claimed.is_empty() {
            return Ok(ran);
        }
        for job in &claimed {
            run(ctx, handlers, job);
            ran += 1;
        }
    }
}

/// Runs one job, whatever comes of it, and records its end.
pub(super) fn run(ctx: &Context, handlers: &Handlers, job: &ClaimedJob) {
    let began = Instant::now();
    let ended = attempt(ctx, handlers, job);
    metrics::histogram!("dataratt_job_seconds", "kind" => job.kind.clone())
        .record(began.elapsed().as_secs_f64());
    let id = job.claim.id.0;
    let outcome = match settle(ctx, job, ended) {
        Ok(outcome) => outcome,
        Err(Error::Stale) => {
            tracing::warn!(job = id, kind = job.kind, "the job was taken over meanwhile");
            "lost"
        }
        Err(error) => {
            // The lease runs out, and the job is taken over.
            tracing::error!(job = id, kind = job.kind, %error, "the end of a job could not be recorded");
            "unrecorded"
        }
    };
    metrics::counter!("dataratt_jobs_total", "kind" => job.kind.clone(), "outcome" => outcome).increment(1);
}

fn attempt(ctx: &Context, handlers: &Handlers, job: &ClaimedJob) -> Result<(), JobError> {
    let Some(handler) = handlers.get(&job.kind) else {
        return Err(JobError::Fail("unknown_kind".to_owned()));
    };
    catch_unwind(AssertUnwindSafe(|| handler(ctx, job)))
        .unwrap_or_else(|_| Err(JobError::Retry("panic".to_owned())))
}

/// Records how a job ended, and says it in a word.
fn settle(ctx: &Context, job: &ClaimedJob, ended: Result<(), JobError>) -> store::Result<&'static str> {
    let mut conn = ctx.store.get()?;
    let error = match ended {
        Ok(()) => {
            // The handler may have done so in its own transaction.
            return match jobs::complete(&mut conn, job.claim) {
                Ok(()) | Err(Error::Stale) => Ok("done"),
                Err(error) => Err(error),
            };
        }
        Err(error) => error,
    };
    let failures = job.failures.saturating_add(1);
    match error {
        JobError::NotBefore(at) => {
            jobs::postpone(&mut conn, job.claim, at)?;
            Ok("postponed")
        }
        JobError::Retry(code) if failures < MAX_FAILURES => {
            let chance = u32::from_le_bytes(ctx.random_bytes());
            let at = ctx.now() + wait(failures, chance);
            jobs::retry(&mut conn, job.claim, at, &code)?;
            tracing::warn!(
                job = job.claim.id.0,
                kind = job.kind,
                failures,
                code,
                "a job failed for now"
            );
            Ok("retried")
        }
        JobError::Retry(code) | JobError::Fail(code) => {
            jobs::park(&mut conn, job.claim, &code)?;
            tracing::error!(
                job = job.claim.id.0,
                kind = job.kind,
                failures,
                code,
                "a job waits for staff"
            );
            Ok("parked")
        }
    }
}
