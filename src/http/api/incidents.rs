//! Personal data breaches over all cases, for who follows them.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::course_view::IncidentView;
use crate::app::App;
use crate::http::auth::{Credentials, as_staff};
use crate::http::body::Body;
use crate::http::error::{ApiError, Problem};
use crate::services::{Error, incidents};

type Answer = Result<HttpResponse, ApiError>;

/// Breaches.
#[derive(Serialize, ToSchema)]
pub struct IncidentList {
    /// The open ones first, then the newest.
    pub items: Vec<IncidentView>,
}

/// See every reported personal data breach.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = IncidentList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/incidents")]
pub async fn list_incidents(app: web::Data<App>, credentials: Credentials) -> Answer {
    let items = as_staff(&app, credentials, move |ctx, who| {
        let found = incidents::list(ctx, &who.actor)?;
        Ok(found.iter().map(IncidentView::of).collect())
    });
    let items = items.await?;
    Ok(HttpResponse::Ok().json(IncidentList { items }))
}

/// What was done about a breach.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentStep {
    /// `notified` (the authority), `tell` (the person, Art. 34) or `close`.
    pub action: String,
    /// `notified`: when; now when absent.
    pub at: Option<DateTime<Utc>>,
    /// `close`: what was done, or why nothing had to be. `tell`: what happened, in plain words.
    pub text: Option<String>,
    /// `tell`: what it may lead to.
    pub consequences: Option<String>,
    /// `tell`: what was and will be done about it, and what the person can do.
    pub measures: Option<String>,
}

/// Record that the authority was notified, tell the person, or close a breach.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    request_body = IncidentStep,
    responses(
        (status = 200, body = IncidentList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`incident_settled`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/incidents/{id}")]
pub async fn follow_incident(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<IncidentStep>,
) -> Answer {
    let items = as_staff(&app, credentials, move |ctx, who| {
        let actor = who.actor;
        // Who is not let in learns nothing of what the fields mean.
        incidents::list(ctx, &actor)?;
        let id: Uuid = path.parse().map_err(|_| Error::NotFound)?;
        let step = &body.value;
        match step.action.as_str() {
            "notified" => incidents::notified(ctx, &actor, id, step.at)?,
            "tell" => {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let told = incidents::ForPerson {
                    text: text(&step.text),
                    consequences: text(&step.consequences),
                    measures: text(&step.measures),
                };
                incidents::tell(ctx, &actor, id, &told)?;
            }
            "close" => incidents::close(ctx, &actor, id, step.text.as_deref().unwrap_or_default())?,
            _ => return Err(Error::field("action", "unknown")),
        }
        let found = incidents::list(ctx, &actor)?;
        Ok(found.iter().map(IncidentView::of).collect())
    });
    let items = items.await?;
    Ok(HttpResponse::Ok().json(IncidentList { items }))
}
