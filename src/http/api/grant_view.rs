//! What is granted in a case, or would be, as staff see it.

use actix_web::{HttpResponse, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::act::NewAction;
use super::requests::reference;
use crate::app::App;
use crate::domain::grant::{Grant, Place, Recorded, Rectification, Terms};
use crate::domain::restriction::LiftReason;
use crate::http::auth::{Credentials, as_staff};
use crate::http::body::Body;
use crate::http::error::{ApiError, Problem};
use crate::services::granting;
use crate::services::restricting::RestrictionFacts;
use crate::store::cases;

/// What is granted, or would be.
#[derive(Serialize, ToSchema)]
pub struct GrantView {
    /// What names exactly these terms.
    pub hash: String,
    /// Whether another person must approve it.
    pub needs_another: bool,
    /// What a rectification changes.
    pub rectification: Option<RectificationView>,
    /// What is refused.
    pub refused: Vec<RefusedItemView>,
    /// The ids of the recipients that are told.
    pub told: Vec<String>,
}

/// What a rectification changes.
#[derive(Serialize, ToSchema)]
pub struct RectificationView {
    /// Each value that is set.
    pub places: Vec<PlaceView>,
    /// Documents that a law keeps as they are, for which the correction is recorded.
    pub recorded: Vec<RecordedView>,
}

/// A restriction of processing (Art. 18).
#[derive(Serialize, ToSchema)]
pub struct RestrictionView {
    /// Why.
    #[schema(example = "accuracy")]
    pub ground: &'static str,
    /// The categories that are restricted.
    pub categories: Vec<String>,
    /// Since when.
    pub from: NaiveDate,
    /// Until when it is expected to last.
    pub expected_end: Option<NaiveDate>,
    /// What may be done beside storing.
    pub allowed: Vec<&'static str>,
    /// What becomes of services.
    pub services: &'static str,
    /// `placed`, `lift_announced` or `lifted`.
    pub state: String,
    /// Why it ends.
    pub lift_reason: Option<&'static str>,
    /// The earliest day on which it is lifted, once the person has been told.
    pub lifts_on: Option<NaiveDate>,
    /// The day on which it was lifted.
    pub lifted_on: Option<NaiveDate>,
    /// The purposes that the person may consent to meanwhile.
    pub purposes: Vec<String>,
    /// Those that they do.
    pub consented: Vec<String>,
    /// Since when.
    pub consent_since: Option<DateTime<Utc>>,
    /// Tables that staff see to by hand, as `system.table`.
    pub by_hand: Vec<String>,
}

impl From<&RestrictionFacts> for RestrictionView {
    fn from(facts: &RestrictionFacts) -> Self {
        let by_hand = facts.by_hand.iter();
        Self {
            ground: facts.ground.name(),
            categories: facts.categories.clone(),
            from: facts.from,
            expected_end: facts.expected_end,
            allowed: facts.allowed.iter().map(|one| one.name()).collect(),
            services: facts.services.name(),
            state: facts.state.clone(),
            lift_reason: facts.lift_reason.map(LiftReason::name),
            lifts_on: facts.lifts_on,
            lifted_on: facts.lifted_on,
            purposes: facts.purposes.clone(),
            consented: facts.consented.clone(),
            consent_since: facts.consent_since,
            by_hand: by_hand
                .map(|one| format!("{}.{}", one.system, one.table))
                .collect(),
        }
    }
}

/// One value.
#[derive(Serialize, ToSchema)]
pub struct PlaceView {
    /// The system.
    pub system: String,
    /// The table.
    pub table: String,
    /// The row's key.
    pub key: Vec<String>,
    /// The field.
    #[schema(example = "name")]
    pub field: &'static str,
    /// The column.
    pub column: String,
    /// What stands there.
    pub old: Option<String>,
    /// What is to stand there.
    pub new: String,
}

/// A document that stays as it is.
#[derive(Serialize, ToSchema)]
pub struct RecordedView {
    /// The system.
    pub system: String,
    /// The table.
    pub table: String,
    /// The row's key.
    pub key: Vec<String>,
    /// The field.
    pub field: &'static str,
    /// What stands there, and stays.
    pub old: String,
    /// What is right.
    pub new: String,
    /// The law.
    pub ground: String,
}

/// A part that is refused.
#[derive(Serialize, ToSchema)]
pub struct RefusedItemView {
    /// What.
    pub item: String,
    /// The ground.
    pub ground: &'static str,
    /// The reasons.
    pub reason: String,
}

impl GrantView {
    /// The view of `grant`.
    #[must_use]
    pub fn of(grant: &Grant) -> Self {
        let refused = grant.refused.iter().map(|item| RefusedItemView {
            item: item.item.clone(),
            ground: item.ground.name(),
            reason: item.reason.clone(),
        });
        let told = grant.told.iter().filter(|told| told.outcome.reaches());
        Self {
            hash: grant.hash(),
            needs_another: grant.needs_another(),
            rectification: match &grant.terms {
                Terms::Rectification(terms) => Some(rectification(terms)),
                _ => None,
            },
            refused: refused.collect(),
            told: told.map(|told| told.recipient.clone()).collect(),
        }
    }
}

fn rectification(terms: &Rectification) -> RectificationView {
    RectificationView {
        places: terms.places.iter().map(place).collect(),
        recorded: terms.recorded.iter().map(recorded).collect(),
    }
}

fn place(place: &Place) -> PlaceView {
    PlaceView {
        system: place.system.clone(),
        table: place.table.clone(),
        key: place.key.0.clone(),
        field: place.field.name(),
        column: place.column.clone(),
        old: place.old.clone(),
        new: place.new.clone(),
    }
}

fn recorded(recorded: &Recorded) -> RecordedView {
    RecordedView {
        system: recorded.system.clone(),
        table: recorded.table.clone(),
        key: recorded.key.0.clone(),
        field: recorded.field.name(),
        old: recorded.old.clone(),
        new: recorded.new.clone(),
        ground: recorded.ground.clone(),
    }
}

/// See what a grant would do, before anything is decided. The body is that of the action `grant`.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    request_body = NewAction,
    responses(
        (status = 200, body = GrantView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`role`", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`transition_refused`, `nothing_to_rectify`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 502, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/cases/{reference}/terms")]
pub async fn read_terms(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<NewAction>,
) -> Result<HttpResponse, ApiError> {
    let asked = body.value.grant();
    let view = as_staff(&app, credentials, move |ctx, who| {
        let case = cases::find(&mut *ctx.store.get()?, &reference(&path)?)?;
        let grant = granting::preview(ctx, &who.actor, case.id, &asked)?;
        Ok(GrantView::of(&grant))
    });
    Ok(HttpResponse::Ok().json(view.await?))
}
