//! What a person gets: a copy of their data (Art. 15) or the part of it that they may take along (Art. 20).

mod collect;
mod keeping;
mod recipients;
mod selection;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::matching::RowKey;

pub use collect::{CollectRequest, CollectedColumn, CollectedRow, ColumnKind, Reading};
pub use keeping::{Kept, kept_by_law};
pub use recipients::{ActualRecipient, Informed, actual_recipients};
pub use selection::{
    Chosen, Fate, Undecided, WhyLeftOut, for_access, for_portability, undecided, unknown_item,
};

/// All that is decided about what a person gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Its own name: what is decided anew is collected anew, though it be the same.
    pub id: Uuid,
    /// The person's own rows, by system and table, from which all others are reached.
    pub roots: BTreeMap<String, BTreeMap<String, Vec<RowKey>>>,
    /// What becomes of each table of the map, in its order.
    pub tables: Vec<Chosen>,
    /// Who got data of this person.
    pub recipients: Vec<ActualRecipient>,
    /// Until when the law keeps rows, by `system.table`.
    pub kept: BTreeMap<String, Kept>,
    /// The systems that were searched.
    pub searched: Vec<String>,
}

impl Collection {
    /// Whether no system knows the person: that, too, is an answer (Art. 15(1)).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// What to read of a system; nothing where nothing of it goes out.
    #[must_use]
    pub fn request(&self, system: &str) -> Option<CollectRequest> {
        let roots = self.roots.get(system)?.clone();
        let own = self.tables.iter().filter(|chosen| chosen.system == system);
        let tables: Vec<(String, Reading)> = own
            .filter_map(|chosen| Some((chosen.table.clone(), chosen.fate.reading()?)))
            .collect();
        (!tables.is_empty()).then_some(CollectRequest { roots, tables })
    }

    /// What becomes of a table.
    #[must_use]
    pub fn fate(&self, system: &str, table: &str) -> Option<&Fate> {
        let chosen = self
            .tables
            .iter()
            .find(|chosen| chosen.system == system && chosen.table == table)?;
        Some(&chosen.fate)
    }
}
