//! Cases of one person that belong together: split off one another, or merged.

use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::{case_links, cases};
use crate::domain::ids::CaseId;

/// Links a case to the one it came of; a second time changes nothing.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, from: CaseId, to: CaseId) -> Result<()> {
    diesel::insert_into(case_links::table)
        .values((case_links::from_case.eq(from.0), case_links::to_case.eq(to.0)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// A case that belongs to another one.
#[derive(Queryable, Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Its reference.
    pub reference: String,
    /// What it asks for, by name.
    pub right: String,
    /// Its state's name.
    pub state: String,
}

/// The cases that were split off this one, or that it was split off, in the order of their making.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, case: CaseId) -> Result<Vec<Linked>> {
    let to = case_links::table
        .filter(case_links::from_case.eq(case.0))
        .select(case_links::to_case);
    let from = case_links::table
        .filter(case_links::to_case.eq(case.0))
        .select(case_links::from_case);
    Ok(cases::table
        .filter(cases::id.eq_any(to).or(cases::id.eq_any(from)))
        .order(cases::id)
        .select((cases::reference, cases::right_, cases::state))
        .load(conn)?)
}

/// The case that a merged one goes on in, and those that were merged into this one.
///
/// # Errors
/// When the database fails.
pub fn list_merged(conn: &mut PgConnection, case: CaseId, into: Option<CaseId>) -> Result<Vec<Linked>> {
    Ok(cases::table
        .filter(
            cases::merged_into
                .eq(case.0)
                .or(cases::id.nullable().eq(into.map(|into| into.0))),
        )
        .order(cases::id)
        .select((cases::reference, cases::right_, cases::state))
        .load(conn)?)
}

/// Says which case goes on with this one. Its transition to the closed state follows in the same transaction.
///
/// # Errors
/// [`super::Error::Forbidden`] when the database's own guard refuses the pair.
pub fn set_merged_into(conn: &mut PgConnection, case: CaseId, into: CaseId) -> Result<()> {
    diesel::update(cases::table.find(case.0))
        .set(cases::merged_into.eq(Some::<Uuid>(into.0)))
        .execute(conn)?;
    Ok(())
}
