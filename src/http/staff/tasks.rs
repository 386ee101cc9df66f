//! What staff do by hand: the list, and one task with its form.

use actix_web::web;
use serde::Deserialize;

use super::who::{Answer, Desk};
use crate::adapters::texts::Texts;
use crate::domain::calendar::stockholm_date;
use crate::domain::manual::TaskKind;
use crate::domain::organisation::Organisation;
use crate::domain::staff::Permission;
use crate::http::error::status;
use crate::http::pages::{Form, Visit, field_errors, local_time};
use crate::http::views::layout::FieldErrors;
use crate::http::views::tasks::{TaskLine, TaskPage, TasksPage};
use crate::services::accounts::Authenticated;
use crate::services::manual::{self, Done, SeenTask};
use crate::services::{Context, Error, Result};

/// Where the list is.
const PATH: &str = "/staff/tasks";
/// The use case's fields and the form's.
const FIELDS: [(&str, &str); 2] = [("amount", "amount"), ("text", "text")];

fn line(ctx: &Context, t: Texts, seen: &SeenTask) -> TaskLine {
    let done = seen.row.done_at.map(local_time);
    TaskLine {
        id: seen.row.id.to_string(),
        kind: seen.kind.name(),
        place: place(&ctx.organisation, t, seen),
        reference: seen.reference.clone(),
        due_on: seen.row.due_on,
        late: done.is_none() && seen.row.due_on < stockholm_date(ctx.now()),
        done: done.zip(seen.done_by.clone()),
    }
}

/// What people call the system, and the table in it; one that has left the map by its id.
fn place(organisation: &Organisation, t: Texts, seen: &SeenTask) -> String {
    let system = organisation.map.system(&seen.row.system);
    let name = system.map_or(seen.row.system.as_str(), |system| system.name.get(t.language()));
    let table = system.and_then(|system| system.table(&seen.row.tbl));
    let category = table.and_then(|table| organisation.category(&table.category));
    let what = category.map_or(seen.row.tbl.as_str(), |category| category.name.get(t.language()));
    format!("{name} ({what})")
}

/// The list.
pub(super) async fn list(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let t = desk.visit.t();
    let lines = move |ctx: &Context, seen: &[SeenTask]| -> Vec<TaskLine> {
        seen.iter().map(|one| line(ctx, t, one)).collect()
    };
    let (who, (open, done)) = desk
        .run(move |ctx, who| {
            let tasks = manual::list(ctx, &who.actor)?;
            Ok((lines(ctx, &tasks.open), lines(ctx, &tasks.done)))
        })
        .await?;
    Ok(desk.visit.show(&TasksPage {
        t,
        page: desk.page(&who, "tasks"),
        open,
        done,
    }))
}

/// What the page of one task shows.
struct Seen {
    line: TaskLine,
    instructions: String,
    found: Option<i32>,
    written: Option<String>,
    does: bool,
}

fn look(ctx: &Context, who: &Authenticated, t: Texts, id: &str) -> Result<Seen> {
    // What is no id is none of a task.
    let (seen, at) = manual::look(ctx, &who.actor, id.parse().unwrap_or_default())?;
    let by_hand = at.and_then(|(system, _)| system.by_hand.as_ref());
    let waits = !seen.row.is_done() || seen.kind == TaskKind::Find;
    Ok(Seen {
        line: line(ctx, t, &seen),
        instructions: by_hand
            .map(|by_hand| by_hand.instructions.get(t.language()).to_owned())
            .unwrap_or_default(),
        found: seen.row.amount,
        written: seen.text,
        does: waits && who.actor.may(Permission::HandleCases),
    })
}

fn page(desk: &Desk, who: &Authenticated, seen: Seen) -> TaskPage {
    TaskPage {
        t: desk.visit.t(),
        page: desk.page(who, "tasks"),
        task: seen.line,
        instructions: seen.instructions,
        found: seen.found,
        written: seen.written,
        does: seen.does,
        errors: FieldErrors::default(),
        error: None,
        amount: String::new(),
        text: String::new(),
    }
}

/// One task.
pub(super) async fn show(visit: Visit, path: web::Path<String>) -> Answer {
    let desk = Desk::at(visit)?;
    let t = desk.visit.t();
    let (who, seen) = desk.run(move |ctx, who| look(ctx, who, t, &path)).await?;
    Ok(desk.visit.show(&page(&desk, &who, seen)))
}

/// What was done.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    csrf: String,
    amount: String,
    text: String,
}

/// Records that a task was done.
pub(super) async fn finish(visit: Visit, path: web::Path<String>, Form(sent): Form<Sent>) -> Answer {
    let desk = Desk::sent(visit, &format!("{PATH}/{path}"), &sent.csrf)?;
    let (t, work) = (desk.visit.t(), sent.clone());
    let (who, (outcome, seen)) = desk
        .run(move |ctx, who| {
            let seen = look(ctx, who, t, &path)?;
            let outcome = do_it(ctx, who, &path, &work);
            match outcome {
                // Who may not learns nothing of what was wrong.
                Err(error @ Error::Forbidden(_)) => Err(error),
                outcome => Ok((outcome, seen)),
            }
        })
        .await?;
    let Err(error) = outcome else {
        return Ok(desk.visit.see_other(PATH, Some("action_done")));
    };
    let errors = field_errors(&error, &FIELDS);
    let view = TaskPage {
        error: errors.is_none().then(|| error.code().to_owned()),
        errors: errors.unwrap_or_default(),
        amount: sent.amount,
        text: sent.text,
        ..page(&desk, &who, seen)
    };
    Ok(desk.visit.render(status(&error), &view))
}

fn do_it(ctx: &Context, who: &Authenticated, id: &str, sent: &Sent) -> Result<()> {
    let done = Done {
        // What is no number is none that there may be.
        amount: sent.amount.trim().parse().unwrap_or(-1),
        text: sent.text.clone(),
    };
    manual::do_task(ctx, &who.actor, id.parse().unwrap_or_default(), &done)
}
