//! The marker row, by which a database that was restored from a backup is recognised.

use chrono::{DateTime, SecondsFormat, Utc};
use postgres::Client;

use crate::domain::data_map::System as Mapped;
use crate::services::ports::SystemFinding;

use super::catalogue::{Catalogue, Column, Relation};
use super::check::error;
use super::error::Failure;

/// The column that holds the time, as RFC 3339 in UTC, so that later ones sort later.
const AT: &str = "at";

fn marker<'a>(catalogue: &'a Catalogue, map: &Mapped) -> Result<(&'a Relation, &'a Column), Failure> {
    let name = map
        .marker
        .as_deref()
        .ok_or_else(|| Failure::refused("the map names no marker"))?;
    let relation = catalogue.relation(name)?;
    Ok((relation, relation.column(AT)?))
}

/// Writes a time, unless a later one is there.
pub(super) fn write(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let (relation, column) = marker(catalogue, map)?;
    let text = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let statement = format!(
        "UPDATE {} AS t SET \"at\" = greatest({}, $1::text)",
        relation.sql,
        column.text()
    );
    let mut transaction = client.transaction()?;
    if transaction.execute(&statement, &[&text])? != 1 {
        return Err(Failure::refused(format!(
            "the marker {} must have exactly one row",
            relation.name
        )));
    }
    Ok(transaction.commit()?)
}

/// The time that is there.
pub(super) fn read(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
) -> Result<Option<DateTime<Utc>>, Failure> {
    let (relation, column) = marker(catalogue, map)?;
    let statement = format!("SELECT max({}) FROM {} AS t", column.text(), relation.sql);
    let held: Option<String> = client.query_one(&statement, &[])?.try_get(0)?;
    let held = held.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    Ok(held.map(|at| at.to_utc()))
}

/// Whether the marker can be used.
pub(super) fn findings(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
) -> Result<Vec<SystemFinding>, Failure> {
    let Some(name) = map.marker.as_deref() else {
        return Ok(vec![]);
    };
    let Ok((relation, column)) = marker(catalogue, map) else {
        let remedy = format!("CREATE TABLE {name} (at text); INSERT INTO {name} VALUES (NULL)");
        return Ok(vec![error(name, "missing_marker", remedy)]);
    };
    if !(relation.may_use && column.may_select && column.may_update) {
        let remedy = format!(
            "GRANT SELECT, UPDATE ON {} TO the role of this connection",
            relation.sql
        );
        return Ok(vec![error(name, "missing_privilege", remedy)]);
    }
    let counted = client.query_one(&format!("SELECT count(*) FROM {}", relation.sql), &[])?;
    let rows: i64 = counted.try_get(0)?;
    if rows == 1 {
        return Ok(vec![]);
    }
    let remedy = "leave it exactly one row: more say nothing, and none cannot be written";
    Ok(vec![error(name, "marker_rows", remedy)])
}
