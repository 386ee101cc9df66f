//! Changes of the privacy policy and of the register of recipients: announced by an administrator, published at once, and
//! told to who has a case open (Art. 13(3), 14(4), 5(1)(a)). The host's control panel and newsletter take the text from
//! the public register.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::course::Course;
use super::execution::Run;
use super::handling::free_text;
use super::jobs::{self, Job};
use super::letters::Letter;
use super::{Context, Error, Result, intake, telling};
use crate::domain::language::Language;
use crate::domain::staff::{Actor, Permission};
use crate::store::audit::SERVICE_STREAM;
use crate::store::cases;
use crate::store::changes::{self, ChangeRow};

/// What can change.
pub const WHAT: [&str; 2] = ["policy", "register"];
/// Changes that are shown.
const SHOWN: i64 = 50;
/// Letters written at once.
const BATCH: i64 = 100;

/// A change to be announced.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewChange {
    /// `policy` or `register`.
    pub what: String,
    /// From when it holds.
    pub effective_on: Option<NaiveDate>,
    /// What changes, in Swedish.
    pub text_sv: String,
    /// What changes, in English.
    pub text_en: String,
}

/// Announces a change: it is public from now on, and the letters to who has a case open follow.
///
/// # Errors
/// When the actor may not, something is missing, or the database fails.
pub fn announce(ctx: &Context, actor: &Actor, new: &NewChange) -> Result<ChangeRow> {
    let by = actor.staff().filter(|_| actor.may(Permission::AnnounceChanges));
    let by = by.ok_or(Error::Forbidden("role"))?;
    if !WHAT.contains(&new.what.as_str()) {
        return Err(Error::field("what", "unknown"));
    }
    let effective_on = new
        .effective_on
        .ok_or_else(|| Error::field("effective_on", "required"))?;
    let row = ChangeRow {
        id: ctx.new_id(),
        what: new.what.clone(),
        announced_at: ctx.now(),
        announced_by: by.0,
        effective_on,
        text_sv: free_text("text_sv", &new.text_sv)?.as_str().to_owned(),
        text_en: free_text("text_en", &new.text_en)?.as_str().to_owned(),
    };
    ctx.store.transaction(|conn| {
        changes::insert(conn, &row)?;
        let detail = json!({ "change": row.id, "what": row.what, "effective_on": row.effective_on });
        ctx.record(conn, SERVICE_STREAM, actor, "change_announced", detail)?;
        jobs::enqueue(ctx, conn, &Job::TellChange { change: row.id }, None)
    })?;
    Ok(row)
}

/// The changes that were announced, the newest first. They are public.
///
/// # Errors
/// When the database fails.
pub fn list(ctx: &Context) -> Result<Vec<ChangeRow>> {
    Ok(changes::list(&mut *ctx.store.get()?, SHOWN)?)
}

/// Whether the actor may announce changes.
///
/// # Errors
/// [`Error::Forbidden`] when not.
pub fn may_announce(actor: &Actor) -> Result<()> {
    if actor.may(Permission::AnnounceChanges) {
        Ok(())
    } else {
        Err(Error::Forbidden("role"))
    }
}

/// Writes the letters about a change, each once however often this runs.
///
/// # Errors
/// When the database fails.
pub fn tell(ctx: &Context, id: Uuid) -> Result<Run> {
    let change = changes::find(&mut *ctx.store.get()?, id)?;
    loop {
        let untold = changes::list_untold(&mut *ctx.store.get()?, &change, BATCH)?;
        if untold.is_empty() {
            return Ok(Run::Finished);
        }
        for case in untold {
            ctx.store.transaction(|conn| {
                let case = cases::lock(conn, case)?;
                if !changes::note_letter(conn, id, case.id)? {
                    return Ok(());
                }
                let (key, _) = intake::open_file(ctx, &case)?;
                let text = match case.language {
                    Language::Sv => change.text_sv.clone(),
                    Language::En => change.text_en.clone(),
                };
                let letter = Letter::Course(Course::ChangeAnnounced {
                    what: change.what.clone(),
                    effective_on: change.effective_on,
                    text,
                });
                telling::send(ctx, conn, &case, &key, letter)
            })?;
        }
    }
}
