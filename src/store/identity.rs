//! Who is asking: rounds of codes, proofs, access tokens, hand-offs, and whom the systems know.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{case_access, challenges, handoffs, proofs, subjects};
use super::{Error, Result};
use crate::domain::identity::{Method, Proof};
use crate::domain::ids::{CaseId, StaffId};

/// A round of codes.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = challenges, treat_none_as_default_value = false)]
pub struct Challenge {
    /// Its id, which the codes' hashes are bound to.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when its codes work.
    pub expires_at: DateTime<Utc>,
    /// Codes tried, right or wrong.
    pub attempts: i32,
    /// Keyed hash of the code sent to the typed address.
    pub typed_digest: Vec<u8>,
    /// When that code was used.
    pub typed_used_at: Option<DateTime<Utc>>,
    /// Keyed hash of the code sent to the address on file, when that is another.
    pub on_file_digest: Option<Vec<u8>>,
    /// When that code was used.
    pub on_file_used_at: Option<DateTime<Utc>>,
    /// When a newer round took its place.
    pub superseded_at: Option<DateTime<Utc>>,
}

/// Ends the current round, so that a new one can take its place.
///
/// # Errors
/// When the database fails.
pub fn supersede_round(conn: &mut PgConnection, case: CaseId, at: DateTime<Utc>) -> Result<()> {
    diesel::update(
        challenges::table.filter(
            challenges::case_id
                .eq(case.0)
                .and(challenges::superseded_at.is_null()),
        ),
    )
    .set(challenges::superseded_at.eq(at))
    .execute(conn)?;
    Ok(())
}

/// Starts a round.
///
/// # Errors
/// [`Error::Duplicate`] when the case has a current one.
pub fn start_round(conn: &mut PgConnection, new: &Challenge) -> Result<()> {
    diesel::insert_into(challenges::table).values(new).execute(conn)?;
    Ok(())
}

/// Adds the address on file's code to the current round.
///
/// # Errors
/// When the database fails.
pub fn add_on_file_code(conn: &mut PgConnection, round: Uuid, digest: &[u8; 32]) -> Result<()> {
    diesel::update(challenges::table.find(round))
        .set(challenges::on_file_digest.eq(digest.as_slice()))
        .execute(conn)?;
    Ok(())
}

/// The current round, if any.
///
/// # Errors
/// When the database fails.
pub fn find_round(conn: &mut PgConnection, case: CaseId) -> Result<Option<Challenge>> {
    Ok(challenges::table
        .filter(
            challenges::case_id
                .eq(case.0)
                .and(challenges::superseded_at.is_null()),
        )
        .select(Challenge::as_select())
        .first(conn)
        .optional()?)
}

/// Counts one try of the current round, whichever code it is for, in one atomic statement, so that parallel guesses over
/// any number of instances get no more than `limit` comparisons. The round, or none when there is none, its time is
/// over, or its tries are used up.
///
/// # Errors
/// When the database fails.
pub fn take_attempt(
    conn: &mut PgConnection,
    case: CaseId,
    limit: i32,
    now: DateTime<Utc>,
) -> Result<Option<Challenge>> {
    let current = challenges::case_id
        .eq(case.0)
        .and(challenges::superseded_at.is_null())
        .and(challenges::expires_at.gt(now));
    Ok(
        diesel::update(challenges::table.filter(current.and(challenges::attempts.lt(limit))))
            .set(challenges::attempts.eq(challenges::attempts + 1))
            .returning(Challenge::as_returning())
            .get_result(conn)
            .optional()?,
    )
}

/// Which of a round's two codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeOf {
    /// The one sent to the typed address.
    Typed,
    /// The one sent to the address on file.
    OnFile,
}

/// Spends a code. False when somebody else spent it first.
///
/// # Errors
/// When the database fails.
pub fn spend_code(conn: &mut PgConnection, round: Uuid, code: CodeOf, at: DateTime<Utc>) -> Result<bool> {
    let spent = match code {
        CodeOf::Typed => diesel::update(
            challenges::table.filter(challenges::id.eq(round).and(challenges::typed_used_at.is_null())),
        )
        .set(challenges::typed_used_at.eq(at))
        .execute(conn)?,
        CodeOf::OnFile => diesel::update(
            challenges::table.filter(
                challenges::id
                    .eq(round)
                    .and(challenges::on_file_used_at.is_null()),
            ),
        )
        .set(challenges::on_file_used_at.eq(at))
        .execute(conn)?,
    };
    Ok(spent == 1)
}

