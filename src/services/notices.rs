//! Notices to recipients: planned with the approval, released when the erasure starts, answered by
//! who holds the link and the code.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::letters::{self, Letter, Post};
use super::transition::{self, proposed_plan};
use super::{Context, Error, Result, codes, intake, planning, tokens};
use crate::domain::calendar::stockholm_date;
use crate::domain::ids::NoticeId;
use crate::domain::notice::{Answer, AnswerError, Event, KeepGround, Outcome, State};
use crate::domain::recipient::{Channel, Identifier, Recipient, RecipientRole, TellOutcome, Told};
use crate::domain::sealing::Purpose;
use crate::domain::staff::{Actor, Permission};
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::notices::{self, NoticeRow};

/// Where a sealed notice belongs.
const NOTICE: &str = "notices.sealed";
/// Where a sealed comment belongs.
const COMMENT: &str = "notice_answers.comment_sealed";
/// Wrong codes that a link takes within a window.
const TRIES: i32 = 10;
/// The window.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// What a notice holds that nobody but its recipient may see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NoticeFile {
    /// What the recipient knows the person by.
    pub identifiers: Vec<Identifier>,
    /// The locator of its link.
    pub token: String,
    /// Eight digits.
    pub code: String,
}

/// Plans the notices of an approved erasure: everything they need is taken and sealed now.
///
/// # Errors
/// When the database fails.
pub fn plan(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    let plan = proposed_plan(case).ok_or_else(|| Error::internal("approved without a plan"))?;
    let file = planning::open(ctx, conn, case, plan)?;
    let (key, _) = intake::open_file(ctx, conn, case)?;
    let mut rows = Vec::new();
    for told in &file.told {
        let recipient = ctx.organisation.recipient(&told.recipient);
        let recipient = recipient.ok_or_else(|| Error::internal("recipient left the profile"))?;
        if let Some(row) = planned_row(ctx, case, recipient, told, &key) {
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

fn planned_row(
    ctx: &Context,
    case: &StoredCase,
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
    };
    let id = ctx.new_id();
    Some(NoticeRow {
        id,
        case_id: case.id.0,
        recipient: recipient.id.clone(),
        kind: "erasure".into(),
        channel: channel_name(recipient).into(),
        independent: is_independent(recipient),
        state: state.name().into(),
        state_since: ctx.now(),
        why: why.map(Into::into),
        token_digest: Some(tokens::digest(ctx, &file.token).to_vec()),
        code_digest: Some(code_digest(ctx, id, &file.code).to_vec()),
        attempts: 0,
        attempts_since: None,
        sealed: key.seal(NOTICE, ctx.nonce(), &file),
        answer_by: None,
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
    let (key, _) = intake::open_file(ctx, conn, case)?;
    let today = stockholm_date(ctx.now());
    let decided_on = stockholm_date(case.state_since);
    for row in notices::list(conn, case.id)? {
        let Ok(state) = row.state()?.apply(Event::Released, ctx.now()) else {
            continue;
        };
        let recipient = ctx.organisation.recipient(&row.recipient);
        let days = recipient.and_then(|recipient| recipient.answer_within_days);
        let answer_by = days.and_then(|days| today.checked_add_days(chrono::Days::new(days.into())));
        notices::save_state(conn, row.notice_id(), state, row.why.as_deref(), ctx.now())?;
        notices::set_answer_by(conn, row.notice_id(), answer_by)?;
        let Some((recipient, address)) = recipient.and_then(|r| Some((r, r.email()?))) else {
            continue;
        };
        let file: NoticeFile = key.open(NOTICE, &row.sealed)?;
        let language = recipient
            .contact
            .as_ref()
            .map(|contact| contact.language)
            .unwrap_or_default();
        let letter = Letter::Notice {
            recipient: recipient.id.clone(),
            token: file.token,
            code: file.code,
            decided_on,
            answer_by,
        };
        let own = notice_reference(row.notice_id());
        let post = Post {
            case: case.id,
            reference: &own,
            language,
            notice: Some(row.notice_id()),
        };
        letters::post(ctx, conn, &key, &post, address, letter)?;
    }
    Ok(ctx.record(conn, case.id.0, &Actor::System, "notices_released", json!({}))?)
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

/// Records what became of a notice's mail, in the transaction that records the mail.
///
/// # Errors
/// When the database fails.
pub fn delivered(ctx: &Context, conn: &mut Conn, id: NoticeId, event: Event) -> Result<()> {
    let row = notices::lock(conn, id)?;
    let event = match event {
        Event::Delivered { .. } => Event::Delivered {
            independent: row.independent,
        },
        other => other,
    };
    let Ok(state) = row.state()?.apply(event, ctx.now()) else {
        return Ok(());
    };
    let case = crate::domain::ids::CaseId(row.case_id);
    if state.name() != row.state {
        notices::save_state(conn, id, state, row.why.as_deref(), ctx.now())?;
        let detail = json!({ "recipient": row.recipient, "state": state.name() });
        ctx.record(conn, case.0, &Actor::System, "notice_delivery", detail)?;
    }
    if event == Event::Undeliverable {
        cases::set_attention(conn, case, Some("notice_undeliverable"))?;
    }
    transition::settle(ctx, conn, case)
}

/// What a link shows to whoever opens it: who asks what and by when, and no identifier.
pub struct PublicNotice {
    /// The recipient's id.
    pub recipient: String,
    /// The name by which the recipient can refer to it; another for each recipient.
    pub reference: String,
    /// By when an answer is asked for.
    pub answer_by: Option<NaiveDate>,
    /// When it was decided, as a local day.
    pub decided_on: NaiveDate,
    /// Where it stands.
    pub state: State,
    /// Whether the recipient decides for itself.
    pub independent: bool,
    /// Whether it is too late to answer or correct.
    pub settled: bool,
}

/// What the code opens.
pub struct OpenedNotice {
    /// What everybody with the link sees.
    pub public: PublicNotice,
    /// What the recipient knows the person by.
    pub identifiers: Vec<Identifier>,
    /// The categories of data that went there.
    pub categories: Vec<String>,
    /// The answers that fit.
    pub outcomes: Vec<Outcome>,
    /// The grounds that fit.
    pub grounds: Vec<KeepGround>,
    /// The last answer.
    pub answer: Option<Answer>,
}

/// Looks a notice up by its link. It changes nothing and shows no identifier.
///
/// # Errors
/// [`Error::NotFound`] when the link leads nowhere.
pub fn view(ctx: &Context, token: &str) -> Result<PublicNotice> {
    let mut conn = ctx.store.get()?;
    let row = find(ctx, &mut conn, token)?;
    public(&mut conn, &row)
}

fn find(ctx: &Context, conn: &mut Conn, token: &str) -> Result<NoticeRow> {
    let row = notices::find_by_token(conn, &tokens::digest(ctx, token))?;
    // A link of a notice that never left is nobody's.
    if matches!(
        row.state()?,
        State::Planned | State::Cancelled | State::Impossible
    ) {
        return Err(Error::NotFound);
    }
    Ok(row)
}

fn public(conn: &mut Conn, row: &NoticeRow) -> Result<PublicNotice> {
    let case = cases::find_by_id(conn, crate::domain::ids::CaseId(row.case_id))?;
    Ok(PublicNotice {
        recipient: row.recipient.clone(),
        reference: notice_reference(row.notice_id()),
        answer_by: row.answer_by,
        decided_on: stockholm_date(row.sent_at.unwrap_or(row.state_since)),
        state: row.state()?,
        independent: row.independent,
        settled: row.outcome.is_some() && case.case.state.name() == "closed",
    })
}

/// A notice's name towards its recipient: it says nothing of the case.
#[must_use]
pub fn notice_reference(id: NoticeId) -> String {
    let hex = id.0.simple().to_string().to_uppercase();
    format!("N-{}", hex.get(20..).unwrap_or_default())
}

/// Opens a notice with the code from the mail. It changes nothing else.
///
/// # Errors
/// [`Error::Rejected`] for a wrong code, [`Error::TooMany`] after too many.
pub fn open(ctx: &Context, token: &str, code: &str) -> Result<OpenedNotice> {
    let row = check_code(ctx, token, code)?;
    let mut conn = ctx.store.get()?;
    let case = cases::find_by_id(&mut conn, crate::domain::ids::CaseId(row.case_id))?;
    let (key, _) = intake::open_file(ctx, &mut conn, &case)?;
    let file: NoticeFile = key.open(NOTICE, &row.sealed)?;
    let categories = ctx
        .organisation
        .recipient(&row.recipient)
        .map(|r| r.categories.clone())
        .unwrap_or_default();
    ctx.store.transaction(|conn| {
        ctx.record(
            conn,
            case.id.0,
            &Actor::Recipient,
            "notice_opened",
            json!({ "recipient": row.recipient }),
        )
    })?;
    Ok(OpenedNotice {
        public: public(&mut conn, &row)?,
        identifiers: file.identifiers,
        categories,
        outcomes: Outcome::for_erasure(),
        grounds: KeepGround::offered(row.independent),
        answer: last_answer(&row),
    })
}

fn last_answer(row: &NoticeRow) -> Option<Answer> {
    Some(Answer {
        outcome: Outcome::from_name(row.outcome.as_deref()?)?,
        ground: row.keep_ground(),
        statute: row.statute.clone(),
        backups_until: row.backups_until,
    })
}

fn code_digest(ctx: &Context, notice: uuid::Uuid, code: &str) -> [u8; 32] {
    ctx.keys
        .for_purpose(Purpose::Codes)
        .digest(&[notice.as_bytes(), code.as_bytes()])
}

fn check_code(ctx: &Context, token: &str, typed: &str) -> Result<NoticeRow> {
    let row = find(ctx, &mut *ctx.store.get()?, token)?;
    let id = row.notice_id();
    let now = ctx.now();
    let taken = ctx
        .store
        .transaction(|conn| notices::take_attempt(conn, id, TRIES, now - WINDOW, now))?;
    if !taken {
        return Err(Error::TooMany { retry_after: 3600 });
    }
    let code: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let parts: [&[u8]; 2] = [row.id.as_bytes(), code.as_bytes()];
    let right = ctx
        .keys
        .for_purpose(Purpose::Codes)
        .matches(&parts, row.code_digest.as_deref().unwrap_or_default());
    if !right {
        return Err(Error::Rejected("code_invalid"));
    }
    ctx.store.transaction(|conn| notices::reset_attempts(conn, id))?;
    Ok(row)
}

/// A recipient answers, or corrects its answer while the case is not closed.
///
/// # Errors
/// [`Error::Rejected`] for a wrong code, [`Error::Invalid`] for an answer that is not whole,
/// [`Error::Gone`] once the notice is settled.
pub fn answer(ctx: &Context, token: &str, code: &str, answer: &Answer, comment: Option<&str>) -> Result<()> {
    let row = check_code(ctx, token, code)?;
    answer
        .check(row.independent)
        .map_err(|wrong| answer_error(&wrong))?;
    ctx.store
        .transaction(|conn| record_answer(ctx, conn, row.notice_id(), answer, comment, &Actor::Recipient))
}

/// Staff record what a recipient answered by another way, or that they carried out a manual task.
///
/// # Errors
/// When they may not, or the answer is not whole.
pub fn answer_for_recipient(
    ctx: &Context,
    actor: &Actor,
    case: &StoredCase,
    recipient: &str,
    answer: &Answer,
) -> Result<()> {
    if !actor.may(Permission::HandleCases) {
        return Err(Error::Forbidden("role"));
    }
    ctx.store.transaction(|conn| {
        let row = notices::list(conn, case.id)?
            .into_iter()
            .find(|row| row.recipient == recipient);
        let row = row.ok_or(Error::NotFound)?;
        answer
            .check(row.independent)
            .map_err(|wrong| answer_error(&wrong))?;
        record_answer(ctx, conn, row.notice_id(), answer, None, actor)
    })
}

fn record_answer(
    ctx: &Context,
    conn: &mut Conn,
    id: NoticeId,
    answer: &Answer,
    comment: Option<&str>,
    actor: &Actor,
) -> Result<()> {
    let row = notices::lock(conn, id)?;
    let case = cases::lock(conn, crate::domain::ids::CaseId(row.case_id))?;
    // A controller of its own need not answer, so its case may be closed before it does: a first answer counts
    // all the same. A given one stands once the case is closed.
    if row.outcome.is_some() && case.case.state.name() == "closed" {
        return Err(Error::Gone("notice_settled"));
    }
    let event = Event::Answered(answer.outcome);
    row.state()?
        .apply(event, ctx.now())
        .map_err(|_| Error::Gone("notice_settled"))?;
    let (key, _) = intake::open_file(ctx, conn, &case)?;
    let comment = comment.map(str::trim).filter(|text| !text.is_empty());
    let sealed =
        comment.map(|text| key.seal(COMMENT, ctx.nonce(), &text.chars().take(4000).collect::<String>()));
    notices::save_answer(conn, id, answer, sealed, ctx.now())?;
    let detail = json!({
        "recipient": row.recipient, "outcome": answer.outcome.name(), "ground": answer.ground.map(KeepGround::name),
        "corrected": row.outcome.is_some(),
    });
    ctx.record(conn, case.id.0, actor, "notice_answered", detail)?;
    if answer.outcome.needs_follow_up() {
        cases::set_attention(conn, case.id, Some("notice_needs_follow_up"))?;
    }
    transition::settle(ctx, conn, case.id)
}

fn answer_error(wrong: &AnswerError) -> Error {
    match wrong {
        AnswerError::OutcomeNotOffered => Error::field("outcome", "not_offered"),
        AnswerError::GroundMissing => Error::field("ground", "required"),
        AnswerError::GroundNotOffered => Error::field("ground", "not_offered"),
        AnswerError::StatuteMissing => Error::field("statute", "required"),
        AnswerError::BackupsDateMissing => Error::field("backups_until", "required"),
    }
}

/// The notices of a case with the comments of their answers, for staff.
///
/// # Errors
/// When the database fails.
pub fn list(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Vec<(NoticeRow, Vec<String>)>> {
    let (key, _) = intake::open_file(ctx, conn, case)?;
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
