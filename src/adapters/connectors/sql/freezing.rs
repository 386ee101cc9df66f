//! Stopping accounts while they are erased, and giving them back when the erasure does not go on.

use std::collections::BTreeMap;

use crate::domain::data_map::{Freeze, System as Mapped, Table};
use crate::domain::matching::RowKey;
use crate::services::ports::AccountBefore;

use super::catalogue::row_key;
use super::error::Failure;
use super::server::Mode;
use super::statement::{Bound, Statement};
use super::write::{BATCH, assignments, update, updating, writable};
use super::{Host, survey};

/// Sets the freeze's values in the accounts among the roots, or hanging on them.
pub(super) fn freeze(host: &mut Host<'_>, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<u64, Failure> {
    let Some((freeze, table)) = frozen_table(host.map)? else {
        return Ok(0);
    };
    let (relation, key) = writable(host.catalogue, table)?;
    let columns = relation.columns_of(freeze.set.keys())?;
    if columns.is_empty() {
        return Ok(0);
    }
    let sql = host.sql;
    let rows = survey::reached(host, table, roots)?;
    update(host, relation, &key, &rows, |bound| {
        let values = freeze.set.values().map(|value| Some(value.as_str()));
        Ok((
            assignments(sql, bound, columns.iter().copied().zip(values))?,
            None,
        ))
    })
}

/// The accounts among the roots, or hanging on them, with what the freeze would overwrite.
pub(super) fn accounts(
    host: &mut Host<'_>,
    roots: &BTreeMap<String, Vec<RowKey>>,
) -> Result<Vec<AccountBefore>, Failure> {
    let Some((freeze, table)) = frozen_table(host.map)? else {
        return Ok(vec![]);
    };
    let (relation, key) = writable(host.catalogue, table)?;
    let columns = relation.columns_of(freeze.set.keys())?;
    let rows = survey::reached(host, table, roots)?;
    let selected: Vec<String> = key
        .iter()
        .chain(&columns)
        .map(|column| host.sql.text("t", column))
        .collect();
    let mut found = Vec::new();
    let mut session = host.connection.begin(Mode::View)?;
    for batch in rows.chunks(BATCH) {
        let mut bound = Bound::default();
        let text = format!(
            "SELECT {} FROM {} AS t WHERE {}",
            selected.join(", "),
            relation.sql,
            host.sql.among(&mut bound, "t", &key, batch)?
        );
        for row in session.query(&Statement::new(text, bound))? {
            let values = columns.iter().enumerate().map(|(at, column)| {
                let value = row.maybe(key.len() + at).map(ToOwned::to_owned);
                (column.name.clone(), value)
            });
            found.push(AccountBefore {
                values: values.collect(),
                key: row_key(&row, 0, key.len(), relation)?,
            });
        }
    }
    session.commit()?;
    found.sort();
    Ok(found)
}

/// Gives accounts that are frozen what they held before. One that was changed since is left as it is.
pub(super) fn thaw(host: &mut Host<'_>, accounts: &[AccountBefore]) -> Result<u64, Failure> {
    let Some((freeze, table)) = frozen_table(host.map)? else {
        return Ok(0);
    };
    let (relation, key) = writable(host.catalogue, table)?;
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
    let sql = host.sql;
    let mut thawed = 0;
    for (before, rows) in alike {
        let mut change = |bound: &mut Bound| {
            let held = columns
                .iter()
                .map(|column| (*column, before.get(&column.name).and_then(Option::as_deref)));
            let assigned = assignments(sql, bound, held)?;
            let mut still = Vec::new();
            for column in &columns {
                let frozen = freeze.set.get(&column.name).map(String::as_str);
                still.push(sql.holds(bound, column, frozen)?);
            }
            Ok((assigned, Some(still.join(" AND "))))
        };
        let mut session = host.connection.begin(Mode::Change)?;
        for batch in rows.chunks(BATCH) {
            thawed += session.execute(&updating(sql, relation, &key, batch, &mut change)?)?;
        }
        session.commit()?;
    }
    Ok(thawed)
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
