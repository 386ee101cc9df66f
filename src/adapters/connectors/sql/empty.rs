//! What "empty" is for a column that a reduced row does not keep.
//!
//! NULL where the column allows it. Elsewhere the value of its type that says least: `''` for text, bytes and XML, 0
//! for numbers and intervals, false, 1970-01-01, 00:00, `{}` for arrays and JSON, the nil UUID, 0.0.0.0, the empty
//! range. Enumerations, geometric and other types have none: such a column must be kept or made nullable.

use std::collections::BTreeSet;

use crate::domain::data_map::{EraseRule, FieldRule, Pseudonym, System as Mapped, Table};

use super::catalogue::{Column, Family, Relation};
use super::error::Failure;
use super::server::Dialect;

/// A column that a reduction empties, and how.
pub(super) struct Emptied<'a> {
    sql: &'static dyn Dialect,
    column: &'a Column,
    /// The value, absent for NULL.
    value: Option<String>,
}

/// The columns of a reduced row that lose their value: all but those that stay.
pub(super) fn emptied_columns<'a>(
    sql: &'static dyn Dialect,
    relation: &'a Relation,
    map: &Mapped,
    table: &Table,
    keep: &[String],
) -> Result<Vec<Emptied<'a>>, Failure> {
    if let EraseRule::Fields(fields) = &table.erase {
        let ruled = fields.iter().map(|(name, rule)| {
            let column = relation.column(name)?;
            Emptied::ruled(sql, relation, table, column, *rule).ok_or_else(|| unfit(relation, column))
        });
        return ruled.collect();
    }
    relation.columns_of(keep)?;
    losing(relation, map, table, keep)
        .into_iter()
        .map(|column| Emptied::new(sql, column).ok_or_else(|| unfit(relation, column)))
        .collect()
}

fn unfit(relation: &Relation, column: &Column) -> Failure {
    Failure::refused(format!(
        "column {}.{} can be neither kept nor emptied",
        relation.name, column.name
    ))
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
    pub(super) fn new(sql: &'static dyn Dialect, column: &'a Column) -> Option<Self> {
        let value = if column.not_null {
            Some(sql.least(column)?)
        } else {
            None
        };
        Some(Self { sql, column, value })
    }

    /// As a rule for the single field says; nothing when that cannot be.
    pub(super) fn ruled(
        sql: &'static dyn Dialect,
        relation: &Relation,
        table: &Table,
        column: &'a Column,
        rule: FieldRule,
    ) -> Option<Self> {
        if column.automatic || table.key.contains(&column.name) {
            return None;
        }
        let FieldRule::Replace(pseudonym) = rule else {
            return Self::new(sql, column);
        };
        if column.family != Family::Text {
            return None;
        }
        let key = relation.columns_of(&table.key).ok()?;
        let key: Vec<String> = key.into_iter().map(|column| sql.text("t", column)).collect();
        let key = key.join(", '-', ");
        let value = match pseudonym {
            Pseudonym::Text => format!("concat('erased-', {key})"),
            Pseudonym::Email => format!("concat('erased-', {key}, '@erased.invalid')"),
            Pseudonym::Phone => "'0000000000'".to_owned(),
        };
        Some(Self {
            sql,
            column,
            value: Some(value),
        })
    }

    /// For an UPDATE.
    pub(super) fn assignment(&self) -> String {
        let value = self.value.as_deref().unwrap_or("NULL");
        format!("{} = {value}", self.sql.target(self.column))
    }

    /// The condition that the row `t` still holds something there.
    pub(super) fn holds_something(&self) -> String {
        match &self.value {
            None => format!("{} IS NOT NULL", self.sql.column("t", self.column)),
            Some(least) => self.sql.holds_more_than(self.column, least),
        }
    }
}
