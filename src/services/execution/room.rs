//! When the disk of the service's own database is full.

use super::Run;
use crate::domain::ids::CaseId;
use crate::services::{Context, Error, Result};
use crate::store::cases;

/// Says on the case, as far as that can still be written, that the disk of the service's own database is full.
///
/// # Errors
/// Those of `ran`.
pub fn say_if_full(ctx: &Context, id: CaseId, ran: Result<Run>) -> Result<Run> {
    if let Err(Error::Unavailable(Error::DISK_FULL)) = &ran {
        let mut conn = ctx.store.get()?;
        if let Err(error) = cases::set_attention(&mut conn, id, Some(Error::DISK_FULL)) {
            tracing::warn!(%error, "that the disk is full could not be noted on a case");
        }
    }
    ran
}
