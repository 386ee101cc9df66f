//! What staff read, and requests that they type in.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accepted::{Accepted, Acting, NamedGround, NewObjection, NewRequest, NewWithdrawal, Wanted};
use super::case_view::CaseView;
use super::notices::NoticeView;
use super::plan_view::ErasurePlan;
use super::queue_query::{PARAMETERS, QueueQuery, cursor_text};
use super::requests::{idempotency_key, reference};
use crate::app::App;
use crate::domain::identity::Level;
use crate::domain::staff::Permission;
use crate::http::auth::{Credentials, as_staff};
use crate::http::body::{Body, Query};
use crate::http::error::{ApiError, Problem};
use crate::services::codes::level_name;
use crate::services::intake::Typed;
use crate::services::{Context, Error, intake, overview};
use crate::store::queue::Line;

type Answer = Result<HttpResponse, ApiError>;

/// A request that staff type in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// As in `NewRequest`.
    pub right: Option<String>,
    /// As in `NewRequest`; some identifier is needed, not necessarily this.
    pub email: Option<String>,
    /// As in `NewRequest`.
    pub name: Option<String>,
    /// As in `NewRequest`.
    pub personal_number: Option<String>,
    /// As in `NewRequest`.
    pub customer_number: Option<String>,
    /// As in `NewRequest`.
    pub message: Option<String>,
    /// As in `NewRequest`.
    pub language: Option<String>,
    /// As in `NewRequest`.
    pub acting_for: Option<Acting>,
    /// As in `NewRequest`.
    pub rectification: Option<Wanted>,
    /// As in `NewRequest`.
    pub objection: Option<NewObjection>,
    /// As in `NewRequest`.
    pub consent: Option<NewWithdrawal>,
    /// As in `NewRequest`.
    pub restriction: Option<NamedGround>,
    /// When it truly came; now when absent.
    pub received_at: Option<DateTime<Utc>>,
    /// `email`, `phone`, `chat`, `letter`, `in_person` or `account_end`.
    pub channel: String,
}

impl NewCase {
    fn typed(self) -> Typed {
        Typed::from(NewRequest {
            right: self.right,
            email: self.email,
            name: self.name,
            personal_number: self.personal_number,
            customer_number: self.customer_number,
            message: self.message,
            language: self.language,
            acting_for: self.acting_for,
            rectification: self.rectification,
            objection: self.objection,
            consent: self.consent,
            restriction: self.restriction,
        })
    }
}

