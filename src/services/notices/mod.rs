//! Notices to recipients: planned with the decision, released when it is carried out, answered by who holds the link
//! and the code.

mod answering;
mod by_hand;
mod following;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::domain::calendar::stockholm_date;
use crate::domain::grant::{Change, Terms};
use crate::domain::ids::{CaseId, NoticeId};
use crate::domain::notice::{Event, Kind, State};
use crate::domain::recipient::{Channel, Identifier, Recipient, RecipientRole, TellOutcome, Told};
use crate::domain::sealing::Purpose;
use crate::domain::staff::Actor;
use crate::services::letters::{self, Letter, Post};
use crate::services::transition::{self, proposed_plan};
use crate::services::{Context, Error, Result, account_end, codes, granting, intake, planning, tokens};
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::notices::{self, NoticeRow};

pub use answering::{OpenedNotice, PublicNotice, answer, answer_for_recipient, open, view};
pub use by_hand::{settle_by_hand, waiting_for_staff, waits_for_staff};
pub use following::follow_up;

/// Where a sealed notice belongs.
pub(super) const NOTICE: &str = "notices.sealed";
/// Where a sealed comment belongs.
const COMMENT: &str = "notice_answers.comment_sealed";

/// What a notice holds that nobody but its recipient may see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NoticeFile {
    /// What the recipient knows the person by.
    pub identifiers: Vec<Identifier>,
    /// The locator of its link.
    pub token: String,
    /// Eight digits.
    pub code: String,
    /// What is right from now on, where the notice is of a rectification.
    #[serde(default)]
    pub corrections: Vec<Change>,
}

/// Plans the notices of what was decided, an erasure or a grant: everything they need is taken and sealed now.
///
/// # Errors
/// When the database fails.
pub fn plan(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    let Some((kind, told, terms)) = decided(ctx, conn, case)? else {
        return Ok(());
    };
    let (key, _) = intake::open_file(ctx, case)?;
    let mut rows = Vec::new();
    for told in &told {
        let recipient = ctx.organisation.recipient(&told.recipient);
        let recipient = recipient.ok_or_else(|| Error::internal("recipient left the profile"))?;
        if let Some(row) = planned_row(ctx, case, (kind, terms.as_ref()), recipient, told, &key) {
            rows.push(row);
        }
    }
    notices::replace_planned(conn, case.id, &rows)?;
    let names: Vec<&str> = rows.iter().map(|row| row.recipient.as_str()).collect();
    Ok(ctx.record(
        conn,
        case.id.0,
        &Actor::System,
        "notices_planned",
        json!({ "recipients": names }),
    )?)
}

/// Tells recipients something more of what they were told before, at once.
///
/// # Errors
/// When the database fails.
pub fn tell_more(ctx: &Context, conn: &mut Conn, case: &StoredCase, kind: Kind, told: &[Told]) -> Result<()> {
    let (key, _) = intake::open_file(ctx, case)?;
    let mut rows = Vec::new();
    for told in told {
        let Some(recipient) = ctx.organisation.recipient(&told.recipient) else {
            continue;
        };
        rows.extend(planned_row(ctx, case, (kind, None), recipient, told, &key));
    }
    notices::replace_planned(conn, case.id, &rows)?;
    release(ctx, conn, case)
}

