//! Announced changes of the privacy policy and of the register, and whose letters about them are written.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::{cases, change_letters, changes};
use crate::domain::ids::CaseId;

/// A change as it was announced.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = changes)]
pub struct ChangeRow {
    /// Its id.
    pub id: Uuid,
    /// `policy` or `register`.
    pub what: String,
    /// When it was announced.
    pub announced_at: DateTime<Utc>,
    /// By whom.
    pub announced_by: Uuid,
    /// From when it holds.
    pub effective_on: NaiveDate,
    /// What changes, in Swedish.
    pub text_sv: String,
    /// What changes, in English.
    pub text_en: String,
}

/// Keeps a change.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, row: &ChangeRow) -> Result<()> {
    diesel::insert_into(changes::table).values(row).execute(conn)?;
    Ok(())
}

/// Changes, the newest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, limit: i64) -> Result<Vec<ChangeRow>> {
    Ok(changes::table
        .order((changes::announced_at.desc(), changes::id))
        .limit(limit)
        .select(ChangeRow::as_select())
        .load(conn)?)
}

/// The change of that id.
///
/// # Errors
/// [`super::Error::NotFound`] when there is none.
pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<ChangeRow> {
    Ok(changes::table
        .find(id)
        .select(ChangeRow::as_select())
        .first(conn)?)
}

/// Open cases whose person proved who they are, whom no letter about a change has been written to, received before it.
///
/// # Errors
/// When the database fails.
pub fn list_untold(conn: &mut PgConnection, change: &ChangeRow, limit: i64) -> Result<Vec<CaseId>> {
    let told = change_letters::table
        .filter(change_letters::change_id.eq(change.id))
        .select(change_letters::case_id);
    let ended = [
        "answered",
        "closed",
        "refused",
        "withdrawn",
        "lapsed",
        "forwarded",
    ];
    let ids: Vec<Uuid> = cases::table
        .filter(cases::state.ne_all(ended))
        .filter(cases::identity_level.ge(cases::required_level))
        .filter(cases::received_at.lt(change.announced_at))
        .filter(cases::thinned_at.is_null())
        .filter(cases::id.ne_all(told))
        .order(cases::id)
        .limit(limit)
        .select(cases::id)
        .load(conn)?;
    Ok(ids.into_iter().map(CaseId).collect())
}

/// Notes that the letter about a change is written for a case; says whether it was not before.
///
/// # Errors
/// When the database fails.
pub fn note_letter(conn: &mut PgConnection, change: Uuid, case: CaseId) -> Result<bool> {
    let noted = diesel::insert_into(change_letters::table)
        .values((
            change_letters::change_id.eq(change),
            change_letters::case_id.eq(case.0),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(noted == 1)
}
