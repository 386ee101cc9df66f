//! Addresses that a purpose must leave alone, as keyed hashes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::suppressions;

/// An entry: one address, one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = suppressions)]
pub struct Suppression {
    /// `email` or `phone`.
    pub kind: String,
    /// The keyed hash of the address.
    pub digest: Vec<u8>,
    /// The purpose, `*` for all direct marketing.
    pub purpose: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The case in which it was asked.
    pub case_id: Uuid,
    /// That case's reference.
    pub reference: String,
}

/// Keeps entries; one that is there already takes the later time, and the case that asked last.
///
/// # Errors
/// When the database fails.
pub fn keep(conn: &mut PgConnection, entries: &[Suppression]) -> Result<()> {
    for entry in entries {
        diesel::insert_into(suppressions::table)
            .values(entry)
            .on_conflict((suppressions::kind, suppressions::digest, suppressions::purpose))
            .do_update()
            .set((
                suppressions::since.eq(entry.since),
                suppressions::case_id.eq(entry.case_id),
                suppressions::reference.eq(&entry.reference),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The entries of any of these addresses, by the kind and the hash of each.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, digests: &[Vec<u8>]) -> Result<Vec<Suppression>> {
    Ok(suppressions::table
        .filter(suppressions::digest.eq_any(digests))
        .order((suppressions::digest, suppressions::purpose))
        .select(Suppression::as_select())
        .load(conn)?)
}

/// Whether there is any entry at all.
///
/// # Errors
/// When the database fails.
pub fn any(conn: &mut PgConnection) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        suppressions::table.select(suppressions::kind),
    ))
    .get_result(conn)?)
}
