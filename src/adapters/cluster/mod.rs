//! The embedded private PostgreSQL: one under the service's data directory, on a unix socket only, never as root.
//!
//! Who starts it owns it: it ends with that process, whether that ends well or not. Other processes of the service
//! use the one that runs. Three files beside each other under the data directory: `postgres/` (the data and, in
//! `log/`, the server's log), `postgres.lock` (held while somebody starts or stops it), `postgres.owner` (held by the
//! process that owns it). Being locks of the kernel, they end with their process.

mod account;
mod binaries;
mod error;
mod server;
mod setup;
#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use account::Account;
pub use binaries::{Binaries, MINIMUM_VERSION};
pub use error::ClusterError;
use server::Server;

/// The role that owns the database and migrates it; a superuser of the private cluster.
pub const OWNER_ROLE: &str = "dataratt_owner";
/// The role the service works as.
pub const APP_ROLE: &str = "dataratt_app";
/// The service's own database.
pub const DATABASE: &str = "dataratt";

/// How long the remains of a killed server may take to go.
const REMAINS: Duration = Duration::from_secs(20);
const REMAINS_PAUSE: Duration = Duration::from_millis(200);

/// How the server runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterOptions {
    /// Faster and not safe against power loss: for tests only.
    pub testing: bool,
}

/// A running embedded cluster, started again when it dies. Dropping it ends the server if this value started it.
#[derive(Debug)]
pub struct Cluster {
    data_dir: PathBuf,
    socket: PathBuf,
    ownership: Option<Ownership>,
}

#[derive(Debug)]
struct Ownership {
    server: Server,
    /// Locked as long as it is open.
    _lock: File,
}

impl Cluster {
    /// Starts the cluster under `data_dir`, making it first where there is none. Waits while another process starts
    /// or stops it; a server left over by a killed service is ended cleanly and started anew.
    ///
    /// # Errors
    /// `AlreadyRunning` when another process owns it, and every other reason why it cannot run.
    pub fn start(data_dir: &Path, options: ClusterOptions) -> Result<Self, ClusterError> {
        let cluster = Self::attach_or_start(data_dir, options)?;
        if cluster.is_owned() {
            Ok(cluster)
        } else {
            Err(ClusterError::AlreadyRunning {
                directory: cluster.data_dir.clone(),
            })
        }
    }

