//! What waits until a person has their answer: what they asked to see, or to take along, is not erased before, nor purged
//! (Art. 15, 20; Art. 12(2)). Afterwards it goes on by itself.

use super::jobs::{self, Job};
use super::restricting::Held;
use super::searching;
use super::{Context, Result};
use crate::domain::case::State;
use crate::domain::ids::CaseId;
use crate::domain::right::Right;
use crate::store::cases::{self, StoredCase};
use crate::store::same_person;
use crate::store::{Conn, purges};

/// The references of the open cases of access and portability of the person of `case`.
///
/// # Errors
/// When the database fails.
pub fn open_access_of(conn: &mut Conn, case: CaseId) -> Result<Vec<String>> {
    let open = same_person::open_access_of(conn, case)?;
    Ok(open.into_iter().map(|case| case.reference).collect())
}

/// What an erasure waits for before it begins; nothing for a case that is none, or that has begun.
///
/// # Errors
/// When the database fails.
pub fn erasure_waits_for(conn: &mut Conn, case: &StoredCase) -> Result<Vec<String>> {
    let may_begin = case.case.state.is_undecided() || matches!(case.case.state, State::Approved { .. });
    if case.case.right != Right::Erasure || !may_begin {
        return Ok(vec![]);
    }
    open_access_of(conn, case.id)
}

/// The rows that were found for open cases of access and portability. By these, what was retained of a person is known
/// for theirs also when nothing else is left of the erasure's case.
///
/// # Errors
/// When the database or the key store fails.
pub fn awaited(ctx: &Context, conn: &mut Conn) -> Result<Held> {
    let mut rows = Held::default();
    for id in same_person::list_open_access(conn)? {
        let case = cases::find_by_id(conn, id)?;
        let Some(subject) = searching::find_subject(ctx, conn, &case)? else {
            continue;
        };
        for (system, tables) in subject.roots() {
            for (table, keys) in tables {
                rows.add(&system, &table, keys, case.reference.as_str());
            }
        }
    }
    Ok(rows)
}

/// Lets what waited for the answer of a case go on, once the person waits no longer.
///
/// # Errors
/// When the database fails.
pub fn follow(ctx: &Context, conn: &mut Conn, before: &StoredCase, after: &StoredCase) -> Result<()> {
    if !before.case.waits_for_data() || after.case.waits_for_data() {
        return Ok(());
    }
    for case in same_person::list_approved_erasures(conn, after.id)? {
        jobs::enqueue(ctx, conn, &Job::RunErasure { case }, None)?;
    }
    for purge in purges::list_waiting(conn)? {
        jobs::enqueue(ctx, conn, &Job::RunPurge { purge }, None)?;
    }
    Ok(())
}
