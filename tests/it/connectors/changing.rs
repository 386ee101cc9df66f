//! What is changed in rows that stay: accounts frozen and thawed, values set right, purposes stopped, bars set.

use std::collections::BTreeMap;

use chrono::DateTime;
use dataratt::domain::data_map::Stop;
use dataratt::domain::grant::Correction;
use dataratt::domain::matching::RowKey;
use dataratt::services::ports::{ServedRow, SystemError};
use rstest::rstest;

use super::place::{On, Place, ids, only, roots, table};

const ACCOUNTS: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, status varchar(9));
    CREATE TABLE accounts (id int PRIMARY KEY, customer int, status varchar(9), locked boolean, note varchar(5));
    INSERT INTO customers VALUES (1, 'active'), (2, 'active');
    INSERT INTO accounts VALUES (1, 1, 'active', false, 'n'), (2, 1, 'Frozen', NULL, 'n'), (3, 2, 'active', false, 'n')";

fn accounts(set: &str) -> String {
    format!("freeze = {{ table = \"accounts\", set = {set} }}\n")
        + &table("customers", "")
        + &table(
            "accounts",
            "parent = { table = \"customers\", on = { customer = \"id\" } }",
        )
}

fn shown(place: &Place) -> String {
    let query = "SELECT id, status, CASE WHEN locked THEN 1 WHEN NOT locked THEN 0 END, note FROM accounts ORDER BY id";
    place.rows(query).join(" ")
}

#[rstest]
fn accounts_are_frozen_and_given_back_as_they_were(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, ACCOUNTS);
    let map = place.map(&accounts("{ status = \"frozen\", locked = \"true\" }"));
    let system = place.system(&map);
    let before = system.accounts(&roots("customers", ids([1]))).unwrap();
    assert_eq!(before.len(), 2);
    for _twice in 0..2 {
        assert_eq!(system.freeze(&roots("customers", ids([1]))).unwrap(), 2);
        assert_eq!(shown(&place), "1|frozen|1|n 2|frozen|1|n 3|active|0|n");
    }
    // One was changed since; nobody takes that back.
    place.run("UPDATE accounts SET status = 'FROZEN' WHERE id = 2");
    assert_eq!(system.thaw(&before).unwrap(), 1);
    assert_eq!(shown(&place), "1|active|0|n 2|FROZEN|1|n 3|active|0|n");
    assert_eq!(system.freeze(&BTreeMap::new()).unwrap(), 0);
}

#[rstest]
fn a_value_that_does_not_fit_is_refused_and_not_told(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, ACCOUNTS);
    for set in ["{ note = \"too long a note\" }", "{ locked = \"perhaps\" }"] {
        let refused = place
            .system(&place.map(&accounts(set)))
            .freeze(&roots("accounts", ids([1])))
            .unwrap_err();
        let text = format!("{refused} {refused:?}");
        assert!(matches!(refused, SystemError::Refused { .. }), "{text}");
        assert!(
            !text.contains("too long a note") && !text.contains("perhaps"),
            "{text}"
        );
    }
    assert!(shown(&place).starts_with("1|active|0|n 2"));
}

fn correction(id: i32, column: &str, old: Option<&str>, new: &str) -> Correction {
    Correction {
        key: RowKey(vec![id.to_string()]),
        column: column.to_owned(),
        old: old.map(ToOwned::to_owned),
        new: Some(new.to_owned()),
    }
}

#[rstest]
fn values_are_set_right_all_or_none(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE people (id int PRIMARY KEY, name varchar(20), pnr bigint);
         INSERT INTO people VALUES (1, 'Ana', 200001012384), (2, NULL, NULL), (3, 'Ana', 1)",
    );
    let system = place.system(&place.map(&table("people", "")));
    let wanted = [
        correction(1, "name", Some("Ana"), "Anna"),
        correction(1, "pnr", Some("200001012384"), "200001012392"),
        correction(2, "name", None, "Anna"),
    ];
    let stale = [wanted[0].clone(), correction(3, "name", Some("ana"), "Anna")];
    assert_eq!(system.unrectified("people", &wanted).unwrap(), 3);
    assert_eq!(
        system.rectify("people", &stale).unwrap(),
        1,
        "another case is another value"
    );
    assert_eq!(
        place.rows("SELECT name FROM people ORDER BY id"),
        ["Ana", "-", "Ana"]
    );
    for _twice in 0..2 {
        assert_eq!(system.rectify("people", &wanted).unwrap(), 0);
        assert_eq!(system.unrectified("people", &wanted).unwrap(), 0);
    }
    assert_eq!(
        place.rows("SELECT * FROM people ORDER BY id"),
        ["1|Anna|200001012392", "2|Anna|-", "3|Ana|1"]
    );
}

