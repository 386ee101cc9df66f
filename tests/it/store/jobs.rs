//! The queue: every job to one claimer, ends only by who holds the lease, failures counted once.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use dataratt::store::jobs::{self, Claim, ClaimedJob, JobId, NewJob, OpenJobs};
use dataratt::store::{Conn, Error};
use rstest::rstest;
use serde_json::json;
use uuid::Uuid;

use super::bare_case;
use crate::support::database::{Database, database};

const LEASE: Duration = Duration::from_secs(30);
/// A lease that has expired as soon as it is given.
const NO_LEASE: Duration = Duration::ZERO;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn lease(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn job(kind: &str) -> NewJob<'_> {
    NewJob {
        kind,
        payload: json!({"n": 1}),
        case: None,
        run_at: noon(),
        priority: 0,
    }
}

fn enqueue(conn: &mut Conn, kind: &str) -> JobId {
    jobs::enqueue(conn, &job(kind)).unwrap()
}

fn claim_for(conn: &mut Conn, number: u128, lease_for: Duration) -> Vec<ClaimedJob> {
    jobs::claim(conn, &["a", "b"], 100, lease(number), noon(), lease_for).unwrap()
}

fn ids(claimed: &[ClaimedJob]) -> Vec<JobId> {
    claimed.iter().map(|job| job.claim.id).collect()
}

fn state(database: &Database, id: JobId) -> String {
    let mut owner = database.owner();
    let row = owner.query_opt(
        "SELECT state || ' ' || failures FROM jobs WHERE id = $1",
        &[&id.0],
    );
    row.unwrap().map_or_else(|| "gone".to_owned(), |row| row.get(0))
}

#[test]
fn a_job_comes_back_as_it_was_written() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let id = enqueue(&mut conn, "a");
    let claimed = claim_for(&mut conn, 7, LEASE);
    let expected = ClaimedJob {
        claim: Claim { id, lease: lease(7) },
        kind: "a".to_owned(),
        payload: json!({"n": 1}),
        case: None,
        run_at: noon(),
        failures: 0,
    };
    assert_eq!(claimed, [expected]);
}

#[test]
fn the_urgent_go_first_then_the_oldest_and_only_what_is_due_of_the_kinds_asked_for() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let mut put = |kind: &'static str, minutes: i64, priority: i16| {
        let job = NewJob {
            run_at: noon() + TimeDelta::minutes(minutes),
            priority,
            ..job(kind)
        };
        jobs::enqueue(&mut conn, &job).unwrap()
    };
    let late = put("a", -1, 0);
    let old = put("b", -5, 0);
    let urgent = put("a", 0, 5);
    let later = put("a", 1, 9);
    let other = put("other", -9, 9);
    assert_eq!(ids(&claim_for(&mut conn, 1, LEASE)), [urgent, old, late]);
    for id in [later, other] {
        assert_eq!(state(&database, id), "ready 0");
    }
}

