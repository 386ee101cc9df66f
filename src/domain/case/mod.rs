//! A case: the states it can be in, what can happen to it, and what follows from that.
//!
//! [`Case::apply`] is the only way from one state to another. It is pure: it says what the case
//! becomes and which effects must be committed with it, and a service makes both true in one
//! transaction. The database holds the same table of allowed transitions and refuses others.

mod apply;
mod decide;
mod event;
pub mod joining;
pub mod path;
mod refusal;
mod state;
#[cfg(test)]
mod tests;

pub use apply::TransitionError;
pub use event::{Effect, Event, Transition};
pub use refusal::{RefusalGround, RefusedItem};
pub use state::{Case, Confirmation, IdentityStanding, Proposal, State};
