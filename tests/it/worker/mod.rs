//! The worker against a real database: every job once, poison parked, nothing lost when a worker dies.

mod stopping;
mod sweeping;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use dataratt::services::Context;
use dataratt::store::jobs::{self, ClaimedJob, JobId, NewJob};
use dataratt::worker::{self, Handlers, JobError, Options, Stopped};
use serde_json::json;

use crate::support::context::TestContext;
use crate::support::database::{Database, database};
use crate::support::fixtures::{DEADLINE, eventually};

/// A look at the queue only when something is announced: tests that rely on looking say so.
const NEVER: Duration = Duration::from_hours(1);

fn options() -> Options {
    Options {
        threads: 2,
        poll: Duration::from_millis(20),
        ..Options::default()
    }
}

fn put(ctx: &Context, kind: &str) -> JobId {
    let job = NewJob {
        kind,
        payload: json!({}),
        case: None,
        run_at: ctx.now(),
        priority: 0,
    };
    jobs::enqueue(&mut ctx.store.get().unwrap(), &job).unwrap()
}

fn test_context(database: &Database) -> TestContext {
    TestContext::new(database.pool(8))
}

fn open_jobs(database: &Database) -> i64 {
    database.count("SELECT count(*) FROM jobs WHERE state <> 'parked'")
}

fn wait_until_done(database: &Database) {
    eventually("all jobs are done", || (open_jobs(database) == 0).then_some(()));
}

fn state(database: &Database, id: JobId) -> String {
    let query = "SELECT state || ' ' || failures || ' ' || coalesce(failure, '') FROM jobs WHERE id = $1";
    let row = database.owner().query_opt(query, &[&id.0]).unwrap();
    row.map_or_else(|| "gone".to_owned(), |row| row.get(0))
}

/// Counts how often each job ran.
#[derive(Clone, Default)]
struct Runs(Arc<Mutex<BTreeMap<i64, usize>>>);

impl Runs {
    fn count(&self, job: &ClaimedJob) {
        *self.0.lock().unwrap().entry(job.claim.id.0).or_default() += 1;
    }

    fn all(&self) -> BTreeMap<i64, usize> {
        self.0.lock().unwrap().clone()
    }

    fn handlers(&self) -> Handlers {
        let runs = self.clone();
        Handlers::new().on("count", move |_, job| {
            runs.count(job);
            Ok(())
        })
    }
}

#[test]
fn two_instances_run_every_job_once() {
    const JOBS: usize = 100;
    let database = database();
    let ctx = test_context(&database);
    let runs = Runs::default();
    for _ in 0..JOBS {
        put(&ctx, "count");
    }
    let workers = [ctx.clone(), ctx.another().clone()]
        .map(|ctx| worker::start(ctx, runs.handlers(), Vec::new(), options()).unwrap());
    wait_until_done(&database);
    drop(workers);
    let all = runs.all();
    assert_eq!(all.len(), JOBS);
    assert!(all.values().all(|times| *times == 1), "{all:?}");
}

#[test]
fn a_new_job_is_heard_of_and_one_from_before_the_worker_is_found() {
    let database = database();
    let ctx = test_context(&database);
    let runs = Runs::default();
    put(&ctx, "count");
    let options = Options {
        poll: NEVER,
        listen_url: Some(database.url()),
        ..options()
    };
    let worker = worker::start(ctx.clone(), runs.handlers(), Vec::new(), options).unwrap();
    wait_until_done(&database);
    for _ in 0..3 {
        put(&ctx, "count");
        wait_until_done(&database);
    }
    assert_eq!(runs.all().len(), 4);
    assert_eq!(worker.stop(), Stopped::default());
}

#[test]
fn a_listener_hears_of_a_job_once_and_notices_that_it_is_cut_off() {
    use dataratt::adapters::wakeups::Wakeups;
    let database = database();
    let ctx = test_context(&database);
    let mut wakeups = Wakeups::listen(&database.url()).unwrap();
    assert!(
        !wakeups.wait(Duration::from_millis(1)).unwrap(),
        "nothing was announced"
    );
    put(&ctx, "a");
    assert!(wakeups.wait(DEADLINE).unwrap());
    assert!(
        !wakeups.wait(Duration::from_millis(1)).unwrap(),
        "each is told once"
    );
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN jobs'";
    database.owner().batch_execute(end).unwrap();
    let lost = eventually("the loss is seen", || {
        wakeups.wait(Duration::from_millis(10)).err()
    });
    assert!(lost.to_string().starts_with("no connection to listen on"));
}

#[test]
fn result_and_end_commit_together_and_the_end_is_not_recorded_twice() {
    let database = database();
    let ctx = test_context(&database);
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    let handlers = Handlers::new().on("result", move |ctx, job| {
        let first = counted.fetch_add(1, Ordering::Relaxed) == 0;
        ctx.store.transaction(|conn| {
            put_in(conn, ctx, "never_handled");
            jobs::complete(conn, job.claim).map_err(JobError::from)?;
            // The first time something fails after the end was written: both are undone.
            if first {
                Err(JobError::Retry("after".to_owned()))
            } else {
                Ok(())
            }
        })
    });
    let job = put(&ctx, "result");
    assert_eq!(worker::run_due(&ctx, &handlers).unwrap(), 1);
    assert_eq!(state(&database, job), "ready 1 after");
    assert_eq!(open_jobs(&database), 1, "no result without its end");
    ctx.advance(TimeDelta::hours(1));
    assert_eq!(worker::run_due(&ctx, &handlers).unwrap(), 1);
    assert_eq!(state(&database, job), "gone");
    assert_eq!(open_jobs(&database), 1, "one result");
}

