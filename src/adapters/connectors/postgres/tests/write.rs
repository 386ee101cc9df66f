//! Deleting and freezing.

use rstest::rstest;

use super::*;
use crate::services::ports::{System, SystemError};

#[test]
fn deletes_exactly_these_rows_and_a_second_time_none() {
    let place = Place::new(
        "CREATE TABLE mails (id int PRIMARY KEY); INSERT INTO mails SELECT generate_series(1, 6000)",
    );
    let map = mapped(&table("mails", ""));
    let system = place.system(&map);
    let rows = ids(1..=5000);
    assert_eq!(system.delete("mails", &rows).unwrap(), 5000);
    assert_eq!(system.delete("mails", &rows).unwrap(), 0);
    assert_eq!(place.value("SELECT min(id), count(*) FROM mails"), "(5001,1000)");
    assert_eq!(system.delete("mails", &[]).unwrap(), 0);
}

#[test]
fn composite_keys_mean_one_row_and_not_every_combination() {
    let place = Place::new(
        "CREATE TABLE parts (a text, b int, PRIMARY KEY (a, b));
         INSERT INTO parts VALUES ('x', 1), ('x', 2), ('y', 1), ('y', 2)",
    );
    let map = mapped(&table("parts", "key = [\"a\", \"b\"]"));
    let gone = place
        .system(&map)
        .delete("parts", &[key(&["x", "1"]), key(&["y", "2"])]);
    assert_eq!(gone.unwrap(), 2);
    assert_eq!(
        place.value("SELECT string_agg(a || b, ' ' ORDER BY a) FROM parts"),
        "(\"x2 y1\")"
    );
}

#[test]
fn a_long_key_is_not_cut_to_the_columns_length() {
    let place = Place::new(
        "CREATE TABLE a (id varchar(3) PRIMARY KEY); CREATE TABLE b (id char(3) PRIMARY KEY);
         INSERT INTO a VALUES ('abc'); INSERT INTO b VALUES ('abc'), ('a')",
    );
    let map = mapped(&(table("a", "") + &table("b", "")));
    let system = place.system(&map);
    assert_eq!(system.delete("a", &[key(&["abcd"])]).unwrap(), 0);
    assert_eq!(system.delete("b", &[key(&["abcd"])]).unwrap(), 0);
    assert_eq!(system.delete("b", &[key(&["a"])]).unwrap(), 1);
    assert_eq!(place.value("SELECT id FROM b"), "(abc)");
}

#[test]
fn rows_that_refer_to_each_other_go_together_whatever_their_order() {
    let place = Place::new(
        "CREATE TABLE staff (id int PRIMARY KEY, boss int REFERENCES staff);
         INSERT INTO staff SELECT n, nullif(n - 1, 0) FROM generate_series(1, 1200) AS n;
         UPDATE staff SET boss = 1200 WHERE id = 1",
    );
    let map = mapped(&table("staff", ""));
    assert_eq!(place.system(&map).delete("staff", &ids(1..=1200)).unwrap(), 1200);
}

