//! Transactions in each other's way: the one that gives way may come again.

use std::sync::Barrier;

use dataratt::services::Error;
use dataratt::store::{self, Store};
use dataratt::worker::JobError;
use diesel::connection::SimpleConnection;
use rstest::rstest;

use crate::support::database::database;

/// One transaction: the first statement, the barrier, the second.
fn in_two_steps(store: &Store, met: &Barrier, first: &str, second: &str) -> store::Result<()> {
    store.transaction(|conn| {
        conn.batch_execute(first)?;
        met.wait();
        Ok(conn.batch_execute(second)?)
    })
}

#[test]
fn who_gives_way_in_a_deadlock_is_told_to_come_again() {
    let database = database();
    let (store, met) = (database.store(), Barrier::new(2));
    let lock = |number: u8| format!("SELECT pg_advisory_xact_lock({number})");
    let ended = std::thread::scope(|scope| {
        let two = [(1, 2), (2, 1)].map(|(first, second)| {
            let (store, met) = (&store, &met);
            scope.spawn(move || in_two_steps(store, met, &lock(first), &lock(second)))
        });
        two.map(|thread| thread.join().unwrap())
    });
    let gave_way: Vec<store::Error> = ended.into_iter().filter_map(Result::err).collect();
    assert!(
        matches!(gave_way.as_slice(), [store::Error::Busy]),
        "{gave_way:?}"
    );
}

#[test]
fn who_cannot_be_put_in_order_is_told_to_come_again() {
    let database = database();
    database
        .owner()
        .batch_execute(
            "CREATE TABLE counters (n int); INSERT INTO counters VALUES (0); GRANT ALL ON counters TO PUBLIC",
        )
        .unwrap();
    let (store, met) = (database.store(), Barrier::new(2));
    let read = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT n FROM counters";
    let write = "UPDATE counters SET n = n + 1";
    let ended = std::thread::scope(|scope| {
        let two = [(); 2].map(|()| scope.spawn(|| in_two_steps(&store, &met, read, write)));
        two.map(|thread| thread.join().unwrap())
    });
    let gave_way: Vec<store::Error> = ended.into_iter().filter_map(Result::err).collect();
    assert!(
        matches!(gave_way.as_slice(), [store::Error::Busy]),
        "{gave_way:?}"
    );
}

#[rstest]
#[case::serialisation("40001", "x")]
#[case::deadlock("40P01", "deadlock detected")]
#[case::lock("55P03", "canceling statement due to lock timeout")]
fn giving_way_is_no_fault_of_ours(#[case] code: &str, #[case] message: &str) {
    let database = database();
    let raise = format!("DO $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '{code}'; END $$");
    let failed = || -> store::Error {
        database
            .store()
            .transaction::<(), store::Error>(|conn| Ok(conn.batch_execute(&raise)?))
            .unwrap_err()
    };
    let error = Error::from(failed());
    assert!(
        matches!(error, Error::Unavailable("database_busy")) && error.retryable(),
        "{error:?}"
    );
    assert_eq!(
        JobError::from(failed()),
        JobError::Retry("database_busy".to_owned())
    );
}
