//! Reducing rows to what a retained record needs.

use rstest::rstest;

use super::*;
use crate::services::ports::{System, SystemError};

const CUSTOMERS: &str = "
    CREATE TYPE mood AS ENUM ('ok');
    CREATE TABLE groups (id int PRIMARY KEY);
    CREATE TABLE customers (
        id int PRIMARY KEY, no text UNIQUE NOT NULL, team int NOT NULL REFERENCES groups,
        name text NOT NULL, mail text, phone varchar(20) NOT NULL, score numeric(9,2) NOT NULL,
        vip boolean NOT NULL, born date NOT NULL, seen timestamptz NOT NULL, at time NOT NULL, span interval NOT NULL,
        token uuid NOT NULL, more jsonb NOT NULL, less json NOT NULL, photo bytea NOT NULL, ip inet NOT NULL,
        tags text[] NOT NULL, code char(4) NOT NULL, feeling mood, stay daterange NOT NULL,
        seq int GENERATED ALWAYS AS IDENTITY, big text GENERATED ALWAYS AS (upper(mail)) STORED);
    CREATE TABLE invoices (id int PRIMARY KEY, customer text NOT NULL REFERENCES customers (no));
    INSERT INTO groups VALUES (1);
    INSERT INTO customers (id, no, team, name, mail, phone, score, vip, born, seen, at, span, token, more, less, photo,
                           ip, tags, code, feeling, stay)
    SELECT n, 'K' || n, 1, 'Åsa', 'a@x.example', '070', 9.5, true, '1990-01-01', '2026-11-21', '12:00', '1 day',
           '00000000-0000-0000-0000-000000000001', '{\"a\": 1}', '[1]', '\\x01', '10.0.0.1', '{a}', 'abcd', 'ok',
           '[2026-01-01,2026-02-01)'
    FROM generate_series(1, 3) AS n";

fn customers() -> Mapped {
    mapped(
        &[
            table("groups", ""),
            table(
                "customers",
                "parent = { table = \"groups\", on = { team = \"id\" } }",
            )
            .replace("\"delete\"", "{ delete = true, else_reduce_to = [\"name\"] }"),
            table(
                "invoices",
                "parent = { table = \"customers\", on = { customer = \"no\" } }",
            ),
        ]
        .concat(),
    )
}

fn keep(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| (*column).to_owned()).collect()
}

#[test]
fn exactly_the_kept_columns_stay() {
    let place = Place::new(CUSTOMERS);
    let map = customers();
    let system = place.system(&map);
    let (rows, kept) = (ids([1, 2, 9]), keep(&["name"]));
    assert_eq!(system.unreduced("customers", &kept, &rows).unwrap(), 2);
    for _twice in 0..2 {
        assert_eq!(system.reduce("customers", &kept, &rows).unwrap(), 2);
        assert_eq!(system.unreduced("customers", &kept, &rows).unwrap(), 0);
        assert_eq!(
            place.value("SELECT * FROM customers WHERE id = 2"),
            "(2,K2,1,Åsa,,\"\",0.00,f,1970-01-01,\"1970-01-01 00:00:00+00\",00:00:00,00:00:00,\
             00000000-0000-0000-0000-000000000000,{},{},\"\\\\x\",0.0.0.0,{},\"    \",,empty,2,)"
        );
    }
    assert_eq!(
        system.unreduced("customers", &kept, &ids([3])).unwrap(),
        1,
        "others are untouched"
    );
}

#[test]
fn a_reduced_row_is_still_surveyed_with_what_hangs_on_it() {
    let place = Place::new(CUSTOMERS);
    place.run("INSERT INTO invoices VALUES (7, 'K1')");
    let map = customers();
    let system = place.system(&map);
    let before = system.survey(&request(&map, roots("groups", ids([1])))).unwrap();
    system.reduce("customers", &keep(&["name"]), &ids([1])).unwrap();
    let after = system.survey(&request(&map, roots("groups", ids([1])))).unwrap();
    assert_eq!(keys_of(&after, "customers"), keys_of(&before, "customers"));
    assert_eq!(after.rows("invoices"), before.rows("invoices"));
    assert_ne!(
        row(&after, "customers", &["1"]).digest,
        row(&before, "customers", &["1"]).digest
    );
}

