//! Following up notices that nobody answers: reminders to the recipient, then mails to who answers for its agreement and to
//! the data protection officer. Each step is taken once, however often and by however many instances this runs.

use serde_json::json;

use super::send;
use crate::domain::calendar::stockholm_date;
use crate::domain::ids::{CaseId, NoticeId};
use crate::domain::notice::{Event, FollowUp, Silence, State, Step};
use crate::domain::staff::Actor;
use crate::services::course::Course;
use crate::services::letters::{self, Letter, Post};
use crate::services::{Context, Result, alarms, intake, transition};
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::notices::{self, NoticeRow};

/// Notices that are looked at in one go.
const BATCH: i64 = 200;

/// Does what is due for each notice that waits for an answer. Says for how many something was.
///
/// # Errors
/// When the database fails.
pub fn follow_up(ctx: &Context) -> Result<usize> {
    let (mut done, mut after) = (0, None);
    loop {
        let awaiting = notices::list_awaiting(&mut *ctx.store.get()?, after, BATCH)?;
        let Some((last, _)) = awaiting.last() else {
            return Ok(done);
        };
        after = Some(*last);
        for (notice, case) in awaiting {
            match follow_up_one(ctx, notice, case) {
                Ok(taken) => done += usize::from(taken),
                // One notice that fails must not keep the others from it.
                Err(error) => {
                    tracing::error!(%case, code = error.code(), "a notice could not be followed up");
                }
            }
        }
    }
}

fn follow_up_one(ctx: &Context, id: NoticeId, case: CaseId) -> Result<bool> {
    let seen = notices::find(&mut *ctx.store.get()?, id)?;
    if due(ctx, &seen)?.is_none() {
        return Ok(false);
    }
    ctx.store.transaction(|conn| {
        // The case before its notices, in the order in which staff's actions go.
        let case = cases::lock(conn, case)?;
        let row = notices::lock(conn, id)?;
        match due(ctx, &row)? {
            // Answered meanwhile, or taken by another instance.
            None => Ok(false),
            Some(step) => take(ctx, conn, &case, &row, step).map(|()| true),
        }
    })
}

/// What is due for a notice now.
fn due(ctx: &Context, row: &NoticeRow) -> Result<Option<Step>> {
    let (overdue, escalated_on) = match row.state()? {
        State::Sent { .. } => (false, None),
        State::Overdue { .. } => (true, None),
        State::Escalated { at } => (true, Some(stockholm_date(at))),
        _ => return Ok(None),
    };
    let (Some(sent_at), Some(answer_by)) = (row.sent_at, row.answer_by) else {
        return Ok(None);
    };
    let silence = Silence {
        sent_on: stockholm_date(sent_at),
        answer_by,
        reminders: usize::try_from(row.reminders).unwrap_or_default(),
        escalated_on,
        overdue,
    };
    let known = ctx.organisation.recipient(&row.recipient);
    let days = known.map_or_else(FollowUp::default, |recipient| recipient.follow_up.clone());
    Ok(days.due(&silence, stockholm_date(ctx.now())))
}

fn take(ctx: &Context, conn: &mut Conn, case: &StoredCase, row: &NoticeRow, step: Step) -> Result<()> {
    let (event, action) = match step {
        Step::Remind(used) => return remind(ctx, conn, case, row, used),
        Step::MarkOverdue => (Event::Overdue, "notice_overdue"),
        Step::Escalate => (Event::Escalated, "notice_escalated"),
        Step::GiveUp => (Event::GivenUp, "notice_unanswered"),
    };
    if let Ok(state) = row.state()?.apply(event, ctx.now()) {
        notices::save_state(conn, row.notice_id(), state, row.why.as_deref(), ctx.now())?;
    }
    let detail = json!({ "recipient": row.recipient });
    ctx.record(conn, case.id.0, &Actor::System, action, detail)?;
    if step == Step::MarkOverdue {
        return Ok(());
    }
    tell(ctx, conn, case, row, step == Step::GiveUp)?;
    cases::set_attention(conn, case.id, Some(action))?;
    transition::settle(ctx, conn, case.id)
}

/// The notice once more, to the same address.
fn remind(ctx: &Context, conn: &mut Conn, case: &StoredCase, row: &NoticeRow, used: usize) -> Result<()> {
    let used = i16::try_from(used).unwrap_or(i16::MAX);
    notices::mark_reminded(conn, row.notice_id(), used, ctx.now())?;
    let detail = json!({ "recipient": row.recipient, "reminder": used });
    ctx.record(conn, case.id.0, &Actor::System, "notice_reminded", detail)?;
    let sent = match ctx.organisation.recipient(&row.recipient) {
        Some(recipient) => send(ctx, conn, case, row, recipient, true)?,
        None => false,
    };
    if !sent {
        // Told by hand, so reminded by hand.
        cases::set_attention(conn, case.id, Some("notice_to_be_reminded"))?;
    }
    Ok(())
}

/// Who answers for the agreement, who works on the case and the data protection officer are told of the silence.
fn tell(ctx: &Context, conn: &mut Conn, case: &StoredCase, row: &NoticeRow, given_up: bool) -> Result<()> {
    let recipient = ctx.organisation.recipient(&row.recipient);
    let mut to = alarms::overseers(ctx, conn)?;
    to.extend(alarms::handler(conn, case)?);
    to.extend(recipient.and_then(|recipient| Some(recipient.owner.as_ref()?.as_str().to_owned())));
    to.sort();
    to.dedup();
    let (key, _) = intake::open_file(ctx, case)?;
    let post = Post {
        case: case.id,
        reference: case.reference.as_str(),
        language: ctx.organisation.language,
        notice: None,
    };
    let sent_on = stockholm_date(row.sent_at.unwrap_or(row.state_since));
    for address in to {
        let letter = Letter::Course(Course::Silent {
            recipient: recipient
                .map_or(&row.recipient, |recipient| &recipient.name)
                .clone(),
            sent_on,
            answer_by: row.answer_by.unwrap_or(sent_on),
            given_up,
            phone: recipient.and_then(|recipient| recipient.contact.as_ref()?.phone.clone()),
        });
        letters::post(ctx, conn, &key, &post, &address, letter)?;
    }
    Ok(())
}
