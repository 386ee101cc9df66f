//! The ledger of rows that are gone from the systems, the marks of the systems, and the replays after a restore.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use uuid::Uuid;

use super::schema::{erasure_ledger, replays, system_marks};
use super::{Error, Result};
use crate::domain::ids::CaseId;
use crate::domain::replay::Cause;

/// A row that is gone from a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// The case, which may have been disposed of.
    pub case: CaseId,
    /// The system.
    pub system: String,
    /// The table.
    pub table: String,
    /// Why it is gone.
    pub cause: Cause,
    /// Keyed hash of its key.
    pub row_digest: Vec<u8>,
    /// Keyed hashes of what it held.
    pub proofs: Vec<Vec<u8>>,
    /// When it went.
    pub gone_at: DateTime<Utc>,
    /// The first day on which no backup holds it.
    pub expires_on: NaiveDate,
}

type Columns = (
    Uuid,
    Uuid,
    String,
    String,
    String,
    Vec<u8>,
    Vec<Option<Vec<u8>>>,
    DateTime<Utc>,
    NaiveDate,
);

const COLUMNS: (
    erasure_ledger::id,
    erasure_ledger::case_id,
    erasure_ledger::system,
    erasure_ledger::tbl,
    erasure_ledger::cause,
    erasure_ledger::row_digest,
    erasure_ledger::proofs,
    erasure_ledger::gone_at,
    erasure_ledger::expires_on,
) = (
    erasure_ledger::id,
    erasure_ledger::case_id,
    erasure_ledger::system,
    erasure_ledger::tbl,
    erasure_ledger::cause,
    erasure_ledger::row_digest,
    erasure_ledger::proofs,
    erasure_ledger::gone_at,
    erasure_ledger::expires_on,
);

fn entry(columns: Columns) -> Result<Entry> {
    let (id, case, system, table, cause, row_digest, proofs, gone_at, expires_on) = columns;
    Ok(Entry {
        id,
        case: CaseId(case),
        system,
        table,
        cause: Cause::from_name(&cause).ok_or_else(|| Error::Corrupt("erasure_ledger.cause"))?,
        row_digest,
        proofs: proofs.into_iter().flatten().collect(),
        gone_at,
        expires_on,
    })
}

