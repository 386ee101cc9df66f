//! From the roots to all that hangs on them.

use std::collections::BTreeSet;

use super::*;
use crate::services::ports::{System, SystemError};

const HOST: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, no text, name text);
    CREATE TABLE invoices (id int PRIMARY KEY, customer int REFERENCES customers, voucher_date date NOT NULL);
    CREATE TABLE lines (invoice int REFERENCES invoices, line int, text text, PRIMARY KEY (invoice, line));
    CREATE TABLE notes (id int PRIMARY KEY, no text, mail text, body text);
    INSERT INTO customers VALUES (1, 'K1', 'Anna'), (2, 'K2', 'Bo'), (3, NULL, 'Cia');
    INSERT INTO invoices VALUES (10, 1, '2025-01-31'), (11, 1, '2026-02-28'), (20, 2, '2026-01-01');
    INSERT INTO lines VALUES (10, 1, 'a'), (10, 2, NULL), (11, 1, 'c'), (20, 1, 'd');
    INSERT INTO notes VALUES (1, 'K1', NULL, 'x'), (2, 'K2', 'anna@x.example', 'y'), (3, NULL, 'z', 'z');";

fn host() -> Mapped {
    mapped(
        &[
            table(
                "lines",
                "key = [\"invoice\", \"line\"]\nparent = { table = \"invoices\", on = { invoice = \"id\" } }",
            ),
            table(
                "notes",
                "parent = { table = \"customers\", on = { no = \"no\" } }\nreview = [\"body\"]",
            ),
            table(
                "invoices",
                "parent = { table = \"customers\", on = { customer = \"id\" } }",
            )
            .replace(
                "\"delete\"",
                "{ retain = \"bookkeeping\", fiscal_date = \"voucher_date\" }",
            ),
            table("customers", "register = true"),
        ]
        .concat(),
    )
}

#[test]
fn all_that_hangs_on_a_root_and_nothing_else() {
    let place = Place::new(HOST);
    let map = host();
    let found = place
        .system(&map)
        .survey(&request(&map, roots("customers", ids([1]))))
        .unwrap();
    assert_eq!(found.system, "host");
    let order: Vec<&str> = found.tables.iter().map(|table| table.table.as_str()).collect();
    assert_eq!(
        order,
        ["lines", "notes", "invoices", "customers"],
        "as in the map"
    );
    assert_eq!(keys_of(&found, "customers"), ["1"]);
    assert_eq!(keys_of(&found, "invoices"), ["10", "11"]);
    assert_eq!(keys_of(&found, "lines"), ["10/1", "10/2", "11/1"]);
    assert_eq!(keys_of(&found, "notes"), ["1"]);
    assert_eq!(row(&found, "customers", &["1"]).parent, None);
    assert_eq!(row(&found, "lines", &["10", "2"]).parent, Some(key(&["10"])));
}

#[test]
fn values_are_those_asked_for_and_missing_ones_absent() {
    let place = Place::new(HOST);
    let map = host();
    let found = place
        .system(&map)
        .survey(&request(&map, roots("customers", ids([1]))))
        .unwrap();
    let invoice = &row(&found, "invoices", &["10"]).values;
    assert_eq!(invoice["voucher_date"], "2025-01-31");
    assert_eq!(invoice["customer"], "1");
    let note = row(&found, "notes", &["1"]);
    assert!(
        !note.values.contains_key("body"),
        "free text is not needed for a plan"
    );
    let mut bare = request(&map, roots("customers", ids([1])));
    bare.columns = BTreeMap::from([("lines".to_owned(), BTreeSet::from(["text".to_owned()]))]);
    let found = place.system(&map).survey(&bare).unwrap();
    assert_eq!(
        keys_of(&found, "lines").len(),
        3,
        "what joins is read though not asked for"
    );
    assert!(row(&found, "invoices", &["10"]).values.is_empty());
    assert_eq!(row(&found, "lines", &["11", "1"]).values["text"], "c");
    assert!(row(&found, "lines", &["10", "2"]).values.is_empty());
}

#[test]
fn a_row_found_both_ways_comes_once_and_hangs_on_its_parent() {
    let place = Place::new(HOST);
    let map = host();
    let both = BTreeMap::from([
        ("customers".to_owned(), ids([1])),
        ("notes".to_owned(), ids([1, 2, 2])),
        ("invoices".to_owned(), ids([10, 999])),
    ]);
    let found = place.system(&map).survey(&request(&map, both)).unwrap();
    assert_eq!(keys_of(&found, "notes"), ["1", "2"]);
    assert_eq!(row(&found, "notes", &["1"]).parent, Some(key(&["1"])));
    assert_eq!(row(&found, "notes", &["2"]).parent, None);
    assert_eq!(keys_of(&found, "invoices"), ["10", "11"]);
    assert_eq!(row(&found, "invoices", &["10"]).parent, Some(key(&["1"])));
}

