//! Looking at tasks, and recording that one was done.

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use super::{ATTENTION, TASK};
use crate::domain::case::{State, TransitionError};
use crate::domain::contact::FreeText;
use crate::domain::data_map::{System, Table};
use crate::domain::ids::CaseId;
use crate::domain::manual::TaskKind;
use crate::domain::right::Right;
use crate::domain::staff::{Actor, Permission};
use crate::services::handling::free_text;
use crate::services::jobs::{self, Job};
use crate::services::{Context, Error, FieldError, Result, account_end, keys};
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::manual_tasks::{self, DoneRow, TaskRow};
use crate::store::staff;

/// Tasks that a list shows.
const LISTED: i64 = 500;
/// How long the list shows what was done.
const SHOWN_DONE: TimeDelta = TimeDelta::days(30);
/// More than anybody has about one person.
const MOST: i64 = 1_000_000;

/// A task as staff see it.
#[derive(Clone, Debug)]
pub struct SeenTask {
    /// Its record.
    pub row: TaskRow,
    /// What it asks for.
    pub kind: TaskKind,
    /// The reference of its case.
    pub reference: String,
    /// Who did it.
    pub done_by: Option<String>,
    /// What they wrote; only where one task is looked at.
    pub text: Option<String>,
}

/// The tasks there are.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    /// Those that wait, the most urgent first.
    pub open: Vec<SeenTask>,
    /// Those that were done in the last 30 days, the newest first.
    pub done: Vec<SeenTask>,
}

/// What somebody did.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// How many records it was about; for a task to find how many there are.
    pub amount: i64,
    /// The evidence, or for a task to collect what the person gets.
    pub text: String,
}

/// The tasks of all cases.
///
/// # Errors
/// When the actor may not read cases, or the database fails.
pub fn list(ctx: &Context, actor: &Actor) -> Result<Tasks> {
    needs(actor, Permission::ReadCases)?;
    let conn = &mut *ctx.store.get()?;
    let open = manual_tasks::list_open(conn, LISTED)?;
    let done = manual_tasks::list_done(conn, ctx.now() - SHOWN_DONE, LISTED)?;
    let mut seen = |rows: Vec<(TaskRow, String)>| {
        let rows = rows.into_iter();
        rows.map(|(row, reference)| seen(conn, row, reference))
            .collect::<Result<Vec<_>>>()
    };
    Ok(Tasks {
        open: seen(open)?,
        done: seen(done)?,
    })
}

fn seen(conn: &mut Conn, row: TaskRow, reference: String) -> Result<SeenTask> {
    let by = row.done_by.map(crate::domain::ids::StaffId);
    Ok(SeenTask {
        kind: row.kind()?,
        done_by: by
            .map(|by| staff::find(conn, by))
            .transpose()?
            .map(|found| found.member.email),
        row,
        reference,
        text: None,
    })
}

/// One task, with where it is to be done and what was written when it was.
///
/// # Errors
/// When the actor may not read cases, or there is no such task.
pub fn look<'a>(
    ctx: &'a Context,
    actor: &Actor,
    id: Uuid,
) -> Result<(SeenTask, Option<(&'a System, &'a Table)>)> {
    needs(actor, Permission::ReadCases)?;
    let conn = &mut *ctx.store.get()?;
    let row = manual_tasks::find(conn, id)?;
    let case = cases::find_by_id(conn, CaseId(row.case_id))?;
    let mut seen = seen(conn, row, case.reference.to_string())?;
    if let Some(sealed) = &seen.row.sealed {
        seen.text = Some(keys::find(ctx, seen.row.case_id)?.open(TASK, sealed)?);
    }
    let system = ctx.organisation.map.system(&seen.row.system);
    let place = system.and_then(|system| Some((system, system.table(&seen.row.tbl)?)));
    Ok((seen, place))
}

fn needs(actor: &Actor, permission: Permission) -> Result<()> {
    if actor.may(permission) {
        Ok(())
    } else {
        Err(Error::Forbidden("role"))
    }
}

/// Records that a task was done, and lets the case go on when it was the last that it waits for.
///
/// # Errors
/// When the actor may not handle cases or is no person, there is no such task, it was done before, it is not the other
/// person's turn, nothing was written, or the database fails.
pub fn do_task(ctx: &Context, actor: &Actor, id: Uuid, done: &Done) -> Result<()> {
    needs(actor, Permission::HandleCases)?;
    let by = actor.staff().ok_or(Error::Forbidden("role"))?;
    ctx.store.transaction(|conn| {
        let row = manual_tasks::find(conn, id)?;
        let case = cases::lock(conn, CaseId(row.case_id))?;
        // It may have been done until the case was ours.
        let row = manual_tasks::find(conn, id)?;
        let kind = row.kind()?;
        if row.is_done() && !may_look_again(&case, kind) {
            return Err(Error::Conflict("task_done"));
        }
        if kind == TaskKind::Verify {
            let erase = manual_tasks::find_for(conn, case.id, (&row.system, &row.tbl), TaskKind::Erase)?;
            if erase.done_by == Some(by.0) {
                return Err(TransitionError::FourEyes.into());
            }
        }
        let text = checked(done)?;
        let key = keys::find(ctx, case.id.0)?;
        let finished = DoneRow {
            by,
            at: ctx.now(),
            amount: i32::try_from(done.amount).map_err(Error::internal)?,
            sealed: key.seal(TASK, ctx.nonce(), &text.as_str()),
        };
        manual_tasks::finish(conn, id, finished)?;
        let detail = json!({
            "task": id, "kind": kind.name(), "system": row.system, "table": row.tbl, "amount": done.amount,
        });
        ctx.record(conn, case.id.0, actor, "task_done", detail)?;
        go_on(ctx, conn, &case)
    })
}

/// The text, when it and the number are as they may be; else all that is wrong.
fn checked(done: &Done) -> Result<FreeText> {
    let mut wrong = Vec::new();
    if !(0..=MOST).contains(&done.amount) {
        wrong.push(FieldError {
            field: "amount",
            code: "invalid",
        });
    }
    match free_text("text", &done.text) {
        Ok(text) if wrong.is_empty() => Ok(text),
        Err(Error::Invalid(more)) => {
            wrong.extend(more);
            Err(Error::Invalid(wrong))
        }
        Err(error) => Err(error),
        Ok(_) => Err(Error::Invalid(wrong)),
    }
}

/// What was found may be corrected until something is prepared of it.
fn may_look_again(case: &StoredCase, kind: TaskKind) -> bool {
    kind == TaskKind::Find && case.case.state == State::Assessing && case.case.proposal.is_none()
}

/// Lets a case that waits for no task any more go on.
fn go_on(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    let mut tasks = manual_tasks::list(conn, case.id)?.into_iter();
    if tasks.any(|task| !task.is_done()) && case.case.state != State::Executing {
        return Ok(());
    }
    cases::clear_attention(conn, case.id, &[ATTENTION])?;
    let job = match case.case.state {
        State::Executing if case.case.right == Right::Erasure => Job::RunErasure { case: case.id },
        State::Executing => Job::RunGrant { case: case.id },
        State::Assessing if account_end::is_end(case) => Job::EndAccount { case: case.id },
        _ => return Ok(()),
    };
    jobs::enqueue(ctx, conn, &job, None)
}
