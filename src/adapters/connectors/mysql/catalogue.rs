//! What MySQL and MariaDB say of tables, columns and constraints.

use std::collections::{BTreeMap, BTreeSet};

use crate::adapters::connectors::sql::catalogue::{Catalogue, Column, Family, ForeignKey, Relation};
use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::server::{Dialect, Row, Session};
use crate::adapters::connectors::sql::statement::Statement;

use super::dialect::{Mysql, asked};

/// What belongs to the server.
const ITS_OWN: [&str; 4] = ["information_schema", "mysql", "performance_schema", "sys"];

const RELATION: &str = "
    SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_TYPE LIKE '%VIEW',
           COALESCE((SELECT e.TRANSACTIONS = 'YES' FROM information_schema.ENGINES e WHERE e.ENGINE = t.ENGINE), 0),
           t.TABLE_SCHEMA <=> DATABASE()
    FROM information_schema.TABLES t
    WHERE t.TABLE_SCHEMA = COALESCE({}, DATABASE()) AND t.TABLE_NAME = {}";

/// MariaDB keeps documents as texts with a rule.
const COLUMNS: &str = "
    SELECT c.COLUMN_NAME, c.DATA_TYPE, c.COLUMN_TYPE, c.IS_NULLABLE = 'NO', c.EXTRA, c.CHARACTER_SET_NAME,
           c.COLLATION_NAME, FIND_IN_SET('select', c.PRIVILEGES) > 0, FIND_IN_SET('update', c.PRIVILEGES) > 0,
           0 /*M! + EXISTS (SELECT 1 FROM information_schema.CHECK_CONSTRAINTS k
                WHERE k.CONSTRAINT_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME
                  AND k.CHECK_CLAUSE LIKE CONCAT('json_valid(`', c.COLUMN_NAME, '`)%')) */
    FROM information_schema.COLUMNS c
    WHERE c.TABLE_SCHEMA = {} AND c.TABLE_NAME = {}
    ORDER BY c.ORDINAL_POSITION";

const INDEXES: &str = "
    SELECT INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART
    FROM information_schema.STATISTICS
    WHERE TABLE_SCHEMA = {} AND TABLE_NAME = {}
    ORDER BY INDEX_NAME, SEQ_IN_INDEX";

const REFERENCES: &str = "
    SELECT k.CONSTRAINT_NAME, k.TABLE_SCHEMA, k.TABLE_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME,
           r.DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT'), k.COLUMN_NAME, k.REFERENCED_COLUMN_NAME,
           k.TABLE_SCHEMA <=> DATABASE()
    FROM information_schema.KEY_COLUMN_USAGE k
    JOIN information_schema.REFERENTIAL_CONSTRAINTS r
      ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
     AND r.TABLE_NAME = k.TABLE_NAME
    WHERE k.TABLE_SCHEMA = {} AND k.REFERENCED_TABLE_SCHEMA = {} AND k.REFERENCED_TABLE_NAME = {}
    ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION";

const BESIDE: &str = "
    SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_SCHEMA <=> DATABASE(), c.COLUMN_NAME
    FROM information_schema.TABLES t
    JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
    WHERE t.TABLE_SCHEMA = {} AND t.TABLE_TYPE = 'BASE TABLE'
    ORDER BY t.TABLE_NAME, c.ORDINAL_POSITION";

/// What a table is known by: schema and name, which hold no NUL.
fn id(schema: &str, table: &str) -> String {
    format!("{schema}\0{table}")
}

fn place(relation: &Relation) -> (&str, &str) {
    relation.id.split_once('\0').unwrap_or_default()
}

fn named(schema: &str, table: &str, is_here: bool) -> String {
    if is_here {
        table.to_owned()
    } else {
        format!("{schema}.{table}")
    }
}

/// Those of the named tables that exist, with their columns and unique indexes.
pub(super) fn relations(session: &mut dyn Session, names: &[&str]) -> Result<Vec<Relation>, Failure> {
    let mut relations = Vec::new();
    for name in names {
        if let Some(mut relation) = meant(session, name)? {
            let (schema, table) = place(&relation);
            let columns = session.query(&asked(COLUMNS, &[schema, table]))?;
            let unique = unique(&session.query(&asked(INDEXES, &[schema, table]))?);
            relation.columns = columns.iter().map(column).collect::<Result<_, _>>()?;
            relation.unique = unique;
            relations.push(relation);
        }
    }
    Ok(relations)
}

