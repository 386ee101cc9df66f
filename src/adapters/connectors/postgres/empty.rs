//! What "empty" is for a column that a reduced row does not keep.
//!
//! NULL where the column allows it. Elsewhere the value of its type that says least: `''` for text, bytes and XML, 0
//! for numbers and intervals, false, 1970-01-01, 00:00, `{}` for arrays and JSON, the nil UUID, 0.0.0.0, the empty
//! range. Enumerations, geometric and other types have none: such a column must be kept or made nullable.

use std::collections::BTreeSet;

use crate::domain::data_map::{System as Mapped, Table};

use super::catalogue::{Column, Relation, quoted};
use super::error::Failure;

/// A column that a reduction empties, and how.
pub(super) struct Emptied<'a> {
    pub(super) column: &'a Column,
    /// The value, absent for NULL.
    value: Option<&'static str>,
}

/// The columns of a reduced row that lose their value: all but those that stay.
pub(super) fn emptied_columns<'a>(
    relation: &'a Relation,
    map: &Mapped,
    table: &Table,
    keep: &[String],
) -> Result<Vec<Emptied<'a>>, Failure> {
    relation.columns_of(keep)?;
    losing(relation, map, table, keep)
        .into_iter()
        .map(|column| {
            Emptied::new(column).ok_or_else(|| {
                Failure::refused(format!(
                    "column {}.{} can be neither kept nor emptied",
                    relation.name, column.name
                ))
            })
        })
        .collect()
}

/// All columns but those in `keep`, the key, what other rows hang on, what the row hangs on itself (it must be found
/// again), and what the database computes or numbers.
pub(super) fn losing<'a>(
    relation: &'a Relation,
    map: &Mapped,
    table: &Table,
    keep: &[String],
) -> Vec<&'a Column> {
    let mut stays: BTreeSet<&String> = keep.iter().chain(&table.key).collect();
    stays.extend(table.parent.iter().flat_map(|parent| parent.on.keys()));
    stays.extend(
        map.children_of(&table.name)
            .filter_map(|child| child.parent.as_ref())
            .flat_map(|parent| parent.on.values()),
    );
    relation
        .columns
        .iter()
        .filter(|column| !column.automatic && !stays.contains(&column.name))
        .collect()
}

impl<'a> Emptied<'a> {
    /// Nothing when the column must have a value and its type has no empty one.
    pub(super) fn new(column: &'a Column) -> Option<Self> {
        let value = if column.not_null {
            Some(least_value(&column.category, &column.base)?)
        } else {
            None
        };
        Some(Self { column, value })
    }

    fn literal(&self) -> String {
        self.value.map_or_else(
            || "NULL".to_owned(),
            |value| format!("'{value}'::{}", self.column.cast),
        )
    }

    /// For an UPDATE.
    pub(super) fn assignment(&self) -> String {
        format!("{} = {}", quoted(&self.column.name), self.literal())
    }

    /// The condition that the row `t` still holds something there.
    pub(super) fn holds_something(&self) -> String {
        match (self.value, self.column.base.as_str()) {
            (None, _) => format!("{} IS NOT NULL", self.column.sql()),
            // These have no equality of their own.
            (Some(_), "json" | "xml") => format!("{} <> {}::text", self.column.text(), self.literal()),
            (Some(_), _) => format!("{} <> {}", self.column.sql(), self.literal()),
        }
    }
}

fn least_value(category: &str, base: &str) -> Option<&'static str> {
    Some(match (category, base) {
        ("S", _) | (_, "bytea" | "xml" | "tsvector" | "hstore") => "",
        ("N" | "T", _) => "0",
        ("B", _) => "false",
        ("A", _) | (_, "json" | "jsonb") => "{}",
        (_, "date" | "timestamp" | "timestamptz") => "1970-01-01",
        (_, "time" | "timetz") => "00:00",
        (_, "uuid") => "00000000-0000-0000-0000-000000000000",
        (_, "inet" | "cidr") => "0.0.0.0",
        (_, "int4range" | "int8range" | "numrange" | "daterange" | "tsrange" | "tstzrange") => "empty",
        _ => return None,
    })
}
