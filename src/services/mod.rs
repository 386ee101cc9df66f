//! The use cases: one function each, synchronous, in the words of the domain.

pub mod accounts;
pub mod answer;
pub mod auditing;
pub mod codes;
mod context;
pub mod desk;
mod error;
pub mod execution;
pub mod granting;
pub mod handling;
pub mod handoff;
pub mod intake;
pub mod jobs;
pub mod keys;
pub mod letters;
pub mod limits;
pub mod mailing;
pub mod notices;
pub mod overview;
pub mod planning;
pub mod ports;
pub mod proving;
pub mod purging;
pub mod records;
pub mod searching;
pub mod statistics;
pub mod stopping;
pub mod suppressions;
pub mod telling;
pub mod thinning;
pub mod tokens;
pub mod transition;

pub use context::{Context, PasswordCost, Policy, RetentionPolicy};
pub use error::{Error, FieldError, Result};
pub use keys::Keys;
