//! The work behind the pages: claims jobs, runs their handlers, and sweeps at intervals.
//!
//! A handler runs outside any transaction, as often as need be: it must be able to run twice. It ends its job with
//! [`crate::store::jobs::complete`] in the transaction that records the result, so that both commit or neither does; a
//! handler that returns without having done so had no result to record, and the job is ended for it.

mod crew;
mod handle;
mod outcome;
mod run;
mod sweeps;
mod tasks;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::services::Context;
use crate::store::jobs::ClaimedJob;

pub use handle::{Handle, Stopped, start};
pub use outcome::JobError;
pub use run::run_due;
pub use sweeps::{Sweep, run_sweeps};
pub use tasks::{handlers, sweeps};

/// What does one kind of job.
type Handler = Box<dyn Fn(&Context, &ClaimedJob) -> Result<(), JobError> + Send + Sync>;

/// What does each kind of job. Jobs of other kinds are left for workers that know them.
#[derive(Default)]
pub struct Handlers(BTreeMap<&'static str, Handler>);

impl Handlers {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more.
    #[must_use]
    pub fn on(
        mut self,
        kind: &'static str,
        handler: impl Fn(&Context, &ClaimedJob) -> Result<(), JobError> + Send + Sync + 'static,
    ) -> Self {
        self.0.insert(kind, Box::new(handler));
        self
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    fn get(&self, kind: &str) -> Option<&Handler> {
        self.0.get(kind)
    }
}

/// How the work is done.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many jobs run at a time.
    pub threads: usize,
    /// How long a job stays with a worker that gives no sign of life. A third of it lies between signs.
    pub lease: Duration,
    /// How often the queue is looked at when nothing announces a job.
    pub poll: Duration,
    /// How long a stopping worker waits for what is under way.
    pub grace: Duration,
    /// The database to listen to for new jobs; without it polling finds them.
    pub listen_url: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: 4,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(20),
            listen_url: None,
        }
    }
}
