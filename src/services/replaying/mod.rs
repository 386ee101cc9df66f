//! Erasing again what a restored backup brought back: the ledger of what is gone, the marks by which a system that went
//! back in time is recognised, and the replay.

mod ledger;
mod marks;
mod running;

use uuid::Uuid;

use super::Result;
use crate::domain::ids::CaseId;
use crate::store::audit::SERVICE_STREAM;
use crate::store::{Conn, Error, cases};

pub use ledger::{Gone, forget_expired, keep, of_purged, of_roots};
pub use marks::{Back, backs, look, set};
pub use running::{Asked, Report, count_undone, replay};

/// What a case shows while a restored backup has undone its erasure.
pub const ATTENTION: &str = "erasure_undone";

/// The stream of a case; that of the service when the case has been disposed of.
fn stream(conn: &mut Conn, case: CaseId) -> Result<Uuid> {
    match cases::find_by_id(conn, case) {
        Ok(case) => Ok(case.id.0),
        Err(Error::NotFound) => Ok(SERVICE_STREAM),
        Err(error) => Err(error.into()),
    }
}
