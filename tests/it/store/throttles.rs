//! Counters: exactly as many as allowed, however many ask at once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use dataratt::store::Conn;
use dataratt::store::throttles::{self, Taken};
use rstest::rstest;

use crate::support::database::database;

const WINDOW: Duration = Duration::from_secs(600);
const ANNA: [u8; 32] = [1; 32];

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn take(conn: &mut Conn, seconds: i64, limit: u32) -> Taken {
    let at = noon() + TimeDelta::seconds(seconds);
    throttles::take(conn, "codes", &ANNA, limit, WINDOW, at).unwrap()
}

const YES: Taken = Taken {
    allowed: true,
    retry_after_seconds: 0,
};

fn no(retry_after_seconds: u32) -> Taken {
    Taken {
        allowed: false,
        retry_after_seconds,
    }
}

#[test]
fn of_many_at_once_exactly_the_limit_is_allowed() {
    const THREADS: usize = 32;
    let database = database();
    let store = database.pool(16);
    let (barrier, allowed) = (Barrier::new(16), AtomicUsize::new(0));
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (store, barrier, allowed) = (&store, &barrier, &allowed);
            scope.spawn(move || {
                let mut conn = store.get().unwrap();
                // The first sixteen, one a connection, start together; the others follow as these end.
                if number < 16 {
                    barrier.wait();
                }
                if take(&mut conn, 0, 5).allowed {
                    allowed.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(allowed.into_inner(), 5);
}

#[test]
fn a_window_ends_and_a_new_one_begins_with_the_next_that_is_counted() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let seen: Vec<Taken> = [0, 100, 200, 599, 600, 700, 800, 1199, 1200]
        .map(|seconds| take(&mut conn, seconds, 2))
        .to_vec();
    assert_eq!(seen, [YES, YES, no(400), no(1), YES, YES, no(400), no(1), YES]);
}

#[test]
fn buckets_and_subjects_are_counted_apart() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    assert_eq!(take(&mut conn, 0, 1), YES);
    assert_eq!(take(&mut conn, 0, 1), no(600));
    let mut other = |bucket, subject| throttles::take(&mut conn, bucket, subject, 1, WINDOW, noon()).unwrap();
    assert_eq!(other("codes", &[2; 32]), YES);
    assert_eq!(other("logins", &ANNA), YES);
}

#[rstest]
#[case::nothing_allowed(0, no(600))]
#[case::as_good_as_unlimited(u32::MAX, YES)]
fn the_ends_of_the_scale(#[case] limit: u32, #[case] expected: Taken) {
    let database = database();
    let mut conn = database.store().get().unwrap();
    for _ in 0..3 {
        assert_eq!(take(&mut conn, 0, limit), expected);
    }
}

#[test]
fn a_part_of_a_second_is_waited_for_in_full() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let mut at = |millis| {
        let at = noon() + TimeDelta::milliseconds(millis);
        throttles::take(&mut conn, "codes", &ANNA, 1, Duration::from_millis(1500), at).unwrap()
    };
    assert_eq!([at(0), at(200), at(1400), at(1500)], [YES, no(2), no(1), YES]);
}

#[test]
fn old_counters_are_swept_and_the_others_stay() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    take(&mut conn, 0, 1);
    throttles::take(
        &mut conn,
        "logins",
        &ANNA,
        1,
        WINDOW,
        noon() + TimeDelta::hours(1),
    )
    .unwrap();
    assert_eq!(
        throttles::sweep(&mut conn, noon() + TimeDelta::seconds(1)).unwrap(),
        1
    );
    assert_eq!(
        database.count("SELECT count(*) FROM throttles WHERE bucket = 'logins'"),
        1
    );
}
