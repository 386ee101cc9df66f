//! What an erasure changes: deleting, reducing. Each batch is a transaction of its own and can be repeated.

use postgres::Client;
use postgres::types::ToSql;

use crate::domain::data_map::{System as Mapped, Table};
use crate::domain::matching::RowKey;

use super::catalogue::{Catalogue, Column, Relation, among_keys, arrays};
use super::empty::{Emptied, emptied_columns};
use super::error::Failure;

/// Rows in a batch.
pub(super) const BATCH: usize = 500;

/// Deletes rows; the count is of those that were still there. Rows of a table that refers to itself go in one batch,
/// because they may refer to each other.
pub(super) fn delete(
    client: &mut Client,
    catalogue: &Catalogue,
    table: &Table,
    rows: &[RowKey],
) -> Result<u64, Failure> {
    let (relation, key) = writable(catalogue, table)?;
    let statement = format!("DELETE FROM {} AS t WHERE {}", relation.sql, among_keys(&key));
    let size = if relation.refers_to_itself {
        rows.len()
    } else {
        BATCH
    };
    in_batches(client, &statement, &[], &key, rows, size)
}

/// Empties rows but for what stays; the count is of the rows that are there.
pub(super) fn reduce(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    table: &Table,
    keep: &[String],
    rows: &[RowKey],
) -> Result<u64, Failure> {
    let (relation, key) = writable(catalogue, table)?;
    let emptied = emptied_columns(relation, map, table, keep)?;
    if emptied.is_empty() {
        return count(client, relation, &key, ("true", &[]), rows);
    }
    let assignments: Vec<String> = emptied.iter().map(Emptied::assignment).collect();
    let statement = format!(
        "UPDATE {} AS t SET {} WHERE {}",
        relation.sql,
        assignments.join(", "),
        among_keys(&key)
    );
    in_batches(client, &statement, &[], &key, rows, BATCH)
}

/// How many rows still hold something in a column that a reduction empties.
pub(super) fn unreduced(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    table: &Table,
    keep: &[String],
    rows: &[RowKey],
) -> Result<u64, Failure> {
    let (relation, key) = writable(catalogue, table)?;
    let emptied = emptied_columns(relation, map, table, keep)?;
    if emptied.is_empty() {
        return Ok(0);
    }
    let conditions: Vec<String> = emptied.iter().map(Emptied::holds_something).collect();
    count(client, relation, &key, (&conditions.join(" OR "), &[]), rows)
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

/// Runs a statement for each batch of keys, `values` bound after them.
pub(super) fn in_batches(
    client: &mut Client,
    statement: &str,
    values: &[&str],
    key: &[&Column],
    rows: &[RowKey],
    size: usize,
) -> Result<u64, Failure> {
    let mut changed = 0;
    for batch in rows.chunks(size.max(1)) {
        let bound = arrays(batch.iter().map(|key| key.0.as_slice()), key.len())?;
        let keys = bound.iter().map(|array| array as &(dyn ToSql + Sync));
        let values = values.iter().map(|value| value as _);
        let params: Vec<&(dyn ToSql + Sync)> = keys.chain(values).collect();
        let mut transaction = client.transaction()?;
        changed += transaction.execute(statement, &params)?;
        transaction.commit()?;
    }
    Ok(changed)
}

/// How many of these rows fulfil a condition, `values` bound after the keys.
pub(super) fn count(
    client: &mut Client,
    relation: &Relation,
    key: &[&Column],
    (condition, values): (&str, &[&str]),
    rows: &[RowKey],
) -> Result<u64, Failure> {
    let statement = format!(
        "SELECT count(*) FROM {} AS t WHERE {} AND ({condition})",
        relation.sql,
        among_keys(key)
    );
    let mut counted = 0;
    for batch in rows.chunks(BATCH) {
        let bound = arrays(batch.iter().map(|key| key.0.as_slice()), key.len())?;
        let keys = bound.iter().map(|array| array as &(dyn ToSql + Sync));
        let params: Vec<_> = keys.chain(values.iter().map(|value| value as _)).collect();
        let rows: i64 = client.query_one(&statement, &params)?.try_get(0)?;
        counted += u64::try_from(rows).unwrap_or_default();
    }
    Ok(counted)
}
