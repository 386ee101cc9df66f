//! The pages of a recipient: what is asked, with the code what it is about, and the answer.

use actix_web::http::{StatusCode, header};
use actix_web::{Resource, web};
use chrono::NaiveDate;
use serde::Deserialize;

use super::error::{retry_after, status};
use super::pages::{self, Answer, Form, Visit, field_errors, reading};
use super::views::layout::FieldErrors;
use super::views::recipient::{NoticeGonePage, NoticeOpenPage, NoticePage, NoticeThanksPage, NoticeValues};
use crate::adapters::templates::facts::Words;
use crate::domain::calendar::stockholm_date;
use crate::domain::notice::{self, KeepGround, Outcome};
use crate::services::notices::{self, OpenedNotice, PublicNotice};
use crate::services::{Context, Error, FieldError};

/// The longest comment, in characters.
const MAX_COMMENT: usize = 2000;
const MAX_STATUTE: usize = 200;
/// The fields of the answer, in the order they stand on the page.
const FIELDS: [(&str, &str); 5] = [
    ("outcome", "outcome"),
    ("backups_until", "backups_until"),
    ("ground", "ground"),
    ("statute", "statute"),
    ("comment", "comment"),
];

/// The addresses of these pages.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        page("/notices/{token}")
            .route(reading().to(show))
            .route(web::post().to(answer)),
    )
    .service(page("/notices/{token}/open").route(web::post().to(open)));
}

fn page(path: &str) -> Resource {
    web::resource(path).default_service(web::to(pages::wrong_method))
}

fn path_of(token: &str) -> String {
    format!("/notices/{token}")
}

/// Who asks what and by when. Mail scanners follow links: nothing changes, and nothing personal is shown.
async fn show(visit: Visit, token: web::Path<String>) -> Answer {
    let wanted = token.clone();
    let notice = visit.run(move |ctx| notices::view(ctx, &wanted)).await?;
    if notice.settled {
        return Ok(gone(&visit, &token));
    }
    Ok(visit.show(&front(&visit, &token, &notice, None)))
}

fn gone(visit: &Visit, token: &str) -> actix_web::HttpResponse {
    let view = NoticeGonePage {
        t: visit.t(),
        page: visit.page_at(&path_of(token), String::new()),
        why: "settled",
    };
    visit.render(StatusCode::GONE, &view)
}

fn front(visit: &Visit, token: &str, notice: &PublicNotice, error: Option<&str>) -> NoticePage {
    NoticePage {
        t: visit.t(),
        page: visit.page_at(&path_of(token), String::new()),
        token: token.to_owned(),
        kind: notice.kind.name().to_owned(),
        reference: notice.reference.clone(),
        answer_by: notice.answer_by,
        error: error.map(str::to_owned),
    }
}

/// What the forms send; the first has the code alone.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Sent {
    code: String,
    outcome: String,
    ground: String,
    statute: String,
    comment: String,
    backups_until: String,
}

impl Sent {
    fn values(&self) -> NoticeValues {
        NoticeValues {
            outcome: self.outcome.clone(),
            ground: self.ground.clone(),
            statute: self.statute.clone(),
            comment: self.comment.clone(),
            backups_until: self.backups_until.clone(),
        }
    }

    /// The answer as it can be recorded, or every field that cannot be read.
    fn answer(&self) -> crate::services::Result<notice::Answer> {
        let mut wrong = Vec::new();
        let mut fail = |field, code| wrong.push(FieldError { field, code });
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let outcome = Outcome::from_name(&self.outcome);
        if outcome.is_none() {
            fail("outcome", "required");
        }
        let ground = KeepGround::from_name(&self.ground);
        if ground.is_none() && !self.ground.is_empty() {
            fail("ground", "unknown");
        }
        let backups_until: Option<NaiveDate> = self.backups_until.trim().parse().ok();
        if backups_until.is_none() && filled(&self.backups_until).is_some() {
            fail("backups_until", "invalid");
        }
        if self.statute.chars().count() > MAX_STATUTE {
            fail("statute", "too_long");
        }
        if self.comment.chars().count() > MAX_COMMENT {
            fail("comment", "too_long");
        }
        match outcome {
            Some(outcome) if wrong.is_empty() => Ok(notice::Answer {
                outcome,
                ground,
                statute: filled(&self.statute),
                backups_until,
            }),
            _ => Err(Error::Invalid(wrong)),
        }
    }
}

/// With the code: what it is about, and the fields for the answer. The code lies in that form, so that nothing is kept.
async fn open(visit: Visit, token: web::Path<String>, Form(sent): Form<Sent>) -> Answer {
    visit.check_origin()?;
    let (wanted, code) = (token.clone(), sent.code.clone());
    let opened = visit.attempt(move |ctx| notices::open(ctx, &wanted, &code)).await;
    match opened {
        Ok(opened) if opened.public.settled => Ok(gone(&visit, &token)),
        Ok(opened) => {
            let values = opened.answer.as_ref().map(answered).unwrap_or_default();
            Ok(visit.show(&inside(
                &visit,
                &token,
                &sent.code,
                &opened,
                values,
                FieldErrors::default(),
            )))
        }
        Err(error) => refused(&visit, &token, &error).await,
    }
}

fn answered(answer: &notice::Answer) -> NoticeValues {
    NoticeValues {
        outcome: answer.outcome.name().to_owned(),
        ground: answer
            .ground
            .map(|ground| ground.name().to_owned())
            .unwrap_or_default(),
        statute: answer.statute.clone().unwrap_or_default(),
        comment: String::new(),
        backups_until: answer
            .backups_until
            .map(|date| date.to_string())
            .unwrap_or_default(),
    }
}

