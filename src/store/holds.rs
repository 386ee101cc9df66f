//! Legal holds: why a case is held, and whether the person was told.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::legal_holds;
use crate::domain::ids::CaseId;

/// A legal hold; its reason is sealed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = legal_holds, treat_none_as_default_value = false)]
pub struct HoldRow {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// When it was put.
    pub put_at: DateTime<Utc>,
    /// By whom.
    pub put_by: Uuid,
    /// Whether the person was told; else an order forbids it.
    pub told: bool,
    /// The reason and the authority, sealed.
    pub sealed: Vec<u8>,
    /// When it was lifted.
    pub lifted_at: Option<DateTime<Utc>>,
}

/// Keeps a hold.
///
/// # Errors
/// When one is in force already, or the database fails.
pub fn insert(conn: &mut PgConnection, row: &HoldRow) -> Result<()> {
    diesel::insert_into(legal_holds::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// The hold in force.
///
/// # Errors
/// When the database fails.
pub fn find_open(conn: &mut PgConnection, case: CaseId) -> Result<Option<HoldRow>> {
    Ok(legal_holds::table
        .filter(
            legal_holds::case_id
                .eq(case.0)
                .and(legal_holds::lifted_at.is_null()),
        )
        .select(HoldRow::as_select())
        .first(conn)
        .optional()?)
}

/// Ends the hold in force.
///
/// # Errors
/// When the database fails.
pub fn lift(conn: &mut PgConnection, case: CaseId, at: DateTime<Utc>) -> Result<()> {
    let open = legal_holds::case_id
        .eq(case.0)
        .and(legal_holds::lifted_at.is_null());
    diesel::update(legal_holds::table.filter(open))
        .set(legal_holds::lifted_at.eq(at))
        .execute(conn)?;
    Ok(())
}
