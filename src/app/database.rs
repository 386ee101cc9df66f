//! Where the service's own database is: a PostgreSQL that is given, or the private one.

use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::StartError;
use crate::adapters::cluster::{Cluster, ClusterError, ClusterOptions, DATABASE};
use crate::config::Settings;
use crate::store::{Store, migrations};

/// How long a command waits for a connection.
const WAIT: Duration = Duration::from_secs(5);
/// How often, and how long apart, `serve` asks for a cluster that a command is just using.
const OWN_TRIES: u32 = 100;
const OWN_PAUSE: Duration = Duration::from_millis(200);

/// The database, and the cluster that must live as long as it is used.
pub struct Database {
    /// For migrations.
    pub owner_url: String,
    /// For everything else.
    pub app_url: String,
    /// The private cluster, when no database is given.
    pub cluster: Option<Cluster>,
}

/// Who asks for the private cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenancy {
    /// The service: the cluster lives and ends with it.
    Own,
    /// A command: it uses the cluster that runs, or one of its own for as long as it takes.
    Borrow,
}

impl Database {
    /// The database that the settings name, started when it is the private one.
    ///
    /// # Errors
    /// When the private cluster cannot be started.
    pub fn open(settings: &Settings, tenancy: Tenancy) -> Result<Self, StartError> {
        if let Some(url) = &settings.database.url {
            let owner = settings.database.owner_url.as_ref().unwrap_or(url);
            return Ok(Self {
                owner_url: owner.expose_secret().to_owned(),
                app_url: url.expose_secret().to_owned(),
                cluster: None,
            });
        }
        let cluster = match tenancy {
            Tenancy::Own => own(&settings.data_dir)?,
            Tenancy::Borrow => Cluster::attach_or_start(&settings.data_dir, ClusterOptions::default())?,
        };
        Ok(Self {
            owner_url: cluster.owner_url(DATABASE),
            app_url: cluster.app_url(DATABASE),
            cluster: Some(cluster),
        })
    }

    /// Brings the database up to date, if it is not. A current one is left alone, so that the owner's login is
    /// needed for upgrades only.
    ///
    /// # Errors
    /// When the database does not answer or a migration fails.
    pub fn prepare(&self) -> Result<(), StartError> {
        let current = Store::connect(&self.app_url, 1, WAIT)
            .and_then(|store| migrations::is_current(&mut *store.get()?))
            .unwrap_or(false);
        if !current {
            migrations::migrate(&self.owner_url)?;
        }
        Ok(())
    }

    /// A pool of connections for use cases.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn connect(&self, size: u32) -> Result<Store, StartError> {
        Ok(Store::connect(&self.app_url, size, WAIT)?)
    }
}

/// A command that started the cluster ends it with itself, so the service waits until it has one of its own.
fn own(data_dir: &Path) -> Result<Cluster, ClusterError> {
    let mut tries = 0;
    loop {
        match Cluster::start(data_dir, ClusterOptions::default()) {
            Err(ClusterError::AlreadyRunning { .. }) if tries < OWN_TRIES => {
                tries += 1;
                std::thread::sleep(OWN_PAUSE);
            }
            other => return other,
        }
    }
}
