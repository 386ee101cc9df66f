//! Hearing of jobs: of those written at the same time one is announced, so that commits need not wait for each other.

use std::time::Duration;

use chrono::{TimeZone, Utc};
use dataratt::adapters::wakeups::Wakeups;
use dataratt::store::Conn;
use dataratt::store::jobs::{self, NewJob};
use diesel::Connection;

use crate::support::database::database;

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(50);

fn enqueue(conn: &mut Conn) {
    let job = NewJob {
        kind: "a",
        payload: serde_json::json!({}),
        case: None,
        run_at: Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap(),
        priority: 0,
    };
    jobs::enqueue(conn, &job).unwrap();
}

#[test]
fn beside_a_transaction_that_will_announce_another_leaves_it_to_that_one() {
    let database = database();
    let store = database.pool(2);
    let (mut first, mut second) = (store.get().unwrap(), store.get().unwrap());
    let mut wakeups = Wakeups::listen(&database.url()).unwrap();

    let beside = first.transaction(|first| {
        enqueue(first);
        enqueue(first);
        enqueue(&mut second);
        Ok::<_, diesel::result::Error>(wakeups.wait(SHORT).unwrap())
    });
    assert!(!beside.unwrap(), "it was left to the first");
    assert!(wakeups.wait(LONG).unwrap(), "the first announced");
    assert!(!wakeups.wait(SHORT).unwrap(), "once");

    enqueue(&mut second);
    assert!(wakeups.wait(LONG).unwrap(), "alone, each announces");
}

#[test]
fn what_is_rolled_back_announces_nothing_and_stands_in_nobodys_way() {
    let database = database();
    let store = database.pool(2);
    let (mut first, mut second) = (store.get().unwrap(), store.get().unwrap());
    let mut wakeups = Wakeups::listen(&database.url()).unwrap();
    let undone = first.transaction(|first| {
        enqueue(first);
        Err::<(), _>(diesel::result::Error::RollbackTransaction)
    });
    assert!(undone.is_err());
    assert!(!wakeups.wait(SHORT).unwrap());
    enqueue(&mut second);
    assert!(wakeups.wait(LONG).unwrap());
}
