//! All rows of a person, as text that others can read.

use std::ops::ControlFlow;

use super::*;
use crate::domain::access::{CollectRequest, CollectedColumn, CollectedRow, ColumnKind, Reading};
use crate::services::ports::{RowSink, System, SystemError};

/// Keeps what it gets, up to `limit` pages.
#[derive(Default)]
struct Kept {
    told: Vec<String>,
    kinds: Vec<ColumnKind>,
    most: usize,
    pages: usize,
    limit: Option<usize>,
}

impl RowSink for Kept {
    fn table(&mut self, table: &str, columns: &[CollectedColumn]) -> ControlFlow<()> {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        self.told.push(format!("{table}: {}", names.join(" ")));
        self.kinds = columns.iter().map(|column| column.kind).collect();
        ControlFlow::Continue(())
    }

    fn rows(&mut self, rows: Vec<CollectedRow>) -> ControlFlow<()> {
        self.most = self.most.max(rows.len());
        self.pages += 1;
        for row in rows {
            let cells: Vec<String> = row
                .into_iter()
                .map(|cell| cell.unwrap_or_else(|| "-".into()))
                .collect();
            self.told.push(cells.join("|"));
        }
        match self.limit {
            Some(limit) if self.pages >= limit => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn count(&mut self, table: &str, rows: u64) -> ControlFlow<()> {
        self.told.push(format!("{table} = {rows}"));
        ControlFlow::Continue(())
    }
}

const HOST: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, no text, name text);
    CREATE TABLE invoices (id bigint PRIMARY KEY, customer bigint, on_day date);
    CREATE TABLE lines (invoice int, line int, text text, PRIMARY KEY (invoice, line));
    CREATE TABLE contacts (id int PRIMARY KEY, customer int, mail text);
    INSERT INTO customers VALUES (1, 'K1', 'Anna'), (2, 'K2', 'Bo');
    INSERT INTO invoices VALUES (11, 1, '2026-02-28'), (10, 1, '2025-01-31'), (20, 2, '2026-01-01'), (30, NULL, NULL);
    INSERT INTO lines VALUES (10, 2, NULL), (10, 1, 'a'), (11, 1, 'c'), (20, 1, 'd');
    INSERT INTO contacts VALUES (1, 1, 'a'), (2, 2, 'anna@x.example'), (3, 2, 'b');";

fn host() -> Mapped {
    mapped(
        &[
            table("customers", "register = true"),
            table(
                "invoices",
                "parent = { table = \"customers\", on = { customer = \"id\" } }",
            ),
            table(
                "lines",
                "key = [\"invoice\", \"line\"]\nparent = { table = \"invoices\", on = { invoice = \"id\" } }",
            ),
            table(
                "contacts",
                "parent = { table = \"customers\", on = { customer = \"id\" } }",
            ),
        ]
        .concat(),
    )
}

fn all_of(map: &Mapped, roots: BTreeMap<String, Vec<RowKey>>) -> CollectRequest {
    let tables = map
        .tables
        .iter()
        .map(|table| (table.name.clone(), Reading::Rows))
        .collect();
    CollectRequest { roots, tables }
}

fn collected(place: &Place, map: &Mapped, request: &CollectRequest) -> Kept {
    let mut kept = Kept::default();
    let flow = place.system(map).collect(request, &mut kept).unwrap();
    assert!(flow.is_continue());
    kept
}

#[test]
fn what_hangs_on_the_roots_in_order_and_nothing_else() {
    let (place, map) = (Place::new(HOST), host());
    let mut roots = roots("customers", ids([1]));
    roots.insert("contacts".into(), ids([2]));
    let kept = collected(&place, &map, &all_of(&map, roots));
    assert_eq!(
        kept.told,
        [
            "customers: id no name",
            "1|K1|Anna",
            "invoices: id customer on_day",
            "10|1|2025-01-31",
            "11|1|2026-02-28",
            "lines: invoice line text",
            "10|1|a",
            "10|2|-",
            "11|1|c",
            "contacts: id customer mail",
            "1|1|a",
            "2|2|anna@x.example",
        ]
    );
}

#[test]
fn a_table_that_is_counted_gives_no_row() {
    let (place, map) = (Place::new(HOST), host());
    let request = CollectRequest {
        roots: roots("customers", ids([1])),
        tables: vec![
            ("lines".into(), Reading::Count),
            ("contacts".into(), Reading::Count),
        ],
    };
    assert_eq!(
        collected(&place, &map, &request).told,
        ["lines = 3", "contacts = 1"]
    );
    let nobody = CollectRequest {
        roots: BTreeMap::new(),
        ..request
    };
    assert_eq!(
        collected(&place, &map, &nobody).told,
        ["lines = 0", "contacts = 0"]
    );
}

#[test]
fn every_ordinary_type_comes_as_others_can_read_it() {
    let place = Place::new(
        "CREATE TYPE mood AS ENUM ('glad');
         CREATE TABLE everything (id uuid PRIMARY KEY, n numeric, f float8, b boolean, d date, ts timestamptz, t time,
             i interval, j jsonb, a int[], bin bytea, ip inet, m mood, c char(3), big bigint, none text);
         INSERT INTO everything VALUES ('00000000-0000-0000-0000-000000000001', 12345678901234567890.10, 'NaN', true,
             '2026-11-21', '2026-11-21 12:00:00+01', '08:30', '1 day', '{\"a\": [1]}', '{1,NULL}',
             decode(repeat('00ff', 60), 'hex'), '10.0.0.1', 'glad', 'x', 9007199254740993, NULL);",
    );
    let map = mapped(&table("everything", ""));
    let root = RowKey(vec!["00000000-0000-0000-0000-000000000001".into()]);
    let kept = collected(&place, &map, &all_of(&map, roots("everything", vec![root])));
    let bytes = "AP8A/wD/AP8A/wD/".repeat(10);
    assert_eq!(
        kept.told[1],
        format!(
            "00000000-0000-0000-0000-000000000001|12345678901234567890.10|\"NaN\"|true|2026-11-21|\
             2026-11-21T11:00:00+00:00|08:30:00|1 day|{{\"a\": [1]}}|[1,null]|{bytes}|10.0.0.1|glad|x|9007199254740993|-"
        )
    );
    let kinds: Vec<&str> = kept
        .kinds
        .iter()
        .map(|kind| match kind {
            ColumnKind::Text => "text",
            ColumnKind::Number => "number",
            ColumnKind::Json => "json",
            ColumnKind::Binary => "binary",
        })
        .collect();
    assert_eq!(
        kinds.join(" "),
        "text number number json text text text text json json binary text text text number text"
    );
}

#[test]
fn many_rows_come_in_pages_and_a_sink_that_wants_no_more_gets_no_more() {
    let (place, map) = (Place::new(HOST), host());
    place.run("INSERT INTO invoices SELECT n, 1, '2026-01-01' FROM generate_series(100, 1349) n");
    let request = all_of(&map, roots("customers", ids([1])));
    let kept = collected(&place, &map, &request);
    assert_eq!(kept.told.len(), 4 + 1 + 1252 + 3 + 1);
    assert_eq!(kept.most, 100);
    let mut few = Kept {
        limit: Some(3),
        ..Kept::default()
    };
    let flow = place.system(&map).collect(&request, &mut few).unwrap();
    assert!(flow.is_break());
    assert_eq!(few.pages, 3);
}

#[test]
fn values_in_the_map_never_become_statements() {
    let (place, map) = (Place::new(HOST), host());
    let nasty = RowKey(vec!["1'); DROP TABLE lines; --".into()]);
    let mut kept = Kept::default();
    let failed = place
        .system(&map)
        .collect(&all_of(&map, roots("customers", vec![nasty])), &mut kept);
    assert!(matches!(failed, Err(SystemError::Refused { .. })), "{failed:?}");
    assert_eq!(place.count("lines"), 4);
    let unknown = CollectRequest {
        roots: BTreeMap::new(),
        tables: vec![("secrets".into(), Reading::Rows)],
    };
    let failed = place.system(&map).collect(&unknown, &mut kept);
    assert!(matches!(failed, Err(SystemError::Unknown { .. })), "{failed:?}");
}