fn put_in(conn: &mut dataratt::store::Conn, ctx: &Context, kind: &str) {
    let job = NewJob {
        kind,
        payload: json!({}),
        case: None,
        run_at: ctx.now(),
        priority: 0,
    };
    jobs::enqueue(conn, &job).unwrap();
}

#[test]
fn poison_is_parked_after_eight_failures_and_the_others_go_on() {
    let database = database();
    let ctx = test_context(&database);
    let runs = Runs::default();
    let poisoned = runs.clone();
    let handlers = runs.handlers().on("poison", move |_, job| {
        poisoned.count(job);
        panic!("on purpose");
    });
    let poison = put(&ctx, "poison");
    for round in 1..=12 {
        let good = put(&ctx, "count");
        worker::run_due(&ctx, &handlers).unwrap();
        assert_eq!(state(&database, good), "gone");
        let expected = match round {
            1..8 => format!("ready {round} panic"),
            _ => "parked 8 panic".to_owned(),
        };
        assert_eq!(state(&database, poison), expected);
        ctx.advance(TimeDelta::hours(10));
    }
    assert_eq!(runs.all()[&poison.0], 8);
}

#[test]
fn the_waits_grow_between_failures() {
    let database = database();
    let ctx = test_context(&database);
    let handlers = Handlers::new().on("fail", |_, _| Err(JobError::Retry("smtp_451".to_owned())));
    put(&ctx, "fail");
    let mut waits = Vec::new();
    for _ in 0..5 {
        assert_eq!(worker::run_due(&ctx, &handlers).unwrap(), 1);
        assert_eq!(worker::run_due(&ctx, &handlers).unwrap(), 0, "it waits");
        let at: chrono::DateTime<chrono::Utc> = database
            .owner()
            .query_one("SELECT run_at FROM jobs", &[])
            .unwrap()
            .get(0);
        waits.push(at - ctx.now());
        ctx.clock.set(at);
    }
    assert!(waits.is_sorted_by(|earlier, later| earlier < later), "{waits:?}");
    assert!(waits[0] >= TimeDelta::milliseconds(2500), "{waits:?}");
}

#[test]
fn what_cannot_succeed_is_parked_at_once_and_what_is_early_waits_uncounted() {
    let database = database();
    let ctx = test_context(&database);
    let later = ctx.now() + TimeDelta::hours(1);
    let handlers = Handlers::new()
        .on("never", |_, _| Err(JobError::Fail("gone".to_owned())))
        .on("early", move |ctx, _| {
            if ctx.now() < later {
                Err(JobError::NotBefore(later))
            } else {
                Ok(())
            }
        });
    let (never, early, unknown) = (put(&ctx, "never"), put(&ctx, "early"), put(&ctx, "unknown"));
    assert_eq!(worker::run_due(&ctx, &handlers).unwrap(), 2);
    assert_eq!(state(&database, never), "parked 1 gone");
    assert_eq!(state(&database, early), "ready 0 ");
    assert_eq!(
        state(&database, unknown),
        "ready 0 ",
        "left for a worker that knows it"
    );
    ctx.clock.set(later);
    assert_eq!(worker::run_due(&ctx, &handlers).unwrap(), 1);
    assert_eq!(state(&database, early), "gone");
}

#[test]
fn a_job_whose_worker_died_is_taken_over_and_the_zombie_records_nothing() {
    let database = database();
    let ctx = test_context(&database);
    let job = put(&ctx, "result");
    // A worker that claims, and is not heard of again: its lease is over at once.
    let lost = jobs::claim(
        &mut ctx.store.get().unwrap(),
        &["result"],
        1,
        ctx.new_id(),
        ctx.now(),
        Duration::ZERO,
    )
    .unwrap();
    let handlers = Handlers::new().on("result", |ctx, job| {
        let done = ctx.store.transaction(|conn| {
            put_in(conn, ctx, "follow_up");
            jobs::complete(conn, job.claim)
        });
        done.map_err(JobError::from)
    });
    assert_eq!(worker::run_due(&ctx, &handlers).unwrap(), 1);
    assert_eq!(state(&database, job), "gone");
    // The zombie wakes up, and does the same with its old lease.
    let late = ctx.store.transaction(|conn| {
        put_in(conn, &ctx, "follow_up");
        jobs::complete(conn, lost[0].claim)
    });
    assert!(matches!(late, Err(dataratt::store::Error::Stale)));
    assert_eq!(open_jobs(&database), 1, "one follow-up");
}

#[test]
fn a_worker_outlives_the_loss_of_its_connections() {
    let database = database();
    let ctx = test_context(&database);
    let runs = Runs::default();
    let worker = worker::start(ctx.clone(), runs.handlers(), Vec::new(), options()).unwrap();
    put(&ctx, "count");
    wait_until_done(&database);
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.owner().batch_execute(cut).unwrap();
    let job = "INSERT INTO jobs (kind, payload, run_at) VALUES ('count', '{}', '2026-11-23 08:00Z')";
    database.owner().batch_execute(job).unwrap();
    wait_until_done(&database);
    assert_eq!(runs.all().len(), 2);
    drop(worker);
}
