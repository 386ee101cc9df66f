//! What `check` finds in the rows of a live system.

use rstest::rstest;

use super::place::{On, Place, table};

const SCHEMA: &str = "
    CREATE TABLE clients (id int PRIMARY KEY, email varchar(50), phone varchar(20), number varchar(20));
    CREATE TABLE invoices (id int PRIMARY KEY, client int REFERENCES clients (id), day date, number varchar(9));
    INSERT INTO clients VALUES (1, 'anna@x.example', 'none', 'K1'), (2, '', '', NULL);
    INSERT INTO invoices VALUES (1, 1, '2026-01-01', 'a'), (2, 1, '2026-01-01', 'b'), (3, 1, NULL, 'c'), (4, 2, '2026-01-01', 'd')";

fn tables() -> String {
    table(
        "clients",
        "register = true\nperson = { email = \"email\", phone = \"phone\", personal_number = \"number\" }
         erase = { delete = true, else_reduce_to = [\"id\"] }",
    ) + &table(
        "invoices",
        "parent = { table = \"clients\", on = { client = \"id\" } }
         erase = { retain = \"bookkeeping\", fiscal_date = \"day\" }",
    )
}

#[rstest]
fn keys_that_mean_nobody_records_without_a_date_and_how_much_somebody_has(
    #[values(On::Postgres, On::Mariadb)] on: On,
) {
    let place = Place::new(on, SCHEMA);
    place.run(match on {
        On::Postgres => "ANALYZE clients; ANALYZE invoices",
        On::Mariadb => "ANALYZE TABLE clients, invoices",
    });
    let findings = place.system(&place.map(&tables())).check().unwrap();
    let told: Vec<(&str, &str)> = findings
        .iter()
        .filter(|finding| finding.code != "missing_index")
        .map(|finding| (finding.code, finding.name.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("fiscal_date_missing", "invoices.day"),
            ("person_key_matches_nobody", "clients.number"),
            ("person_key_matches_nobody", "clients.phone"),
            ("rows_per_person", "host"),
        ]
    );
    let note = findings.last().unwrap();
    assert!(
        note.remedy
            .contains("about 3.0 rows a person: clients 1.0, invoices 2.0"),
        "{}",
        note.remedy
    );
}