#[rstest]
fn a_purpose_is_stopped_and_found_again(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE news (id int PRIMARY KEY, mail varchar(50), wanted boolean, since timestamp NULL);
         INSERT INTO news VALUES (1, 'A@x.example', true, '2026-11-21 12:00:00'), (2, 'b@x.example', NULL, NULL),
                                 (3, 'c@x.example', false, NULL)",
    );
    let purpose = "purposes = [{ id = \"news\", purpose = \"p\", title = { sv = \"N\", en = \"N\" }, basis = \"consent\", \
                   stop = { set = { wanted = \"false\" } }, stops = { sv = \"S\", en = \"S\" }, given_at = \"since\" }]";
    let map = place.map(&table(
        "news",
        &format!("person = {{ email = \"mail\" }}\n{purpose}"),
    ));
    let (system, mapped) = (place.system(&map), &only(&map).tables[0]);
    let purpose = &mapped.purposes[0];
    let Some(Stop::Set(_)) = &purpose.stop else {
        panic!("it sets")
    };
    let all = system.served("news", purpose, None, 9).unwrap();
    let ids_of = |rows: &[ServedRow]| {
        rows.iter()
            .map(|row| row.key.0[0].clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(ids_of(&all), "1 2");
    assert_eq!(all[0].keys.email.as_deref(), Some("a@x.example"));
    assert_eq!(all[0].given_at.unwrap().to_rfc3339(), "2026-11-21T12:00:00+00:00");
    assert_eq!(
        (&all[1].given_at, all[1].keys.email.as_deref()),
        (&None, Some("b@x.example"))
    );
    let rest = system.served("news", purpose, Some(&all[0].key), 9).unwrap();
    assert_eq!(ids_of(&rest), "2");
    let stop = purpose.stop.as_ref().unwrap();
    let both = roots("news", ids([1, 3]));
    assert_eq!(system.unstopped("news", stop, &both).unwrap(), 1);
    assert_eq!(system.stop("news", stop, &both).unwrap(), 2);
    assert_eq!(system.unstopped("news", stop, &both).unwrap(), 0);
    assert_eq!(ids_of(&system.served("news", purpose, None, 9).unwrap()), "2");
}

#[rstest]
#[case(On::Postgres, "changed timestamp")]
#[case(
    On::Mariadb,
    "changed timestamp NOT NULL DEFAULT '2020-01-01' ON UPDATE CURRENT_TIMESTAMP"
)]
fn a_bar_changes_nothing_else_of_a_retained_row(#[case] on: On, #[case] changed: &str) {
    let place = Place::new(
        on,
        &format!(
            "CREATE TABLE payments (id int PRIMARY KEY, paid_on date, barred boolean, {changed});
             INSERT INTO payments (id, paid_on, barred) VALUES (1, '2026-01-01', NULL), (2, '2026-01-01', true), (3, '2026-01-01', false)"
        ),
    );
    let rule = "erase = { retain = \"bookkeeping\", fiscal_date = \"paid_on\", bar = { column = \"barred\", set = \"true\" } }";
    let system = place.system(&place.map(&table("payments", rule)));
    let rows = ids([1, 2, 9]);
    let before = system.digests("payments", &rows).unwrap();
    assert_eq!(before.len(), 2);
    assert_eq!(system.unbarred("payments", &rows).unwrap(), 1);
    assert_eq!(system.bar("payments", &rows).unwrap(), 1);
    assert_eq!(system.bar("payments", &rows).unwrap(), 0);
    assert_eq!(system.unbarred("payments", &rows).unwrap(), 0);
    assert_eq!(system.digests("payments", &rows).unwrap(), before);
    assert_eq!(system.unbarred("payments", &ids([3])).unwrap(), 1);
}

#[rstest]
fn what_refers_to_retained_rows_is_named(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE invoices (id int PRIMARY KEY, no varchar(9), on_day date, credit_of varchar(9));
         CREATE TABLE postings (id int PRIMARY KEY, invoice int, on_day date);
         INSERT INTO invoices VALUES (1, 'F1', '2026-01-01', NULL), (2, 'F2', '2026-01-02', 'F1'), (3, 'F3', '2026-01-02', NULL);
         INSERT INTO postings VALUES (7, 1, '2026-01-01'), (8, 3, '2026-01-01')",
    );
    let retain =
        |more: &str| format!("erase = {{ retain = \"bookkeeping\", fiscal_date = \"on_day\"{more} }}\n");
    let keeps = retain(", keeps = [{ table = \"invoices\", on = { credit_of = \"no\" } }]");
    let hanging = retain("") + "parent = { table = \"invoices\", on = { invoice = \"id\" } }";
    let map = place.map(&(table("invoices", &keeps) + &table("postings", &hanging)));
    let referring = place.system(&map).referring("invoices", &ids([1])).unwrap();
    let wanted = [
        ("invoices".to_owned(), ids([2])),
        ("postings".to_owned(), ids([7])),
    ];
    assert_eq!(referring, BTreeMap::from(wanted));
}

#[rstest]
fn a_marker_keeps_the_latest_time(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE dataratt_marker (at varchar(40)); INSERT INTO dataratt_marker VALUES (NULL)",
    );
    let map = place.map("marker = \"dataratt_marker\"\n");
    let system = place.system(&map);
    assert_eq!(system.marked().unwrap(), None);
    let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    let (early, late) = (
        at("2026-11-21T12:00:00.000001Z"),
        at("2026-11-21T12:00:00.000002Z"),
    );
    for (mark, held) in [(early, early), (late, late), (early, late)] {
        system.mark(mark).unwrap();
        assert_eq!(system.marked().unwrap(), Some(held));
    }
    place.run("INSERT INTO dataratt_marker VALUES (NULL)");
    assert!(matches!(system.mark(late), Err(SystemError::Refused { .. })));
}
