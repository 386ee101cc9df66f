//! How PostgreSQL says things.

use crate::adapters::connectors::sql::catalogue::{
    Catalogue, Column, Family, ForeignKey, Relation, values_of,
};
use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::server::{Dialect, Lookup, Session};
use crate::adapters::connectors::sql::statement::{Bound, Param, Statement};
use crate::domain::access::ColumnKind;
use crate::domain::matching::{KeyKind, RowKey};

use super::catalogue;

/// What a stored value is freed from at both ends.
const BLANKS: &str = "E' \\t\\r\\n'";

pub(super) struct Postgres;

/// A bound text as a value of the column's type.
fn typed(bound: &mut Bound, column: &Column, value: Option<&str>) -> String {
    let text = bound.add(Param::Text(value.map(ToOwned::to_owned)));
    format!("{text}::text::{}", column.written)
}

/// Types without an equality of their own.
fn compared_as_text(column: &Column) -> bool {
    matches!(
        column.base.as_str(),
        "json" | "xml" | "point" | "polygon" | "box" | "path" | "line" | "lseg" | "circle"
    )
}

/// The stored value in the form in which it is looked for. An index on this is what a look-up uses.
fn form(kind: KeyKind, column: &str) -> String {
    let digits = || format!("regexp_replace({column}::text, '[^0-9]', '', 'g')");
    match kind {
        KeyKind::Email => format!("lower(btrim({column}::text, {BLANKS}))"),
        KeyKind::CustomerNumber => format!("btrim({column}::text, {BLANKS})"),
        KeyKind::PersonalNumber => format!("\"right\"({}, 10)", digits()),
        KeyKind::Phone => digits(),
    }
}

/// Asks the planner, with scans of whole tables made dear.
fn uses_index(session: &mut dyn Session, relation: &Relation, condition: &str) -> Result<bool, Failure> {
    let dear = "SELECT set_config('enable_seqscan', 'off', true)";
    session.query(&Statement::plain(dear))?;
    let explained = format!(
        "EXPLAIN (COSTS OFF) SELECT 1 FROM {} AS t WHERE {condition}",
        relation.sql
    );
    let lines = session.query(&Statement::plain(explained))?;
    Ok(lines
        .iter()
        .any(|line| line.maybe(0).is_some_and(|line| line.contains("Index Cond"))))
}

impl Dialect for Postgres {
    fn quoted(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn text(&self, alias: &str, column: &Column) -> String {
        format!("{}::text", self.column(alias, column))
    }

    fn count(&self) -> &'static str {
        "count(*)::text"
    }

    fn assigned(&self, bound: &mut Bound, column: &Column, value: Option<&str>) -> Result<String, Failure> {
        Ok(typed(bound, column, value))
    }

    fn target(&self, column: &Column) -> String {
        self.quoted(&column.name)
    }

    fn holds(&self, bound: &mut Bound, column: &Column, value: Option<&str>) -> Result<String, Failure> {
        let value = typed(bound, column, value);
        Ok(if compared_as_text(column) {
            format!("{} IS NOT DISTINCT FROM ({value})::text", self.text("t", column))
        } else {
            format!("{} IS NOT DISTINCT FROM {value}", self.column("t", column))
        })
    }

    fn shows(&self, bound: &mut Bound, column: &Column, text: Option<&str>) -> String {
        let text = bound.add(Param::Text(text.map(ToOwned::to_owned)));
        format!("{} IS NOT DISTINCT FROM {text}::text", self.text("t", column))
    }

    fn among(
        &self,
        bound: &mut Bound,
        alias: &str,
        key: &[&Column],
        rows: &[RowKey],
    ) -> Result<String, Failure> {
        let mut arrays = vec![Vec::with_capacity(rows.len()); key.len()];
        for row in rows {
            for (array, value) in arrays.iter_mut().zip(values_of(key, row)?) {
                array.push(Some(value.clone()));
            }
        }
        let columns: Vec<String> = key.iter().map(|column| self.column(alias, column)).collect();
        let arrays: Vec<String> = key
            .iter()
            .zip(arrays)
            .map(|(column, array)| {
                format!("{}::text[]::{}[]", bound.add(Param::Texts(array)), column.written)
            })
            .collect();
        Ok(format!(
            "({}) IN (SELECT * FROM unnest({}))",
            columns.join(", "),
            arrays.join(", ")
        ))
    }

    fn beyond(&self, bound: &mut Bound, key: &[&Column], after: &RowKey) -> Result<String, Failure> {
        let values: Vec<String> = key
            .iter()
            .zip(values_of(key, after)?)
            .map(|(column, value)| typed(bound, column, Some(value)))
            .collect();
        let columns: Vec<String> = key.iter().map(|column| self.column("t", column)).collect();
        Ok(format!("({}) > ({})", columns.join(", "), values.join(", ")))
    }

    fn linked(&self, here: &Column, alias: &str, there: &Column) -> String {
        if here.written == there.written {
            self.column(alias, there)
        } else {
            format!("{}::{}", self.text(alias, there), here.written)
        }
    }

    fn may_mean(&self, bound: &mut Bound, kind: KeyKind, column: &Column, forms: Vec<String>) -> String {
        let forms = bound.add(Param::Texts(forms.into_iter().map(Some).collect()));
        let stored = form(kind, &self.column("t", column));
        format!("{stored} = ANY ({forms}::text[])")
    }

