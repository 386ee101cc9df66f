//! What stays of a case that ended, and what goes: thinning, core records, disposal.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{
    accountability_digests, case_access, case_digests, case_messages, cases, challenges, erasure_steps,
    forwardings, incidents, jobs, legal_holds, mails, manual_tasks, notice_answers, notices, package_chunks,
    packages, paper_letters, plans, proposals, questions, restrictions, subjects,
};
use super::{Error, Result};
use crate::domain::calendar::stockholm_date;
use crate::domain::ids::{CaseId, Reference};
use crate::domain::right::Right;

/// The states in which a case has ended.
const ENDED: [&str; 4] = ["closed", "refused", "withdrawn", "lapsed"];

/// A case that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its id.
    pub id: CaseId,
    /// The day, in Stockholm.
    pub on: NaiveDate,
    /// The day on which the last legal hold was lifted.
    pub hold_ended_on: Option<NaiveDate>,
}

type EndedRow = (Uuid, DateTime<Utc>, Option<DateTime<Utc>>);

impl From<EndedRow> for Ended {
    fn from((id, at, hold_ended_at): EndedRow) -> Self {
        Self {
            id: CaseId(id),
            on: stockholm_date(at),
            hold_ended_on: hold_ended_at.map(stockholm_date),
        }
    }
}

/// Cases whose file may have to go: ended before `before`, not held, and not held lately, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_to_thin(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    held_before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Ended>> {
    let restricted = restrictions::table
        .filter(restrictions::state.ne("lifted"))
        .select(restrictions::case_id);
    let breached = incidents::table
        .filter(incidents::state.eq("open"))
        .select(incidents::case_id);
    let rows: Vec<EndedRow> = cases::table
        .filter(cases::thinned_at.is_null().and(cases::state.eq_any(ENDED)))
        .filter(cases::state_since.lt(before).and(cases::on_hold.eq(false)))
        .filter(
            cases::hold_ended_at
                .is_null()
                .or(cases::hold_ended_at.lt(held_before)),
        )
        // Of a breach that is still followed, the file says what happened.
        .filter(cases::id.ne_all(breached))
        // A restriction in force can be lifted only by what its file says.
        .filter(cases::id.ne_all(restricted))
        .order(cases::state_since)
        .limit(limit)
        .select((cases::id, cases::state_since, cases::hold_ended_at))
        .load(conn)?;
    Ok(rows.into_iter().map(Ended::from).collect())
}

/// When a case ended.
///
/// # Errors
/// [`Error::NotFound`] when there is none that has.
pub fn find_ended(conn: &mut PgConnection, id: CaseId) -> Result<Ended> {
    let row: EndedRow = cases::table
        .find(id.0)
        .filter(cases::state.eq_any(ENDED))
        .select((cases::id, cases::state_since, cases::hold_ended_at))
        .first(conn)?;
    Ok(row.into())
}

/// Cases whose core record may have to go: thinned, and ended before `before`, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_to_dispose(conn: &mut PgConnection, before: DateTime<Utc>, limit: i64) -> Result<Vec<Ended>> {
    let rows: Vec<EndedRow> = cases::table
        .filter(cases::thinned_at.is_not_null().and(cases::state_since.lt(before)))
        .order(cases::state_since)
        .limit(limit)
        .select((cases::id, cases::state_since, cases::hold_ended_at))
        .load(conn)?;
    Ok(rows.into_iter().map(Ended::from).collect())
}

