//! Tasks whose time runs out: by mail to who handles the case, else to those who approve. Each is told of once a day.

use std::collections::BTreeMap;

use super::super::alarms;
use crate::domain::calendar::stockholm_date;
use crate::domain::ids::CaseId;
use crate::services::course::Course;
use crate::services::letters::{self, Letter, Post};
use crate::services::{Context, Error, Result, intake};
use crate::store::manual_tasks::{self, TaskRow};
use crate::store::{Conn, cases};

/// Tasks that are looked at in one go.
const BATCH: i64 = 1000;

/// Reminds staff of tasks that are due today or were before; says of how many cases.
///
/// # Errors
/// When the database fails.
pub fn remind(ctx: &Context) -> Result<usize> {
    let today = stockholm_date(ctx.now());
    let open = manual_tasks::list_open(&mut *ctx.store.get()?, BATCH)?;
    let mut due: BTreeMap<CaseId, Vec<TaskRow>> = BTreeMap::new();
    for (row, _) in open {
        if row.due_on <= today && row.reminded_on.is_none_or(|told| told < today) {
            due.entry(CaseId(row.case_id)).or_default().push(row);
        }
    }
    let mut told = 0;
    for (case, tasks) in due {
        let reminded = ctx.store.transaction(|conn| mail(ctx, conn, case, &tasks));
        match reminded {
            Ok(()) => told += 1,
            // One case that nobody can be reminded of must not keep the others from it.
            Err(error) => {
                tracing::error!(case = %case, code = error.code(), "tasks could not be reminded of");
            }
        }
    }
    Ok(told)
}

fn mail(ctx: &Context, conn: &mut Conn, id: CaseId, tasks: &[TaskRow]) -> Result<()> {
    let case = cases::lock(conn, id)?;
    let (key, _) = intake::open_file(ctx, &case)?;
    let post = Post {
        case: id,
        reference: case.reference.as_str(),
        language: ctx.organisation.language,
        notice: None,
    };
    let to = match alarms::handler(conn, &case)? {
        Some(handler) => vec![handler],
        None => alarms::overseers(ctx, conn)?,
    };
    let first = tasks.iter().map(|task| task.due_on).min();
    let course = Course::TasksDue {
        count: tasks.len(),
        due_on: first.unwrap_or_else(|| stockholm_date(ctx.now())),
    };
    for address in to {
        letters::post(ctx, conn, &key, &post, &address, Letter::Course(course.clone()))?;
    }
    let ids: Vec<_> = tasks.iter().map(|task| task.id).collect();
    manual_tasks::set_reminded(conn, &ids, stockholm_date(ctx.now()))?;
    Ok::<_, Error>(())
}
