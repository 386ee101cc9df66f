//! Where a correction goes, as a small host with each kind of table.

use super::*;
use crate::domain::data_map::Row;
use crate::domain::erasure::TableSurvey;

const SHOP: &str = "
    [[systems]]
    id = 'shop'
    name = { sv = 'Butiken', en = 'The shop' }
    connector = 'postgres'
    [[systems.tables]]
    name = 'buyers'
    register = true
    person = { email = 'mail' }
    category = 'contact'
    origin = 'provided'
    erase = 'delete'
    rectify = { name = 'called', email = 'mail', phone = 'tel' }
    [[systems.tables]]
    name = 'letters'
    person = { email = 'mail' }
    parent = { table = 'buyers', on = { buyer = 'id' } }
    category = 'marketing'
    origin = 'provided'
    erase = 'delete'
    rectify = { email = 'mail' }
    [[systems.tables]]
    name = 'bills'
    parent = { table = 'buyers', on = { buyer = 'id' } }
    category = 'accounting'
    origin = 'observed'
    erase = { retain = 'bookkeeping', fiscal_date = 'on' }
    rectify = { name = 'to' }
";

#[derive(serde::Deserialize)]
struct Shop {
    systems: DataMap,
}

fn map() -> DataMap {
    toml::from_str::<Shop>(SHOP).unwrap().systems
}

fn key(id: &str) -> RowKey {
    RowKey(vec![id.to_owned()])
}

fn table(name: &str, rows: &[(&str, &[(&str, &str)])]) -> TableSurvey {
    let rows = rows.iter().map(|(id, values)| SurveyedRow {
        key: key(id),
        parent: None,
        values: values
            .iter()
            .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
            .collect::<Row>(),
        digest: String::new(),
    });
    TableSurvey {
        table: name.to_owned(),
        rows: rows.collect(),
    }
}

/// The person's own rows, a letter of somebody else's on the account, and two bills.
fn found() -> Vec<Found> {
    let tables = vec![
        table(
            "buyers",
            &[("1", &[("called", "Asa Oberg"), ("mail", "asa@kund.example")])],
        ),
        table(
            "letters",
            &[
                ("7", &[("mail", "ASA@kund.example")]),
                ("8", &[("mail", "bo@kund.example")]),
            ],
        ),
        table("bills", &[("3", &[("to", "Asa Oberg")]), ("4", &[])]),
    ];
    let roots = [("buyers", "1"), ("letters", "7")].map(|(table, id)| (table.to_owned(), vec![key(id)]));
    let survey = Survey {
        system: "shop".to_owned(),
        tables,
    };
    vec![(survey, roots.into_iter().collect())]
}

fn terms(changes: &[(PersonalField, &str)]) -> Rectification {
    let changes = changes.iter().map(|(field, value)| Change {
        field: *field,
        value: (*value).to_owned(),
    });
    Rectification::make(&map(), &found(), changes.collect(), "2026-11-21".parse().unwrap())
}

fn set(terms: &Rectification) -> Vec<(&str, &str, Option<&str>)> {
    let places = terms.places.iter();
    places
        .map(|place| {
            (
                place.table.as_str(),
                place.key.0[0].as_str(),
                place.old.as_deref(),
            )
        })
        .collect()
}

#[test]
fn a_field_is_set_wherever_it_stands_but_in_what_a_law_keeps() {
    let terms = terms(&[(PersonalField::Name, "Åsa Öberg")]);
    assert_eq!(set(&terms), [("buyers", "1", Some("Asa Oberg"))]);
    let recorded = &terms.recorded[..];
    assert_eq!(recorded.len(), 1, "a bill without a name has none that is wrong");
    assert_eq!(
        (recorded[0].table.as_str(), recorded[0].ground.as_str()),
        ("bills", "bookkeeping")
    );
}

#[test]
fn rows_of_others_on_the_account_are_left_alone() {
    let terms = terms(&[(PersonalField::Email, "asa.oberg@kund.example")]);
    assert_eq!(
        set(&terms),
        [
            ("buyers", "1", Some("asa@kund.example")),
            ("letters", "7", Some("ASA@kund.example"))
        ]
    );
    assert_eq!(
        terms.address_on_file(),
        Some(("asa@kund.example", "asa.oberg@kund.example"))
    );
}

#[test]
fn what_is_missing_is_completed_and_changes_no_address() {
    let terms = terms(&[(PersonalField::Phone, "+46701740605")]);
    assert_eq!(set(&terms), [("buyers", "1", None)]);
    assert_eq!(terms.address_on_file(), None);
}

#[test]
fn what_already_says_so_is_left_alone() {
    let terms = terms(&[(PersonalField::Email, "asa@kund.example")]);
    assert!(terms.is_empty());
}

#[test]
fn the_register_comes_last_and_all_is_read_back() {
    let terms = terms(&[(PersonalField::Email, "asa.oberg@kund.example")]);
    let steps = terms.steps();
    let order: Vec<(&str, &str)> = steps
        .iter()
        .map(|step| (step.kind.name(), step.table.as_str()))
        .collect();
    assert_eq!(
        order,
        [
            ("change", "letters"),
            ("change", "buyers"),
            ("verify", "letters"),
            ("verify", "buyers")
        ]
    );
    for step in &steps {
        assert_eq!(terms.corrections(step).len(), 1, "{step:?}");
    }
}

#[test]
fn a_recipient_hears_of_what_went_there_alone() {
    let terms = terms(&[
        (PersonalField::Name, "Åsa Öberg"),
        (PersonalField::Email, "asa.oberg@kund.example"),
    ]);
    let fields = |categories: &[&str]| {
        let categories: Vec<String> = categories.iter().map(|id| (*id).to_owned()).collect();
        let told = terms.told_to(&categories);
        told.into_iter().map(|change| change.field).collect::<Vec<_>>()
    };
    assert_eq!(
        fields(&["contact", "domains"]),
        [PersonalField::Name, PersonalField::Email]
    );
    assert_eq!(fields(&["marketing"]), [PersonalField::Email]);
    assert_eq!(fields(&["web_visits"]), []);
}

#[test]
fn what_was_set_before_the_decision_was_outdated_is_still_told() {
    let earlier = terms(&[(PersonalField::Email, "asa.oberg@kund.example")]);
    let mut again = Rectification {
        changes: earlier.changes.clone(),
        places: vec![earlier.places[0].clone()],
        recorded: vec![],
    };
    again.take_over(&earlier);
    assert_eq!(again.places, earlier.places);
    // What is no longer what is wanted is not taken over.
    let mut other = terms(&[(PersonalField::Email, "annan@kund.example")]);
    let alone = other.clone();
    other.take_over(&earlier);
    assert_eq!(other, alone);
}
