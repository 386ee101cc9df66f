//! What restrictions in force keep from being destroyed: to erase is to process (Art. 4(2)), and Art. 18(2) allows storing.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::CaseId;
use crate::domain::matching::RowKey;
use crate::domain::purge::RetainedKeys;
use crate::services::execution::RETAINED;
use crate::services::{Context, Result, keys};
use crate::store::retained::{self, RetainedRow};
use crate::store::{Conn, cases, restrictions};

/// Rows that cases keep from being destroyed: those that are under restriction, or asked for.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// The references of the cases, by row.
    rows: BTreeMap<(String, String), BTreeMap<RowKey, BTreeSet<String>>>,
}

/// Reads which rows are under restriction now.
///
/// # Errors
/// When the database or the key store fails.
pub fn held(ctx: &Context, conn: &mut Conn) -> Result<Held> {
    let mut held = Held::default();
    for id in restrictions::list_in_force(conn)? {
        let case = cases::find_by_id(conn, id)?;
        let Some((_, terms)) = super::terms(ctx, conn, &case)? else {
            continue;
        };
        for covered in terms.covered {
            held.add(
                &covered.system,
                &covered.table,
                covered.keys,
                case.reference.as_str(),
            );
        }
    }
    Ok(held)
}

impl Held {
    /// Adds rows that a case keeps.
    pub fn add(&mut self, system: &str, table: &str, keys: impl IntoIterator<Item = RowKey>, case: &str) {
        let rows = self
            .rows
            .entry((system.to_owned(), table.to_owned()))
            .or_default();
        for key in keys {
            rows.entry(key).or_default().insert(case.to_owned());
        }
    }

    /// The references of the cases that keep any of what one erasure retained in the system of `retained`: its rows
    /// refer to each other, so they stay or go together.
    ///
    /// # Errors
    /// When the database or the key store fails.
    pub fn among(&self, ctx: &Context, conn: &mut Conn, retained: &RetainedRow) -> Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        if !self.rows.keys().any(|(system, _)| *system == retained.system) {
            return Ok(found);
        }
        for row in retained::list(conn, CaseId(retained.case_id))? {
            let place = (row.system.clone(), row.tbl.clone());
            let Some(held) = self.rows.get(&place).filter(|_| row.purged_at.is_none()) else {
                continue;
            };
            let rows: RetainedKeys = keys::find(ctx, row.key_id)?.open(RETAINED, &row.sealed)?;
            let cases = rows.rows.iter().filter_map(|row| held.get(&row.key));
            found.extend(cases.flatten().cloned());
        }
        Ok(found)
    }
}
