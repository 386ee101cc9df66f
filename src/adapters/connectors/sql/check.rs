//! The map held against the database, table by table; [`super::schema_check`] looks at what lies between and beside them.

use std::collections::BTreeSet;

use crate::domain::data_map::{EraseRule, Fields, Stop, System as Mapped, Table};
use crate::domain::organisation::Severity;
use crate::services::ports::SystemFinding;

use super::catalogue::{Column, Family, Relation};
use super::empty::{Emptied, losing};
use super::error::Failure;
use super::find::person_columns;
use super::server::{Dialect, Lookup, Mode, Session};
use super::{Host, data_check, marker, schema_check};

/// Everything to look at in the system: errors first, otherwise in the order of the map.
pub(super) fn findings(host: &mut Host<'_>) -> Result<Vec<SystemFinding>, Failure> {
    let (sql, map) = (host.sql, host.map);
    let mut findings = data_check::keys_of_nobody(host)?;
    let mut session = host.connection.begin(Mode::View)?;
    for table in &map.tables {
        let Ok(relation) = host.catalogue.relation(&table.name) else {
            findings.push(error(
                &table.name,
                "unknown_table",
                "correct the name in the map, or make the table",
            ));
            continue;
        };
        let may_delete = sql.may_delete(&mut *session, relation)?;
        findings.extend(names(map, table, relation));
        findings.extend(privileges(map, table, relation, may_delete));
        findings.extend(identity(table, relation));
        findings.extend(fiscal_dates(table, relation));
        findings.extend(reduction(sql, map, table, relation));
        findings.extend(rectification(table, relation));
        findings.extend(indexes(sql, &mut *session, table, relation)?);
        findings.extend(data_check::undated_records(sql, &mut *session, table, relation)?);
    }
    findings.extend(marker::findings(sql, &mut *session, host.catalogue, map)?);
    findings.extend(schema_check::references(sql, &mut *session, host.catalogue, map)?);
    findings.extend(schema_check::unmapped_personal(
        sql,
        &mut *session,
        host.catalogue,
    )?);
    findings.extend(data_check::rows_per_person(
        sql,
        &mut *session,
        host.catalogue,
        map,
    )?);
    session.commit()?;
    findings.sort_by_key(|finding| finding.severity);
    Ok(findings)
}

/// What is wrong with a role that only reads: what it may not read, and what it may do besides.
pub(super) fn reading_role(host: &mut Host<'_>) -> Result<Vec<SystemFinding>, Failure> {
    let mut findings = Vec::new();
    let mut session = host.connection.begin(Mode::View)?;
    for table in &host.map.tables {
        let Ok(relation) = host.catalogue.relation(&table.name) else {
            let remedy = "GRANT SELECT on it to the role that reads";
            findings.push(error(&table.name, "missing_privilege", remedy));
            continue;
        };
        if !relation.is_readable() {
            let remedy = format!("GRANT SELECT ON {} TO the role that reads", relation.sql);
            findings.push(error(&table.name, "missing_privilege", remedy));
        }
        let updates = relation.columns.iter().any(|column| column.may_update);
        if updates || host.sql.may_delete(&mut *session, relation)? {
            let remedy = format!(
                "REVOKE INSERT, UPDATE, DELETE ON {} FROM the role that reads",
                relation.sql
            );
            findings.push(warning(&table.name, "too_many_privileges", remedy));
        }
    }
    session.commit()?;
    Ok(findings)
}

/// What the reading role can tell while nobody lends the one that erases: nothing of what that may do.
pub(super) fn without_the_lent(
    findings: Vec<SystemFinding>,
    system: &str,
    reason: &str,
) -> Vec<SystemFinding> {
    let of_the_other = ["missing_privilege", "missing_purge_privilege"];
    let mut told: Vec<SystemFinding> = findings
        .into_iter()
        .filter(|finding| !of_the_other.contains(&finding.code))
        .collect();
    let remedy =
        format!("{reason}: what the role that erases may do was not looked at; lend it, and check again");
    told.push(warning(system, "erase_role_not_lent", remedy));
    told
}

pub(super) fn error(name: &str, code: &'static str, remedy: impl Into<String>) -> SystemFinding {
    finding(Severity::Error, name, code, remedy)
}

pub(super) fn warning(name: &str, code: &'static str, remedy: impl Into<String>) -> SystemFinding {
    finding(Severity::Warning, name, code, remedy)
}

pub(super) fn finding(
    severity: Severity,
    name: &str,
    code: &'static str,
    remedy: impl Into<String>,
) -> SystemFinding {
    SystemFinding {
        severity,
        name: name.to_owned(),
        code,
        remedy: remedy.into(),
    }
}

