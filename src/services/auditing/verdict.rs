//! What a verification of the trail found.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::audit::Fault;

/// How long an event may wait for its seal: many times the interval at which the worker seals.
pub const LAG: TimeDelta = TimeDelta::minutes(5);

/// How many places that do not hold are named.
const NAMED: usize = 100;

/// How the trail stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Something is not what was written.
    Altered,
    /// The database is older than the exported checkpoint.
    RolledBack,
    /// All holds, and events wait for their seal longer than they should.
    Lagging,
    /// All holds.
    Ok,
}

/// A place that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The case, or the nil id for the service's own stream; `None` when it is about checkpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<Uuid>,
    /// The first bad event of that stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// The first bad checkpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<i64>,
    /// What is wrong.
    pub fault: Fault,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Streams that have events.
    pub streams: u64,
    /// Events in them.
    pub events: u64,
    /// Streams whose events went at their end date.
    pub disposed: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// Events that no checkpoint covers yet.
    pub unsealed: u64,
    /// When the oldest of those happened.
    pub unsealed_since: Option<DateTime<Utc>>,
    /// The number of the newest checkpoint.
    pub latest: Option<i64>,
    /// The number of the exported checkpoint.
    pub exported: Option<i64>,
    /// Whether the database does not hold the exported checkpoint.
    pub rolled_back: bool,
    /// Whether events wait for their seal too long, or checkpoints for their export.
    pub lagging: bool,
    /// The first places that do not hold, at most one a stream.
    pub broken: Vec<Broken>,
    /// How many there are in all.
    pub broken_total: u64,
}

impl Verdict {
    /// How the trail stands, by the worst that was found.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        if self.broken_total > 0 {
            Standing::Altered
        } else if self.rolled_back {
            Standing::RolledBack
        } else if self.lagging {
            Standing::Lagging
        } else {
            Standing::Ok
        }
    }

    pub(super) fn add(&mut self, broken: Broken) {
        self.broken_total += 1;
        if self.broken.len() < NAMED {
            self.broken.push(broken);
        }
    }

    pub(super) fn wait(&mut self, at: DateTime<Utc>) {
        self.unsealed += 1;
        self.unsealed_since = Some(self.unsealed_since.map_or(at, |oldest| oldest.min(at)));
    }
}
