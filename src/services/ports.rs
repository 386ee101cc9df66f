//! What the use cases need from outside, as traits; their real ends are in `adapters`.

mod keys;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::access::CollectRequest;
use crate::domain::data_map::{PurposeUse, Row, Stop, Table};
use crate::domain::erasure::{Survey, SurveyRequest};
use crate::domain::grant::Correction;
use crate::domain::matching::{FoundRow, PersonKeys, RowKey};

pub use super::packages::facts::{FILE_COLUMNS, RowSink};
pub use keys::{KeyError, KeyFile, KeyStore};

/// The time. The only one who knows it, so that tests can move it.
pub trait Clock: Send + Sync {
    /// Now, to the microsecond, which is what the database keeps.
    fn now(&self) -> DateTime<Utc>;
}

/// Chance, from the operating system; from a seed in tests.
pub trait Random: Send + Sync {
    /// Fills `bytes` with unpredictable ones.
    fn fill(&self, bytes: &mut [u8]);

    /// A time-sortable id made at `now` (UUID version 7).
    fn id(&self, now: DateTime<Utc>) -> Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }
}

/// Where the audit trail's newest checkpoint is kept outside the database.
pub trait Anchor: Send + Sync {
    /// What was written last, if anything was.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self) -> std::io::Result<Option<String>>;

    /// Keeps `text` in place of what was there; whoever reads gets one or the other, whole.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&self, text: &str) -> std::io::Result<()>;
}

/// What went wrong with a connected system. The texts come without values from its rows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SystemError {
    /// It does not answer, or not in time.
    #[error("{system} does not answer: {reason}")]
    Unavailable {
        /// The system's id.
        system: String,
        /// Its own words, without values.
        reason: String,
    },
    /// It refuses: a missing privilege, a constraint, an unknown name.
    #[error("{system} refuses: {reason}")]
    Refused {
        /// The system's id.
        system: String,
        /// Its own words, without values.
        reason: String,
    },
    /// The map names what the system does not have.
    #[error("{system} has no {name}")]
    Unknown {
        /// The system's id.
        system: String,
        /// The table or `table.column`.
        name: String,
    },
    /// Staff see to it by hand, and have not yet.
    #[error("{system} waits for staff, who see to it by hand")]
    Waiting {
        /// The system's id.
        system: String,
    },
    /// No connector of that kind is built in, or the map gives no address.
    #[error("{system} cannot be reached: {reason}")]
    NotConnected {
        /// The system's id.
        system: String,
        /// Why.
        reason: String,
    },
}

impl SystemError {
    /// A stable code for the API and the case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "system_unavailable",
            Self::Refused { .. } => "system_refused",
            Self::Unknown { .. } => "system_map_mismatch",
            Self::NotConnected { .. } => "system_not_connected",
            Self::Waiting { .. } => "manual_tasks_open",
        }
    }

    /// Whether trying again later may help without anybody mending something.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Something a check found in a connected system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemFinding {
    /// Whether work on the system is impossible or dangerous, or only worse, because of it.
    pub severity: crate::domain::organisation::Severity,
    /// The table or `table.column`, or the system's id.
    pub name: String,
    /// What was found, as a stable code such as `missing_index`.
    pub code: &'static str,
    /// What to do about it, in English, for who operates the service.
    pub remedy: String,
}

/// An account before it was frozen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountBefore {
    /// Its row.
    pub key: RowKey,
    /// What the columns of the freeze held; nothing for one without a value.
    pub values: BTreeMap<String, Option<String>>,
}

/// A row that serves a purpose, with the addresses it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedRow {
    /// The row.
    pub key: RowKey,
    /// Its e-mail address and number, normalised.
    pub keys: PersonKeys,
    /// When the person agreed, where the map says which column tells.
    pub given_at: Option<DateTime<Utc>>,
}

/// A connected system of the host's.
///
/// Every call is bounded in time, and can be repeated: deleting what is gone already is no error.
pub trait System: Send + Sync {
    /// Holds the map against the live system.
    ///
    /// # Errors
    /// When the system cannot be looked at.
    fn check(&self) -> Result<Vec<SystemFinding>, SystemError>;

    /// Rows of `table` that carry any of `keys`, compared in normalised form, at most `limit`.
    ///
    /// # Errors
    /// When the system fails.
    fn find(&self, table: &Table, keys: &PersonKeys, limit: usize) -> Result<Vec<FoundRow>, SystemError>;

    /// Rows of `table`, whosesoever, with the keys they carry, in the order of their keys, those beyond `after`, at most
    /// `limit`.
    ///
    /// # Errors
    /// When the system fails.
    fn page(&self, table: &Table, after: Option<&RowKey>, limit: usize)
    -> Result<Vec<FoundRow>, SystemError>;

    /// Writes a time into the system's marker row, unless it holds a later one.
    ///
    /// # Errors
    /// When the system fails, or the map names no marker, or it has not exactly one row.
    fn mark(&self, at: DateTime<Utc>) -> Result<(), SystemError>;

    /// The time in the system's marker row; none when it holds none.
    ///
    /// # Errors
    /// When the system fails, or the map names no marker.
    fn marked(&self) -> Result<Option<DateTime<Utc>>, SystemError>;

