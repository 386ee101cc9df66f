//! What lies outside the process: the private PostgreSQL, the systems of the host, mail.

pub mod cluster;
pub mod profiles;
