//! What is asked about retained rows, years after: are they as they were, does anything refer to them, are they barred.

use std::collections::BTreeMap;

use postgres::Client;
use postgres::types::ToSql;

use crate::domain::data_map::{Bar, Parent, System as Mapped, Table};
use crate::domain::matching::RowKey;

use super::catalogue::{Catalogue, Column, among_keys, arrays, quoted, row_key, unnested};
use super::error::Failure;
use super::survey::digest;
use super::write::{BATCH, count, in_batches, writable};

/// Sets the bar of the table in those of these rows that do not have it; the count is of them.
pub(super) fn bar(
    client: &mut Client,
    catalogue: &Catalogue,
    table: &Table,
    rows: &[RowKey],
) -> Result<u64, Failure> {
    let Some(bar) = bar_of(table) else { return Ok(0) };
    let (relation, key) = writable(catalogue, table)?;
    let column = relation.column(&bar.column)?;
    let statement = format!(
        "UPDATE {} AS t SET {} = {set} WHERE {} AND {} IS DISTINCT FROM ({set})::text",
        relation.sql,
        quoted(&column.name),
        among_keys(&key),
        column.text(),
        set = set_to(&key, column),
    );
    in_batches(client, &statement, &[&bar.set], &key, rows, BATCH)
}

/// How many of these rows have another value in the bar's column.
pub(super) fn unbarred(
    client: &mut Client,
    catalogue: &Catalogue,
    table: &Table,
    rows: &[RowKey],
) -> Result<u64, Failure> {
    let Some(bar) = bar_of(table) else { return Ok(0) };
    let (relation, key) = writable(catalogue, table)?;
    let column = relation.column(&bar.column)?;
    let barred = format!(
        "{} IS DISTINCT FROM ({})::text",
        column.text(),
        set_to(&key, column)
    );
    count(client, relation, &key, (&barred, &[&bar.set]), rows)
}

fn bar_of(table: &Table) -> Option<&Bar> {
    table.erase.retain()?.bar.as_ref()
}

/// The value bound after the keys, as one of the column's type.
fn set_to(key: &[&Column], column: &Column) -> String {
    format!("${}::text::{}", key.len() + 1, column.cast)
}

/// Those of these rows that are there, with their checksums.
pub(super) fn digests(
    client: &mut Client,
    catalogue: &Catalogue,
    table: &Table,
    rows: &[RowKey],
) -> Result<BTreeMap<RowKey, String>, Failure> {
    let (relation, key) = writable(catalogue, table)?;
    let columns: Vec<String> = key.iter().map(|column| column.text()).collect();
    let statement = format!(
        "SELECT {}, {} FROM {} AS t WHERE {}",
        columns.join(", "),
        digest(relation, table),
        relation.sql,
        among_keys(&key)
    );
    let mut found = BTreeMap::new();
    for batch in rows.chunks(BATCH) {
        let bound = arrays(batch.iter().map(|key| key.0.as_slice()), key.len())?;
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|array| array as _).collect();
        for row in client.query(&statement, &params)? {
            found.insert(row_key(&row, 0, key.len(), relation)?, row.try_get(key.len())?);
        }
    }
    Ok(found)
}

/// Rows of any table that refer to these, through a parent or a link that keeps.
pub(super) fn referring(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    table: &Table,
    rows: &[RowKey],
) -> Result<BTreeMap<String, Vec<RowKey>>, Failure> {
    let mut found: BTreeMap<String, Vec<RowKey>> = BTreeMap::new();
    for other in &map.tables {
        let kept = other.erase.retain().into_iter().flat_map(|rule| &rule.keeps);
        for link in other
            .parent
            .iter()
            .chain(kept)
            .filter(|link| link.table == table.name)
        {
            let keys = linked(client, catalogue, (other, link), table, rows)?;
            if !keys.is_empty() {
                found.entry(other.name.clone()).or_default().extend(keys);
            }
        }
    }
    Ok(found)
}

fn linked(
    client: &mut Client,
    catalogue: &Catalogue,
    (other, link): (&Table, &Parent),
    table: &Table,
    rows: &[RowKey],
) -> Result<Vec<RowKey>, Failure> {
    let (relation, key) = writable(catalogue, table)?;
    let from = catalogue.relation(&other.name)?;
    let their_key = from.columns_of(&other.key)?;
    let (here, there) = (
        from.columns_of(link.on.keys())?,
        relation.columns_of(link.on.values())?,
    );
    let on: Vec<String> = here
        .iter()
        .zip(&there)
        .map(|(here, there)| format!("t.{} = p.{}", quoted(&here.name), quoted(&there.name)))
        .collect();
    let names: Vec<String> = (0..key.len()).map(|at| format!("v{at}")).collect();
    let same: Vec<String> = key
        .iter()
        .zip(&names)
        .map(|(column, name)| format!("p.{} = k.{name}", quoted(&column.name)))
        .collect();
    let selected: Vec<String> = their_key.iter().map(|column| column.text()).collect();
    let statement = format!(
        "SELECT DISTINCT {} FROM {} AS k({}) JOIN {} AS p ON {} JOIN {} AS t ON {}",
        selected.join(", "),
        unnested(&key),
        names.join(", "),
        relation.sql,
        same.join(" AND "),
        from.sql,
        on.join(" AND ")
    );
    let mut found = Vec::new();
    for batch in rows.chunks(BATCH) {
        let bound = arrays(batch.iter().map(|key| key.0.as_slice()), key.len())?;
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|array| array as _).collect();
        for row in client.query(&statement, &params)? {
            found.push(row_key(&row, 0, their_key.len(), from)?);
        }
    }
    Ok(found)
}
