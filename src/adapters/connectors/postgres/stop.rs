//! Stopping a purpose in a person's rows, and finding rows that serve one again.

use std::collections::BTreeMap;

use chrono::DateTime;
use postgres::Client;
use postgres::types::ToSql;

use crate::domain::data_map::{PurposeUse, Stop, System as Mapped, Table};
use crate::domain::matching::{KeyKind, PersonKeys, RowKey};
use crate::services::ports::ServedRow;

use super::catalogue::{
    Catalogue, Column, Relation, among_keys, arrays, beyond, bound_value, quoted, row_key,
};
use super::error::Failure;
use super::find::person_columns;
use super::{normal, survey, write};

/// Rows counted at a time.
const BATCH: usize = 500;

/// Roots by table.
type Roots = BTreeMap<String, Vec<RowKey>>;

/// Stops it in the rows among the roots, or hanging on them; says how many there are.
pub(super) fn stop(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    table: &Table,
    stop: &Stop,
    roots: &Roots,
) -> Result<u64, Failure> {
    let rows = survey::reached(client, catalogue, map, table, roots)?;
    let Stop::Set(set) = stop else {
        return write::delete(client, catalogue, table, &rows);
    };
    let (relation, key) = write::writable(catalogue, table)?;
    let columns = relation.columns_of(set.keys())?;
    let values: Vec<&str> = set.values().map(String::as_str).collect();
    let assignments: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            format!(
                "{} = {}",
                quoted(&column.name),
                bound_value(column, key.len() + at + 1)
            )
        })
        .collect();
    let statement = format!(
        "UPDATE {} AS t SET {} WHERE {} AND ({})",
        relation.sql,
        assignments.join(", "),
        among_keys(&key),
        serves(&columns, key.len())
    );
    write::in_batches(client, &statement, &values, &key, &rows, BATCH)?;
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

/// How many of those rows still serve it.
pub(super) fn unstopped(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    table: &Table,
    stop: &Stop,
    roots: &Roots,
) -> Result<u64, Failure> {
    let rows = survey::reached(client, catalogue, map, table, roots)?;
    let Stop::Set(set) = stop else {
        return Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX));
    };
    let (relation, key) = write::writable(catalogue, table)?;
    let columns = relation.columns_of(set.keys())?;
    let statement = format!(
        "SELECT count(*) FROM {} AS t WHERE {} AND ({})",
        relation.sql,
        among_keys(&key),
        serves(&columns, key.len())
    );
    let mut counted = 0;
    for batch in rows.chunks(BATCH) {
        let bound = arrays(batch.iter().map(|key| key.0.as_slice()), key.len())?;
        let keys = bound.iter().map(|array| array as &(dyn ToSql + Sync));
        let params: Vec<&(dyn ToSql + Sync)> = keys.chain(set.values().map(|value| value as _)).collect();
        let rows: i64 = client.query_one(&statement, &params)?.try_get(0)?;
        counted += u64::try_from(rows).unwrap_or_default();
    }
    Ok(counted)
}

/// Rows that serve a purpose, by their key, with the addresses they carry.
pub(super) fn served(
    client: &mut Client,
    catalogue: &Catalogue,
    table: &Table,
    purpose: &PurposeUse,
    after: Option<&RowKey>,
    limit: usize,
) -> Result<Vec<ServedRow>, Failure> {
    let (relation, key) = write::writable(catalogue, table)?;
    let nothing = BTreeMap::new();
    let set = match &purpose.stop {
        Some(Stop::Set(set)) => set,
        _ => &nothing,
    };
    let columns = relation.columns_of(set.keys())?;
    let mut params: Vec<&(dyn ToSql + Sync)> = set.values().map(|value| value as _).collect();
    let mut conditions = vec![if columns.is_empty() {
        "true".to_owned()
    } else {
        format!("({})", serves(&columns, 0))
    }];
    if let Some(after) = after {
        if after.0.len() != key.len() {
            return Err(Failure::odd_key());
        }
        conditions.push(beyond(&key, params.len()));
        params.extend(after.0.iter().map(|value| value as &(dyn ToSql + Sync)));
    }
    let person: Vec<(KeyKind, &Column)> = person_columns(&table.person)
        .filter(|(kind, _)| matches!(kind, KeyKind::Email | KeyKind::Phone))
        .map(|(kind, column)| Ok((kind, relation.column(column)?)))
        .collect::<Result<_, Failure>>()?;
    let given = purpose.given_at.as_deref().map(|column| relation.column(column));
    let given = given
        .transpose()?
        .map_or_else(|| "NULL::text".to_owned(), instant);
    let selected: Vec<String> = key
        .iter()
        .map(|column| column.text())
        .chain(person.iter().map(|(_, column)| column.text()))
        .chain([given])
        .collect();
    let order: Vec<String> = key.iter().map(|column| column.sql()).collect();
    let statement = format!(
        "SELECT {} FROM {} AS t WHERE {} ORDER BY {} LIMIT {limit}",
        selected.join(", "),
        relation.sql,
        conditions.join(" AND "),
        order.join(", ")
    );
    let rows = client.query(&statement, &params)?;
    rows.iter()
        .map(|row| read(row, relation, key.len(), &person))
        .collect()
}

fn read(
    row: &postgres::Row,
    relation: &Relation,
    width: usize,
    person: &[(KeyKind, &Column)],
) -> Result<ServedRow, Failure> {
    let mut keys = PersonKeys::default();
    for (at, (kind, _)) in person.iter().enumerate() {
        let stored: Option<String> = row.try_get(width + at)?;
        let value = stored.and_then(|stored| normal::normalised(*kind, &stored, None));
        match kind {
            KeyKind::Phone => keys.phone = value,
            _ => keys.email = value,
        }
    }
    let given: Option<String> = row.try_get(width + person.len())?;
    let given_at = given
        .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
        .map(|at| at.to_utc());
    Ok(ServedRow {
        key: row_key(row, 0, width, relation)?,
        keys,
        given_at,
    })
}

/// The condition that a row holds something else than the values bound after `bound` others.
fn serves(columns: &[&Column], bound: usize) -> String {
    let differ: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            format!(
                "{} IS DISTINCT FROM {}",
                column.sql(),
                bound_value(column, bound + at + 1)
            )
        })
        .collect();
    differ.join(" OR ")
}

/// A time as text in UTC.
fn instant(column: &Column) -> String {
    let utc = format!("{}::timestamptz AT TIME ZONE 'UTC'", column.sql());
    format!("to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
}