#[test]
fn no_job_goes_to_two_claimers() {
    const CLAIMERS: u32 = 8;
    const JOBS: usize = 200;
    let database = database();
    let store = database.pool(CLAIMERS);
    let mut conn = store.get().unwrap();
    for _ in 0..JOBS {
        enqueue(&mut conn, "a");
    }
    drop(conn);
    let barrier = Barrier::new(usize::try_from(CLAIMERS).unwrap());
    let claimer = |number: u32| {
        let mut conn = store.get().unwrap();
        barrier.wait();
        let mut mine = Vec::new();
        loop {
            let lease = lease(u128::from(number));
            let batch = jobs::claim(&mut conn, &["a"], 3, lease, noon(), LEASE).unwrap();
            if batch.is_empty() {
                return mine;
            }
            assert!(batch.len() <= 3);
            mine.extend(ids(&batch));
        }
    };
    let claimed: Vec<JobId> = thread::scope(|scope| {
        let threads: Vec<_> = (0..CLAIMERS)
            .map(|number| scope.spawn(move || claimer(number)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    // A claimer that finds all free rows locked by others may stop early; nothing may be claimed twice.
    let distinct: BTreeSet<JobId> = claimed.iter().copied().collect();
    assert_eq!(distinct.len(), claimed.len());
    assert_eq!(distinct.len(), JOBS);
}

#[test]
fn an_expired_lease_is_taken_over_and_the_zombie_records_nothing() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let id = enqueue(&mut conn, "a");
    let zombie = claim_for(&mut conn, 1, NO_LEASE)[0].claim;
    let heir = claim_for(&mut conn, 2, LEASE);
    assert_eq!(ids(&heir), [id]);
    assert_eq!(heir[0].failures, 0, "a lost lease is no failure of the job");

    let later = noon() + TimeDelta::hours(1);
    assert!(matches!(jobs::complete(&mut conn, zombie), Err(Error::Stale)));
    assert!(matches!(
        jobs::retry(&mut conn, zombie, later, "x"),
        Err(Error::Stale)
    ));
    assert!(matches!(jobs::park(&mut conn, zombie, "x"), Err(Error::Stale)));
    assert_eq!(jobs::release(&mut conn, &[zombie]).unwrap(), 0);
    assert_eq!(jobs::heartbeat(&mut conn, &[zombie], LEASE).unwrap(), []);
    assert_eq!(state(&database, id), "running 0");

    jobs::complete(&mut conn, heir[0].claim).unwrap();
    assert_eq!(state(&database, id), "gone");
    assert!(matches!(
        jobs::complete(&mut conn, heir[0].claim),
        Err(Error::Stale)
    ));
}

#[test]
fn a_live_lease_is_left_alone_and_a_heartbeat_keeps_it_alive() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    enqueue(&mut conn, "a");
    enqueue(&mut conn, "b");
    let held = claim_for(&mut conn, 1, NO_LEASE);
    let claims: Vec<Claim> = held.iter().map(|job| job.claim).collect();
    let strange = Claim {
        id: claims[0].id,
        lease: lease(9),
    };
    let kept = jobs::heartbeat(&mut conn, &[claims[0], claims[1], strange], LEASE).unwrap();
    assert_eq!(
        kept.into_iter().collect::<BTreeSet<_>>(),
        ids(&held).into_iter().collect()
    );
    assert_eq!(claim_for(&mut conn, 2, LEASE), []);
    assert_eq!(jobs::heartbeat(&mut conn, &[], LEASE).unwrap(), []);
}

#[test]
fn leases_are_judged_by_the_clock_of_the_database() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    enqueue(&mut conn, "a");
    claim_for(&mut conn, 1, LEASE);
    let far = noon() + TimeDelta::days(3650);
    let taken = jobs::claim(&mut conn, &["a"], 1, lease(2), far, LEASE).unwrap();
    assert_eq!(taken, [], "an instance whose clock runs ahead takes nothing over");
}

#[test]
fn what_failed_comes_again_at_its_time_and_what_is_parked_does_not() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let (again, never) = (enqueue(&mut conn, "a"), enqueue(&mut conn, "b"));
    let held = claim_for(&mut conn, 1, LEASE);
    let at = noon() + TimeDelta::seconds(5);
    jobs::retry(&mut conn, held[0].claim, at, "system_unavailable").unwrap();
    jobs::park(&mut conn, held[1].claim, "smtp_550").unwrap();
    assert_eq!(state(&database, again), "ready 1");
    assert_eq!(state(&database, never), "parked 1");
    assert_eq!(claim_for(&mut conn, 2, LEASE), [], "not before its time");
    let due = jobs::claim(&mut conn, &["a", "b"], 9, lease(3), at, LEASE).unwrap();
    assert_eq!((ids(&due), due[0].failures), (vec![again], 1));
}

#[test]
fn what_is_postponed_comes_at_its_time_and_is_not_counted() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let id = enqueue(&mut conn, "a");
    let held = claim_for(&mut conn, 1, LEASE);
    let at = noon() + TimeDelta::hours(1);
    jobs::postpone(&mut conn, held[0].claim, at).unwrap();
    assert_eq!(state(&database, id), "ready 0");
    assert_eq!(claim_for(&mut conn, 2, LEASE), []);
    assert!(matches!(
        jobs::postpone(&mut conn, held[0].claim, at),
        Err(Error::Stale)
    ));
    let due = jobs::claim(&mut conn, &["a"], 9, lease(3), at, LEASE).unwrap();
    assert_eq!(ids(&due), [id]);
}

#[test]
fn a_case_that_says_something_more_exact_keeps_it() {
    let database = database();
    let case = bare_case(&database);
    let exact = "UPDATE cases SET attention = 'plan_outdated'";
    database.owner().batch_execute(exact).unwrap();
    let mut conn = database.store().get().unwrap();
    jobs::enqueue(&mut conn, &NewJob::for_case("a", case, json!({}), noon())).unwrap();
    let held = claim_for(&mut conn, 1, LEASE);
    jobs::park(&mut conn, held[0].claim, "panic").unwrap();
    assert_eq!(
        database.count("SELECT count(*) FROM cases WHERE attention = 'plan_outdated'"),
        1
    );
}

