//! What PostgreSQL says of tables, columns and constraints.

use std::collections::{BTreeMap, BTreeSet};

use crate::adapters::connectors::sql::catalogue::{Catalogue, Column, Family, ForeignKey, Relation};
use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::server::{Dialect, Row, Session};
use crate::adapters::connectors::sql::statement::{Bound, Param, Statement};

use super::dialect::Postgres;

const RELATIONS: &str = "
    SELECT w.name, c.oid::text, n.nspname::text, c.relname::text, (c.relkind = 'v')::text,
           pg_table_is_visible(c.oid)::text, has_schema_privilege(n.oid, 'USAGE')::text,
           row_security_active(c.oid)::text
    FROM unnest({names}::text[]) AS w(name)
    JOIN pg_class c ON c.relkind IN ('r', 'p', 'v')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND (c.relname::text = w.name AND pg_table_is_visible(c.oid)
           OR n.nspname::text || '.' || c.relname::text = w.name)
    ORDER BY pg_table_is_visible(c.oid) DESC";

const COLUMNS: &str = "
    SELECT a.attrelid::text, a.attname::text, format_type(a.atttypid, -1), coalesce(b.typname, y.typname)::text,
           y.typcategory::text, (a.attnotnull OR y.typnotnull)::text,
           (a.attgenerated <> '' OR a.attidentity <> '')::text,
           has_column_privilege(a.attrelid, a.attnum, 'SELECT')::text,
           has_column_privilege(a.attrelid, a.attnum, 'UPDATE')::text
    FROM pg_attribute a
    JOIN pg_type y ON y.oid = a.atttypid
    LEFT JOIN pg_type b ON b.oid = y.typbasetype
    WHERE a.attrelid::text = ANY ({ids}::text[]) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum";

const UNIQUE: &str = "
    SELECT i.indrelid::text, json_agg(a.attname::text)::text
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE i.indrelid = ANY ({ids}::text[]::oid[]) AND k.place <= i.indnkeyatts
      AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
    GROUP BY i.indexrelid, i.indrelid";

const REFERENCES: &str = "
    SELECT f.conname::text, f.conrelid::text, f.confrelid::text, (f.confdeltype::text IN ('c', 'n', 'd'))::text,
           CASE WHEN pg_table_is_visible(c.oid) THEN '' ELSE n.nspname::text || '.' END || c.relname::text,
           (SELECT json_agg(a.attname::text ORDER BY k.place)::text
            FROM unnest(f.conkey) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number),
           (SELECT json_agg(a.attname::text ORDER BY k.place)::text
            FROM unnest(f.confkey) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number)
    FROM pg_constraint f
    JOIN pg_class c ON c.oid = f.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE f.contype = 'f' AND f.conparentid = 0 AND f.confrelid = ANY ({ids}::text[]::oid[])
    ORDER BY 5, 1";

const BESIDE: &str = "
    SELECT CASE WHEN pg_table_is_visible(c.oid) THEN '' ELSE n.nspname::text || '.' END || c.relname::text,
           c.relname::text, json_agg(a.attname::text ORDER BY a.attnum)::text
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid <> ALL ({ids}::text[]::oid[])
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    GROUP BY 1, 2
    ORDER BY 1";

/// A query about tables, bound in the place of `{ids}` or `{names}`.
fn about<'a>(query: &str, texts: impl IntoIterator<Item = &'a str>) -> Statement {
    let mut bound = Bound::default();
    let texts = texts.into_iter().map(|text| Some(text.to_owned())).collect();
    let place = bound.add(Param::Texts(texts));
    let text = query.replace("{ids}", &place).replace("{names}", &place);
    Statement::new(text, bound)
}

fn list(row: &Row, at: usize) -> Result<Vec<String>, Failure> {
    serde_json::from_str(row.text(at)?).map_err(|_| Failure::refused("an answer that is no list"))
}

/// Those of the named tables that exist, with their columns and unique indexes.
pub(super) fn relations(session: &mut dyn Session, names: &[&str]) -> Result<Vec<Relation>, Failure> {
    let mut relations = named(session, names)?;
    let ids: Vec<String> = relations.iter().map(|relation| relation.id.clone()).collect();
    let ids = || ids.iter().map(String::as_str);
    for row in session.query(&about(COLUMNS, ids()))? {
        let (id, column) = (row.text(0)?, column(&row)?);
        for relation in relations.iter_mut().filter(|relation| relation.id == id) {
            relation.columns.push(column.clone());
        }
    }
    for row in session.query(&about(UNIQUE, ids()))? {
        let (id, columns) = (row.text(0)?, list(&row, 1)?);
        for relation in relations.iter_mut().filter(|relation| relation.id == id) {
            relation.unique.push(columns.iter().cloned().collect());
        }
    }
    Ok(relations)
}

