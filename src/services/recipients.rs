//! The recipients that were told in a case, for its person on demand (Art. 19, last sentence; Art. 15(1)(c)).

use chrono::TimeDelta;
use serde_json::json;

use super::answer::{self, ToldRecipient};
use super::letters::Letter;
use super::{Context, Error, Result, intake, telling};
use crate::domain::ids::CaseId;
use crate::domain::staff::Actor;
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, audit};

/// The event of the trail.
const LISTED: &str = "recipients_listed";
/// How often the person can have the list sent.
const EVERY: TimeDelta = TimeDelta::hours(24);

/// Sends the list to the person, for a locked case.
///
/// # Errors
/// When nobody was told, or the database fails.
pub fn send(ctx: &Context, conn: &mut Conn, case: &StoredCase, actor: &Actor) -> Result<Vec<ToldRecipient>> {
    let told = answer::told(conn, case.id)?;
    if told.is_empty() {
        return Err(Error::Conflict("nobody_told"));
    }
    let (key, _) = intake::open_file(ctx, case)?;
    let letter = Letter::Recipients { told: told.clone() };
    telling::send(ctx, conn, case, &key, letter)?;
    ctx.record(
        conn,
        case.id.0,
        actor,
        LISTED,
        json!({ "recipients": told.len() }),
    )?;
    Ok(told)
}

/// The person asks for the list. It is sent once a day, however often they ask.
///
/// # Errors
/// When they have not proved who they are, nobody was told, or the database fails.
pub fn ask(ctx: &Context, id: CaseId) -> Result<Vec<ToldRecipient>> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if !case.case.identity.is_enough() {
            return Err(Error::Forbidden("identity"));
        }
        let since = ctx.now() - EVERY;
        let events = audit::list(conn, id.0)?;
        let mut lately = events.iter().rev().take_while(|event| event.at > since);
        if lately.any(|event| event.action == LISTED) {
            return answer::told(conn, id);
        }
        send(ctx, conn, &case, &Actor::Person)
    })
}

/// Whom the person can ask to be told of: once they have proved who they are, and somebody was told.
///
/// # Errors
/// When the database fails.
pub fn known_to_person(conn: &mut Conn, case: &StoredCase) -> Result<Vec<ToldRecipient>> {
    if !case.case.identity.is_enough() {
        return Ok(vec![]);
    }
    answer::told(conn, case.id)
}
