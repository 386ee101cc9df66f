//! What a recipient does with the link and the code of its notice, and how staff see notices.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::requests::TypedCode;
use crate::app::App;
use crate::domain::contact::FreeText;
use crate::domain::notice::{Answer, KeepGround, Outcome};
use crate::http::blocking::call;
use crate::http::body::Body;
use crate::http::error::{ApiError, Problem};
use crate::services::notices::{self, OpenedNotice, PublicNotice};
use crate::services::{Context, Error, FieldError, Result};
use crate::store::notices::NoticeRow;

type Reply = std::result::Result<HttpResponse, ApiError>;

const MAX_STATUTE: usize = 200;

/// A notice as staff see it.
#[derive(Serialize, ToSchema)]
pub struct NoticeView {
    /// The recipient's id.
    pub recipient: String,
    /// Its name.
    pub name: String,
    /// The name of the notice towards the recipient.
    pub reference: String,
    /// `erasure`, `rectification`, `restriction`, `restriction_lifted`, `objection` or `account_ended`.
    pub kind: String,
    /// `email`, `api`, `portal` or `manual`.
    pub channel: String,
    /// Whether it decides for itself (Art. 19) instead of following an instruction (Art. 28).
    pub independent: bool,
    /// Where it stands.
    pub state: String,
    /// Since when.
    pub state_since: DateTime<Utc>,
    /// Why nobody could be told, or what staff must do.
    pub why: Option<String>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// By when an answer is asked for.
    pub answer_by: Option<NaiveDate>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// The answer.
    pub outcome: Option<String>,
    /// Why data is kept.
    pub ground: Option<String>,
    /// The statute behind it.
    pub statute: Option<String>,
    /// Until when backups hold the data.
    pub backups_until: Option<NaiveDate>,
    /// The recipient's comments, oldest first.
    pub comments: Vec<String>,
}

impl NoticeView {
    /// The view of `row`.
    #[must_use]
    pub fn of(ctx: &Context, row: NoticeRow, comments: Vec<String>) -> Self {
        Self {
            name: super::register::recipient_name(ctx, &row.recipient),
            reference: notices::notice_reference(row.notice_id()),
            recipient: row.recipient,
            kind: row.kind,
            channel: row.channel,
            independent: row.independent,
            state: row.state,
            state_since: row.state_since,
            why: row.why,
            sent_at: row.sent_at,
            answer_by: row.answer_by,
            answered_at: row.answered_at,
            outcome: row.outcome,
            ground: row.ground,
            statute: row.statute,
            backups_until: row.backups_until,
            comments,
        }
    }
}

/// What everybody with the link sees: who asks what and by when.
#[derive(Serialize, ToSchema)]
pub struct PublicNoticeView {
    /// Who asks.
    pub organisation: AskingOrganisation,
    /// To whom the notice went.
    pub recipient: String,
    /// The name by which the recipient can refer to it.
    pub reference: String,
    /// `erasure`, `rectification`, `restriction`, `restriction_lifted`, `objection` or `account_ended`.
    pub kind: &'static str,
    /// When it was decided.
    pub decided_on: NaiveDate,
    /// By when an answer is asked for.
    pub answer_by: Option<NaiveDate>,
    /// Where it stands.
    pub state: &'static str,
    /// Whether the recipient decides for itself.
    pub independent: bool,
    /// Whether it is too late to answer or correct.
    pub settled: bool,
}

/// Who asks.
#[derive(Serialize, ToSchema)]
pub struct AskingOrganisation {
    /// Its name.
    pub name: String,
    /// Its organisationsnummer.
    pub organisation_number: Option<String>,
    /// How to reach it.
    pub email: String,
}

/// What the code opens.
#[derive(Serialize, ToSchema)]
pub struct OpenedNoticeView {
    /// What everybody with the link sees.
    #[serde(flatten)]
    pub notice: PublicNoticeView,
    /// What the recipient knows the person by.
    pub identifiers: Vec<IdentifierView>,
    /// What is right from now on, where the notice is of a rectification.
    pub corrections: Vec<CorrectionView>,
    /// How the person sees what was not corrected.
    pub statements: Vec<String>,
    /// The categories of data that went there.
    pub categories: Vec<String>,
    /// The answers that fit.
    pub outcomes: Vec<&'static str>,
    /// The grounds that fit.
    pub grounds: Vec<&'static str>,
    /// The last answer.
    pub answer: Option<AnswerView>,
}

/// A field and its right value.
#[derive(Serialize, ToSchema)]
pub struct CorrectionView {
    /// The field.
    #[schema(example = "name")]
    pub field: &'static str,
    /// Its value.
    pub value: String,
}

/// Something by which the recipient knows the person.
#[derive(Serialize, ToSchema)]
pub struct IdentifierView {
    /// What it is.
    #[schema(example = "domain_name")]
    pub kind: &'static str,
    /// Its value.
    pub value: String,
}

/// An answer that was given.
#[derive(Serialize, ToSchema)]
pub struct AnswerView {
    /// What was done.
    pub outcome: &'static str,
    /// Why data is kept.
    pub ground: Option<&'static str>,
    /// The statute behind it.
    pub statute: Option<String>,
    /// Until when backups hold the data.
    pub backups_until: Option<NaiveDate>,
}

impl From<&Answer> for AnswerView {
    fn from(answer: &Answer) -> Self {
        Self {
            outcome: answer.outcome.name(),
            ground: answer.ground.map(KeepGround::name),
            statute: answer.statute.clone(),
            backups_until: answer.backups_until,
        }
    }
}

