//! Finding people, and what hangs on them, on either server alike.

use std::ops::ControlFlow;

use dataratt::domain::access::{CollectRequest, CollectedColumn, CollectedRow, Reading};
use dataratt::domain::matching::{KeyKind, PersonKeys};
use dataratt::services::ports::{RowSink, SystemError};
use rstest::rstest;

use super::place::{On, Place, by_email, ids, key, keys_of, only, roots, survey, table};

const PEOPLE: &str = "
    CREATE TABLE people (id int PRIMARY KEY, no varchar(20), mail varchar(100), pnr varchar(20), tel varchar(30), kind varchar(9));
    INSERT INTO people VALUES
        (1, 'K1', 'Anna@X.example', '200001012384', '070-174 06 05', 'private'),
        (2, 'k1', ' anna@x.example\t', '20000101-2384', '+46 70 174 06 05', 'company'),
        (3, 'K10', 'anna@x.example.org', '000101-2384', '0046701740605', NULL),
        (4, ' K1 ', 'hanna@x.example', '200001012392', '0701740606', 'private'),
        (5, NULL, 'ÅSA@x.example', NULL, NULL, 'private'),
        (6, '', '', '', '', '')";

fn keys(kind: KeyKind, value: &str) -> PersonKeys {
    let mut keys = PersonKeys::default();
    let value = Some(value.to_owned());
    match kind {
        KeyKind::CustomerNumber => keys.customer_number = value,
        KeyKind::PersonalNumber => keys.personal_number = value,
        KeyKind::Email => keys.email = value,
        KeyKind::Phone => keys.phone = value,
    }
    keys
}

const MAP: &str = "person = { email = \"mail\", customer_number = \"no\", personal_number = \"pnr\", phone = \"tel\" }\n\
                   only_when = { field = \"kind\", any_of = [\"private\"] }";

#[rstest]
#[case(KeyKind::Email, "anna@x.example", "1 2")]
#[case(KeyKind::Email, "åsa@x.example", "5")]
#[case(KeyKind::Email, "nobody@x.example", "")]
#[case(KeyKind::CustomerNumber, "K1", "1 4")]
#[case(KeyKind::PersonalNumber, "200001012384", "1 2 3")]
#[case(KeyKind::Phone, "+46701740605", "1 2 3")]
#[case(KeyKind::Email, "' OR 1 = 1 -- ", "")]
#[case(KeyKind::CustomerNumber, "K%", "")]
fn people_are_found_however_their_keys_are_written(
    #[values(On::Postgres, On::Mariadb)] on: On,
    #[case] kind: KeyKind,
    #[case] value: &str,
    #[case] found: &str,
) {
    let place = Place::new(on, PEOPLE);
    let map = place.map(&table("people", MAP));
    let system = place.system(&map);
    let rows = system.find(&only(&map).tables[0], &keys(kind, value), 9).unwrap();
    let ids: Vec<&str> = rows
        .iter()
        .flat_map(|row| &row.key.0)
        .map(String::as_str)
        .collect();
    assert_eq!(ids.join(" "), found);
    for row in &rows {
        assert_eq!(
            row.natural_person,
            matches!(row.key.0[0].as_str(), "1" | "4" | "5")
        );
    }
}

#[rstest]
fn no_more_rows_are_found_than_asked_for_and_pages_follow_each_other(
    #[values(On::Postgres, On::Mariadb)] on: On,
) {
    let place = Place::new(
        on,
        "CREATE TABLE people (a varchar(9), b int, mail varchar(99), PRIMARY KEY (a, b))",
    );
    let rows: Vec<String> = (0..1200)
        .map(|n| format!("('{}', {n}, 'a@x.example')", n % 3))
        .collect();
    place.run(&format!("INSERT INTO people VALUES {}", rows.join(", ")));
    let map = place.map(&table(
        "people",
        "key = [\"a\", \"b\"]\nperson = { email = \"mail\" }",
    ));
    let (system, mapped) = (place.system(&map), &only(&map).tables[0]);
    for limit in [0, 1, 500, 1199] {
        assert_eq!(
            system
                .find(mapped, &by_email("a@x.example"), limit)
                .unwrap()
                .len(),
            limit
        );
    }
    assert_eq!(
        system.find(mapped, &by_email("a@x.example"), 9999).unwrap().len(),
        1200
    );
    let mut after = None;
    let mut seen = Vec::new();
    loop {
        let page = system.page(mapped, after.as_ref(), 500).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.key.clone());
        seen.extend(page.into_iter().map(|row| row.key));
    }
    assert_eq!(seen.len(), 1200);
    assert!(seen.windows(2).all(|pair| pair[0].0[0] <= pair[1].0[0]));
}

