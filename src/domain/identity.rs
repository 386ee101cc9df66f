//! How sure we are of who is asking.

use serde::{Deserialize, Serialize};

/// Assurance that the requester is the person, lowest first (the levels of the identity matrix).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Nothing beyond the typed address.
    #[default]
    A0,
    /// Control of an address that was on file before the request.
    A1,
    /// A logged-in session handed over by the host's portal, or one further proof taken by staff.
    A2,
    /// eID, a meeting in person, or two further proofs.
    A3,
}
