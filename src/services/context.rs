//! What every use case works with.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::keys::Keys;
use super::packages::facts::Packing;
use super::ports::{Anchor, Clock, KeyStore, Random, Systems};
use crate::domain::filing::Periods;
use crate::domain::organisation::Organisation;
use crate::domain::sealing::{NONCE, Purpose};
use crate::domain::staff::Actor;
use crate::store::audit::{self, NewEvent};
use crate::store::{Conn, Store};

/// What hashing one password costs: argon2id with one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// The least that OWASP's password storage guide asks for with one lane.
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
        }
    }
}

/// How what was retained by law is purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// Whether an approver must approve each list.
    pub purge_approval: bool,
    /// Days until what was taken out of a list, or stood in a rejected one, is proposed again.
    pub propose_again_after_days: u32,
}

/// Settings that use cases need.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How long an approved erasure waits before it starts.
    pub cool_off: Duration,
    /// How long a person must have been told before their restriction is lifted (Art. 18(3)).
    pub lift_lead: Duration,
    /// Days in which the erasure of an account that ended can be undone.
    pub account_end_quarantine_days: u32,
    /// Whether rate limits and mail budgets apply; only load tests lift them.
    pub limits: bool,
    /// Where people reach the service; links in mails start with it.
    pub public_url: String,
    /// The public key that portal tokens are signed for, when the host's portal hands people over.
    pub portal: Option<super::handoff::PortalKey>,
    /// How what was retained by law is purged once its time has passed.
    pub retention: RetentionPolicy,
    /// How long files of cases that ended are kept.
    pub filing: Periods,
    /// What hashing a password of staff costs; only tests take less than the default.
    pub password_cost: PasswordCost,
}

/// Everything a use case needs: data, time, chance, keys, the organisation and its systems.
#[derive(Clone)]
pub struct Context {
    /// The service's own database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// The keys of the key file.
    pub keys: Keys,
    /// The keys of cases, wrapped by those.
    pub key_store: Arc<dyn KeyStore>,
    /// Whom we serve.
    pub organisation: Arc<Organisation>,
    /// Its systems.
    pub systems: Arc<dyn Systems>,
    /// Where the trail's newest checkpoint is kept outside the database.
    pub anchor: Arc<dyn Anchor>,
    /// The form of packages.
    pub packing: Arc<dyn Packing>,
    /// Settings.
    pub policy: Policy,
}

impl Context {
    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new id.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        self.random.id(self.now())
    }

    /// Random bytes.
    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A fresh nonce.
    #[must_use]
    pub fn nonce(&self) -> [u8; NONCE] {
        self.random_bytes()
    }

    /// Records an event in the transaction of `conn`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn record(
        &self,
        conn: &mut Conn,
        stream: Uuid,
        actor: &Actor,
        action: &str,
        detail: serde_json::Value,
    ) -> crate::store::Result<()> {
        let key = self.keys.for_purpose(Purpose::Audit);
        audit::append(conn, key.bytes(), self.event(stream, actor, action, detail))
    }

    /// Records the first event of a stream in the transaction that makes what the stream is about.
    ///
    /// # Errors
    /// When the stream has events already, or the database fails.
    pub fn record_first(
        &self,
        conn: &mut Conn,
        stream: Uuid,
        actor: &Actor,
        action: &str,
        detail: serde_json::Value,
    ) -> crate::store::Result<()> {
        let key = self.keys.for_purpose(Purpose::Audit);
        audit::begin(conn, key.bytes(), self.event(stream, actor, action, detail))
    }

    fn event<'a>(
        &self,
        stream: Uuid,
        actor: &'a Actor,
        action: &'a str,
        detail: serde_json::Value,
    ) -> NewEvent<'a> {
        NewEvent {
            stream,
            actor,
            action,
            detail,
            at: self.now(),
        }
    }
}
