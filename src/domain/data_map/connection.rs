//! How a system is reached, and how the connection to a database is encrypted.

use serde::Deserialize;

use crate::domain::language::Text;

/// How a system is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectorKind {
    /// A PostgreSQL database.
    Postgres,
    /// A MySQL or MariaDB database.
    Mysql,
    /// An API of the host.
    Http,
    /// A folder of files.
    Files,
    /// No machine access: staff get a task.
    Manual,
}

impl ConnectorKind {
    /// The name in profiles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Http => "http",
            Self::Files => "files",
            Self::Manual => "manual",
        }
    }
}

/// How staff see to a system that no machine reaches.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// Where it is, how one looks for a person there, and who has the key.
    pub instructions: Text,
    /// Days that a task may take.
    #[serde(default = "week")]
    pub within_days: u32,
}

const fn week() -> u32 {
    7
}

/// What the map says of encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Whether. When nothing is said, a connection is encrypted unless it stays on this machine.
    pub mode: Option<Encryption>,
    /// A PEM file with the certificates of the authorities that are trusted, and no others; those that the machine
    /// trusts when absent.
    pub ca_file: Option<String>,
    /// The name in the server's certificate, where it is another than that of the address.
    pub server_name: Option<String>,
}

/// Whether a connection is encrypted. There is nothing in between: without a look at the certificate anybody may be at the
/// other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// Encrypted, to a server whose certificate is trusted and bears its name.
    VerifyFull,
    /// Not encrypted.
    Off,
}
