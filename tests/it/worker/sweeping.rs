//! What is done at intervals.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dataratt::services;
use dataratt::store::locks;
use dataratt::worker::{self, Handlers, Sweep};

use super::{NEVER, options, test_context};
use crate::support::database::database;
use crate::support::fixtures::eventually;

#[test]
fn sweeps_run_at_the_start_and_again_and_one_that_fails_does_not_stop_the_others() {
    let database = database();
    let ctx = test_context(&database);
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let sweeps = || {
        let counted = Arc::clone(&counted);
        vec![
            Sweep::new("panics", Duration::from_millis(10), |_| panic!("on purpose")),
            Sweep::new("fails", Duration::from_millis(10), |_| {
                Err(services::Error::NotFound)
            }),
            Sweep::new("counts", Duration::from_millis(10), move |_| {
                Ok(counted.fetch_add(1, Ordering::Relaxed))
            }),
        ]
    };
    worker::run_sweeps(&ctx, &sweeps());
    assert_eq!(count.load(Ordering::Relaxed), 1);
    let worker = worker::start(ctx.clone(), Handlers::new(), sweeps(), options()).unwrap();
    eventually("three more sweeps", || {
        (count.load(Ordering::Relaxed) >= 4).then_some(())
    });
    drop(worker);
}

#[test]
fn a_sweep_is_left_out_while_another_instance_is_at_it() {
    let database = database();
    let ctx = test_context(&database);
    let (here, there) = (ctx.another(), AtomicUsize::new(0));
    let inner = Arc::new(there);
    let counted = Arc::clone(&inner);
    let sweep = move || {
        let counted = Arc::clone(&counted);
        vec![Sweep::new("one", NEVER, move |_| {
            Ok(counted.fetch_add(1, Ordering::Relaxed))
        })]
    };
    locks::alone(&here.store, "one", || worker::run_sweeps(&ctx, &sweep())).unwrap();
    assert_eq!(inner.load(Ordering::Relaxed), 0);
    worker::run_sweeps(&ctx, &sweep());
    assert_eq!(inner.load(Ordering::Relaxed), 1);
}