/// The table that a name means: one of the connection's database, else the one that is so called with its database.
fn meant(session: &mut dyn Session, name: &str) -> Result<Option<Relation>, Failure> {
    if let Some(here) = relation(session, None, name, name)? {
        return Ok(Some(here));
    }
    let mut found = Vec::new();
    for (at, _) in name.match_indices('.') {
        let (schema, table) = name.split_at(at);
        found.extend(relation(
            session,
            Some(schema),
            table.trim_start_matches('.'),
            name,
        )?);
    }
    // Two are none.
    Ok(if found.len() == 1 { found.pop() } else { None })
}

fn relation(
    session: &mut dyn Session,
    schema: Option<&str>,
    table: &str,
    name: &str,
) -> Result<Option<Relation>, Failure> {
    let statement = match schema {
        Some(schema) => asked(RELATION, &[schema, table]),
        None => asked(&RELATION.replacen("{}", "NULL", 1), &[table]),
    };
    for row in session.query(&statement)? {
        let (its_schema, its_name) = (row.text(0)?, row.text(1)?);
        // The server compares such names without regard to case.
        let same = its_name == table && schema.is_none_or(|schema| schema == its_schema);
        if !same || ITS_OWN.contains(&its_schema.to_lowercase().as_str()) {
            continue;
        }
        return Ok(Some(Relation {
            id: id(its_schema, its_name),
            name: name.to_owned(),
            sql: format!("{}.{}", Mysql.quoted(its_schema), Mysql.quoted(its_name)),
            is_view: row.is_true(2),
            transactional: row.is_true(3),
            may_use: true,
            hides_rows: false,
            columns: vec![],
            unique: vec![],
        }));
    }
    Ok(None)
}

fn column(row: &Row) -> Result<Column, Failure> {
    let (base, written) = (row.text(1)?.to_lowercase(), row.text(2)?.to_lowercase());
    let extra = row.maybe(4).unwrap_or_default().to_lowercase();
    let collation = row.maybe(5).zip(row.maybe(6));
    let family = if row.is_true(9) {
        Family::Json
    } else {
        family(&base, &written)
    };
    Ok(Column {
        name: row.text(0)?.to_owned(),
        family,
        base,
        written,
        collation: collation.map(|(set, collation)| (set.to_owned(), collation.to_owned())),
        not_null: row.is_true(3),
        automatic: extra.contains("auto_increment")
            || (extra.contains("generated") && !extra.contains("default_generated"))
            || extra.contains("persistent"),
        follows: extra.contains("on update"),
        may_select: row.is_true(7),
        may_update: row.is_true(8),
    })
}

fn family(base: &str, written: &str) -> Family {
    match base {
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set" => Family::Text,
        "tinyint" if written.starts_with("tinyint(1)") => Family::Truth,
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float" | "double" | "bit"
        | "year" => Family::Number,
        "date" => Family::Date,
        "datetime" | "timestamp" | "time" => Family::Time,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Family::Binary,
        "json" => Family::Json,
        _ => Family::Other,
    }
}

/// The indexes, each with its columns in order; nothing for a part that is no whole column.
fn indexes(rows: &[Row]) -> BTreeMap<&str, (bool, Vec<Option<&str>>)> {
    let mut indexes: BTreeMap<&str, (bool, Vec<Option<&str>>)> = BTreeMap::new();
    for row in rows {
        let whole = row.maybe(2).filter(|_| row.maybe(3).is_none());
        let index = indexes.entry(row.maybe(0).unwrap_or_default());
        let (unique, columns) = index.or_default();
        *unique = row.maybe(1) == Some("0");
        columns.push(whole);
    }
    indexes
}

fn unique(rows: &[Row]) -> Vec<BTreeSet<String>> {
    let unique = indexes(rows).into_values().filter(|(unique, _)| *unique);
    unique
        .filter_map(|(_, columns)| {
            columns
                .into_iter()
                .map(|column| column.map(ToOwned::to_owned))
                .collect()
        })
        .collect()
}