#[test]
fn a_row_that_another_table_refers_to_stays_and_no_value_is_told() {
    let place = Place::new(
        "CREATE TABLE people (mail text PRIMARY KEY);
         CREATE TABLE orders (id int, mail text CONSTRAINT orders_of_people REFERENCES people);
         INSERT INTO people VALUES ('canary@x.example'); INSERT INTO orders VALUES (1, 'canary@x.example')",
    );
    let map = mapped(&table("people", "key = [\"mail\"]"));
    let error = place
        .system(&map)
        .delete("people", &[key(&["canary@x.example"])])
        .unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(matches!(error, SystemError::Refused { .. }));
    assert!(
        text.contains("orders_of_people") && text.contains("23503"),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");
    assert!(!error.retryable());
    assert_eq!(place.count("people"), 1);
}

#[test]
fn batches_done_before_a_failure_stay_done() {
    let place = Place::new(
        "CREATE TABLE people (id int PRIMARY KEY);
         CREATE TABLE orders (person int REFERENCES people DEFERRABLE INITIALLY DEFERRED);
         INSERT INTO people SELECT generate_series(1, 1500); INSERT INTO orders VALUES (700)",
    );
    let map = mapped(&table("people", ""));
    let system = place.system(&map);
    assert!(system.delete("people", &ids(1..=1500)).is_err());
    assert_eq!(place.count("people"), 1000);
    place.run("DELETE FROM orders");
    assert_eq!(system.delete("people", &ids(1..=1500)).unwrap(), 1000);
}

#[rstest]
#[case("CREATE TABLE people (id int, mail text)")]
#[case("CREATE TABLE people (id int, mail text); CREATE UNIQUE INDEX ON people (id) WHERE mail <> ''")]
#[case("CREATE TABLE people (id int, mail text, UNIQUE (id, mail))")]
#[case("CREATE TABLE them (id int PRIMARY KEY, mail text); CREATE VIEW people AS TABLE them")]
fn a_key_that_may_mean_several_rows_is_refused(#[case] sql: &str) {
    let place = Place::new(sql);
    place.run("INSERT INTO people VALUES (1, 'a')");
    let map = mapped(&table("people", ""));
    let system = place.system(&map);
    let all = [
        system.delete("people", &ids([1])),
        system.reduce("people", &[], &ids([1])),
    ];
    for done in all {
        assert!(matches!(done, Err(SystemError::Refused { .. })), "{done:?}");
    }
    assert_eq!(place.value("SELECT * FROM people"), "(1,a)");
}

const ACCOUNTS: &str = "
    CREATE TYPE state AS ENUM ('active', 'frozen');
    CREATE TABLE customers (id int PRIMARY KEY, status text);
    CREATE TABLE accounts (id int PRIMARY KEY, customer int, status state, locked boolean, note varchar(5));
    INSERT INTO customers VALUES (1, 'active'), (2, 'active');
    INSERT INTO accounts VALUES (1, 1, 'active', false, 'n'), (2, 1, 'frozen', NULL, 'n'), (3, 2, 'active', false, 'n')";

fn accounts(set: &str) -> Mapped {
    let freeze = format!("freeze = {{ table = \"accounts\", set = {set} }}\n");
    let tables = table("customers", "")
        + &table(
            "accounts",
            "parent = { table = \"customers\", on = { customer = \"id\" } }",
        );
    mapped(&(freeze + &tables))
}

const STATES: &str = "SELECT string_agg(concat_ws(' ', id, status, locked), ', ' ORDER BY id) FROM accounts";

#[rstest]
#[case("customers", 1, 2, "(\"1 frozen t, 2 frozen t, 3 active f\")")]
#[case("customers", 2, 1, "(\"1 active f, 2 frozen, 3 frozen t\")")]
#[case("accounts", 3, 1, "(\"1 active f, 2 frozen, 3 frozen t\")")]
#[case("customers", 9, 0, "(\"1 active f, 2 frozen, 3 active f\")")]
fn freezes_the_roots_and_what_hangs_on_them(
    #[case] from: &str,
    #[case] root: i32,
    #[case] stopped: u64,
    #[case] after: &str,
) {
    let place = Place::new(ACCOUNTS);
    let system = place.system(&accounts("{ status = \"frozen\", locked = \"true\" }"));
    for _twice in 0..2 {
        assert_eq!(system.freeze(&roots(from, ids([root]))).unwrap(), stopped);
        assert_eq!(place.value(STATES), after);
    }
    assert_eq!(
        place.value("SELECT count(*) FROM customers WHERE status = 'active'"),
        "(2)"
    );
}

#[test]
fn a_freeze_passes_over_roots_that_no_account_hangs_on() {
    let place = Place::new(&format!("{ACCOUNTS}; CREATE TABLE news (id int PRIMARY KEY)"));
    let mut map = accounts("{ status = \"frozen\" }");
    map.tables.extend(mapped(&table("news", "")).tables);
    let system = place.system(&map);
    assert_eq!(system.freeze(&roots("news", ids([1]))).unwrap(), 0);
    assert_eq!(system.freeze(&BTreeMap::new()).unwrap(), 0);
    map.freeze = None;
    assert_eq!(
        place.system(&map).freeze(&roots("customers", ids([1]))).unwrap(),
        0
    );
    assert_eq!(place.value(STATES), "(\"1 active f, 2 frozen, 3 active f\")");
}

#[rstest]
#[case("{ status = \"no such state\" }", "SQLSTATE 22P02")]
#[case("{ note = \"too long a note\" }", "SQLSTATE 22001")]
fn a_freeze_with_a_value_that_does_not_fit_is_refused(#[case] set: &str, #[case] told: &str) {
    let place = Place::new(ACCOUNTS);
    let error = place
        .system(&accounts(set))
        .freeze(&roots("accounts", ids([1])))
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains(told), "{text}");
    assert!(
        !text.contains("no such state") && !text.contains("too long a note"),
        "{text}"
    );
}
