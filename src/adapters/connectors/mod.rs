//! The connected systems of the host: each looked into, and erased in, by the connector of its kind.

mod addresses;
mod files;
mod http;
mod inspect;
mod lent;
mod mysql;
mod postgres;
mod sql;
#[cfg(test)]
mod tests;
mod tls;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::data_map::{ConnectorKind, DataMap, System as Mapped};
use crate::services::ports::{System, SystemError, Systems};

use lent::{Lender, Lent};
use sql::SqlSystem;
use sql::server::Server;

pub use addresses::{SYSTEMS_FILE, addresses, from_file};
pub use files::FilesSystem;
pub use http::HttpSystem;
pub use inspect::inspect;

/// Finds the value behind an `env:NAME`.
type Lookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Finds the server of a system at an address.
type Way = fn(&Mapped, &str) -> Result<Arc<dyn Server>, SystemError>;

/// The systems of the data map, connected at first use.
///
/// Addresses are looked up every time, so that a changed one takes effect without a restart.
pub struct Connected {
    systems: BTreeMap<String, Arc<Mapped>>,
    lookup: Lookup,
    made: Mutex<BTreeMap<String, Made>>,
}

/// A connector and the addresses it was made for.
struct Made {
    url: String,
    erase_url: Option<String>,
    headers: Vec<(String, String)>,
    system: Arc<dyn System>,
}

impl Connected {
    /// The systems of `map`; `lookup` gives the value of an `env:NAME`, as [`addresses`] does.
    #[must_use]
    pub fn new(map: &DataMap, lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        let systems = map
            .systems
            .iter()
            .map(|system| (system.id.clone(), Arc::new(system.clone())))
            .collect();
        Self {
            systems,
            lookup: Box::new(lookup),
            made: Mutex::default(),
        }
    }

    /// The headers of a system over HTTP, which may hold a password: for nobody's eyes.
    fn headers(&self, system: &Mapped) -> Result<Vec<(String, String)>, String> {
        let headers = system.http.iter().flat_map(|http| &http.headers);
        headers
            .map(|(name, value)| Ok((name.clone(), self.url(Some(value))?)))
            .collect()
    }

    /// An address of the map, which may hold a password: for nobody's eyes.
    fn url(&self, written: Option<&str>) -> Result<String, String> {
        let url = written
            .filter(|url| !url.is_empty())
            .ok_or("the map gives no address: name one as url")?;
        match url.strip_prefix("env:") {
            Some(name) => (self.lookup)(name).ok_or_else(|| {
                format!("{name} is not set: put it into the environment, or into {SYSTEMS_FILE} in the data directory")
            }),
            None => Ok(url.to_owned()),
        }
    }
}

impl Systems for Connected {
    fn get(&self, id: &str) -> Result<Arc<dyn System>, SystemError> {
        let missing = |reason: &str| SystemError::NotConnected {
            system: id.to_owned(),
            reason: reason.to_owned(),
        };
        let mapped = self
            .systems
            .get(id)
            .ok_or_else(|| missing("the map has no such system"))?;
        match mapped.connector {
            ConnectorKind::Manual => return Err(missing("staff look into it by hand")),
            ConnectorKind::Postgres | ConnectorKind::Mysql | ConnectorKind::Files | ConnectorKind::Http => {}
        }
        let url = self
            .url(mapped.url.as_deref())
            .map_err(|reason| missing(&reason))?;
        let erase_url = mapped.erase_url.as_deref();
        let lender = erase_url.and_then(Lender::named);
        let erase_url = erase_url
            .filter(|_| lender.is_none())
            .map(|written| self.url(Some(written)));
        let erase_url = erase_url.transpose().map_err(|reason| missing(&reason))?;
        let headers = self.headers(mapped).map_err(|reason| missing(&reason))?;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made
            .get(id)
            .filter(|known| known.url == url && known.erase_url == erase_url && known.headers == headers)
        {
            return Ok(Arc::clone(&known.system));
        }
        let system: Arc<dyn System> = match mapped.connector {
            ConnectorKind::Files => Arc::new(FilesSystem::new(Arc::clone(mapped), &url)?),
            ConnectorKind::Http => Arc::new(HttpSystem::new(Arc::clone(mapped), &url, headers.clone())?),
            _ => Arc::new(database(mapped, &url, erase_url.as_deref(), lender)?),
        };
        let fresh = Made {
            url,
            erase_url,
            headers,
            system: Arc::clone(&system),
        };
        made.insert(id.to_owned(), fresh);
        Ok(system)
    }
}

/// A system that is a database, with the way in for what changes rows where the map names one.
fn database(
    mapped: &Arc<Mapped>,
    url: &str,
    erase_url: Option<&str>,
    lender: Option<Lender>,
) -> Result<SqlSystem, SystemError> {
    let (server, connect): (Way, fn(_, _, _) -> SqlSystem) = match mapped.connector {
        ConnectorKind::Mysql => (mysql::server, mysql::system),
        _ => (postgres::server, postgres::system),
    };
    let changing: Option<Arc<dyn Server>> = match lender {
        Some(lender) => Some(Arc::new(Lent::new(lender, Arc::clone(mapped), server))),
        None => erase_url.map(|url| server(mapped, url)).transpose()?,
    };
    Ok(connect(Arc::clone(mapped), server(mapped, url)?, changing))
}
