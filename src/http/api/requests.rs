//! What a person does: hand a request in, prove who they are, follow their case.

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accepted::{Accepted, NewRequest};
use super::person_view::PersonView;
use crate::app::App;
use crate::domain::ids::Reference;
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::http::auth::Credentials;
use crate::http::blocking::call;
use crate::http::body::Body;
use crate::http::client;
use crate::http::download::hand_over;
use crate::http::error::{ApiError, Problem};
use crate::services::codes::level_name;
use crate::services::intake::{Arrival, Request, Typed};
use crate::services::{
    Context, Error, Result, codes, handling, intake, limits, overview, packages, planning, restricting,
    stopping,
};
use crate::store::cases::StoredCase;

type Answer = std::result::Result<HttpResponse, ApiError>;

/// The header that makes handing in twice the same as once.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const MAX_KEY: usize = 255;

/// The case that a path names, exactly as it was given out.
pub(super) fn reference(text: &str) -> Result<Reference> {
    Reference::parse(text)
        .ok()
        .filter(|reference| reference.as_str() == text)
        .ok_or(Error::NotFound)
}

/// Hand a request in. The answer is the same whether the person is known or not.
#[utoipa::path(
    tag = "person",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 printable characters")),
    request_body = NewRequest,
    responses(
        (status = 202, body = Accepted),
        (status = 409, description = "`idempotency_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests")]
pub async fn submit_request(app: web::Data<App>, request: HttpRequest, body: Body<NewRequest>) -> Answer {
    let key = idempotency_key(request.headers())?;
    let network = client::neighbourhood(client::address(&request, &app.web));
    let case = call(&app, move |ctx| {
        let typed = Request::parse(&Typed::from(body.value), ctx.now(), true)?;
        limits::take_intake(ctx, &network)?;
        let arrival = Arrival {
            channel: "api",
            received_at: ctx.now(),
            actor: Actor::Person,
            idempotency: key.as_deref().map(|key| (key, body.raw.as_ref())),
            proofs: vec![],
        };
        intake::submit(ctx, &typed, &arrival)
    });
    Ok(HttpResponse::Accepted().json(Accepted::from(&case.await?)))
}

/// The key under which the same call is the same case.
pub(super) fn idempotency_key(headers: &HeaderMap) -> std::result::Result<Option<String>, ApiError> {
    let wrong = || ApiError::field("Idempotency-Key", "invalid");
    let mut sent = headers.get_all(IDEMPOTENCY_KEY);
    let Some(key) = sent.next() else { return Ok(None) };
    let key = key.to_str().map_err(|_| wrong())?;
    if sent.next().is_some() || !(1..=MAX_KEY).contains(&key.len()) {
        return Err(wrong());
    }
    Ok(Some(key.to_owned()))
}

/// Ask for a new code. The answer is always the same.
#[utoipa::path(tag = "person", responses((status = 202, description = "Whether or not there is such a case")))]
#[post("/requests/{reference}/code")]
pub async fn ask_for_code(app: web::Data<App>, path: web::Path<String>) -> Answer {
    call(&app, move |ctx| match reference(&path) {
        Ok(reference) => codes::ask_again(ctx, &reference),
        Err(_) => Ok(()),
    })
    .await?;
    Ok(HttpResponse::Accepted().json(serde_json::json!({})))
}

/// A code, as typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypedCode {
    /// Eight digits; spaces do not matter.
    #[schema(example = "1234 5678")]
    pub code: String,
}

/// What entering a right code gives.
#[derive(Serialize, ToSchema)]
pub struct Verification {
    /// Opens the case for 24 hours.
    pub token: String,
    /// Where the case stands.
    pub state: &'static str,
    /// The level of identity reached: `A0` to `A3`.
    #[schema(example = "A1")]
    pub level: &'static str,
}

/// Enter a code.
#[utoipa::path(
    tag = "person",
    request_body = TypedCode,
    responses(
        (status = 200, body = Verification),
        (status = 410, description = "`code_used`, `code_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`code_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/verification")]
pub async fn verify_code(app: web::Data<App>, path: web::Path<String>, body: Body<TypedCode>) -> Answer {
    let verified = call(&app, move |ctx| {
        let reference = reference(&path).map_err(|_| Error::Rejected("code_invalid"))?;
        codes::verify(ctx, &reference, &body.value.code)
    })
    .await?;
    Ok(HttpResponse::Ok().json(Verification {
        state: verified.case.case.state.name(),
        level: level_name(verified.case.case.identity.reached),
        token: verified.token,
    }))
}

