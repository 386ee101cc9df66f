//! What an erasure changes: deleting, reducing. Each batch is a transaction of its own and can be repeated.

use crate::domain::data_map::Table;
use crate::domain::matching::RowKey;

use super::Host;
use super::catalogue::{Catalogue, Column, Relation};
use super::empty::{Emptied, emptied_columns};
use super::error::Failure;
use super::server::{Dialect, Mode};
use super::statement::{Bound, Statement};
use super::{loosen, untangle};

/// Rows in a batch.
pub(super) const BATCH: usize = 500;

/// Deletes rows; the count is of those that were still there.
pub(super) fn delete(host: &mut Host<'_>, table: &Table, rows: &[RowKey]) -> Result<u64, Failure> {
    let (relation, key) = writable(host.catalogue, table)?;
    let mut session = host.connection.begin(Mode::View)?;
    let references = host.sql.references(&mut *session, &[relation])?;
    session.commit()?;
    let pointers = loosen::pointers(host, table, &references)?;
    let mut deleted = 0;
    for batch in untangle::batches(host, relation, &key, rows, references)? {
        let mut session = host.connection.begin(Mode::Change)?;
        for pointer in &pointers {
            pointer.empty(host.sql, &mut *session, relation, &key, &batch.rows)?;
        }
        if let Some(statement) = batch.before(host.sql, relation, &key)? {
            session.execute(&statement)?;
        }
        let mut bound = Bound::default();
        let among = host.sql.among(&mut bound, "t", &key, &batch.rows)?;
        let text = format!("{} WHERE {among}", host.sql.delete(relation));
        deleted += session.execute(&Statement::new(text, bound))?;
        session.commit()?;
    }
    Ok(deleted)
}

/// Empties rows but for what stays; the count is of the rows that are there.
pub(super) fn reduce(
    host: &mut Host<'_>,
    table: &Table,
    keep: &[String],
    rows: &[RowKey],
) -> Result<u64, Failure> {
    let (relation, key) = writable(host.catalogue, table)?;
    let emptied = emptied_columns(host.sql, relation, host.map, table, keep)?;
    if emptied.is_empty() {
        return count(host, relation, &key, rows, |_| Ok("1 = 1".to_owned()));
    }
    let assignments: Vec<String> = emptied.iter().map(Emptied::assignment).collect();
    update(host, relation, &key, rows, |_| Ok((assignments.join(", "), None)))
}

/// How many rows still hold something in a column that a reduction empties.
pub(super) fn unreduced(
    host: &mut Host<'_>,
    table: &Table,
    keep: &[String],
    rows: &[RowKey],
) -> Result<u64, Failure> {
    let (relation, key) = writable(host.catalogue, table)?;
    let emptied = emptied_columns(host.sql, relation, host.map, table, keep)?;
    if emptied.is_empty() {
        return Ok(0);
    }
    let conditions: Vec<String> = emptied.iter().map(Emptied::holds_something).collect();
    count(host, relation, &key, rows, |_| Ok(conditions.join(" OR ")))
}

/// The table and its key, when that names one row: else rows of others would go too.
pub(super) fn writable<'a>(
    catalogue: &'a Catalogue,
    table: &Table,
) -> Result<(&'a Relation, Vec<&'a Column>), Failure> {
    let relation = catalogue.relation(&table.name)?;
    let key = relation.columns_of(&table.key)?;
    if relation.is_unique(&table.key) {
        Ok((relation, key))
    } else {
        let reason = format!("the key of table {} is not unique in the database", relation.name);
        Err(Failure::refused(reason))
    }
}

/// What is assigned, and for which of the rows if not for all.
pub(super) type Change = (String, Option<String>);

/// Updates rows `t`, a batch at a time; says how many were meant that are there.
pub(super) fn update(
    host: &mut Host<'_>,
    relation: &Relation,
    key: &[&Column],
    rows: &[RowKey],
    mut change: impl FnMut(&mut Bound) -> Result<Change, Failure>,
) -> Result<u64, Failure> {
    let mut changed = 0;
    for batch in rows.chunks(BATCH) {
        let statement = updating(host.sql, relation, key, batch, &mut change)?;
        let mut session = host.connection.begin(Mode::Change)?;
        changed += session.execute(&statement)?;
        session.commit()?;
    }
    Ok(changed)
}

/// The statement that updates these rows.
pub(super) fn updating(
    sql: &dyn Dialect,
    relation: &Relation,
    key: &[&Column],
    rows: &[RowKey],
    change: &mut dyn FnMut(&mut Bound) -> Result<Change, Failure>,
) -> Result<Statement, Failure> {
    let mut bound = Bound::default();
    let (assignments, condition) = change(&mut bound)?;
    let among = sql.among(&mut bound, "t", key, rows)?;
    let mut text = format!("UPDATE {} AS t SET {assignments} WHERE {among}", relation.sql);
    if let Some(condition) = condition {
        text.push_str(&format!(" AND ({condition})"));
    }
    Ok(Statement::new(text, bound))
}

/// How many of these rows fulfil a condition.
pub(super) fn count(
    host: &mut Host<'_>,
    relation: &Relation,
    key: &[&Column],
    rows: &[RowKey],
    mut condition: impl FnMut(&mut Bound) -> Result<String, Failure>,
) -> Result<u64, Failure> {
    let mut session = host.connection.begin(Mode::View)?;
    let mut counted = 0;
    for batch in rows.chunks(BATCH) {
        let mut bound = Bound::default();
        let condition = condition(&mut bound)?;
        let text = format!(
            "SELECT {} FROM {} AS t WHERE {} AND ({condition})",
            host.sql.count(),
            relation.sql,
            host.sql.among(&mut bound, "t", key, batch)?
        );
        for row in session.query(&Statement::new(text, bound))? {
            counted += row.number(0)?;
        }
    }
    session.commit()?;
    Ok(counted)
}

/// Assignments of these values to these columns.
pub(super) fn assignments<'a>(
    sql: &dyn Dialect,
    bound: &mut Bound,
    values: impl IntoIterator<Item = (&'a Column, Option<&'a str>)>,
) -> Result<String, Failure> {
    let mut written = Vec::new();
    for (column, value) in values {
        let assigned = sql.assigned(bound, column, value)?;
        written.push(format!("{} = {assigned}", sql.target(column)));
    }
    Ok(written.join(", "))
}
