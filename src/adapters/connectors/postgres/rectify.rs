//! What a rectification changes: single values, each only where the one that was seen still stands.

use std::collections::BTreeMap;

use postgres::Client;
use postgres::types::ToSql;

use crate::domain::data_map::Table;
use crate::domain::grant::Correction;

use super::catalogue::{Catalogue, Column, arrays, quoted, unnested};
use super::error::Failure;
use super::write::writable;

/// More than a person has rows in a table; beyond, something else is meant.
const MOST: usize = 5000;

/// The corrections of one column.
type ByColumn<'a> = BTreeMap<&'a str, Vec<&'a Correction>>;

/// Sets the values in one transaction; says how many stand in the way, in which case none is set.
pub(super) fn rectify(
    client: &mut Client,
    catalogue: &Catalogue,
    table: &Table,
    corrections: &[Correction],
) -> Result<u64, Failure> {
    let (relation, key) = writable(catalogue, table)?;
    let mut transaction = client.transaction()?;
    let mut other = 0;
    for (name, wanted) in by_column(corrections)? {
        let column = relation.column(name)?;
        let new = format!("w.new::{}", column.cast);
        let statement = format!(
            "UPDATE {} AS t SET {} = {new} FROM {} WHERE {} AND ({stored} IS NOT DISTINCT FROM w.old \
             OR {stored} IS NOT DISTINCT FROM ({new})::text)",
            relation.sql,
            quoted(name),
            values(&key),
            these_rows(&key),
            stored = column.text(),
        );
        let (keys, old, new) = bound(&wanted, key.len())?;
        let mut params: Vec<&(dyn ToSql + Sync)> = keys.iter().map(|array| array as _).collect();
        params.extend([&old as &(dyn ToSql + Sync), &new]);
        let set = transaction.execute(&statement, &params)?;
        other += u64::try_from(wanted.len())
            .unwrap_or(u64::MAX)
            .saturating_sub(set);
    }
    if other == 0 {
        transaction.commit()?;
    } else {
        transaction.rollback()?;
    }
    Ok(other)
}

/// How many values are not what they were set to; a row that is gone counts.
pub(super) fn unrectified(
    client: &mut Client,
    catalogue: &Catalogue,
    table: &Table,
    corrections: &[Correction],
) -> Result<u64, Failure> {
    let (relation, key) = writable(catalogue, table)?;
    let mut missing = 0;
    for (name, wanted) in by_column(corrections)? {
        let column = relation.column(name)?;
        let statement = format!(
            "SELECT count(*) FROM {} JOIN {} AS t ON {} WHERE {} IS NOT DISTINCT FROM (w.new::{})::text",
            values(&key),
            relation.sql,
            these_rows(&key),
            column.text(),
            column.cast,
        );
        let (keys, old, new) = bound(&wanted, key.len())?;
        let mut params: Vec<&(dyn ToSql + Sync)> = keys.iter().map(|array| array as _).collect();
        params.extend([&old as &(dyn ToSql + Sync), &new]);
        let right: i64 = client.query_one(&statement, &params)?.try_get(0)?;
        let right = u64::try_from(right).unwrap_or_default();
        missing += u64::try_from(wanted.len())
            .unwrap_or(u64::MAX)
            .saturating_sub(right);
    }
    Ok(missing)
}

fn by_column(corrections: &[Correction]) -> Result<ByColumn<'_>, Failure> {
    if corrections.len() > MOST {
        return Err(Failure::refused("more values to correct than a person has"));
    }
    let mut columns = ByColumn::new();
    for correction in corrections {
        columns.entry(&correction.column).or_default().push(correction);
    }
    Ok(columns)
}

/// The keys with the old and the new value as rows `w(v0, …, old, new)`; the arrays are bound in that order.
fn values(key: &[&Column]) -> String {
    let names: Vec<String> = (0..key.len()).map(|at| format!("v{at}")).collect();
    let keys = unnested(key);
    let keys = keys.strip_suffix(')').unwrap_or(&keys);
    let (old, new) = (key.len() + 1, key.len() + 2);
    format!(
        "{keys}, ${old}::text[], ${new}::text[]) AS w({}, old, new)",
        names.join(", ")
    )
}

fn these_rows(key: &[&Column]) -> String {
    let conditions: Vec<String> = key
        .iter()
        .enumerate()
        .map(|(at, column)| format!("{} = w.v{at}", column.sql()))
        .collect();
    conditions.join(" AND ")
}

/// The arrays to bind: one for each column of the key, the old values, the new ones.
type Bound<'a> = (Vec<Vec<&'a str>>, Vec<Option<&'a str>>, Vec<Option<&'a str>>);

fn bound<'a>(wanted: &[&'a Correction], width: usize) -> Result<Bound<'a>, Failure> {
    let keys = arrays(wanted.iter().map(|one| one.key.0.as_slice()), width)?;
    let old = wanted.iter().map(|one| one.old.as_deref()).collect();
    let new = wanted.iter().map(|one| one.new.as_deref()).collect();
    Ok((keys, old, new))
}
