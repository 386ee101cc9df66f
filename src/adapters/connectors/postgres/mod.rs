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

/// The system `map` at the connection string `url`, and at `changing` for what changes rows.
///
/// # Errors
/// `NotConnected` when one of them is no connection string.
pub fn system(map: Arc<Mapped>, url: &str, changing: Option<&str>) -> Result<SqlSystem, SystemError> {
    let server = |url: &str| -> Result<Arc<dyn Server>, SystemError> {
        let config = url.parse().map_err(|_| SystemError::NotConnected {
            system: map.id.clone(),
            reason: if url.contains("sslmode=") || url.contains("sslrootcert=") {
                "how it is encrypted is said under tls in the map, not in its address".to_owned()
            } else {
                "its address is no PostgreSQL connection string".to_owned()
            },
        })?;
        Ok(Arc::new(PostgresServer::new(config, &map)))
    };
    let (reading, changing) = (server(url)?, changing.map(server).transpose()?);
    Ok(SqlSystem::new(map, &Postgres, reading, changing))
}
