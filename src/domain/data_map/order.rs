//! The order in which a system's tables are emptied.

use thiserror::Error;

use super::{System, Table};

/// Tables that point at each other in a ring, so that none can be emptied first.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("tables that point at each other in a ring: {}", tables.join(", "))]
pub struct Cycle {
    /// The system they are in.
    pub system: String,
    /// The tables in the ring, and those above it.
    pub tables: Vec<String>,
}

pub(super) fn children_first(system: &System) -> Result<Vec<&Table>, Cycle> {
    let mut waiting: Vec<&Table> = system.tables.iter().collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let (free, blocked): (Vec<&Table>, Vec<&Table>) = waiting
            .iter()
            .copied()
            .partition(|table| !waiting.iter().any(|other| hangs_on(other, table)));
        if free.is_empty() {
            let tables = blocked.iter().map(|table| table.name.clone()).collect();
            return Err(Cycle {
                system: system.id.clone(),
                tables,
            });
        }
        ordered.extend(free);
        waiting = blocked;
    }
    Ok(ordered)
}

fn hangs_on(child: &Table, table: &Table) -> bool {
    let parent = child.parent.as_ref().map(|parent| &parent.table);
    // A table may keep rows of its own, which then go together with those that keep them.
    let kept = child.erase.retain().into_iter().flat_map(|rule| &rule.keeps);
    let kept = kept.map(|link| &link.table).filter(|name| **name != child.name);
    child
        .references
        .iter()
        .chain(parent)
        .chain(kept)
        .any(|name| *name == table.name)
}
