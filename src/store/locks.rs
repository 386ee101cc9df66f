//! Locks by name between all instances, held by the database for as long as a connection lives.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use sha2::{Digest, Sha256};

use super::{Result, Store};

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Runs `work` while no other instance runs it under the same name; `None` when another does. The lock holds a
/// connection of its own, and goes with it when the process ends.
///
/// # Errors
/// When the database cannot be asked for the lock; `work` has not run then.
pub fn alone<T>(store: &Store, name: &str, work: impl FnOnce() -> T) -> Result<Option<T>> {
    let mut conn = store.get()?;
    let key = key(name);
    let asked: Locked = diesel::sql_query("SELECT pg_try_advisory_lock($1) AS locked")
        .bind::<BigInt, _>(key)
        .get_result(&mut conn)?;
    if !asked.locked {
        return Ok(None);
    }
    // After a panic the lock is given back too. The pool would close the connection, and the lock end with it, but
    // only once the server has noticed: until then the work could not be tried again.
    let done = catch_unwind(AssertUnwindSafe(work));
    let unlocked = diesel::sql_query("SELECT pg_advisory_unlock($1)")
        .bind::<BigInt, _>(key)
        .execute(&mut conn);
    if unlocked.is_err() {
        tracing::warn!(
            name,
            "a lock could not be given back; it ends with its connection"
        );
    }
    match done {
        Ok(done) => Ok(Some(done)),
        Err(panic) => resume_unwind(panic),
    }
}

/// The database knows locks by number.
fn key(name: &str) -> i64 {
    let digest = Sha256::digest(format!("dataratt lock {name}"));
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}
