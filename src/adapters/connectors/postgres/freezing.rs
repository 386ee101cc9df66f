//! Stopping accounts while they are erased, and giving them back when the erasure does not go on.

use std::collections::BTreeMap;

use postgres::Client;
use postgres::types::ToSql;

use crate::domain::data_map::{Freeze, System as Mapped, Table};
use crate::domain::matching::RowKey;
use crate::services::ports::AccountBefore;

use super::catalogue::{Catalogue, Column, among_keys, arrays, quoted, row_key};
use super::error::Failure;
use super::survey;
use super::write::{BATCH, in_batches, writable};

/// Sets the freeze's values in the accounts among the roots, or hanging on them.
pub(super) fn freeze(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    roots: &BTreeMap<String, Vec<RowKey>>,
) -> Result<u64, Failure> {
    let Some((freeze, table)) = frozen_table(map)? else {
        return Ok(0);
    };
    let (relation, key) = writable(catalogue, table)?;
    let columns = relation.columns_of(freeze.set.keys())?;
    let values: Vec<&str> = freeze.set.values().map(String::as_str).collect();
    if columns.is_empty() {
        return Ok(0);
    }
    let rows = survey::reached(client, catalogue, map, table, roots)?;
    let assignments: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let parameter = key.len() + at + 1;
            format!("{} = ${parameter}::text::{}", quoted(&column.name), column.cast)
        })
        .collect();
    let statement = format!(
        "UPDATE {} AS t SET {} WHERE {}",
        relation.sql,
        assignments.join(", "),
        among_keys(&key)
    );
    in_batches(client, &statement, &values, &key, &rows, BATCH)
}

/// The accounts among the roots, or hanging on them, with what the freeze would overwrite.
pub(super) fn accounts(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    roots: &BTreeMap<String, Vec<RowKey>>,
) -> Result<Vec<AccountBefore>, Failure> {
    let Some((freeze, table)) = frozen_table(map)? else {
        return Ok(vec![]);
    };
    let (relation, key) = writable(catalogue, table)?;
    let columns = relation.columns_of(freeze.set.keys())?;
    let rows = survey::reached(client, catalogue, map, table, roots)?;
    let selected: Vec<String> = key.iter().chain(&columns).map(|column| column.text()).collect();
    let statement = format!(
        "SELECT {} FROM {} AS t WHERE {}",
        selected.join(", "),
        relation.sql,
        among_keys(&key)
    );
    let mut found = Vec::new();
    for batch in rows.chunks(BATCH) {
        let bound = arrays(batch.iter().map(|key| key.0.as_slice()), key.len())?;
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|array| array as _).collect();
        for row in client.query(&statement, &params)? {
            let mut values = BTreeMap::new();
            for (at, column) in columns.iter().enumerate() {
                values.insert(column.name.clone(), row.try_get(key.len() + at)?);
            }
            let key = row_key(&row, 0, key.len(), relation)?;
            found.push(AccountBefore { key, values });
        }
    }
    found.sort();
    Ok(found)
}

/// Gives accounts that are frozen what they held before. One that was changed since is left as it is.
pub(super) fn thaw(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    accounts: &[AccountBefore],
) -> Result<u64, Failure> {
    let Some((freeze, table)) = frozen_table(map)? else {
        return Ok(0);
    };
    let (relation, key) = writable(catalogue, table)?;
    let columns = relation.columns_of(freeze.set.keys())?;
    if columns.is_empty() {
        return Ok(0);
    }
    let mut alike: BTreeMap<&BTreeMap<String, Option<String>>, Vec<RowKey>> = BTreeMap::new();
    for account in accounts {
        alike
            .entry(&account.values)
            .or_default()
            .push(account.key.clone());
    }
    let mut thawed = 0;
    for (before, rows) in alike {
        let (statement, values) = thawing(&relation.sql, &key, &columns, freeze, before);
        let mut transaction = client.transaction()?;
        for batch in rows.chunks(BATCH) {
            let bound = arrays(batch.iter().map(|key| key.0.as_slice()), key.len())?;
            let keys = bound.iter().map(|array| array as &(dyn ToSql + Sync));
            let params: Vec<_> = keys.chain(values.iter().map(|value| value as _)).collect();
            thawed += transaction.execute(&statement, &params)?;
        }
        transaction.commit()?;
    }
    Ok(thawed)
}

/// The statement, and the values bound after the keys: what the columns held, then what the freeze set.
fn thawing<'a>(
    sql: &str,
    key: &[&Column],
    columns: &[&Column],
    freeze: &'a Freeze,
    before: &'a BTreeMap<String, Option<String>>,
) -> (String, Vec<Option<&'a str>>) {
    let parameter =
        |place: usize, column: &Column| format!("${}::text::{}", key.len() + place + 1, column.cast);
    let mut assignments = Vec::new();
    let mut conditions = vec![among_keys(key)];
    let mut values = Vec::new();
    for column in columns {
        assignments.push(format!(
            "{} = {}",
            quoted(&column.name),
            parameter(values.len(), column)
        ));
        values.push(before.get(&column.name).and_then(Option::as_deref));
        let still = parameter(values.len(), column);
        conditions.push(format!("{} = ({still})::text", column.text()));
        values.push(freeze.set.get(&column.name).map(String::as_str));
    }
    let statement = format!(
        "UPDATE {sql} AS t SET {} WHERE {}",
        assignments.join(", "),
        conditions.join(" AND ")
    );
    (statement, values)
}

fn frozen_table(map: &Mapped) -> Result<Option<(&Freeze, &Table)>, Failure> {
    let Some(freeze) = &map.freeze else {
        return Ok(None);
    };
    let table = map
        .table(&freeze.table)
        .ok_or_else(|| Failure::unknown(&freeze.table))?;
    Ok(Some((freeze, table)))
}