    /// Uses the cluster that another process runs under `data_dir`, or starts it as `start` does.
    ///
    /// # Errors
    /// Every reason why it cannot run.
    pub fn attach_or_start(data_dir: &Path, options: ClusterOptions) -> Result<Self, ClusterError> {
        let data_dir = setup::made(data_dir)?;
        let places = setup::Places::of(&data_dir);
        let _starting = locked(&data_dir.join("postgres.lock"))?;
        let owner = opened(&data_dir.join("postgres.owner"))?;
        match owner.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Self::attached(data_dir, &places),
            Err(TryLockError::Error(source)) => {
                return Err(ClusterError::Io {
                    path: data_dir.join("postgres.owner"),
                    source,
                });
            }
        }
        if let Some(pid) = server::running(&places.data) {
            tracing::warn!(pid, "ending the PostgreSQL that a killed service left behind");
            server::end_orphan(pid, &places.data)?;
        }
        let account = Account::for_directory(&places.data)?;
        account.open_way(&data_dir)?;
        let binaries = setup::fitting_binaries(&places.data)?;
        setup::init(&places, &account, &binaries, options)?;
        let server = launch_past_remains(&places, &account, &binaries, options)?;
        // Before there is a value whose drop would wait for the lock held here.
        setup::ensure_roles(&setup::url(&places.socket, OWNER_ROLE, "postgres"))?;
        Ok(Self {
            data_dir,
            socket: places.socket,
            ownership: Some(Ownership { server, _lock: owner }),
        })
    }

    fn attached(data_dir: PathBuf, places: &setup::Places) -> Result<Self, ClusterError> {
        let cluster = Self {
            data_dir,
            socket: places.socket.clone(),
            ownership: None,
        };
        match Client::connect(&cluster.owner_url("postgres"), NoTls) {
            Ok(_) => Ok(cluster),
            Err(_) if server::running(&places.data).is_none() => Err(ClusterError::Start {
                tail: server::tail(&places.log),
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the server ends with this value.
    #[must_use]
    pub const fn is_owned(&self) -> bool {
        self.ownership.is_some()
    }

    /// The process id of the server, when this value owns it.
    #[must_use]
    pub fn server_pid(&self) -> Option<i32> {
        self.ownership.as_ref().map(|ownership| ownership.server.pid())
    }

    /// Ends the server, if this value started it, and waits until its data is written.
    ///
    /// # Errors
    /// `Stop` when it does not end within minutes.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), ClusterError> {
        let Some(mut ownership) = self.ownership.take() else {
            return Ok(());
        };
        let _stopping = locked(&self.data_dir.join("postgres.lock"))?;
        ownership.server.stop()?;
        // Of use only while the server runs; in the data directory or in /tmp.
        let _absent = fs::remove_dir(&self.socket);
        Ok(())
    }

    /// The connection string of the owner role to a database of the cluster; libpq and `postgres` both read it.
    #[must_use]
    pub fn owner_url(&self, database: &str) -> String {
        self.role_url(OWNER_ROLE, database)
    }

    /// The connection string of the role the service works as.
    #[must_use]
    pub fn app_url(&self, database: &str) -> String {
        self.role_url(APP_ROLE, database)
    }

    /// The connection string of any role of the cluster. Names of roles and databases are plain ASCII words.
    #[must_use]
    pub fn role_url(&self, role: &str, database: &str) -> String {
        setup::url(&self.socket, role, database)
    }

    /// The directory of the server's log.
    #[must_use]
    pub fn log_dir(&self) -> PathBuf {
        setup::Places::of(&self.data_dir).log
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::warn!(%error, "the embedded PostgreSQL did not end as it should");
        }
    }
}

/// As [`launch`], waiting for what a killed server leaves behind: for a moment its other processes still hold the data,
/// and a new one refuses to start beside them. One that ended in order has removed its `postmaster.pid`.
fn launch_past_remains(
    places: &setup::Places,
    account: &Account,
    binaries: &Binaries,
    options: ClusterOptions,
) -> Result<Server, ClusterError> {
    let was_killed = places.data.join("postmaster.pid").exists();
    let deadline = Instant::now() + REMAINS;
    loop {
        match launch(places, account, binaries, options) {
            Err(ClusterError::Start { .. }) if was_killed && Instant::now() < deadline => {
                std::thread::sleep(REMAINS_PAUSE);
            }
            ended => return ended,
        }
    }
}

/// Starts the server and waits until it answers.
fn launch(
    places: &setup::Places,
    account: &Account,
    binaries: &Binaries,
    options: ClusterOptions,
) -> Result<Server, ClusterError> {
    account.private_directory(&places.socket)?;
    account.private_directory(&places.log)?;
    let command = server_command(places, account, binaries, options)?;
    let url = setup::url(&places.socket, OWNER_ROLE, "postgres");
    let ready = move || Client::connect(&url, NoTls).is_ok();
    let server = Server::start(command, ready, places.log.clone())?;
    tracing::info!(
        pid = server.pid(),
        version = binaries.version,
        "embedded PostgreSQL started"
    );
    Ok(server)
}

fn server_command(
    places: &setup::Places,
    account: &Account,
    binaries: &Binaries,
    options: ClusterOptions,
) -> Result<Command, ClusterError> {
    let postgres = binaries.program("postgres");
    let setpriv = Path::new("/usr/bin/setpriv");
    let mut command = if setpriv.exists() {
        let mut wrapped = Command::new(setpriv);
        wrapped.arg("--pdeathsig").arg("INT").arg(postgres);
        wrapped
    } else {
        Command::new(postgres)
    };
    command.arg("-D").arg(&places.data);
    for (name, value) in setup::settings(places, options) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    account.apply(&mut command);
    let early = places.log.join("start.log");
    let output = File::create(&early).map_err(ClusterError::io(&early))?;
    account.own(&early)?;
    let copy = output.try_clone().map_err(ClusterError::io(&early))?;
    command
        .stdin(std::process::Stdio::null())
        .stdout(output)
        .stderr(copy);
    Ok(command)
}

/// Opens a lock file, making it where it is missing; another user of the service may own it.
fn opened(path: &Path) -> Result<File, ClusterError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .or_else(|_| File::open(path))
        .map_err(ClusterError::io(path))
}

/// Waits until no other process holds the lock file, and holds it until dropped.
fn locked(path: &Path) -> Result<File, ClusterError> {
    let file = opened(path)?;
    file.lock().map_err(ClusterError::io(path))?;
    Ok(file)
}