/// Whether an index begins with these columns, in any order.
pub(super) fn is_indexed(
    session: &mut dyn Session,
    relation: &Relation,
    columns: &[&Column],
) -> Result<bool, Failure> {
    let (schema, table) = place(relation);
    let rows = session.query(&asked(INDEXES, &[schema, table]))?;
    let wanted: BTreeSet<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    Ok(indexes(&rows).into_values().any(|(_, its)| {
        let first: BTreeSet<&str> = its.into_iter().take(wanted.len()).flatten().collect();
        first == wanted
    }))
}

/// The foreign keys of tables in the same databases that refer to any of these.
pub(super) fn references(session: &mut dyn Session, to: &[&Relation]) -> Result<Vec<ForeignKey>, Failure> {
    let schemas: BTreeSet<&str> = to.iter().map(|relation| place(relation).0).collect();
    let mut found: BTreeMap<(String, String, String), ForeignKey> = BTreeMap::new();
    for relation in to {
        let (its_schema, its_name) = place(relation);
        for schema in &schemas {
            for row in session.query(&asked(REFERENCES, &[schema, its_schema, its_name]))? {
                let (constraint, schema, table) = (row.text(0)?, row.text(1)?, row.text(2)?);
                let key = (schema.to_owned(), table.to_owned(), constraint.to_owned());
                let reference = found.entry(key).or_insert_with(|| ForeignKey {
                    constraint: constraint.to_owned(),
                    from: id(schema, table),
                    from_name: named(schema, table, row.is_true(8)),
                    columns: vec![],
                    to: relation.id.clone(),
                    to_columns: vec![],
                    acts: row.is_true(5),
                });
                reference.columns.push(row.text(6)?.to_owned());
                reference.to_columns.push(row.text(7)?.to_owned());
            }
        }
    }
    Ok(found.into_values().collect())
}

/// Tables of the same databases that are not mapped, with their columns.
pub(super) fn beside(
    session: &mut dyn Session,
    catalogue: &Catalogue,
) -> Result<Vec<(String, String, Vec<String>)>, Failure> {
    let mapped: BTreeSet<&str> = catalogue
        .relations()
        .map(|relation| relation.id.as_str())
        .collect();
    let mut schemas: BTreeSet<String> = catalogue
        .relations()
        .map(|relation| place(relation).0.to_owned())
        .collect();
    for row in session.query(&Statement::plain("SELECT DATABASE()"))? {
        schemas.extend(row.maybe(0).map(ToOwned::to_owned));
    }
    let mut found: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for schema in &schemas {
        for row in session.query(&asked(BESIDE, &[schema]))? {
            let (schema, table) = (row.text(0)?, row.text(1)?);
            if mapped.contains(id(schema, table).as_str()) {
                continue;
            }
            let entry = found.entry(named(schema, table, row.is_true(2)));
            let (_, columns) = entry.or_insert_with(|| (table.to_owned(), vec![]));
            columns.push(row.text(3)?.to_owned());
        }
    }
    let tables = found.into_iter();
    Ok(tables
        .map(|(name, (table, columns))| (name, table, columns))
        .collect())
}

/// Whether the role may delete rows. The server looks at that before it sees that this is no time for changes.
pub(super) fn may_delete(session: &mut dyn Session, relation: &Relation) -> Result<bool, Failure> {
    let text = format!("EXPLAIN DELETE t FROM {} AS t WHERE 1 = 0", relation.sql);
    match session.query(&Statement::plain(text)) {
        Err(Failure::Answer(answer)) => Ok(!answer.is_privilege),
        explained => explained.map(|_| true),
    }
}

/// About how many rows it has.
pub(super) fn about_rows(session: &mut dyn Session, relation: &Relation) -> Result<Option<u64>, Failure> {
    const ROWS: &str =
        "SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = {} AND TABLE_NAME = {}";
    let (schema, table) = place(relation);
    let rows = session.query(&asked(ROWS, &[schema, table]))?;
    Ok(rows.first().and_then(|row| row.maybe(0)?.parse().ok()))
}
