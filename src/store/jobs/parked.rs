//! Jobs as staff see them: what is still open for a case, what was laid aside, and trying that again.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::super::Result;
use super::super::schema::jobs;
use super::JobId;
use crate::domain::ids::CaseId;

/// How much of a case's work is not done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenJobs {
    /// Due, not due yet, or under way.
    pub waiting: i64,
    /// Laid aside until staff have looked.
    pub parked: i64,
}

/// A job that was laid aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedJob {
    /// Its number.
    pub id: JobId,
    /// What was to be done.
    pub kind: String,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// How often it failed.
    pub failures: i32,
    /// The code of the last failure.
    pub failure: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// How much of a case's work is not done.
///
/// # Errors
/// When the database fails.
pub fn count_open(conn: &mut PgConnection, case: CaseId) -> Result<OpenJobs> {
    let counts: Vec<(String, i64)> = jobs::table
        .filter(jobs::case_id.eq(case.0))
        .group_by(jobs::state)
        .select((jobs::state, count_star()))
        .load(conn)?;
    let mut open = OpenJobs::default();
    for (state, count) in counts {
        match state.as_str() {
            "parked" => open.parked += count,
            _ => open.waiting += count,
        }
    }
    Ok(open)
}

/// Whether a case has a job of this kind that is due, not due yet, or under way.
///
/// # Errors
/// When the database fails.
pub fn is_waiting(conn: &mut PgConnection, case: CaseId, kind: &str) -> Result<bool> {
    let waiting = jobs::table.filter(
        jobs::case_id
            .eq(case.0)
            .and(jobs::kind.eq(kind))
            .and(jobs::state.ne("parked")),
    );
    Ok(diesel::select(diesel::dsl::exists(waiting)).get_result(conn)?)
}

/// The jobs laid aside, of one case or of all, oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_parked(conn: &mut PgConnection, case: Option<CaseId>, limit: i64) -> Result<Vec<ParkedJob>> {
    let mut query = jobs::table
        .filter(jobs::state.eq("parked"))
        .order(jobs::id)
        .limit(limit)
        .select((
            jobs::id,
            jobs::kind,
            jobs::case_id,
            jobs::failures,
            jobs::failure,
            jobs::created_at,
        ))
        .into_boxed();
    if let Some(case) = case {
        query = query.filter(jobs::case_id.eq(case.0));
    }
    type Row = (
        i64,
        String,
        Option<uuid::Uuid>,
        i32,
        Option<String>,
        DateTime<Utc>,
    );
    let rows: Vec<Row> = query.load(conn)?;
    let parked = |(id, kind, case, failures, failure, created_at): Row| ParkedJob {
        id: JobId(id),
        kind,
        case: case.map(CaseId),
        failures,
        failure,
        created_at,
    };
    Ok(rows.into_iter().map(parked).collect())
}

/// Tries the parked jobs of a case again, as if they had never failed; says how many there were.
///
/// # Errors
/// When the database fails.
pub fn unpark(conn: &mut PgConnection, case: CaseId, now: DateTime<Utc>) -> Result<usize> {
    let parked = jobs::table.filter(jobs::case_id.eq(case.0).and(jobs::state.eq("parked")));
    let unparked = diesel::update(parked).set(afresh(now)).execute(conn)?;
    if unparked > 0 {
        super::wake(conn)?;
    }
    Ok(unparked)
}

/// Tries one parked job again, such as one that belongs to no case; says whether it was parked.
///
/// # Errors
/// When the database fails.
pub fn unpark_one(conn: &mut PgConnection, id: JobId, now: DateTime<Utc>) -> Result<bool> {
    let parked = jobs::table.filter(jobs::id.eq(id.0).and(jobs::state.eq("parked")));
    let unparked = diesel::update(parked).set(afresh(now)).execute(conn)?;
    if unparked > 0 {
        super::wake(conn)?;
    }
    Ok(unparked > 0)
}

#[derive(AsChangeset)]
#[diesel(table_name = jobs)]
struct Afresh {
    state: &'static str,
    failures: i32,
    run_at: DateTime<Utc>,
}

const fn afresh(now: DateTime<Utc>) -> Afresh {
    Afresh {
        state: "ready",
        failures: 0,
        run_at: now,
    }
}
