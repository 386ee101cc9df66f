//! What of an erasure is refused: items with their grounds (Art. 17(3), 12(4)), and the tables that they cover.

use std::collections::BTreeMap;

use crate::domain::case::{RefusalGround, RefusedItem};
use crate::domain::data_map::{DataMap, EraseRule, System, Table};

/// The parts of an erasure that are refused, each with its ground and its reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    items: Vec<RefusedItem>,
    tables: BTreeMap<(String, String), RefusalGround>,
}

/// Why a part cannot be refused as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusalError {
    /// The map has no such category or table.
    #[error("no such category or table")]
    UnknownItem,
    /// A law or the map keeps it anyway: there is nothing to refuse.
    #[error("it is kept anyway")]
    KeptAnyway,
    /// Two items speak of the same table.
    #[error("refused twice")]
    Twice,
    /// The ground is none on which a part of an erasure can be refused.
    #[error("not a ground for refusing a part of an erasure")]
    WrongGround,
    /// There are no reasons, which Art. 12(4) demands.
    #[error("no reasons")]
    NoReason,
}

impl RefusalError {
    /// The field of the form or the call that is wrong, and how.
    #[must_use]
    pub const fn field(self) -> (&'static str, &'static str) {
        match self {
            Self::UnknownItem => ("item", "unknown"),
            Self::KeptAnyway => ("item", "kept_anyway"),
            Self::Twice => ("item", "twice"),
            Self::WrongGround => ("ground", "not_for_erasure"),
            Self::NoReason => ("reason", "required"),
        }
    }
}

impl Refusals {
    /// Reads the items: each is a category, or a table as `system.table`.
    ///
    /// # Errors
    /// When an item is unknown, kept anyway or named twice, or has no fitting ground or no reasons.
    pub fn of(map: &DataMap, items: Vec<RefusedItem>) -> Result<Self, RefusalError> {
        let mut tables = BTreeMap::new();
        for item in &items {
            if !item.ground.refuses_erasure_in_part() {
                return Err(RefusalError::WrongGround);
            }
            if item.reason.trim().is_empty() {
                return Err(RefusalError::NoReason);
            }
            let mut covered = map.tables().filter(|(system, table)| covers(item, system, table));
            let mut covered = covered.by_ref().peekable();
            if covered.peek().is_none() {
                return Err(RefusalError::UnknownItem);
            }
            let goes: Vec<_> = covered.filter(|(_, table)| goes(table)).collect();
            if goes.is_empty() {
                return Err(RefusalError::KeptAnyway);
            }
            for (system, table) in goes {
                let place = (system.id.clone(), table.name.clone());
                if tables.insert(place, item.ground).is_some() {
                    return Err(RefusalError::Twice);
                }
            }
        }
        Ok(Self { items, tables })
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[RefusedItem] {
        &self.items
    }

    /// Why a table is not erased, when that is refused.
    #[must_use]
    pub fn ground(&self, system: &str, table: &str) -> Option<RefusalGround> {
        let place = (system.to_owned(), table.to_owned());
        self.tables.get(&place).copied()
    }

    /// The map by which the rest is planned: rows of the refused tables stay, and what they refer to stays for them.
    #[must_use]
    pub(super) fn applied(&self, map: &DataMap) -> DataMap {
        let mut map = map.clone();
        for system in &mut map.systems {
            let id = system.id.clone();
            for table in &mut system.tables {
                if let Some(ground) = self.ground(&id, &table.name) {
                    let reason = ground.name().to_owned();
                    table.erase = EraseRule::Keep { reason };
                }
            }
        }
        map
    }
}

fn covers(item: &RefusedItem, system: &System, table: &Table) -> bool {
    item.item == table.category || item.item == table.full_name(system)
}

/// Whether an erasure takes rows of the table: what stays by law or by the map is not refused.
const fn goes(table: &Table) -> bool {
    matches!(
        table.erase,
        EraseRule::Delete | EraseRule::DeleteOrReduce { .. } | EraseRule::Fields(_)
    )
}
