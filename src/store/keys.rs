//! Sealing columns with the keys of cases, and which of those keys are still needed.

use std::collections::HashSet;

use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::schema::{cases, purges, retained_rows};
use super::{Error, Result};
use crate::domain::ids::CaseId;
use crate::domain::sealing::{NONCE, SealError, SecretKey};

/// The key of one case, ready for use.
#[derive(Clone, Debug)]
pub struct CaseKey {
    case: CaseId,
    key: SecretKey,
}

impl CaseKey {
    /// The key of `case` with these bytes.
    #[must_use]
    pub fn new(case: CaseId, bytes: [u8; 32]) -> Self {
        Self {
            case,
            key: SecretKey::new(bytes),
        }
    }

    /// Seals `value` for a column, such as `cases.sealed`.
    ///
    /// # Panics
    /// Never: what is sealed is plain data.
    #[must_use]
    pub fn seal<T: Serialize>(&self, column: &str, nonce: [u8; NONCE], value: &T) -> Vec<u8> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(value).expect("plain data serialises"));
        self.key.seal(nonce, &self.place(column), &plain)
    }

    /// Opens what [`Self::seal`] made for the same case and column.
    ///
    /// # Errors
    /// When it does not open, or holds something else.
    pub fn open<T: DeserializeOwned>(&self, column: &str, sealed: &[u8]) -> Result<T> {
        let plain = self.key.open(&self.place(column), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Error::Sealed(SealError::Contents))
    }

    /// Seals bytes for a place, such as a piece of a package.
    #[must_use]
    pub fn seal_bytes(&self, place: &str, nonce: [u8; NONCE], bytes: &[u8]) -> Vec<u8> {
        self.key.seal(nonce, &self.place(place), bytes)
    }

    /// Opens what [`Self::seal_bytes`] made for the same case and place.
    ///
    /// # Errors
    /// When it does not open.
    pub fn open_bytes(&self, place: &str, sealed: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        Ok(self.key.open(&self.place(place), sealed)?)
    }

    /// Whose it is: a case's, or an id of its own.
    #[must_use]
    pub const fn id(&self) -> CaseId {
        self.case
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        self.key.bytes()
    }

    fn place(&self, column: &str) -> String {
        format!("{column}|{}", self.case)
    }
}

/// Those of `ids` that still open something: keys of cases that have not been thinned, of records that the law
/// makes us keep, and of what staff wrote about lists of those.
///
/// # Errors
/// When the database fails.
pub fn list_needed(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
    let mut needed: HashSet<Uuid> = cases::table
        .filter(cases::id.eq_any(ids).and(cases::thinned_at.is_null()))
        .select(cases::id)
        .load(conn)?
        .into_iter()
        .collect();
    let retained: Vec<Uuid> = retained_rows::table
        .filter(
            retained_rows::key_id
                .eq_any(ids)
                .and(retained_rows::purged_at.is_null()),
        )
        .select(retained_rows::key_id)
        .distinct()
        .load(conn)?;
    needed.extend(retained);
    // What staff wrote about lists of retained rows.
    let lists: Vec<Uuid> = purges::table
        .filter(purges::id.eq_any(ids))
        .select(purges::id)
        .load(conn)?;
    needed.extend(lists);
    Ok(needed)
}
