//! Names of tables and columns: odd ones that exist, and those that are no names at all.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::dialect::Postgres;
use super::*;
use crate::adapters::connectors::sql::server::Dialect;
use crate::services::ports::{System, SystemError};

const CANARY: &str = "
    CREATE TABLE canary (id int PRIMARY KEY, mail text, note text);
    INSERT INTO canary VALUES (1, 'a@x.example', 'alive');";

fn unknown<T: std::fmt::Debug>(done: Result<T, SystemError>, wanted: &str) {
    match done {
        Err(SystemError::Unknown { system, name }) => {
            assert_eq!((system.as_str(), name.as_str()), ("host", wanted));
        }
        other => panic!("{wanted:?}: {other:?}"),
    }
}

#[test]
fn mixed_case_quotes_and_schemas() {
    let place = Place::new(
        "CREATE SCHEMA \"My Crm\";
         CREATE TABLE \"My Crm\".\"People.Old\" (\"Row Id\" int PRIMARY KEY, \"E-\"\"Mail\" text, \"select\" text);
         CREATE TABLE \"My Crm\".\"Notes\" (id int PRIMARY KEY, \"Person\" int);
         INSERT INTO \"My Crm\".\"People.Old\" VALUES (1, 'A@x.example', 's'), (2, 'b@x.example', 's');
         INSERT INTO \"My Crm\".\"Notes\" VALUES (5, 1), (6, 2)",
    );
    let map = mapped(
        &(table(
            "My Crm.People.Old",
            "key = [\"Row Id\"]\nperson = { email = 'E-\"Mail' }\nreview = [\"select\"]",
        ) + &table(
            "My Crm.Notes",
            "parent = { table = \"My Crm.People.Old\", on = { Person = \"Row Id\" } }",
        )),
    );
    let system = place.system(&map);
    let found = system.find(first(&map), &by_email("a@x.example"), 9).unwrap();
    assert_eq!(found[0].table, "My Crm.People.Old");
    let survey = system
        .survey(&request(
            &map,
            roots("My Crm.People.Old", vec![found[0].key.clone()]),
        ))
        .unwrap();
    assert_eq!(keys_of(&survey, "My Crm.Notes"), ["5"]);
    assert_eq!(system.delete("My Crm.Notes", &ids([5])).unwrap(), 1);
    assert_eq!(
        system
            .reduce("My Crm.People.Old", &["select".to_owned()], &ids([1]))
            .unwrap(),
        1
    );
    assert_eq!(
        place.value("SELECT * FROM \"My Crm\".\"People.Old\" WHERE \"Row Id\" = 1"),
        "(1,,s)"
    );
}

#[test]
fn a_name_on_the_search_path_comes_before_one_with_its_schema_and_two_mean_none() {
    let place = Place::new(
        "CREATE SCHEMA a; CREATE SCHEMA \"a.b\";
         CREATE TABLE \"a.t\" (id int PRIMARY KEY); CREATE TABLE a.t (id int PRIMARY KEY);
         CREATE TABLE a.\"b.t\" (id int PRIMARY KEY); CREATE TABLE \"a.b\".t (id int PRIMARY KEY);
         INSERT INTO \"a.t\" VALUES (1); INSERT INTO a.t VALUES (1)",
    );
    let system = place.system(&mapped(&(table("a.t", "") + &table("a.b.t", ""))));
    assert_eq!(system.delete("a.t", &ids([1])).unwrap(), 1);
    assert_eq!((place.count("\"a.t\""), place.count("a.t")), (0, 1));
    unknown(system.delete("a.b.t", &ids([1])), "a.b.t");
}

#[test]
fn what_belongs_to_postgresql_is_no_table_of_the_hosts() {
    let place =
        Place::new("CREATE TABLE t (id int PRIMARY KEY); CREATE SEQUENCE s; CREATE INDEX i ON t (id)");
    for name in [
        "pg_class",
        "pg_catalog.pg_class",
        "information_schema.tables",
        "s",
        "i",
        "T",
        "public.T",
        "",
    ] {
        let system = place.system(&mapped(&table(name, "key = [\"oid\"]")));
        unknown(system.delete(name, &ids([1])), name);
    }
}

