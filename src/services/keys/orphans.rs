//! Clearing away keys that nothing needs.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Context, Result, destroy, unavailable};
use crate::store::keys;

/// How old a key is at least before it counts: what it seals is written within seconds of it.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// Keys that the database is asked about at a time.
const BATCH: usize = 1000;

/// Destroys keys older than an hour that nothing needs: of requests that were cut off, and of cases that were thinned.
/// When most keys seem to be such, the store and the database do not belong together, and nothing is destroyed.
///
/// # Errors
/// When the database or the key store fails.
pub fn sweep_orphans(ctx: &Context) -> Result<usize> {
    let before = ctx.now() - FRESH;
    let mut ids = Vec::new();
    let mut add = |id: Uuid| {
        if made_at(id).is_none_or(|at| at < before) {
            ids.push(id);
        }
    };
    ctx.key_store.list(&mut add).map_err(unavailable)?;
    let mut orphans = Vec::new();
    for batch in ids.chunks(BATCH) {
        let needed = keys::list_needed(&mut *ctx.store.get()?, batch)?;
        orphans.extend(batch.iter().copied().filter(|id| !needed.contains(id)));
    }
    if orphans.len() > ids.len() / 2 {
        tracing::error!(
            keys = ids.len(),
            unknown = orphans.len(),
            "most keys of the key store are not of this database: none is destroyed"
        );
        return Ok(0);
    }
    for id in &orphans {
        destroy(ctx, *id);
    }
    Ok(orphans.len())
}

/// When a key was made, as its id says.
fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}
