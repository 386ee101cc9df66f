//! Schemas of every shape, on both servers: what is gone after an erasure is exactly the person's rows.

use std::collections::BTreeSet;

use rstest::rstest;

use super::place::{Contents, On, Place, erase, ids, key, keys_of, roots, survey, table};

/// The rows that say whose they are; the rest is the same before and after.
fn of_anna(contents: &Contents) -> Contents {
    let own = |rows: &BTreeSet<String>| rows.iter().filter(|row| row.contains("anna")).cloned().collect();
    contents
        .iter()
        .map(|(table, rows)| (table.clone(), own(rows)))
        .collect()
}

/// What is in one and not in the other.
fn difference(one: &Contents, other: &Contents) -> Contents {
    let gone = |table: &String, rows: &BTreeSet<String>| rows.difference(&other[table]).cloned().collect();
    one.iter()
        .map(|(table, rows)| (table.clone(), gone(table, rows)))
        .collect()
}

/// Erases what hangs on a row, and looks what is gone.
pub fn erases_anna(place: &Place, tables: &str, root: (&str, &[&str])) {
    let map = place.map(tables);
    let system = place.system(&map);
    let before = place.contents();
    assert!(
        of_anna(&before).values().all(|rows| !rows.is_empty()),
        "every table has rows of Anna's"
    );
    let found = survey(&*system, &map, roots(root.0, vec![key(root.1)]));
    erase(&*system, &map, &found);
    let after = place.contents();
    assert_eq!(difference(&before, &after), of_anna(&before));
    assert!(
        difference(&after, &before).values().all(BTreeSet::is_empty),
        "nothing else changed"
    );
    assert!(after.values().all(|rows| !rows.is_empty()), "others are there");
}

/// Names in the quotes of the server.
fn quoted(on: On, statements: &str) -> String {
    match on {
        On::Postgres => statements.replace('`', "\""),
        On::Mariadb => statements.to_owned(),
    }
}

#[rstest]
fn keys_of_several_columns(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE orders (shop varchar(9), no int, whose varchar(9), PRIMARY KEY (shop, no));
         CREATE TABLE items (shop varchar(9), no int, item int, whose varchar(9), PRIMARY KEY (shop, no, item),
                             FOREIGN KEY (shop, no) REFERENCES orders (shop, no));
         CREATE TABLE parts (id int PRIMARY KEY, item int, shop varchar(9), no int, whose varchar(9),
                             FOREIGN KEY (shop, no, item) REFERENCES items (shop, no, item));
         INSERT INTO orders VALUES ('a', 1, 'anna'), ('a', 2, 'bo'), ('b', 1, 'bo'), ('b', 2, 'bo');
         INSERT INTO items VALUES ('a', 1, 1, 'anna'), ('a', 1, 2, 'anna'), ('a', 2, 1, 'bo'), ('b', 1, 1, 'bo');
         INSERT INTO parts VALUES (1, 1, 'a', 1, 'anna'), (2, 2, 'a', 1, 'anna'), (3, 1, 'a', 2, 'bo'), (4, 1, 'b', 1, 'bo'),
                                  (5, NULL, 'a', 1, 'bo')",
    );
    let tables = table("orders", "key = [\"shop\", \"no\"]")
        + &table(
            "items",
            "key = [\"shop\", \"no\", \"item\"]\nparent = { table = \"orders\", on = { no = \"no\", shop = \"shop\" } }",
        )
        + &table(
            "parts",
            "parent = { table = \"items\", on = { item = \"item\", no = \"no\", shop = \"shop\" } }",
        );
    erases_anna(&place, &tables, ("orders", &["a", "1"]));
}

