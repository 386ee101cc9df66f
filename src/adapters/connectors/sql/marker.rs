//! The marker row, by which a database that was restored from a backup is recognised.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::domain::data_map::System as Mapped;
use crate::services::ports::SystemFinding;

use super::Host;
use super::catalogue::{Catalogue, Column, Relation};
use super::check::error;
use super::error::Failure;
use super::server::{Dialect, Mode, Session};
use super::statement::{Bound, Statement};

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

/// How many rows it has.
fn rows(sql: &dyn Dialect, session: &mut dyn Session, relation: &Relation) -> Result<u64, Failure> {
    let counted = format!("SELECT {} FROM {} AS t", sql.count(), relation.sql);
    let counted = session.query(&Statement::plain(counted))?;
    counted.iter().map(|row| row.number(0)).sum()
}

/// Writes a time, unless a later one is there.
pub(super) fn write(host: &mut Host<'_>, at: DateTime<Utc>) -> Result<(), Failure> {
    let sql = host.sql;
    let (relation, column) = marker(host.catalogue, host.map)?;
    let mut session = host.connection.begin(Mode::Change)?;
    if rows(sql, &mut *session, relation)? != 1 {
        return Err(Failure::refused(format!(
            "the marker {} must have exactly one row",
            relation.name
        )));
    }
    let mut bound = Bound::default();
    let value = sql.assigned(
        &mut bound,
        column,
        Some(&at.to_rfc3339_opts(SecondsFormat::Micros, true)),
    )?;
    let (target, held) = (sql.target(column), sql.column("t", column));
    let text = format!(
        "UPDATE {} AS t SET {target} = {value} WHERE {held} IS NULL OR {held} < {value}",
        relation.sql
    );
    session.execute(&Statement::new(text, bound))?;
    session.commit()
}

/// The time that is there.
pub(super) fn read(host: &mut Host<'_>) -> Result<Option<DateTime<Utc>>, Failure> {
    let (relation, column) = marker(host.catalogue, host.map)?;
    let held = host.sql.column("t", column);
    let text = format!(
        "SELECT {} FROM {} AS t WHERE {held} IS NOT NULL ORDER BY {held} DESC LIMIT 1",
        host.sql.text("t", column),
        relation.sql
    );
    let mut session = host.connection.begin(Mode::View)?;
    let found = session.query(&Statement::plain(text))?;
    session.commit()?;
    let held = found.first().and_then(|row| row.maybe(0));
    let held = held.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    Ok(held.map(|at| at.to_utc()))
}

/// Whether the marker can be used.
pub(super) fn findings(
    sql: &dyn Dialect,
    session: &mut dyn Session,
    catalogue: &Catalogue,
    map: &Mapped,
) -> Result<Vec<SystemFinding>, Failure> {
    let Some(name) = map.marker.as_deref() else {
        return Ok(vec![]);
    };
    let Ok((relation, column)) = marker(catalogue, map) else {
        let remedy = format!("CREATE TABLE {name} (at varchar(40)); INSERT INTO {name} VALUES (NULL)");
        return Ok(vec![error(name, "missing_marker", remedy)]);
    };
    if !(relation.may_use && column.may_select && column.may_update) {
        let remedy = format!(
            "GRANT SELECT, UPDATE ON {} TO the role of this connection",
            relation.sql
        );
        return Ok(vec![error(name, "missing_privilege", remedy)]);
    }
    if rows(sql, session, relation)? == 1 {
        return Ok(vec![]);
    }
    let remedy = "leave it exactly one row: more say nothing, and none cannot be written";
    Ok(vec![error(name, "marker_rows", remedy)])
}