    /// Rows of `table` to which values of the person's rows in another system lead, at most `limit` for each.
    ///
    /// # Errors
    /// When the system fails.
    fn linked(&self, table: &Table, values: &[Row], limit: usize) -> Result<Vec<FoundRow>, SystemError>;

    /// All rows that hang on the person's own rows, in one consistent view.
    ///
    /// # Errors
    /// When the system fails.
    fn survey(&self, request: &SurveyRequest) -> Result<Survey, SystemError>;

    /// Stops the writes of the accounts among `roots`, as the map says; says how many it stopped.
    ///
    /// # Errors
    /// When the system fails.
    fn freeze(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<u64, SystemError>;

    /// The accounts that [`Self::freeze`] would stop, with what it would overwrite.
    ///
    /// # Errors
    /// When the system fails.
    fn accounts(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<Vec<AccountBefore>, SystemError>;

    /// Gives accounts back what they held before they were frozen, as far as they are still frozen; says how many.
    ///
    /// # Errors
    /// When the system fails.
    fn thaw(&self, accounts: &[AccountBefore]) -> Result<u64, SystemError>;

    /// Deletes these rows; says how many were still there.
    ///
    /// # Errors
    /// When the system fails. Batches that were done stay done.
    fn delete(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError>;

    /// Empties these rows but for the columns `keep`; says how many there are.
    ///
    /// # Errors
    /// When the system fails.
    fn reduce(&self, table: &str, keep: &[String], rows: &[RowKey]) -> Result<u64, SystemError>;

    /// Stops a purpose in the rows of `table` that are among `roots` or hang on them; says how many rows it was about.
    ///
    /// # Errors
    /// When the system fails. Batches that were done stay done.
    fn stop(
        &self,
        table: &str,
        stop: &Stop,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError>;

    /// How many of those rows still serve the purpose.
    ///
    /// # Errors
    /// When the system fails.
    fn unstopped(
        &self,
        table: &str,
        stop: &Stop,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError>;

    /// Rows of `table` that serve a purpose, in the order of their keys, those beyond `after`, at most `limit`.
    ///
    /// # Errors
    /// When the system fails.
    fn served(
        &self,
        table: &str,
        purpose: &PurposeUse,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<ServedRow>, SystemError>;

    /// How many of these rows still hold something outside the columns `keep`.
    ///
    /// # Errors
    /// When the system fails.
    fn unreduced(&self, table: &str, keep: &[String], rows: &[RowKey]) -> Result<u64, SystemError>;

    /// Bars those of these rows from other use that are not barred yet, as the map says; says how many. Where the map
    /// names no bar, nothing happens.
    ///
    /// # Errors
    /// When the system fails.
    fn bar(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError>;

    /// How many of these rows are not barred although the map names a bar.
    ///
    /// # Errors
    /// When the system fails.
    fn unbarred(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError>;

    /// Those of these rows that are there, with the checksums that a survey would give them.
    ///
    /// # Errors
    /// When the system fails.
    fn digests(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<RowKey, String>, SystemError>;

    /// Rows that refer to any of these, by table, as far as the map says what refers to what.
    ///
    /// # Errors
    /// When the system fails.
    fn referring(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<String, Vec<RowKey>>, SystemError>;

    /// Sets these values, all or none: only where the old value is still there, or the new one already. Says how many
    /// are neither, in which case nothing was set.
    ///
    /// # Errors
    /// When the system fails.
    fn rectify(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError>;

    /// How many of these values are not what they were set to.
    ///
    /// # Errors
    /// When the system fails.
    fn unrectified(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError>;

    /// Gives all rows of the person to `sink`, a page at a time and in one consistent view; `Break` when the sink
    /// wanted no more. It holds no more than a page, whatever there is.
    ///
    /// # Errors
    /// When the system fails. The sink may have got a part.
    fn collect(
        &self,
        request: &CollectRequest,
        sink: &mut dyn RowSink,
    ) -> Result<ControlFlow<()>, SystemError>;
}

/// The connected systems, by the ids of the map.
pub trait Systems: Send + Sync {
    /// The system of that id.
    ///
    /// # Errors
    /// When it is not connected.
    fn get(&self, id: &str) -> Result<Arc<dyn System>, SystemError>;
}

/// Why a mail did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It may leave later (SMTP 4xx, no connection).
    #[error("not now: {0}")]
    Later(String),
    /// It will never leave as it is (SMTP 5xx).
    #[error("refused: {0}")]
    Never(String),
}

/// A mail, ready to leave.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Local part of its Message-ID: the same at every attempt.
    pub id: Uuid,
    /// To whom.
    pub to: String,
    /// Contents, rendered in the recipient's language.
    pub rendered: RenderedMail,
    /// When it was queued, for its Date.
    pub at: DateTime<Utc>,
}

/// A mail's contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedMail {
    /// The subject, without personal data.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// Sends mail.
pub trait Mailer: Send + Sync {
    /// Hands one mail over; when it returns without error the mail is in other hands.
    ///
    /// # Errors
    /// When it was not taken.
    fn send(&self, mail: &OutgoingMail) -> Result<(), MailError>;
}
