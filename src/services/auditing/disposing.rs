//! The end of a case's trail: its events go, and what stays proves that only they went.

use serde_json::json;
use uuid::Uuid;

use super::sealing::sealer;
use crate::domain::audit::Verifier;
use crate::domain::sealing::Purpose;
use crate::domain::staff::Actor;
use crate::services::{Context, Error, Result};
use crate::store::audit::{self, SERVICE_STREAM, seals};
use crate::store::{self, Conn};

/// Events read at a time.
const PAGE: i64 = 1000;

/// Disposes of the events of a closed case whose trail has reached its end date, which the caller has worked out. What
/// stays is how many there were, the hashes of the first and the last, and the checkpoint that covers them, signed; and
/// that it was done, in the service's own stream. Doing it again does nothing.
///
/// # Errors
/// `trail_unsealed` when a checkpoint does not cover all of it yet, which the next sealing mends; `trail_altered` when
/// it does not hold, as then it is evidence; `trail_in_use` when the case is open or on hold; [`Error::NotFound`] when
/// there is no such stream.
pub fn dispose(ctx: &Context, conn: &mut Conn, actor: &Actor, stream: Uuid) -> Result<()> {
    if audit::is_disposed(conn, stream)? {
        return Ok(());
    }
    let found = seals::lock_for_disposal(conn, stream, ctx.now())?;
    let disposal = found.ok_or(Error::Conflict("trail_unsealed"))?;
    if !holds(ctx, conn, stream, &disposal.last)? {
        return Err(Error::Conflict("trail_altered"));
    }
    let signature = sealer(ctx).sign(&disposal.text());
    match seals::dispose(conn, &disposal, &signature) {
        Err(store::Error::Forbidden(_)) => return Err(Error::Conflict("trail_in_use")),
        other => other?,
    }
    let detail = json!({
        "case": stream,
        "events": disposal.events,
        "checkpoint": disposal.checkpoint,
    });
    Ok(ctx.record(conn, SERVICE_STREAM, actor, "trail_disposed", detail)?)
}

/// Whether the stream is one chain that ends with the sealed hash.
fn holds(ctx: &Context, conn: &mut Conn, stream: Uuid, end: &[u8]) -> Result<bool> {
    let mut verifier = Verifier::new(*ctx.keys.for_purpose(Purpose::Audit).bytes());
    loop {
        let page = audit::list_hashed(conn, Some((stream, verifier.last())), PAGE)?;
        let rows = page.len();
        for (event, hash) in page.iter().take_while(|(event, _)| event.stream == stream) {
            if verifier.next(event, hash).is_err() {
                return Ok(false);
            }
        }
        let is_over = page.last().is_none_or(|(event, _)| event.stream != stream);
        if is_over || i64::try_from(rows).is_ok_and(|rows| rows < PAGE) {
            return Ok(verifier.finish(verifier.last(), end).is_ok());
        }
    }
}
