//! API keys of machines.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use uuid::Uuid;

use super::staff::taken;
use super::{Authenticated, managing};
use crate::domain::ids::StaffId;
use crate::domain::sealing::Purpose;
use crate::domain::staff::{Actor, Role};
use crate::services::{Context, Error, Result};
use crate::store::audit::SERVICE_STREAM;
use crate::store::sessions::ApiKey;
use crate::store::{self, Conn};

/// How every key begins, so that people and scanners of leaks know it.
const PREFIX: &str = "drk_";
const RANDOM_BYTES: usize = 32;
const MAX_NAME_CHARS: usize = 64;

/// A new key. The secret is shown this once: only its keyed hash is kept.
#[derive(Clone)]
pub struct AddedKey {
    /// Its name among keys, to revoke it by.
    pub id: Uuid,
    /// The machine that acts through it.
    pub staff: StaffId,
    /// The bearer value.
    pub secret: String,
}

impl std::fmt::Debug for AddedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddedKey")
            .field("id", &self.id)
            .field("staff", &self.staff)
            .finish_non_exhaustive()
    }
}

/// Whether a bearer value is meant as an API key.
pub(super) fn is_key(bearer: &str) -> bool {
    bearer.starts_with(PREFIX)
}

/// Adds a key for the machine `name`, and the machine when it is new. A machine may have two keys, so that one can
/// be exchanged without a break.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] in `name` (lower-case letters, digits, `-`, `_` and `.`, at most 64);
/// [`Error::Conflict`] `staff_exists` when the name is that of an inactive machine or one with another role.
pub fn add_key(ctx: &Context, actor: &Actor, name: &str, role: Role) -> Result<AddedKey> {
    managing(actor)?;
    let name = name.trim();
    if !is_name(name) {
        return Err(Error::field("name", "invalid"));
    }
    let random: [u8; RANDOM_BYTES] = ctx.random_bytes();
    let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
    ctx.store.transaction(|conn| {
        let key = ApiKey {
            id: ctx.new_id(),
            staff: machine(ctx, conn, name, role)?,
            created_at: ctx.now(),
        };
        store::sessions::insert_key(conn, &key, &digest(ctx, &secret))?;
        let detail = json!({ "key": key.id, "staff": key.staff, "role": role });
        ctx.record(conn, SERVICE_STREAM, actor, "key_added", detail)?;
        Ok(AddedKey {
            id: key.id,
            staff: key.staff,
            secret,
        })
    })
}

/// The machine of that name and role, made when there is none. An address has an `@` and a name has not, so nobody
/// gets a key to a person's account.
fn machine(ctx: &Context, conn: &mut Conn, name: &str, role: Role) -> Result<StaffId> {
    match store::staff::find_by_email(conn, name) {
        Ok(known) if known.member.active && known.member.role == role => Ok(known.member.id),
        Ok(_) => Err(Error::Conflict("staff_exists")),
        Err(store::Error::NotFound) => {
            let new = store::staff::NewStaff {
                id: StaffId(ctx.new_id()),
                email: name,
                role,
                password_hash: None,
                created_at: ctx.now(),
            };
            store::staff::insert(conn, &new).map_err(taken)?;
            Ok(new.id)
        }
        Err(error) => Err(error.into()),
    }
}

fn is_name(name: &str) -> bool {
    let fits = (1..=MAX_NAME_CHARS).contains(&name.len());
    fits && name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte))
}

fn digest(ctx: &Context, secret: &str) -> [u8; 32] {
    let key = ctx.keys.for_purpose(Purpose::Tokens);
    key.digest(&[b"api-key", secret.as_bytes()])
}

/// Which machine an API key stands for.
///
/// # Errors
/// [`Error::Unauthenticated`] `key_invalid`: unknown, revoked, or the machine is inactive.
pub fn authenticate_key(ctx: &Context, secret: &str) -> Result<Authenticated> {
    match store::sessions::find_key_holder(&mut *ctx.store.get()?, &digest(ctx, secret)) {
        Ok(holder) => Ok(Authenticated::new(holder, None)),
        Err(store::Error::NotFound) => Err(Error::Unauthenticated("key_invalid")),
        Err(error) => Err(error.into()),
    }
}

/// The keys in force, oldest first.
///
/// # Errors
/// [`Error::Forbidden`].
pub fn list_keys(ctx: &Context, actor: &Actor) -> Result<Vec<ApiKey>> {
    managing(actor)?;
    Ok(store::sessions::list_live_keys(&mut *ctx.store.get()?)?)
}

/// Revokes a key from this moment on.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] when there is no such key, or it was revoked before.
pub fn revoke_key(ctx: &Context, actor: &Actor, id: Uuid) -> Result<()> {
    managing(actor)?;
    ctx.store.transaction(|conn| {
        let staff = store::sessions::revoke_key(conn, id, ctx.now())?;
        let detail = json!({ "key": id, "staff": staff });
        ctx.record(conn, SERVICE_STREAM, actor, "key_revoked", detail)?;
        Ok(())
    })
}
