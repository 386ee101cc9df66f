//! What a person is offered before an erasure takes it: a copy of their data, and the codes to move their domain names.

use actix_web::{HttpResponse, post, web};

use super::person_view::PersonView;
use super::requests::{opened, view};
use crate::app::App;
use crate::http::auth::Credentials;
use crate::http::blocking::call;
use crate::http::error::{ApiError, Problem};
use crate::services::handling;

type Answer = Result<HttpResponse, ApiError>;

/// Ask for a copy of the data before it is erased: a portability case beside this one.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    responses(
        (status = 201, body = PersonView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`transition_refused`", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/copy")]
pub async fn ask_for_copy(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let view = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        handling::ask_for_copy(ctx, case.id)?;
        view(ctx, &path, &credentials)
    });
    Ok(HttpResponse::Created().json(view.await?))
}

/// Ask for the codes to move domain names to another provider before they are erased; staff answer.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    responses(
        (status = 200, body = PersonView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`transition_refused`", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/transfer")]
pub async fn ask_for_transfer(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
) -> Answer {
    let view = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        handling::ask_for_transfer(ctx, case.id)?;
        view(ctx, &path, &credentials)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}
