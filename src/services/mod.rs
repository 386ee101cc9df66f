//! The use cases: one function each, synchronous, in the words of the domain.

mod context;
mod error;
pub mod handoff;
pub mod ports;

pub use context::{Context, Keys, PasswordCost, Policy};
pub use error::{Error, FieldError, Result};
