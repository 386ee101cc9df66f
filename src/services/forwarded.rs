//! The page of a controller to whom a request was passed on: who asks what, with the code, and their instruction.

use chrono::NaiveDate;
use serde_json::json;

use super::handling::{self, ForwardingFile};
use super::intake::{self, CaseFile};
use super::{Context, Error, Result, tokens};
use crate::domain::case::State;
use crate::domain::ids::CaseId;
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::store::cases::{self, StoredCase};
use crate::store::forwardings::{self, ForwardingRow};
use crate::store::throttles;

/// Wrong codes that a link takes in an hour.
const TRIES: u32 = 10;
const HOUR: std::time::Duration = std::time::Duration::from_hours(1);

/// What staff must look at when a controller has answered.
const ATTENTION: &str = "controller_answered";

/// What the link alone shows: nothing of who asks.
#[derive(Clone, Debug)]
pub struct Front {
    /// What is asked for.
    pub right: Right,
    /// When the request reached us.
    pub received_on: NaiveDate,
    /// Whether nothing is awaited any more.
    pub is_settled: bool,
}

/// What the code shows.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The front.
    pub front: Front,
    /// When the month from receipt ends.
    pub due_on: NaiveDate,
    /// What the person wrote of themselves, and their words.
    pub file: CaseFile,
    /// What staff wrote.
    pub text: String,
}

/// What the link of a forwarding shows.
///
/// # Errors
/// [`Error::NotFound`] when it leads nowhere.
pub fn view(ctx: &Context, token: &str) -> Result<Front> {
    let (case, _) = find(ctx, token)?;
    Ok(front(&case))
}

/// Opens a forwarding with its code.
///
/// # Errors
/// [`Error::Rejected`] for a wrong code, [`Error::TooMany`] after too many, [`Error::Gone`] when nothing is awaited.
pub fn open(ctx: &Context, token: &str, code: &str) -> Result<Opened> {
    let (case, row) = proved(ctx, token, code)?;
    let (key, file) = intake::open_file(ctx, &case)?;
    let forwarding: ForwardingFile = key.open(handling::FORWARDING, &row.sealed)?;
    ctx.store
        .transaction(|conn| ctx.record(conn, case.id.0, &Actor::Recipient, "forwarding_opened", json!({})))?;
    Ok(Opened {
        front: front(&case),
        due_on: case.deadline.first_due_on(),
        file,
        text: forwarding.text,
    })
}

/// Takes the controller's instruction down, for staff to carry out.
///
/// # Errors
/// Those of [`open`], and when the text is empty or too long.
pub fn instruct(ctx: &Context, token: &str, code: &str, text: &str) -> Result<()> {
    let (case, _) = proved(ctx, token, code)?;
    let text = handling::free_text("text", text)?;
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, case.id)?;
        handling::keep_message(ctx, conn, &case, &Actor::Recipient, "from_controller", &text)?;
        cases::set_attention(conn, case.id, Some(ATTENTION))?;
        Ok(ctx.record(
            conn,
            case.id.0,
            &Actor::Recipient,
            "controller_instructed",
            json!({}),
        )?)
    })
}

fn front(case: &StoredCase) -> Front {
    Front {
        right: case.case.right,
        received_on: case.deadline.received_on(),
        is_settled: !matches!(case.case.state, State::Forwarded { .. }),
    }
}

fn find(ctx: &Context, token: &str) -> Result<(StoredCase, ForwardingRow)> {
    let mut conn = ctx.store.get()?;
    let row = forwardings::find_by_token(&mut conn, &tokens::digest(ctx, token))?;
    let case = cases::find_by_id(&mut conn, CaseId(row.case_id))?;
    Ok((case, row))
}

fn proved(ctx: &Context, token: &str, code: &str) -> Result<(StoredCase, ForwardingRow)> {
    let (case, row) = find(ctx, token)?;
    if front(&case).is_settled {
        return Err(Error::Gone("forwarding_settled"));
    }
    // The try is counted and committed before anything is compared.
    let subject = tokens::digest(ctx, token);
    let taken = ctx
        .store
        .transaction(|conn| throttles::take(conn, "forwarded_try", &subject, TRIES, HOUR, ctx.now()))?;
    if !taken.allowed {
        return Err(Error::TooMany {
            retry_after: taken.retry_after_seconds,
        });
    }
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if !handling::is_code(ctx, token, &code, &row.code_digest) {
        return Err(Error::Rejected("code_invalid"));
    }
    ctx.store
        .transaction(|conn| throttles::forget(conn, "forwarded_try", &subject))?;
    Ok((case, row))
}
