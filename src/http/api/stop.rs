//! What can be stopped, the erasure of what is left over, and the ledger of addresses that marketing leaves alone.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::requests::reference;
use crate::app::App;
use crate::domain::data_map::PurposeUse;
use crate::domain::grant::stop::ALL_MARKETING;
use crate::http::auth::{Credentials, as_staff};
use crate::http::blocking::call;
use crate::http::body::Body;
use crate::http::error::{ApiError, Problem};
use crate::services::{Error, codes, stopping, suppressions};

type Answer = Result<HttpResponse, ApiError>;

/// What people can end.
#[derive(Serialize, ToSchema)]
pub struct ConsentList {
    /// In the order of the data map.
    pub items: Vec<ConsentView>,
}

/// Something that people can end.
#[derive(Serialize, ToSchema)]
pub struct ConsentView {
    /// Its id.
    #[schema(example = "newsletter")]
    pub id: String,
    /// What people call it, in Swedish.
    pub title_sv: String,
    /// What people call it, in English.
    pub title_en: String,
    /// `consent`: withdraw it. `legitimate_interests`: object to it.
    #[schema(example = "consent")]
    pub basis: &'static str,
    /// Whether it is direct marketing.
    pub marketing: bool,
    /// What stops working with it, in Swedish.
    pub stops_sv: Option<String>,
    /// What stops working with it, in English.
    pub stops_en: Option<String>,
}

impl ConsentView {
    fn of(one: &PurposeUse) -> Self {
        Self {
            id: one.id.clone(),
            title_sv: one.title.sv.clone(),
            title_en: one.title.en.clone(),
            basis: if one.is_consent() {
                "consent"
            } else {
                "legitimate_interests"
            },
            marketing: one.marketing,
            stops_sv: one.stops.as_ref().map(|text| text.sv.clone()),
            stops_en: one.stops.as_ref().map(|text| text.en.clone()),
        }
    }
}

/// See what people can end, and what stops working with it.
#[utoipa::path(tag = "public", responses((status = 200, body = ConsentList)))]
#[get("/consents")]
pub async fn list_consents(app: web::Data<App>) -> Answer {
    let items = app.ctx.organisation.map.distinct_uses(|_| true);
    let items = items.into_iter().map(ConsentView::of).collect();
    Ok(HttpResponse::Ok().json(ConsentList { items }))
}

/// A case that was begun.
#[derive(Serialize, ToSchema)]
pub struct BegunCase {
    /// Its name.
    #[schema(example = "DR-7K4M-9QXT-2FHB")]
    pub reference: String,
    /// Opens it for 24 hours.
    pub token: String,
}

/// Ask for the erasure of what nothing else is needed for, once something was stopped. It is a case of its own, with what
/// was proved in this one; asked again, it is the same.
#[utoipa::path(
    tag = "person",
    security(("person" = [])),
    responses(
        (status = 201, body = BegunCase),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`transition_refused`: nothing was stopped (yet)", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/requests/{reference}/erasure")]
pub async fn begin_erasure(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let begun = call(&app, move |ctx| {
        let denied = || Error::Unauthenticated("code_needed");
        let reference = reference(&path).map_err(|_| denied())?;
        let case = codes::authenticate(ctx, &reference, credentials.bearer().ok_or_else(denied)?)?;
        stopping::begin_erasure(ctx, case.id)
    });
    let (case, token) = begun.await?;
    Ok(HttpResponse::Created().json(BegunCase {
        reference: case.reference.to_string(),
        token,
    }))
}

/// Addresses that somebody is about to send to or to import.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedAddresses {
    /// E-mail addresses.
    #[serde(default)]
    pub emails: Vec<String>,
    /// Telephone numbers.
    #[serde(default)]
    pub phones: Vec<String>,
    /// The purpose it is for, by its id in the data map; any when absent.
    pub purpose: Option<String>,
}

/// What the ledger says, in the order asked: first the addresses, then the numbers.
#[derive(Serialize, ToSchema)]
pub struct CheckedAddresses {
    /// One for each that was asked.
    pub items: Vec<CheckedAddress>,
}

/// What the ledger says of one address.
#[derive(Serialize, ToSchema)]
pub struct CheckedAddress {
    /// Whether it is to be left alone.
    pub suppressed: bool,
    /// Since when, for the purpose asked or the last of any. What the person agreed to after that stands.
    pub since: Option<DateTime<Utc>>,
    /// The purposes that leave it alone; `*` for all direct marketing.
    pub purposes: Vec<String>,
}

impl CheckedAddress {
    fn of(standing: &suppressions::Standing, purpose: Option<&PurposeUse>) -> Self {
        let meant =
            |name: &str| purpose.is_none_or(|one| name == one.id || (one.marketing && name == ALL_MARKETING));
        let meant: Vec<_> = standing.purposes.iter().filter(|(name, _)| meant(name)).collect();
        Self {
            suppressed: !meant.is_empty(),
            since: meant.iter().map(|(_, since)| *since).max(),
            purposes: meant.into_iter().map(|(name, _)| name.clone()).collect(),
        }
    }
}

/// Ask which of these addresses marketing must leave alone: before anything is sent or imported. At most 1000 at once.
#[utoipa::path(
    tag = "machine",
    security(("staff" = [])),
    request_body = AskedAddresses,
    responses(
        (status = 200, body = CheckedAddresses),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/suppressions/check")]
pub async fn check_suppressions(
    app: web::Data<App>,
    credentials: Credentials,
    body: Body<AskedAddresses>,
) -> Answer {
    let checked = as_staff(&app, credentials, move |ctx, who| {
        let asked = body.value;
        let standings = suppressions::check(ctx, &who.actor, &asked.emails, &asked.phones)?;
        let purpose = asked.purpose.as_ref().map(|id| {
            let known = ctx.organisation.map.purpose_use(id);
            known.ok_or_else(|| Error::field("purpose", "unknown"))
        });
        let purpose = purpose.transpose()?;
        let items = standings
            .iter()
            .map(|standing| CheckedAddress::of(standing, purpose))
            .collect();
        Ok(CheckedAddresses { items })
    });
    Ok(HttpResponse::Ok().json(checked.await?))
}