/// Lets through who holds the token of the case.
pub(super) fn opened(ctx: &Context, path: &str, credentials: &Credentials) -> Result<StoredCase> {
    let denied = || Error::Unauthenticated("code_needed");
    let reference = reference(path).map_err(|_| denied())?;
    codes::authenticate(ctx, &reference, credentials.bearer().ok_or_else(denied)?)
}

pub(super) fn view(ctx: &Context, path: &str, credentials: &Credentials) -> Result<PersonView> {
    let token = credentials.bearer().unwrap_or_default();
    let case = overview::person_case(ctx, &reference(path)?, token)?;
    Ok(PersonView::of(ctx, &case))
}

/// See how the case stands.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    responses(
        (status = 200, body = PersonView),
        (status = 401, description = "`code_needed`", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/requests/{reference}")]
pub async fn read_request(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let view = call(&app, move |ctx| {
        opened(ctx, &path, &credentials)?;
        view(ctx, &path, &credentials)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// Fetch a package, as a ZIP. It can be fetched again until its time is over, which the first time shortens.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    responses(
        (status = 200, description = "The package", content_type = "application/zip"),
        (status = 401, description = "`code_needed`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`identity`", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`download_over`", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/requests/{reference}/downloads/{name}")]
pub async fn fetch_package(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    credentials: Credentials,
) -> Answer {
    let download = call(&app, move |ctx| {
        opened(ctx, &path.0, &credentials)?;
        let token = credentials.bearer().unwrap_or_default();
        packages::open_download(ctx, &reference(&path.0)?, token, &path.1)
    });
    Ok(hand_over(&app, download.await?))
}

/// What the person says to the consequences.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanConfirmation {
    /// Whether they are understood and wanted.
    pub accept: bool,
    /// The hash of the plan that was shown; the one proposed now when absent.
    pub plan: Option<String>,
    /// `consent_withdrawal`: which consents; those named with the request when absent, or all.
    pub purposes: Option<Vec<String>>,
}

/// Confirm that the consequences are understood: of a plan for erasure, or of consents that are withdrawn.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    request_body = PlanConfirmation,
    responses(
        (status = 200, body = PersonView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`transition_refused`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/confirmation")]
pub async fn confirm_plan(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<PlanConfirmation>,
) -> Answer {
    let view = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        if !body.value.accept {
            return Err(Error::field("accept", "must_be_true"));
        }
        if case.case.right == Right::ConsentWithdrawal {
            stopping::confirm(ctx, case.id, body.value.purposes.as_deref())?;
        } else {
            planning::confirm(ctx, case.id, body.value.plan.as_deref())?;
        }
        view(ctx, &path, &credentials)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// Take the request back, or stop an erasure that has not started.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    responses(
        (status = 200, body = PersonView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`transition_refused`", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/requests/{reference}")]
pub async fn withdraw_request(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
) -> Answer {
    let view = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        handling::withdraw(ctx, case.id)?;
        view(ctx, &path, &credentials)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// What the person consents to under a restriction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// Ids of purposes, among `purposes` of the restriction; to no other. Empty withdraws all.
    pub purposes: Vec<String>,
}

/// Consent to purposes under a restriction (Art. 18(2)), or withdraw that.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    request_body = NewConsent,
    responses(
        (status = 200, body = PersonView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`restriction_not_in_force`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/restriction-consent")]
pub async fn consent(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<NewConsent>,
) -> Answer {
    let kept = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        restricting::consent(ctx, case.id, &body.value.purposes)?;
        view(ctx, &path, &credentials)
    });
    Ok(HttpResponse::Ok().json(kept.await?))
}

/// How the person sees what was not corrected.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    request_body = NewMessage,
    responses(
        (status = 201, body = PersonView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`nothing_refused`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/statement")]
pub async fn state_view(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<NewMessage>,
) -> Answer {
    let kept = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        let token = credentials.bearer().unwrap_or_default();
        let person = overview::person_case(ctx, &case.reference, token)?;
        handling::state_view(ctx, &person, &body.value.text)?;
        view(ctx, &path, &credentials)
    });
    Ok(HttpResponse::Created().json(kept.await?))
}

/// A message to staff.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// The text.
    pub text: String,
}

/// Write to staff.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    request_body = NewMessage,
    responses(
        (status = 201, body = PersonView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/messages")]
pub async fn write_message(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<NewMessage>,
) -> Answer {
    let view = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        handling::write_to_staff(ctx, case.id, &body.value.text)?;
        view(ctx, &path, &credentials)
    });
    Ok(HttpResponse::Created().json(view.await?))
}
