//! Personal data breaches that were reported on a case (Art. 33(5)).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{cases, incidents};
use super::{Error, Result};
use crate::domain::ids::{CaseId, StaffId};

/// A breach; what happened and what was done is sealed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = incidents, treat_none_as_default_value = false)]
pub struct IncidentRow {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The kind's name.
    pub kind: String,
    /// Since when it is known.
    pub aware_at: DateTime<Utc>,
    /// By when the authority must be notified.
    pub notify_by: DateTime<Utc>,
    /// Who reported it.
    pub reported_by: Uuid,
    /// What happened, sealed; gone once the case is thinned.
    pub sealed: Option<Vec<u8>>,
    /// When the authority was notified.
    pub notified_at: Option<DateTime<Utc>>,
    /// `open` or `closed`.
    pub state: String,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub closed_by: Option<Uuid>,
    /// What was done, sealed.
    pub done_sealed: Option<Vec<u8>>,
    /// When the person was told (Art. 34).
    pub told_at: Option<DateTime<Utc>>,
}

/// Keeps a breach.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, row: &IncidentRow) -> Result<()> {
    diesel::insert_into(incidents::table).values(row).execute(conn)?;
    Ok(())
}

/// The breaches of a case, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, case: CaseId) -> Result<Vec<IncidentRow>> {
    Ok(incidents::table
        .filter(incidents::case_id.eq(case.0))
        .order((incidents::aware_at, incidents::id))
        .select(IncidentRow::as_select())
        .load(conn)?)
}

/// Breaches of all cases with their cases' references: the open ones first, then the newest, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut PgConnection, limit: i64) -> Result<Vec<(IncidentRow, String)>> {
    Ok(incidents::table
        .inner_join(cases::table.on(cases::id.eq(incidents::case_id)))
        .order((incidents::state.desc(), incidents::aware_at.desc(), incidents::id))
        .limit(limit)
        .select((IncidentRow::as_select(), cases::reference))
        .load(conn)?)
}

/// A breach, locked until the transaction ends.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn lock(conn: &mut PgConnection, id: Uuid) -> Result<IncidentRow> {
    Ok(incidents::table
        .find(id)
        .select(IncidentRow::as_select())
        .for_no_key_update()
        .first(conn)?)
}

/// Whether a breach of the case is still open: the case is then kept as it is.
///
/// # Errors
/// When the database fails.
pub fn has_open(conn: &mut PgConnection, case: CaseId) -> Result<bool> {
    let open = incidents::table.filter(incidents::case_id.eq(case.0).and(incidents::state.eq("open")));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn)?)
}

/// Records that the authority was notified.
///
/// # Errors
/// When the database fails.
pub fn set_notified(conn: &mut PgConnection, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    diesel::update(incidents::table.find(id))
        .set(incidents::notified_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Records that the person was told; the first time counts.
///
/// # Errors
/// When the database fails.
pub fn set_told(conn: &mut PgConnection, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    diesel::update(incidents::table.find(id).filter(incidents::told_at.is_null()))
        .set(incidents::told_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Closes a breach with what was done.
///
/// # Errors
/// [`Error::Stale`] when it is closed already.
pub fn close(conn: &mut PgConnection, id: Uuid, by: StaffId, done: Vec<u8>, at: DateTime<Utc>) -> Result<()> {
    let closed =
        diesel::update(incidents::table.filter(incidents::id.eq(id).and(incidents::state.eq("open"))))
            .set((
                incidents::state.eq("closed"),
                incidents::closed_at.eq(at),
                incidents::closed_by.eq(by.0),
                incidents::done_sealed.eq(done),
            ))
            .execute(conn)?;
    if closed == 1 { Ok(()) } else { Err(Error::Stale) }
}
