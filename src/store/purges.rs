//! Lists of retained rows that are proposed for purge, and what comes of each line.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::retained::RetainedRow;
use super::schema::{cases, purge_lines, purges, retained_rows};
use super::{Error, Result};
use crate::domain::ids::{CaseId, PurgeId, StaffId};
use crate::domain::purge::{LineState, ListState};

#[derive(Queryable, Selectable)]
#[diesel(table_name = purges)]
struct Row {
    id: Uuid,
    state: String,
    version: i64,
    proposed_at: DateTime<Utc>,
    proposed_on: NaiveDate,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<Uuid>,
    reason_sealed: Option<Vec<u8>>,
    finished_at: Option<DateTime<Utc>>,
}

/// A list.
#[derive(Clone, Debug)]
pub struct Purge {
    /// Its id.
    pub id: PurgeId,
    /// Where it stands.
    pub state: ListState,
    /// Grows with every change that staff should see before they decide.
    pub version: i64,
    /// When it was first proposed.
    pub proposed_at: DateTime<Utc>,
    /// The local day on which all in it could go.
    pub proposed_on: NaiveDate,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom; nobody when the settings ask for no approval.
    pub decided_by: Option<StaffId>,
    /// Why it was rejected, sealed.
    pub reason_sealed: Option<Vec<u8>>,
    /// When its job ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Purge {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PurgeId(row.id),
            state: ListState::from_name(&row.state).ok_or(Error::Corrupt("purges.state"))?,
            version: row.version,
            proposed_at: row.proposed_at,
            proposed_on: row.proposed_on,
            decided_at: row.decided_at,
            decided_by: row.decided_by.map(StaffId),
            reason_sealed: row.reason_sealed,
            finished_at: row.finished_at,
        })
    }
}

/// A line of a list, with what it is about.
#[derive(Clone, Debug)]
pub struct Line {
    /// The retained rows.
    pub retained: RetainedRow,
    /// Their case's reference; none when it has been disposed of.
    pub reference: Option<String>,
    /// Where the line stands.
    pub state: LineState,
    /// Rows that were there at the first look.
    pub found: Option<i64>,
    /// Rows that are gone.
    pub purged: Option<i64>,
    /// Why it stopped.
    pub failure: Option<String>,
    /// Why it was taken out, sealed.
    pub reason_sealed: Option<Vec<u8>>,
}

impl Line {
    /// Whose rows they are.
    #[must_use]
    pub const fn case(&self) -> CaseId {
        CaseId(self.retained.case_id)
    }
}

/// How lists are found.
fn select(list: impl Into<Option<Uuid>>) -> purges::BoxedQuery<'static, diesel::pg::Pg> {
    let query = purges::table.into_boxed();
    match list.into() {
        Some(id) => query.filter(purges::id.eq(id)),
        None => query,
    }
}

/// The list of that id.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(conn: &mut PgConnection, id: PurgeId) -> Result<Purge> {
    let row: Row = select(id.0).select(Row::as_select()).first(conn)?;
    row.try_into()
}

/// The list of that id, locked until the transaction ends.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn lock(conn: &mut PgConnection, id: PurgeId) -> Result<Purge> {
    let row: Row = purges::table
        .find(id.0)
        .for_update()
        .select(Row::as_select())
        .first(conn)?;
    row.try_into()
}

/// Lists, the newest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, limit: i64) -> Result<Vec<Purge>> {
    let rows: Vec<Row> = purges::table
        .order((purges::proposed_at.desc(), purges::id))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The list that waits for a decision, locked; there is one at most.
