//! A MySQL (8.0 or later) or MariaDB (10.6 or later) database of the host's.

mod catalogue;
mod dialect;
mod error;
mod server;
mod session;
mod values;

use std::sync::Arc;

use crate::domain::data_map::System as Mapped;
use crate::services::ports::SystemError;

use super::sql::SqlSystem;
use super::sql::server::Server;

use dialect::Mysql;
use server::MysqlServer;

/// The server of the system `map` at the address `url`.
///
/// # Errors
/// `NotConnected` when that is no address of such a database.
pub fn server(map: &Mapped, url: &str) -> Result<Arc<dyn Server>, SystemError> {
    let server = MysqlServer::new(url, map).map_err(|reason| SystemError::NotConnected {
        system: map.id.clone(),
        reason: reason.to_owned(),
    })?;
    Ok(Arc::new(server))
}

/// The system `map` read at one server, and changed at the other where there is one.
pub fn system(map: Arc<Mapped>, reading: Arc<dyn Server>, changing: Option<Arc<dyn Server>>) -> SqlSystem {
    SqlSystem::new(map, &Mysql, reading, changing)
}
