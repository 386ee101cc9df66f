//! What a recipient sees and does: the link shows who asks, the code opens, the answer is recorded.

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;

use super::{COMMENT, NOTICE, NoticeFile, notice_reference};
use crate::domain::calendar::stockholm_date;
use crate::domain::grant::Change;
use crate::domain::ids::CaseId;
use crate::domain::notice::{Answer, AnswerError, Event, KeepGround, Kind, Outcome, State};
use crate::domain::recipient::Identifier;
use crate::domain::sealing::Purpose;
use crate::domain::staff::{Actor, Permission};
use crate::services::handling::{MESSAGE, STATEMENT};
use crate::services::{Context, Error, Result, intake, tokens, transition};
use crate::store::cases;
use crate::store::keys::CaseKey;
use crate::store::notices::{self, NoticeRow};
use crate::store::{Conn, messages};

/// Wrong codes that a link takes within a window.
const TRIES: i32 = 10;
/// The window.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// What a link shows to whoever opens it: who asks what and by when, and no identifier.
pub struct PublicNotice {
    /// The recipient's id.
    pub recipient: String,
    /// The name by which the recipient can refer to it; another for each recipient.
    pub reference: String,
    /// What it is about.
    pub kind: Kind,
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
    /// What is right from now on, where the notice is of a rectification.
    pub corrections: Vec<Change>,
    /// How the person sees what was not corrected, in their words.
    pub statements: Vec<String>,
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
    let case = cases::find_by_id(conn, CaseId(row.case_id))?;
    Ok(PublicNotice {
        recipient: row.recipient.clone(),
        reference: notice_reference(row.notice_id()),
        kind: row.kind()?,
        answer_by: row.answer_by,
        decided_on: stockholm_date(row.sent_at.unwrap_or(row.state_since)),
        state: row.state()?,
        independent: row.independent,
        settled: row.outcome.is_some() && case.case.state.name() == "closed",
    })
}

/// Opens a notice with the code from the mail. It changes nothing else.
///
/// # Errors
/// [`Error::Rejected`] for a wrong code, [`Error::TooMany`] after too many.
pub fn open(ctx: &Context, token: &str, code: &str) -> Result<OpenedNotice> {
    let row = check_code(ctx, token, code)?;
    let mut conn = ctx.store.get()?;
    let case = cases::find_by_id(&mut conn, CaseId(row.case_id))?;
    let (key, _) = intake::open_file(ctx, &case)?;
    let file: NoticeFile = key.open(NOTICE, intake::present(row.sealed.as_deref())?)?;
    let statements = match row.kind()? {
        Kind::Rectification => statements(&mut conn, &key, case.id)?,
        _ => vec![],
    };
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
        corrections: file.corrections,
        statements,
        categories,
        outcomes: Outcome::offered(row.kind()?),
        grounds: KeepGround::offered(row.independent),
        answer: last_answer(&row),
    })
}

/// How the person sees what was not corrected.
fn statements(conn: &mut Conn, key: &CaseKey, case: CaseId) -> Result<Vec<String>> {
    let rows = messages::list(conn, case)?;
    let said = rows.iter().filter(|row| row.kind == STATEMENT);
    Ok(said
        .map(|row| key.open(MESSAGE, &row.sealed))
        .collect::<crate::store::Result<_>>()?)
}

fn last_answer(row: &NoticeRow) -> Option<Answer> {
    Some(Answer {
        outcome: Outcome::from_name(row.outcome.as_deref()?)?,
        ground: row.keep_ground(),
        statute: row.statute.clone(),
        backups_until: row.backups_until,
    })
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
        .check(row.kind()?, row.independent)
        .map_err(|wrong| answer_error(&wrong))?;
    ctx.store
        .transaction(|conn| record_answer(ctx, conn, &row, answer, comment, &Actor::Recipient))
}

/// Staff record what a recipient answered by another way, or that they carried out a manual task. `given`: the answer, and a
/// comment on it.
///
/// # Errors
/// When they may not, or the answer is not whole; [`Error::Stale`] when the case has changed since `version`.
pub fn answer_for_recipient(
    ctx: &Context,
    actor: &Actor,
    case: CaseId,
    version: i64,
    recipient: &str,
    given: (&Answer, Option<&str>),
) -> Result<()> {
    if !actor.may(Permission::HandleCases) {
        return Err(Error::Forbidden("role"));
    }
    let (answer, comment) = given;
    ctx.store.transaction(|conn| {
        if cases::lock(conn, case)?.version != version {
            return Err(Error::Stale);
        }
        let row = notices::list(conn, case)?
            .into_iter()
            .find(|row| row.recipient == recipient);
        let row = row.ok_or(Error::NotFound)?;
        answer
            .check(row.kind()?, row.independent)
            .map_err(|wrong| answer_error(&wrong))?;
        record_answer(ctx, conn, &row, answer, comment, actor)
    })
}

fn record_answer(
    ctx: &Context,
    conn: &mut Conn,
    seen: &NoticeRow,
    answer: &Answer,
    comment: Option<&str>,
    actor: &Actor,
) -> Result<()> {
    // The case before its notices, in the order in which staff's actions go.
    let case = cases::lock(conn, CaseId(seen.case_id))?;
    let id = seen.notice_id();
    let row = notices::lock(conn, id)?;
    // A controller of its own need not answer, so its case may be closed before it does: a first answer counts
    // all the same. A given one stands once the case is closed.
    if row.outcome.is_some() && case.case.state.name() == "closed" {
        return Err(Error::Gone("notice_settled"));
    }
    let event = Event::Answered(answer.outcome);
    row.state()?
        .apply(event, ctx.now())
        .map_err(|_| Error::Gone("notice_settled"))?;
    let (key, _) = intake::open_file(ctx, &case)?;
    let comment = comment.map(str::trim).filter(|text| !text.is_empty());
    let sealed =
        comment.map(|text| key.seal(COMMENT, ctx.nonce(), &text.chars().take(4000).collect::<String>()));
    notices::save_answer(conn, id, answer, sealed, ctx.now())?;
    let detail = json!({
        "recipient": row.recipient, "outcome": answer.outcome.name(), "ground": answer.ground.map(KeepGround::name),
        "corrected": row.outcome.is_some(),
    });
    ctx.record(conn, case.id.0, actor, "notice_answered", detail)?;
    super::by_hand::calm(conn, case.id)?;
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
