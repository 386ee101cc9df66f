//! What the person wrote in a case, sealed.

use diesel::prelude::*;

use super::Result;
use super::schema::cases;
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
