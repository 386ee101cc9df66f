//! What the law makes us keep after erasures, until when, and whether it is gone.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::{cases, purge_lines, retained_rows};
use crate::domain::ids::CaseId;

/// Rows of one table that are kept by one law until one day.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = retained_rows)]
pub struct RetainedRow {
    /// Its id.
    pub id: Uuid,
    /// The case, which may have been disposed of.
    pub case_id: Uuid,
    /// The key that seals it, which outlives the case's.
    pub key_id: Uuid,
    /// The system.
    pub system: String,
    /// The table.
    pub tbl: String,
    /// `retained`, or `reduced` for what a retained row refers to.
    pub kind: String,
    /// The law's name.
    pub ground: String,
    /// The last day.
    pub keep_until: NaiveDate,
    /// How many.
    pub rows: i64,
    /// Keys and checksums, sealed.
    pub sealed: Vec<u8>,
    /// When they were purged.
    pub purged_at: Option<DateTime<Utc>>,
}

/// Schedules retained rows for purge once their day has passed; a second time changes nothing.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, rows: &[RetainedRow]) -> Result<()> {
    diesel::insert_into(retained_rows::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// What is or was retained of a case.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, case: CaseId) -> Result<Vec<RetainedRow>> {
    Ok(retained_rows::table
        .filter(retained_rows::case_id.eq(case.0))
        .order((
            retained_rows::keep_until,
            retained_rows::system,
            retained_rows::tbl,
            retained_rows::ground,
        ))
        .select(RetainedRow::as_select())
        .load(conn)?)
}

/// What has a last day before `day`, is not purged, and stands in no list that goes on; with whether its case is on hold.
#[derive(Queryable, Clone, Debug)]
pub struct Due {
    /// What is retained.
    pub retained: RetainedRow,
    /// The case's reference; none when it has been disposed of.
    pub reference: Option<String>,
    /// Whether a legal hold on the case keeps them.
    pub on_hold: Option<bool>,
    /// The first day on which they are proposed again, after staff took them out of a list.
    pub not_before: Option<NaiveDate>,
}

/// What may go on `day`, the longest overdue first.
///
/// # Errors
/// When the database fails.
pub fn list_due(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Due>> {
    let listed = purge_lines::table
        .filter(purge_lines::retained_id.eq(retained_rows::id))
        .filter(purge_lines::state.eq_any(["listed", "waiting", "running", "failed"]));
    Ok(retained_rows::table
        .left_join(cases::table.on(cases::id.eq(retained_rows::case_id)))
        .filter(retained_rows::purged_at.is_null())
        .filter(retained_rows::keep_until.lt(day))
        .filter(diesel::dsl::not(diesel::dsl::exists(listed)))
        .order((retained_rows::keep_until, retained_rows::id))
        .select((
            RetainedRow::as_select(),
            cases::reference.nullable(),
            cases::on_hold.nullable(),
            retained_rows::not_before,
        ))
        .load(conn)?)
}

/// Puts off proposing these again until `day`.
///
/// # Errors
/// When the database fails.
pub fn put_off(conn: &mut PgConnection, ids: &[Uuid], day: NaiveDate) -> Result<()> {
    diesel::update(retained_rows::table.filter(retained_rows::id.eq_any(ids)))
        .set(retained_rows::not_before.eq(day))
        .execute(conn)?;
    Ok(())
}

/// Records that rows were purged.
///
/// # Errors
/// When the database fails.
pub fn mark_purged(conn: &mut PgConnection, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    diesel::update(retained_rows::table.filter(retained_rows::id.eq(id)))
        .set(retained_rows::purged_at.eq(at))
        .execute(conn)?;
    Ok(())
}
