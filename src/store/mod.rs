//! The service's own database: the only place that knows diesel.

pub mod audit;
pub mod case_files;
pub mod cases;
pub mod changes;
pub mod clocks;
mod error;
pub mod forwardings;
pub mod grant_steps;
pub mod holds;
pub mod identity;
pub mod incidents;
pub mod jobs;
pub mod keys;
pub mod links;
pub mod locks;
pub mod mails;
pub mod manual_tasks;
pub mod messages;
pub mod migrations;
pub mod notices;
mod package_parts;
pub mod packages;
pub mod paper_letters;
pub mod plans;
mod pool;
pub mod proposals;
pub mod purges;
pub mod questions;
pub mod queue;
pub mod records;
pub mod replays;
pub mod restrictions;
pub mod retained;
pub mod same_person;
mod schema;
pub mod sessions;
pub mod shadow;
pub mod staff;
pub mod standing;
pub mod statistics;
pub mod suppressions;
pub mod throttles;

pub use error::{Error, Result};
pub use pool::Store;

/// A connection, inside or outside a transaction.
pub type Conn = diesel::PgConnection;
