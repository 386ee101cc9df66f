//! What staff asked of the person, and the pauses that follow from it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{pauses, questions};
use super::{Error, Result};
use crate::domain::ids::CaseId;
use crate::domain::question::Reason;

/// A question; its text is sealed.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = questions, treat_none_as_default_value = false)]
pub struct QuestionRow {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The reason's name.
    pub reason: String,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// Whether the clock stands still for it.
    pub pauses: bool,
    /// The text, sealed.
    pub sealed: Vec<u8>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How: `answered`, `proved`, `replaced` or `case_ended`.
    pub ended_by: Option<String>,
}

impl QuestionRow {
    /// Why it was asked.
    ///
    /// # Errors
    /// When the row holds no reason that the program knows.
    pub fn reason(&self) -> Result<Reason> {
        Reason::from_name(&self.reason).ok_or(Error::Corrupt("questions.reason"))
    }
}

/// Keeps a question, and stops the clock of its case when it does.
///
/// # Errors
/// [`Error::Duplicate`] when such a question is open already.
pub fn insert(conn: &mut PgConnection, row: &QuestionRow, asked_on: NaiveDate) -> Result<()> {
    diesel::insert_into(questions::table).values(row).execute(conn)?;
    if row.pauses {
        // Two questions of one day are one pause, which lasts until both are answered.
        diesel::insert_into(pauses::table)
            .values((pauses::case_id.eq(row.case_id), pauses::asked_on.eq(asked_on)))
            .on_conflict((pauses::case_id, pauses::asked_on))
            .do_update()
            .set(pauses::answered_on.eq(None::<NaiveDate>))
            .execute(conn)?;
    }
    Ok(())
}

/// Sets an open question aside for another one of its kind; the clock goes on as it was. Says whether it stood still.
///
/// # Errors
/// When the database fails.
pub fn replace(conn: &mut PgConnection, case: CaseId, at: DateTime<Utc>) -> Result<bool> {
    let open = questions::case_id.eq(case.0).and(questions::ended_at.is_null());
    let paused: Vec<bool> =
        diesel::update(questions::table.filter(open.and(questions::reason.eq("identity"))))
            .set((questions::ended_at.eq(at), questions::ended_by.eq("replaced")))
            .returning(questions::pauses)
            .get_results(conn)?;
    Ok(paused.contains(&true))
}

/// The questions of a case, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, case: CaseId) -> Result<Vec<QuestionRow>> {
    Ok(questions::table
        .filter(questions::case_id.eq(case.0))
        .order((questions::asked_at, questions::id))
        .select(QuestionRow::as_select())
        .load(conn)?)
}

/// Ends the open questions of a case that `about` names: whether they ask for identity, or both kinds. When none that
/// pauses is left, the clock goes on from the local day `on`. Says how many ended.
///
/// # Errors
/// When the database fails.
pub fn end(
    conn: &mut PgConnection,
    case: CaseId,
    about: Option<bool>,
    how: &str,
    at: DateTime<Utc>,
    on: NaiveDate,
) -> Result<usize> {
    let open = questions::case_id.eq(case.0).and(questions::ended_at.is_null());
    let ending = match about {
        None => vec!["identity", "large_request", "other"],
        Some(true) => vec!["identity"],
        Some(false) => vec!["large_request", "other"],
    };
    let ended = diesel::update(questions::table.filter(open.and(questions::reason.eq_any(ending))))
        .set((questions::ended_at.eq(at), questions::ended_by.eq(how)))
        .execute(conn)?;
    let still_paused: bool = diesel::select(diesel::dsl::exists(
        questions::table.filter(open.and(questions::pauses)),
    ))
    .get_result(conn)?;
    if !still_paused {
        diesel::update(pauses::table.filter(pauses::case_id.eq(case.0).and(pauses::answered_on.is_null())))
            .set(pauses::answered_on.eq(on))
            .execute(conn)?;
    }
    Ok(ended)
}