/// Type in a request that came by another way. Who may not read cases, such as a machine, gets what a person gets.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 printable characters")),
    request_body = NewCase,
    responses(
        (status = 201, body = CaseView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`idempotency_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/cases")]
pub async fn open_case(
    app: web::Data<App>,
    credentials: Credentials,
    request: HttpRequest,
    body: Body<NewCase>,
) -> Answer {
    let key = idempotency_key(request.headers())?;
    let case = as_staff(&app, credentials, move |ctx, who| {
        let (channel, received_at) = (body.value.channel.clone(), body.value.received_at);
        let typed = body.value.typed();
        let idempotency = key.as_deref().map(|key| (key, body.raw.as_ref()));
        let case = intake::submit_for_person(ctx, who.actor, &typed, &channel, received_at, idempotency)?;
        let view = if who.actor.may(Permission::ReadCases) {
            let seen = overview::staff_case(ctx, &who.actor, &case.reference)?;
            serde_json::to_value(CaseView::of(ctx, &seen))
        } else {
            serde_json::to_value(Accepted::from(&case))
        };
        view.map_err(Error::internal)
    });
    Ok(HttpResponse::Created().json(case.await?))
}

/// A page of the queue.
#[derive(Serialize, ToSchema)]
pub struct CaseList {
    /// The cases, in the order asked for.
    pub items: Vec<CaseLine>,
    /// What to send as `cursor` for the next page, if there is one.
    pub next_cursor: Option<String>,
    /// How many there are; counted up to 1000.
    pub total_estimate: i64,
}

/// A line of the queue.
#[derive(Serialize, ToSchema)]
pub struct CaseLine {
    /// Its name.
    pub reference: String,
    /// What is asked for.
    pub right: String,
    /// Where it stands.
    pub state: String,
    /// How it came.
    pub channel: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The deadline in force.
    pub due_on: NaiveDate,
    /// Days until then; negative when it has passed.
    pub days_left: i64,
    /// Who works on it.
    pub assignee: Option<String>,
    /// What staff must look at; the alarm when there is nothing else.
    pub attention: Option<String>,
    /// Whether the person wrote and staff have neither written back nor noted anything since.
    pub message_waits: bool,
    /// `at_risk` or `overdue`, when time runs out.
    pub alarm: Option<&'static str>,
    /// The level of identity reached.
    pub level: &'static str,
    /// The level that the right needs.
    pub required_level: &'static str,
}

impl CaseLine {
    fn of(ctx: &Context, line: &Line, alarm: Option<&'static str>) -> Self {
        let level = |number| level_name(Level::from_number(number).unwrap_or_default());
        Self {
            reference: line.reference.clone(),
            right: line.right_.clone(),
            state: line.state.clone(),
            channel: line.channel.clone(),
            received_at: line.received_at,
            due_on: line.due_on,
            days_left: overview::days_left(ctx, line.due_on),
            assignee: line.assignee.map(|staff| staff.to_string()),
            attention: line.attention.clone().or_else(|| alarm.map(str::to_owned)),
            alarm,
            message_waits: line.message_waits,
            level: level(line.identity_level),
            required_level: level(line.required_level),
        }
    }
}

/// See the queue. Without `state`, cases that wait for an answer.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    params(
        ("state" = Option<String>, Query, description = "One state, or `all`"),
        ("right" = Option<String>, Query, description = "One right"),
        ("assignee" = Option<String>, Query, description = "A member of staff's id, or `me`"),
        ("due_before" = Option<NaiveDate>, Query, description = "Due before this day"),
        ("recipient" = Option<String>, Query, description = "The id of a recipient that is told"),
        ("q" = Option<String>, Query, description = "A reference, or an exact identifier"),
        ("sort" = Option<String>, Query, description = "`due` (the most urgent first) or `newest`"),
        ("limit" = Option<i64>, Query, description = "1 to 100; 25 when absent"),
        ("cursor" = Option<String>, Query, description = "From the page before"),
    ),
    responses(
        (status = 200, body = CaseList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/cases")]
pub async fn list_cases(app: web::Data<App>, request: HttpRequest, credentials: Credentials) -> Answer {
    // Who may not look learns nothing of what the parameters mean.
    let known = Query::of(&request, &PARAMETERS);
    let query = as_staff(&app, credentials, move |ctx, who| {
        if !who.actor.may(Permission::ReadCases) {
            return Err(Error::Forbidden("role"));
        }
        let Ok(known) = &known else {
            return Ok(Err(known.err()));
        };
        let query = match QueueQuery::read(ctx, who.actor.staff(), known) {
            Ok(query) => query,
            Err(fields) => return Ok(Err(Some(ApiError::fields(fields)))),
        };
        Ok(Ok(list(ctx, &who.actor, &query)?))
    });
    match query.await? {
        Ok(page) => Ok(HttpResponse::Ok().json(page)),
        Err(error) => Err(error.unwrap_or_else(|| ApiError::field("", "invalid"))),
    }
}

fn list(
    ctx: &Context,
    actor: &crate::domain::staff::Actor,
    query: &QueueQuery,
) -> crate::services::Result<CaseList> {
    let page = overview::queue(
        ctx,
        actor,
        &query.filter,
        query.text.as_deref(),
        query.sort,
        query.after,
        query.limit,
    )?;
    let found = i64::try_from(page.lines.len()).unwrap_or(i64::MAX);
    let is_all = query.after.is_none() && page.next.is_none();
    let line = |line: &Line| {
        let alarm = page.alarms.get(&line.id).and_then(|alarm| alarm.name());
        CaseLine::of(ctx, line, alarm)
    };
    Ok(CaseList {
        items: page.lines.iter().map(line).collect(),
        next_cursor: page.next.map(cursor_text),
        total_estimate: if is_all { found } else { page.total.max(found) },
    })
}

/// See a case. That somebody looked is recorded.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = CaseView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/cases/{reference}")]
pub async fn read_case(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let view = as_staff(&app, credentials, move |ctx, who| {
        let seen = overview::staff_case(ctx, &who.actor, &reference(&path)?)?;
        Ok(CaseView::of(ctx, &seen))
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// The trail of a case.
#[derive(Serialize, ToSchema)]
pub struct EventList {
    /// Oldest first.
    pub items: Vec<EventView>,
}

/// Something that happened to a case.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// Its place, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as a pseudonym.
    pub actor: String,
    /// What.
    pub action: String,
    /// Facts that say more; never values.
    pub detail: serde_json::Value,
}

/// See the audit trail of a case.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = EventList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/cases/{reference}/events")]
pub async fn list_events(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let events = as_staff(&app, credentials, move |ctx, who| {
        overview::events(ctx, &who.actor, &reference(&path)?)
    });
    let view = |event: crate::domain::audit::Event| EventView {
        seq: event.seq,
        at: event.at,
        actor: event.actor,
        action: event.action,
        detail: event.detail,
    };
    let items = events.await?.into_iter().map(view).collect();
    Ok(HttpResponse::Ok().json(EventList { items }))
}

/// See the newest plan of a case, and how far it has come.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = ErasurePlan),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/cases/{reference}/plan")]
pub async fn read_plan(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let view = as_staff(&app, credentials, move |ctx, who| {
        let seen = overview::staff_case(ctx, &who.actor, &reference(&path)?)?;
        let plan = seen.plan.ok_or(Error::NotFound)?;
        Ok(ErasurePlan::of(ctx, &plan))
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// The notices of a case.
#[derive(Serialize, ToSchema)]
pub struct NoticeList {
    /// By recipient.
    pub items: Vec<NoticeView>,
}

/// See who was told, and what they answered.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = NoticeList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/cases/{reference}/notices")]
pub async fn list_notices(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let items = as_staff(&app, credentials, move |ctx, who| {
        let seen = overview::staff_case(ctx, &who.actor, &reference(&path)?)?;
        let view = |(row, comments)| NoticeView::of(ctx, row, comments);
        Ok(seen.notices.into_iter().map(view).collect())
    });
    let items = items.await?;
    Ok(HttpResponse::Ok().json(NoticeList { items }))
}
