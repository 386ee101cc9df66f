//! What staff do by hand in systems that no machine reaches.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::domain::language::Text;
use crate::http::auth::{Credentials, as_staff};
use crate::http::body::Body;
use crate::http::error::{ApiError, Problem};
use crate::services::manual::{self, Done, SeenTask};
use crate::services::{Context, Result as Outcome, accounts::Authenticated};

type Answer = Result<HttpResponse, ApiError>;

/// A task.
#[derive(Serialize, ToSchema)]
pub struct TaskView {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub reference: String,
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// `find`, `collect`, `rectify`, `restrict`, `lift`, `erase` or `verify`.
    pub kind: &'static str,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// The last local day.
    pub due_on: NaiveDate,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// By whom.
    pub done_by: Option<String>,
    /// How many records it was about.
    pub amount: Option<i32>,
}

impl TaskView {
    fn of(seen: &SeenTask) -> Self {
        Self {
            id: seen.row.id,
            reference: seen.reference.clone(),
            system: seen.row.system.clone(),
            table: seen.row.tbl.clone(),
            kind: seen.kind.name(),
            created_at: seen.row.created_at,
            due_on: seen.row.due_on,
            done_at: seen.row.done_at,
            done_by: seen.done_by.clone(),
            amount: seen.row.amount,
        }
    }
}

/// Tasks.
#[derive(Serialize, ToSchema)]
pub struct TaskList {
    /// Those that wait, the most urgent first.
    pub open: Vec<TaskView>,
    /// Those that were done in the last 30 days, the newest first.
    pub done: Vec<TaskView>,
}

/// See what is to be done by hand, and what was done.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = TaskList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/tasks")]
pub async fn list_tasks(app: web::Data<App>, credentials: Credentials) -> Answer {
    let list = as_staff(&app, credentials, move |ctx, who| {
        let tasks = manual::list(ctx, &who.actor)?;
        Ok(TaskList {
            open: tasks.open.iter().map(TaskView::of).collect(),
            done: tasks.done.iter().map(TaskView::of).collect(),
        })
    });
    Ok(HttpResponse::Ok().json(list.await?))
}

/// A task with how it is done.
#[derive(Serialize, ToSchema)]
pub struct TaskDetails {
    /// It.
    pub task: TaskView,
    /// What the data map says of how it is done, in Swedish.
    pub instructions_sv: Option<String>,
    /// The same in English.
    pub instructions_en: Option<String>,
    /// What was written when it was done.
    pub text: Option<String>,
}

fn details(ctx: &Context, who: &Authenticated, id: &str) -> Outcome<TaskDetails> {
    // What is no id is none of a task.
    let (seen, at) = manual::look(ctx, &who.actor, id.parse().unwrap_or_default())?;
    let by_hand = at.and_then(|(system, _)| system.by_hand.as_ref());
    let said: Option<&Text> = by_hand.map(|by_hand| &by_hand.instructions);
    Ok(TaskDetails {
        task: TaskView::of(&seen),
        instructions_sv: said.map(|said| said.sv.clone()),
        instructions_en: said.map(|said| said.en.clone()),
        text: seen.text,
    })
}

/// See one task, and how it is done.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = TaskDetails),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/tasks/{id}")]
pub async fn read_task(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let details = as_staff(&app, credentials, move |ctx, who| details(ctx, who, &path));
    Ok(HttpResponse::Ok().json(details.await?))
}

/// What was done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskDone {
    /// How many records it was about; for `find` how many there are, 0 when there are none.
    pub amount: i64,
    /// The evidence; for `collect` the copy that the person gets.
    pub text: String,
}

/// Record that a task was done. Who erased does not verify.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    request_body = TaskDone,
    responses(
        (status = 200, body = TaskDetails),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`task_done`, `four_eyes`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/tasks/{id}")]
pub async fn do_task(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<TaskDone>,
) -> Answer {
    let details = as_staff(&app, credentials, move |ctx, who| {
        let done = Done {
            amount: body.value.amount,
            text: body.value.text.clone(),
        };
        let id = path.parse().unwrap_or_default();
        manual::do_task(ctx, &who.actor, id, &done)?;
        details(ctx, who, &path)
    });
    Ok(HttpResponse::Ok().json(details.await?))
}
