//! The outbox: mails written in the transaction of their cause, sent by a job, kept as a line of the case afterwards.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::jobs::{self, JobId, NewJob};
use super::schema::mails;
use super::{Error, Result};
use crate::domain::ids::{CaseId, MailId, NoticeId};
use crate::domain::language::Language;

/// The kind of the job that sends a mail; its payload is `{"mail": id}`.
pub const SEND_MAIL: &str = "send_mail";

/// A mail to be sent.
pub struct NewMail<'a> {
    /// Its id, which is the local part of its Message-ID too.
    pub id: MailId,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The notice it carries.
    pub notice: Option<NoticeId>,
    /// The template its contents came from.
    pub template: &'a str,
    /// The recipient's language.
    pub language: Language,
    /// Address and contents, sealed.
    pub sealed: Vec<u8>,
}

/// Where a mail is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Waiting, or being tried.
    Queued,
    /// In other hands.
    Sent,
    /// Refused for good: somebody must look.
    Failed,
}

impl MailState {
    fn parse(text: &str) -> Result<Self> {
        match text {
            "queued" => Ok(Self::Queued),
            "sent" => Ok(Self::Sent),
            "failed" => Ok(Self::Failed),
            _ => Err(Error::Corrupt("mails.state")),
        }
    }
}

/// A mail in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// The notice it carries.
    pub notice: Option<NoticeId>,
    /// The template its contents came from.
    pub template: String,
    /// The recipient's language.
    pub language: Language,
    /// Address and contents, sealed; gone once sent.
    pub sealed: Option<Vec<u8>>,
    /// Where it is on its way.
    pub state: MailState,
    /// When it was written.
    pub queued_at: DateTime<Utc>,
    /// When it was handed over.
    pub sent_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: i32,
    /// The code of the last failure.
    pub failure: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = mails)]
struct Row {
    id: Uuid,
    case_id: Option<Uuid>,
    notice_id: Option<Uuid>,
    template: String,
    language: String,
    sealed: Option<Vec<u8>>,
    state: String,
    queued_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    attempts: i32,
    failure: Option<String>,
}

impl TryFrom<Row> for Mail {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: MailId(row.id),
            case: row.case_id.map(CaseId),
            notice: row.notice_id.map(NoticeId),
            template: row.template,
            language: Language::from_tag(&row.language).ok_or(Error::Corrupt("mails.language"))?,
            sealed: row.sealed,
            state: MailState::parse(&row.state)?,
            queued_at: row.queued_at,
            sent_at: row.sent_at,
            attempts: row.attempts,
            failure: row.failure,
        })
    }
}

/// Writes a mail and the job that sends it, in the caller's transaction.
///
/// # Errors
/// When the database fails.
pub fn enqueue(conn: &mut PgConnection, mail: NewMail<'_>, at: DateTime<Utc>) -> Result<JobId> {
    diesel::insert_into(mails::table)
        .values((
            mails::id.eq(mail.id.0),
            mails::case_id.eq(mail.case.map(|case| case.0)),
            mails::notice_id.eq(mail.notice.map(|notice| notice.0)),
            mails::template.eq(mail.template),
            mails::language.eq(mail.language.tag()),
            mails::sealed.eq(mail.sealed),
            mails::queued_at.eq(at),
        ))
        .execute(conn)?;
    enqueue_sending(conn, mail.id, mail.case, at)
}

fn enqueue_sending(
    conn: &mut PgConnection,
    id: MailId,
    case: Option<CaseId>,
    at: DateTime<Utc>,
) -> Result<JobId> {
    let job = NewJob {
        kind: SEND_MAIL,
        payload: serde_json::json!({ "mail": id }),
        case,
        run_at: at,
        priority: 0,
    };
    jobs::enqueue(conn, &job)
}

/// One mail.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(conn: &mut PgConnection, id: MailId) -> Result<Mail> {
    mails::table
        .find(id.0)
        .select(Row::as_select())
        .first(conn)?
        .try_into()
}

/// The mails of a case, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_by_case(conn: &mut PgConnection, case: CaseId) -> Result<Vec<Mail>> {
    let rows: Vec<Row> = mails::table
        .filter(mails::case_id.eq(case.0))
        .order((mails::queued_at, mails::id))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Mail::try_from).collect()
}

/// Records that a mail is in other hands, and empties it. Doing so again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn mark_sent(conn: &mut PgConnection, id: MailId, at: DateTime<Utc>) -> Result<()> {
    let unsent = mails::table.filter(mails::id.eq(id.0).and(mails::state.ne("sent")));
    let changed = diesel::update(unsent)
        .set((
            mails::state.eq("sent"),
            mails::sent_at.eq(at),
            mails::sealed.eq(None::<Vec<u8>>),
            mails::attempts.eq(mails::attempts + 1),
            mails::failure.eq(None::<String>),
        ))
        .execute(conn)?;
    if changed == 0 {
        find(conn, id)?;
    }
    Ok(())
}

/// Records a try that failed for now; `failure` is a code.
///
/// # Errors
/// [`Error::NotFound`] when no such mail is waiting.
pub fn mark_deferred(conn: &mut PgConnection, id: MailId, failure: &str) -> Result<()> {
    mark(conn, id, "queued", failure)
}

/// Records that a mail was refused for good; its contents stay for staff to try again.
///
/// # Errors
/// [`Error::NotFound`] when no such mail is waiting.
pub fn mark_failed(conn: &mut PgConnection, id: MailId, failure: &str) -> Result<()> {
    mark(conn, id, "failed", failure)
}

fn mark(conn: &mut PgConnection, id: MailId, state: &str, failure: &str) -> Result<()> {
    let waiting = mails::table.filter(mails::id.eq(id.0).and(mails::state.eq("queued")));
    let changed = diesel::update(waiting)
        .set((
            mails::state.eq(state),
            mails::attempts.eq(mails::attempts + 1),
            mails::failure.eq(failure),
        ))
        .execute(conn)?;
    match changed {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Records that a mail came back after another server had taken it; false when that was known.
///
/// # Errors
/// When the database fails.
pub fn mark_bounced(conn: &mut PgConnection, id: MailId, at: DateTime<Utc>, lasting: bool) -> Result<bool> {
    let sent = mails::table.filter(mails::id.eq(id.0).and(mails::state.eq("sent")));
    let failure = if lasting { "bounced" } else { "bounced_for_now" };
    let changed = diesel::update(sent.filter(mails::bounced_at.is_null()))
        .set((mails::bounced_at.eq(at), mails::failure.eq(failure)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Whether a mail of the notice that was written after this one has not come back.
///
/// # Errors
/// When the database fails.
pub fn is_followed_by_another(conn: &mut PgConnection, mail: &Mail) -> Result<bool> {
    let others = mails::table
        .filter(mails::notice_id.eq(mail.notice.map(|notice| notice.0)))
        .filter(mails::id.ne(mail.id.0).and(mails::bounced_at.is_null()))
        .filter(mails::queued_at.ge(mail.queued_at));
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(conn)?)
}

/// Puts the refused mails of a case into the queue again; says how many.
///
/// # Errors
/// When the database fails.
pub fn requeue_failed(conn: &mut PgConnection, case: CaseId, at: DateTime<Utc>) -> Result<usize> {
    let failed = mails::table.filter(mails::case_id.eq(case.0).and(mails::state.eq("failed")));
    let ids: Vec<Uuid> = diesel::update(failed)
        .set(mails::state.eq("queued"))
        .returning(mails::id)
        .get_results(conn)?;
    for id in &ids {
        enqueue_sending(conn, MailId(*id), Some(case), at)?;
    }
    Ok(ids.len())
}
