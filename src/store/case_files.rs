//! What the person wrote in a case, sealed, and the keyed hashes by which the case is found.

use diesel::prelude::*;

use super::Result;
use super::schema::{case_digests, cases};
use crate::domain::ids::CaseId;

/// Puts what the person wrote in the place of what they wrote before.
///
/// # Errors
/// When the database fails.
pub fn reseal(conn: &mut PgConnection, id: CaseId, sealed: &[u8]) -> Result<()> {
    diesel::update(cases::table.find(id.0))
        .set(cases::sealed.eq(sealed))
        .execute(conn)?;
    Ok(())
}

/// Adds keyed hashes by which a case is found.
///
/// # Errors
/// When the database fails.
pub fn add_digests(
    conn: &mut PgConnection,
    case: CaseId,
    digests: &[(&'static str, [u8; 32])],
) -> Result<()> {
    // One by one: a list of any length would be a new statement to prepare each time, and there are one to four.
    for (kind, digest) in digests {
        diesel::insert_into(case_digests::table)
            .values((
                case_digests::case_id.eq(case.0),
                case_digests::kind.eq(*kind),
                case_digests::digest.eq(digest.as_slice()),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    Ok(())
}
