//! Systems that staff see to by hand: what cannot be said of them.

use super::{Finding, FindingCode as Code};
use crate::domain::data_map::{ConnectorKind, EraseRule, System, Table};
use crate::domain::organisation::Organisation;

pub(super) fn findings(organisation: &Organisation) -> Vec<Finding> {
    let mut found = Vec::new();
    for system in &organisation.map.systems {
        let is_manual = system.connector == ConnectorKind::Manual;
        let key = |field: &str| format!("systems.{}.{field}", system.id);
        if is_manual && system.by_hand.is_none() {
            found.push(Finding::error(
                Code::InstructionsMissing,
                key("by_hand"),
                &[&system.id],
            ));
        }
        let said = if is_manual {
            of_manual(system)
        } else {
            vec![("by_hand", system.by_hand.is_some())]
        };
        let unfit = |(field, said): (&'static str, bool)| said.then(|| not_for(system, key(field), field));
        found.extend(said.into_iter().filter_map(unfit));
        for table in system.tables.iter().filter(|_| is_manual) {
            let key = |field: &str| format!("systems.{}.tables.{}.{field}", system.id, table.name);
            let unfit =
                |(field, said): (&'static str, bool)| said.then(|| not_for(system, key(field), field));
            found.extend(of_table(table).into_iter().filter_map(unfit));
        }
    }
    found
}

fn not_for(system: &System, key: String, field: &str) -> Finding {
    Finding::error(Code::NotForConnector, key, &[field, system.connector.name()])
}

fn of_manual(system: &System) -> Vec<(&'static str, bool)> {
    vec![
        ("url", system.url.is_some()),
        ("freeze", system.freeze.is_some()),
        ("marker", system.marker.is_some()),
    ]
}

/// What staff see to by hand has no columns: all of a table goes, or all of it stays.
fn of_table(table: &Table) -> Vec<(&'static str, bool)> {
    let by_row = matches!(
        table.erase,
        EraseRule::DeleteOrReduce { .. } | EraseRule::Retain(_)
    );
    vec![
        ("person", !table.person.is_empty()),
        ("register", table.register),
        ("parent", table.parent.is_some()),
        ("references", !table.references.is_empty()),
        ("only_when", table.only_when.is_some()),
        ("erase", by_row),
        ("service", table.service.is_some()),
        ("identifiers", !table.identifiers.is_empty()),
        ("settled_when", table.settled_when.is_some()),
        ("restrict", table.restrict.is_some()),
        ("rectify", !table.rectify.is_empty()),
        ("purposes", !table.purposes.is_empty()),
        ("portable_as", table.portable_as.is_some()),
    ]
}
