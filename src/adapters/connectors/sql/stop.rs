//! Stopping a purpose in a person's rows, and finding rows that serve one again.

use std::collections::BTreeMap;

use chrono::DateTime;

use crate::domain::data_map::{PurposeUse, Stop, Table};
use crate::domain::matching::{KeyKind, PersonKeys, RowKey};
use crate::services::ports::ServedRow;

use super::catalogue::{Column, Relation, row_key};
use super::error::Failure;
use super::find::person_columns;
use super::server::{Dialect, Mode, Row};
use super::statement::{Bound, Statement};
use super::{Host, normal, survey, write};

/// Roots by table.
type Roots = BTreeMap<String, Vec<RowKey>>;
/// Values by column.
type Values = BTreeMap<String, String>;

/// Stops it in the rows among the roots, or hanging on them; says how many there are.
pub(super) fn stop(host: &mut Host<'_>, table: &Table, stop: &Stop, roots: &Roots) -> Result<u64, Failure> {
    let sql = host.sql;
    let rows = survey::reached(host, table, roots)?;
    let Stop::Set(set) = stop else {
        return write::delete(host, table, &rows);
    };
    let (relation, key) = write::writable(host.catalogue, table)?;
    let columns = relation.columns_of(set.keys())?;
    write::update(host, relation, &key, &rows, |bound| {
        let values = set.values().map(|value| Some(value.as_str()));
        let assigned = write::assignments(sql, bound, columns.iter().copied().zip(values))?;
        Ok((assigned, Some(serves(sql, bound, relation, set)?)))
    })?;
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

/// How many of those rows still serve it.
pub(super) fn unstopped(
    host: &mut Host<'_>,
    table: &Table,
    stop: &Stop,
    roots: &Roots,
) -> Result<u64, Failure> {
    let sql = host.sql;
    let rows = survey::reached(host, table, roots)?;
    let Stop::Set(set) = stop else {
        return Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX));
    };
    let (relation, key) = write::writable(host.catalogue, table)?;
    write::count(host, relation, &key, &rows, |bound| {
        serves(sql, bound, relation, set)
    })
}

/// Rows that serve a purpose, by their key, with the addresses they carry.
pub(super) fn served(
    host: &mut Host<'_>,
    table: &Table,
    purpose: &PurposeUse,
    after: Option<&RowKey>,
    limit: usize,
) -> Result<Vec<ServedRow>, Failure> {
    let sql = host.sql;
    let (relation, key) = write::writable(host.catalogue, table)?;
    let nothing = BTreeMap::new();
    let set = match &purpose.stop {
        Some(Stop::Set(set)) => set,
        _ => &nothing,
    };
    let mut bound = Bound::default();
    let mut conditions = vec![format!("({})", serves(sql, &mut bound, relation, set)?)];
    if let Some(after) = after {
        conditions.push(sql.beyond(&mut bound, &key, after)?);
    }
    let person: Vec<(KeyKind, &Column)> = person_columns(&table.person)
        .filter(|(kind, _)| matches!(kind, KeyKind::Email | KeyKind::Phone))
        .map(|(kind, column)| Ok((kind, relation.column(column)?)))
        .collect::<Result<_, Failure>>()?;
    let given = purpose.given_at.as_deref().map(|column| relation.column(column));
    let given = given.transpose()?.map(|column| sql.instant(column));
    let columns = key
        .iter()
        .copied()
        .chain(person.iter().map(|(_, column)| *column));
    let selected: Vec<String> = columns.map(|column| sql.text("t", column)).chain(given).collect();
    let order: Vec<String> = key.iter().map(|column| sql.column("t", column)).collect();
    let text = format!(
        "SELECT {} FROM {} AS t WHERE {} ORDER BY {} LIMIT {limit}",
        selected.join(", "),
        relation.sql,
        conditions.join(" AND "),
        order.join(", ")
    );
    let mut session = host.connection.begin(Mode::View)?;
    let rows = session.query(&Statement::new(text, bound))?;
    session.commit()?;
    rows.iter()
        .map(|row| read(row, relation, key.len(), &person))
        .collect()
}

fn read(
    row: &Row,
    relation: &Relation,
    width: usize,
    person: &[(KeyKind, &Column)],
) -> Result<ServedRow, Failure> {
    let mut keys = PersonKeys::default();
    for (at, (kind, _)) in person.iter().enumerate() {
        let stored = row.maybe(width + at);
        let value = stored.and_then(|stored| normal::normalised(*kind, stored, None));
        match kind {
            KeyKind::Phone => keys.phone = value,
            _ => keys.email = value,
        }
    }
    let given_at = row
        .maybe(width + person.len())
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
        .map(|at| at.to_utc());
    Ok(ServedRow {
        key: row_key(row, 0, width, relation)?,
        keys,
        given_at,
    })
}

/// The condition that a row holds something else than these values; any row does when there are none.
fn serves(
    sql: &dyn Dialect,
    bound: &mut Bound,
    relation: &Relation,
    set: &Values,
) -> Result<String, Failure> {
    let mut stopped = Vec::new();
    for (name, value) in set {
        stopped.push(sql.holds(bound, relation.column(name)?, Some(value))?);
    }
    Ok(if stopped.is_empty() {
        "1 = 1".to_owned()
    } else {
        format!("NOT ({})", stopped.join(" AND "))
    })
}
