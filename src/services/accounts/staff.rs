//! Adding members of staff, keeping them out, and giving them a new password.

use serde_json::json;

use super::{StaffMember, managing, passwords};
use crate::domain::contact::Email;
use crate::domain::ids::StaffId;
use crate::domain::staff::{Actor, Role};
use crate::services::{Context, Error, FieldError, Result};
use crate::store::audit::SERVICE_STREAM;
use crate::store::{self, sessions};

/// Adds a person, who can log in at once.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] in `email`, `role` (machines act through keys) or `password`
/// (`too_short`, `too_long`, `too_weak`); [`Error::Conflict`] `staff_exists`.
pub fn add_staff(
    ctx: &Context,
    actor: &Actor,
    email: &str,
    role: Role,
    password: &str,
) -> Result<StaffMember> {
    managing(actor)?;
    let address = Email::parse(email);
    let mut wrong = Vec::new();
    if address.is_err() {
        wrong.push(FieldError {
            field: "email",
            code: "invalid",
        });
    }
    if role == Role::Machine {
        wrong.push(FieldError {
            field: "role",
            code: "machine",
        });
    }
    wrong.extend(passwords::refusal(ctx, password, email));
    let (Ok(address), true) = (address, wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let hash = passwords::hash(ctx, password)?;
    ctx.store.transaction(|conn| {
        let new = store::staff::NewStaff {
            id: StaffId(ctx.new_id()),
            email: address.as_str(),
            role,
            password_hash: Some(&hash),
            created_at: ctx.now(),
        };
        store::staff::insert(conn, &new).map_err(taken)?;
        let detail = json!({ "staff": new.id, "role": role });
        ctx.record(conn, SERVICE_STREAM, actor, "staff_added", detail)?;
        Ok(store::staff::find(conn, new.id)?.member)
    })
}

/// A name or address that somebody has already.
pub(super) fn taken(error: store::Error) -> Error {
    match error {
        store::Error::Duplicate(_) => Error::Conflict("staff_exists"),
        other => other.into(),
    }
}

/// Everybody, machines too, by address.
///
/// # Errors
/// [`Error::Forbidden`].
pub fn list(ctx: &Context, actor: &Actor) -> Result<Vec<StaffMember>> {
    managing(actor)?;
    Ok(store::staff::list(&mut *ctx.store.get()?)?)
}

/// Who has that address, or, for a machine, that name.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`].
pub fn find(ctx: &Context, actor: &Actor, email: &str) -> Result<StaffMember> {
    managing(actor)?;
    let email = email.trim().to_lowercase();
    Ok(store::staff::find_by_email(&mut *ctx.store.get()?, &email)?.member)
}

/// Keeps somebody out, from this moment on: their logins end, and their keys work no more.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Conflict`] `own_account`, so that nobody locks everybody out.
pub fn deactivate(ctx: &Context, actor: &Actor, id: StaffId) -> Result<()> {
    managing(actor)?;
    if actor.staff() == Some(id) {
        return Err(Error::Conflict("own_account"));
    }
    ctx.store.transaction(|conn| {
        store::staff::set_active(conn, id, false)?;
        let ended = sessions::revoke_all(conn, id, ctx.now())?;
        let detail = json!({ "staff": id, "sessions_ended": ended });
        ctx.record(conn, SERVICE_STREAM, actor, "staff_deactivated", detail)?;
        Ok(())
    })
}

/// Lets somebody in again, with the password they had. Their old logins stay ended.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`].
pub fn activate(ctx: &Context, actor: &Actor, id: StaffId) -> Result<()> {
    managing(actor)?;
    ctx.store.transaction(|conn| {
        store::staff::set_active(conn, id, true)?;
        let detail = json!({ "staff": id });
        ctx.record(conn, SERVICE_STREAM, actor, "staff_activated", detail)?;
        Ok(())
    })
}

/// Gives somebody a new password, ends their logins, and takes away their authenticator, which they may have lost.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] in `password`; [`Error::Conflict`]
/// `machine_has_no_password`.
pub fn reset(ctx: &Context, actor: &Actor, id: StaffId, password: &str) -> Result<()> {
    managing(actor)?;
    let known = store::staff::find(&mut *ctx.store.get()?, id)?;
    if known.password_hash.is_none() {
        return Err(Error::Conflict("machine_has_no_password"));
    }
    if let Some(wrong) = passwords::refusal(ctx, password, &known.member.email) {
        return Err(Error::Invalid(vec![wrong]));
    }
    let hash = passwords::hash(ctx, password)?;
    ctx.store.transaction(|conn| {
        let before = store::staff::find_locked(conn, id)?;
        store::staff::set_password(conn, id, &hash)?;
        store::staff::set_totp(conn, id, None, 0)?;
        let ended = sessions::revoke_all(conn, id, ctx.now())?;
        let detail = json!({ "staff": id, "sessions_ended": ended, "totp_removed": before.member.totp });
        ctx.record(conn, SERVICE_STREAM, actor, "staff_reset", detail)?;
        Ok(())
    })
}
