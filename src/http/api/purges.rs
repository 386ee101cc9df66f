//! Lists of retained records whose time has passed: seeing and deciding them.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::domain::ids::PurgeId;
use crate::http::auth::{Credentials, as_staff};
use crate::http::body::Body;
use crate::http::error::{ApiError, Problem};
use crate::services::purging::{self, Action, LineView, ListView};
use crate::services::{Error, Result};

type Answer = std::result::Result<HttpResponse, ApiError>;

/// Lists of retained records.
#[derive(Serialize, ToSchema)]
pub struct PurgeLists {
    /// The newest first; without their lines.
    pub items: Vec<PurgeList>,
}

/// A list of retained records whose time has passed.
#[derive(Serialize, ToSchema)]
pub struct PurgeList {
    /// Its id.
    pub id: Uuid,
    /// `proposed`, `approved`, `running`, `done`, `failed` or `rejected`.
    pub state: &'static str,
    /// What an action must name.
    pub version: i64,
    /// When it was first proposed.
    pub proposed_at: DateTime<Utc>,
    /// The day on which all in it could go.
    pub proposed_on: NaiveDate,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom; nobody when the settings ask for no approval.
    pub decided_by: Option<Uuid>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// When its work ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Rows that it is about, without those taken out.
    pub rows: i64,
    /// Rows that are gone.
    pub purged: i64,
    /// Its lines; absent in a list of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<PurgeLine>>,
}

/// Retained rows of one table, of one case, by one law until one day.
#[derive(Serialize, ToSchema)]
pub struct PurgeLine {
    /// Its id.
    pub id: Uuid,
    /// The case's reference; none when its file has been disposed of.
    pub case: Option<String>,
    /// The system.
    pub system: String,
    /// The table.
    pub table: String,
    /// `retained`, or `reduced` for what a retained record needed.
    pub kind: String,
    /// The law, such as `bookkeeping`.
    pub ground: String,
    /// The last day they were kept.
    pub until: NaiveDate,
    /// How many rows.
    pub rows: i64,
    /// `listed`, `taken_out`, `held`, `running`, `done` or `failed`.
    pub state: &'static str,
    /// Rows that are gone.
    pub purged: Option<i64>,
    /// Why it stopped: `row_changed`, `referred_to`, `not_verified`, or what the system said, without values.
    pub failure: Option<String>,
    /// Why it was taken out.
    pub reason: Option<String>,
    /// Cases whose restriction in force (Art. 18) keeps them, while they are not gone.
    pub restricted_by: Vec<String>,
    /// Open requests of access and portability of the same person: it goes on by itself when they are answered.
    pub awaited_by: Vec<String>,
}

impl From<LineView> for PurgeLine {
    fn from(line: LineView) -> Self {
        Self {
            id: line.id,
            case: line.case,
            system: line.system,
            table: line.table,
            kind: line.kind,
            ground: line.ground,
            until: line.until,
            rows: line.rows,
            state: line.state.name(),
            purged: line.purged,
            failure: line.failure,
            reason: line.reason,
            restricted_by: line.restricted_by,
            awaited_by: line.awaited_by,
        }
    }
}

impl PurgeList {
    fn of(list: ListView, with_lines: bool) -> Self {
        Self {
            id: list.id.0,
            state: list.state.name(),
            version: list.version,
            proposed_at: list.proposed_at,
            proposed_on: list.proposed_on,
            decided_at: list.decided_at,
            decided_by: list.decided_by.map(|staff| staff.0),
            reason: list.reason,
            finished_at: list.finished_at,
            rows: list.rows,
            purged: list.purged,
            lines: with_lines.then(|| list.lines.into_iter().map(Into::into).collect()),
        }
    }
}

/// What an approver does with a list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPurgeAction {
    /// `approve`, `reject`, `take_out` or `retry`.
    #[schema(example = "approve")]
    pub action: String,
    /// The version of the list that was seen.
    pub version: i64,
    /// `take_out`: the line.
    pub line: Option<Uuid>,
    /// `reject`, `take_out`: why.
    pub reason: Option<String>,
}

impl NewPurgeAction {
    fn read(self) -> Result<Action> {
        let reason = self.reason.unwrap_or_default();
        Ok(match self.action.as_str() {
            "approve" => Action::Approve,
            "reject" => Action::Reject { reason },
            "take_out" => Action::TakeOut {
                line: self.line.ok_or_else(|| Error::field("line", "required"))?,
                reason,
            },
            "retry" => Action::Retry,
            _ => return Err(Error::field("action", "unknown")),
        })
    }
}

/// The list that an address names; one that there is not, when it is no id.
fn named(path: &str) -> PurgeId {
    PurgeId(path.parse().unwrap_or_default())
}

/// See lists of retained records whose time has passed.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = PurgeLists),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/purges")]
pub async fn list_purges(app: web::Data<App>, credentials: Credentials) -> Answer {
    let lists = as_staff(&app, credentials, |ctx, who| purging::list(ctx, &who.actor)).await?;
    let items = lists.into_iter().map(|list| PurgeList::of(list, false)).collect();
    Ok(HttpResponse::Ok().json(PurgeLists { items }))
}

/// See one list, line by line.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    responses(
        (status = 200, body = PurgeList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/purges/{id}")]
pub async fn read_purge(app: web::Data<App>, path: web::Path<String>, credentials: Credentials) -> Answer {
    let list = as_staff(&app, credentials, move |ctx, who| {
        purging::show(ctx, &who.actor, named(&path))
    });
    Ok(HttpResponse::Ok().json(PurgeList::of(list.await?, true)))
}

/// Decide a list: approve or reject it as a whole, take a line out, or go on where one stopped.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    request_body = NewPurgeAction,
    responses(
        (status = 200, body = PurgeList),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "`purge_decided`, `purge_not_stopped`, or `version_stale`"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/purges/{id}/actions")]
pub async fn act_on_purge(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<NewPurgeAction>,
) -> Answer {
    let list = as_staff(&app, credentials, move |ctx, who| {
        let (id, version) = (named(&path), body.value.version);
        purging::may_decide(&who.actor)?;
        purging::act(ctx, &who.actor, id, version, &body.value.read()?)?;
        purging::show(ctx, &who.actor, id)
    });
    Ok(HttpResponse::Ok().json(PurgeList::of(list.await?, true)))
}
