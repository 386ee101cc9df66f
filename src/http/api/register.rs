//! The public register of recipients, and what is known of systems, staff and the work.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan_view::BothLanguages;
use crate::app::App;
use crate::domain::data_map::System;
use crate::domain::recipient::Recipient;
use crate::domain::staff::Permission;
use crate::http::auth::{Credentials, as_staff};
use crate::http::blocking::call;
use crate::http::body::Body;
use crate::http::error::{ApiError, Problem};
use crate::services::{Context, Error, accounts, changes, statistics};
use crate::store::changes::ChangeRow;

type Answer = Result<HttpResponse, ApiError>;

/// The register (biträdesregistret).
#[derive(Serialize, ToSchema)]
pub struct Register {
    /// Whose register it is.
    pub organisation: String,
    /// Recipients of personal data, in the order of the profile.
    pub items: Vec<RecipientView>,
    /// What changed in the privacy policy and here, the newest first.
    pub changes: Vec<ChangeView>,
}

/// A recipient of personal data.
#[derive(Serialize, ToSchema)]
pub struct RecipientView {
    /// Its id.
    pub id: String,
    /// Its name, as the host's policy gives it.
    pub name: String,
    /// What it calls itself today, when that is something else.
    pub own_name: Option<String>,
    /// The code of its country (ISO 3166-1), when known.
    pub country: Option<String>,
    /// Whether that is in the EEA, when known.
    pub in_eea: Option<bool>,
    /// The transfer tool for a recipient outside the EEA.
    pub safeguard: Option<BothLanguages>,
    /// `processor`, `sub_processor`, `independent_controller` or `joint_controller`.
    pub role: serde_json::Value,
    /// What kind of supplier it is.
    pub kind: serde_json::Value,
    /// The heading it stands under.
    pub group: serde_json::Value,
    /// The purpose it serves.
    pub purpose: BothLanguages,
    /// The categories of data it gets.
    pub categories: Vec<String>,
    /// What is shared with it, and why.
    pub shared: BothLanguages,
}

/// What people call a recipient; its id when the profile has it no more.
pub(super) fn recipient_name(ctx: &Context, id: &str) -> String {
    let recipient = ctx.organisation.recipient(id);
    recipient.map_or_else(|| id.to_owned(), |recipient| recipient.name.clone())
}

fn view(ctx: &Context, recipient: &Recipient) -> RecipientView {
    let purpose = ctx.organisation.purpose(&recipient.purpose);
    let bare = || BothLanguages {
        sv: recipient.purpose.clone(),
        en: recipient.purpose.clone(),
    };
    RecipientView {
        id: recipient.id.clone(),
        name: recipient.name.clone(),
        own_name: recipient.own_name.as_ref().map(|own| own.name.clone()),
        country: recipient.country.map(|country| country.code().to_owned()),
        in_eea: recipient.is_in_eea(),
        safeguard: recipient.safeguard.as_ref().map(Into::into),
        role: name(recipient.role),
        kind: name(recipient.kind),
        group: name(recipient.group),
        purpose: purpose.map_or_else(bare, |purpose| (&purpose.title).into()),
        categories: recipient.categories.clone(),
        shared: (&recipient.shared).into(),
    }
}

/// The name that a unit variant has in the profile.
fn name(variant: impl Serialize) -> serde_json::Value {
    serde_json::to_value(variant).unwrap_or_default()
}

/// See to whom personal data goes.
#[utoipa::path(tag = "register", responses((status = 200, body = Register)))]
#[get("/register")]
pub async fn read_register(app: web::Data<App>) -> Answer {
    let organisation = &app.ctx.organisation;
    let items = organisation.recipients.iter();
    let changes = call(&app, changes::list).await?;
    Ok(HttpResponse::Ok().json(Register {
        changes: changes.into_iter().map(ChangeView::of).collect(),
        organisation: organisation.name.clone(),
        items: items.map(|recipient| view(&app.ctx, recipient)).collect(),
    }))
}

/// A change of the privacy policy or of the register, for control panels and newsletters to pass on.
#[derive(Serialize, ToSchema)]
pub struct ChangeView {
    /// `policy` or `register`.
    pub what: String,
    /// When it was announced.
    pub announced_at: DateTime<Utc>,
    /// From when it holds.
    pub effective_on: NaiveDate,
    /// What changes.
    pub text: BothLanguages,
}

impl ChangeView {
    fn of(row: ChangeRow) -> Self {
        Self {
            what: row.what,
            announced_at: row.announced_at,
            effective_on: row.effective_on,
            text: BothLanguages {
                sv: row.text_sv,
                en: row.text_en,
            },
        }
    }
}

/// A change to be announced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedChange {
    /// `policy` or `register`.
    pub what: String,
    /// From when it holds.
    pub effective_on: NaiveDate,
    /// What changes, in Swedish.
    pub text_sv: String,
    /// What changes, in English.
    pub text_en: String,
}

