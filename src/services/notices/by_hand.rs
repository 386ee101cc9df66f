//! Notices that staff tell by hand, because the recipient takes no mail or none arrives.

use super::delivered;
use crate::domain::ids::CaseId;
use crate::domain::notice::{Event, State};
use crate::services::{Context, Result, transition};
use crate::store::cases::{self, StoredCase};
use crate::store::notices::{self, NoticeRow};
use crate::store::{self, Conn};

/// What staff are asked to look at in a case because of its notices.
const RAISED_BY_NOTICES: [&str; 5] = [
    "recipient_wrote",
    "notice_undeliverable",
    "notice_to_be_reminded",
    "notice_escalated",
    "notice_unanswered",
];

/// The notice to a recipient that waits for staff: to be told by hand, or to be given up.
///
/// # Errors
/// When the database fails.
pub fn waiting_for_staff(conn: &mut Conn, case: CaseId, recipient: &str) -> store::Result<Option<NoticeRow>> {
    let rows = notices::list(conn, case)?;
    Ok(rows
        .into_iter()
        .find(|row| row.recipient == recipient && waits_for_staff(row)))
}

/// Whether a notice waits for staff.
#[must_use]
pub fn waits_for_staff(row: &NoticeRow) -> bool {
    match row.state() {
        Ok(State::Bounced { .. }) => true,
        Ok(State::Queued) => row.channel != "email",
        _ => false,
    }
}

/// Carries out what staff did about a notice, in a locked case.
///
/// # Errors
/// When the notice no longer waits for it, or the database fails.
pub fn settle_by_hand(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    row: &NoticeRow,
    event: Event,
) -> Result<()> {
    if event == Event::Abandoned {
        let locked = notices::lock(conn, row.notice_id())?;
        if let Ok(state) = locked.state()?.apply(event, ctx.now()) {
            notices::save_state(conn, row.notice_id(), state, Some("undeliverable"), ctx.now())?;
        }
        transition::settle(ctx, conn, case.id)?;
    } else {
        delivered(ctx, conn, row.notice_id(), event)?;
    }
    Ok(calm(conn, case.id)?)
}

/// Takes back what a case's notices made it raise, once none of them needs staff any more.
///
/// # Errors
/// When the database fails.
pub(super) fn calm(conn: &mut Conn, case: CaseId) -> store::Result<()> {
    let rows = notices::list(conn, case)?;
    let raised = |row: &NoticeRow| matches!(row.state.as_str(), "bounced" | "escalated" | "unanswered");
    if rows.iter().any(raised) {
        return Ok(());
    }
    cases::clear_attention(conn, case, &RAISED_BY_NOTICES)
}
