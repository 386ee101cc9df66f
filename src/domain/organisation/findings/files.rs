//! Tables of files, and tables that are reached through another system: what does not fit together in them.

use std::collections::BTreeMap;

use super::{Finding, FindingCode as Code};
use crate::domain::data_map::{ConnectorKind, EraseRule, System, Table};
use crate::domain::organisation::Organisation;

pub(super) fn findings(organisation: &Organisation) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, system) in organisation.map.systems.iter().enumerate() {
        let earlier = organisation.map.systems.get(..at).unwrap_or_default();
        for table in &system.tables {
            found.extend(source(earlier, system, table));
            found.extend(unfit(system, table));
        }
        found.extend(overlaps(system));
    }
    found
}

fn key(system: &System, table: &Table, field: &str) -> String {
    format!("systems.{}.tables.{}.{field}", system.id, table.name)
}

/// Whether the values by which rows are reached come from somewhere.
fn source(earlier: &[System], system: &System, table: &Table) -> Option<Finding> {
    if let Some(from) = &table.from {
        let mut systems = earlier.iter().filter(|one| one.id == from.system);
        let known = systems.any(|one| one.table(&from.table).is_some());
        let name = format!("{}.{}", from.system, from.table);
        return (!known).then(|| Finding::error(Code::SourceUnknown, key(system, table, "from"), &[&name]));
    }
    let unknown: Vec<&str> = table.values_without_source().collect();
    (!unknown.is_empty()).then(|| Finding::error(Code::ValueUnknown, key(system, table, "path"), &unknown))
}

/// What the table says and its kind of system cannot do.
fn unfit(system: &System, table: &Table) -> Vec<Finding> {
    let is_files = system.connector == ConnectorKind::Files;
    let mut found = Vec::new();
    if is_files && table.path.is_none() {
        found.push(Finding::error(
            Code::PathMissing,
            key(system, table, "path"),
            &[&table.name],
        ));
    }
    let said: &[(&str, bool)] = if is_files {
        &[
            ("person", !table.person.is_empty()),
            ("register", table.register),
            ("parent", table.parent.is_some()),
            ("only_when", table.only_when.is_some()),
            (
                "erase",
                matches!(
                    table.erase,
                    EraseRule::DeleteOrReduce { .. } | EraseRule::Fields(_)
                ),
            ),
            ("service", table.service.is_some()),
            ("identifiers", !table.identifiers.is_empty()),
            ("rectify", !table.rectify.is_empty()),
            ("purposes", !table.purposes.is_empty()),
        ]
    } else {
        let is_http = system.connector == ConnectorKind::Http;
        &[
            ("path", table.path.is_some()),
            ("from", table.from.is_some() && !is_http),
        ]
    };
    let only_mode = |set: &BTreeMap<String, String>| set.keys().all(|column| column == "mode");
    let set = table.restrict.iter().map(|rule| ("restrict", &rule.set));
    let freeze = system.freeze.iter().filter(|freeze| freeze.table == table.name);
    for (field, set) in set.chain(freeze.map(|freeze| ("freeze", &freeze.set))) {
        if is_files && !only_mode(set) {
            found.push(Finding::error(
                Code::NotForConnector,
                key(system, table, field),
                &[field, system.connector.name()],
            ));
        }
    }
    for (field, _) in said.iter().filter(|(_, said)| *said) {
        found.push(Finding::error(
            Code::NotForConnector,
            key(system, table, field),
            &[field, system.connector.name()],
        ));
    }
    found
}

/// Tables of which one may lead into the files of another.
fn overlaps(system: &System) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, table) in system.tables.iter().enumerate() {
        for other in system.tables.get(at + 1..).unwrap_or_default() {
            let (Some(one), Some(two)) = (&table.path, &other.path) else {
                continue;
            };
            if one.lies_in(two) || two.lies_in(one) {
                found.push(Finding::error(
                    Code::PathsOverlap,
                    key(system, other, "path"),
                    &[&table.name, &other.name],
                ));
            }
        }
    }
    found
}
