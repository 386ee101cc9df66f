//! What a check finds in the rows themselves: keys that mean nobody, records without a date, how much one person has.

use crate::domain::contact::{Email, Phone};
use crate::domain::data_map::{System as Mapped, Table};
use crate::domain::matching::{KeyKind, PersonKeys};
use crate::domain::organisation::Severity;
use crate::services::ports::SystemFinding;

use super::Host;
use super::catalogue::{Catalogue, Relation};
use super::check::{error, finding, warning};
use super::error::Failure;
use super::find::{page, person_columns};
use super::server::{Dialect, Session};
use super::statement::Statement;

/// Rows that are looked at for what their keys are.
const SAMPLE: usize = 200;

/// Columns that people are to be found by, and that hold nothing of the kind in any of the first rows.
pub(super) fn keys_of_nobody(host: &mut Host<'_>) -> Result<Vec<SystemFinding>, Failure> {
    let mut findings = Vec::new();
    let map = host.map;
    for table in map.tables.iter().filter(|table| !table.person.is_empty()) {
        // What is missing or may not be read is a finding of its own.
        let Ok(rows) = page(host, table, None, SAMPLE) else {
            continue;
        };
        for (kind, column) in person_columns(&table.person).filter(|_| !rows.is_empty()) {
            if !rows.iter().any(|row| means_somebody(kind, &row.keys)) {
                let remedy = format!(
                    "none of its first {} rows holds {}: name the column that does",
                    rows.len(),
                    what(kind)
                );
                findings.push(warning(
                    &format!("{}.{column}", table.name),
                    "person_key_matches_nobody",
                    remedy,
                ));
            }
        }
    }
    Ok(findings)
}

const fn what(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Email => "an e-mail address",
        KeyKind::PersonalNumber => "a personal number",
        KeyKind::CustomerNumber => "a customer number",
        KeyKind::Phone => "a telephone number",
    }
}

fn means_somebody(kind: KeyKind, keys: &PersonKeys) -> bool {
    keys.get(kind).is_some_and(|value| match kind {
        KeyKind::Email => Email::parse(value).is_ok(),
        KeyKind::Phone => Phone::parse(value).is_ok(),
        KeyKind::PersonalNumber => {
            matches!(value.len(), 10 | 12) && value.bytes().all(|byte| byte.is_ascii_digit())
        }
        KeyKind::CustomerNumber => true,
    })
}

/// Retained records whose date is missing, so that nobody can say until when they stay.
pub(super) fn undated_records(
    sql: &dyn Dialect,
    session: &mut dyn Session,
    table: &Table,
    relation: &Relation,
) -> Result<Option<SystemFinding>, Failure> {
    let date = table.erase.retain().and_then(|rule| rule.fiscal_dates.first());
    let column = date.and_then(|date| relation.column(date).ok());
    let Some(column) = column.filter(|column| !column.not_null && relation.is_readable()) else {
        return Ok(None);
    };
    let text = format!(
        "SELECT '1' FROM {} AS t WHERE {} IS NULL LIMIT 1",
        relation.sql,
        sql.column("t", column)
    );
    let found = session.query(&Statement::plain(text))?;
    let remedy =
        "rows without it stop every plan of their person: give them a date, and let the column be NOT NULL";
    Ok((!found.is_empty()).then(|| {
        error(
            &format!("{}.{}", table.name, column.name),
            "fiscal_date_missing",
            remedy,
        )
    }))
}

/// About how many rows a person has, from what the server knows without counting.
pub(super) fn rows_per_person(
    sql: &dyn Dialect,
    session: &mut dyn Session,
    catalogue: &Catalogue,
    map: &Mapped,
) -> Result<Option<SystemFinding>, Failure> {
    let mut tables: Vec<(&Table, u64)> = Vec::new();
    for table in map.tables.iter().filter(|table| table.of.is_none()) {
        if let Ok(relation) = catalogue.relation(&table.name)
            && let Some(rows) = sql.about_rows(session, relation)?
        {
            tables.push((table, rows));
        }
    }
    let accounts = tables.iter().find(|(table, _)| table.register);
    let accounts = accounts.or_else(|| tables.iter().find(|(table, _)| !table.person.is_empty()));
    let Some((_, people)) = accounts.copied().filter(|(_, people)| *people > 0) else {
        return Ok(None);
    };
    let tenths = |rows: u64| {
        let tenths = rows.saturating_mul(10) / people;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let whole = tables.iter().map(|(_, rows)| *rows).sum();
    let shares: Vec<String> = tables
        .iter()
        .map(|(table, rows)| format!("{} {}", table.name, tenths(*rows)))
        .collect();
    let remedy = format!("about {} rows a person: {}", tenths(whole), shares.join(", "));
    Ok(Some(finding(Severity::Note, &map.id, "rows_per_person", remedy)))
}
