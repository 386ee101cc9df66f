//! Hearing of new jobs at once: PostgreSQL tells all who listen when a job's transaction commits.

use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, Config, NoTls};

/// New jobs are not announced: the connection cannot be had, or was lost.
#[derive(Debug, thiserror::Error)]
#[error("no connection to listen on: {0}")]
pub struct WakeupsError(#[from] postgres::Error);

/// A connection of its own that only listens. It does not encrypt: where the server insists on that, it cannot be
/// opened, and polling alone finds the jobs.
pub struct Wakeups {
    client: Client,
}

impl Wakeups {
    /// Listens for new jobs in the database at `url`.
    ///
    /// # Errors
    /// When the connection cannot be had.
    pub fn listen(url: &str) -> Result<Self, WakeupsError> {
        let mut config: Config = url.parse()?;
        config.connect_timeout(Duration::from_secs(5));
        let mut client = config.connect(NoTls)?;
        client.batch_execute("LISTEN jobs")?;
        Ok(Self { client })
    }

    /// Waits for a new job, at most as long as `at_most`; says whether there was one.
    ///
    /// # Errors
    /// When the connection is lost.
    pub fn wait(&mut self, at_most: Duration) -> Result<bool, WakeupsError> {
        let heard = self
            .client
            .notifications()
            .timeout_iter(at_most)
            .next()?
            .is_some();
        if !heard && self.client.is_closed() {
            // Says why, as an error.
            self.client.batch_execute("")?;
        }
        // One look at the queue serves all that have come meanwhile.
        while self.client.notifications().iter().next()?.is_some() {}
        Ok(heard)
    }
}
