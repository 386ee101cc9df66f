//! The second factor: codes of an authenticator (RFC 6238), each of which works once.

use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use super::{Authenticated, StaffMember, own};
use crate::domain::ids::StaffId;
use crate::domain::keyring::{self, Wrapping};
use crate::services::{Context, Error, Result};
use crate::store;
use crate::store::audit::SERVICE_STREAM;
use crate::store::staff::Credentials;

/// Bytes of a new secret: as long as the hash (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;

/// What somebody types or scans into their authenticator. Nothing is kept until [`enable_totp`].
#[derive(Clone)]
pub struct TotpOffer {
    /// The secret, in base 32.
    pub secret: String,
    /// The same as `otpauth:` URL, for a QR code.
    pub url: String,
}

/// Offers a new secret, or again the one `offered` before, when it is one.
///
/// # Errors
/// Those of a fault of ours.
pub fn offer_totp(ctx: &Context, staff: &StaffMember, offered: Option<&str>) -> Result<TotpOffer> {
    let new = || Secret::from(ctx.random_bytes::<SECRET_BYTES>());
    let again = offered.and_then(|offered| Secret::try_from_base32(offered.trim()).ok());
    let secret = again
        .filter(|secret| secret.as_bytes().len() == SECRET_BYTES)
        .unwrap_or_else(new);
    let totp = Builder::new()
        .with_secret(secret)
        .with_issuer(Some("Dataratt"))
        .with_account_name(staff.email.as_str())
        .build()
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(TotpOffer {
        secret: totp.secret().to_base32(),
        url: totp
            .to_url()
            .map_err(|error| Error::internal(error.to_string()))?,
    })
}

/// Asks for codes of the authenticator from the next login on, when `code` shows that it has the secret.
///
/// # Errors
/// [`Error::Invalid`] in `password`, `secret` or `code`; [`Error::TooMany`]; [`Error::Conflict`] `totp_enabled` when there
/// is one already, `machine_has_no_password` for a machine.
pub fn enable_totp(
    ctx: &Context,
    who: &Authenticated,
    password: &str,
    secret: &str,
    code: &str,
) -> Result<()> {
    own::confirm(ctx, who, password)?;
    let wrong_secret = || Error::field("secret", "invalid");
    let secret = Secret::try_from_base32(secret.trim()).map_err(|_| wrong_secret())?;
    let bytes = secret.as_bytes().to_vec();
    let totp = Builder::new()
        .with_secret(secret)
        .build()
        .map_err(|_| wrong_secret())?;
    let step = step_of(ctx, &totp, code).ok_or_else(|| Error::field("code", "invalid"))?;
    let id = who.staff.id;
    let sealed = ctx
        .keys
        .wrap(Wrapping::StaffSecrets, ctx.nonce(), &place(id), &bytes)?;
    ctx.store.transaction(|conn| {
        let now = store::staff::find_locked(conn, id)?;
        if now.password_hash.is_none() {
            return Err(Error::Conflict("machine_has_no_password"));
        }
        if now.totp_sealed.is_some() {
            return Err(Error::Conflict("totp_enabled"));
        }
        store::staff::set_totp(conn, id, Some(&sealed), step)?;
        let detail = json!({ "staff": id });
        ctx.record(conn, SERVICE_STREAM, &who.actor, "totp_enabled", detail)?;
        Ok(())
    })
}

/// Asks for no codes any more. Takes a code, so that nobody takes the authenticator away at a screen left alone; who lost
/// theirs is helped with [`super::reset`].
///
/// # Errors
/// [`Error::Invalid`] in `password` or `code`; [`Error::TooMany`]; [`Error::Conflict`] `totp_off`.
pub fn disable_totp(ctx: &Context, who: &Authenticated, password: &str, code: &str) -> Result<()> {
    let known = own::confirm(ctx, who, password)?;
    let wrong_code = || Error::field("code", "invalid");
    let step = match step_at_login(ctx, &known, Some(code)) {
        Ok(step) => step.ok_or(Error::Conflict("totp_off"))?,
        Err(Error::Unauthenticated(_)) => return Err(wrong_code()),
        Err(error) => return Err(error),
    };
    let id = who.staff.id;
    ctx.store.transaction(|conn| {
        let now = store::staff::find_locked(conn, id)?;
        if now.totp_sealed != known.totp_sealed {
            return Err(Error::Stale);
        }
        if !store::staff::use_totp_step(conn, id, step)? {
            return Err(wrong_code());
        }
        store::staff::set_totp(conn, id, None, 0)?;
        ctx.record(
            conn,
            SERVICE_STREAM,
            &who.actor,
            "totp_disabled",
            json!({ "staff": id }),
        )?;
        Ok(())
    })
}

/// The TOTP step to use up at this login; `None` when the person has no authenticator.
///
/// # Errors
/// [`Error::Unauthenticated`] `totp_required` or `totp_invalid`.
pub(super) fn step_at_login(ctx: &Context, person: &Credentials, code: Option<&str>) -> Result<Option<i64>> {
    let Some(sealed) = &person.totp_sealed else {
        return Ok(None);
    };
    let code = code.filter(|code| !code.trim().is_empty());
    let code = code.ok_or(Error::Unauthenticated("totp_required"))?;
    let place = place(person.member.id);
    let secret = ctx.keys.unwrap(Wrapping::StaffSecrets, &place, sealed)?;
    let totp = Builder::new()
        .with_secret(Secret::from(secret.as_slice()))
        .build()
        .map_err(|error| Error::internal(error.to_string()))?;
    match step_of(ctx, &totp, code) {
        Some(step) => Ok(Some(step)),
        None => Err(Error::Unauthenticated("totp_invalid")),
    }
}

/// The step that the code is of, when it is one of now, the one before or the one after.
fn step_of(ctx: &Context, totp: &Totp, code: &str) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = u64::try_from(ctx.now().timestamp()).ok()?;
    i64::try_from(totp.check(&code, now)?).ok()
}

/// Wraps with the newest master key the secrets that an older one wraps; says how many.
///
/// # Errors
/// When the key file or the database fails.
pub fn rewrap_totp(ctx: &Context) -> Result<usize> {
    let mut done = 0;
    for (id, sealed) in store::staff::list_totp(&mut *ctx.store.get()?)? {
        if keyring::wrapped_by(&sealed) == Some(ctx.keys.newest()) {
            continue;
        }
        let secret = ctx.keys.unwrap(Wrapping::StaffSecrets, &place(id), &sealed)?;
        let again = ctx
            .keys
            .wrap(Wrapping::StaffSecrets, ctx.nonce(), &place(id), &secret)?;
        store::staff::reseal_totp(&mut *ctx.store.get()?, id, &sealed, &again)?;
        done += 1;
    }
    Ok(done)
}

fn place(id: StaffId) -> String {
    format!("staff.totp_sealed|{id}")
}
