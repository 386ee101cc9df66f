//! Letters to people whom no mail reaches: kept for staff to print and post.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::paper_letters;
use super::{Error, Result};
use crate::domain::ids::{CaseId, StaffId};

/// A letter on paper; its contents are sealed until it is sent, and gone then.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = paper_letters, treat_none_as_default_value = false)]
pub struct PaperLetter {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The name of its template.
    pub template: String,
    /// The language's tag.
    pub language: String,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// The contents, sealed.
    pub sealed: Option<Vec<u8>>,
    /// When it was posted.
    pub sent_at: Option<DateTime<Utc>>,
    /// By whom.
    pub sent_by: Option<Uuid>,
}

/// Keeps a letter to be posted.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, row: &PaperLetter) -> Result<()> {
    diesel::insert_into(paper_letters::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// The letters of a case, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, case: CaseId) -> Result<Vec<PaperLetter>> {
    Ok(paper_letters::table
        .filter(paper_letters::case_id.eq(case.0))
        .order((paper_letters::written_at, paper_letters::id))
        .select(PaperLetter::as_select())
        .load(conn)?)
}

/// A letter of a case.
///
/// # Errors
/// [`Error::NotFound`] when the case has none of that id.
pub fn find(conn: &mut PgConnection, case: CaseId, id: Uuid) -> Result<PaperLetter> {
    Ok(paper_letters::table
        .filter(paper_letters::case_id.eq(case.0).and(paper_letters::id.eq(id)))
        .select(PaperLetter::as_select())
        .first(conn)?)
}

/// Records that a letter was posted, and forgets what it said. Says how many of the case are left.
///
/// # Errors
/// [`Error::NotFound`] when the case has none of that id that waits.
pub fn mark_sent(
    conn: &mut PgConnection,
    case: CaseId,
    id: Uuid,
    by: StaffId,
    at: DateTime<Utc>,
) -> Result<i64> {
    let waits = paper_letters::case_id
        .eq(case.0)
        .and(paper_letters::sent_at.is_null());
    let sent = diesel::update(paper_letters::table.filter(waits.and(paper_letters::id.eq(id))))
        .set((
            paper_letters::sent_at.eq(at),
            paper_letters::sent_by.eq(by.0),
            paper_letters::sealed.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    if sent == 0 {
        return Err(Error::NotFound);
    }
    Ok(paper_letters::table.filter(waits).count().get_result(conn)?)
}