fn names(map: &Mapped, table: &Table, relation: &Relation) -> Vec<SystemFinding> {
    map.columns_named(table)
        .into_iter()
        .filter(|column| relation.column(column).is_err())
        .map(|column| {
            let name = format!("{}.{column}", table.name);
            error(
                &name,
                "unknown_column",
                "correct the name in the map, or make the column",
            )
        })
        .collect()
}

/// What the role must be allowed for the rules of the map.
fn privileges(map: &Mapped, table: &Table, relation: &Relation, may_delete: bool) -> Vec<SystemFinding> {
    let missing = |privilege: &str, on: &str| {
        let remedy = format!("GRANT {privilege} ON {on} TO the role of this connection");
        error(&table.name, "missing_privilege", remedy)
    };
    let mut findings = Vec::new();
    if !relation.may_use {
        findings.push(missing("USAGE", "its schema"));
    }
    if !relation.columns.iter().all(|column| column.may_select) {
        findings.push(missing("SELECT", &relation.sql));
    }
    let hangs = matches!(table.erase, EraseRule::Fields(_)) && table.parent.is_some();
    let stops = |stop: &Stop| table.purposes.iter().any(|one| one.stop.as_ref() == Some(stop));
    let deletes = matches!(table.erase, EraseRule::Delete | EraseRule::DeleteOrReduce { .. })
        || hangs
        || stops(&Stop::Delete);
    if deletes && !may_delete {
        findings.push(missing("DELETE", &relation.sql));
    }
    if matches!(table.erase, EraseRule::Retain(_)) && !may_delete {
        let remedy = format!(
            "GRANT DELETE ON {} TO the role of this connection before the first retained rows are to be purged",
            relation.sql
        );
        findings.push(warning(&table.name, "missing_purge_privilege", remedy));
    }
    if updated(map, table, relation).any(|column| !column.may_update) {
        findings.push(missing("UPDATE", &relation.sql));
    }
    if !relation.transactional && !relation.is_view {
        let remedy = "what is done to it cannot be taken back half-way: ALTER TABLE … ENGINE = InnoDB";
        findings.push(warning(&table.name, "not_transactional", remedy));
    }
    if relation.hides_rows {
        let remedy = "policies hide rows from this role: give it BYPASSRLS, or exempt it from them";
        findings.push(error(&table.name, "row_level_security", remedy));
    }
    findings
}

/// The columns that the rules of the map change in rows that stay.
fn updated<'a>(map: &Mapped, table: &Table, relation: &'a Relation) -> impl Iterator<Item = &'a Column> {
    let lost: Vec<&Column> = match &table.erase {
        EraseRule::DeleteOrReduce { keep } => losing(relation, map, table, keep),
        EraseRule::Fields(fields) => fields
            .keys()
            .filter_map(|name| relation.column(name).ok())
            .collect(),
        _ => vec![],
    };
    let barred = table.erase.retain().and_then(|rule| rule.bar.as_ref());
    let frozen = map.freeze.as_ref().filter(|freeze| freeze.table == table.name);
    let rectified = table.rectify.values().filter(|_| table.retained().is_none());
    let stopped = table.purposes.iter().filter_map(|one| match &one.stop {
        Some(Stop::Set(set)) => Some(set.keys()),
        Some(Stop::Delete) | None => None,
    });
    let names: Vec<&String> = barred
        .map(|bar| &bar.column)
        .into_iter()
        .chain(frozen.iter().flat_map(|freeze| freeze.set.keys()))
        .chain(rectified)
        .chain(table.restrict.iter().flat_map(|rule| rule.set.keys()))
        .chain(stopped.flatten())
        .collect();
    let named: Vec<&Column> = names
        .into_iter()
        .filter_map(|name| relation.column(name).ok())
        .collect();
    lost.into_iter().chain(named)
}

/// Whether a key means one row: erasing needs it.
fn identity(table: &Table, relation: &Relation) -> Option<SystemFinding> {
    let stays = matches!(table.erase, EraseRule::Retain(_) | EraseRule::Keep { .. });
    if relation.is_unique(&table.key) || (relation.is_view && stays) {
        return None;
    }
    let remedy = if relation.is_view {
        "name the table itself in the map: rows of a view cannot be told apart for certain"
    } else {
        "name the columns of its primary key in the map, or add a unique index on the key"
    };
    Some(error(&table.name, "key_not_unique", remedy))
}

