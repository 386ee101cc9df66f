//! What people do with their own account: another password.

use serde_json::json;

use super::login::Budget;
use super::{Authenticated, passwords};
use crate::services::{Context, Error, FieldError, Result};
use crate::store::audit::SERVICE_STREAM;
use crate::store::staff::Credentials;
use crate::store::{self, sessions};

/// Makes sure that it is still the person who logged in: changes to how they log in ask for the password once more.
/// Failures count as those of logins do.
///
/// # Errors
/// [`Error::Invalid`] in `password`; [`Error::TooMany`]; [`Error::Conflict`] `machine_has_no_password`.
pub(super) fn confirm(ctx: &Context, who: &Authenticated, password: &str) -> Result<Credentials> {
    let known = store::staff::find(&mut *ctx.store.get()?, who.staff.id)?;
    let stored = known.password_hash.as_deref();
    let stored = stored.ok_or(Error::Conflict("machine_has_no_password"))?;
    let budget = Budget::of_account(ctx, &known.member.email);
    budget.take(ctx)?;
    if !passwords::verify(ctx, password, Some(stored))? {
        return Err(Error::field("password", "wrong"));
    }
    budget.give_back(ctx)?;
    Ok(known)
}

/// Exchanges one's own password. All other logins end; the one that did it goes on.
///
/// # Errors
/// [`Error::Invalid`] in `password` (the old one) or `new_password`; [`Error::TooMany`]; [`Error::Stale`] when it was
/// changed meanwhile; [`Error::Conflict`] `machine_has_no_password`.
pub fn change_password(ctx: &Context, who: &Authenticated, old: &str, new: &str) -> Result<()> {
    let known = confirm(ctx, who, old)?;
    if let Some(wrong) = passwords::refusal(ctx, new, &known.member.email) {
        return Err(Error::Invalid(vec![FieldError {
            field: "new_password",
            ..wrong
        }]));
    }
    let (id, hash) = (who.staff.id, passwords::hash(ctx, new)?);
    ctx.store.transaction(|conn| {
        let now = store::staff::find_locked(conn, id)?;
        if now.password_hash != known.password_hash {
            return Err(Error::Stale);
        }
        store::staff::set_password(conn, id, &hash)?;
        let ended = sessions::revoke_others(conn, id, who.session, ctx.now())?;
        let detail = json!({ "staff": id, "sessions_ended": ended });
        ctx.record(conn, SERVICE_STREAM, &who.actor, "password_changed", detail)?;
        Ok(())
    })
}