#[rstest]
#[case::a_line("UPDATE posts SET answers = 1 WHERE id = 2; UPDATE posts SET answers = 2 WHERE id = 3")]
#[case::backwards("UPDATE posts SET answers = 3 WHERE id = 2; UPDATE posts SET answers = 2 WHERE id = 1")]
#[case::a_tree("UPDATE posts SET answers = 1 WHERE id IN (2, 3); UPDATE posts SET answers = 2 WHERE id = 4")]
#[case::itself("UPDATE posts SET answers = id")]
#[case::a_ring("UPDATE posts SET answers = 1 + id % 4 WHERE id < 5")]
#[case::a_ring_and_a_line(
    "UPDATE posts SET answers = 3 - id WHERE id < 3; UPDATE posts SET answers = 1 WHERE id = 3"
)]
fn rows_that_refer_to_rows_of_their_own_table(
    #[values(On::Postgres, On::Mariadb)] on: On,
    #[case] links: &str,
) {
    let place = Place::new(
        on,
        "CREATE TABLE people (id int PRIMARY KEY, whose varchar(9));
         CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES people (id), answers int, whose varchar(9),
                             FOREIGN KEY (answers) REFERENCES posts (id));
         INSERT INTO people VALUES (1, 'anna'), (2, 'bo');
         INSERT INTO posts (id, author, whose) VALUES (1, 1, 'anna'), (2, 1, 'anna'), (3, 1, 'anna'), (4, 1, 'anna'), (9, 2, 'bo')",
    );
    place.run(links);
    let tables = table("people", "")
        + &table(
            "posts",
            "parent = { table = \"people\", on = { author = \"id\" } }",
        );
    erases_anna(&place, &tables, ("people", &["1"]));
}

#[rstest]
fn a_line_longer_than_a_batch(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE posts (id int PRIMARY KEY, answers int, FOREIGN KEY (answers) REFERENCES posts (id))",
    );
    let rows: Vec<String> = (1..=1200)
        .map(|id| {
            format!(
                "({id}, {})",
                if id == 1 {
                    "NULL".into()
                } else {
                    (id - 1).to_string()
                }
            )
        })
        .collect();
    place.run(&format!("INSERT INTO posts VALUES {}", rows.join(", ")));
    let system = place.system(&place.map(&table("posts", "")));
    assert_eq!(system.delete("posts", &ids(1..=1200)).unwrap(), 1200);
    assert_eq!(place.rows("SELECT count(*) FROM posts"), ["0"]);
}

#[rstest]
fn a_row_to_which_somebody_elses_refers_stays(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE posts (id int PRIMARY KEY, answers int, CONSTRAINT an_answer FOREIGN KEY (answers) REFERENCES posts (id));
         INSERT INTO posts VALUES (1, NULL), (2, 1), (3, 2)",
    );
    let before = place.contents();
    let refused = place
        .system(&place.map(&table("posts", "")))
        .delete("posts", &ids([1, 2]))
        .unwrap_err();
    assert!(
        refused.to_string().contains("an_answer") && !refused.retryable(),
        "{refused}"
    );
    assert_eq!(place.contents(), before);
}

#[rstest]
fn names_in_quotes_and_in_both_cases(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        &quoted(
            on,
            "CREATE TABLE `Kund Register` (`Kund-Nr` int PRIMARY KEY, `select` varchar(9));
             CREATE TABLE `kund register 2` (`Order` int PRIMARY KEY, `KUND.NR` int REFERENCES `Kund Register` (`Kund-Nr`), `Vems?` varchar(9));
             INSERT INTO `Kund Register` VALUES (1, 'anna'), (2, 'bo');
             INSERT INTO `kund register 2` VALUES (1, 2, 'bo'), (2, 1, 'anna'), (3, NULL, 'bo')",
        ),
    );
    let tables = table("Kund Register", "key = [\"Kund-Nr\"]")
        + &table(
            "kund register 2",
            "key = [\"Order\"]\nparent = { table = \"Kund Register\", on = { \"KUND.NR\" = \"Kund-Nr\" } }",
        );
    erases_anna(&place, &tables, ("Kund Register", &["1"]));
}