#[test]
fn nothing_hangs_on_a_missing_value() {
    let place = Place::new(HOST);
    let map = host();
    let found = place
        .system(&map)
        .survey(&request(&map, roots("customers", ids([3]))))
        .unwrap();
    assert_eq!(keys_of(&found, "notes"), [""; 0]);
}

#[test]
fn parents_of_several_columns_must_agree_in_all() {
    let place = Place::new(
        "CREATE TABLE shops (shop text, no int, PRIMARY KEY (shop, no));
         CREATE TABLE orders (id int PRIMARY KEY, shop text, no int);
         INSERT INTO shops VALUES ('a', 1), ('a', 2), ('b', 1);
         INSERT INTO orders VALUES (1, 'a', 1), (2, 'b', 1), (3, 'a', 2), (4, 'a', NULL), (5, 'b', 2)",
    );
    let map = mapped(
        &(table("shops", "key = [\"shop\", \"no\"]")
            + &table(
                "orders",
                "parent = { table = \"shops\", on = { no = \"no\", shop = \"shop\" } }",
            )),
    );
    let both = roots("shops", vec![key(&["a", "2"]), key(&["b", "1"])]);
    let found = place.system(&map).survey(&request(&map, both)).unwrap();
    assert_eq!(keys_of(&found, "orders"), ["2", "3"]);
    assert_eq!(row(&found, "orders", &["2"]).parent, Some(key(&["b", "1"])));
}

#[test]
fn five_thousand_rows_in_batches() {
    let place = Place::new(
        "CREATE TABLE boxes (id int PRIMARY KEY);
         CREATE TABLE mails (id bigint PRIMARY KEY, box int, bytes int);
         INSERT INTO boxes SELECT generate_series(1, 2500);
         INSERT INTO mails SELECT n, 1 + n % 2500, n FROM generate_series(1, 5000) AS n",
    );
    let map = mapped(
        &(table("boxes", "") + &table("mails", "parent = { table = \"boxes\", on = { box = \"id\" } }")),
    );
    let found = place
        .system(&map)
        .survey(&request(&map, roots("boxes", ids(1..=2500))))
        .unwrap();
    let mails = found.rows("mails");
    assert_eq!((found.rows("boxes").len(), mails.len()), (2500, 5000));
    assert!(
        mails
            .iter()
            .all(|mail| mail.parent.as_ref().unwrap().0[0] == mail.values["box"])
    );
    let different: BTreeSet<&str> = mails.iter().map(|mail| mail.digest.as_str()).collect();
    assert_eq!(different.len(), 5000);
}

/// One column of each ordinary type; a change of any of them, also between NULL and an empty value, must show.
#[test]
fn the_digest_tells_every_change_of_every_type() {
    let types = [
        ("text", "''", "'Åsa \" , )'"),
        ("varchar(9)", "'a'", "'a '"),
        ("char(3)", "'a'", "'b'"),
        ("smallint", "1", "2"),
        ("bigint", "1", "2"),
        ("numeric(12,2)", "1.10", "1.11"),
        ("numeric", "1.1", "1.10"),
        ("real", "1.1", "1.1000001"),
        ("double precision", "0.1", "0.1::float8 + 2e-17"),
        ("boolean", "true", "false"),
        ("date", "'2026-11-21'", "'2026-11-22'"),
        ("time", "'12:00'", "'12:00:00.000001'"),
        ("timestamp", "'2026-11-21 12:00'", "'2026-11-21 12:00:00.000001'"),
        ("timestamptz", "'2026-11-21 12:00+01'", "'2026-11-21 12:00+02'"),
        ("interval", "'1 day'", "'24 hours'"),
        (
            "uuid",
            "'00000000-0000-0000-0000-000000000000'",
            "'00000000-0000-0000-0000-000000000001'",
        ),
        ("json", "'{\"a\":1}'", "'{\"a\": 1}'"),
        ("jsonb", "'{}'", "'[]'"),
        ("bytea", "'\\x00'", "'\\x0000'"),
        ("inet", "'10.0.0.1'", "'10.0.0.1/24'"),
        ("text[]", "'{}'", "'{\"\"}'"),
        ("money", "1", "2"),
        ("mood", "'ok'", "'bad'"),
    ];
    let columns: Vec<String> = (0..)
        .zip(types)
        .map(|(n, (t, first, _))| format!("c{n} {t} DEFAULT {first}"))
        .collect();
    let place = Place::new(&format!(
        "CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE TABLE things (id int PRIMARY KEY, {});
         INSERT INTO things (id) VALUES (1)",
        columns.join(", ")
    ));
    let map = mapped(&table("things", ""));
    let system = place.system(&map);
    let digest = || {
        let found = system.survey(&request(&map, roots("things", ids([1])))).unwrap();
        found.rows("things")[0].digest.clone()
    };
    let mut seen = BTreeSet::from([digest()]);
    assert_eq!(digest().len(), 64);
    for (n, (_, first, second)) in (0..).zip(types) {
        for value in [second, "NULL"] {
            place.run(&format!("UPDATE things SET c{n} = {value}"));
            let now = digest();
            assert!(seen.insert(now), "c{n} = {value}");
        }
        place.run(&format!("UPDATE things SET c{n} = {first}"));
        assert!(seen.contains(&digest()), "back to c{n} = {first}");
    }
}

