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

/// The system `map` at the address `url`, and at `changing` for what changes rows.
///
/// # Errors
/// `NotConnected` when one of them is no address of such a database.
pub fn system(map: Arc<Mapped>, url: &str, changing: Option<&str>) -> Result<SqlSystem, SystemError> {
    let server = |url: &str| -> Result<Arc<dyn Server>, SystemError> {
        let server = MysqlServer::new(url, &map).map_err(|reason| SystemError::NotConnected {
            system: map.id.clone(),
            reason: reason.to_owned(),
        })?;
        Ok(Arc::new(server))
    };
    let (reading, changing) = (server(url)?, changing.map(server).transpose()?);
    Ok(SqlSystem::new(map, &Mysql, reading, changing))
}