/// What recipients are told, which of them, and by which terms; nothing where the right tells nobody.
fn decided(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<Decided>> {
    if let Some(plan) = proposed_plan(case) {
        let told = planning::open(ctx, conn, case, plan)?.told;
        let kind = if account_end::is_end(case) {
            Kind::AccountEnded
        } else {
            Kind::Erasure
        };
        return Ok(Some((kind, told, None)));
    }
    let grant = granting::open(ctx, conn, case)?;
    Ok(grant
        .terms
        .notice()
        .map(|kind| (kind, grant.told, Some(grant.terms))))
}

type Decided = (Kind, Vec<Told>, Option<Terms>);

fn planned_row(
    ctx: &Context,
    case: &StoredCase,
    (kind, terms): (Kind, Option<&Terms>),
    recipient: &Recipient,
    told: &Told,
    key: &crate::store::keys::CaseKey,
) -> Option<NoticeRow> {
    let (state, why, identifiers) = match &told.outcome {
        TellOutcome::NotTold { .. } => return None,
        TellOutcome::Email { identifiers } => (State::Planned, None, identifiers.clone()),
        TellOutcome::Manual { identifiers } => (State::Planned, Some("manual_task"), identifiers.clone()),
        TellOutcome::Impossible { why } => (State::Impossible, Some(why.name()), vec![]),
    };
    let file = NoticeFile {
        identifiers,
        token: tokens::secret(ctx),
        code: codes::eight_digits(ctx),
        corrections: match terms {
            Some(Terms::Rectification(terms)) => terms.told_to(&recipient.categories),
            _ => vec![],
        },
    };
    let id = ctx.new_id();
    Some(NoticeRow {
        id,
        case_id: case.id.0,
        recipient: recipient.id.clone(),
        kind: kind.name().into(),
        channel: channel_name(recipient).into(),
        independent: is_independent(recipient),
        state: state.name().into(),
        state_since: ctx.now(),
        why: why.map(Into::into),
        token_digest: Some(tokens::digest(ctx, &file.token).to_vec()),
        code_digest: Some(code_digest(ctx, id, &file.code).to_vec()),
        attempts: 0,
        attempts_since: None,
        sealed: Some(key.seal(NOTICE, ctx.nonce(), &file)),
        answer_by: None,
        reminders: 0,
        reminded_at: None,
        uses_other_address: false,
        sent_at: None,
        answered_at: None,
        outcome: None,
        ground: None,
        statute: None,
        backups_until: None,
    })
}

fn channel_name(recipient: &Recipient) -> &'static str {
    match recipient.contact.as_ref().map(|contact| contact.channel) {
        Some(Channel::Email) => "email",
        Some(Channel::Api) => "api",
        Some(Channel::Portal) => "portal",
        Some(Channel::Manual) | None => "manual",
    }
}

/// Whether a recipient decides for itself (Art. 19) instead of following an instruction (Art. 28).
#[must_use]
pub fn is_independent(recipient: &Recipient) -> bool {
    matches!(
        recipient.role,
        RecipientRole::IndependentController | RecipientRole::JointController
    )
}

/// Sends the planned notices: mails into the outbox, tasks to staff.
///
/// # Errors
/// When the database fails.
pub fn release(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    let today = stockholm_date(ctx.now());
    for row in notices::list(conn, case.id)? {
        let Ok(state) = row.state()?.apply(Event::Released, ctx.now()) else {
            continue;
        };
        let recipient = ctx.organisation.recipient(&row.recipient);
        let days = recipient.and_then(|recipient| recipient.answer_within_days);
        // That a restriction has ended asks for nothing.
        let days = days.filter(|_| row.kind().is_ok_and(|kind| kind != Kind::RestrictionLifted));
        let answer_by = days.and_then(|days| today.checked_add_days(chrono::Days::new(days.into())));
        notices::save_state(conn, row.notice_id(), state, row.why.as_deref(), ctx.now())?;
        notices::set_answer_by(conn, row.notice_id(), answer_by)?;
        if let Some(recipient) = recipient {
            send(ctx, conn, case, &NoticeRow { answer_by, ..row }, recipient, false)?;
        }
    }
    Ok(ctx.record(conn, case.id.0, &Actor::System, "notices_released", json!({}))?)
}

/// Writes the notice to the recipient's address, the one that the notice has come to; not where staff tell it by hand.
fn send(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    row: &NoticeRow,
    recipient: &Recipient,
    reminder: bool,
) -> Result<bool> {
    let Some(address) = recipient.address(row.uses_other_address) else {
        return Ok(false);
    };
    let (key, _) = intake::open_file(ctx, case)?;
    let file: NoticeFile = key.open(NOTICE, intake::present(row.sealed.as_deref())?)?;
    let contact = recipient.contact.as_ref();
    let own = notice_reference(row.notice_id());
    let post = Post {
        case: case.id,
        reference: &own,
        language: contact.map(|contact| contact.language).unwrap_or_default(),
        notice: Some(row.notice_id()),
    };
    let letter = Letter::Notice {
        recipient: recipient.id.clone(),
        token: file.token,
        code: file.code,
        kind: row.kind()?,
        decided_on: stockholm_date(row.sent_at.unwrap_or(case.state_since)),
        answer_by: row.answer_by,
        reminder,
    };
    letters::post(ctx, conn, &key, &post, address, letter)?;
    Ok(true)
}

