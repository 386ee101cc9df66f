//! Cases of one person, by what they share: what waits until another case of theirs is answered.

use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::Result;
use super::schema::case_digests;
use crate::domain::ids::CaseId;

/// A case by its id and its name.
#[derive(QueryableByName, Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
}

/// The open cases of access and portability of the person of `case`, the oldest first: those that belong to it or share
/// an identifier with it, while their person waits for the answer.
///
/// # Errors
/// When the database fails.
pub fn open_access_of(conn: &mut PgConnection, case: CaseId) -> Result<Vec<Named>> {
    let query = diesel::sql_query("SELECT id, reference FROM open_access_of($1)");
    Ok(query.bind::<SqlUuid, _>(case.0).load(conn)?)
}

/// All open cases of access and portability, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_open_access(conn: &mut PgConnection) -> Result<Vec<CaseId>> {
    let query = diesel::sql_query(
        "SELECT c.id, c.reference FROM cases c WHERE waits_for_answer(c) ORDER BY c.received_at, c.id",
    );
    let open: Vec<Named> = query.load(conn)?;
    Ok(open.into_iter().map(|case| CaseId(case.id)).collect())
}

/// Approved erasures of the person of `case`.
///
/// # Errors
/// When the database fails.
pub fn list_approved_erasures(conn: &mut PgConnection, case: CaseId) -> Result<Vec<CaseId>> {
    let query = diesel::sql_query(
        "SELECT c.id, c.reference FROM cases c WHERE c.id IN (SELECT same_person_as($1)) \
         AND c.\"right\" = 'erasure' AND c.state = 'approved' ORDER BY c.id",
    );
    let approved: Vec<Named> = query.bind::<SqlUuid, _>(case.0).load(conn)?;
    Ok(approved.into_iter().map(|case| CaseId(case.id)).collect())
}

/// Puts the keyed hashes of a case's identifiers in the place of those it had.
///
/// # Errors
/// When the database fails.
pub fn replace_digests(
    conn: &mut PgConnection,
    case: CaseId,
    digests: &[(&'static str, [u8; 32])],
) -> Result<()> {
    diesel::delete(case_digests::table.filter(case_digests::case_id.eq(case.0))).execute(conn)?;
    for (kind, digest) in digests {
        diesel::insert_into(case_digests::table)
            .values((
                case_digests::case_id.eq(case.0),
                case_digests::kind.eq(*kind),
                case_digests::digest.eq(digest.as_slice()),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    Ok(())
}
