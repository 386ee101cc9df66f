//! What each kind of job does, and what is swept at intervals.

use std::time::Duration;

use chrono::TimeDelta;
use serde::Deserialize;

use super::{Handlers, JobError, Sweep};
use crate::app::App;
use crate::domain::ids::{CaseId, MailId};
use crate::services::execution::{self, Run};
use crate::services::jobs::Job;
use crate::services::mailing::{self, Sending};
use crate::services::{
    Context, Result, account_end, alarms, auditing, changes, granting, keys, manual, notices, packages,
    purging, replaying, restricting, searching, stopping, suppressions, thinning, waiting,
};
use crate::store::jobs::ClaimedJob;
use crate::store::mails::SEND_MAIL;
use crate::store::{cases, identity, sessions, throttles};

/// How long logins that ended and counters stay: longer than the longest window that is counted in.
const KEPT_AFTERWARDS: TimeDelta = TimeDelta::days(2);
/// How long an event waits for the checkpoint that covers it.
const SEALED_EVERY: Duration = Duration::from_secs(15);

/// What the jobs of the service do.
#[must_use]
pub fn handlers(app: &App) -> Handlers {
    let (mailer, wording) = (app.mailer.clone(), app.wording.clone());
    Handlers::new()
        .on("search_person", |ctx, job| {
            raised(ctx, job, searching::search_for_case(ctx, case_of(job)?))
        })
        .on("run_erasure", |ctx, job| {
            ended(execution::run(ctx, case_of(job)?)?)
        })
        .on("end_account", |ctx, job| {
            raised(ctx, job, account_end::go_on(ctx, case_of(job)?))
        })
        .on("grant_alone", |ctx, job| {
            raised(ctx, job, stopping::grant_alone(ctx, case_of(job)?))
        })
        .on("lift_restriction", |ctx, job| {
            ended(restricting::run_lift(ctx, case_of(job)?)?)
        })
        .on("run_grant", |ctx, job| ended(granting::run(ctx, case_of(job)?)?))
        .on("thaw_accounts", |ctx, job| {
            ended(execution::give_back(ctx, case_of(job)?)?)
        })
        .on("tell_change", |ctx, job| {
            let Job::TellChange { change } = payload(job)? else {
                return Err(unreadable());
            };
            ended(changes::tell(ctx, change)?)
        })
        .on("run_purge", |ctx, job| {
            let Job::RunPurge { purge } = payload(job)? else {
                return Err(unreadable());
            };
            ended(purging::run(ctx, purge)?)
        })
        .on(SEND_MAIL, move |ctx, job| {
            let MailJob { mail } = payload(job)?;
            match mailing::send(ctx, &*mailer, &*wording, mail)? {
                Sending::Done => Ok(()),
                Sending::Later(why) => Err(JobError::Retry(why)),
            }
        })
}

/// What becomes of a job whose run ended so.
fn ended(run: Run) -> std::result::Result<(), JobError> {
    match run {
        Run::Finished => Ok(()),
        Run::NotBefore(at) => Err(JobError::NotBefore(at)),
        Run::TryAgain(code) => Err(JobError::Retry(code.to_owned())),
        Run::NeedsStaff(code) => Err(JobError::Fail(code.to_owned())),
    }
}

#[derive(Deserialize)]
struct MailJob {
    mail: MailId,
}

fn payload<T: serde::de::DeserializeOwned>(job: &ClaimedJob) -> std::result::Result<T, JobError> {
    serde_json::from_value(job.payload.clone()).map_err(|_| unreadable())
}

/// The case that a job is about, if the job is of the kind that it says.
fn case_of(job: &ClaimedJob) -> std::result::Result<CaseId, JobError> {
    let told: Job = payload(job)?;
    told.case()
        .filter(|_| told.kind() == job.kind)
        .ok_or_else(unreadable)
}

fn unreadable() -> JobError {
    JobError::Fail("payload_unreadable".to_owned())
}

/// What becomes of a job that asked systems: the case shows that it failed, whether or not it will be tried again.
fn raised(ctx: &Context, job: &ClaimedJob, outcome: Result<()>) -> std::result::Result<(), JobError> {
    outcome
        .inspect_err(|error| raise(ctx, job, error))
        .map_err(Into::into)
}

fn raise(ctx: &Context, job: &ClaimedJob, error: &crate::services::Error) {
    let Some(case) = job.case else { return };
    if matches!(error, crate::services::Error::System(_)) {
        let raised = ctx
            .store
            .get()
            .and_then(|mut conn| cases::set_attention(&mut conn, case, Some("system_failed")));
        if let Err(error) = raised {
            tracing::warn!(%error, "a case's attention could not be raised");
        }
    }
}

/// What is swept, and how often.
#[must_use]
pub fn sweeps() -> Vec<Sweep> {
    vec![
        Sweep::new("reminders", Duration::from_mins(10), waiting::remind),
        Sweep::new("lapses", Duration::from_mins(10), waiting::lapse),
        Sweep::new("notices", Duration::from_mins(5), notices::follow_up),
        Sweep::new("alarms", Duration::from_mins(10), alarms::sweep),
        Sweep::new("manual_tasks", Duration::from_hours(1), manual::remind),
        Sweep::new("suppressions", Duration::from_hours(1), suppressions::stop_again),
        Sweep::new("markers", Duration::from_mins(10), replaying::look),
        Sweep::new(
            "erasure_ledger",
            Duration::from_hours(1),
            replaying::forget_expired,
        ),
        Sweep::new("packages", Duration::from_mins(10), packages::delete_expired),
        Sweep::new("restriction_ends", Duration::from_hours(1), restricting::remind),
        Sweep::new("expired", Duration::from_mins(10), forget_expired),
        Sweep::new("thin_files", Duration::from_hours(1), thinning::thin_due),
        Sweep::new("dispose_records", Duration::from_hours(1), thinning::dispose_due),
        Sweep::new("rewrap_keys", Duration::from_mins(10), keys::rewrap),
        Sweep::new("orphaned_keys", Duration::from_hours(1), keys::sweep_orphans),
        Sweep::new("seal_trail", SEALED_EVERY, auditing::seal),
        Sweep::new("propose_purge", Duration::from_mins(10), |ctx| {
            Ok(purging::propose(ctx)?.lines)
        }),
    ]
}

/// Forgets tokens, logins and counters that are over: each is a trace of somebody.
fn forget_expired(ctx: &Context) -> Result<usize> {
    let now = ctx.now();
    ctx.store.transaction(|conn| {
        let tokens = identity::sweep(conn, now)?;
        let logins = sessions::delete_ended(conn, now - KEPT_AFTERWARDS)?;
        Ok(tokens + logins + throttles::sweep(conn, now - KEPT_AFTERWARDS)?)
    })
}