#[test]
fn the_digest_does_not_hang_on_the_databases_defaults() {
    let place = Place::new(
        "CREATE TABLE things (id int PRIMARY KEY, t timestamptz, b bytea, f float8, i interval);
         INSERT INTO things VALUES (1, '2026-11-21 12:00+01', '\\x0102', 0.1::float8 + 0.2, '1 day 2 hours')",
    );
    let map = mapped(&table("things", ""));
    let digest = || {
        let found = place
            .system(&map)
            .survey(&request(&map, roots("things", ids([1]))))
            .unwrap();
        found.rows("things")[0].digest.clone()
    };
    let before = digest();
    let database = &place.database;
    for setting in [
        "TimeZone = 'Europe/Stockholm'",
        "DateStyle = 'German'",
        "bytea_output = 'escape'",
        "extra_float_digits = -3",
        "IntervalStyle = 'iso_8601'",
    ] {
        place.run(&format!("ALTER DATABASE {database} SET {setting}"));
    }
    assert_eq!(digest(), before);
}

#[test]
fn a_column_of_any_name_does_not_confuse_the_row_with_itself() {
    let place = Place::new(
        "CREATE TABLE t (id int PRIMARY KEY, t text, p text, place int);
         CREATE TABLE p (id int PRIMARY KEY, t int, place int, v0 int);
         INSERT INTO t VALUES (1, 'one', 'x', 7), (2, 'one', 'x', 7); INSERT INTO p VALUES (5, 1, 9, 9)",
    );
    let map = mapped(&(table("t", "") + &table("p", "parent = { table = \"t\", on = { t = \"id\" } }")));
    let found = place
        .system(&map)
        .survey(&request(&map, roots("t", ids([1, 2]))))
        .unwrap();
    assert_ne!(row(&found, "t", &["1"]).digest, row(&found, "t", &["2"]).digest);
    assert_eq!(keys_of(&found, "p"), ["5"]);
}

#[test]
fn one_view_although_others_write_meanwhile() {
    let place = Place::new(
        "CREATE TABLE parents (id int PRIMARY KEY);
         CREATE TABLE children (id serial PRIMARY KEY, parent int);
         INSERT INTO parents VALUES (1)",
    );
    let map = mapped(
        &(table("parents", "")
            + &table(
                "children",
                "parent = { table = \"parents\", on = { parent = \"id\" } }",
            )),
    );
    let system = place.system(&map);
    let survey = || system.survey(&request(&map, roots("parents", ids([1])))).unwrap();
    // A writer keeps the sum constant: one child goes exactly when another comes.
    place.run("INSERT INTO children (parent) VALUES (1)");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..200 {
                place.run("BEGIN; DELETE FROM children; INSERT INTO children (parent) VALUES (1); COMMIT");
            }
        });
        while !writer.is_finished() {
            assert_eq!(survey().rows("children").len(), 1);
        }
    });
}

#[test]
fn roots_that_make_no_sense_are_refused() {
    let place = Place::new(HOST);
    let map = host();
    let system = place.system(&map);
    let survey = |table: &str, key: RowKey| system.survey(&request(&map, roots(table, vec![key])));
    assert!(matches!(
        survey("elsewhere", key(&["1"])),
        Err(SystemError::Unknown { name, .. }) if name == "elsewhere"
    ));
    assert!(matches!(
        survey("customers", key(&["1", "2"])),
        Err(SystemError::Refused { .. })
    ));
    assert!(matches!(
        survey("customers", key(&["one"])),
        Err(SystemError::Refused { .. })
    ));
}
