//! Tables that refer to each other in a ring, on both servers.

use rstest::rstest;

use super::place::{On, Place, ids, table};
use super::shapes::erases_anna;

/// A row of the register that points back at one of its own, and two tables that point at each other.
#[rstest]
fn tables_that_refer_to_each_other_in_a_ring(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE customers (id int PRIMARY KEY, main_contact int, whose varchar(9));
         CREATE TABLE contacts (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id), whose varchar(9));
         CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id), invoice int, whose varchar(9));
         CREATE TABLE invoices (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id),
                                ordered int REFERENCES orders (id), whose varchar(9));
         ALTER TABLE customers ADD CONSTRAINT main FOREIGN KEY (main_contact) REFERENCES contacts (id);
         ALTER TABLE orders ADD CONSTRAINT paid_by FOREIGN KEY (invoice) REFERENCES invoices (id);
         INSERT INTO customers VALUES (1, NULL, 'anna'), (2, NULL, 'bo');
         INSERT INTO contacts VALUES (1, 1, 'anna'), (2, 1, 'anna'), (3, 2, 'bo');
         UPDATE customers SET main_contact = id + 1;
         INSERT INTO orders VALUES (1, 1, NULL, 'anna'), (2, 1, NULL, 'anna'), (3, 2, NULL, 'bo');
         INSERT INTO invoices VALUES (1, 1, 1, 'anna'), (2, 1, NULL, 'anna'), (3, 2, 3, 'bo');
         UPDATE orders SET invoice = id",
    );
    let hanging = |name: &str| {
        table(
            name,
            "parent = { table = \"customers\", on = { customer = \"id\" } }",
        )
    };
    let tables = table("customers", "") + &hanging("contacts") + &hanging("orders") + &hanging("invoices");
    let findings = place.system(&place.map(&tables)).check().unwrap();
    assert!(
        findings.iter().all(|finding| finding.code != "erasure_order"),
        "{findings:?}"
    );
    erases_anna(&place, &tables, ("customers", &["1"]));
}

/// What is not the person's, or is retained, is never changed to let a row go.
#[rstest]
#[case::of_somebody_else("UPDATE customers SET main_contact = 1", "")]
#[case::retained(
    "UPDATE customers SET main_contact = 1 WHERE id = 1",
    "erase = { keep = \"suppression\" }"
)]
fn a_pointer_that_must_stay_stops_the_row_it_points_at(
    #[values(On::Postgres, On::Mariadb)] on: On,
    #[case] pointers: &str,
    #[case] rule: &str,
) {
    let place = Place::new(
        on,
        "CREATE TABLE customers (id int PRIMARY KEY, main_contact int);
         CREATE TABLE contacts (id int PRIMARY KEY, customer int REFERENCES customers (id));
         ALTER TABLE customers ADD CONSTRAINT main FOREIGN KEY (main_contact) REFERENCES contacts (id);
         INSERT INTO customers VALUES (1, NULL), (2, NULL); INSERT INTO contacts VALUES (1, 1), (2, 2)",
    );
    place.run(pointers);
    let tables = table("customers", rule)
        + &table(
            "contacts",
            "parent = { table = \"customers\", on = { customer = \"id\" } }",
        );
    let before = place.contents();
    let refused = place
        .system(&place.map(&tables))
        .delete("contacts", &ids([1]))
        .unwrap_err();
    assert!(
        refused.to_string().contains("main") && !refused.retryable(),
        "{refused}"
    );
    assert_eq!(place.contents(), before);
}
