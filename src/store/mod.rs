//! The service's own database: the only place that knows diesel.

pub mod audit;
mod error;
pub mod keys;
pub mod migrations;
mod pool;
mod schema;

pub use error::{Error, Result};
pub use pool::Store;

/// A connection, inside or outside a transaction.
pub type Conn = diesel::PgConnection;
