//! Requests that were passed on to the customer who is controller.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::forwardings;
use crate::domain::ids::CaseId;

/// A request passed on; to whom is sealed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = forwardings)]
pub struct ForwardingRow {
    /// The case.
    pub case_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the person may be told who it is.
    pub may_name: bool,
    /// Keyed hash of the locator in the link.
    pub token_digest: Vec<u8>,
    /// Keyed hash of the code.
    pub code_digest: Vec<u8>,
    /// The controller and what staff wrote, sealed.
    pub sealed: Vec<u8>,
}

/// Keeps a forwarding.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, row: &ForwardingRow) -> Result<()> {
    diesel::insert_into(forwardings::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// The last forwarding of a case.
///
/// # Errors
/// When the database fails.
pub fn find_last(conn: &mut PgConnection, case: CaseId) -> Result<Option<ForwardingRow>> {
    Ok(forwardings::table
        .filter(forwardings::case_id.eq(case.0))
        .order(forwardings::at.desc())
        .select(ForwardingRow::as_select())
        .first(conn)
        .optional()?)
}

/// The forwarding that a locator leads to.
///
/// # Errors
/// [`super::Error::NotFound`] when there is none.
pub fn find_by_token(conn: &mut PgConnection, digest: &[u8; 32]) -> Result<ForwardingRow> {
    Ok(forwardings::table
        .filter(forwardings::token_digest.eq(digest.as_slice()))
        .select(ForwardingRow::as_select())
        .first(conn)?)
}
