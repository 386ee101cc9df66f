//! The migrations: the tables the program knows, each way up and down, and what every table is for.

use std::collections::BTreeMap;
use std::fs;

use dataratt::store::migrations::MIGRATIONS;
use diesel::{Connection, PgConnection};
use diesel_migrations::MigrationHarness;
use postgres::Client;

use crate::support::database::{Database, database, empty_database};
use crate::support::fixtures::root;

/// A table: its key's columns, and its columns with their types, in order.
type Table = (Vec<String>, Vec<(String, String)>);

/// The tables of `src/store/schema.rs`.
fn written() -> BTreeMap<String, Table> {
    let text = fs::read_to_string(root().join("src/store/schema.rs")).unwrap();
    let mut tables = BTreeMap::new();
    for part in text.split("diesel::table! {").skip(1) {
        let (head, rest) = part.split_once('{').unwrap();
        let (body, _) = rest.split_once("\n    }").unwrap();
        let (name, key) = head.trim().trim_end_matches(')').split_once(" (").unwrap();
        let mut columns = Vec::new();
        let mut named = None;
        for line in body.lines().map(str::trim) {
            if let Some(quoted) = line.strip_prefix("#[sql_name = \"") {
                named = Some(quoted.trim_end_matches("\"]").to_owned());
            } else if let Some((column, kind)) = line.split_once(" -> ") {
                let column = named.take().unwrap_or_else(|| column.to_owned());
                columns.push((column, kind.trim_end_matches(',').to_owned()));
            }
        }
        let key = key.split(", ").map(str::to_owned).collect();
        tables.insert(name.to_owned(), (key, columns));
    }
    tables
}

/// The tables of a migrated database, in the same words.
fn migrated(client: &mut Client) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let sql = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
               (SELECT array_position(i.indkey::int2[], a.attnum) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) \
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 \
               AND NOT a.attisdropped AND c.relname <> '__diesel_schema_migrations' ORDER BY c.relname, a.attnum";
    let mut keys: BTreeMap<String, Vec<(i32, String)>> = BTreeMap::new();
    for row in client.query(sql, &[]).unwrap() {
        let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        if let Some(place) = row.get::<_, Option<i32>>(4) {
            keys.entry(table.clone())
                .or_default()
                .push((place, column.clone()));
        }
        let known = match kind.as_str() {
            "uuid" => "Uuid",
            "bytea" => "Bytea",
            "bytea[]" => "Array<Nullable<Bytea>>",
            "timestamp with time zone" => "Timestamptz",
            "text" => "Text",
            "text[]" => "Array<Text>",
            "bigint" => "BigInt",
            "integer" => "Integer",
            "smallint" => "SmallInt",
            "boolean" => "Bool",
            "jsonb" => "Jsonb",
            "date" => "Date",
            other => panic!("{table}.{column} is of the type {other}, which nothing here reads"),
        };
        let kind = if row.get(3) {
            known.to_owned()
        } else {
            format!("Nullable<{known}>")
        };
        tables.entry(table).or_default().1.push((column, kind));
    }
    for (table, mut key) in keys {
        key.sort();
        tables.entry(table).or_default().0 = key.into_iter().map(|(_, column)| column).collect();
    }
    tables
}

#[test]
fn the_tables_that_the_program_knows_are_those_of_the_migrations() {
    let (written, migrated) = (written(), migrated(&mut database().owner()));
    assert!(written.len() > 20, "only {} tables were read", written.len());
    let names = |tables: &BTreeMap<String, Table>| tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&written), names(&migrated));
    for (name, table) in &written {
        assert_eq!(table, &migrated[name], "{name}");
    }
}