fn inside(
    visit: &Visit,
    token: &str,
    code: &str,
    opened: &OpenedNotice,
    values: NoticeValues,
    errors: FieldErrors,
) -> NoticeOpenPage {
    let (t, organisation) = (visit.t(), &visit.app.ctx.organisation);
    let words = Words { t, organisation };
    let notice = &opened.public;
    let role = organisation
        .recipient(&notice.recipient)
        .and_then(|recipient| serde_json::to_value(recipient.role).ok())
        .and_then(|role| role.as_str().map(str::to_owned));
    let basis = if notice.independent {
        "controller"
    } else {
        "processor"
    };
    let identifiers = opened.identifiers.iter();
    NoticeOpenPage {
        t,
        page: visit.page_at(&path_of(token), String::new()),
        token: token.to_owned(),
        code: code.to_owned(),
        kind: notice.kind.name().to_owned(),
        reference: notice.reference.clone(),
        role: role.unwrap_or_else(|| "processor".to_owned()),
        legal_basis: t.of("notice-basis-", basis),
        decided_on: notice.decided_on,
        answer_by: notice.answer_by,
        identifiers: identifiers
            .map(|known| (t.of("identifier-", known.kind.name()), known.value.clone()))
            .collect(),
        corrections: opened
            .corrections
            .iter()
            .map(|one| (t.of("field-", one.field.name()), one.value.clone()))
            .collect(),
        statements: opened.statements.clone(),
        categories: opened.categories.iter().map(|id| words.category(id)).collect(),
        outcomes: opened
            .outcomes
            .iter()
            .map(|outcome| outcome.name().to_owned())
            .collect(),
        grounds: opened
            .grounds
            .iter()
            .map(|ground| ground.name().to_owned())
            .collect(),
        values,
        errors,
    }
}

/// What stands in the way of opening or answering: the field for the code again, or that it is over.
async fn refused(visit: &Visit, token: &str, error: &Error) -> Answer {
    let key = match error {
        Error::Rejected(_) => "code_invalid",
        Error::TooMany { .. } => "code_too_many",
        Error::Gone(_) => return Ok(gone(visit, token)),
        _ => return Err(visit.fail(error)),
    };
    let wanted = token.to_owned();
    let notice = visit.run(move |ctx| notices::view(ctx, &wanted)).await?;
    let mut response = visit.render(status(error), &front(visit, token, &notice, Some(key)));
    if let Some(seconds) = retry_after(error) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// Takes the answer, or a correction of it.
async fn answer(visit: Visit, token: web::Path<String>, Form(sent): Form<Sent>) -> Answer {
    visit.check_origin()?;
    let (wanted, work) = (token.clone(), sent.clone());
    let recorded = visit.attempt(move |ctx| record(ctx, &wanted, &work)).await;
    match recorded {
        Ok(Recorded::Done(notice)) => Ok(visit.show(&NoticeThanksPage {
            t: visit.t(),
            page: visit.page_at(&path_of(&token), String::new()),
            token: token.to_string(),
            reference: notice.reference,
            outcome: sent.outcome,
            answered_on: stockholm_date(visit.app.ctx.now()),
        })),
        Ok(Recorded::Wrong(opened, errors)) => {
            let view = inside(&visit, &token, &sent.code, &opened, sent.values(), errors);
            Ok(visit.render(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(error) => refused(&visit, &token, &error).await,
    }
}

enum Recorded {
    Done(PublicNotice),
    /// The notice is shown again with what was typed: the code was right.
    Wrong(Box<OpenedNotice>, FieldErrors),
}

fn record(ctx: &Context, token: &str, sent: &Sent) -> crate::services::Result<Recorded> {
    let comment = Some(sent.comment.as_str());
    let answered = sent
        .answer()
        .and_then(|answer| notices::answer(ctx, token, &sent.code, &answer, comment));
    let Err(error) = answered else {
        return Ok(Recorded::Done(notices::view(ctx, token)?));
    };
    let Some(errors) = field_errors(&error, &FIELDS) else {
        return Err(error);
    };
    let opened = notices::open(ctx, token, &sent.code)?;
    if opened.public.settled {
        return Err(Error::Gone("notice_settled"));
    }
    Ok(Recorded::Wrong(Box::new(opened), errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(outcome: &str) -> Sent {
        Sent {
            outcome: outcome.to_owned(),
            ..Sent::default()
        }
    }

    fn wrong(sent: &Sent) -> Vec<&'static str> {
        match sent.answer() {
            Err(Error::Invalid(fields)) => fields.iter().map(|field| field.field).collect(),
            _ => vec![],
        }
    }

    #[test]
    fn every_unreadable_field_is_named_at_once() {
        assert_eq!(wrong(&sent("erased")), [""; 0]);
        assert_eq!(wrong(&sent("")), ["outcome"]);
        let all = Sent {
            outcome: "burnt".to_owned(),
            ground: "whim".to_owned(),
            statute: "§".repeat(MAX_STATUTE + 1),
            comment: "å".repeat(MAX_COMMENT + 1),
            backups_until: "31/12".to_owned(),
            code: String::new(),
        };
        assert_eq!(
            wrong(&all),
            ["outcome", "ground", "backups_until", "statute", "comment"]
        );
    }

    #[test]
    fn an_answer_given_is_typed_in_again() {
        let answer = notice::Answer {
            outcome: Outcome::Partly,
            ground: Some(KeepGround::LegalObligation),
            statute: Some("7 kap. 2 § bokföringslagen".to_owned()),
            backups_until: Some("2027-01-31".parse().unwrap()),
        };
        let values = answered(&answer);
        let again = Sent {
            code: String::new(),
            outcome: values.outcome,
            ground: values.ground,
            statute: values.statute,
            comment: values.comment,
            backups_until: values.backups_until,
        };
        assert_eq!(again.answer().unwrap(), answer);
    }
}
