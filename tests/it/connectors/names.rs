//! Names of tables and columns in MariaDB: odd ones that exist, and those that are no names at all. PostgreSQL's are
//! tried beside its connector.

use std::cell::Cell;

use dataratt::services::ports::SystemError;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::place::{On, Place, by_email, ids, key, only, roots, survey, table};

/// Texts that would do harm if they got into a statement, and any others.
fn any_name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("`".to_owned()),
        Just("'".to_owned()),
        Just("\"".to_owned()),
        Just("`; DROP TABLE canary; -- ".to_owned()),
        Just("canary".to_owned()),
        Just("?".to_owned()),
        Just(":name".to_owned()),
        Just("\\".to_owned()),
        Just(".".to_owned()),
        Just("/*!".to_owned()),
        Just("#".to_owned()),
        Just("\0".to_owned()),
        "[a-zåäö ]{1,8}",
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}

const CANARY: &str = "
    CREATE TABLE canary (id int PRIMARY KEY, mail varchar(50), note text); INSERT INTO canary VALUES (1, 'a@x.example', 'alive')";

#[test]
fn any_name_that_exists_works() {
    let place = Place::new(On::Mariadb, CANARY);
    let fits = |name: &str| {
        !name.contains(['\0', '/']) && !name.ends_with(' ') && (1..=60).contains(&name.chars().count())
    };
    let seen = Cell::new(0);
    runner(24)
        .run(&(any_name(), any_name()), |(name, column)| {
            prop_assume!(
                fits(&name) && fits(&column) && name != "canary" && !["id", "mail"].contains(&column.trim())
            );
            let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
            let (of, by) = (quoted(&name), quoted(&column));
            place.run(&format!(
                "CREATE TABLE {of} (id int, {by} varchar(9), mail varchar(50), PRIMARY KEY (id, {by}));
                 INSERT INTO {of} VALUES (1, 'x', 'a@x.example'), (1, 'y', 'b@x.example')"
            ));
            let mut map = place.map(&table("x", "person = { email = \"mail\" }"));
            let here = &mut map.systems[0].tables[0];
            here.name.clone_from(&name);
            here.key = vec!["id".to_owned(), column.clone()];
            let system = place.system(&map);
            let found = system
                .find(&only(&map).tables[0], &by_email("a@x.example"), 9)
                .unwrap();
            prop_assert_eq!(&found[0].key, &key(&["1", "x"]));
            let rows = [found[0].key.clone()];
            prop_assert_eq!(
                survey(&*system, &map, roots(&name, rows.to_vec()))
                    .rows(&name)
                    .len(),
                1
            );
            prop_assert_eq!(system.reduce(&name, &[], &rows).unwrap(), 1);
            prop_assert_eq!(system.delete(&name, &rows).unwrap(), 1);
            prop_assert_eq!(place.rows(&format!("SELECT id FROM {of}")), ["1"]);
            place.run(&format!("DROP TABLE {of}"));
            seen.set(seen.get() + 1);
            Ok(())
        })
        .unwrap();
    assert!(seen.get() > 5);
    assert_eq!(place.rows("SELECT note FROM canary"), ["alive"]);
}

#[test]
fn no_text_in_the_map_does_harm() {
    let place = Place::new(On::Mariadb, CANARY);
    runner(32)
        .run(&(any_name(), 0..4_usize), |(name, at)| {
            prop_assume!(!["canary", "id", "mail", "note"].contains(&name.as_str()));
            let mut map = place.map(&table("canary", "person = { email = \"mail\" }"));
            let (mut of, mut keep) = ("canary".to_owned(), "note".to_owned());
            let here = &mut map.systems[0].tables[0];
            match at {
                0 => {
                    here.name.clone_from(&name);
                    of.clone_from(&name);
                }
                1 => here.key = vec![name.clone()],
                2 => here.person.email = Some(name.clone()),
                _ => keep.clone_from(&name),
            }
            let (system, rows) = (place.system(&map), ids([1]));
            let done = [
                system.check().map(drop),
                system
                    .find(&only(&map).tables[0], &by_email("a@x.example"), 9)
                    .map(drop),
                system.freeze(&roots(&of, rows.clone())).map(drop),
                system
                    .unreduced(&of, std::slice::from_ref(&keep), &rows)
                    .map(drop),
            ];
            for done in done {
                let fine = matches!(done, Ok(()) | Err(SystemError::Unknown { .. }));
                prop_assert!(fine, "{done:?}");
            }
            prop_assert_eq!(place.rows("SELECT * FROM canary"), ["1|a@x.example|alive"]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_name_of_the_connections_database_comes_before_one_with_its_database() {
    let place = Place::new(
        On::Mariadb,
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)",
    );
    let other = Place::new(
        On::Mariadb,
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2)",
    );
    let name = other.rows("SELECT DATABASE()").remove(0);
    let qualified = format!("{name}.t");
    let map = place.map(&(table("t", "") + &table(&qualified, "")));
    let system = place.system(&map);
    assert_eq!(system.delete(&qualified, &ids([1])).unwrap(), 1);
    assert_eq!(
        (place.rows("SELECT id FROM t"), other.rows("SELECT id FROM t")),
        (vec!["1".into()], vec!["2".into()])
    );
    place.run(&format!(
        "CREATE TABLE `{qualified}` (id int PRIMARY KEY); INSERT INTO `{qualified}` VALUES (2)"
    ));
    assert_eq!(system.delete(&qualified, &ids([2])).unwrap(), 1);
    assert_eq!(other.rows("SELECT id FROM t"), ["2"]);
}

#[test]
fn what_belongs_to_the_server_is_no_table_of_the_hosts() {
    let place = Place::new(On::Mariadb, "CREATE TABLE t (id int PRIMARY KEY)");
    for name in [
        "mysql.user",
        "information_schema.TABLES",
        "performance_schema.threads",
        "T",
        "t ",
        ".t",
        "t.",
        "",
    ] {
        let system = place.system(&place.map(&table(name, "key = [\"id\"]")));
        let unknown = system.delete(name, &ids([1])).unwrap_err();
        assert!(
            matches!(unknown, SystemError::Unknown { .. }),
            "{name}: {unknown}"
        );
    }
}