/// Those that a name means: one on the search path, else the one table that is so called with its schema.
fn named(session: &mut dyn Session, names: &[&str]) -> Result<Vec<Relation>, Failure> {
    let mut relations: BTreeMap<String, (bool, Relation)> = BTreeMap::new();
    let mut ambiguous = BTreeSet::new();
    for row in session.query(&about(RELATIONS, names.iter().copied()))? {
        let (name, table) = (row.text(0)?.to_owned(), row.text(3)?);
        let visible = row.is_true(5) && table == name;
        match relations.get(&name) {
            Some((true, _)) => continue,
            Some((false, _)) if !visible => {
                ambiguous.insert(name);
                continue;
            }
            _ => {}
        }
        let relation = Relation {
            id: row.text(1)?.to_owned(),
            name: name.clone(),
            sql: format!("{}.{}", Postgres.quoted(row.text(2)?), Postgres.quoted(table)),
            is_view: row.is_true(4),
            transactional: true,
            may_use: row.is_true(6),
            hides_rows: row.is_true(7),
            columns: Vec::new(),
            unique: Vec::new(),
        };
        relations.insert(name, (visible, relation));
    }
    Ok(relations
        .into_iter()
        .filter(|(name, (visible, _))| *visible || !ambiguous.contains(name))
        .map(|(_, (_, relation))| relation)
        .collect())
}

fn column(row: &Row) -> Result<Column, Failure> {
    let base = row.text(3)?.to_owned();
    Ok(Column {
        name: row.text(1)?.to_owned(),
        // Without a length: that would cut values off.
        written: row.text(2)?.to_owned(),
        family: family(&base, row.text(4)?),
        base,
        collation: None,
        not_null: row.is_true(5),
        automatic: row.is_true(6),
        follows: false,
        may_select: row.is_true(7),
        may_update: row.is_true(8),
    })
}

/// By the type's plain name, else by the category that PostgreSQL puts it in.
fn family(base: &str, category: &str) -> Family {
    match (base, category) {
        ("bytea", _) => Family::Binary,
        ("json" | "jsonb", _) => Family::Json,
        ("date", _) => Family::Date,
        (_, "S") => Family::Text,
        (_, "N") => Family::Number,
        (_, "B") => Family::Truth,
        (_, "A") => Family::List,
        (_, "D") => Family::Time,
        _ => Family::Other,
    }
}

/// The foreign keys that refer to any of these tables.
pub(super) fn references(session: &mut dyn Session, to: &[&Relation]) -> Result<Vec<ForeignKey>, Failure> {
    let ids = to.iter().map(|relation| relation.id.as_str());
    let rows = session.query(&about(REFERENCES, ids))?;
    rows.iter()
        .map(|row| {
            Ok(ForeignKey {
                constraint: row.text(0)?.to_owned(),
                from: row.text(1)?.to_owned(),
                to: row.text(2)?.to_owned(),
                acts: row.is_true(3),
                from_name: row.text(4)?.to_owned(),
                columns: list(row, 5)?,
                to_columns: list(row, 6)?,
            })
        })
        .collect()
}

/// Tables that are not mapped, with their columns.
pub(super) fn beside(
    session: &mut dyn Session,
    catalogue: &Catalogue,
) -> Result<Vec<(String, String, Vec<String>)>, Failure> {
    let ids = catalogue.relations().map(|relation| relation.id.as_str());
    let rows = session.query(&about(BESIDE, ids))?;
    rows.iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), list(row, 2)?)))
        .collect()
}

/// About how many rows it has; nothing before it was analysed.
pub(super) fn about_rows(session: &mut dyn Session, relation: &Relation) -> Result<Option<u64>, Failure> {
    const ROWS: &str =
        "SELECT (CASE WHEN reltuples < 0 THEN NULL ELSE reltuples::bigint END)::text FROM pg_class
                        WHERE oid = ANY ({ids}::text[]::oid[])";
    let rows = session.query(&about(ROWS, [relation.id.as_str()]))?;
    Ok(rows.first().and_then(|row| row.maybe(0)?.parse().ok()))
}
