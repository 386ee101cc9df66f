//! Messages to and from the person, and notes among staff.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::{case_messages, cases};
use crate::domain::ids::CaseId;

/// A message or note; its text is sealed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = case_messages)]
pub struct MessageRow {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// A pseudonym, as in the audit trail.
    pub author: String,
    /// `from_person`, `to_person`, `statement` or `note`.
    pub kind: String,
    /// The text, sealed.
    pub sealed: Vec<u8>,
}

/// Keeps a message.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, row: &MessageRow) -> Result<()> {
    diesel::insert_into(case_messages::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// The messages of a case, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, case: CaseId) -> Result<Vec<MessageRow>> {
    Ok(case_messages::table
        .filter(case_messages::case_id.eq(case.0))
        .order((case_messages::at, case_messages::id))
        .select(MessageRow::as_select())
        .load(conn)?)
}

/// Says whether a message of the person's waits for staff.
///
/// # Errors
/// When the database fails.
pub fn set_waiting(conn: &mut PgConnection, case: CaseId, waits: bool) -> Result<()> {
    diesel::update(cases::table.find(case.0))
        .set(cases::message_waits.eq(waits))
        .execute(conn)?;
    Ok(())
}
