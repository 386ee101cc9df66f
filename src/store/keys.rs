//! The keys of cases, wrapped, and sealing with them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::schema::case_keys;
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
    /// A new key for `case` from random bytes; [`insert`] keeps it.
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

    fn place(&self, column: &str) -> String {
        format!("{column}|{}", self.case)
    }
}

/// Keeps a case's key, wrapped by `wrapping`. It is written before anything that it seals.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut PgConnection,
    key: &CaseKey,
    wrapping: &SecretKey,
    nonce: [u8; NONCE],
    at: DateTime<Utc>,
) -> Result<()> {
    let wrapped = wrapping.seal(nonce, &key.case.to_string(), key.key.bytes());
    diesel::insert_into(case_keys::table)
        .values((
            case_keys::case_id.eq(key.case.0),
            case_keys::wrapped.eq(wrapped),
            case_keys::created_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The key of a case.
///
/// # Errors
/// [`Error::NotFound`] when it has been destroyed.
pub fn find(conn: &mut PgConnection, case: CaseId, wrapping: &SecretKey) -> Result<CaseKey> {
    let wrapped: Vec<u8> = case_keys::table
        .find(case.0)
        .select(case_keys::wrapped)
        .first(conn)?;
    let opened = wrapping.open(&case.to_string(), &wrapped)?;
    let bytes: [u8; 32] = opened
        .as_slice()
        .try_into()
        .map_err(|_| Error::Sealed(SealError::Contents))?;
    Ok(CaseKey::new(case, bytes))
}