/// Announce a change of the privacy policy or of the register: published at once, and told to who has a case open.
#[utoipa::path(
    tag = "register",
    security(("staff" = [])),
    request_body = AnnouncedChange,
    responses(
        (status = 201, body = ChangeView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/register/changes")]
pub async fn announce_change(
    app: web::Data<App>,
    credentials: Credentials,
    body: Body<AnnouncedChange>,
) -> Answer {
    let announced = as_staff(&app, credentials, move |ctx, who| {
        let sent = body.value;
        let new = changes::NewChange {
            what: sent.what,
            effective_on: Some(sent.effective_on),
            text_sv: sent.text_sv,
            text_en: sent.text_en,
        };
        changes::announce(ctx, &who.actor, &new)
    });
    Ok(HttpResponse::Created().json(ChangeView::of(announced.await?)))
}

/// The connected systems.
#[derive(Serialize, ToSchema)]
pub struct SystemList {
    /// In the order of the profile.
    pub items: Vec<SystemView>,
}

/// A system of the data map.
#[derive(Serialize, ToSchema)]
pub struct SystemView {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: BothLanguages,
    /// How many of its tables hold personal data.
    pub tables: usize,
    /// The categories of that data.
    pub categories: Vec<String>,
    /// Days until nothing erased remains in its backups.
    pub backups_expire_after_days: Option<u32>,
    /// Whether it can be reached as things are set up: the code of what is wrong, or nothing.
    pub trouble: Option<&'static str>,
}

fn system(ctx: &Context, system: &System) -> SystemView {
    let mut categories: Vec<String> = system.tables.iter().map(|table| table.category.clone()).collect();
    categories.sort();
    categories.dedup();
    SystemView {
        id: system.id.clone(),
        name: (&system.name).into(),
        tables: system.tables.len(),
        categories,
        backups_expire_after_days: system.backups_expire_after_days,
        trouble: ctx.systems.get(&system.id).err().map(|error| error.code()),
    }
}

/// See the connected systems.
#[utoipa::path(
    tag = "register",
    security(("staff" = [])),
    responses(
        (status = 200, body = SystemList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/register/systems")]
pub async fn list_systems(app: web::Data<App>, credentials: Credentials) -> Answer {
    let items = as_staff(&app, credentials, |ctx, who| {
        if !who.actor.may(Permission::ReadSystems) {
            return Err(Error::Forbidden("role"));
        }
        let systems = ctx.organisation.map.systems.iter();
        Ok(systems.map(|found| system(ctx, found)).collect())
    });
    let items = items.await?;
    Ok(HttpResponse::Ok().json(SystemList { items }))
}

/// Staff and machines.
#[derive(Serialize, ToSchema)]
pub struct StaffList {
    /// By address.
    pub items: Vec<StaffView>,
}

/// A member of staff, or a machine.
#[derive(Serialize, ToSchema)]
pub struct StaffView {
    /// Who.
    pub id: String,
    /// Their address; a machine's name.
    pub email: String,
    /// As what.
    pub role: &'static str,
    /// Whether they may come in.
    pub active: bool,
    /// Whether logging in takes a second factor.
    pub totp: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// See who works here.
#[utoipa::path(
    tag = "register",
    security(("staff" = [])),
    responses(
        (status = 200, body = StaffList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/register/staff")]
pub async fn list_staff(app: web::Data<App>, credentials: Credentials) -> Answer {
    let members = as_staff(&app, credentials, |ctx, who| accounts::list(ctx, &who.actor));
    let view = |member: accounts::StaffMember| StaffView {
        id: member.id.to_string(),
        email: member.email,
        role: member.role.name(),
        active: member.active,
        totp: member.totp,
        created_at: member.created_at,
    };
    let items = members.await?.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(StaffList { items }))
}

/// How the work goes.
#[derive(Serialize, ToSchema)]
pub struct Stats {
    /// Cases still open.
    pub open: i64,
    /// Open cases past their day.
    pub late: i64,
    /// Answered within the last 30 days.
    pub answered_recently: usize,
    /// The median of days from receipt to answer, over those.
    pub median_days: Option<i64>,
    /// Notices without the answer that is awaited.
    pub notices_waiting: i64,
    /// How many cases are in each state that any is in.
    pub by_state: BTreeMap<String, i64>,
    /// By right; every right is there.
    pub by_right: Vec<RightStats>,
}

/// The cases of one right.
#[derive(Serialize, ToSchema)]
pub struct RightStats {
    /// The right.
    pub right: &'static str,
    /// Cases still open.
    pub open: i64,
    /// All cases.
    pub all: i64,
}

/// See how the work goes.
#[utoipa::path(
    tag = "register",
    security(("staff" = [])),
    responses(
        (status = 200, body = Stats),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/register/stats")]
pub async fn read_figures(app: web::Data<App>, credentials: Credentials) -> Answer {
    let figures = as_staff(&app, credentials, |ctx, who| statistics::figures(ctx, &who.actor)).await?;
    let by_right = figures.by_right.iter().map(|(right, counts)| RightStats {
        right: right.name(),
        open: counts.open,
        all: counts.all,
    });
    Ok(HttpResponse::Ok().json(Stats {
        open: figures.open,
        late: figures.late,
        answered_recently: figures.answered_recently,
        median_days: figures.median_days,
        notices_waiting: figures.notices_waiting,
        by_right: by_right.collect(),
        by_state: figures.by_state,
    }))
}
