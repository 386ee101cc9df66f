//! Tables that refer to each other in a ring: a row that points back at one of its own, such as a customer at their main
//! contact, has the pointer emptied when that goes.

use std::collections::BTreeSet;

use crate::domain::data_map::{EraseRule, System as Mapped, Table};
use crate::domain::matching::RowKey;

use super::Host;
use super::catalogue::{Catalogue, Column, ForeignKey, Relation, row_key};
use super::error::Failure;
use super::server::{Dialect, Session};
use super::statement::{Bound, Statement};
use super::write::{assignments, updating};

/// A pointer from rows of a table to rows that go before them.
pub(super) struct Pointer<'a> {
    relation: &'a Relation,
    key: Vec<&'a Column>,
    /// What is emptied.
    column: &'a Column,
    /// How to get from the rows that go, `p`, to the rows `t` of the same person that point at them.
    joins: String,
}

/// The column whose emptying frees a row from what a constraint ties it to, if the map lets it go at all: a retained
/// row is never touched, and neither is what else a row is found or kept by.
pub(super) fn free_column<'a>(
    map: &Mapped,
    from: &Table,
    relation: &'a Relation,
    reference: &ForeignKey,
) -> Option<&'a Column> {
    let kept: &[String] = match &from.erase {
        EraseRule::Delete => &[],
        EraseRule::DeleteOrReduce { keep } => keep,
        EraseRule::Fields(_) | EraseRule::Retain(_) | EraseRule::Keep { .. } => return None,
    };
    let mut stays: BTreeSet<&String> = kept.iter().chain(&from.key).collect();
    stays.extend(from.parent.iter().flat_map(|parent| parent.on.keys()));
    let below = map
        .children_of(&from.name)
        .filter_map(|child| child.parent.as_ref());
    stays.extend(below.flat_map(|parent| parent.on.values()));
    reference
        .columns
        .iter()
        .filter(|column| !stays.contains(column))
        .filter_map(|column| relation.column(column).ok())
        .find(|column| !column.not_null && !column.automatic)
}

/// Whether rows of both tables hang on the same rows, or those of one on the other's.
pub(super) fn share_an_owner(map: &Mapped, one: &Table, other: &Table) -> bool {
    let owners: BTreeSet<&str> = lineage(map, one)
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    lineage(map, other)
        .iter()
        .any(|table| owners.contains(table.name.as_str()))
}

/// The table and those that its rows hang on, up to the first.
fn lineage<'a>(map: &'a Mapped, table: &'a Table) -> Vec<&'a Table> {
    let mut line = vec![table];
    let mut here = table;
    while let Some(above) = here.parent.as_ref().and_then(|parent| map.table(&parent.table)) {
        if line.iter().any(|known| known.name == above.name) {
            break;
        }
        line.push(above);
        here = above;
    }
    line
}

/// What points at rows of this table and would keep them from going.
pub(super) fn pointers<'a>(
    host: &Host<'a>,
    table: &Table,
    references: &[ForeignKey],
) -> Result<Vec<Pointer<'a>>, Failure> {
    let (catalogue, map, sql) = (host.catalogue, host.map, host.sql);
    let to = catalogue.relation(&table.name)?;
    let mut pointers = Vec::new();
    for reference in references.iter().filter(|it| !it.acts && it.from != it.to) {
        let Some(relation) = catalogue
            .relations()
            .find(|relation| relation.id == reference.from)
        else {
            continue;
        };
        let Some(from) = map.table(&relation.name) else {
            continue;
        };
        let Some(column) = free_column(map, from, relation, reference) else {
            continue;
        };
        let way = Way { sql, catalogue, map };
        if let Some(joins) = way.joins(table, to, from, relation, reference)? {
            let key = relation.columns_of(&from.key)?;
            pointers.push(Pointer {
                relation,
                key,
                column,
                joins,
            });
        }
    }
    Ok(pointers)
}

struct Way<'a> {
    sql: &'static dyn Dialect,
    catalogue: &'a Catalogue,
    map: &'a Mapped,
}

