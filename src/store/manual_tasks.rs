//! What staff do by hand in systems that no machine reaches.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{cases, manual_tasks};
use super::{Error, Result};
use crate::domain::ids::{CaseId, StaffId};
use crate::domain::manual::TaskKind;

/// A task; what staff wrote is sealed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = manual_tasks)]
pub struct TaskRow {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The system's id.
    pub system: String,
    /// The table.
    pub tbl: String,
    /// The kind's name.
    pub kind: String,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// The last local day.
    pub due_on: NaiveDate,
    /// The day on which staff were last reminded.
    pub reminded_on: Option<NaiveDate>,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// By whom.
    pub done_by: Option<Uuid>,
    /// How many records it was about.
    pub amount: Option<i32>,
    /// What staff wrote, sealed; gone once the case is thinned.
    pub sealed: Option<Vec<u8>>,
}

impl TaskRow {
    /// What it asks for.
    ///
    /// # Errors
    /// When the database holds a kind that there is none of.
    pub fn kind(&self) -> Result<TaskKind> {
        TaskKind::from_name(&self.kind).ok_or(Error::Corrupt("manual_tasks.kind"))
    }

    /// Whether somebody has done it.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done_at.is_some()
    }
}

/// Gives a task, unless the case has one of the kind for the table already; says whether it is new.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, row: &TaskRow) -> Result<bool> {
    let inserted = diesel::insert_into(manual_tasks::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(inserted == 1)
}

/// The task of a kind for a table.
///
/// # Errors
/// [`Error::NotFound`] when the case has none.
pub fn find_for(conn: &mut PgConnection, case: CaseId, at: (&str, &str), kind: TaskKind) -> Result<TaskRow> {
    Ok(manual_tasks::table
        .filter(
            manual_tasks::case_id
                .eq(case.0)
                .and(manual_tasks::kind.eq(kind.name())),
        )
        .filter(manual_tasks::system.eq(at.0).and(manual_tasks::tbl.eq(at.1)))
        .select(TaskRow::as_select())
        .first(conn)?)
}

/// A task.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<TaskRow> {
    Ok(manual_tasks::table
        .find(id)
        .select(TaskRow::as_select())
        .first(conn)?)
}

/// The tasks of a case, in the order in which they were given.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, case: CaseId) -> Result<Vec<TaskRow>> {
    Ok(manual_tasks::table
        .filter(manual_tasks::case_id.eq(case.0))
        .order((manual_tasks::created_at, manual_tasks::id))
        .select(TaskRow::as_select())
        .load(conn)?)
}

/// Tasks of open cases that wait, with the references of their cases: the most urgent first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_open(conn: &mut PgConnection, limit: i64) -> Result<Vec<(TaskRow, String)>> {
    Ok(manual_tasks::table
        .inner_join(cases::table.on(cases::id.eq(manual_tasks::case_id)))
        .filter(manual_tasks::done_at.is_null().and(cases::state.ne_all(OVER)))
        .order((manual_tasks::due_on, manual_tasks::id))
        .limit(limit)
        .select((TaskRow::as_select(), cases::reference))
        .load(conn)?)
}

/// States in which nothing waits for a task any more; an answered case may still be under restriction.
const OVER: [&str; 5] = ["closed", "refused", "withdrawn", "lapsed", "forwarded"];

/// Tasks that were done since `since`, with the references of their cases, the newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_done(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(TaskRow, String)>> {
    Ok(manual_tasks::table
        .inner_join(cases::table.on(cases::id.eq(manual_tasks::case_id)))
        .filter(manual_tasks::done_at.ge(since))
        .order((manual_tasks::done_at.desc(), manual_tasks::id))
        .limit(limit)
        .select((TaskRow::as_select(), cases::reference))
        .load(conn)?)
}

/// What somebody did.
pub struct DoneRow {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// How many records it was about.
    pub amount: i32,
    /// What they wrote.
    pub sealed: Vec<u8>,
}

/// Records that a task was done.
///
/// # Errors
/// When the database refuses, because it was done before, or fails.
pub fn finish(conn: &mut PgConnection, id: Uuid, done: DoneRow) -> Result<()> {
    diesel::update(manual_tasks::table.find(id))
        .set((
            manual_tasks::done_at.eq(done.at),
            manual_tasks::done_by.eq(done.by.0),
            manual_tasks::amount.eq(done.amount),
            manual_tasks::sealed.eq(done.sealed),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records that staff were reminded of these.
///
/// # Errors
/// When the database fails.
pub fn set_reminded(conn: &mut PgConnection, ids: &[Uuid], on: NaiveDate) -> Result<()> {
    diesel::update(manual_tasks::table.filter(manual_tasks::id.eq_any(ids)))
        .set(manual_tasks::reminded_on.eq(on))
        .execute(conn)?;
    Ok(())
}
