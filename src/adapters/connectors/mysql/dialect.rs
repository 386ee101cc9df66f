//! How MySQL and MariaDB say things.

use crate::adapters::connectors::sql::catalogue::{
    Catalogue, Column, Family, ForeignKey, Relation, values_of,
};
use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::server::{Dialect, Lookup, Session};
use crate::adapters::connectors::sql::statement::{Bound, Statement};
use crate::domain::access::ColumnKind;
use crate::domain::matching::{KeyKind, RowKey};

use super::catalogue;
use super::values::{self, assigned, compared, exactly, is_text, is_whole};

pub(super) struct Mysql;

/// The stored value in the form in which it is looked for. No index of the server's serves such a look-up.
fn form(kind: KeyKind, text: &str) -> String {
    let trimmed = || format!("REGEXP_REPLACE({text}, '^[ \\t\\r\\n]+|[ \\t\\r\\n]+$', '')");
    let digits = || format!("REGEXP_REPLACE({text}, '[^0-9]', '')");
    match kind {
        KeyKind::Email => format!("LOWER({})", trimmed()),
        KeyKind::CustomerNumber => trimmed(),
        KeyKind::PersonalNumber => format!("RIGHT({}, 10)", digits()),
        KeyKind::Phone => digits(),
    }
}

impl Mysql {
    /// The condition that a column has this value, exactly, in a form that an index serves.
    fn equals(
        &self,
        bound: &mut Bound,
        alias: &str,
        column: &Column,
        value: &str,
    ) -> Result<String, Failure> {
        let (cell, value) = (self.column(alias, column), compared(bound, column, value)?);
        let mut condition = format!("{cell} = {value}");
        if is_text(column) {
            let (stored, meant) = (exactly(&values::text(&cell, column)), exactly(&value));
            condition.push_str(&format!(" AND {stored} = {meant}"));
        }
        Ok(condition)
    }

    /// The condition that a row's key comes after these values.
    fn after(&self, bound: &mut Bound, key: &[&Column], values: &[String]) -> Result<String, Failure> {
        let (Some((column, columns)), Some((value, values))) = (key.split_first(), values.split_first())
        else {
            return Ok("1 = 0".to_owned());
        };
        let cell = self.column("t", column);
        let value = compared(bound, column, value)?;
        if columns.is_empty() {
            return Ok(format!("{cell} > {value}"));
        }
        let rest = self.after(bound, columns, values)?;
        Ok(format!("({cell} > {value} OR ({cell} = {value} AND {rest}))"))
    }
}

impl Dialect for Mysql {
    fn quoted(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn text(&self, alias: &str, column: &Column) -> String {
        values::text(&self.column(alias, column), column)
    }

    fn count(&self) -> &'static str {
        "COUNT(*)"
    }

    fn assigned(&self, bound: &mut Bound, column: &Column, value: Option<&str>) -> Result<String, Failure> {
        assigned(bound, column, value)
    }

    fn target(&self, column: &Column) -> String {
        self.column("t", column)
    }

    fn delete(&self, relation: &Relation) -> String {
        format!("DELETE t FROM {} AS t", relation.sql)
    }

    fn holds(&self, bound: &mut Bound, column: &Column, value: Option<&str>) -> Result<String, Failure> {
        let cell = self.column("t", column);
        let Some(value) = value else {
            return Ok(format!("{cell} IS NULL"));
        };
        let value = compared(bound, column, value)?;
        Ok(if is_text(column) {
            let stored = exactly(&values::text(&cell, column));
            format!("{stored} <=> {}", exactly(&value))
        } else {
            format!("{cell} <=> {value}")
        })
    }

    fn shows(&self, bound: &mut Bound, column: &Column, text: Option<&str>) -> String {
        match text {
            None => format!("{} IS NULL", self.column("t", column)),
            Some(text) => {
                let stored = exactly(&self.text("t", column));
                format!("{stored} <=> {}", exactly(&bound.text(text)))
            }
        }
    }

    fn among(
        &self,
        bound: &mut Bound,
        alias: &str,
        key: &[&Column],
        rows: &[RowKey],
    ) -> Result<String, Failure> {
        let mut single = Vec::new();
        let mut conditions = Vec::new();
        for row in rows {
            let values = values_of(key, row)?;
            if let ([column], [value]) = (key, values)
                && !is_text(column)
            {
                single.push(compared(bound, column, value)?);
                continue;
            }
            let equal: Result<Vec<String>, Failure> = key
                .iter()
                .zip(values)
                .map(|(column, value)| self.equals(bound, alias, column, value))
                .collect();
            conditions.push(format!("({})", equal?.join(" AND ")));
        }
        if let ([column], false) = (key, single.is_empty()) {
            return Ok(format!(
                "{} IN ({})",
                self.column(alias, column),
                single.join(", ")
            ));
        }
        if conditions.is_empty() {
            return Ok("1 = 0".to_owned());
        }
        Ok(format!("({})", conditions.join(" OR ")))
    }

    fn beyond(&self, bound: &mut Bound, key: &[&Column], after: &RowKey) -> Result<String, Failure> {
        self.after(bound, key, values_of(key, after)?)
    }

