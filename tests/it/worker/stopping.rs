//! Leases that are kept while a job runs, and jobs that are given back when the worker stops.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use dataratt::store::jobs;
use dataratt::worker::{self, Handlers, Options, Stopped};

use super::{Runs, options, put, state, test_context, wait_until_done};
use crate::support::database::database;
use crate::support::fixtures::{DEADLINE, eventually};

/// A handler that says when it has begun, and waits until it is let go.
fn gate() -> (Handlers, Receiver<()>, Sender<()>) {
    let (begun, begins) = channel();
    let (let_go, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let handlers = Handlers::new().on("wait", move |_, _| {
        begun.send(()).ok();
        wait.lock().unwrap().recv_timeout(DEADLINE).ok();
        Ok(())
    });
    (handlers, begins, let_go)
}

#[test]
fn a_long_job_keeps_its_lease_while_it_runs() {
    let database = database();
    let ctx = test_context(&database);
    let (handlers, begins, let_go) = gate();
    let job = put(&ctx, "wait");
    let options = Options {
        lease: Duration::from_millis(300),
        ..options()
    };
    let worker = worker::start(ctx.clone(), handlers, Vec::new(), options).unwrap();
    begins.recv_timeout(DEADLINE).unwrap();
    let until = "SELECT count(*) FROM jobs WHERE leased_until > created_at + interval '900 ms'";
    eventually("the lease was prolonged", || {
        (database.count(until) == 1).then_some(())
    });
    let other = worker::run_due(
        &ctx.another(),
        &Runs::default().handlers().on("wait", |_, _| Ok(())),
    );
    assert_eq!(other.unwrap(), 0, "no other worker gets it");
    let_go.send(()).unwrap();
    wait_until_done(&database);
    assert_eq!(state(&database, job), "gone");
    assert_eq!(worker.stop(), Stopped::default());
}

#[test]
fn a_stopping_worker_waits_for_what_runs_and_gives_back_the_rest() {
    let database = database();
    let ctx = test_context(&database);
    let (handlers, begins, let_go) = gate();
    let options = Options {
        threads: 1,
        ..options()
    };
    let (running, waiting) = (put(&ctx, "wait"), put(&ctx, "wait"));
    let worker = worker::start(ctx.clone(), handlers, Vec::new(), options).unwrap();
    begins.recv_timeout(DEADLINE).unwrap();
    let stopping = std::thread::spawn(move || worker.stop());
    eventually("the waiting job is given back", || {
        (state(&database, waiting) == "ready 0 ").then_some(())
    });
    assert_eq!(state(&database, running), "running 0 ");
    let_go.send(()).unwrap();
    let stopped = stopping.join().unwrap();
    assert_eq!(
        stopped,
        Stopped {
            not_begun: 1,
            cut_off: 0
        }
    );
    assert_eq!(state(&database, running), "gone");
    assert!(begins.try_recv().is_err(), "the second was not begun");
}

#[test]
fn what_outlasts_the_grace_is_given_back_and_records_nothing() {
    let database = database();
    let ctx = test_context(&database);
    let (begun, begins) = channel();
    let (released, recorded) = (Arc::new(Barrier::new(2)), channel());
    let (gate, report) = (Arc::clone(&released), Mutex::new(recorded.0));
    let handlers = Handlers::new().on("slow", move |ctx, job| {
        begun.send(()).ok();
        gate.wait();
        let ended = jobs::complete(&mut *ctx.store.get()?, job.claim);
        report.lock().unwrap().send(ended.is_err()).ok();
        Ok(())
    });
    let options = Options {
        grace: Duration::ZERO,
        ..options()
    };
    let job = put(&ctx, "slow");
    let worker = worker::start(ctx.clone(), handlers, Vec::new(), options).unwrap();
    begins.recv_timeout(DEADLINE).unwrap();
    assert_eq!(
        worker.stop(),
        Stopped {
            not_begun: 0,
            cut_off: 1
        }
    );
    assert_eq!(state(&database, job), "ready 0 ");
    released.wait();
    assert!(recorded.1.recv_timeout(DEADLINE).unwrap(), "the end was refused");
    assert_eq!(state(&database, job), "ready 0 ");
}
