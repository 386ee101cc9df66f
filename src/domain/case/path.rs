//! Which states the cases of each right pass through: the one table of it. The database holds the same and refuses others.

use super::State;
use crate::domain::right::Right;

/// States that a case of any right can be in.
pub const SHARED: [&str; 10] = [
    "received",
    "identity_pending",
    "assessing",
    "clarification_pending",
    "answered",
    "closed",
    "refused",
    "withdrawn",
    "lapsed",
    "forwarded",
];

/// The states that a right has beside [`SHARED`]. An erasure waits out a cool-off, as nothing brings back what is
/// gone; an answer with data is looked through before it is released; the others are carried out at once.
pub const OWN: [(Right, &[&str]); Right::ALL.len()] = [
    (Right::Access, &["executing", "ready_for_release"]),
    (Right::Rectification, &["executing"]),
    (Right::Erasure, &["approved", "executing"]),
    (Right::Restriction, &["executing"]),
    (Right::Portability, &["executing", "ready_for_release"]),
    (Right::Objection, &["executing"]),
    (Right::ConsentWithdrawal, &["executing"]),
    // A person has reviewed the decision by the time it is granted: nothing is left to be carried out.
    (Right::HumanReview, &[]),
];

/// Whether a case of `right` can be in `state`.
#[must_use]
pub fn passes_through(right: Right, state: &State) -> bool {
    let own = OWN
        .iter()
        .find_map(|(of, states)| (*of == right).then_some(*states));
    SHARED
        .iter()
        .chain(own.unwrap_or_default())
        .any(|name| *name == state.name())
}