impl Way<'_> {
    /// From `p` to the rows `t` that point at it, and from both up to the same owner; nothing when they share none.
    fn joins(
        &self,
        table: &Table,
        to: &Relation,
        from: &Table,
        relation: &Relation,
        reference: &ForeignKey,
    ) -> Result<Option<String>, Failure> {
        let (theirs, ours) = (lineage(self.map, from), lineage(self.map, table));
        let shared = theirs.iter().enumerate().find_map(|(up, owner)| {
            let place = ours.iter().position(|one| one.name == owner.name)?;
            Some((up, place))
        });
        let Some((up, place)) = shared else {
            return Ok(None);
        };
        let pairs = reference.columns.iter().zip(&reference.to_columns);
        let on: Result<Vec<String>, Failure> = pairs
            .map(|(here, there)| {
                let (here, there) = (relation.column(here)?, to.column(there)?);
                let (here, there) = (self.sql.column("t", here), self.sql.column("p", there));
                Ok(format!("{here} = {there}"))
            })
            .collect();
        let mut joins = format!("JOIN {} AS t ON {}", relation.sql, on?.join(" AND "));
        let one = self.climb(&mut joins, ("p", "a"), ours.get(..=place).unwrap_or_default())?;
        let other = self.climb(&mut joins, ("t", "b"), theirs.get(..=up).unwrap_or_default())?;
        let Some(owner) = theirs.get(up) else {
            return Ok(None);
        };
        let key = self.catalogue.relation(&owner.name)?.columns_of(&owner.key)?;
        let same: Vec<String> = key
            .iter()
            .map(|column| {
                format!(
                    "{} = {}",
                    self.sql.column(&one, column),
                    self.sql.column(&other, column)
                )
            })
            .collect();
        // The last condition of the whole statement stands behind this one.
        joins.push_str(&format!(" WHERE {} AND ", same.join(" AND ")));
        Ok(Some(joins))
    }

    /// Joins the rows above, one by one; says what the topmost is called.
    fn climb(
        &self,
        joins: &mut String,
        (first, prefix): (&str, &str),
        line: &[&Table],
    ) -> Result<String, Failure> {
        let mut below = first.to_owned();
        for (at, pair) in line.windows(2).enumerate() {
            let [child, above] = pair else { continue };
            let Some(parent) = &child.parent else { continue };
            let (child, above) = (
                self.catalogue.relation(&child.name)?,
                self.catalogue.relation(&above.name)?,
            );
            let alias = format!("{prefix}{at}");
            let mut on = Vec::new();
            for (here, there) in &parent.on {
                let (here, there) = (child.column(here)?, above.column(there)?);
                let linked = self.sql.linked(here, &alias, there);
                on.push(format!("{} = {linked}", self.sql.column(&below, here)));
            }
            joins.push_str(&format!(" JOIN {} AS {alias} ON {}", above.sql, on.join(" AND ")));
            below = alias;
        }
        Ok(below)
    }
}

impl Pointer<'_> {
    /// Empties it in the rows of the same person that point at these rows of `table`.
    pub(super) fn empty(
        &self,
        sql: &dyn Dialect,
        session: &mut dyn Session,
        table: &Relation,
        key: &[&Column],
        rows: &[RowKey],
    ) -> Result<(), Failure> {
        let selected: Vec<String> = self.key.iter().map(|column| sql.text("t", column)).collect();
        let mut bound = Bound::default();
        let text = format!(
            "SELECT {} FROM {} AS p {}{}",
            selected.join(", "),
            table.sql,
            self.joins,
            sql.among(&mut bound, "p", key, rows)?
        );
        let found = session.query(&Statement::new(text, bound))?;
        let pointing: Result<Vec<RowKey>, Failure> = found
            .iter()
            .map(|row| row_key(row, 0, self.key.len(), self.relation))
            .collect();
        let pointing = pointing?;
        if pointing.is_empty() {
            return Ok(());
        }
        let mut change = |bound: &mut Bound| Ok((assignments(sql, bound, [(self.column, None)])?, None));
        session.execute(&updating(sql, self.relation, &self.key, &pointing, &mut change)?)?;
        Ok(())
    }
}