#[rstest]
#[case("name = 'x'", 0)]
#[case("mail = ''", 1)]
#[case("phone = ' '", 1)]
#[case("score = 0.01", 1)]
#[case("vip = true", 1)]
#[case("more = '[]'", 1)]
#[case("less = '[]'", 1)]
#[case("born = '1970-01-02'", 1)]
#[case("feeling = 'ok'", 1)]
#[case("code = ''", 0)]
fn whatever_comes_back_is_counted(#[case] set: &str, #[case] counted: u64) {
    let place = Place::new(CUSTOMERS);
    let system = place.system(&customers());
    let (rows, kept) = (ids([1, 2]), keep(&["name"]));
    system.reduce("customers", &kept, &rows).unwrap();
    place.run(&format!("UPDATE customers SET {set} WHERE id = 1"));
    assert_eq!(system.unreduced("customers", &kept, &rows).unwrap(), counted);
}

#[test]
fn a_column_added_after_the_first_look_is_emptied_too() {
    let place =
        Place::new("CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'A')");
    let map = mapped(&table("people", ""));
    let system = place.system(&map);
    system.survey(&request(&map, roots("people", ids([1])))).unwrap();
    place.run("ALTER TABLE people ADD COLUMN nickname text DEFAULT 'Annie'");
    let kept = keep(&["name"]);
    assert_eq!(system.unreduced("people", &kept, &ids([1])).unwrap(), 1);
    assert_eq!(system.reduce("people", &kept, &ids([1])).unwrap(), 1);
    assert_eq!(place.value("SELECT * FROM people"), "(1,A,)");
}

#[test]
fn with_nothing_to_empty_the_rows_are_counted() {
    let place =
        Place::new("CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'A')");
    let system = place.system(&mapped(&table("people", "")));
    let kept = keep(&["name", "id"]);
    assert_eq!(system.reduce("people", &kept, &ids(1..=1000)).unwrap(), 1);
    assert_eq!(system.unreduced("people", &kept, &ids([1])).unwrap(), 0);
}

#[rstest]
#[case("mood mood NOT NULL", "people.mood")]
#[case("place point NOT NULL", "people.place")]
fn a_column_that_can_be_neither_kept_nor_emptied_is_refused(#[case] column: &str, #[case] named: &str) {
    let place = Place::new(&format!(
        "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE people (id int PRIMARY KEY, name text, {column})"
    ));
    let error = place
        .system(&mapped(&table("people", "")))
        .reduce("people", &[], &ids([1]))
        .unwrap_err();
    assert!(
        matches!(&error, SystemError::Refused { reason, .. } if reason.contains(named)),
        "{error}"
    );
}

#[test]
fn a_rule_of_the_table_against_the_empty_value_is_told_by_name() {
    let place = Place::new(
        "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL CONSTRAINT has_name CHECK (name <> ''));
         INSERT INTO people VALUES (1, 'Canary')",
    );
    let error = place
        .system(&mapped(&table("people", "")))
        .reduce("people", &[], &ids([1]))
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("has_name") && !text.contains("Canary"), "{text}");
}

#[test]
fn a_kept_column_that_does_not_exist_stops_the_reduction() {
    let place =
        Place::new("CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'A')");
    let system = place.system(&mapped(&table("people", "")));
    let error = system.reduce("people", &keep(&["Name"]), &ids([1])).unwrap_err();
    assert!(matches!(error, SystemError::Unknown { name, .. } if name == "people.Name"));
    assert_eq!(place.value("SELECT * FROM people"), "(1,A)");
}
