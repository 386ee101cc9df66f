//! Accounts that end: taken back by the machine, and approved in advance by an approver.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::accepted::Accepted;
use super::requests::reference;
use crate::app::App;
use crate::http::auth::{Credentials, as_staff};
use crate::http::body::{Body, Query};
use crate::http::error::{ApiError, Problem};
use crate::services::account_end;
use crate::services::standing::{self, ApprovalView, Wanted};
use crate::store::standing::UsedFor;

type Answer = Result<HttpResponse, ApiError>;

/// Take the end of an account back: nothing is erased. For the machine that reported it, until the erasure begins.
#[utoipa::path(
    tag = "machine",
    security(("staff" = [])),
    responses(
        (status = 200, body = Accepted),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`transition_refused`: it has begun", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/cases/{reference}")]
pub async fn undo_account_end(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
) -> Answer {
    let undone = as_staff(&app, credentials, move |ctx, who| {
        account_end::undo(ctx, &who.actor, &reference(&path)?)
    });
    Ok(HttpResponse::Ok().json(Accepted::from(&undone.await?)))
}

/// What an approver gives.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStandingApproval {
    /// The last day that it holds; a year ahead at most.
    pub valid_until: NaiveDate,
    /// At least one plan of so many waits for a person; 1 to 100.
    #[schema(example = 10)]
    pub sample_every: u32,
    /// So many are let through in 30 days, 1 to 10000; further ones wait for a person.
    #[schema(example = 300)]
    pub most_in_30_days: u32,
}

/// An approval in advance.
#[derive(Serialize, ToSchema)]
pub struct StandingView {
    /// Its id.
    pub id: Uuid,
    /// What it covers: `account_end`.
    pub scope: &'static str,
    /// Who gave it.
    pub approver: String,
    /// From when.
    pub valid_from: DateTime<Utc>,
    /// Until when.
    pub valid_until: DateTime<Utc>,
    /// The last local day that it holds.
    pub last_day: NaiveDate,
    /// At least one plan of so many waits for a person.
    pub sample_every: u32,
    /// So many are let through in 30 days.
    pub most_in_30_days: u32,
    /// When it was taken back, or replaced.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether it holds now.
    pub holds: bool,
}

impl StandingView {
    fn of(view: &ApprovalView) -> Self {
        Self {
            id: view.approval.id,
            scope: "account_end",
            approver: view.approver.clone(),
            valid_from: view.approval.from,
            valid_until: view.approval.until,
            last_day: view.approval.last_day(),
            sample_every: view.approval.sample_every,
            most_in_30_days: view.approval.most,
            revoked_at: view.approval.revoked_at,
            holds: view.holds,
        }
    }
}

/// What became of an account that ended.
#[derive(Serialize, ToSchema)]
pub struct EndedAccount {
    /// The case.
    pub reference: String,
    /// Where it stands.
    pub state: String,
    /// When it was planned.
    pub at: DateTime<Utc>,
    /// `approved`, or what waits for a person: `sampled`, `unusual`, `none` (no approval held).
    pub outcome: String,
    /// What is unusual: `on_hold`, `unclear_rows`, `other_account`, `still_active`, `open_case`,
    /// `restricted`, `unpaid`, `no_reply_address`, `too_many`.
    pub why: Vec<String>,
}

impl EndedAccount {
    fn of(one: &UsedFor) -> Self {
        Self {
            reference: one.reference.clone(),
            state: one.state.clone(),
            at: one.used.at,
            outcome: one.used.outcome.clone(),
            why: one.used.why.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// Approvals in advance, and the accounts of a month.
#[derive(Serialize, ToSchema)]
pub struct StandingList {
    /// The approvals, the newest first.
    pub items: Vec<StandingView>,
    /// The accounts that ended in the month, the newest first; at most 1000.
    pub accounts: Vec<EndedAccount>,
}

/// See the approvals in advance, and what became of the accounts that ended in a month.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    params(("month" = Option<String>, Query, description = "`2026-11`; this month when absent")),
    responses(
        (status = 200, body = StandingList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/standing-approvals")]
pub async fn list_standing(app: web::Data<App>, credentials: Credentials, request: HttpRequest) -> Answer {
    let query = Query::of(&request, &["month"])?;
    let list = as_staff(&app, credentials, move |ctx, who| {
        let month = query.get("month").unwrap_or_default().to_owned();
        let seen = standing::overview(ctx, &who.actor, standing::month(ctx, &month))?;
        Ok(StandingList {
            items: seen.approvals.iter().map(StandingView::of).collect(),
            accounts: seen.uses.iter().map(EndedAccount::of).collect(),
        })
    });
    Ok(HttpResponse::Ok().json(list.await?))
}

/// Approve plans for accounts that end, in advance, in the place of what was approved before. For approvers, in person.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    request_body = NewStandingApproval,
    responses(
        (status = 201, body = StandingView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/standing-approvals")]
pub async fn give_standing(
    app: web::Data<App>,
    credentials: Credentials,
    body: Body<NewStandingApproval>,
) -> Answer {
    let given = as_staff(&app, credentials, move |ctx, who| {
        let wanted = Wanted {
            until: body.value.valid_until,
            sample_every: body.value.sample_every,
            most: body.value.most_in_30_days,
        };
        let approval = standing::give(ctx, &who.actor, &wanted)?;
        Ok(StandingView::of(&ApprovalView {
            holds: approval.holds(ctx.now()),
            approver: who.staff.email.clone(),
            approval,
        }))
    });
    Ok(HttpResponse::Created().json(given.await?))
}

/// Take an approval in advance back: plans wait for a person from then on.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, description = "It holds no more"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/standing-approvals/{id}")]
pub async fn revoke_standing(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
) -> Answer {
    as_staff(&app, credentials, move |ctx, who| {
        // One that there is not, when it is no id.
        standing::revoke(ctx, &who.actor, path.parse().unwrap_or_default())
    })
    .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({})))
}