/// Keeps entries; one of the same row and case takes the later time, and is not undone any more.
///
/// # Errors
/// When the database fails.
pub fn keep(conn: &mut PgConnection, entries: &[Entry]) -> Result<()> {
    for entry in entries {
        diesel::insert_into(erasure_ledger::table)
            .values((
                erasure_ledger::id.eq(entry.id),
                erasure_ledger::case_id.eq(entry.case.0),
                erasure_ledger::system.eq(&entry.system),
                erasure_ledger::tbl.eq(&entry.table),
                erasure_ledger::cause.eq(entry.cause.name()),
                erasure_ledger::row_digest.eq(&entry.row_digest),
                erasure_ledger::proofs.eq(&entry.proofs),
                erasure_ledger::gone_at.eq(entry.gone_at),
                erasure_ledger::expires_on.eq(entry.expires_on),
            ))
            .on_conflict((
                erasure_ledger::system,
                erasure_ledger::tbl,
                erasure_ledger::row_digest,
                erasure_ledger::case_id,
                erasure_ledger::cause,
            ))
            .do_update()
            .set((
                erasure_ledger::proofs.eq(excluded(erasure_ledger::proofs)),
                erasure_ledger::gone_at.eq(excluded(erasure_ledger::gone_at)),
                erasure_ledger::expires_on.eq(excluded(erasure_ledger::expires_on)),
                erasure_ledger::undone_at.eq(None::<DateTime<Utc>>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What a case erased in a system went at a later time: it had come back.
///
/// # Errors
/// When the database fails.
pub fn renew(
    conn: &mut PgConnection,
    case: CaseId,
    system: &str,
    gone_at: DateTime<Utc>,
    expires_on: NaiveDate,
) -> Result<()> {
    let erased = erasure_ledger::case_id
        .eq(case.0)
        .and(erasure_ledger::system.eq(system))
        .and(erasure_ledger::cause.eq(Cause::Erased.name()));
    diesel::update(erasure_ledger::table.filter(erased))
        .set((
            erasure_ledger::gone_at.eq(gone_at),
            erasure_ledger::expires_on.eq(expires_on),
        ))
        .execute(conn)?;
    Ok(())
}

/// The tables of a system of which rows went after `since`, or ever.
///
/// # Errors
/// When the database fails.
pub fn tables(conn: &mut PgConnection, system: &str, since: Option<DateTime<Utc>>) -> Result<Vec<String>> {
    let mut query = erasure_ledger::table
        .filter(erasure_ledger::system.eq(system))
        .select(erasure_ledger::tbl)
        .distinct()
        .into_boxed();
    if let Some(since) = since {
        query = query.filter(erasure_ledger::gone_at.gt(since));
    }
    Ok(query.load(conn)?)
}

/// The entries of a table with any of these hashes of keys, gone after `since`, or ever.
///
/// # Errors
/// When the database fails.
pub fn find(
    conn: &mut PgConnection,
    (system, table): (&str, &str),
    digests: &[Vec<u8>],
    since: Option<DateTime<Utc>>,
) -> Result<Vec<Entry>> {
    let mut query = erasure_ledger::table
        .filter(
            erasure_ledger::system
                .eq(system)
                .and(erasure_ledger::tbl.eq(table)),
        )
        .filter(erasure_ledger::row_digest.eq_any(digests))
        .order(erasure_ledger::gone_at)
        .select(COLUMNS)
        .into_boxed();
    if let Some(since) = since {
        query = query.filter(erasure_ledger::gone_at.gt(since));
    }
    query.load::<Columns>(conn)?.into_iter().map(entry).collect()
}

/// Marks what went from a system after `since`, or ever, as undone; the cases it was of.
///
/// # Errors
/// When the database fails.
pub fn undo(
    conn: &mut PgConnection,
    system: &str,
    since: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<Vec<CaseId>> {
    let since = since.unwrap_or(DateTime::<Utc>::UNIX_EPOCH);
    let undone = erasure_ledger::system
        .eq(system)
        .and(erasure_ledger::undone_at.is_null());
    let mut cases: Vec<Uuid> = diesel::update(erasure_ledger::table.filter(undone))
        .filter(erasure_ledger::gone_at.gt(since))
        .set(erasure_ledger::undone_at.eq(at))
        .returning(erasure_ledger::case_id)
        .get_results(conn)?;
    cases.sort_unstable();
    cases.dedup();
    Ok(cases.into_iter().map(CaseId).collect())
}

/// Takes back that entries are undone: all of a system's, but for those of the cases `but`. The cases it was of.
///
/// # Errors
/// When the database fails.
pub fn redo(conn: &mut PgConnection, system: &str, but: &[CaseId]) -> Result<Vec<CaseId>> {
    let but: Vec<Uuid> = but.iter().map(|case| case.0).collect();
    let undone = erasure_ledger::system
        .eq(system)
        .and(erasure_ledger::undone_at.is_not_null());
    let mut cases: Vec<Uuid> = diesel::update(erasure_ledger::table.filter(undone))
        .filter(erasure_ledger::case_id.ne_all(but))
        .set(erasure_ledger::undone_at.eq(None::<DateTime<Utc>>))
        .returning(erasure_ledger::case_id)
        .get_results(conn)?;
    cases.sort_unstable();
    cases.dedup();
    Ok(cases.into_iter().map(CaseId).collect())
}

/// How many cases have an erasure that a restored backup undid.
///
/// # Errors
/// When the database fails.
pub fn count_undone(conn: &mut PgConnection) -> Result<i64> {
    Ok(erasure_ledger::table
        .filter(erasure_ledger::undone_at.is_not_null())
        .select(diesel::dsl::count(erasure_ledger::case_id).aggregate_distinct())
        .get_result(conn)?)
}

/// Whether some system's erasures of a case are undone.
///
/// # Errors
/// When the database fails.
pub fn is_undone(conn: &mut PgConnection, case: CaseId) -> Result<bool> {
    let undone = erasure_ledger::case_id
        .eq(case.0)
        .and(erasure_ledger::undone_at.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(erasure_ledger::table.filter(undone))).get_result(conn)?)
}

/// Forgets rows that no backup holds any more, and says how many. What is undone stays until it was replayed.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(conn: &mut PgConnection, today: NaiveDate) -> Result<usize> {
    let over = erasure_ledger::expires_on
        .le(today)
        .and(erasure_ledger::undone_at.is_null());
    Ok(diesel::delete(erasure_ledger::table.filter(over)).execute(conn)?)
}

/// What was last written into a system's marker row.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = system_marks)]
pub struct Mark {
    /// The system.
    pub system: String,
    /// The time that was written.
    pub marked_at: DateTime<Utc>,
    /// The time that it went back to; none when its marker was empty.
    pub back_to: Option<DateTime<Utc>>,
    /// When it was found to have gone back.
    pub found_back_at: Option<DateTime<Utc>>,
}

/// The mark of a system, if it has one.
///
/// # Errors
/// When the database fails.
pub fn mark(conn: &mut PgConnection, system: &str) -> Result<Option<Mark>> {
    Ok(system_marks::table
        .find(system)
        .select(Mark::as_select())
        .first(conn)
        .optional()?)
}

/// All marks, in the order of the systems' ids.
///
/// # Errors
/// When the database fails.
pub fn marks(conn: &mut PgConnection) -> Result<Vec<Mark>> {
    Ok(system_marks::table
        .order(system_marks::system)
        .select(Mark::as_select())
        .load(conn)?)
}

/// Remembers what was written into a system's marker row. Of two at the same time, the earlier may stay: a system that
/// holds a later one has not gone back.
///
/// # Errors
/// When the database fails.
pub fn set_mark(conn: &mut PgConnection, system: &str, at: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(system_marks::table)
        .values((system_marks::system.eq(system), system_marks::marked_at.eq(at)))
        .on_conflict(system_marks::system)
        .do_update()
        .set(system_marks::marked_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Remembers that a system went back; says whether that is new.
///
/// # Errors
/// When the database fails.
pub fn set_back(
    conn: &mut PgConnection,
    system: &str,
    back_to: Option<DateTime<Utc>>,
    found: DateTime<Utc>,
) -> Result<bool> {
    let fresh = system_marks::table.find(system);
    let set = diesel::update(fresh.filter(system_marks::found_back_at.is_null()))
        .set((
            system_marks::back_to.eq(back_to),
            system_marks::found_back_at.eq(found),
        ))
        .execute(conn)?;
    Ok(set > 0)
}

/// Remembers that a system is where it was, after a replay.
///
/// # Errors
/// When the database fails.
pub fn clear_back(conn: &mut PgConnection, system: &str) -> Result<()> {
    diesel::update(system_marks::table.find(system))
        .set((
            system_marks::back_to.eq(None::<DateTime<Utc>>),
            system_marks::found_back_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)?;
    Ok(())
}

/// What a replay did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = replays)]
pub struct Replay {
    /// Its id.
    pub id: Uuid,
    /// The system.
    pub system: String,
    /// Only what went after that was looked for.
    pub gone_since: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// People whose rows had come back.
    pub people: i64,
    /// Rows deleted.
    pub erased: i64,
    /// Rows reduced.
    pub reduced: i64,
    /// Rows purged.
    pub purged: i64,
    /// Rows left alone because they hold something else than the erased ones.
    pub unclear: i64,
    /// People whose rows a legal hold keeps.
    pub held: i64,
    /// People or tables where it failed.
    pub failed: i64,
}

/// Keeps what a replay did.
///
/// # Errors
/// When the database fails.
pub fn record(conn: &mut PgConnection, replay: &Replay) -> Result<()> {
    diesel::insert_into(replays::table).values(replay).execute(conn)?;
    Ok(())
}
