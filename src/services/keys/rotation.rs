//! Exchanging the master key while the service runs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{Context, Error, Result, place, unavailable};
use crate::domain::keyring::{self, Needed, Wrapping};
use crate::domain::sealing::SecretKey;
use crate::domain::staff::Actor;
use crate::services::accounts;
use crate::store;
use crate::store::audit::SERVICE_STREAM;

/// Keys that one run wraps again, so that other sweeps get their turn.
const AT_A_TIME: usize = 5_000;

/// A master key, and what is wrapped with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKey {
    /// Its number.
    pub id: u32,
    /// Since when it is there.
    pub since: DateTime<Utc>,
    /// Keys and secrets of staff that it wraps.
    pub wraps: usize,
}

/// The master keys, the newest first, with how much each wraps; a number that the key file does not hold comes last.
///
/// # Errors
/// When the key file, the key store or the database fails.
pub fn masters(ctx: &Context) -> Result<(Vec<MasterKey>, usize)> {
    ctx.keys.refresh()?;
    let mut wraps = count(ctx)?;
    let masters = ctx.keys.with(|ring| {
        let listed = ring.masters().map(|master| MasterKey {
            id: master.id,
            since: master.since,
            wraps: wraps.remove(&Some(master.id)).unwrap_or_default(),
        });
        listed.collect()
    });
    Ok((masters, wraps.into_values().sum()))
}

/// Adds a master key to the key file. Every instance takes it up with the next key it wraps or opens.
///
/// # Errors
/// When there is no file, or it cannot be written.
pub fn rotate(ctx: &Context, actor: &Actor) -> Result<u32> {
    let file = ctx.keys.file.as_ref().ok_or(Error::Conflict("no_key_file"))?;
    let (key, now) = (SecretKey::new(ctx.random_bytes()), ctx.now());
    let ring = file
        .change(&mut |ring| Some(ring.with_new(key.clone(), now)))
        .map_err(unavailable)?;
    let id = ring.newest();
    ctx.keys.set(ring);
    record(ctx, actor, "master_key_added", id)?;
    Ok(id)
}

/// Takes a master key that wraps nothing any more out of the key file.
///
/// # Errors
/// [`Error::Conflict`] when it is still needed; when the key file, the key store or the database fails.
pub fn retire(ctx: &Context, actor: &Actor, id: u32) -> Result<()> {
    let file = ctx.keys.file.as_ref().ok_or(Error::Conflict("no_key_file"))?;
    if count(ctx)?.contains_key(&Some(id)) {
        return Err(Error::Conflict("master_key_in_use"));
    }
    let (mut refused, now) = (None, ctx.now());
    let ring = file
        .change(&mut |ring| ring.without(id, now).map_err(|why| refused = Some(why)).ok())
        .map_err(unavailable)?;
    match refused {
        None => {}
        Some(Needed::Unknown) => return Err(Error::NotFound),
        Some(Needed::Newest) => return Err(Error::Conflict("master_key_newest")),
        Some(Needed::JustReplaced) => return Err(Error::Conflict("master_key_just_replaced")),
    }
    ctx.keys.set(ring);
    record(ctx, actor, "master_key_retired", id)
}

/// Wraps with the newest master key what an older one wraps; says how much. It can be cut off and repeated at any time.
///
/// # Errors
/// When the key file, the key store or the database fails.
pub fn rewrap(ctx: &Context) -> Result<usize> {
    ctx.keys.refresh()?;
    if ctx.keys.with(|ring| ring.masters().count()) == 1 {
        return Ok(0);
    }
    let mut ids = Vec::new();
    ctx.key_store.list(&mut |id| ids.push(id)).map_err(unavailable)?;
    let mut done = accounts::rewrap_totp(ctx)?;
    for id in ids {
        if done >= AT_A_TIME {
            break;
        }
        done += usize::from(rewrap_one(ctx, id)?);
    }
    Ok(done)
}

fn rewrap_one(ctx: &Context, id: Uuid) -> Result<bool> {
    let Some(wrapped) = ctx.key_store.get(id).map_err(unavailable)? else {
        return Ok(false);
    };
    // What was never wholly written is left to the sweep of keys that nothing needs.
    if keyring::wrapped_by(&wrapped).is_none_or(|by| by == ctx.keys.newest()) {
        return Ok(false);
    }
    let key = ctx.keys.unwrap(Wrapping::CaseKeys, &place(id), &wrapped)?;
    let again = ctx.keys.wrap(Wrapping::CaseKeys, ctx.nonce(), &place(id), &key)?;
    ctx.key_store.replace(id, &again).map_err(unavailable)
}

/// How much each master key wraps; what is not wrapped by any counts under `None`.
fn count(ctx: &Context) -> Result<BTreeMap<Option<u32>, usize>> {
    let mut ids = Vec::new();
    ctx.key_store.list(&mut |id| ids.push(id)).map_err(unavailable)?;
    let mut wraps = BTreeMap::new();
    for id in ids {
        if let Some(wrapped) = ctx.key_store.get(id).map_err(unavailable)? {
            *wraps.entry(keyring::wrapped_by(&wrapped)).or_default() += 1;
        }
    }
    for (_, sealed) in store::staff::list_totp(&mut *ctx.store.get()?)? {
        *wraps.entry(keyring::wrapped_by(&sealed)).or_default() += 1;
    }
    Ok(wraps)
}

fn record(ctx: &Context, actor: &Actor, action: &'static str, id: u32) -> Result<()> {
    ctx.store.transaction(|conn| {
        ctx.record(conn, SERVICE_STREAM, actor, action, json!({ "master": id }))?;
        Ok(())
    })
}
