//! Logging in and out.

use actix_web::{HttpRequest, HttpResponse, delete, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::auth::{self, Credentials, as_staff};
use crate::http::blocking::call;
use crate::http::body::Body;
use crate::http::client;
use crate::http::error::{ApiError, Problem};
use crate::services::{Error, accounts};

/// What a member of staff logs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The code of their authenticator, when they have one.
    pub totp: Option<String>,
}

/// A login that succeeded.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// The bearer token.
    pub token: String,
    /// `agent`, `approver`, `dpo`, `admin` or `auditor`.
    pub role: &'static str,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// Log in. The answer sets the cookie too.
#[utoipa::path(
    tag = "session",
    request_body = Login,
    responses(
        (status = 200, body = Session),
        (status = 401, description = "`login_failed`, `totp_required`, `totp_invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/session")]
pub async fn log_in(
    app: web::Data<App>,
    request: HttpRequest,
    body: Body<Login>,
) -> Result<HttpResponse, ApiError> {
    let network = client::network(client::address(&request, &app.web));
    let Login {
        email,
        password,
        totp,
    } = body.value;
    let logged_in = call(&app, move |ctx| {
        if email.chars().any(char::is_control) {
            return Err(Error::field("email", "invalid"));
        }
        accounts::login(ctx, &email, &password, totp.as_deref(), &network)
    })
    .await?;
    let cookie = auth::session_cookie(&app, logged_in.token.clone());
    Ok(HttpResponse::Ok().cookie(cookie).json(Session {
        token: logged_in.token,
        role: logged_in.role.name(),
        expires_at: logged_in.expires_at,
    }))
}

/// Log out: the token and the cookie work no more.
#[utoipa::path(
    tag = "session",
    security(("staff" = [])),
    responses((status = 204), (status = 401, body = Problem, content_type = "application/problem+json")),
)]
#[delete("/session")]
pub async fn log_out(app: web::Data<App>, credentials: Credentials) -> Result<HttpResponse, ApiError> {
    as_staff(&app, credentials, accounts::logout).await?;
    Ok(HttpResponse::NoContent()
        .cookie(auth::no_session_cookie(&app))
        .finish())
}
