//! A PostgreSQL database of the host's (version 12 or later).

mod catalogue;
mod dialect;
mod error;
mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::domain::data_map::System as Mapped;
use crate::services::ports::SystemError;

use super::sql::SqlSystem;
use super::sql::server::Server;

use dialect::Postgres;
use server::PostgresServer;

/// The server of the system `map` at the address `url`.
///
/// # Errors
/// `NotConnected` when that is no connection string.
pub fn server(map: &Mapped, url: &str) -> Result<Arc<dyn Server>, SystemError> {
    let config = url.parse().map_err(|_| SystemError::NotConnected {
        system: map.id.clone(),
        reason: if url.contains("sslmode=") || url.contains("sslrootcert=") {
            "how it is encrypted is said under tls in the map, not in its address".to_owned()
        } else {
            "its address is no PostgreSQL connection string".to_owned()
        },
    })?;
    Ok(Arc::new(PostgresServer::new(config, map)))
}

/// The system `map` read at one server, and changed at the other where there is one.
pub fn system(map: Arc<Mapped>, reading: Arc<dyn Server>, changing: Option<Arc<dyn Server>>) -> SqlSystem {
    SqlSystem::new(map, &Postgres, reading, changing)
}
