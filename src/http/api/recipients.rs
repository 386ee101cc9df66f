//! The recipients that were told in a case, for its person on demand.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::plan_view::BothLanguages;
use super::requests::opened;
use crate::app::App;
use crate::http::auth::Credentials;
use crate::http::blocking::call;
use crate::http::error::{ApiError, Problem};
use crate::services::answer::ToldRecipient;
use crate::services::{Context, recipients};

type Answer = Result<HttpResponse, ApiError>;

/// Who was told.
#[derive(Serialize, ToSchema)]
pub struct RecipientList {
    /// One for each.
    pub items: Vec<ListedRecipient>,
}

/// A recipient, when it was told, and what it answered.
#[derive(Serialize, ToSchema)]
pub struct ListedRecipient {
    /// Its id.
    pub recipient: String,
    /// Its name.
    pub name: String,
    /// The code of its country (ISO 3166-1), when known.
    pub country: Option<String>,
    /// `processor`, `sub_processor`, `independent_controller` or `joint_controller`; nothing when the profile has it no more.
    pub role: Option<&'static str>,
    /// What it gets data for.
    pub purpose: Option<BothLanguages>,
    /// Where its notice stands.
    pub state: String,
    /// When it was told.
    pub told_at: Option<DateTime<Utc>>,
    /// What it answered.
    pub outcome: Option<String>,
    /// Why it keeps data, when it does.
    pub ground: Option<String>,
    /// The statute it named.
    pub statute: Option<String>,
    /// Why it could not be told.
    pub why: Option<String>,
}

impl RecipientList {
    fn of(ctx: &Context, told: Vec<ToldRecipient>) -> Self {
        let items = told.into_iter().map(|told| {
            let known = ctx.organisation.recipient(&told.recipient);
            let purpose = known.and_then(|known| ctx.organisation.purpose(&known.purpose));
            ListedRecipient {
                name: super::register::recipient_name(ctx, &told.recipient),
                country: known.and_then(|known| Some(known.country?.code().to_owned())),
                role: known.map(|known| known.role.name()),
                purpose: purpose.map(|purpose| (&purpose.title).into()),
                recipient: told.recipient,
                state: told.state,
                told_at: told.sent_at,
                outcome: told.outcome,
                ground: told.ground,
                statute: told.statute,
                why: told.why,
            }
        });
        Self {
            items: items.collect(),
        }
    }
}

/// See which recipients were told, and what they answered (Art. 19). Empty before anybody was.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    responses(
        (status = 200, body = RecipientList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/requests/{reference}/recipients")]
pub async fn list_recipients(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
) -> Answer {
    let list = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        let told = recipients::known_to_person(&mut *ctx.store.get()?, &case)?;
        Ok(RecipientList::of(ctx, told))
    });
    Ok(HttpResponse::Ok().json(list.await?))
}

/// Have the list sent by mail, once a day at most.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    responses(
        (status = 200, body = RecipientList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`identity`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`nobody_told`", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/recipients")]
pub async fn send_recipients(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
) -> Answer {
    let list = call(&app, move |ctx| {
        let case = opened(ctx, &path, &credentials)?;
        let told = recipients::ask(ctx, case.id)?;
        Ok(RecipientList::of(ctx, told))
    });
    Ok(HttpResponse::Ok().json(list.await?))
}
