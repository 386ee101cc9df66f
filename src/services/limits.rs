//! How much anybody may ask of us before proving who they are.

use std::time::Duration;

use super::{Context, Error, Result};
use crate::domain::sealing::Purpose;
use crate::store::throttles;

/// Requests that one network may hand in within [`INTAKE_WINDOW`].
pub const INTAKE_LIMIT: u32 = 60;
/// The time within which requests are counted together.
pub const INTAKE_WINDOW: Duration = Duration::from_hours(1);

/// Counts one more request from `network`, over all instances. The count is committed by itself, whatever becomes of
/// the request.
///
/// # Errors
/// [`Error::TooMany`] when the network has handed in too many; never when limits are lifted.
pub fn take_intake(ctx: &Context, network: &str) -> Result<()> {
    if !ctx.policy.limits {
        return Ok(());
    }
    let subject = ctx
        .keys
        .for_purpose(Purpose::Throttles)
        .digest(&[b"intake", network.as_bytes()]);
    let taken = throttles::take(
        &mut *ctx.store.get()?,
        "intake",
        &subject,
        INTAKE_LIMIT,
        INTAKE_WINDOW,
        ctx.now(),
    )?;
    if taken.allowed {
        Ok(())
    } else {
        Err(Error::TooMany {
            retry_after: taken.retry_after_seconds,
        })
    }
}
