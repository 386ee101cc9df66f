//! Finding a person, and nobody who only looks alike.

use rstest::rstest;

use super::*;
use crate::services::ports::{System, SystemError};

const CUSTOMERS: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, no text, kind text, mail varchar(80), pnr text, tel text);
    INSERT INTO customers VALUES
      (1, 'K1', 'private', 'anna@x.example', '200001012384', '+46701740605'),
      (2, ' K2 ', 'private', ' Anna@X.Example ', '20000101-2392', '070-174 06 06'),
      (3, 'k1', 'company', 'anna@x.example', NULL, NULL),
      (4, 'K11', 'private', 'anna+shop@x.example', '000101-2384', '(0)701740605'),
      (5, NULL, NULL, 'hanna@x.example', '190001012384', '+46 (0)70-174 06 05'),
      (6, '', 'private', '', '', ''),
      (7, 'K%', 'private', 'ann_@x.example', '2384', '46701740605 ankn. 2'),
      (8, 'K8', 'private', E'anna@x.example\\r\\n', '1200001012384', '0701740605');";

fn customers() -> Mapped {
    mapped(&table(
        "customers",
        r#"register = true
           person = { email = "mail", personal_number = "pnr", customer_number = "no", phone = "tel" }
           only_when = { field = "kind", any_of = ["private"] }"#,
    ))
}

fn keys(kind: &str, value: &str) -> PersonKeys {
    let mut keys = PersonKeys::default();
    let value = Some(value.to_owned());
    match kind {
        "mail" => keys.email = value,
        "pnr" => keys.personal_number = value,
        "no" => keys.customer_number = value,
        _ => keys.phone = value,
    }
    keys
}

#[test]
fn look_alikes_are_told_apart() {
    let place = Place::new(CUSTOMERS);
    let map = customers();
    let system = place.system(&map);
    let cases: [(&str, &str, &[&str]); 13] = [
        ("mail", "anna@x.example", &["1", "2", "3", "8"]),
        ("mail", "anna+shop@x.example", &["4"]),
        ("mail", "ann_@x.example", &["7"]),
        ("mail", "", &[]),
        ("pnr", "200001012384", &["1", "4"]),
        ("pnr", "190001012384", &["4", "5"]),
        ("pnr", "0001012384", &["1", "4", "5"]),
        ("pnr", "200001012392", &["2"]),
        ("no", "K1", &["1"]),
        ("no", "K2", &["2"]),
        ("no", "K%", &["7"]),
        ("tel", "+46701740605", &["1", "4", "5", "8"]),
        ("tel", "+46701740606", &["2"]),
    ];
    for (kind, value, wanted) in cases {
        let found = system.find(first(&map), &keys(kind, value), 100).unwrap();
        let found: Vec<&str> = found.iter().map(|row| row.key.0[0].as_str()).collect();
        assert_eq!(found, wanted, "{kind} {value}");
    }
}

#[test]
fn a_found_row_says_who_it_is() {
    let place = Place::new(CUSTOMERS);
    let map = customers();
    let found = place
        .system(&map)
        .find(first(&map), &by_email("anna@x.example"), 100)
        .unwrap();
    let second = &found[1];
    assert_eq!(
        (second.system.as_str(), second.table.as_str()),
        ("host", "customers")
    );
    assert!(second.register && second.natural_person);
    let own = PersonKeys {
        customer_number: Some("K2".into()),
        personal_number: Some("200001012392".into()),
        email: Some("anna@x.example".into()),
        phone: Some("+46701740606".into()),
    };
    assert!(second.keys == own, "{:?}", second.keys);
    let company = &found[2];
    assert_eq!(company.kind.as_deref(), Some("company"));
    assert!(!company.natural_person);
    assert_eq!(company.keys.personal_number, None);
}

#[test]
fn a_row_without_the_kind_is_no_natural_persons() {
    let place = Place::new(CUSTOMERS);
    let map = customers();
    let found = place
        .system(&map)
        .find(first(&map), &by_email("hanna@x.example"), 9)
        .unwrap();
    assert_eq!((found[0].kind.as_deref(), found[0].natural_person), (None, false));
}

#[test]
fn several_keys_find_rows_with_any_of_them_each_once() {
    let place = Place::new(CUSTOMERS);
    let map = customers();
    let keys = PersonKeys {
        customer_number: Some("K1".into()),
        email: Some("anna@x.example".into()),
        phone: Some("+46701740606".into()),
        personal_number: None,
    };
    assert_eq!(place.system(&map).find(first(&map), &keys, 100).unwrap().len(), 4);
}

#[rstest]
#[case(0, 0)]
#[case(1, 1)]
#[case(600, 600)]
#[case(9999, 1200)]
fn no_more_rows_than_the_limit(#[case] limit: usize, #[case] found: usize) {
    let place = Place::new(
        "CREATE TABLE people (id int PRIMARY KEY, mail text);
         INSERT INTO people SELECT n, 'a@x.example' FROM generate_series(1, 1200) AS n",
    );
    let map = mapped(&table("people", r#"person = { email = "mail" }"#));
    let rows = place
        .system(&map)
        .find(first(&map), &by_email("a@x.example"), limit);
    assert_eq!(rows.unwrap().len(), found);
}

#[test]
fn without_a_key_that_the_table_has_nobody_is_found() {
    let place = Place::new(CUSTOMERS);
    let map = mapped(&table("customers", r#"person = { email = "mail" }"#));
    let system = place.system(&map);
    for keys in [PersonKeys::default(), keys("no", "K1"), keys("mail", "a\0b")] {
        assert_eq!(system.find(first(&map), &keys, 9).unwrap(), []);
    }
}

#[test]
fn keys_of_other_types_than_text_and_of_several_columns() {
    let place = Place::new(
        "CREATE TABLE people (shop uuid, no int, mail text, PRIMARY KEY (shop, no));
         INSERT INTO people VALUES ('00000000-0000-0000-0000-00000000000a', 17, 'a@x.example')",
    );
    let map = mapped(&table(
        "people",
        "key = [\"no\", \"shop\"]\nperson = { customer_number = \"no\" }",
    ));
    let found = place
        .system(&map)
        .find(first(&map), &keys("no", "17"), 9)
        .unwrap();
    let wanted = key(&["17", "00000000-0000-0000-0000-00000000000a"]);
    assert_eq!((found.len(), &found[0].key), (1, &wanted));
}

#[test]
fn a_found_row_without_a_key_is_refused_and_not_passed_over() {
    let place = Place::new(
        "CREATE TABLE people (id int, mail text); INSERT INTO people VALUES (NULL, 'a@x.example')",
    );
    let map = mapped(&table("people", r#"person = { email = "mail" }"#));
    let error = place
        .system(&map)
        .find(first(&map), &by_email("a@x.example"), 9)
        .unwrap_err();
    assert!(matches!(error, SystemError::Refused { .. }), "{error}");
}
