//! What is made once, and the settings the server runs with.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use postgres::{Client, NoTls};
use sha2::{Digest, Sha256};

use super::account::Account;
use super::{APP_ROLE, Binaries, ClusterError, ClusterOptions, DATABASE, OWNER_ROLE};

/// The kernel takes 107 bytes of socket path, of which PostgreSQL adds `/.s.PGSQL.5432.lock`.
const SOCKET_DIR_MAX: usize = 85;

/// Where the parts of a cluster are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) data: PathBuf,
    pub(super) log: PathBuf,
    pub(super) socket: PathBuf,
}

impl Places {
    /// The places under an absolute data directory of the service; the same for every process.
    pub(super) fn of(data_dir: &Path) -> Self {
        let data = data_dir.join("postgres");
        let near = data_dir.join("postgres-socket");
        let plain = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
        };
        let socket = match near.to_str() {
            Some(text) if text.len() <= SOCKET_DIR_MAX && plain(text) => near,
            _ => {
                let digest = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
                let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
                PathBuf::from(format!("/tmp/dataratt-{name}"))
            }
        };
        Self {
            log: data.join("log"),
            data,
            socket,
        }
    }
}

/// Makes the service's data directory where it is missing (others may pass through it, not list it), as an absolute
/// path without links.
pub(super) fn made(data_dir: &Path) -> Result<PathBuf, ClusterError> {
    if !data_dir.exists() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o711)
            .create(data_dir)
            .map_err(ClusterError::io(data_dir))?;
    }
    fs::canonicalize(data_dir).map_err(ClusterError::io(data_dir))
}

/// The connection string; `socket` is plain ASCII by construction.
pub(super) fn url(socket: &Path, role: &str, database: &str) -> String {
    let host = socket.to_string_lossy().replace('/', "%2F");
    format!("postgresql://{role}@/{database}?host={host}&port=5432")
}

/// The binaries for the data that is there, or the best ones when there is none.
pub(super) fn fitting_binaries(data: &Path) -> Result<Binaries, ClusterError> {
    let best = Binaries::find()?;
    let marker = data.join("PG_VERSION");
    if !marker.exists() {
        let empty = fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
        return if empty {
            Ok(best)
        } else {
            Err(ClusterError::NotAPostgresDirectory {
                directory: data.to_owned(),
            })
        };
    }
    let made_by = fs::read_to_string(&marker)
        .map_err(ClusterError::io(&marker))?
        .trim()
        .to_owned();
    let all = Binaries::find_all();
    let found = all
        .iter()
        .map(|one| format!("{} in {}", one.version, one.directory.display()))
        .collect();
    all.into_iter()
        .find(|one| one.version.to_string() == made_by)
        .ok_or_else(|| ClusterError::OtherVersion {
            directory: data.to_owned(),
            made_by,
            found,
        })
}

/// Runs `initdb` where there is no data yet: beside, then moved, so that a crash leaves nothing half made.
pub(super) fn init(
    places: &Places,
    account: &Account,
    binaries: &Binaries,
    options: ClusterOptions,
) -> Result<(), ClusterError> {
    if places.data.join("PG_VERSION").exists() {
        return Ok(());
    }
    let fresh = places.data.with_extension("new");
    if let Err(output) = run_initdb(&fresh, account, binaries, options, "C.UTF-8")? {
        tracing::warn!(output, "initdb with the locale C.UTF-8 failed; trying C");
        if let Err(output) = run_initdb(&fresh, account, binaries, options, "C")? {
            return Err(ClusterError::Init {
                directory: fresh,
                output,
            });
        }
    }
    fs::rename(&fresh, &places.data).map_err(ClusterError::io(&places.data))
}

/// The inner result is what `initdb` said when it failed.
fn run_initdb(
    fresh: &Path,
    account: &Account,
    binaries: &Binaries,
    options: ClusterOptions,
    locale: &str,
) -> Result<Result<(), String>, ClusterError> {
    if fresh.exists() {
        fs::remove_dir_all(fresh).map_err(ClusterError::io(fresh))?;
    }
    account.private_directory(fresh)?;
    let mut command = Command::new(binaries.program("initdb"));
    command.arg("-D").arg(fresh).args([
        "-U",
        OWNER_ROLE,
        "--encoding=UTF8",
        "--auth-local=trust",
        "--auth-host=reject",
    ]);
    command.arg(format!("--locale={locale}"));
    if options.testing {
        command.arg("--no-sync");
    }
    account.apply(&mut command);
    let output = command
        .output()
        .map_err(ClusterError::io(&binaries.program("initdb")))?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    Ok(Err(String::from_utf8_lossy(&output.stderr)
        .trim()
        .replace('\n', " | ")))
}

/// The server's settings. No statement, no parameter and no error text of a statement comes into its log: those hold
/// personal data. The client gets its errors all the same.
pub(super) fn settings(places: &Places, options: ClusterOptions) -> Vec<(&'static str, String)> {
    let fixed = [
        ("listen_addresses", ""),
        ("port", "5432"),
        ("unix_socket_permissions", "0700"),
        ("max_connections", "100"),
        ("timezone", "UTC"),
        // The words by which the store tells a deadlock.
        ("lc_messages", "C"),
        ("log_timezone", "UTC"),
        ("idle_in_transaction_session_timeout", "60s"),
        ("logging_collector", "on"),
        ("log_directory", "log"),
        ("log_filename", "postgresql-%a.log"),
        ("log_rotation_age", "1d"),
        ("log_truncate_on_rotation", "on"),
        ("log_file_mode", "0600"),
        ("log_statement", "none"),
        ("log_min_duration_statement", "-1"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("log_error_verbosity", "terse"),
        ("log_min_error_statement", "panic"),
        // The message of an error may quote a value: only what concerns the server itself is logged.
        ("log_min_messages", "log"),
    ];
    let hasty = [
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("wal_level", "minimal"),
        ("max_wal_senders", "0"),
        ("autovacuum", "off"),
        ("jit", "off"),
    ];
    let mut all: Vec<_> = fixed
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    all.push((
        "unix_socket_directories",
        places.socket.to_string_lossy().into_owned(),
    ));
    if options.testing {
        all.extend(hasty.into_iter().map(|(name, value)| (name, value.to_owned())));
    }
    all
}

/// The runtime role and the service's database; made at the first start, or completed after a crash in it.
pub(super) fn ensure_roles(url: &str) -> Result<(), ClusterError> {
    let mut client = Client::connect(url, NoTls)?;
    if client
        .query_opt("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&APP_ROLE])?
        .is_none()
    {
        client.batch_execute(&format!(
            "CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
        ))?;
    }
    if client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&DATABASE])?
        .is_none()
    {
        client.batch_execute(&format!("CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}"))?;
    }
    Ok(())
}
