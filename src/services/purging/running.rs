//! Carrying an approved purge out: line by line, resumable at any moment, proved at the end of each.
//!
//! No transaction is held across a call to a system. A row goes only as it was retained, when nothing refers to it any
//! more, and when neither a legal hold nor a restriction is in force at the moment its line begins.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{Keeping, SERVICE};
use crate::domain::calendar::stockholm_date;
use crate::domain::ids::PurgeId;
use crate::domain::matching::RowKey;
use crate::domain::purge::{LineState, ListEvent, ListState, RetainedKeys, may_go};
use crate::domain::staff::Actor;
use crate::services::execution::{RETAINED, Run};
use crate::services::ports::{System, SystemError};
use crate::services::replaying::{self, Gone};
use crate::services::{Context, Error, Result, keys, restricting};
use crate::store::purges::{self, Line, LineChange};
use crate::store::retained::{self, RetainedRow};
use crate::store::{Conn, cases, locks};

/// When another run of the same list is asked again.
const OTHER_RUN: TimeDelta = TimeDelta::seconds(30);
/// When a list is looked at again whose lines wait for an answer; that answer itself lets it go on at once.
const LOOK_AGAIN: TimeDelta = TimeDelta::hours(6);
/// What a case shows when a line of it stopped.
const ATTENTION: &str = "purge_failed";

/// Starts or goes on with a purge; one run of it at a time, whoever else has a job for it.
///
/// # Errors
/// When the database fails; what a system does is told by [`Run`] and by the list.
pub fn run(ctx: &Context, id: PurgeId) -> Result<Run> {
    let ran = locks::alone(&ctx.store, &format!("purge {id}"), || run_alone(ctx, id))?;
    ran.unwrap_or_else(|| Ok(Run::NotBefore(ctx.now() + OTHER_RUN)))
}

fn run_alone(ctx: &Context, id: PurgeId) -> Result<Run> {
    if !start(ctx, id)? {
        return Ok(Run::Finished);
    }
    let mut later = None;
    let (lines, keeping) = {
        let conn = &mut *ctx.store.get()?;
        (
            in_order(ctx, purges::list_lines(conn, id)?),
            Keeping::read(ctx, conn)?,
        )
    };
    for line in lines {
        match run_line(ctx, id, &line, &keeping) {
            Ok(()) => {}
            Err(Stop::Ours(error)) => return Err(error),
            // A system that is away leaves the lines of others done.
            Err(Stop::System(error)) if error.retryable() => later = Some(error.code()),
            Err(stop) => note_failure(ctx, id, &line, &stop)?,
        }
    }
    match later {
        Some(code) => Ok(Run::TryAgain(code)),
        None if waits(ctx, id)? => Ok(Run::NotBefore(ctx.now() + LOOK_AGAIN)),
        None => end(ctx, id),
    }
}

/// Whether lines of a list wait for an answer.
fn waits(ctx: &Context, id: PurgeId) -> Result<bool> {
    let lines = purges::list_lines(&mut *ctx.store.get()?, id)?;
    Ok(lines.iter().any(|line| line.state == LineState::Waiting))
}

/// Whether there is anything to do.
fn start(ctx: &Context, id: PurgeId) -> Result<bool> {
    ctx.store.transaction(|conn| {
        let purge = purges::lock(conn, id)?;
        let Some(state) = purge.state.after(ListEvent::Started) else {
            return Ok(false);
        };
        if purge.state != state {
            purges::set_state(conn, id, state, None)?;
            ctx.record(
                conn,
                SERVICE,
                &Actor::System,
                "purge_started",
                json!({ "purge": id.to_string() }),
            )?;
        }
        Ok(true)
    })
}

/// The lines that are open, in the order in which a system's rows can go.
fn in_order(ctx: &Context, lines: Vec<Line>) -> Vec<Line> {
    let mut places = BTreeMap::new();
    for system in &ctx.organisation.map.systems {
        for table in system.erasure_order().unwrap_or_default() {
            places.insert((system.id.as_str(), table.name.as_str()), places.len());
        }
    }
    let mut open: Vec<Line> = lines.into_iter().filter(|line| line.state.is_open()).collect();
    open.sort_by_key(|line| {
        let place = places.get(&(line.retained.system.as_str(), line.retained.tbl.as_str()));
        place.copied().unwrap_or(usize::MAX)
    });
    open
}

