//! The marks of the systems: each erasure writes its time into the system that it erased in. A system that holds an
//! earlier one was restored from a backup, and what was erased since is there again.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{ATTENTION, stream};
use crate::domain::staff::Actor;
use crate::services::execution::Failure;
use crate::services::{Context, Error, Result};
use crate::store::audit::SERVICE_STREAM;
use crate::store::cases;
use crate::store::replays::{self, Mark};

/// A system that went back in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// The system.
    pub system: String,
    /// To when; none when its marker was empty.
    pub to: Option<DateTime<Utc>>,
    /// When that was found.
    pub found_at: DateTime<Utc>,
}

/// Writes the present time into the marker of a system that has one. The system gets it first: a crash in between must
/// not look like a restore.
///
/// # Errors
/// When the system fails.
pub fn set(ctx: &Context, system: &str) -> std::result::Result<(), Failure> {
    let mapped = ctx.organisation.map.system(system);
    if mapped.is_none_or(|system| system.marker.is_none()) {
        return Ok(());
    }
    // A system that went back is told of before the trace of that is overwritten.
    look_at(ctx, system)?;
    let now = ctx.now();
    ctx.systems.get(system)?.mark(now)?;
    replays::set_mark(&mut *ctx.store.get()?, system, now)?;
    Ok(())
}

/// Looks at the marker of every system, and raises the alarm where one went back. A system that does not answer is
/// looked at the next time. Says how many went back.
///
/// # Errors
/// When the service's own database fails.
pub fn look(ctx: &Context) -> Result<usize> {
    let mut back = 0;
    for system in &ctx.organisation.map.systems {
        if system.marker.is_none() {
            continue;
        }
        match look_at(ctx, &system.id) {
            Ok(found) => back += usize::from(found),
            Err(Failure::System(error)) => {
                tracing::warn!(
                    system = system.id,
                    code = error.code(),
                    "a marker could not be read"
                );
            }
            Err(Failure::Ours(error)) => return Err(error),
            Err(Failure::NotVerified | Failure::Outdated | Failure::ByHand) => {
                return Err(Error::internal("a look verifies nothing"));
            }
        }
    }
    Ok(back)
}

/// Whether a system is newly found to have gone back.
pub(super) fn look_at(ctx: &Context, system: &str) -> std::result::Result<bool, Failure> {
    let known = replays::mark(&mut *ctx.store.get()?, system)?;
    let Some(Mark {
        marked_at,
        found_back_at: None,
        ..
    }) = known
    else {
        return Ok(false);
    };
    let held = ctx.systems.get(system)?.marked()?;
    if held.is_some_and(|held| held >= marked_at) {
        return Ok(false);
    }
    Ok(raise(ctx, system, held)?)
}

/// Marks what a system undid, on each case that is still there and in the trail.
fn raise(ctx: &Context, system: &str, held: Option<DateTime<Utc>>) -> Result<bool> {
    let now = ctx.now();
    let raised = ctx.store.transaction(|conn| {
        if !replays::set_back(conn, system, held, now)? {
            return Ok(None);
        }
        let undone = replays::undo(conn, system, held, now)?;
        for case in &undone {
            cases::raise_if_kept(conn, *case, ATTENTION)?;
            let stream = stream(conn, *case)?;
            let detail = json!({ "case": case.to_string(), "system": system });
            ctx.record(conn, stream, &Actor::System, "erasure_undone", detail)?;
        }
        let detail = json!({ "system": system, "back_to": held, "cases": undone.len() });
        ctx.record(conn, SERVICE_STREAM, &Actor::System, "system_went_back", detail)?;
        Ok::<_, Error>(Some(undone.len()))
    })?;
    let Some(cases) = raised else { return Ok(false) };
    tracing::error!(
        system,
        cases,
        "a system was restored from a backup: run `dataratt replay-erasures`"
    );
    Ok(true)
}

/// The systems that went back and were not replayed since.
///
/// # Errors
/// When the database fails.
pub fn backs(ctx: &Context) -> Result<Vec<Back>> {
    let marks = replays::marks(&mut *ctx.store.get()?)?;
    let back = |mark: Mark| {
        mark.found_back_at.map(|found_at| Back {
            system: mark.system,
            to: mark.back_to,
            found_at,
        })
    };
    Ok(marks.into_iter().filter_map(back).collect())
}
