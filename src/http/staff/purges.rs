//! Retained records whose time has passed: the lists, and deciding them.

use actix_web::web;
use serde::Deserialize;
use uuid::Uuid;

use super::who::{Answer, Desk};
use crate::adapters::templates::facts::Words;
use crate::domain::ids::PurgeId;
use crate::domain::staff::Permission;
use crate::http::error::status;
use crate::http::pages::{Form, Visit, local_time};
use crate::http::views::purges::{PurgeLineRow, PurgePage, PurgeRow, PurgesPage};
use crate::services::accounts::Authenticated;
use crate::services::purging::{self, Action, LineView, ListView};
use crate::services::{Error, Result};

/// The list that an address names; one that there is not, when it is no id.
fn named(path: &str) -> PurgeId {
    PurgeId(path.parse::<Uuid>().unwrap_or_default())
}

fn row(list: &ListView) -> PurgeRow {
    let at = list.decided_at.map(local_time);
    let decided = at.map(|at| match &list.decided_by_name {
        Some(name) => format!("{at} {name}"),
        None => at,
    });
    PurgeRow {
        id: list.id.to_string(),
        state: list.state.name(),
        proposed_on: list.proposed_on,
        decided,
        rows: list.rows,
        purged: list.purged,
    }
}

/// The lists.
pub(super) async fn list(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, lists) = desk.run(|ctx, who| purging::list(ctx, &who.actor)).await?;
    Ok(desk.visit.show(&PurgesPage {
        t: desk.visit.t(),
        page: desk.page(&who, "purges"),
        lists: lists.iter().map(row).collect(),
    }))
}

/// One list.
pub(super) async fn show(visit: Visit, path: web::Path<String>) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, list) = desk
        .run(move |ctx, who| purging::show(ctx, &who.actor, named(&path)))
        .await?;
    Ok(desk.visit.show(&page(&desk, &who, &list)))
}

fn page(desk: &Desk, who: &Authenticated, list: &ListView) -> PurgePage {
    let words = Words {
        t: desk.visit.t(),
        organisation: &desk.visit.app.ctx.organisation,
    };
    PurgePage {
        t: desk.visit.t(),
        page: desk.page(who, "purges"),
        list: row(list),
        version: list.version,
        reason: list.reason.clone(),
        lines: list.lines.iter().map(|line| line_row(&words, line)).collect(),
        decides: who.actor.may(Permission::ApproveProposals),
        error: None,
        typed: String::new(),
        typed_for: None,
    }
}

fn line_row(words: &Words<'_>, line: &LineView) -> PurgeLineRow {
    PurgeLineRow {
        id: line.id.to_string(),
        case: line.case.clone(),
        system: words.system(&line.system),
        what: words.contents(&line.system, &line.table),
        table: line.table.clone(),
        ground: words.ground(&line.ground),
        until: line.until,
        rows: line.rows,
        reduced: line.kind == "reduced",
        state: line.state.name(),
        why: line.failure.clone().or_else(|| line.reason.clone()),
        restricted_by: line.restricted_by.clone(),
        awaited_by: line.awaited_by.clone(),
    }
}

/// What an approver sends.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decision {
    csrf: String,
    action: String,
    version: String,
    line: String,
    reason: String,
}

impl Decision {
    fn read(&self) -> Result<Action> {
        let reason = self.reason.clone();
        Ok(match self.action.as_str() {
            "approve" => Action::Approve,
            "reject" => Action::Reject { reason },
            "take_out" => Action::TakeOut {
                line: self.line.parse().map_err(|_| Error::field("line", "unknown"))?,
                reason,
            },
            "retry" => Action::Retry,
            _ => return Err(Error::field("action", "unknown")),
        })
    }

    /// What to say once it is done.
    fn flash(&self) -> &'static str {
        match self.action.as_str() {
            "approve" => "approved",
            _ => "action_done",
        }
    }
}

/// Which text says why something was not done.
fn error_key(error: &Error) -> Option<&'static str> {
    match error {
        Error::Invalid(fields) if fields.iter().any(|wrong| wrong.field == "reason") => Some("reason"),
        Error::Invalid(_) => Some("invalid"),
        Error::Stale => Some("stale"),
        Error::Conflict(_) => Some("decided"),
        _ => None,
    }
}

/// Decides a list, or a line of it.
pub(super) async fn decide(visit: Visit, path: web::Path<String>, Form(sent): Form<Decision>) -> Answer {
    let address = format!("/staff/purges/{}", named(&path));
    let desk = Desk::sent(visit, &address, &sent.csrf)?;
    let (id, work) = (named(&path), sent.clone());
    let (who, (outcome, list)) = desk
        .run(move |ctx, who| {
            purging::may_decide(&who.actor)?;
            let asked = work.read();
            let version = work.version.parse().map_err(|_| Error::Stale);
            let done = asked.and_then(|action| purging::act(ctx, &who.actor, id, version?, &action));
            Ok((done, purging::show(ctx, &who.actor, id)?))
        })
        .await?;
    let Err(error) = outcome else {
        return Ok(desk.visit.see_other(&address, Some(sent.flash())));
    };
    let Some(key) = error_key(&error) else {
        return Err(desk.visit.fail(&error).into());
    };
    let view = PurgePage {
        error: Some(key),
        typed: sent.reason,
        typed_for: Some(sent.line),
        ..page(&desk, &who, &list)
    };
    Ok(desk.visit.render(status(&error), &view))
}
