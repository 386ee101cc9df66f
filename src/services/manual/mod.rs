//! What staff do by hand in systems that no machine reaches: given as tasks, waited for, done with evidence.

mod doing;
mod reminding;
mod system;

use serde_json::json;

use super::execution::Failure;
use super::ports::SystemError;
use super::{Context, Error, Result};
use crate::domain::case::State;
use crate::domain::data_map::{ConnectorKind, System, Table};
use crate::domain::grant::{Grant, Terms};
use crate::domain::ids::CaseId;
use crate::domain::manual::{TaskKind, due_on};
use crate::domain::matching::{FoundRow, Match, PersonKeys, RowKey, Standing};
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::manual_tasks::{self, TaskRow};

pub use doing::{Done, SeenTask, Tasks, do_task, list, look};
pub use reminding::remind;
pub use system::WithManual;

/// What staff must look at while a case waits for tasks.
pub const ATTENTION: &str = "manual_task";
/// Where what staff wrote belongs.
const TASK: &str = "manual_tasks.sealed";
/// The rights for which it must be known what there is.
const LOOKED_FOR: [Right; 5] = [
    Right::Access,
    Right::Portability,
    Right::Rectification,
    Right::Restriction,
    Right::Erasure,
];

fn places(ctx: &Context) -> impl Iterator<Item = (&System, &Table)> {
    let tables = ctx.organisation.map.tables();
    tables.filter(|(system, _)| system.connector == ConnectorKind::Manual)
}

/// Asks staff to look what there is, once it is known who asks, in the transaction that says so.
///
/// # Errors
/// When the database fails.
pub fn follow(ctx: &Context, conn: &mut Conn, before: &StoredCase, after: &StoredCase) -> Result<()> {
    let is_new = after.case.state == State::Assessing && before.case.state != State::Assessing;
    if !is_new || !LOOKED_FOR.contains(&after.case.right) {
        return Ok(());
    }
    for (system, table) in places(ctx) {
        ensure(ctx, conn, after, (&system.id, &table.name), TaskKind::Find)?;
    }
    Ok(())
}

/// The task of a kind for a table, given now unless the case has it.
///
/// # Errors
/// When the database fails.
fn ensure(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    at: (&str, &str),
    kind: TaskKind,
) -> Result<TaskRow> {
    let map = &ctx.organisation.map;
    let within = map.system(at.0).and_then(|system| system.by_hand.as_ref());
    let row = TaskRow {
        id: ctx.new_id(),
        case_id: case.id.0,
        system: at.0.to_owned(),
        tbl: at.1.to_owned(),
        kind: kind.name().to_owned(),
        created_at: ctx.now(),
        due_on: due_on(
            ctx.now(),
            within.map_or(0, |by_hand| by_hand.within_days),
            case.deadline.due_on(),
        ),
        reminded_on: None,
        done_at: None,
        done_by: None,
        amount: None,
        sealed: None,
    };
    if !manual_tasks::insert(conn, &row)? {
        return Ok(manual_tasks::find_for(conn, case.id, at, kind)?);
    }
    cases::set_attention(conn, case.id, Some(ATTENTION))?;
    let detail = json!({ "task": row.id, "kind": row.kind, "system": row.system, "table": row.tbl });
    ctx.record(conn, case.id.0, &Actor::System, "task_given", detail)?;
    Ok(row)
}

/// What staff found in systems that no machine reaches, as rows of the person: one for each table with something in it.
///
/// # Errors
/// [`Error::Conflict`] while they have not looked everywhere, or when the database fails.
pub fn found(ctx: &Context, id: CaseId) -> Result<Vec<Match>> {
    if places(ctx).next().is_none() {
        return Ok(vec![]);
    }
    let tasks: Vec<TaskRow> = ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        places(ctx)
            .map(|(system, table)| ensure(ctx, conn, &case, (&system.id, &table.name), TaskKind::Find))
            .collect::<Result<_>>()
    })?;
    if tasks.iter().any(|task| !task.is_done()) {
        return Err(Error::Conflict("manual_tasks_open"));
    }
    let with_rows = tasks.iter().filter(|task| task.amount.unwrap_or_default() > 0);
    Ok(with_rows.map(as_match).collect())
}

fn as_match(task: &TaskRow) -> Match {
    Match {
        row: FoundRow {
            system: task.system.clone(),
            table: task.tbl.clone(),
            key: key_of(task),
            keys: PersonKeys::default(),
            register: false,
            kind: None,
            natural_person: true,
        },
        standing: Standing::Theirs,
        by: vec![],
        through: None,
    }
}

/// What a table holds about the person is one row, called after the task that found it.
fn key_of(find: &TaskRow) -> RowKey {
    RowKey(vec![find.id.to_string()])
}

/// Waits until staff have done by hand what a grant asks: to correct, or to mark as restricted.
///
/// # Errors
/// [`SystemError::Waiting`] until then.
pub fn await_granted(ctx: &Context, case: &StoredCase, grant: &Grant) -> std::result::Result<(), Failure> {
    let kind = match &grant.terms {
        Terms::Rectification(_) => TaskKind::Rectify,
        Terms::Restriction(_) => TaskKind::Restrict,
        _ => return Ok(()),
    };
    let open = ctx.store.transaction(|conn| {
        let mut open = None;
        for (system, table) in covered(ctx, conn, case, grant)? {
            let task = ensure(ctx, conn, case, (&system, &table), kind)?;
            if !task.is_done() {
                open = Some(system);
            }
        }
        Ok::<_, Error>(open)
    })?;
    match open {
        Some(system) => Err(SystemError::Waiting { system }.into()),
        None => Ok(()),
    }
}

/// Asks staff to take marks of a lifted restriction away; nothing waits for it.
///
/// # Errors
/// When the database fails.
pub fn lift(ctx: &Context, conn: &mut Conn, case: &StoredCase, grant: &Grant) -> Result<()> {
    for (system, table) in covered(ctx, conn, case, grant)? {
        ensure(ctx, conn, case, (&system, &table), TaskKind::Lift)?;
    }
    Ok(())
}

/// The tables with something of the person's that a grant is about.
fn covered(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    grant: &Grant,
) -> Result<Vec<(String, String)>> {
    let mut covered = Vec::new();
    for (system, table) in places(ctx) {
        let meant = match &grant.terms {
            Terms::Restriction(terms) => {
                let mut all = terms.covered.iter();
                all.any(|one| one.system == system.id && one.table == table.name)
            }
            _ => true,
        };
        let find = manual_tasks::find_for(conn, case.id, (&system.id, &table.name), TaskKind::Find);
        match find {
            Ok(task) if meant && task.amount.unwrap_or_default() > 0 => {
                covered.push((system.id.clone(), table.name.clone()));
            }
            Ok(_) | Err(crate::store::Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(covered)
}
