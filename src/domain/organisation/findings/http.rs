//! Systems over HTTP: calls that are missing, and what such systems cannot do.

use super::{Finding, FindingCode as Code};
use crate::domain::data_map::{ConnectorKind, EraseRule, HttpTable, System, Table};
use crate::domain::organisation::Organisation;

pub(super) fn findings(organisation: &Organisation) -> Vec<Finding> {
    let mut found = Vec::new();
    for system in &organisation.map.systems {
        let is_http = system.connector == ConnectorKind::Http;
        let key = |field: &str| format!("systems.{}.{field}", system.id);
        let said: &[(&str, bool)] = if is_http {
            &[("marker", system.marker.is_some())]
        } else {
            &[("http", system.http.is_some())]
        };
        for (field, _) in said.iter().filter(|(_, said)| *said) {
            found.push(not_for(system, key(field), field));
        }
        for table in &system.tables {
            let key = |field: &str| format!("systems.{}.tables.{}.{field}", system.id, table.name);
            let said = if is_http {
                cannot(table)
            } else {
                vec![("http", table.http.is_some())]
            };
            let said = said.into_iter().filter(|(_, said)| *said);
            found.extend(said.map(|(field, _)| not_for(system, key(field), field)));
            if is_http {
                let missing = missing(system, table).into_iter();
                found.extend(missing.map(|call| {
                    Finding::error(
                        Code::CallMissing,
                        key(&format!("http.{call}")),
                        &[&table.name, call],
                    )
                }));
            }
        }
    }
    found
}

fn not_for(system: &System, key: String, field: &str) -> Finding {
    Finding::error(Code::NotForConnector, key, &[field, system.connector.name()])
}

/// What no call does: a service is no register of accounts, and what the law keeps is kept where it can be proved.
fn cannot(table: &Table) -> Vec<(&'static str, bool)> {
    let by_row = matches!(
        table.erase,
        EraseRule::DeleteOrReduce { .. } | EraseRule::Retain(_)
    );
    vec![
        ("register", table.register),
        ("only_when", table.only_when.is_some()),
        ("erase", by_row),
        ("purposes", !table.purposes.is_empty()),
    ]
}

/// The calls that the rules of a table need and that it has not.
fn missing(system: &System, table: &Table) -> Vec<&'static str> {
    let none = HttpTable::default();
    let http = table.http.as_ref().unwrap_or(&none);
    let is_frozen = system
        .freeze
        .as_ref()
        .is_some_and(|freeze| freeze.table == table.name);
    let changes = is_frozen || table.restrict.is_some() || !table.rectify.is_empty();
    let found = table.parent.is_none() || !table.person.is_empty() || table.from.is_some();
    let needed = [
        ("find", found && http.find.is_empty()),
        ("list", table.parent.is_some() && http.list.is_none()),
        ("read", http.read.is_none()),
        ("erase", table.erase == EraseRule::Delete && http.erase.is_none()),
        ("change", changes && http.change.is_none()),
    ];
    let needed = needed.into_iter().filter(|(_, is_missing)| *is_missing);
    needed.map(|(call, _)| call).collect()
}
