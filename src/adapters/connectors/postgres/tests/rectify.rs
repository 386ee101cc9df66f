//! Setting single values, where the ones that were seen still stand.

use super::*;
use crate::domain::grant::Correction;
use crate::services::ports::{System, SystemError};

const PEOPLE: &str = "CREATE TABLE people (id int PRIMARY KEY, name text, mail varchar(200), born date);
    INSERT INTO people VALUES (1, 'Asa', 'asa@x.example', '1950-01-02'), (2, 'Bo', NULL, NULL), (3, 'Asa', NULL, NULL)";

fn correction(id: &str, column: &str, old: Option<&str>, new: &str) -> Correction {
    Correction {
        key: key(&[id]),
        column: column.to_owned(),
        old: old.map(ToOwned::to_owned),
        new: Some(new.to_owned()),
    }
}

#[test]
fn sets_what_is_wrong_and_what_is_missing_and_twice_is_as_once() {
    let place = Place::new(PEOPLE);
    let map = mapped(&table("people", ""));
    let system = place.system(&map);
    let wanted = [
        correction("1", "name", Some("Asa"), "Åsa"),
        correction("1", "born", Some("1950-01-02"), "1951-01-02"),
        correction("2", "mail", None, "bo@x.example"),
    ];
    assert_eq!(system.unrectified("people", &wanted).unwrap(), 3);
    assert_eq!(system.rectify("people", &wanted).unwrap(), 0);
    assert_eq!(system.rectify("people", &wanted).unwrap(), 0);
    assert_eq!(system.unrectified("people", &wanted).unwrap(), 0);
    assert_eq!(
        place.value("SELECT string_agg(concat_ws(' ', id, name, mail, born), ';' ORDER BY id) FROM people"),
        "(\"1 Åsa asa@x.example 1951-01-02;2 Bo bo@x.example;3 Asa\")"
    );
}

#[rstest::rstest]
#[case::changed(correction("2", "name", Some("Bosse"), "Bo E"))]
#[case::filled(correction("1", "mail", None, "new@x.example"))]
#[case::gone(correction("9", "name", Some("Asa"), "Åsa"))]
fn one_value_that_is_another_now_keeps_all_as_they_are(#[case] other: Correction) {
    let place = Place::new(PEOPLE);
    let map = mapped(&table("people", ""));
    let system = place.system(&map);
    let wanted = [correction("1", "name", Some("Asa"), "Åsa"), other];
    assert_eq!(system.rectify("people", &wanted).unwrap(), 1);
    assert_eq!(place.value("SELECT name FROM people WHERE id = 1"), "(Asa)");
    assert_eq!(system.unrectified("people", &wanted).unwrap(), 2);
}

#[test]
fn a_value_is_a_value_whatever_stands_in_it() {
    let place = Place::new(PEOPLE);
    let map = mapped(&table("people", ""));
    let evil = "'); DROP TABLE people; --";
    let wanted = [correction("1", "name", Some("Asa"), evil)];
    assert_eq!(place.system(&map).rectify("people", &wanted).unwrap(), 0);
    assert_eq!(place.count("people WHERE name LIKE '%DROP%'"), 1);
}

#[test]
fn what_the_system_forbids_is_told_without_values() {
    let place = Place::new(PEOPLE);
    place.run("ALTER TABLE people ADD CONSTRAINT plain CHECK (name <> 'canary')");
    let map = mapped(&table("people", ""));
    let error = place
        .system(&map)
        .rectify("people", &[correction("1", "name", Some("Asa"), "canary")])
        .unwrap_err();
    assert!(matches!(error, SystemError::Refused { .. }));
    let text = format!("{error} {error:?}");
    assert!(text.contains("plain") && !text.contains("canary"), "{text}");
    let unknown = correction("1", "nam", Some("Asa"), "Åsa");
    let error = place.system(&map).rectify("people", &[unknown]).unwrap_err();
    assert!(matches!(error, SystemError::Unknown { .. }));
}
