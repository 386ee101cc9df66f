//! The SQL connectors against real servers: PostgreSQL and MariaDB.

mod changing;
mod finding;
mod names;
mod place;
mod shapes;
mod types;