#[test]
fn a_bad_name_anywhere_in_the_map_stops_before_anything_is_done() {
    let place = Place::new(CANARY);
    let bad = "mail\"; DROP TABLE canary; --";
    let wanted = format!("canary.{bad}");
    let text = format!("{bad:?}");
    let map = |rest: &str| mapped(&table("canary", rest));

    let looked = map(&format!("person = {{ email = {text} }}"));
    unknown(
        place
            .system(&looked)
            .find(first(&looked), &by_email("a@x.example"), 9),
        &wanted,
    );
    let keyed = map(&format!("key = [{text}]"));
    unknown(place.system(&keyed).delete("canary", &ids([1])), &wanted);
    unknown(
        place.system(&keyed).survey(&request(&keyed, BTreeMap::new())),
        &wanted,
    );
    let chosen = map(&format!(
        "person = {{ email = \"mail\" }}\nonly_when = {{ field = {text}, present = true }}"
    ));
    unknown(
        place
            .system(&chosen)
            .find(first(&chosen), &by_email("a@x.example"), 9),
        &wanted,
    );
    let plain = map("");
    unknown(
        place
            .system(&plain)
            .reduce("canary", &[bad.to_owned()], &ids([1])),
        &wanted,
    );
    unknown(
        place
            .system(&plain)
            .unreduced("canary", &[bad.to_owned()], &ids([1])),
        &wanted,
    );
    let frozen = mapped(&format!(
        "freeze = {{ table = \"canary\", set = {{ {text} = \"x\" }} }}\n{}",
        table("canary", "")
    ));
    unknown(place.system(&frozen).freeze(&roots("canary", ids([1]))), &wanted);
    unknown(place.system(&plain).delete(bad, &ids([1])), bad);

    assert_eq!(place.value("SELECT * FROM canary"), "(1,a@x.example,alive)");
}

/// Texts that would do harm if they got into a statement, and any others.
fn any_name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just("'".to_owned()),
        Just("; DROP TABLE canary; --".to_owned()),
        Just("canary".to_owned()),
        Just("$1".to_owned()),
        Just("\\".to_owned()),
        Just(".".to_owned()),
        Just(")".to_owned()),
        Just("/*".to_owned()),
        Just("\0".to_owned()),
        "\\PC{0,8}",
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

#[test]
fn no_text_in_the_map_does_harm() {
    let place = Place::new(CANARY);
    let one = RowKey(vec!["1".to_owned()]);
    let all = |map: &Mapped, table: &str, keep: String| {
        let system = place.system(map);
        let rows = [one.clone()];
        vec![
            system.check().map(drop),
            system.find(first(map), &by_email("a@x.example"), 9).map(drop),
            system
                .survey(&request(map, roots(table, rows.to_vec())))
                .map(drop),
            system.freeze(&roots(table, rows.to_vec())).map(drop),
            system
                .unreduced(table, std::slice::from_ref(&keep), &rows)
                .map(drop),
        ]
    };
    let mut runner = TestRunner::new(Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&(any_name(), 0..4_usize), |(name, at)| {
            prop_assume!(!matches!(name.as_str(), "canary" | "id" | "mail" | "note"));
            let mut map = mapped(&table("canary", "person = { email = \"mail\" }"));
            let mut table = "canary".to_owned();
            let here = map.tables.first_mut().unwrap();
            let mut keep = "note".to_owned();
            match at {
                0 => {
                    here.name.clone_from(&name);
                    table.clone_from(&name);
                }
                1 => here.key = vec![name.clone()],
                2 => here.person.email = Some(name.clone()),
                _ => keep.clone_from(&name),
            }
            for done in all(&map, &table, keep) {
                let fine = matches!(done, Ok(()) | Err(SystemError::Unknown { .. }));
                prop_assert!(fine, "{done:?}");
            }
            prop_assert_eq!(place.value("SELECT * FROM canary"), "(1,a@x.example,alive)");
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_name_that_exists_works() {
    let place = Place::new(CANARY);
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    let short = |name: &str| !name.contains('\0') && (1..=63).contains(&name.len());
    runner
        .run(&(any_name(), any_name()), |(name, column)| {
            prop_assume!(short(&name) && short(&column) && name != "canary" && !["id", "mail"].contains(&column.as_str()));
            let (table_sql, column_sql) = (Postgres.quoted(&name), Postgres.quoted(&column));
            place.run(&format!(
                "CREATE TABLE {table_sql} (id int, {column_sql} text, mail text, PRIMARY KEY (id, {column_sql}));
                 INSERT INTO {table_sql} VALUES (1, 'x', 'a@x.example'), (1, 'y', 'b@x.example')"
            ));
            let mut map = mapped(&table("x", "person = { email = \"mail\" }"));
            let here = map.tables.first_mut().unwrap();
            here.name.clone_from(&name);
            here.key = vec!["id".to_owned(), column.clone()];
            let system = place.system(&map);
            let found = system.find(first(&map), &by_email("a@x.example"), 9).unwrap();
            prop_assert_eq!(&found[0].key, &key(&["1", "x"]));
            let rows = [found[0].key.clone()];
            prop_assert_eq!(system.reduce(&name, &[], &rows).unwrap(), 1);
            prop_assert_eq!(system.delete(&name, &rows).unwrap(), 1);
            prop_assert_eq!(place.count(&table_sql), 1);
            place.run(&format!("DROP TABLE {table_sql}"));
            Ok(())
        })
        .unwrap();
    assert_eq!(place.value("SELECT * FROM canary"), "(1,a@x.example,alive)");
}