/// What stops a line.
enum Stop {
    /// The system.
    System(SystemError),
    /// Something that staff must look at, as a code.
    Found(&'static str),
    /// The service itself.
    Ours(Error),
}

impl From<SystemError> for Stop {
    fn from(error: SystemError) -> Self {
        Self::System(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<crate::store::Error> for Stop {
    fn from(error: crate::store::Error) -> Self {
        Self::Ours(error.into())
    }
}

fn run_line(ctx: &Context, id: PurgeId, line: &Line, keeping: &Keeping) -> std::result::Result<(), Stop> {
    if !begin(ctx, id, line, keeping)? {
        return Ok(());
    }
    let retained = &line.retained;
    let rows: RetainedKeys = keys::find(ctx, retained.key_id)?.open(RETAINED, &retained.sealed)?;
    let system = ctx.systems.get(&retained.system)?;
    let there = as_retained(&*system, retained, &rows)?;
    let count = i64::try_from(there.len()).unwrap_or(i64::MAX);
    purges::set_line(&mut *ctx.store.get()?, id, retained.id, LineChange::Found(count))?;
    unreferred(&*system, retained, &there)?;
    system.delete(&retained.tbl, &there)?;
    if !system.digests(&retained.tbl, &there)?.is_empty() {
        return Err(Stop::Found("not_verified"));
    }
    let gone = replaying::of_purged(ctx, &retained.system, &retained.tbl, &rows.rows);
    finish(ctx, id, line, &gone)?;
    Ok(())
}

/// Marks a line begun; not when a legal hold or a restriction keeps it, the person waits for their data, or its time has
/// not come after all.
fn begin(ctx: &Context, id: PurgeId, line: &Line, keeping: &Keeping) -> std::result::Result<bool, Stop> {
    if !may_go(line.retained.keep_until, stockholm_date(ctx.now())) {
        return Err(Stop::Found("too_early"));
    }
    let begun = ctx.store.transaction(|conn| {
        // Whose file was disposed of is on no hold: it could not have been disposed of.
        let on_hold = match cases::lock(conn, line.case()) {
            Ok(case) => case.case.on_hold,
            Err(crate::store::Error::NotFound) => false,
            Err(error) => return Err(error.into()),
        };
        // Read again: a restriction may just have begun.
        let restricted = restricting::held(ctx, conn)?;
        let restricted = !restricted.among(ctx, conn, &line.retained)?.is_empty();
        if on_hold || restricted {
            purges::set_line(conn, id, line.retained.id, LineChange::To(LineState::Held))?;
            let mut detail = detail(id, &line.retained);
            if let serde_json::Value::Object(map) = &mut detail {
                let why = if on_hold { "hold" } else { "restriction" };
                map.insert("why".into(), json!(why));
            }
            record(ctx, conn, line, &Actor::System, "purge_line_held", detail)?;
            return Ok(false);
        }
        let awaited_by = keeping.awaited_by(ctx, conn, &line.retained)?;
        if line.state != LineState::Running && !awaited_by.is_empty() {
            wait(ctx, conn, id, line, &awaited_by)?;
            return Ok(false);
        }
        purges::set_line(conn, id, line.retained.id, LineChange::To(LineState::Running))?;
        Ok::<_, Error>(true)
    })?;
    Ok(begun)
}

/// Puts a line off; the trail says so once.
fn wait(
    ctx: &Context,
    conn: &mut Conn,
    id: PurgeId,
    line: &Line,
    awaited_by: &BTreeSet<String>,
) -> Result<()> {
    if line.state == LineState::Waiting {
        return Ok(());
    }
    purges::set_line(conn, id, line.retained.id, LineChange::To(LineState::Waiting))?;
    let mut detail = detail(id, &line.retained);
    if let serde_json::Value::Object(map) = &mut detail {
        map.insert("for".into(), json!(awaited_by));
    }
    record(ctx, conn, line, &Actor::System, "purge_line_waits", detail)
}

/// Those of the rows that are still there, when each is what was retained. A row that is gone already has been purged
/// by an attempt that was cut off, or by the host.
fn as_retained(
    system: &dyn System,
    retained: &RetainedRow,
    rows: &RetainedKeys,
) -> std::result::Result<Vec<RowKey>, Stop> {
    let keys: Vec<RowKey> = rows.rows.iter().map(|row| row.key.clone()).collect();
    let there = system.digests(&retained.tbl, &keys)?;
    let changed = rows
        .rows
        .iter()
        .any(|row| there.get(&row.key).is_some_and(|digest| *digest != row.digest));
    if changed {
        return Err(Stop::Found("row_changed"));
    }
    Ok(there.into_keys().collect())
}

/// What refers to the rows must be gone before them, or go with them.
fn unreferred(
    system: &dyn System,
    retained: &RetainedRow,
    there: &[RowKey],
) -> std::result::Result<(), Stop> {
    let referring = system.referring(&retained.tbl, there)?;
    let goes_along = |table: &str, key: &RowKey| table == retained.tbl && there.contains(key);
    let stays = referring
        .iter()
        .any(|(table, keys)| keys.iter().any(|key| !goes_along(table, key)));
    if stays {
        Err(Stop::Found("referred_to"))
    } else {
        Ok(())
    }
}

fn finish(ctx: &Context, id: PurgeId, line: &Line, gone: &[Gone]) -> Result<()> {
    ctx.store.transaction(|conn| {
        let lines = purges::list_lines(conn, id)?;
        let found = lines.iter().find(|known| known.retained.id == line.retained.id);
        let purged = found.and_then(|line| line.found).unwrap_or_default();
        let at = ctx.now();
        purges::set_line(conn, id, line.retained.id, LineChange::Done { purged, at })?;
        retained::mark_purged(conn, line.retained.id, at)?;
        replaying::keep(ctx, conn, line.case(), &line.retained.system, gone)?;
        cases::clear_attention(conn, line.case(), &[ATTENTION])?;
        let mut detail = detail(id, &line.retained);
        if let serde_json::Value::Object(map) = &mut detail {
            map.insert("purged".into(), json!(purged));
        }
        record(ctx, conn, line, &Actor::System, "retained_purged", detail)
    })
}

/// Records an event of a line in the trail of its case; in the service's when that has been disposed of.
pub(super) fn record(
    ctx: &Context,
    conn: &mut Conn,
    line: &Line,
    actor: &Actor,
    action: &str,
    detail: serde_json::Value,
) -> Result<()> {
    let stream = line.reference.as_ref().map_or(SERVICE, |_| line.case().0);
    Ok(ctx.record(conn, stream, actor, action, detail)?)
}

pub(super) fn detail(id: PurgeId, row: &RetainedRow) -> serde_json::Value {
    json!({
        "purge": id.to_string(), "case": row.case_id.to_string(), "system": row.system, "table": row.tbl, "ground": row.ground,
        "until": row.keep_until, "rows": row.rows,
    })
}

fn note_failure(ctx: &Context, id: PurgeId, line: &Line, stop: &Stop) -> Result<()> {
    let (code, why) = match stop {
        Stop::System(error) => (error.code(), error.to_string()),
        Stop::Found(code) => (*code, (*code).to_owned()),
        Stop::Ours(_) => return Ok(()),
    };
    ctx.store.transaction(|conn| {
        purges::set_line(conn, id, line.retained.id, LineChange::Failed(why))?;
        cases::raise_if_kept(conn, line.case(), ATTENTION)?;
        let mut detail = detail(id, &line.retained);
        if let serde_json::Value::Object(map) = &mut detail {
            map.insert("why".into(), json!(code));
        }
        record(ctx, conn, line, &Actor::System, "purge_line_stopped", detail)
    })
}

fn end(ctx: &Context, id: PurgeId) -> Result<Run> {
    ctx.store.transaction(|conn| {
        let purge = purges::lock(conn, id)?;
        let lines = purges::list_lines(conn, id)?;
        let failed = lines.iter().any(|line| line.state == LineState::Failed);
        let Some(state) = purge.state.after(ListEvent::Ended { failed }) else {
            return Ok(());
        };
        let at: Option<DateTime<Utc>> = Some(ctx.now());
        purges::set_state(conn, id, state, at)?;
        let purged: i64 = lines.iter().filter_map(|line| line.purged).sum();
        let action = if state == ListState::Done {
            "purge_done"
        } else {
            "purge_stopped"
        };
        let detail = json!({ "purge": id.to_string(), "rows": purged });
        Ok::<_, Error>(ctx.record(conn, SERVICE, &Actor::System, action, detail)?)
    })?;
    // What stopped is shown on the list: the job itself has nothing more to do.
    Ok(Run::Finished)
}