/// Empties a locked case of all that people wrote, that the systems said of them, and of hashes of both. Its key is the
/// caller's to destroy.
///
/// # Errors
/// When the database refuses, or fails.
pub fn thin(conn: &mut PgConnection, id: CaseId, at: DateTime<Utc>) -> Result<()> {
    let none = None::<Vec<u8>>;
    let of_case = notices::table
        .filter(notices::case_id.eq(id.0))
        .select(notices::id);
    diesel::delete(case_digests::table.filter(case_digests::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(case_messages::table.filter(case_messages::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(challenges::table.filter(challenges::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(case_access::table.filter(case_access::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(subjects::table.filter(subjects::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(questions::table.filter(questions::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(legal_holds::table.filter(legal_holds::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(forwardings::table.filter(forwardings::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(paper_letters::table.filter(paper_letters::case_id.eq(id.0))).execute(conn)?;
    diesel::delete(jobs::table.filter(jobs::case_id.eq(id.0))).execute(conn)?;
    let packages = packages::table
        .filter(packages::case_id.eq(id.0))
        .select(packages::id);
    diesel::delete(package_chunks::table.filter(package_chunks::package_id.eq_any(packages)))
        .execute(conn)?;
    // Those that left say only that and when they did.
    diesel::delete(mails::table.filter(mails::case_id.eq(id.0).and(mails::sealed.is_not_null())))
        .execute(conn)?;
    diesel::update(notice_answers::table.filter(notice_answers::notice_id.eq_any(of_case)))
        .set(notice_answers::comment_sealed.eq(&none))
        .execute(conn)?;
    diesel::update(notices::table.filter(notices::case_id.eq(id.0)))
        .set((
            notices::sealed.eq(&none),
            notices::token_digest.eq(&none),
            notices::code_digest.eq(&none),
        ))
        .execute(conn)?;
    diesel::update(proposals::table.filter(proposals::case_id.eq(id.0)))
        .set(proposals::sealed.eq(&none))
        .execute(conn)?;
    diesel::update(erasure_steps::table.filter(erasure_steps::case_id.eq(id.0)))
        .set(erasure_steps::sealed.eq(&none))
        .execute(conn)?;
    diesel::update(incidents::table.filter(incidents::case_id.eq(id.0)))
        .set((incidents::sealed.eq(&none), incidents::done_sealed.eq(&none)))
        .execute(conn)?;
    diesel::update(manual_tasks::table.filter(manual_tasks::case_id.eq(id.0)))
        .set(manual_tasks::sealed.eq(&none))
        .execute(conn)?;
    diesel::update(plans::table.filter(plans::case_id.eq(id.0)))
        .set(plans::sealed.eq(&none))
        .execute(conn)?;
    diesel::update(cases::table.find(id.0))
        .set((
            cases::sealed.eq(&none),
            cases::idempotency_digest.eq(&none),
            cases::idempotency_body.eq(&none),
            cases::attention.eq(None::<String>),
            cases::thinned_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes a thinned case with all that hangs on it.
///
/// # Errors
/// When the database refuses, because the case has not been thinned, or fails.
pub fn dispose(conn: &mut PgConnection, id: CaseId) -> Result<()> {
    diesel::delete(cases::table.find(id.0)).execute(conn)?;
    Ok(())
}

/// Keeps whose a case was, as keyed hashes; a second time changes nothing.
///
/// # Errors
/// When the database fails.
pub fn keep_digests(conn: &mut PgConnection, id: CaseId, digests: &[(&'static str, [u8; 32])]) -> Result<()> {
    for (kind, digest) in digests {
        diesel::insert_into(accountability_digests::table)
            .values((
                accountability_digests::case_id.eq(id.0),
                accountability_digests::kind.eq(*kind),
                accountability_digests::digest.eq(digest.as_slice()),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    Ok(())
}

/// The least of a case: that it was, of which right, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Its id.
    pub id: CaseId,
    /// Its name towards people.
    pub reference: Reference,
    /// The right.
    pub right: Right,
    /// When it was received.
    pub received_on: NaiveDate,
    /// When it ended, if it has.
    pub ended_on: Option<NaiveDate>,
}

/// Cases with any of these hashes, the newest first: `open` are those of the queue's look-ups, `ended` those of
/// accountability.
///
/// # Errors
/// When the database fails.
pub fn list_by_digests(
    conn: &mut PgConnection,
    open: &[(&'static str, [u8; 32])],
    ended: &[(&'static str, [u8; 32])],
    limit: i64,
) -> Result<Vec<Earlier>> {
    let mut ids: Vec<Uuid> = Vec::new();
    for (kind, digest) in open {
        let same = case_digests::kind
            .eq(*kind)
            .and(case_digests::digest.eq(digest.as_slice()));
        let found = case_digests::table.filter(same).select(case_digests::case_id);
        ids.extend(found.load::<Uuid>(conn)?);
    }
    for (kind, digest) in ended {
        let same = accountability_digests::kind
            .eq(*kind)
            .and(accountability_digests::digest.eq(digest.as_slice()));
        let found = accountability_digests::table
            .filter(same)
            .select(accountability_digests::case_id);
        ids.extend(found.load::<Uuid>(conn)?);
    }
    type Row = (Uuid, String, String, String, DateTime<Utc>, DateTime<Utc>);
    let rows: Vec<Row> = cases::table
        .filter(cases::id.eq_any(&ids))
        .order((cases::received_at.desc(), cases::id))
        .limit(limit)
        .select((
            cases::id,
            cases::reference,
            cases::right_,
            cases::state,
            cases::received_at,
            cases::state_since,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, reference, right, state, received_at, since)| {
            Ok(Earlier {
                id: CaseId(id),
                reference: Reference::parse(&reference).map_err(|_| Error::Corrupt("cases.reference"))?,
                right: Right::from_name(&right).ok_or(Error::Corrupt("cases.right"))?,
                received_on: stockholm_date(received_at),
                ended_on: ENDED.contains(&state.as_str()).then(|| stockholm_date(since)),
            })
        })
        .collect()
}

/// What was proposed in a case, and decided.
#[derive(Queryable, Clone, Debug)]
pub struct Decision {
    /// `erasure`, `refusal` or `grant`.
    pub kind: String,
    /// Why, for a refusal.
    pub ground: Option<String>,
    /// Whether a grant is of a part only.
    pub partial: Option<bool>,
    /// `open`, `approved`, `rejected` or `superseded`.
    pub state: String,
    /// Who prepared it; nobody where the service did by itself.
    pub prepared_by: Option<Uuid>,
    /// When.
    pub prepared_at: DateTime<Utc>,
    /// Who decided it.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
}

/// The decisions of a case, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_decisions(conn: &mut PgConnection, id: CaseId) -> Result<Vec<Decision>> {
    Ok(proposals::table
        .filter(proposals::case_id.eq(id.0))
        .order((proposals::prepared_at, proposals::id))
        .select((
            proposals::kind,
            proposals::ground,
            proposals::partial,
            proposals::state,
            proposals::prepared_by,
            proposals::prepared_at,
            proposals::decided_by,
            proposals::decided_at,
        ))
        .load(conn)?)
}