fn public(ctx: &Context, notice: &PublicNotice) -> PublicNoticeView {
    PublicNoticeView {
        organisation: AskingOrganisation {
            name: ctx.organisation.name.clone(),
            organisation_number: ctx.organisation.organisation_number.clone(),
            email: ctx.organisation.contact.email.clone(),
        },
        recipient: super::register::recipient_name(ctx, &notice.recipient),
        reference: notice.reference.clone(),
        kind: notice.kind.name(),
        decided_on: notice.decided_on,
        answer_by: notice.answer_by,
        state: notice.state.name(),
        independent: notice.independent,
        settled: notice.settled,
    }
}

fn opened(ctx: &Context, opened: &OpenedNotice) -> OpenedNoticeView {
    let identifiers = opened.identifiers.iter().map(|identifier| IdentifierView {
        kind: identifier.kind.name(),
        value: identifier.value.clone(),
    });
    OpenedNoticeView {
        notice: public(ctx, &opened.public),
        identifiers: identifiers.collect(),
        corrections: opened
            .corrections
            .iter()
            .map(|one| CorrectionView {
                field: one.field.name(),
                value: one.value.clone(),
            })
            .collect(),
        statements: opened.statements.clone(),
        categories: opened.categories.clone(),
        outcomes: opened.outcomes.iter().map(|outcome| outcome.name()).collect(),
        grounds: opened.grounds.iter().map(|ground| ground.name()).collect(),
        answer: opened.answer.as_ref().map(Into::into),
    }
}

/// See who asks what and by when. It changes nothing and shows no identifier.
#[utoipa::path(
    tag = "recipient",
    responses(
        (status = 200, body = PublicNoticeView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/notices/{token}")]
pub async fn read_notice(app: web::Data<App>, path: web::Path<String>) -> Reply {
    let view = call(&app, move |ctx| Ok(public(ctx, &notices::view(ctx, &path)?)));
    Ok(HttpResponse::Ok().json(view.await?))
}

/// Open a notice with the code from the mail. It changes nothing else.
#[utoipa::path(
    tag = "recipient",
    request_body = TypedCode,
    responses(
        (status = 200, body = OpenedNoticeView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`code_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/notices/{token}/open")]
pub async fn open_notice(app: web::Data<App>, path: web::Path<String>, body: Body<TypedCode>) -> Reply {
    let view = call(&app, move |ctx| {
        let notice = notices::open(ctx, &path, &body.value.code)?;
        Ok(opened(ctx, &notice))
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// An answer with the code that allows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodedAnswer {
    /// Eight digits from the mail; spaces do not matter.
    pub code: String,
    /// One of the notice's `outcomes`.
    #[schema(example = "erased")]
    pub outcome: String,
    /// One of the notice's `grounds`, when data is kept.
    pub ground: Option<String>,
    /// The statute, when the ground is `legal_obligation`.
    pub statute: Option<String>,
    /// Anything to add.
    pub comment: Option<String>,
    /// Until when backups hold the data.
    pub backups_until: Option<NaiveDate>,
}

/// An answer, as typed.
pub(in crate::http) struct NewAnswer {
    pub outcome: String,
    pub ground: Option<String>,
    pub statute: Option<String>,
    pub backups_until: Option<NaiveDate>,
}

/// Reads an answer, all of it at once.
///
/// # Errors
/// [`Error::Invalid`] with every wrong field.
pub(in crate::http) fn read_answer(new: &NewAnswer) -> Result<Answer> {
    let mut wrong = Vec::new();
    let mut fail = |field, code| wrong.push(FieldError { field, code });
    let outcome = Outcome::from_name(&new.outcome);
    if outcome.is_none() {
        fail("outcome", "unknown");
    }
    let ground = new.ground.as_deref().map(KeepGround::from_name);
    if ground == Some(None) {
        fail("ground", "unknown");
    }
    let statute = new
        .statute
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if statute.is_some_and(|text| text.chars().count() > MAX_STATUTE) {
        fail("statute", "too_long");
    }
    if statute.is_some_and(|text| text.chars().any(char::is_control)) {
        fail("statute", "invalid");
    }
    match outcome {
        Some(outcome) if wrong.is_empty() => Ok(Answer {
            outcome,
            ground: ground.flatten(),
            statute: statute.map(str::to_owned),
            backups_until: new.backups_until,
        }),
        _ => Err(Error::Invalid(wrong)),
    }
}

/// Reads the comment on an answer; an empty one is none.
///
/// # Errors
/// [`Error::Invalid`] when it is too long or no text.
pub(in crate::http) fn read_comment(typed: Option<&str>) -> Result<Option<&str>> {
    let comment = typed.filter(|text| !text.trim().is_empty());
    match comment.map(FreeText::parse) {
        Some(Err(_)) => Err(Error::field("comment", "invalid")),
        _ => Ok(comment),
    }
}

/// Answer a notice, or correct the answer until the notice is settled.
#[utoipa::path(
    tag = "recipient",
    request_body = CodedAnswer,
    responses(
        (status = 200, body = AnswerView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`notice_settled`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/notices/{token}")]
pub async fn answer_notice(app: web::Data<App>, path: web::Path<String>, body: Body<CodedAnswer>) -> Reply {
    let view = call(&app, move |ctx| {
        let sent = body.value;
        let answer = read_answer(&NewAnswer {
            outcome: sent.outcome,
            ground: sent.ground,
            statute: sent.statute,
            backups_until: sent.backups_until,
        })?;
        let comment = read_comment(sent.comment.as_deref())?;
        notices::answer(ctx, &path, &sent.code, &answer, comment)?;
        Ok(AnswerView::from(&answer))
    });
    Ok(HttpResponse::Ok().json(view.await?))
}