#[test]
fn what_is_released_is_free_at_once_and_not_counted() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let id = enqueue(&mut conn, "a");
    let held = claim_for(&mut conn, 1, LEASE);
    assert_eq!(jobs::release(&mut conn, &[held[0].claim]).unwrap(), 1);
    assert_eq!(state(&database, id), "ready 0");
    assert_eq!(ids(&claim_for(&mut conn, 2, LEASE)), [id]);
}

#[test]
fn a_job_is_there_exactly_when_its_cause_is() {
    let database = database();
    let store = database.store();
    let undone: Result<(), Error> = store.transaction(|conn| {
        enqueue(conn, "a");
        Err(Error::NotFound)
    });
    assert!(undone.is_err());
    assert_eq!(database.count("SELECT count(*) FROM jobs"), 0);
    let done: Result<JobId, Error> = store.transaction(|conn| jobs::enqueue(conn, &job("a")));
    assert_eq!(state(&database, done.unwrap()), "ready 0");
}

#[test]
fn the_end_of_a_job_and_its_result_hold_both_or_neither() {
    let database = database();
    let store = database.store();
    let id = enqueue(&mut store.get().unwrap(), "a");
    let claim = claim_for(&mut store.get().unwrap(), 1, LEASE)[0].claim;
    let undone: Result<(), Error> = store.transaction(|conn| {
        jobs::complete(conn, claim)?;
        enqueue(conn, "b");
        Err(Error::NotFound)
    });
    assert!(undone.is_err());
    assert_eq!(state(&database, id), "running 0");
    assert_eq!(database.count("SELECT count(*) FROM jobs"), 1);
}

#[test]
fn staff_see_what_is_open_and_parked_and_try_it_again() {
    let database = database();
    let case = bare_case(&database);
    let mut conn = database.store().get().unwrap();
    for kind in ["a", "b"] {
        jobs::enqueue(&mut conn, &NewJob::for_case(kind, case, json!({}), noon())).unwrap();
    }
    let loose = enqueue(&mut conn, "a");
    for held in claim_for(&mut conn, 1, LEASE) {
        if held.kind == "a" {
            jobs::park(&mut conn, held.claim, "panic").unwrap();
        }
    }
    let said = database.count("SELECT count(*) FROM cases WHERE attention = 'job_parked'");
    assert_eq!(said, 1, "the case says that somebody must look");
    let open = jobs::count_open(&mut conn, case).unwrap();
    assert_eq!(
        open,
        OpenJobs {
            waiting: 1,
            parked: 1
        }
    );
    assert_eq!(jobs::list_parked(&mut conn, None, 10).unwrap().len(), 2);
    let parked = jobs::list_parked(&mut conn, Some(case), 10).unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(
        (
            parked[0].kind.as_str(),
            parked[0].failures,
            parked[0].failure.as_deref(),
            parked[0].case
        ),
        ("a", 1, Some("panic"), Some(case))
    );

    assert_eq!(jobs::unpark(&mut conn, case, noon()).unwrap(), 1);
    assert_eq!(
        jobs::unpark(&mut conn, case, noon()).unwrap(),
        0,
        "the running one is left alone"
    );
    assert_eq!(state(&database, parked[0].id), "ready 0");
    assert_eq!(state(&database, loose), "parked 1");
    assert!(jobs::unpark_one(&mut conn, loose, noon()).unwrap());
    assert!(!jobs::unpark_one(&mut conn, loose, noon()).unwrap());
    assert_eq!(jobs::list_parked(&mut conn, None, 10).unwrap(), []);
}

#[rstest]
#[case::none(0)]
#[case::one(1)]
#[case::more_than_there_are(9)]
fn no_more_than_asked_for_is_taken(#[case] limit: i64) {
    let database = database();
    let mut conn = database.store().get().unwrap();
    for kind in ["a", "b", "a"] {
        enqueue(&mut conn, kind);
    }
    // One of the three has expired, and counts among the others.
    jobs::claim(&mut conn, &["b"], 1, lease(1), noon(), NO_LEASE).unwrap();
    let taken = jobs::claim(&mut conn, &["a", "b"], limit, lease(2), noon(), LEASE).unwrap();
    assert_eq!(i64::try_from(taken.len()).unwrap(), limit.min(3));
}
