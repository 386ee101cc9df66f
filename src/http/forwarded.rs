//! The pages of a controller to whom a request was passed on: what is asked, with the code of whom, and the instruction.

use actix_web::http::{StatusCode, header};
use actix_web::{Resource, web};
use serde::Deserialize;

use super::error::{retry_after, status};
use super::pages::{self, Answer, Form, Visit, field_errors, reading};
use super::views::forwarded::{ForwardedPage, ForwardedRequest};
use super::views::layout::FieldErrors;
use crate::domain::personal_number::PersonalNumber;
use crate::services::Error;
use crate::services::forwarded::{self, Front, Opened};

/// The addresses of these pages.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/forwarded/{token}").route(reading().to(show)))
        .service(page("/forwarded/{token}/open").route(web::post().to(open)))
        .service(page("/forwarded/{token}/instruction").route(web::post().to(instruct)));
}

fn page(path: &str) -> Resource {
    web::resource(path).default_service(web::to(pages::wrong_method))
}

/// What is asked and when it came. Mail scanners follow links: nothing changes, and nothing personal is shown.
async fn show(visit: Visit, token: web::Path<String>) -> Answer {
    let wanted = token.clone();
    let front = visit.run(move |ctx| forwarded::view(ctx, &wanted)).await?;
    Ok(visit.show(&view(&visit, &token, &front)))
}

fn view(visit: &Visit, token: &str, front: &Front) -> ForwardedPage {
    ForwardedPage {
        t: visit.t(),
        page: visit.page_at(&format!("/forwarded/{token}"), String::new()),
        token: token.to_owned(),
        right: front.right,
        received_on: front.received_on,
        is_settled: front.is_settled,
        is_sent: false,
        error: None,
        request: None,
        text: String::new(),
        errors: FieldErrors::default(),
    }
}

/// What the forms send; the first has the code alone.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Sent {
    code: String,
    text: String,
}

/// With the code: who asks, and the field for the instruction. The code lies in that form, so that nothing is kept.
async fn open(visit: Visit, token: web::Path<String>, Form(sent): Form<Sent>) -> Answer {
    visit.check_origin()?;
    let (wanted, code) = (token.clone(), sent.code.clone());
    match visit
        .attempt(move |ctx| forwarded::open(ctx, &wanted, &code))
        .await
    {
        Ok(opened) => Ok(visit.show(&inside(&visit, &token, &sent, &opened))),
        Err(error) => refused(&visit, &token, &error).await,
    }
}

fn inside(visit: &Visit, token: &str, sent: &Sent, opened: &Opened) -> ForwardedPage {
    let file = &opened.file;
    ForwardedPage {
        request: Some(ForwardedRequest {
            code: sent.code.clone(),
            due_on: opened.due_on,
            name: file.name.as_ref().map(|name| name.as_str().to_owned()),
            email: file.email.as_ref().map(|email| email.as_str().to_owned()),
            personal_number: file.personal_number.as_ref().map(PersonalNumber::masked),
            customer_number: file.customer_number.clone(),
            message: file.message.as_ref().map(|text| text.as_str().to_owned()),
            text: opened.text.clone(),
        }),
        text: sent.text.clone(),
        ..view(visit, token, &opened.front)
    }
}

/// The controller says what to do.
async fn instruct(visit: Visit, token: web::Path<String>, Form(sent): Form<Sent>) -> Answer {
    visit.check_origin()?;
    let (wanted, work) = (token.clone(), sent.clone());
    let done = visit.attempt(move |ctx| forwarded::instruct(ctx, &wanted, &work.code, &work.text));
    match done.await {
        Ok(()) => {
            let wanted = token.clone();
            let front = visit.run(move |ctx| forwarded::view(ctx, &wanted)).await?;
            Ok(visit.show(&ForwardedPage {
                is_sent: true,
                ..view(&visit, &token, &front)
            }))
        }
        Err(error) => match field_errors(&error, &[("text", "message")]) {
            Some(errors) => {
                let (wanted, code) = (token.clone(), sent.code.clone());
                let opened = visit.run(move |ctx| forwarded::open(ctx, &wanted, &code)).await?;
                let again = ForwardedPage {
                    errors,
                    ..inside(&visit, &token, &sent, &opened)
                };
                Ok(visit.render(StatusCode::UNPROCESSABLE_ENTITY, &again))
            }
            None => refused(&visit, &token, &error).await,
        },
    }
}

async fn refused(visit: &Visit, token: &str, error: &Error) -> Answer {
    let key = match error {
        Error::Rejected(_) => "code_invalid",
        Error::TooMany { .. } => "code_too_many",
        Error::Gone(_) => "settled",
        _ => return Err(visit.fail(error)),
    };
    let wanted = token.to_owned();
    let front = visit.run(move |ctx| forwarded::view(ctx, &wanted)).await?;
    let again = ForwardedPage {
        error: Some(key),
        ..view(visit, token, &front)
    };
    let mut response = visit.render(status(error), &again);
    if let Some(seconds) = retry_after(error) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}