/// A number beside a text: `1x` is not 1.
#[rstest]
fn links_without_a_constraint_between_types(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE customers (id int PRIMARY KEY, no varchar(9), whose varchar(9));
         CREATE TABLE logs (id int PRIMARY KEY, customer varchar(20), whose varchar(9));
         CREATE TABLE calls (id bigint PRIMARY KEY, customer bigint, whose varchar(9));
         CREATE TABLE files (id int PRIMARY KEY, no char(12), whose varchar(9));
         INSERT INTO customers VALUES (1, '17', 'anna'), (2, '18', 'bo'), (17, '1', 'bo'), (3, NULL, 'bo');
         INSERT INTO logs VALUES (1, '1', 'anna'), (2, '1x', 'bo'), (3, ' 1', 'bo'), (4, '01', 'bo'), (5, NULL, 'bo'), (6, '2', 'bo');
         INSERT INTO calls VALUES (1, 1, 'anna'), (2, 17, 'bo'), (3, NULL, 'bo');
         INSERT INTO files VALUES (1, '17', 'anna'), (2, '1', 'bo'), (3, '', 'bo'), (4, NULL, 'bo')",
    );
    if on == On::Mariadb {
        place.run("ALTER TABLE files MODIFY no char(12) CHARACTER SET latin1 COLLATE latin1_swedish_ci");
    }
    let hanging = |name: &str, here: &str, there: &str| {
        table(
            name,
            &format!("parent = {{ table = \"customers\", on = {{ {here} = \"{there}\" }} }}"),
        )
    };
    let tables = table("customers", "")
        + &hanging("logs", "customer", "id")
        + &hanging("calls", "customer", "id")
        + &hanging("files", "no", "no");
    erases_anna(&place, &tables, ("customers", &["1"]));
}

/// A number here, a text there.
#[rstest]
fn a_number_that_hangs_on_a_text(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE customers (id int PRIMARY KEY, no varchar(9), whose varchar(9));
         CREATE TABLE calls (id int PRIMARY KEY, customer int, whose varchar(9));
         INSERT INTO customers VALUES (1, '17', 'anna'), (2, '18', 'bo');
         INSERT INTO calls VALUES (1, 17, 'anna'), (2, 18, 'bo'), (3, 1, 'bo'), (4, NULL, 'bo')",
    );
    let tables = table("customers", "")
        + &table(
            "calls",
            "parent = { table = \"customers\", on = { customer = \"no\" } }",
        );
    erases_anna(&place, &tables, ("customers", &["1"]));
    if on == On::Mariadb {
        place.run("INSERT INTO customers VALUES (5, '18x', 'cia')");
        let map = place.map(&tables);
        let found = survey(&*place.system(&map), &map, roots("customers", ids([5])));
        assert!(keys_of(&found, "calls").is_empty());
    }
}

#[rstest]
fn several_tables_deep_and_wide_with_a_second_reference(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE customers (id int PRIMARY KEY, whose varchar(9));
         CREATE TABLE domains (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id), whose varchar(9));
         CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id), whose varchar(9));
         CREATE TABLE items (id int PRIMARY KEY, ordered int NOT NULL REFERENCES orders (id),
                             domain int REFERENCES domains (id), whose varchar(9));
         CREATE TABLE texts (id int PRIMARY KEY, item int NOT NULL REFERENCES items (id), whose varchar(9));
         INSERT INTO customers VALUES (1, 'anna'), (2, 'bo');
         INSERT INTO domains VALUES (1, 1, 'anna'), (2, 2, 'bo');
         INSERT INTO orders VALUES (1, 2, 'bo'), (2, 1, 'anna'), (3, 1, 'anna');
         INSERT INTO items VALUES (1, 2, 1, 'anna'), (2, 3, NULL, 'anna'), (3, 1, 2, 'bo');
         INSERT INTO texts VALUES (1, 1, 'anna'), (2, 1, 'anna'), (3, 2, 'anna'), (4, 3, 'bo')",
    );
    let hanging = |name: &str, here: &str, on: &str, more: &str| {
        table(
            name,
            &format!("parent = {{ table = \"{on}\", on = {{ {here} = \"id\" }} }}{more}"),
        )
    };
    let tables = table("customers", "")
        + &hanging("domains", "customer", "customers", "")
        + &hanging("orders", "customer", "customers", "")
        + &hanging("items", "ordered", "orders", "\nreferences = [\"domains\"]")
        + &hanging("texts", "item", "items", "");
    erases_anna(&place, &tables, ("customers", &["1"]));
}

