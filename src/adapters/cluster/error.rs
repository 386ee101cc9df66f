//! Why the embedded PostgreSQL cannot be used, and what would help.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the embedded cluster. The texts are for whoever operates the service.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// No server of a supported version on this machine.
    #[error(
        "no PostgreSQL {minimum} or newer was found (looked at: {}); install one (Debian: `apt-get install postgresql`), \
         or name a server of your own in DATARATT_DATABASE__URL",
        .looked_at.join(", ")
    )]
    NoBinaries {
        /// The oldest major version that will do.
        minimum: u32,
        /// Each place, with what was wrong there.
        looked_at: Vec<String>,
    },
    /// The data directory was made by a major version that is not installed here.
    #[error(
        "{} was made by PostgreSQL {made_by}, but this machine has {}; install PostgreSQL {made_by} beside it \
         (Debian: `apt-get install postgresql-{made_by}`), or move the data with pg_upgrade or pg_dump; nothing was changed",
        .directory.display(), .found.join(", ")
    )]
    OtherVersion {
        /// Where the data is.
        directory: PathBuf,
        /// The content of its `PG_VERSION`.
        made_by: String,
        /// The servers found, each with its place.
        found: Vec<String>,
    },
    /// The data directory exists but does not look like one of PostgreSQL's.
    #[error("{} is not empty and not a PostgreSQL data directory; move it away, or choose another data directory", .directory.display())]
    NotAPostgresDirectory {
        /// The directory in question.
        directory: PathBuf,
    },
    /// PostgreSQL refuses to run as root and there is no other account to run it as.
    #[error(
        "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor `nobody` to run it as"
    )]
    NoAccount,
    /// A directory on the way is closed to the account of the server.
    #[error("the account {account} of PostgreSQL cannot pass through {}; `chmod o+x` it, or choose another data directory", .directory.display())]
    Unreachable {
        /// The directory that is closed.
        directory: PathBuf,
        /// The account the server runs as.
        account: String,
    },
    /// A directory belongs to someone else.
    #[error("{} belongs to the user with id {owner}, not to {account}; run as that user or as root, or choose another data directory", .directory.display())]
    ForeignDirectory {
        /// The directory that is another's.
        directory: PathBuf,
        /// The user id it belongs to.
        owner: u32,
        /// The account the server would run as.
        account: String,
    },
    /// Another process of the service has the cluster, and the caller wanted it alone.
    #[error("another process of the service already runs the PostgreSQL under {}", .directory.display())]
    AlreadyRunning {
        /// The data directory of the service.
        directory: PathBuf,
    },
    /// `initdb` failed.
    #[error("initdb failed in {}: {output}", .directory.display())]
    Init {
        /// Where it should have made a cluster.
        directory: PathBuf,
        /// What it said.
        output: String,
    },
    /// The server ended, or did not answer in time, while starting.
    #[error("PostgreSQL did not start; the end of its log: {tail}")]
    Start {
        /// The last lines it wrote.
        tail: String,
    },
    /// The server did not end in time.
    #[error("PostgreSQL (process {pid}) did not stop")]
    Stop {
        /// Its process id.
        pid: i32,
    },
    /// A file or directory could not be used.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The server was reached but refused what the service needs of it.
    #[error("the embedded PostgreSQL refused: {0}")]
    Database(#[from] postgres::Error),
}

impl ClusterError {
    /// Names the path that an input or output error is about.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