    /// SHA-256 of the row's text form, which the connection's settings make the same everywhere.
    fn digest(&self, _relation: &Relation, of: Option<&[&Column]>) -> String {
        let row = of.map_or_else(
            || "(t.*)".to_owned(),
            |columns| {
                let columns: Vec<String> = columns.iter().map(|column| self.column("t", column)).collect();
                format!("ROW({})", columns.join(", "))
            },
        );
        format!("encode(sha256(convert_to({row}::text, 'UTF8')), 'hex')")
    }

    fn least(&self, column: &Column) -> Option<String> {
        let value = match (column.family, column.base.as_str()) {
            (Family::Text, _) | (_, "bytea" | "xml" | "tsvector" | "hstore") => "",
            (Family::Number, _) | (_, "interval") => "0",
            (Family::Truth, _) => "false",
            (Family::List | Family::Json, _) => "{}",
            (_, "date" | "timestamp" | "timestamptz") => "1970-01-01",
            (_, "time" | "timetz") => "00:00",
            (_, "uuid") => "00000000-0000-0000-0000-000000000000",
            (_, "inet" | "cidr") => "0.0.0.0",
            (_, "int4range" | "int8range" | "numrange" | "daterange" | "tsrange" | "tstzrange") => "empty",
            _ => return None,
        };
        Some(format!("'{value}'::{}", column.written))
    }

    fn holds_more_than(&self, column: &Column, least: &str) -> String {
        if compared_as_text(column) {
            format!("{} <> {least}::text", self.text("t", column))
        } else {
            format!("{} <> {least}", self.column("t", column))
        }
    }

    fn kind(&self, column: &Column) -> ColumnKind {
        match (column.family, column.base.as_str()) {
            (Family::Binary, _) => ColumnKind::Binary,
            (Family::Number, base) if base != "money" && !base.starts_with("reg") => ColumnKind::Number,
            (Family::Truth | Family::List | Family::Json, _) => ColumnKind::Json,
            _ => ColumnKind::Text,
        }
    }

    /// Times and dates as ISO 8601, addresses without a mask of their own, documents and lists as JSON.
    fn told(&self, column: &Column) -> String {
        let value = self.column("t", column);
        let is_address = matches!(column.base.as_str(), "inet" | "cidr");
        match (self.kind(column), column.family) {
            (ColumnKind::Binary, _) => format!("translate(encode({value}, 'base64'), E'\\n', '')"),
            (ColumnKind::Number | ColumnKind::Json, _) => format!("to_json({value})::text"),
            (ColumnKind::Text, Family::Date | Family::Time) => format!("to_json({value}) #>> '{{}}'"),
            (ColumnKind::Text, _) if is_address => format!("to_json({value}) #>> '{{}}'"),
            (ColumnKind::Text, _) => format!("{value}::text"),
        }
    }

    fn instant(&self, column: &Column) -> String {
        let utc = format!("{}::timestamptz AT TIME ZONE 'UTC'", self.column("t", column));
        format!("to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
    }

    fn checks_each_row(&self) -> bool {
        false
    }

    fn relations(&self, session: &mut dyn Session, names: &[&str]) -> Result<Vec<Relation>, Failure> {
        catalogue::relations(session, names)
    }

    fn references(&self, session: &mut dyn Session, to: &[&Relation]) -> Result<Vec<ForeignKey>, Failure> {
        catalogue::references(session, to)
    }

    fn beside(
        &self,
        session: &mut dyn Session,
        catalogue: &Catalogue,
    ) -> Result<Vec<(String, String, Vec<String>)>, Failure> {
        catalogue::beside(session, catalogue)
    }

    fn about_rows(&self, session: &mut dyn Session, relation: &Relation) -> Result<Option<u64>, Failure> {
        catalogue::about_rows(session, relation)
    }

    fn may_delete(&self, session: &mut dyn Session, relation: &Relation) -> Result<bool, Failure> {
        let mut bound = Bound::default();
        let id = bound.text(&relation.id);
        let text = format!("SELECT has_table_privilege({id}::text::oid, 'DELETE')::text");
        let rows = session.query(&Statement::new(text, bound))?;
        Ok(rows.iter().any(|row| row.is_true(0)))
    }

    fn missing_index(
        &self,
        session: &mut dyn Session,
        relation: &Relation,
        lookup: &Lookup<'_>,
    ) -> Result<Option<String>, Failure> {
        let (condition, index) = match lookup {
            Lookup::Person(kind, column) => (
                format!("{} = (SELECT NULL::text)", form(*kind, &self.column("t", column))),
                format!("({})", form(*kind, &self.quoted(&column.name))),
            ),
            Lookup::Link(columns) => {
                let conditions = columns.iter().map(|column| {
                    format!("{} = (SELECT NULL::{})", self.column("t", column), column.written)
                });
                let names: Vec<String> = columns.iter().map(|column| self.quoted(&column.name)).collect();
                (conditions.collect::<Vec<_>>().join(" AND "), names.join(", "))
            }
        };
        if uses_index(session, relation, &condition)? {
            return Ok(None);
        }
        Ok(Some(format!("CREATE INDEX ON {} ({index})", relation.sql)))
    }
}