/// Drops notices that nobody has got yet.
///
/// # Errors
/// When the database fails.
pub fn cancel(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    for row in notices::list(conn, case.id)? {
        if let Ok(state) = row.state()?.apply(Event::Cancelled, ctx.now()) {
            notices::save_state(conn, row.notice_id(), state, None, ctx.now())?;
        }
    }
    Ok(())
}

/// Records what became of a notice's mail, in the transaction that records the mail and holds the case.
///
/// # Errors
/// When the database fails.
pub fn delivered(ctx: &Context, conn: &mut Conn, id: NoticeId, event: Event) -> Result<()> {
    let row = notices::lock(conn, id)?;
    let event = match event {
        Event::Delivered { .. } => Event::Delivered {
            independent: row.independent || row.answer_by.is_none(),
        },
        other => other,
    };
    let Ok(state) = row.state()?.apply(event, ctx.now()) else {
        return Ok(());
    };
    let case = cases::find_by_id(conn, CaseId(row.case_id))?;
    if state.name() != row.state {
        notices::save_state(conn, id, state, row.why.as_deref(), ctx.now())?;
        let detail = json!({ "recipient": row.recipient, "state": state.name() });
        ctx.record(conn, case.id.0, &Actor::System, "notice_delivery", detail)?;
    }
    let came_back = matches!(state, State::Bounced { .. });
    if came_back && !try_other_address(ctx, conn, &case, &row, state)? {
        cases::set_attention(conn, case.id, Some("notice_undeliverable"))?;
    }
    transition::settle(ctx, conn, case.id)
}

/// Sends a notice that came back to the recipient's other address, if there is one that it has not come back from.
fn try_other_address(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    row: &NoticeRow,
    state: State,
) -> Result<bool> {
    let recipient = ctx.organisation.recipient(&row.recipient);
    let (Some(recipient), false) = (recipient, row.uses_other_address || row.sealed.is_none()) else {
        return Ok(false);
    };
    let Ok(queued) = state.apply(Event::Rerouted, ctx.now()) else {
        return Ok(false);
    };
    let row = NoticeRow {
        uses_other_address: true,
        ..row.clone()
    };
    if !send(ctx, conn, case, &row, recipient, false)? {
        return Ok(false);
    }
    notices::use_other_address(conn, row.notice_id())?;
    notices::save_state(conn, row.notice_id(), queued, row.why.as_deref(), ctx.now())?;
    let detail = json!({ "recipient": row.recipient });
    ctx.record(conn, case.id.0, &Actor::System, "notice_sent_elsewhere", detail)?;
    Ok(true)
}

/// The notices of a case with the comments of their answers, for staff.
///
/// # Errors
/// When the database fails.
pub fn list(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Vec<(NoticeRow, Vec<String>)>> {
    let (key, _) = intake::open_file(ctx, case)?;
    let rows = notices::list(conn, case.id)?;
    rows.into_iter()
        .map(|row| {
            let sealed = notices::list_comments(conn, row.notice_id())?;
            let comments = sealed
                .iter()
                .map(|s| key.open(COMMENT, s))
                .collect::<crate::store::Result<_>>()?;
            Ok((row, comments))
        })
        .collect()
}

/// A notice's name towards its recipient: it says nothing of the case.
#[must_use]
pub fn notice_reference(id: NoticeId) -> String {
    let hex = id.0.simple().to_string().to_uppercase();
    format!("N-{}", hex.get(20..).unwrap_or_default())
}

fn code_digest(ctx: &Context, notice: uuid::Uuid, code: &str) -> [u8; 32] {
    ctx.keys
        .for_purpose(Purpose::Codes)
        .digest(&[notice.as_bytes(), code.as_bytes()])
}
