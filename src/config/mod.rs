//! The settings: built-in defaults, then a file, then the environment; each mistake named with where it stands.

mod layers;
#[cfg(test)]
mod tests;
mod types;

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::domain::contact::Email;
use crate::domain::filing::{MAX_RECORD_YEARS, Periods};
use layers::Layers;
pub use layers::Source;
use types::KeyStoreSetting;
pub use types::{KeyStorePlace, Network};

/// The defaults, which are the documentation of every setting.
const DEFAULTS: &str = include_str!("../../config/default.toml");
/// The variable that names the file.
const FILE_VARIABLE: &str = "DATARATT_CONFIG";

/// A setting that cannot be used. The texts are for whoever operates the service, and quote no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{} (named in DATARATT_CONFIG) cannot be read: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is no TOML.
    #[error("{}: line {line}: {reason}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// There is no such setting.
    #[error("{origin}: there is no setting `{key}`; known here: {}", .known.join(", "))]
    UnknownKey {
        /// Where it stands.
        origin: Source,
        /// The key, with dots.
        key: String,
        /// The keys there are in its place.
        known: Vec<String>,
    },
    /// The value is of the wrong kind, or not one of those allowed.
    #[error("{origin}: `{key}`: {expected}")]
    Value {
        /// Where it stands.
        origin: Source,
        /// The key, with dots.
        key: String,
        /// What may stand there.
        expected: String,
    },
}

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The stem of a profile that ships, or a file's path.
    #[serde(deserialize_with = "types::filled")]
    pub organisation: String,
    /// Where the service keeps what is its own.
    #[serde(deserialize_with = "types::filled")]
    pub data_dir: PathBuf,
    /// The pages and the API.
    pub http: Http,
    /// The service's own database.
    pub database: Database,
    /// Outgoing mail.
    pub mail: Mail,
    /// Erasure.
    pub erasure: Erasure,
    /// `[restriction]`.
    pub restriction: Restriction,
    /// What the law makes us keep, and how long files of cases are kept.
    pub retention: Retention,
    /// The key that seals everything.
    pub secrets: Secrets,
    /// The work behind the pages.
    pub worker: Worker,
    /// Rate limits and mail budgets.
    pub limits: Limits,
    /// Figures for the operator.
    pub metrics: Metrics,
    /// The log.
    pub log: Log,
    /// The host's customer portal.
    pub portal: Portal,
    /// The clock.
    #[cfg(feature = "testing")]
    pub clock: Clock,
}

/// `[http]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// The address to listen on; port 0 takes a free one.
    #[serde(deserialize_with = "types::address")]
    pub listen: SocketAddr,
    /// Where people reach the service, when that is not the address itself.
    #[serde(deserialize_with = "types::public_url")]
    pub public_url: Option<Url>,
    /// The proxies that may say who the client is.
    pub trusted_proxies: Vec<Network>,
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The service's own; none: the embedded one.
    #[serde(deserialize_with = "types::database_url")]
    pub url: Option<SecretString>,
    /// The same as the owner of its tables.
    #[serde(deserialize_with = "types::database_url")]
    pub owner_url: Option<SecretString>,
    /// Connections of one process.
    pub pool_size: NonZeroU32,
}

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// How mail leaves.
    pub transport: Transport,
    /// The server, with login.
    #[serde(deserialize_with = "types::smtp_url")]
    pub smtp_url: Option<SecretString>,
    /// Authorities to trust besides those of the machine, in PEM.
    #[serde(deserialize_with = "types::optional")]
    pub ca_file: Option<PathBuf>,
    /// The sender's address.
    #[serde(deserialize_with = "types::optional")]
    pub from: Option<String>,
    /// The address that bounces come to; each mail's id is put into it.
    #[serde(deserialize_with = "types::optional")]
    pub return_path: Option<Email>,
    /// Whether a page shows the mails of the file transport.
    pub viewer: bool,
}

/// How mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// To a mail server.
    Smtp,
    /// Into files under the data directory.
    File,
}

/// `[erasure]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// How long an approved erasure waits.
    cool_off_seconds: u32,
    /// Days in which the erasure of an account that ended can be undone.
    pub account_end_quarantine_days: u32,
}

/// `[restriction]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// Days between the letter that announces the lifting of a restriction and the lifting.
    lift_lead_days: u16,
}

/// `[retention]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Whether an approver must approve each list before it is purged.
    pub purge_approval: bool,
    /// Days until what was taken out or rejected is proposed again.
    pub propose_again_after_days: u32,
    file_months: NonZeroU16,
    after_hold_months: u16,
    record_years: NonZeroU16,
}

/// `[secrets]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    #[serde(deserialize_with = "types::optional")]
    key_file: Option<PathBuf>,
    key_store: KeyStoreSetting,
}

