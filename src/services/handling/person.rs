//! What the person does with their own case.

use serde_json::json;

use super::{free_text, keep_message};
use crate::domain::case::{Event, State};
use crate::domain::ids::CaseId;
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::services::overview::PersonCase;
use crate::services::transition::{self, Change};
use crate::services::{Context, Error, Result};
use crate::store::cases::{self, StoredCase};
use crate::store::messages;

/// The kind of message that is a person's view of what was not corrected.
pub const STATEMENT: &str = "statement";

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

/// Whether something in a case was not corrected, so that its person can say how they see it.
#[must_use]
pub fn may_state(person: &PersonCase) -> bool {
    let refused = matches!(person.case.case.state, State::Refused { .. });
    let in_part = person
        .rectified
        .as_ref()
        .is_some_and(|facts| !facts.refused.is_empty());
    person.case.case.right == Right::Rectification && (refused || in_part)
}

/// The person says how they see what was not corrected (Art. 16: a supplementary statement). It is kept with the
/// case, and the recipients that were told can read it.
///
/// # Errors
/// When the text is empty or too long, or nothing was refused.
pub fn state_view(ctx: &Context, person: &PersonCase, text: &str) -> Result<()> {
    let text = free_text("text", text)?;
    if !may_state(person) {
        return Err(Error::Conflict("nothing_refused"));
    }
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, person.case.id)?;
        keep_message(ctx, conn, &case, &Actor::Person, STATEMENT, &text)?;
        messages::set_waiting(conn, case.id, true)?;
        Ok(ctx.record(conn, case.id.0, &Actor::Person, "statement_given", json!({}))?)
    })
}

/// The person writes to staff; it answers what they were asked, if they were.
///
/// # Errors
/// When the text is empty or too long.
pub fn write_to_staff(ctx: &Context, id: CaseId, text: &str) -> Result<()> {
    let text = free_text("text", text)?;
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        keep_message(ctx, conn, &case, &Actor::Person, "from_person", &text)?;
        if matches!(case.case.state, State::ClarificationPending { .. }) {
            let change = Change {
                event: Event::ClarificationAnswered,
                actor: &Actor::Person,
                action: "clarification_answered",
                detail: json!({}),
                visible: true,
            };
            transition::apply(ctx, conn, &case, change)?;
        }
        messages::set_waiting(conn, id, true)?;
        Ok(ctx.record(conn, id.0, &Actor::Person, "message_received", json!({}))?)
    })
}
