//! The SQL connectors against real servers: PostgreSQL and MariaDB.

mod changing;
mod drafts;
mod encrypted;
mod faults;
mod fields;
mod finding;
mod names;
mod place;
mod rings;
mod shapes;
mod types;