///
/// # Errors
/// When the database fails.
pub fn lock_proposed(conn: &mut PgConnection) -> Result<Option<Purge>> {
    let row: Option<Row> = purges::table
        .filter(purges::state.eq(ListState::Proposed.name()))
        .for_update()
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Lists that go on as soon as what their lines wait for is answered.
///
/// # Errors
/// When the database fails.
pub fn list_waiting(conn: &mut PgConnection) -> Result<Vec<PurgeId>> {
    let waiting = purge_lines::table
        .filter(purge_lines::state.eq(LineState::Waiting.name()))
        .select(purge_lines::purge_id);
    let ids: Vec<Uuid> = purges::table
        .filter(purges::state.eq(ListState::Running.name()))
        .filter(purges::id.eq_any(waiting))
        .select(purges::id)
        .load(conn)?;
    Ok(ids.into_iter().map(PurgeId).collect())
}

/// How many lists wait for an approver or for somebody to look.
///
/// # Errors
/// When the database fails.
pub fn count_waiting(conn: &mut PgConnection) -> Result<i64> {
    Ok(purges::table
        .filter(purges::state.eq_any([ListState::Proposed.name(), ListState::Failed.name()]))
        .count()
        .get_result(conn)?)
}

/// The list that waits for a decision, locked: the one there is, also when another instance begins it at this moment,
/// or a new one.
///
/// # Errors
/// When the database fails.
pub fn lock_or_begin(
    conn: &mut PgConnection,
    id: PurgeId,
    at: DateTime<Utc>,
    on: NaiveDate,
) -> Result<PurgeId> {
    diesel::insert_into(purges::table)
        .values((
            purges::id.eq(id.0),
            purges::proposed_at.eq(at),
            purges::proposed_on.eq(on),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(lock_proposed(conn)?.ok_or(Error::Stale)?.id)
}

/// Puts retained rows on a list; the list has a new version. What stands in a list that goes on is passed over.
///
/// # Errors
/// When the database fails.
pub fn add_lines(conn: &mut PgConnection, id: PurgeId, retained: &[Uuid], on: NaiveDate) -> Result<usize> {
    let rows: Vec<_> = retained
        .iter()
        .map(|retained| {
            (
                purge_lines::purge_id.eq(id.0),
                purge_lines::retained_id.eq(retained),
            )
        })
        .collect();
    let added = diesel::insert_into(purge_lines::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)?;
    diesel::update(purges::table.find(id.0))
        .set((
            purges::version.eq(purges::version + 1),
            purges::proposed_on.eq(on),
        ))
        .execute(conn)?;
    Ok(added)
}

/// A decision on a list.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What it becomes.
    pub state: ListState,
    /// By whom; nobody when the settings ask for no approval.
    pub by: Option<StaffId>,
    /// Why, sealed.
    pub reason_sealed: Option<Vec<u8>>,
}

/// Records a decision.
///
/// # Errors
/// When the database refuses or fails.
pub fn decide(conn: &mut PgConnection, id: PurgeId, decision: Decision, at: DateTime<Utc>) -> Result<()> {
    diesel::update(purges::table.find(id.0))
        .set((
            purges::state.eq(decision.state.name()),
            purges::version.eq(purges::version + 1),
            purges::decided_at.eq(at),
            purges::decided_by.eq(decision.by.map(|staff| staff.0)),
            purges::reason_sealed.eq(decision.reason_sealed),
        ))
        .execute(conn)?;
    Ok(())
}

/// Moves a decided list on; `ended` when its job has ended.
///
/// # Errors
/// When the database refuses or fails.
pub fn set_state(
    conn: &mut PgConnection,
    id: PurgeId,
    state: ListState,
    ended: Option<DateTime<Utc>>,
) -> Result<()> {
    diesel::update(purges::table.find(id.0))
        .set((
            purges::state.eq(state.name()),
            purges::version.eq(purges::version + 1),
            purges::finished_at.eq(ended),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives a list a new version: what others see of it is old.
///
/// # Errors
/// When the database fails.
pub fn touch(conn: &mut PgConnection, id: PurgeId) -> Result<()> {
    diesel::update(purges::table.find(id.0))
        .set(purges::version.eq(purges::version + 1))
        .execute(conn)?;
    Ok(())
}

type LineRow = (
    RetainedRow,
    Option<String>,
    String,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<Vec<u8>>,
);

/// The lines of a list, by system and table, those kept longest last.
///
/// # Errors
/// When the database fails.
pub fn list_lines(conn: &mut PgConnection, id: PurgeId) -> Result<Vec<Line>> {
    let rows: Vec<LineRow> = purge_lines::table
        .inner_join(retained_rows::table.on(retained_rows::id.eq(purge_lines::retained_id)))
        .left_join(cases::table.on(cases::id.eq(retained_rows::case_id)))
        .filter(purge_lines::purge_id.eq(id.0))
        .order((
            retained_rows::system,
            retained_rows::tbl,
            retained_rows::keep_until,
            retained_rows::id,
        ))
        .select((
            RetainedRow::as_select(),
            cases::reference.nullable(),
            purge_lines::state,
            purge_lines::found,
            purge_lines::purged,
            purge_lines::failure,
            purge_lines::reason_sealed,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(
            |(retained, reference, state, found, purged, failure, reason_sealed)| {
                Ok(Line {
                    retained,
                    reference,
                    state: LineState::from_name(&state).ok_or(Error::Corrupt("purge_lines.state"))?,
                    found,
                    purged,
                    failure,
                    reason_sealed,
                })
            },
        )
        .collect()
}

/// What a line becomes.
#[derive(Clone, Debug)]
pub enum LineChange {
    /// Taken out, with the reason sealed.
    TakenOut(Vec<u8>),
    /// Stopped by a legal hold or a restriction, put off until the person has their data, or begun.
    To(LineState),
    /// So many rows were there at the first look; a later look changes nothing.
    Found(i64),
    /// Gone.
    Done {
        /// How many rows.
        purged: i64,
        /// When.
        at: DateTime<Utc>,
    },
    /// Stopped: a code and the system's words without values.
    Failed(String),
}

/// Changes a line.
///
/// # Errors
/// When the database refuses or fails.
pub fn set_line(conn: &mut PgConnection, id: PurgeId, retained: Uuid, change: LineChange) -> Result<()> {
    let line = purge_lines::table.find((id.0, retained));
    let state = |state: LineState| {
        (
            purge_lines::state.eq(state.name()),
            purge_lines::failure.eq(None::<String>),
        )
    };
    match change {
        LineChange::TakenOut(reason) => diesel::update(line)
            .set((state(LineState::TakenOut), purge_lines::reason_sealed.eq(reason)))
            .execute(conn)?,
        LineChange::To(next) => diesel::update(line).set(state(next)).execute(conn)?,
        LineChange::Found(rows) => diesel::update(line.filter(purge_lines::found.is_null()))
            .set(purge_lines::found.eq(rows))
            .execute(conn)?,
        LineChange::Done { purged, at } => diesel::update(line)
            .set((
                state(LineState::Done),
                purge_lines::purged.eq(purged),
                purge_lines::finished_at.eq(at),
            ))
            .execute(conn)?,
        LineChange::Failed(why) => diesel::update(line)
            .set((
                purge_lines::state.eq(LineState::Failed.name()),
                purge_lines::failure.eq(why),
            ))
            .execute(conn)?,
    };
    Ok(())
}
