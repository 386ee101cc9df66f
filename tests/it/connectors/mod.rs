//! The SQL connectors against real servers: PostgreSQL and MariaDB.

mod changing;
mod drafts;
mod encrypted;
mod faults;
mod fields;
mod finding;
mod looks;
mod names;
pub mod place;
pub mod plans;
mod rings;
mod shapes;
mod types;
