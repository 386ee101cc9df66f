//! What intake writes: the case as it is kept, and its first round of codes.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use dataratt::domain::ids::{CaseId, Reference};
use dataratt::store::cases::{self, NewCase};
use dataratt::store::identity::{self, Challenge};
use dataratt::store::{Conn, Error};
use uuid::Uuid;

use super::bare_case;
use crate::support::database::database;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn new_case(number: u64, idempotency: Option<u8>) -> NewCase {
    NewCase {
        id: Uuid::from_u128(number.into()),
        reference: Reference::from_random(number).to_string(),
        right_: "erasure",
        state: "received",
        channel: "api".to_owned(),
        language: "en",
        received_at: noon() - TimeDelta::days(2),
        due_on: NaiveDate::from_ymd_opt(2026, 12, 21).unwrap(),
        required_level: 2,
        state_since: noon(),
        created_at: noon(),
        sealed: vec![1, 2, 3],
        idempotency_digest: idempotency.map(|byte| vec![byte; 32]),
        idempotency_body: idempotency.map(|byte| vec![byte + 1; 32]),
    }
}

#[test]
fn a_new_case_is_given_as_it_is_found_later() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    // The same identifier twice is one way to find the case.
    let digests = [
        ("email", [1; 32]),
        ("personal_number", [2; 32]),
        ("email", [1; 32]),
    ];
    let given = cases::insert(&mut conn, &new_case(5, Some(9)), &digests).unwrap();
    let found = cases::find_by_id(&mut conn, CaseId(Uuid::from_u128(5))).unwrap();
    assert_eq!(format!("{given:?}"), format!("{found:?}"));
    assert_eq!(given.idempotency_body, Some(vec![10; 32]));
    let kept = database.owner().query(
        "SELECT kind, digest FROM case_digests WHERE case_id = $1 ORDER BY kind",
        &[&given.id.0],
    );
    let kept: Vec<(String, Vec<u8>)> = kept.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(
        kept,
        [
            ("email".to_owned(), vec![1; 32]),
            ("personal_number".to_owned(), vec![2; 32])
        ]
    );
}

#[test]
fn an_idempotency_key_makes_one_case() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    cases::insert(&mut conn, &new_case(1, Some(9)), &[]).unwrap();
    let again = cases::insert(&mut conn, &new_case(2, Some(9)), &[]);
    assert!(matches!(again, Err(Error::Duplicate(_))));
    cases::insert(&mut conn, &new_case(3, Some(10)), &[]).unwrap();
    cases::insert(&mut conn, &new_case(4, None), &[]).unwrap();
}

fn round(case: CaseId, number: u128) -> Challenge {
    Challenge {
        id: Uuid::from_u128(number),
        case_id: case.0,
        created_at: noon(),
        expires_at: noon() + TimeDelta::minutes(10),
        attempts: 0,
        typed_digest: vec![3; 32],
        typed_used_at: None,
        on_file_digest: None,
        on_file_used_at: None,
        superseded_at: None,
    }
}

fn current(conn: &mut Conn, case: CaseId) -> Option<u128> {
    let round = identity::find_round(conn, case).unwrap();
    round.map(|round| round.id.as_u128())
}

#[test]
fn a_case_has_one_current_round_and_the_next_takes_its_place() {
    let database = database();
    let case = bare_case(&database);
    let mut conn = database.store().get().unwrap();
    assert_eq!(current(&mut conn, case), None);
    identity::start_round(&mut conn, &round(case, 1)).unwrap();
    let second = identity::start_round(&mut conn, &round(case, 2));
    assert!(matches!(second, Err(Error::Duplicate(_))));
    assert_eq!(current(&mut conn, case), Some(1));
    identity::supersede_round(&mut conn, case, noon()).unwrap();
    assert_eq!(current(&mut conn, case), None);
    identity::start_round(&mut conn, &round(case, 2)).unwrap();
    assert_eq!(current(&mut conn, case), Some(2));
}
