//! The trail as it is written: one chain a stream, however it begins and whoever writes at once.

use std::thread;

use chrono::{DateTime, TimeZone, Utc};
use dataratt::domain::audit::{Digest, Verifier};
use dataratt::domain::staff::Actor;
use dataratt::store::audit::{self, NewEvent, SERVICE_STREAM};
use dataratt::store::{Conn, Error, Store};
use rstest::rstest;
use uuid::Uuid;

use crate::support::database::database;

const KEY: Digest = [7; 32];
const STREAM: Uuid = Uuid::from_u128(0xa0d1);

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn event(stream: Uuid, action: &str) -> NewEvent<'_> {
    NewEvent {
        stream,
        actor: &Actor::System,
        action,
        detail: serde_json::json!({ "b": 1, "a": [2] }),
        at: noon(),
    }
}

fn in_transaction(store: &Store, write: impl FnOnce(&mut Conn) -> Result<(), Error>) -> Result<(), Error> {
    store.transaction(write)
}

/// The actions of a stream that is one chain up to its head.
fn actions(conn: &mut Conn, stream: Uuid) -> Vec<String> {
    let heads = audit::list_heads(conn, None, 10).unwrap();
    let head = heads.into_iter().find(|head| head.stream == stream).unwrap();
    let mut verifier = Verifier::new(KEY);
    let mut actions = Vec::new();
    for (event, hash) in audit::list_hashed(conn, None, 100).unwrap() {
        assert_eq!(event.stream, stream, "a test has one stream");
        verifier.next(&event, &hash).unwrap();
        actions.push(event.action);
    }
    verifier.finish(head.seq, &head.hash).unwrap();
    actions
}

#[rstest]
#[case::begun(true)]
#[case::by_appending(false)]
fn a_stream_is_one_chain_however_it_begins(#[case] begun: bool) {
    let database = database();
    let store = database.store();
    in_transaction(&store, |conn| {
        let first = event(STREAM, "first");
        if begun {
            audit::begin(conn, &KEY, first)?;
        } else {
            audit::append(conn, &KEY, first)?;
        }
        audit::append(conn, &KEY, event(STREAM, "second"))
    })
    .unwrap();
    in_transaction(&store, |conn| audit::append(conn, &KEY, event(STREAM, "third"))).unwrap();
    let mut conn = store.get().unwrap();
    assert_eq!(actions(&mut conn, STREAM), ["first", "second", "third"]);
}

#[test]
fn a_stream_begins_once() {
    let database = database();
    let store = database.store();
    let begin = || in_transaction(&store, |conn| audit::begin(conn, &KEY, event(STREAM, "first")));
    begin().unwrap();
    assert!(matches!(begin(), Err(Error::Duplicate(_))));
    assert_eq!(actions(&mut store.get().unwrap(), STREAM), ["first"]);
}

#[test]
fn what_is_rolled_back_leaves_no_gap() {
    let database = database();
    let store = database.store();
    let append = |action| in_transaction(&store, |conn| audit::append(conn, &KEY, event(STREAM, action)));
    append("kept").unwrap();
    let undone = in_transaction(&store, |conn| {
        audit::append(conn, &KEY, event(STREAM, "undone"))?;
        Err(Error::Stale)
    });
    assert!(matches!(undone, Err(Error::Stale)));
    append("kept too").unwrap();
    assert_eq!(actions(&mut store.get().unwrap(), STREAM), ["kept", "kept too"]);
}

#[test]
fn many_writers_of_a_stream_that_is_new_to_all_make_one_chain() {
    const WRITERS: usize = 8;
    let database = database();
    let store = database.pool(8);
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                in_transaction(&store, |conn| {
                    audit::append(conn, &KEY, event(SERVICE_STREAM, "noted"))
                })
                .unwrap();
            });
        }
    });
    assert_eq!(actions(&mut store.get().unwrap(), SERVICE_STREAM).len(), WRITERS);
}
