//! Verifying the audit trail, from its first event to its recorded heads.

use uuid::Uuid;

use super::{Context, Result};
use crate::domain::audit::{ChainError, Verifier};
use crate::domain::sealing::Purpose;
use crate::store::audit;

/// Streams and events read at a time.
const BATCH: i64 = 1000;

/// A stream that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The case, or the nil id for the service's own stream.
    pub stream: Uuid,
    /// What is wrong, at its first bad event. `None`: events without any recorded head.
    pub error: Option<ChainError>,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Streams looked at.
    pub streams: u64,
    /// Events looked at.
    pub events: u64,
    /// What does not hold.
    pub broken: Vec<Broken>,
}

/// Verifies every stream, in constant memory.
///
/// # Errors
/// When the database fails.
pub fn verify(ctx: &Context) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    let mut conn = ctx.store.get()?;
    let mut after = None;
    loop {
        let heads = audit::list_heads(&mut conn, after, BATCH)?;
        let Some((last, _, _)) = heads.last() else { break };
        after = Some(*last);
        for (stream, seq, hash) in heads {
            verdict.streams += 1;
            if let Err(error) = verify_stream(ctx, &mut conn, stream, (seq, &hash), &mut verdict.events)? {
                verdict.broken.push(Broken {
                    stream,
                    error: Some(error),
                });
            }
        }
    }
    let headless = audit::list_headless(&mut conn)?;
    verdict
        .broken
        .extend(headless.into_iter().map(|stream| Broken { stream, error: None }));
    Ok(verdict)
}

fn verify_stream(
    ctx: &Context,
    conn: &mut crate::store::Conn,
    stream: Uuid,
    head: (i64, &[u8]),
    events: &mut u64,
) -> Result<std::result::Result<(), ChainError>> {
    let mut verifier = Verifier::new(*ctx.keys.for_purpose(Purpose::Audit).bytes());
    let mut after = 0;
    loop {
        let batch = audit::list_hashed(conn, stream, after, BATCH)?;
        let Some((last, _)) = batch.last() else { break };
        after = last.seq;
        for (event, hash) in &batch {
            *events += 1;
            if let Err(error) = verifier.next(event, hash) {
                return Ok(Err(error));
            }
        }
    }
    // Events may have come meanwhile: then the head has moved on with them.
    let (last, hash) = if after > head.0 {
        audit::find_head(conn, stream)?
    } else {
        (head.0, head.1.to_vec())
    };
    Ok(verifier.finish(last, &hash))
}
