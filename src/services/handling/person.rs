//! What the person does with their own case.

use serde_json::json;

use super::{free_text, keep_message};
use crate::domain::case::Event;
use crate::domain::ids::CaseId;
use crate::domain::staff::Actor;
use crate::services::transition::{self, Change};
use crate::services::{Context, Result};
use crate::store::cases::{self, StoredCase};
use crate::store::messages;

/// The person takes the request back, or stops an erasure that has not started.
///
/// # Errors
/// When it has started, or the case has ended.
pub fn withdraw(ctx: &Context, id: CaseId) -> Result<StoredCase> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let change = Change {
            event: Event::Withdrawn,
            actor: &Actor::Person,
            action: "case_withdrawn",
            detail: json!({}),
            visible: true,
        };
        transition::apply(ctx, conn, &case, change)
    })
}

/// The person writes to staff.
///
/// # Errors
/// When the text is empty or too long.
pub fn write_to_staff(ctx: &Context, id: CaseId, text: &str) -> Result<()> {
    let text = free_text("text", text)?;
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        keep_message(ctx, conn, &case, &Actor::Person, "from_person", &text)?;
        messages::set_waiting(conn, id, true)?;
        Ok(ctx.record(conn, id.0, &Actor::Person, "message_received", json!({}))?)
    })
}
