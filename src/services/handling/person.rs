//! What the person does with their own case.

use serde_json::json;

use super::{free_text, keep_message};
use crate::domain::case::{Confirmation, Event, Proposal, State, TransitionError};
use crate::domain::ids::CaseId;
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::services::overview::PersonCase;
use crate::services::transition::{self, Change};
use crate::services::{Context, Error, Result, planning};
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, messages};

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

/// What staff must look at when the person wants to move their domain names first.
pub const TRANSFER: &str = "transfer_asked";
/// The kind of service that can be moved to another provider.
const DOMAIN: &str = "domain";

/// Whether domain names can be moved before an erasure takes them: they are among what ends, the person has not said yes,
/// and has not asked yet.
///
/// # Errors
/// When the database fails.
pub fn may_ask_for_transfer(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<bool> {
    let Some(Proposal::Erasure {
        plan,
        confirmation: Confirmation::Awaited,
        ..
    }) = &case.case.proposal
    else {
        return Ok(false);
    };
    let planned = planning::open(ctx, conn, case, *plan)?.plan;
    let ends = planned.services.iter().any(|service| service.kind == DOMAIN);
    Ok(ends && case.attention.as_deref() != Some(TRANSFER))
}

/// The person wants to move their domain names before anything is erased: staff send the codes for it.
///
/// # Errors
/// When no domain name would end, the person has said yes already, or the database fails.
pub fn ask_for_transfer(ctx: &Context, id: CaseId) -> Result<()> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if !may_ask_for_transfer(ctx, conn, &case)? {
            let state = case.case.state.name();
            return Err(TransitionError::NotInState { state }.into());
        }
        cases::set_attention(conn, id, Some(TRANSFER))?;
        Ok(ctx.record(conn, id.0, &Actor::Person, TRANSFER, json!({}))?)
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