#[rstest]
#[case(
    On::Postgres,
    "CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE t (id uuid PRIMARY KEY, up uuid, b bytea, e mood, \
     a int[], j jsonb, n numeric(30, 10), ts timestamptz, nothing text, whose text)",
    "'00000000-0000-0000-0000-00000000000{}', NULL, '\\x00ff', 'glad', '{1,NULL}', '{\"a\": 1}', 1.5, '2026-11-21 12:00+01', NULL"
)]
#[case(
    On::Mariadb,
    "CREATE TABLE t (id uuid PRIMARY KEY, up uuid, b blob, e enum('glad', 'sad'), a set('x', 'y'), \
     j json, n decimal(30, 10), ts timestamp NULL, nothing text, whose varchar(9))",
    "'00000000-0000-0000-0000-00000000000{}', NULL, X'00ff', 'glad', 'x,y', '{\"a\": 1}', 1.5, '2026-11-21 12:00:00', NULL"
)]
fn rows_of_many_types_hang_on_each_of_them(#[case] on: On, #[case] made: &str, #[case] values: &str) {
    let place = Place::new(on, made);
    let below = made.split("CREATE TABLE t").nth(1).unwrap();
    for (number, column) in ["b", "e", "a", "j", "n", "ts"].into_iter().enumerate() {
        place.run(&format!("CREATE TABLE on_{column}{below}"));
        let row =
            |id: usize, whose: &str| values.replacen("{}", &id.to_string(), 1) + &format!(", '{whose}'");
        place.run(&format!(
            "INSERT INTO on_{column} VALUES ({}), ({})",
            row(number, "anna"),
            row(number + 2, "bo")
        ));
        place.run(&format!(
            "UPDATE on_{column} SET {column} = NULL WHERE whose = 'bo'"
        ));
    }
    place.run(&format!(
        "INSERT INTO t VALUES ({}, 'anna')",
        values.replacen("{}", "7", 1)
    ));
    place.run(&format!(
        "INSERT INTO t VALUES ({}, 'bo')",
        values.replacen("{}", "8", 1)
    ));
    place.run("UPDATE t SET b = NULL, e = 'sad', a = NULL, j = NULL, n = 2, ts = NULL WHERE whose = 'bo'");
    let mut tables = table("t", "");
    for column in ["b", "e", "a", "j", "n", "ts"] {
        tables += &table(
            &format!("on_{column}"),
            &format!("parent = {{ table = \"t\", on = {{ {column} = \"{column}\" }} }}"),
        );
    }
    erases_anna(&place, &tables, ("t", &["00000000-0000-0000-0000-000000000007"]));
}

/// A view is where people are found; the tables under it are where they are erased.
#[rstest]
fn a_view_is_read_and_its_tables_are_erased(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE people (id int PRIMARY KEY, whose varchar(9));
         CREATE TABLE addresses (id int PRIMARY KEY, person int REFERENCES people (id), mail varchar(50), whose varchar(9));
         CREATE VIEW found AS SELECT p.id, a.mail, p.whose FROM people p JOIN addresses a ON a.person = p.id;
         INSERT INTO people VALUES (1, 'anna'), (2, 'bo');
         INSERT INTO addresses VALUES (1, 1, 'anna@x.example', 'anna'), (2, 2, 'bo@x.example', 'bo')",
    );
    let tables = table(
        "found",
        "person = { email = \"mail\" }\nerase = { keep = \"suppression\" }",
    ) + &table("people", "parent = { table = \"found\", on = { id = \"id\" } }")
        + &table(
            "addresses",
            "parent = { table = \"people\", on = { person = \"id\" } }",
        );
    let map = place.map(&tables);
    let system = place.system(&map);
    let rows = system
        .find(
            &map.systems[0].tables[0],
            &super::place::by_email("anna@x.example"),
            9,
        )
        .unwrap();
    let found = survey(
        &*system,
        &map,
        roots("found", rows.into_iter().map(|row| row.key).collect()),
    );
    assert_eq!(
        (keys_of(&found, "people"), keys_of(&found, "addresses")),
        (vec!["1".into()], vec!["1".into()])
    );
    let before = place.contents();
    for name in ["addresses", "people"] {
        assert_eq!(system.delete(name, &ids([1])).unwrap(), 1);
    }
    assert_eq!(difference(&before, &place.contents()), of_anna(&before));
}
