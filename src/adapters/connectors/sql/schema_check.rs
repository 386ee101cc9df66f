//! What a check finds between the mapped tables, and beside them.

use std::collections::BTreeMap;

use crate::domain::data_map::{EraseRule, System as Mapped, Table, looks_personal};
use crate::services::ports::SystemFinding;

use super::catalogue::{Catalogue, Relation};
use super::check::{error, warning};
use super::error::Failure;
use super::loosen;
use super::server::{Dialect, Session};

/// Foreign keys that an erasure would trip over, or that would take what must stay.
pub(super) fn references(
    sql: &dyn Dialect,
    session: &mut dyn Session,
    catalogue: &Catalogue,
    map: &Mapped,
) -> Result<Vec<SystemFinding>, Failure> {
    let by_id: BTreeMap<&str, &Table> = catalogue
        .relations()
        .filter_map(|relation| Some((relation.id.as_str(), map.table(&relation.name)?)))
        .collect();
    let order: Vec<&str> = map
        .erasure_order()
        .map(|order| order.iter().map(|table| table.name.as_str()).collect())
        .unwrap_or_default();
    let relations: Vec<&Relation> = catalogue.relations().collect();
    let mut findings = Vec::new();
    for reference in sql.references(session, &relations)? {
        if reference.from == reference.to {
            continue;
        }
        let Some(to) = by_id.get(reference.to.as_str()).filter(|table| goes(table)) else {
            continue;
        };
        let (constraint, acts) = (&reference.constraint, reference.acts);
        match by_id.get(reference.from.as_str()) {
            None => findings.push(unmapped_reference(
                &reference.from_name,
                constraint,
                &to.name,
                acts,
            )),
            Some(from) => {
                let relation = catalogue.relation(&from.name)?;
                let loose = loosen::free_column(map, from, relation, &reference).is_some();
                if acts || !(loose && loosen::share_an_owner(map, from, to)) {
                    findings.extend(mapped_reference(from, to, constraint, acts, &order));
                }
            }
        }
    }
    Ok(findings)
}

fn goes(table: &Table) -> bool {
    matches!(
        table.erase,
        EraseRule::Delete | EraseRule::DeleteOrReduce { .. } | EraseRule::Fields(_)
    )
}

fn unmapped_reference(from: &str, constraint: &str, to: &str, acts: bool) -> SystemFinding {
    let remedy = if acts {
        format!("{constraint} deletes or changes its rows when rows of {to} go, unseen: put it in the map")
    } else {
        format!("{constraint} makes deleting from {to} fail while it has rows: put it in the map")
    };
    warning(from, "unmapped_reference", remedy)
}

fn mapped_reference(
    from: &Table,
    to: &Table,
    constraint: &str,
    acts: bool,
    order: &[&str],
) -> Option<SystemFinding> {
    let declared = from.parent.as_ref().is_some_and(|parent| parent.table == to.name);
    if declared {
        return None;
    }
    if !goes(from) {
        let what = if acts {
            "changes or deletes retained rows"
        } else {
            "makes deleting fail"
        };
        let remedy = format!(
            "{constraint} {what} when rows of {} go: name it as parent in the map",
            to.name
        );
        return Some(if acts {
            error(&from.name, "retained_reference", remedy)
        } else {
            warning(&from.name, "retained_reference", remedy)
        });
    }
    let place = |table: &Table| order.iter().position(|name| *name == table.name);
    (!acts && place(from) > place(to)).then(|| {
        let remedy = format!(
            "{constraint} refers to {}, which goes first: name that in its references in the map",
            to.name
        );
        error(&from.name, "erasure_order", remedy)
    })
}

/// Tables that the map does not name and that look as if they hold personal data.
pub(super) fn unmapped_personal(
    sql: &dyn Dialect,
    session: &mut dyn Session,
    catalogue: &Catalogue,
) -> Result<Vec<SystemFinding>, Failure> {
    let mut findings = Vec::new();
    for (name, table, columns) in sql.beside(session, catalogue)? {
        let personal: Vec<&str> = columns
            .iter()
            .map(String::as_str)
            .filter(|column| looks_personal(&table, column))
            .collect();
        if !personal.is_empty() {
            let remedy = format!(
                "columns {} look like personal data: put the table in the map, or make sure that they are none",
                personal.join(", ")
            );
            findings.push(warning(&name, "unmapped_personal_table", remedy));
        }
    }
    Ok(findings)
}