    fn linked(&self, here: &Column, alias: &str, there: &Column) -> String {
        let cell = self.column(alias, there);
        let text = self.text(alias, there);
        if is_text(here) {
            return match &here.collation {
                Some(collation) if !is_text(there) || there.collation.as_ref() != Some(collation) => {
                    format!("CONVERT({text} USING {}) COLLATE {}", collation.0, collation.1)
                }
                _ => cell,
            };
        }
        if is_whole(here) && is_text(there) {
            let number = if here.written.contains("unsigned") {
                "UNSIGNED"
            } else {
                "SIGNED"
            };
            let number = format!("CAST({text} AS {number})");
            let same = format!(
                "{} = {}",
                exactly(&format!("CAST({number} AS CHAR)")),
                exactly(&text)
            );
            return format!("CASE WHEN {same} THEN {number} END");
        }
        cell
    }

    fn may_mean(&self, bound: &mut Bound, kind: KeyKind, column: &Column, forms: Vec<String>) -> String {
        let forms: Vec<String> = forms.into_iter().map(|form| bound.text(form)).collect();
        format!(
            "{} IN ({})",
            form(kind, &self.text("t", column)),
            forms.join(", ")
        )
    }

    /// SHA-256 over the SHA-256 of each value: of its bytes, or of its text where it is no text.
    fn digest(&self, relation: &Relation, of: Option<&[&Column]>) -> String {
        let all: Vec<&Column> = relation.columns.iter().collect();
        let values = of.unwrap_or(&all).iter().map(|column| {
            let stored = matches!(column.base.as_str(), "enum" | "set");
            let bytes = (is_text(column) && !stored) || column.family == Family::Binary;
            let value = if bytes {
                self.column("t", column)
            } else {
                self.text("t", column)
            };
            format!("COALESCE(SHA2({value}, 256), '-')")
        });
        format!("SHA2(CONCAT({}), 256)", values.collect::<Vec<_>>().join(", "))
    }

    fn least(&self, column: &Column) -> Option<String> {
        let value = match (column.family, column.base.as_str()) {
            (Family::Json, _) => "'{}'",
            (_, "enum") => return None,
            (_, "binary") => return Some(format!("CAST('' AS {})", column.written)),
            (Family::Text | Family::Binary, _) => "''",
            (_, "year") => "1970",
            (Family::Number | Family::Truth, _) => "0",
            (Family::Date, _) => "'1970-01-01'",
            // The first second that a timestamp can hold.
            (_, "datetime" | "timestamp") => "'1970-01-01 00:00:01'",
            (_, "time") => "'00:00:00'",
            (_, "uuid") => "'00000000-0000-0000-0000-000000000000'",
            (_, "inet6") => "'::'",
            (_, "inet4") => "'0.0.0.0'",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn holds_more_than(&self, column: &Column, least: &str) -> String {
        match column.family {
            _ if is_text(column) => format!("{} <> {}", exactly(&self.text("t", column)), exactly(least)),
            Family::Json => format!("{} <> {least}", self.text("t", column)),
            _ => format!("{} <> {least}", self.column("t", column)),
        }
    }

    fn kind(&self, column: &Column) -> ColumnKind {
        match column.family {
            Family::Binary => ColumnKind::Binary,
            Family::Number | Family::Truth => ColumnKind::Number,
            Family::Json => ColumnKind::Json,
            _ => ColumnKind::Text,
        }
    }

    /// Texts and bytes as they are: the connection brings texts into its character set and bytes into base64.
    fn told(&self, column: &Column) -> String {
        let cell = self.column("t", column);
        let text = self.text("t", column);
        match (column.family, column.base.as_str()) {
            (Family::Binary, _) => cell,
            _ if is_text(column) => cell,
            // Without the zeros that a column may be filled up with.
            _ if is_whole(column) => format!("CAST({cell} + 0 AS CHAR)"),
            (_, "datetime") => format!("REPLACE({text}, ' ', 'T')"),
            (_, "timestamp") => format!("CONCAT(REPLACE({text}, ' ', 'T'), '+00:00')"),
            _ => text,
        }
    }

    fn instant(&self, column: &Column) -> String {
        format!("DATE_FORMAT({}, '%Y-%m-%dT%H:%i:%sZ')", self.column("t", column))
    }

    fn checks_each_row(&self) -> bool {
        true
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
        catalogue::may_delete(session, relation)
    }

    /// Finding a person goes by a form that no index of these servers serves, so that nothing is missed there.
    fn missing_index(
        &self,
        session: &mut dyn Session,
        relation: &Relation,
        lookup: &Lookup<'_>,
    ) -> Result<Option<String>, Failure> {
        let Lookup::Link(columns) = lookup else {
            return Ok(None);
        };
        if catalogue::is_indexed(session, relation, columns)? {
            return Ok(None);
        }
        let names: Vec<String> = columns.iter().map(|column| self.quoted(&column.name)).collect();
        Ok(Some(format!(
            "ALTER TABLE {} ADD INDEX ({})",
            relation.sql,
            names.join(", ")
        )))
    }
}

/// A statement with texts bound in the places of `{}`, in order.
pub(super) fn asked(text: &str, texts: &[&str]) -> Statement {
    let mut bound = Bound::default();
    let mut written = String::new();
    let mut texts = texts.iter();
    for (at, piece) in text.split("{}").enumerate() {
        if at > 0
            && let Some(value) = texts.next()
        {
            written.push_str(&bound.text(*value));
        }
        written.push_str(piece);
    }
    Statement::new(written, bound)
}
