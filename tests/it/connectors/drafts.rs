//! Maps drafted from live schemas: they load, hold against the database they were made from, and erase what hangs on a person.

use dataratt::adapters::connectors::inspect;
use dataratt::domain::data_map::{DataMap, EraseRule};
use dataratt::domain::organisation::Severity;
use rstest::rstest;

use super::place::{On, Place, by_email, erase, only, roots, survey};

const SCHEMA: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, customer_no varchar(9) NOT NULL UNIQUE, email varchar(50), name varchar(50),
                            main_contact int);
    CREATE TABLE contacts (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers (id), email varchar(50));
    ALTER TABLE customers ADD CONSTRAINT main FOREIGN KEY (main_contact) REFERENCES contacts (id);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers (id), note varchar(50));
    CREATE TABLE order_lines (order_id int NOT NULL REFERENCES orders (id), line int NOT NULL, what varchar(9),
                              PRIMARY KEY (order_id, line));
    CREATE TABLE tickets (id int PRIMARY KEY, customer_id int, body varchar(50));
    CREATE TABLE countries (id int PRIMARY KEY, code varchar(2));
    INSERT INTO customers VALUES (1, 'K1', 'anna@x.example', 'Anna', NULL), (2, 'K2', 'bo@x.example', 'Bo', NULL);
    INSERT INTO contacts VALUES (1, 1, 'anna@x.example'), (2, 2, 'bo@x.example');
    UPDATE customers SET main_contact = id;
    INSERT INTO orders VALUES (1, 1, ''), (2, 2, ''); INSERT INTO order_lines VALUES (1, 1, 'a'), (1, 2, 'a'), (2, 1, 'b');
    INSERT INTO tickets VALUES (1, 1, 'a'), (2, 2, 'b'); INSERT INTO countries VALUES (1, 'SE')";

fn read(text: &str) -> DataMap {
    #[derive(serde::Deserialize)]
    struct Part {
        systems: DataMap,
    }
    let read: Part = toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    read.systems
}

#[rstest]
fn a_draft_loads_and_erases_what_hangs_on_a_person(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, SCHEMA);
    let text = inspect("host", &place.url(), None).unwrap();
    let map = read(&text.replace("mode = \"shadow\"\n", ""));
    let names: Vec<&str> = only(&map)
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["contacts", "customers", "order_lines", "orders", "tickets"],
        "{text}"
    );
    assert!(only(&map).table("customers").unwrap().register);
    let system = place.system(&map);
    let findings = system.check().unwrap();
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");

    let customers = only(&map).table("customers").unwrap();
    let found = system.find(customers, &by_email("anna@x.example"), 9).unwrap();
    let keys = found.into_iter().map(|row| row.key).collect();
    let before = place.contents();
    erase(&*system, &map, &survey(&*system, &map, roots("customers", keys)));
    let after = place.contents();
    for (table, rows) in &before {
        let left: Vec<&String> = rows.intersection(&after[table]).collect();
        let gone = rows.len() - left.len();
        let expected = match table.as_str() {
            "order_lines" => 2,
            "countries" => 0,
            _ => 1,
        };
        assert_eq!(
            (gone, after[table].len()),
            (expected, rows.len() - expected),
            "{table}"
        );
    }
}

#[rstest]
fn records_are_drafted_as_retained_and_their_owner_as_reduced(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE clients (id int PRIMARY KEY, email varchar(50), address varchar(50));
         CREATE TABLE invoices (id int PRIMARY KEY, client int NOT NULL REFERENCES clients (id), issued date NOT NULL)",
    );
    let map = read(&inspect("shop", &place.url(), None).unwrap());
    let system = map.system("shop").unwrap();
    assert!(system.mode.is_shadow(), "a draft erases nothing");
    assert_eq!(
        system
            .table("invoices")
            .unwrap()
            .erase
            .retain()
            .unwrap()
            .fiscal_dates,
        ["issued"]
    );
    assert!(matches!(
        &system.table("clients").unwrap().erase,
        EraseRule::DeleteOrReduce { keep } if *keep == ["id", "address"]
    ));
}

#[test]
fn what_is_no_database_is_refused_without_its_address() {
    for url in [
        "https://user:hush@db.example/x",
        "hush",
        "mysql://user:hush@db.example",
    ] {
        let told = inspect("host", url, None).unwrap_err().to_string();
        assert!(!told.contains("hush"), "{told}");
    }
}
