//! Contact persons: their fields go, and the company's rows stay.

use dataratt::domain::erasure::Draft;
use rstest::rstest;

use super::place::{On, Place, by_email, table};
use super::plans::{self, carry_out};

const SCHEMA: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, kind varchar(9) NOT NULL, email varchar(50), contact_name varchar(50),
                            contact_email varchar(50) NOT NULL UNIQUE, contact_phone varchar(20) NOT NULL);
    CREATE TABLE contacts (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id), name varchar(50), email varchar(50));
    CREATE TABLE invoices (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id));
    INSERT INTO customers VALUES (1, 'company', 'info@firm.example', 'Anna', 'anna@x.example', '070-1'),
        (2, 'private', 'anna@x.example', NULL, 'none-2', ''), (3, 'company', 'info@other.example', 'Bo', 'bo@x.example', '070-2');
    INSERT INTO contacts VALUES (1, 1, 'Anna', 'anna@x.example'), (2, 1, 'Bo', 'bo@x.example'), (3, 2, 'Kim', 'kim@x.example');
    INSERT INTO invoices VALUES (1, 1), (2, 3)";

fn tables() -> String {
    table("customers", "person = { email = \"email\" }\nonly_when = { field = \"kind\", any_of = [\"private\"] }")
        + &table(
            "company_contacts",
            "of = \"customers\"\nperson = { email = \"contact_email\" }\nonly_when = { field = \"kind\", any_of = [\"company\"] }
             erase = { fields = { contact_name = \"null\", contact_email = { replace = \"email\" }, contact_phone = { replace = \"phone\" } } }",
        )
        + &table(
            "contacts",
            "person = { email = \"email\" }\nparent = { table = \"customers\", on = { customer = \"id\" } }
             erase = { fields = { name = { replace = \"text\" }, email = \"null\" } }",
        )
        + &table("invoices", "parent = { table = \"customers\", on = { customer = \"id\" } }")
}

/// The plan for who has this address.
fn planned(place: &Place, email: &str) -> Draft {
    let map = place.map(&tables());
    plans::planned(&*place.system(&map), &map, &by_email(email))
}

#[rstest]
fn a_contact_person_goes_from_the_company_and_the_company_stays(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, SCHEMA);
    let errors = place.system(&place.map(&tables())).check().unwrap().into_iter();
    let errors: Vec<_> = errors
        .filter(|finding| {
            !["missing_index", "rows_per_person", "person_key_matches_nobody"].contains(&finding.code)
        })
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let map = place.map(&tables());
    carry_out(&*place.system(&map), &planned(&place, "anna@x.example"));
    assert_eq!(
        place.rows(
            "SELECT id, kind, email, contact_name, contact_email, contact_phone FROM customers ORDER BY id"
        ),
        [
            "1|company|info@firm.example|-|erased-1@erased.invalid|0000000000",
            "3|company|info@other.example|Bo|bo@x.example|070-2"
        ],
        "the company stays, and the account of her own goes"
    );
    assert_eq!(
        place.rows("SELECT id, customer, name, email FROM contacts ORDER BY id"),
        ["1|1|erased-1|-", "2|1|Bo|bo@x.example"],
        "contacts of her own account go with it"
    );
    assert_eq!(
        place.rows("SELECT id, customer FROM invoices ORDER BY id"),
        ["1|1", "2|3"]
    );
    assert!(
        planned(&place, "anna@x.example").systems.is_empty(),
        "she is not found again"
    );
}

#[rstest]
fn a_field_that_cannot_go_is_said_before(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, SCHEMA);
    let map = place.map(&table(
        "contacts",
        "erase = { fields = { id = \"null\", customer = { replace = \"text\" }, name = \"null\" } }",
    ));
    let findings = place.system(&map).check().unwrap();
    let mut names: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.code == "field_impossible")
        .map(|finding| finding.name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["contacts.customer", "contacts.id"]);
}