/// Everything the catalogue says of the schema, line by line.
fn described(database: &Database) -> Vec<String> {
    let sql = "\
SELECT format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
UNION ALL SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT format('index %s', indexdef) FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT format('trigger %s %s', tgname, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT format('function %s', pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT format('rights %s %s', relname, (SELECT string_agg(r::text, ',' ORDER BY r::text) FROM unnest(relacl) r))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
UNION ALL SELECT format('schema rights %s', (SELECT string_agg(r::text, ',' ORDER BY r::text) FROM unnest(nspacl) r))
    FROM pg_namespace WHERE nspname = 'public'
UNION ALL SELECT format('default rights %s %s', defaclobjtype, defaclacl) FROM pg_default_acl
UNION ALL SELECT format('comment %s %s %s', objoid::regclass, (SELECT attname FROM pg_attribute WHERE attrelid = objoid AND attnum = objsubid), description)
    FROM pg_description WHERE classoid = 'pg_class'::regclass
    AND objoid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
UNION ALL SELECT format('type %s', typname) FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
ORDER BY 1";
    let rows = database.owner().query(sql, &[]).unwrap();
    let lines = rows.iter().map(|row| row.get::<_, String>(0));
    lines
        .filter(|line| !line.contains("__diesel_schema_migrations"))
        .collect()
}

#[test]
fn every_migration_can_be_taken_back_and_made_again() {
    let database = empty_database();
    let mut conn = PgConnection::establish(&database.owner_url()).unwrap();
    let mut before = described(&database);
    let mut count = 0;
    while conn.has_pending_migration(MIGRATIONS).unwrap() {
        let name = conn.run_next_migration(MIGRATIONS).unwrap().to_string();
        let after = described(&database);
        conn.revert_last_migration(MIGRATIONS).unwrap();
        same(&described(&database), &before, &format!("{name} down"));
        conn.run_next_migration(MIGRATIONS).unwrap();
        same(&described(&database), &after, &format!("{name} up again"));
        before = after;
        count += 1;
    }
    assert!(count >= 7, "only {count} migrations");
}

#[test]
fn all_migrations_taken_back_leave_nothing() {
    let database = empty_database();
    let nothing = described(&database);
    let mut conn = PgConnection::establish(&database.owner_url()).unwrap();
    conn.run_pending_migrations(MIGRATIONS).unwrap();
    let all = described(&database);
    assert_ne!(all, nothing);
    conn.revert_all_migrations(MIGRATIONS).unwrap();
    same(&described(&database), &nothing, "all down");
    conn.run_pending_migrations(MIGRATIONS).unwrap();
    same(&described(&database), &all, "all up again");
}

#[track_caller]
fn same(found: &[String], expected: &[String], when: &str) {
    let missing: Vec<_> = expected.iter().filter(|line| !found.contains(line)).collect();
    let new: Vec<_> = found.iter().filter(|line| !expected.contains(line)).collect();
    assert!(
        missing.is_empty() && new.is_empty(),
        "{when}: missing {missing:#?}, new {new:#?}"
    );
    assert_eq!(found.len(), expected.len(), "{when}");
}

#[test]
fn every_table_says_what_it_is_for() {
    let database = database();
    let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
               AND relname <> '__diesel_schema_migrations' AND coalesce(obj_description(oid, 'pg_class'), '') = ''";
    let silent: Vec<String> = database
        .owner()
        .query(sql, &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn what_hangs_on_a_case_goes_with_it() {
    let sql = "SELECT format('%s.%s', conrelid::regclass, conname) FROM pg_constraint WHERE contype = 'f' \
               AND confrelid IN ('cases'::regclass, 'plans'::regclass, 'notices'::regclass) AND confdeltype <> 'c' \
               AND NOT (conrelid = 'cases'::regclass AND confdeltype = 'n') ORDER BY 1";
    let rows = database().owner().query(sql, &[]).unwrap();
    let left: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        left,
        Vec::<String>::new(),
        "without ON DELETE CASCADE a case could not be disposed of when its time is over"
    );
}

#[test]
fn every_ledger_of_keyed_hashes_has_a_basis_and_an_end() {
    let mut hashed: Vec<String> = Vec::new();
    for (table, (_, columns)) in written() {
        let of_table = columns.iter().filter(|(column, kind)| {
            kind.contains("Bytea") && !column.contains("sealed") && !table.starts_with("audit_")
        });
        hashed.extend(of_table.map(|(column, _)| format!("{table}.{column}")));
    }
    let mut listed: Vec<String> = dataratt::domain::ledgers::LEDGERS
        .iter()
        .flat_map(|ledger| ledger.columns)
        .map(|column| (*column).to_owned())
        .collect();
    hashed.sort();
    listed.sort();
    assert_eq!(listed, hashed, "src/domain/ledgers.rs against the tables");
}

#[test]
fn a_thinned_case_keeps_nothing_sealed() {
    let source = fs::read_to_string(root().join("src/store/records.rs")).unwrap();
    for (table, (_, columns)) in written() {
        // Staff's own secrets and reasons, and what the law makes us keep, all under keys of their own.
        if ["staff", "retained_rows", "purges", "purge_lines"].contains(&table.as_str()) {
            continue;
        }
        for (column, _) in columns
            .iter()
            .filter(|(column, kind)| column.ends_with("sealed") && kind.contains("Bytea"))
        {
            let emptied = source.contains(&format!("{table}::{column}.eq(&none)"));
            let deleted = source.contains(&format!("diesel::delete({table}::table"))
                || source.contains(&format!("diesel::delete(\n        {table}::table"));
            assert!(emptied || deleted, "thinning leaves {table}.{column}");
        }
    }
}
