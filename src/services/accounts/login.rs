//! Logging in: one budget of failures for the page and the API, the password, the second factor, then a session.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::json;

use super::sessions::{self, ABSOLUTE_HOURS};
use super::{passwords, totp};
use crate::domain::contact::Email;
use crate::domain::ids::StaffId;
use crate::domain::sealing::Purpose;
use crate::domain::staff::{Actor, Role};
use crate::services::{Context, Error, Result};
use crate::store::audit::SERVICE_STREAM;
use crate::store::sessions::Session;
use crate::store::staff::Credentials;
use crate::store::{self, throttles};

/// Failures that one account can have in [`WINDOW`].
const ACCOUNT_FAILURES: u32 = 10;
/// Failures that can come from one network in [`WINDOW`].
const NETWORK_FAILURES: u32 = 50;
const WINDOW: Duration = Duration::from_mins(15);

/// A login that succeeded.
#[derive(Clone)]
pub struct LoggedIn {
    /// The bearer value; also the cookie's.
    pub token: String,
    /// As what.
    pub role: Role,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// Who.
    pub staff: StaffId,
}

impl std::fmt::Debug for LoggedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoggedIn")
            .field("role", &self.role)
            .field("staff", &self.staff)
            .finish_non_exhaustive()
    }
}

/// Logs a person in. `network` is whatever failures are counted by: an IPv4 address, an IPv6 /64.
///
/// # Errors
/// [`Error::Unauthenticated`]: `login_failed` for an unknown address, a wrong password and somebody inactive alike;
/// after the right password `totp_required` or `totp_invalid`. [`Error::TooMany`]: ten failures of the account, or
/// fifty from the network, in 15 minutes. [`Error::Unavailable`] `busy`.
pub fn login(
    ctx: &Context,
    email: &str,
    password: &str,
    totp: Option<&str>,
    network: &str,
) -> Result<LoggedIn> {
    // What is no address is nobody's, and takes as long to refuse as any.
    let email = Email::parse(email).map_or_else(|_| String::new(), String::from);
    let budget = Budget::of(ctx, &email, network);
    budget.take(ctx)?;
    let outcome = attempt(ctx, &email, password, totp);
    let failed = matches!(&outcome, Err(Error::Unauthenticated(code)) if *code != "totp_required");
    if !failed && let Err(error) = budget.give_back(ctx) {
        tracing::warn!(%error, "a login that did not fail stays counted as a failure");
    }
    outcome
}

fn attempt(ctx: &Context, email: &str, password: &str, totp: Option<&str>) -> Result<LoggedIn> {
    let person = match store::staff::find_by_email(&mut *ctx.store.get()?, email) {
        Ok(person) => Some(person).filter(|person| person.member.active),
        Err(store::Error::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let stored = person.as_ref().and_then(|person| person.password_hash.as_deref());
    let right = passwords::verify(ctx, password, stored)?;
    let Some(person) = person.filter(|_| right) else {
        return Err(Error::Unauthenticated("login_failed"));
    };
    let step = totp::step_at_login(ctx, &person, totp)?;
    open_session(ctx, &person, step)
}

/// Opens a session, unless what was checked has changed since.
fn open_session(ctx: &Context, checked: &Credentials, step: Option<i64>) -> Result<LoggedIn> {
    let now = ctx.now();
    let expires_at = (now + TimeDelta::hours(ABSOLUTE_HOURS)).trunc_subsecs(0);
    let session = Session {
        id: ctx.new_id(),
        staff: checked.member.id,
        last_seen_at: now,
        expires_at,
    };
    let role = ctx.store.transaction(|conn| {
        let person = store::staff::find_locked(conn, session.staff)?;
        let unchanged = person.member.active
            && person.password_hash == checked.password_hash
            && person.totp_sealed == checked.totp_sealed;
        if !unchanged {
            return Err(Error::Unauthenticated("login_failed"));
        }
        if let Some(step) = step
            && !store::staff::use_totp_step(conn, session.staff, step)?
        {
            return Err(Error::Unauthenticated("totp_invalid"));
        }
        store::sessions::insert(conn, &session)?;
        let role = person.member.role;
        let actor = Actor::Staff {
            id: session.staff,
            role,
        };
        let detail = json!({ "session": session.id });
        ctx.record(conn, SERVICE_STREAM, &actor, "logged_in", detail)?;
        Ok(role)
    })?;
    Ok(LoggedIn {
        token: sessions::token(ctx, &session)?,
        role,
        expires_at,
        staff: session.staff,
    })
}

/// What an attempt is counted by. It is counted before the password is looked at, so that many at once cannot slip
/// through together, and what did not fail is given back.
pub(super) struct Budget {
    counted: Vec<(&'static str, [u8; 32], u32)>,
    at: DateTime<Utc>,
}

impl Budget {
    fn of(ctx: &Context, email: &str, network: &str) -> Self {
        let key = ctx.keys.for_purpose(Purpose::Throttles);
        let network = key.digest(&[network.as_bytes()]);
        let mut budget = Self::of_account(ctx, email);
        // The network first: one that is refused cannot use up the budgets of accounts.
        budget
            .counted
            .insert(0, ("login_network", network, NETWORK_FAILURES));
        budget
    }

    /// For who is logged in already, and says their password again.
    pub(super) fn of_account(ctx: &Context, email: &str) -> Self {
        let key = ctx.keys.for_purpose(Purpose::Throttles);
        Self {
            counted: vec![("login_account", key.digest(&[email.as_bytes()]), ACCOUNT_FAILURES)],
            at: ctx.now(),
        }
    }

    pub(super) fn take(&self, ctx: &Context) -> Result<()> {
        if !ctx.policy.limits {
            return Ok(());
        }
        let mut conn = ctx.store.get()?;
        for (bucket, subject, limit) in &self.counted {
            let taken = throttles::take(&mut conn, bucket, subject, *limit, WINDOW, self.at)?;
            if !taken.allowed {
                return Err(Error::TooMany {
                    retry_after: taken.retry_after_seconds,
                });
            }
        }
        Ok(())
    }

    pub(super) fn give_back(&self, ctx: &Context) -> Result<()> {
        if !ctx.policy.limits {
            return Ok(());
        }
        let mut conn = ctx.store.get()?;
        for (bucket, subject, limit) in &self.counted {
            throttles::give_back(&mut conn, bucket, subject, *limit, self.at)?;
        }
        Ok(())
    }
}
