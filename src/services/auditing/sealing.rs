//! Sealing the trail: checkpoints, signed and exported.

use serde_json::json;

use crate::domain::audit::checkpoint::{Checkpoint, Sealer, next};
use crate::domain::sealing::Purpose;
use crate::domain::staff::Actor;
use crate::services::{Context, Error, Result};
use crate::store;
use crate::store::audit::SERVICE_STREAM;
use crate::store::audit::seals;

/// Streams that one checkpoint covers at most.
const COVERED: i64 = 5000;

/// The checkpoint that was exported last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// There is none.
    None,
    /// There is one that this service signed.
    Checkpoint(Checkpoint),
    /// There is one that this service did not sign, or not so.
    Altered,
}

impl Export {
    /// From its text.
    pub(super) fn read(sealer: &Sealer, text: Option<&str>) -> Self {
        match text {
            None => Self::None,
            Some(text) => sealer.import(text).map_or(Self::Altered, Self::Checkpoint),
        }
    }

    const fn number(&self) -> i64 {
        match self {
            Self::Checkpoint(checkpoint) => checkpoint.number,
            Self::None | Self::Altered => 0,
        }
    }
}

pub(super) fn sealer(ctx: &Context) -> Sealer {
    Sealer::new(&ctx.keys.for_purpose(Purpose::AuditSeal))
}

/// What is exported now.
pub(super) fn export(ctx: &Context) -> Result<Export> {
    let text = ctx.anchor.read().map_err(Error::internal)?;
    Ok(Export::read(&sealer(ctx), text.as_deref()))
}

/// Seals all that has grown since the last checkpoint and exports the newest; says how many streams. Nothing is sealed
/// on a database that does not hold what was exported: a new checkpoint would hide that it is an older one.
///
/// # Errors
/// `trail_rolled_back` or `trail_export_altered` until somebody accepted it; when the export cannot be written or the
/// database fails.
pub fn seal(ctx: &Context) -> Result<usize> {
    let exported = export(ctx)?;
    if let Some(code) = contradiction(ctx, &exported)? {
        return Err(Error::Conflict(code));
    }
    let sealed = seal_all(ctx)?;
    write(ctx, exported.number())?;
    Ok(sealed)
}

/// The newest checkpoint as it is exported.
///
/// # Errors
/// When the database fails.
pub fn latest(ctx: &Context) -> Result<Option<String>> {
    let newest = seals::find_latest(&mut *ctx.store.get()?)?;
    Ok(newest.map(|newest| sealer(ctx).export(&newest.of)))
}

/// Goes on from a database that is older than what was exported, as after a restore: records that somebody decided so,
/// seals, and exports the newest checkpoint in place of the one that was lost.
///
/// # Errors
/// `nothing_to_accept` when the database holds what was exported; when the export cannot be written or the database
/// fails.
pub fn accept_restore(ctx: &Context, actor: &Actor) -> Result<()> {
    let exported = export(ctx)?;
    let Some(code) = contradiction(ctx, &exported)? else {
        return Err(Error::Conflict("nothing_to_accept"));
    };
    ctx.store.transaction(|conn| {
        let newest = seals::find_latest(conn)?.map_or(0, |newest| newest.of.number);
        let detail = json!({ "why": code, "exported": exported.number(), "latest": newest });
        ctx.record(conn, SERVICE_STREAM, actor, "restore_accepted", detail)
    })?;
    seal_all(ctx)?;
    write(ctx, 0)
}

/// In what the database contradicts the export.
fn contradiction(ctx: &Context, exported: &Export) -> Result<Option<&'static str>> {
    Ok(match exported {
        Export::None => None,
        Export::Altered => Some("trail_export_altered"),
        Export::Checkpoint(checkpoint) => {
            let held = seals::find(&mut *ctx.store.get()?, checkpoint.number)?;
            let is_held = held.is_some_and(|held| held.of == *checkpoint);
            (!is_held).then_some("trail_rolled_back")
        }
    })
}

fn seal_all(ctx: &Context) -> Result<usize> {
    let mut streams = 0;
    loop {
        let sealed = seal_once(ctx)?;
        streams += sealed;
        if i64::try_from(sealed).is_ok_and(|sealed| sealed < COVERED) {
            return Ok(streams);
        }
    }
}

/// One checkpoint over all that is unsealed, up to [`COVERED`]. Another instance may be at it: the number of the
/// checkpoint is taken once, and who comes second has nothing left to do.
fn seal_once(ctx: &Context) -> Result<usize> {
    let sealed = ctx.store.transaction(|conn| {
        let seals = seals::lock_unsealed(conn, COVERED)?;
        if seals.is_empty() {
            return Ok(0);
        }
        let last = seals::find_latest(conn)?.map(|last| last.of);
        let checkpoint = next(last.as_ref(), &seals, ctx.now());
        let signature = sealer(ctx).sign(&checkpoint.text());
        seals::insert(conn, &checkpoint, &signature, &seals)?;
        Ok(seals.len())
    });
    match sealed {
        Err(store::Error::Duplicate(_)) => Ok(0),
        other => Ok(other?),
    }
}

/// Exports the newest checkpoint, if it is newer than `exported`.
fn write(ctx: &Context, exported: i64) -> Result<()> {
    let newest = seals::find_latest(&mut *ctx.store.get()?)?;
    match newest.filter(|newest| newest.of.number > exported) {
        Some(newest) => ctx
            .anchor
            .write(&sealer(ctx).export(&newest.of))
            .map_err(Error::internal),
        None => Ok(()),
    }
}