const HOST: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, no varchar(9), name varchar(20));
    CREATE TABLE invoices (id bigint PRIMARY KEY, customer bigint, on_day date);
    CREATE TABLE line_items (invoice int, line int, body text, PRIMARY KEY (invoice, line));
    CREATE TABLE notes (id int PRIMARY KEY, no varchar(9));
    INSERT INTO customers VALUES (1, 'K1', 'Anna'), (2, 'K2', 'Bo'), (3, NULL, 'Cia');
    INSERT INTO invoices VALUES (11, 1, '2026-02-28'), (10, 1, '2025-01-31'), (20, 2, '2026-01-01'), (30, NULL, NULL);
    INSERT INTO line_items VALUES (10, 2, NULL), (10, 1, 'a'), (11, 1, 'c'), (20, 1, 'd');
    INSERT INTO notes VALUES (1, 'K1'), (2, 'K2'), (3, NULL)";

fn tables() -> String {
    table("customers", "register = true")
        + &table(
            "invoices",
            "parent = { table = \"customers\", on = { customer = \"id\" } }",
        )
        + &table(
            "line_items",
            "key = [\"invoice\", \"line\"]\nparent = { table = \"invoices\", on = { invoice = \"id\" } }",
        )
        + &table(
            "notes",
            "parent = { table = \"customers\", on = { no = \"no\" } }",
        )
}

#[rstest]
#[case("customers", 1, "1", "10 11", "10/1 10/2 11/1", "1")]
#[case("customers", 3, "3", "", "", "")]
#[case("invoices", 20, "", "20", "20/1", "")]
#[case("customers", 9, "", "", "", "")]
fn all_that_hangs_on_a_row_and_nothing_else(
    #[values(On::Postgres, On::Mariadb)] on: On,
    #[case] from: &str,
    #[case] root: i32,
    #[case] customers: &str,
    #[case] invoices: &str,
    #[case] items: &str,
    #[case] notes: &str,
) {
    let place = Place::new(on, HOST);
    let map = place.map(&tables());
    let found = survey(&*place.system(&map), &map, roots(from, ids([root])));
    for (name, wanted) in [
        ("customers", customers),
        ("invoices", invoices),
        ("line_items", items),
        ("notes", notes),
    ] {
        assert_eq!(keys_of(&found, name).join(" "), wanted, "{name}");
    }
    if let Some(row) = found.rows("line_items").first() {
        assert_eq!(row.parent.as_ref().unwrap().0[0], row.key.0[0]);
    }
}

/// Keeps what it gets, up to a number of pages.
#[derive(Default)]
struct Kept {
    rows: usize,
    pages: usize,
    most: usize,
    limit: Option<usize>,
}

impl RowSink for Kept {
    fn table(&mut self, _table: &str, _columns: &[CollectedColumn]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn rows(&mut self, rows: Vec<CollectedRow>) -> ControlFlow<()> {
        self.rows += rows.len();
        self.pages += 1;
        self.most = self.most.max(rows.len());
        if self.limit.is_some_and(|limit| self.pages >= limit) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn count(&mut self, _table: &str, rows: u64) -> ControlFlow<()> {
        self.rows += usize::try_from(rows).unwrap();
        ControlFlow::Continue(())
    }
}

#[rstest]
fn rows_are_given_page_by_page_until_nobody_wants_more(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, HOST);
    let rows: Vec<String> = (100..1350).map(|n| format!("({n}, 1, NULL)")).collect();
    place.run(&format!("INSERT INTO invoices VALUES {}", rows.join(", ")));
    let map = place.map(&tables());
    let system = place.system(&map);
    let mut request = CollectRequest {
        roots: roots("customers", ids([1])),
        tables: vec![
            ("invoices".into(), Reading::Rows),
            ("line_items".into(), Reading::Count),
        ],
    };
    let mut all = Kept::default();
    assert!(system.collect(&request, &mut all).unwrap().is_continue());
    assert_eq!((all.rows, all.most), (1252 + 3, 100));
    let mut few = Kept {
        limit: Some(3),
        ..Kept::default()
    };
    assert!(system.collect(&request, &mut few).unwrap().is_break());
    assert_eq!(few.pages, 3);
    // What was broken off is in nobody's way.
    assert_eq!(
        keys_of(&survey(&*system, &map, roots("customers", ids([1]))), "notes"),
        ["1"]
    );
    request.tables = vec![("secrets".into(), Reading::Rows)];
    let unknown = system.collect(&request, &mut few).unwrap_err();
    assert!(matches!(unknown, SystemError::Unknown { .. }), "{unknown}");
    request.tables = vec![("customers".into(), Reading::Rows)];
    request.roots = roots("customers", vec![key(&["1'); DROP TABLE notes; --"])]);
    let refused = system.collect(&request, &mut few).unwrap_err();
    assert!(matches!(refused, SystemError::Refused { .. }), "{refused}");
    assert_eq!(place.rows("SELECT count(*) FROM notes"), ["3"]);
}
