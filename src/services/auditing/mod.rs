//! The audit trail as a whole: sealing it, verifying it, disposing of what has reached its end date, and recording who
//! looks and what changes beside the cases.

mod disposing;
mod feed;
mod looking;
mod profile;
mod sealing;
mod verdict;
mod verifying;

pub use disposing::dispose;
pub use looking::{ONE_LOOK, look, look_at_mail};
pub use profile::record_profile;
pub use sealing::{Export, accept_restore, latest, seal};
pub use verdict::{Broken, LAG, Standing, Verdict};
pub use verifying::{examine, verify, verify_against};
