//! A draft of a system's part of the map, from its live database.

use std::sync::Arc;

use crate::domain::data_map::draft::{Drafted, draft};
use crate::domain::data_map::{ConnectorKind, System as Mapped};
use crate::services::ports::SystemError;

use super::database;

/// Drafts the map of the database at `url`, as the system `id`; `ca_file` is that of the connection's `tls`.
///
/// # Errors
/// When the address is none of a database that can be connected, or it cannot be looked at.
pub fn inspect(id: &str, url: &str, ca_file: Option<&str>) -> Result<String, SystemError> {
    let not_connected = |reason: &str| SystemError::NotConnected {
        system: id.to_owned(),
        reason: reason.to_owned(),
    };
    let connector = match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("postgres" | "postgresql") => ConnectorKind::Postgres,
        Some("mysql" | "mariadb") => ConnectorKind::Mysql,
        _ => {
            return Err(not_connected(
                "give the address of a database: postgresql://… or mysql://…",
            ));
        }
    };
    let mut written = toml::Table::new();
    written.insert("id".to_owned(), id.into());
    written.insert("connector".to_owned(), connector.name().into());
    let name = ["sv", "en"].map(|language| (language.to_owned(), toml::Value::from(id)));
    written.insert("name".to_owned(), toml::Table::from_iter(name).into());
    if let Some(file) = ca_file {
        let tls = [("ca_file".to_owned(), toml::Value::from(file))];
        written.insert("tls".to_owned(), toml::Table::from_iter(tls).into());
    }
    let map: Mapped = written
        .try_into()
        .map_err(|_| not_connected("no system can be called that"))?;
    let tables = database(&Arc::new(map), url, None, None)?.tables()?;
    Ok(draft(&Drafted { id, connector }, &tables))
}