/// Keeps a proof; a second of the same method changes nothing.
///
/// # Errors
/// When the database fails.
pub fn insert_proof(
    conn: &mut PgConnection,
    id: Uuid,
    case: CaseId,
    method: Method,
    by: Option<StaffId>,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(proofs::table)
        .values((
            proofs::id.eq(id),
            proofs::case_id.eq(case.0),
            proofs::method.eq(method.name()),
            proofs::at.eq(at),
            proofs::accepted_by.eq(by.map(|staff| staff.0)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// The proofs of a case, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_proofs(conn: &mut PgConnection, case: CaseId) -> Result<Vec<Proof>> {
    let rows: Vec<(String, DateTime<Utc>, Option<Uuid>)> = proofs::table
        .filter(proofs::case_id.eq(case.0))
        .order(proofs::at)
        .select((proofs::method, proofs::at, proofs::accepted_by))
        .load(conn)?;
    rows.into_iter()
        .map(|(method, at, by)| {
            let method = Method::from_name(&method).ok_or(Error::Corrupt("proofs.method"))?;
            Ok(Proof {
                method,
                at,
                accepted_by: by.map(StaffId),
            })
        })
        .collect()
}

/// Keeps a token that opens the case's page.
///
/// # Errors
/// When the database fails.
pub fn grant_access(
    conn: &mut PgConnection,
    case: CaseId,
    digest: &[u8; 32],
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(case_access::table)
        .values((
            case_access::digest.eq(digest.as_slice()),
            case_access::case_id.eq(case.0),
            case_access::created_at.eq(now),
            case_access::expires_at.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether a token opens the page of this case now.
///
/// # Errors
/// When the database fails.
pub fn has_access(
    conn: &mut PgConnection,
    case: CaseId,
    digest: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<bool> {
    let open = case_access::table.find(digest.as_slice()).filter(
        case_access::case_id
            .eq(case.0)
            .and(case_access::expires_at.gt(now)),
    );
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn)?)
}

/// Marks a portal token as used. False when it was used before.
///
/// # Errors
/// When the database fails.
pub fn use_handoff(conn: &mut PgConnection, digest: &[u8; 32], until: DateTime<Utc>) -> Result<bool> {
    let inserted = diesel::insert_into(handoffs::table)
        .values((
            handoffs::jti_digest.eq(digest.as_slice()),
            handoffs::expires_at.eq(until),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(inserted == 1)
}

/// Removes what has expired; says how much there was.
///
/// # Errors
/// When the database fails.
pub fn sweep(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize> {
    let handoffs = diesel::delete(handoffs::table.filter(handoffs::expires_at.lt(now))).execute(conn)?;
    let tokens = diesel::delete(case_access::table.filter(case_access::expires_at.lt(now))).execute(conn)?;
    Ok(handoffs + tokens)
}

/// Whom the systems know under a case's identifiers.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = subjects)]
pub struct SubjectRow {
    /// The case.
    pub case_id: Uuid,
    /// When the systems were searched.
    pub searched_at: DateTime<Utc>,
    /// Whether anything was found.
    pub found: bool,
    /// Whether staff must choose between accounts.
    pub ambiguous: bool,
    /// Whether services still run.
    pub live_services: bool,
    /// Keys and rows, sealed.
    pub sealed: Vec<u8>,
}

/// Keeps what a search found, in the place of an earlier search.
///
/// # Errors
/// When the database fails.
pub fn put_subject(conn: &mut PgConnection, row: &SubjectRow) -> Result<()> {
    diesel::insert_into(subjects::table)
        .values(row)
        .on_conflict(subjects::case_id)
        .do_update()
        .set(row)
        .execute(conn)?;
    Ok(())
}

/// What the last search found, if there was one.
///
/// # Errors
/// When the database fails.
pub fn find_subject(conn: &mut PgConnection, case: CaseId) -> Result<Option<SubjectRow>> {
    Ok(subjects::table
        .find(case.0)
        .select(SubjectRow::as_select())
        .first(conn)
        .optional()?)
}