fn fiscal_dates(table: &Table, relation: &Relation) -> Vec<SystemFinding> {
    let rule = table.erase.retain();
    let columns = rule.iter().flat_map(|rule| &rule.fiscal_dates);
    columns
        .filter_map(|column| fiscal_date(table, relation.column(column).ok()?))
        .collect()
}

fn fiscal_date(table: &Table, column: &Column) -> Option<SystemFinding> {
    let name = format!("{}.{}", table.name, column.name);
    match column.family {
        Family::Date => None,
        Family::Text => Some(warning(
            &name,
            "fiscal_date_type",
            "it is text: every value must be a date such as 2026-11-21, or no plan can be made; better a date column",
        )),
        _ => Some(error(&name, "fiscal_date_type", "name a column of the type date")),
    }
}

/// Columns that a reduction must empty although they may not be NULL.
fn reduction(
    sql: &'static dyn Dialect,
    map: &Mapped,
    table: &Table,
    relation: &Relation,
) -> Vec<SystemFinding> {
    let keep = match &table.erase {
        EraseRule::DeleteOrReduce { keep } => keep,
        EraseRule::Fields(fields) => return emptying(sql, table, relation, fields),
        _ => return vec![],
    };
    losing(relation, map, table, keep)
        .into_iter()
        .filter(|column| column.not_null)
        .map(|column| {
            let name = format!("{}.{}", table.name, column.name);
            let alone =
                |unique: &BTreeSet<String>| unique.len() == 1 && unique.contains(&column.name);
            if Emptied::new(sql, column).is_none() {
                let remedy = "its type has no empty value: keep it in else_reduce_to, or let it be NULL";
                error(&name, "reduce_impossible", remedy)
            } else if relation.unique.iter().any(alone) {
                let remedy = "only one row can be emptied there: keep it in else_reduce_to, or let it be NULL";
                error(&name, "reduce_not_unique", remedy)
            } else {
                let remedy = "it gets an empty value of its type, which a constraint may refuse: let it be NULL, \
                              or keep it in else_reduce_to";
                warning(&name, "reduce_not_null", remedy)
            }
        })
        .collect()
}

/// Fields that cannot be emptied or replaced as the map says.
fn emptying(
    sql: &'static dyn Dialect,
    table: &Table,
    relation: &Relation,
    fields: &Fields,
) -> Vec<SystemFinding> {
    let unfit = fields.iter().filter(|(name, rule)| {
        let column = relation.column(name);
        column.is_ok_and(|column| Emptied::ruled(sql, relation, table, column, **rule).is_none())
    });
    let remedy = "it is part of the key, or computed, or its type has no empty value, or it is no text that a pseudonym can \
                  stand in: let it be NULL, or leave it out of fields";
    unfit
        .map(|(name, _)| error(&format!("{}.{name}", table.name), "field_impossible", remedy))
        .collect()
}

/// Columns that a rectification could never set.
fn rectification(table: &Table, relation: &Relation) -> Vec<SystemFinding> {
    let columns = table.rectify.values().filter(|_| table.retained().is_none());
    let fixed = columns.filter(|column| {
        table.key.contains(column) || relation.column(column).is_ok_and(|column| column.automatic)
    });
    let remedy = "it is the key or computed, and cannot be set: leave it out of rectify";
    fixed
        .map(|column| error(&format!("{}.{column}", table.name), "rectify_impossible", remedy))
        .collect()
}

/// Look-ups that would read the whole table.
fn indexes(
    sql: &dyn Dialect,
    session: &mut dyn Session,
    table: &Table,
    relation: &Relation,
) -> Result<Vec<SystemFinding>, Failure> {
    if relation.is_view || !relation.is_readable() || relation.hides_rows {
        return Ok(vec![]);
    }
    let mut findings = Vec::new();
    for (kind, column) in person_columns(&table.person) {
        let Ok(column) = relation.column(column) else {
            continue;
        };
        let missing = sql.missing_index(session, relation, &Lookup::Person(kind, column))?;
        let name = format!("{}.{}", table.name, column.name);
        findings.extend(missing.map(|remedy| warning(&name, "missing_index", remedy)));
    }
    let linked = table.parent.iter().flat_map(|parent| parent.on.keys());
    let Ok(linked) = relation.columns_of(linked) else {
        return Ok(findings);
    };
    if !linked.is_empty() {
        let missing = sql.missing_index(session, relation, &Lookup::Link(&linked))?;
        let plain: Vec<&str> = linked.iter().map(|column| column.name.as_str()).collect();
        let name = format!("{}.{}", table.name, plain.join("+"));
        findings.extend(missing.map(|remedy| warning(&name, "missing_index", remedy)));
    }
    Ok(findings)
}