/// `[worker]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// Whether `serve` does the work too.
    pub enabled: bool,
    /// How many jobs are done at a time.
    pub threads: NonZeroU16,
}

/// `[limits]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Whether rate limits and mail budgets apply.
    pub enabled: bool,
}

/// `[metrics]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The address of `/metrics`, when it is served.
    #[serde(deserialize_with = "types::optional_address")]
    pub listen: Option<SocketAddr>,
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// For whom.
    pub format: LogFormat,
    /// What, as tracing filters say it.
    pub filter: String,
}

/// For whom the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// People at a terminal.
    Human,
    /// Programs that collect it.
    Json,
}

/// `[portal]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// The portal's public key, in PEM.
    #[serde(deserialize_with = "types::optional")]
    pub public_key_file: Option<PathBuf>,
    /// The `iss` of its tokens.
    #[serde(deserialize_with = "types::optional")]
    pub issuer: Option<String>,
}

/// `[clock]`.
#[cfg(feature = "testing")]
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// How far the service's clock is ahead of the machine's.
    #[serde(deserialize_with = "types::offset")]
    pub offset: chrono::TimeDelta,
}

impl Settings {
    /// The settings of this process: the built-in defaults, the file that `DATARATT_CONFIG` names, the environment.
    ///
    /// # Errors
    /// The first setting that cannot be used, and where it stands.
    pub fn load() -> Result<Self, ConfigError> {
        let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
        let environment = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
        Self::from_environment(environment)
    }

    /// The settings under the given environment.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_environment(
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut environment: Vec<(String, String)> = environment.into_iter().collect();
        environment.sort();
        let mut layers = Layers::of(DEFAULTS);
        let file = environment
            .iter()
            .find(|(name, path)| name == FILE_VARIABLE && !path.is_empty());
        if let Some((_, path)) = file {
            layers.add_file(Path::new(path))?;
        }
        layers.add_environment(&environment)?;
        let settings: Self = layers.read()?;
        settings.check(&layers)?;
        Ok(settings)
    }

    /// What no key alone can tell.
    fn check(&self, layers: &Layers) -> Result<(), ConfigError> {
        if self.mail.transport == Transport::Smtp && self.mail.smtp_url.is_none() {
            let expected = "expected the mail server's address, because `mail.transport` is \"smtp\"";
            return Err(layers.wrong("mail.smtp_url", expected));
        }
        let filing = self.filing();
        if filing.record_years > MAX_RECORD_YEARS {
            let expected =
                "expected at most 5: nobody is fined for what lies further back (2018:218, 6 kap. 4 §)";
            return Err(layers.wrong("retention.record_years", expected));
        }
        if filing.file_months > filing.record_years * 12 {
            let expected = "expected no longer than `retention.record_years`";
            return Err(layers.wrong("retention.file_months", expected));
        }
        match (&self.portal.public_key_file, &self.portal.issuer) {
            (Some(_), None) => Err(layers.wrong("portal.issuer", "expected a text, because there is a key")),
            (None, Some(_)) => {
                let expected = "expected a file, because there is an issuer";
                Err(layers.wrong("portal.public_key_file", expected))
            }
            _ => Ok(()),
        }
    }

    /// Where people reach the service, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> String {
        match &self.http.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.http.listen),
        }
    }

    /// The file with the key that seals everything.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        let own = || self.data_dir.join("secret.key");
        self.secrets.key_file.clone().unwrap_or_else(own)
    }

    /// Where the wrapped keys of cases are.
    #[must_use]
    pub fn key_store(&self) -> KeyStorePlace {
        let own = || KeyStorePlace::Directory(self.data_dir.join("keys"));
        self.secrets.key_store.0.clone().unwrap_or_else(own)
    }

    /// The file that the audit trail's newest checkpoint is exported to.
    #[must_use]
    pub fn checkpoint_file(&self) -> PathBuf {
        self.data_dir.join("audit/checkpoint.txt")
    }

    /// Where the file transport keeps mails.
    #[must_use]
    pub fn mail_dir(&self) -> PathBuf {
        self.data_dir.join("mail")
    }

    /// How long files of cases that ended are kept.
    #[must_use]
    pub fn filing(&self) -> Periods {
        Periods {
            file_months: u32::from(self.retention.file_months.get()),
            after_hold_months: u32::from(self.retention.after_hold_months),
            record_years: u32::from(self.retention.record_years.get()),
        }
    }

    /// How long an approved erasure waits.
    #[must_use]
    pub fn cool_off(&self) -> Duration {
        Duration::from_secs(u64::from(self.erasure.cool_off_seconds))
    }

    /// How long a person must have been told before their restriction is lifted.
    #[must_use]
    pub fn lift_lead(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.restriction.lift_lead_days))
    }
}
