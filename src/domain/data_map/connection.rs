//! How the connection to a system's database is encrypted.

use serde::Deserialize;

/// What the map says of it.
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
