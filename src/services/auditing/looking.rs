//! Who looked at what the service holds about a person.

use chrono::TimeDelta;
use serde_json::json;

use crate::domain::ids::{CaseId, MailId};
use crate::domain::staff::Actor;
use crate::services::{Context, Result};
use crate::store::audit::{self as trail, SERVICE_STREAM};
use crate::store::{self, mails};

/// How long one look lasts: who opens a case's pages again and again while working on it looks once, so that the trail
/// does not drown.
pub const ONE_LOOK: TimeDelta = TimeDelta::minutes(15);

/// Records that `actor` looks at what is held in a case, unless the trail says so already. It writes to the trail alone:
/// the case's row is neither locked nor changed, so a look disturbs nobody's work on the case.
///
/// # Errors
/// When the database fails.
pub fn look(ctx: &Context, actor: &Actor, case: CaseId, action: &str) -> Result<()> {
    let since = ctx.now() - ONE_LOOK;
    if trail::has_done(&mut *ctx.store.get()?, case.0, actor, action, since)? {
        return Ok(());
    }
    ctx.store.transaction(|conn| {
        if trail::is_disposed(conn, case.0)? {
            let detail = json!({ "case": case.0 });
            return Ok(ctx.record(conn, SERVICE_STREAM, actor, action, detail)?);
        }
        // Asked again under the stream's lock: the same person's other request may have been first.
        trail::lock(conn, case.0)?;
        if trail::has_done(conn, case.0, actor, action, since)? {
            return Ok(());
        }
        Ok(ctx.record(conn, case.0, actor, action, json!({}))?)
    })
}

/// Records that somebody at the machine reads a mail of a case, where mails become files that can be read.
///
/// # Errors
/// When the database fails.
pub fn look_at_mail(ctx: &Context, mail: MailId) -> Result<()> {
    let found = mails::find(&mut *ctx.store.get()?, mail);
    match found {
        // A mail of another database: the file outlived it.
        Err(store::Error::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(mail) => mail
            .case
            .map_or(Ok(()), |case| look(ctx, &Actor::System, case, "mail_read")),
    }
}
