//! What is asked about retained rows, years after: are they as they were, does anything refer to them, are they barred.

use std::collections::BTreeMap;

use crate::domain::data_map::{Bar, Parent, Table};
use crate::domain::matching::RowKey;

use super::Host;
use super::catalogue::row_key;
use super::error::Failure;
use super::server::Mode;
use super::statement::{Bound, Statement};
use super::survey::digest;
use super::write::{BATCH, assignments, count, update, writable};

/// Sets the bar of the table in those of these rows that do not have it; the count is of them.
pub(super) fn bar(host: &mut Host<'_>, table: &Table, rows: &[RowKey]) -> Result<u64, Failure> {
    let Some(bar) = bar_of(table) else { return Ok(0) };
    let (relation, key) = writable(host.catalogue, table)?;
    let column = relation.column(&bar.column)?;
    let sql = host.sql;
    // The record is to stay as it was, with the time of its last change.
    let untouched = relation
        .columns
        .iter()
        .filter(|other| other.follows && other.name != column.name)
        .map(|other| format!("{} = {}", sql.target(other), sql.column("t", other)));
    let untouched: Vec<String> = untouched.collect();
    update(host, relation, &key, rows, |bound| {
        let set = Some(bar.set.as_str());
        let mut assigned = vec![assignments(sql, bound, [(column, set)])?];
        assigned.extend_from_slice(&untouched);
        let barred = sql.holds(bound, column, set)?;
        Ok((assigned.join(", "), Some(format!("NOT ({barred})"))))
    })
}

/// How many of these rows have another value in the bar's column.
pub(super) fn unbarred(host: &mut Host<'_>, table: &Table, rows: &[RowKey]) -> Result<u64, Failure> {
    let Some(bar) = bar_of(table) else { return Ok(0) };
    let (relation, key) = writable(host.catalogue, table)?;
    let column = relation.column(&bar.column)?;
    let sql = host.sql;
    count(host, relation, &key, rows, |bound| {
        Ok(format!("NOT ({})", sql.holds(bound, column, Some(&bar.set))?))
    })
}

fn bar_of(table: &Table) -> Option<&Bar> {
    table.erase.retain()?.bar.as_ref()
}

/// Those of these rows that are there, with their checksums.
pub(super) fn digests(
    host: &mut Host<'_>,
    table: &Table,
    rows: &[RowKey],
) -> Result<BTreeMap<RowKey, String>, Failure> {
    let (relation, key) = writable(host.catalogue, table)?;
    let columns: Vec<String> = key.iter().map(|column| host.sql.text("t", column)).collect();
    let mut found = BTreeMap::new();
    let mut session = host.connection.begin(Mode::View)?;
    for batch in rows.chunks(BATCH) {
        let mut bound = Bound::default();
        let text = format!(
            "SELECT {}, {} FROM {} AS t WHERE {}",
            columns.join(", "),
            digest(host.sql, relation, table),
            relation.sql,
            host.sql.among(&mut bound, "t", &key, batch)?
        );
        for row in session.query(&Statement::new(text, bound))? {
            let digest = row.text(key.len())?.to_owned();
            found.insert(row_key(&row, 0, key.len(), relation)?, digest);
        }
    }
    session.commit()?;
    Ok(found)
}

/// Rows of any table that refer to these, through a parent or a link that keeps.
pub(super) fn referring(
    host: &mut Host<'_>,
    table: &Table,
    rows: &[RowKey],
) -> Result<BTreeMap<String, Vec<RowKey>>, Failure> {
    let mut found: BTreeMap<String, Vec<RowKey>> = BTreeMap::new();
    let map = host.map;
    for other in &map.tables {
        let kept = other.erase.retain().into_iter().flat_map(|rule| &rule.keeps);
        for link in other
            .parent
            .iter()
            .chain(kept)
            .filter(|link| link.table == table.name)
        {
            let keys = linked(host, (other, link), table, rows)?;
            if !keys.is_empty() {
                found.entry(other.name.clone()).or_default().extend(keys);
            }
        }
    }
    Ok(found)
}

fn linked(
    host: &mut Host<'_>,
    (other, link): (&Table, &Parent),
    table: &Table,
    rows: &[RowKey],
) -> Result<Vec<RowKey>, Failure> {
    let sql = host.sql;
    let (relation, key) = writable(host.catalogue, table)?;
    let from = host.catalogue.relation(&other.name)?;
    let their_key = from.columns_of(&other.key)?;
    let mut on = Vec::new();
    for (here, there) in &link.on {
        let (here, there) = (from.column(here)?, relation.column(there)?);
        on.push(format!(
            "{} = {}",
            sql.column("t", here),
            sql.linked(here, "p", there)
        ));
    }
    let selected: Vec<String> = their_key.iter().map(|column| sql.text("t", column)).collect();
    let mut found = Vec::new();
    let mut session = host.connection.begin(Mode::View)?;
    for batch in rows.chunks(BATCH) {
        let mut bound = Bound::default();
        let text = format!(
            "SELECT DISTINCT {} FROM {} AS p JOIN {} AS t ON {} WHERE {}",
            selected.join(", "),
            relation.sql,
            from.sql,
            on.join(" AND "),
            sql.among(&mut bound, "p", &key, batch)?
        );
        for row in session.query(&Statement::new(text, bound))? {
            found.push(row_key(&row, 0, their_key.len(), from)?);
        }
    }
    session.commit()?;
    Ok(found)
}
