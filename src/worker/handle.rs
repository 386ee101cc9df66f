//! The threads of one worker: one claims, some run, one keeps the leases, one listens, one sweeps.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::crew::Crew;
use super::sweeps::{Sweep, keep_sweeping};
use super::{Handlers, Options, run};
use crate::adapters::wakeups::{Wakeups, WakeupsError};
use crate::services::Context;

/// How long the listener waits at a time: as long as it may outlive its worker.
const LISTEN: Duration = Duration::from_secs(1);
/// How long it waits before it tries to connect again.
const RECONNECT: Duration = Duration::from_secs(5);

/// A running worker. Dropping it stops it, as [`Handle::stop`] does.
pub struct Handle {
    crew: Arc<Crew>,
    claimer: Option<JoinHandle<()>>,
}

/// How a worker stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Jobs given back that had not begun.
    pub not_begun: usize,
    /// Jobs given back that were still running when the grace was over. They cannot record anything any more.
    pub cut_off: usize,
}

/// Starts a worker.
///
/// # Errors
/// When the system gives no threads.
pub fn start(ctx: Context, handlers: Handlers, sweeps: Vec<Sweep>, options: Options) -> io::Result<Handle> {
    let threads = options.threads.max(1);
    let options = Options { threads, ..options };
    let crew = Arc::new(Crew::new(ctx, handlers, options));
    // From here on, a failure drops the handle, which stops what was started.
    let mut handle = Handle {
        crew: Arc::clone(&crew),
        claimer: None,
    };
    for _ in 0..threads {
        spawn("job", &crew, keep_running)?;
    }
    spawn("job-leases", &crew, |crew| while crew.give_sign_of_life() {})?;
    if !sweeps.is_empty() {
        spawn("sweeps", &crew, move |crew| keep_sweeping(crew, &sweeps))?;
    }
    if let Some(url) = crew.options.listen_url.clone() {
        spawn("job-wakeups", &crew, move |crew| keep_listening(crew, &url))?;
    }
    handle.claimer = Some(spawn("job-claims", &crew, keep_claiming)?);
    Ok(handle)
}

fn spawn(
    name: &str,
    crew: &Arc<Crew>,
    life: impl FnOnce(&Crew) + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let crew = Arc::clone(crew);
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || life(&crew))
}

impl Handle {
    /// Looks at the queue at once, such as after a test moved the clock.
    pub fn wake(&self) {
        self.crew.wake();
    }

    /// Stops: nothing more is begun; what runs gets the grace time; the rest is given back to other workers. Threads
    /// that still run then end with the process.
    #[must_use]
    pub fn stop(mut self) -> Stopped {
        self.end()
    }

    fn end(&mut self) -> Stopped {
        let not_begun = self.crew.stop_claiming();
        if let Some(claimer) = self.claimer.take() {
            // It has ended, or gives back what it is just claiming and ends.
            let _ended = claimer.join();
        }
        let cut_off = self.crew.stop_running();
        let stopped = Stopped { not_begun, cut_off };
        if stopped != Stopped::default() {
            tracing::info!(not_begun, cut_off, "the worker gave jobs back");
        }
        stopped
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.end();
    }
}

fn keep_claiming(crew: &Crew) {
    while let Some(wanted) = crew.wanted() {
        let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
        match run::claim(&crew.ctx, &crew.handlers, limit, crew.options.lease) {
            Ok(claimed) if claimed.is_empty() => crew.rest(),
            Ok(claimed) => crew.take_in(claimed),
            Err(error) => {
                tracing::warn!(%error, "no jobs could be claimed");
                crew.rest_after_failure();
            }
        }
    }
}

fn keep_running(crew: &Crew) {
    while let Some(job) = crew.begin() {
        run::run(&crew.ctx, &crew.handlers, &job);
        crew.end(job.claim.id);
    }
}

fn keep_listening(crew: &Crew, url: &str) {
    let mut told = false;
    while !crew.stops_before(Instant::now()) {
        let lost = match Wakeups::listen(url) {
            Ok(wakeups) => {
                told = false;
                listen(crew, wakeups)
            }
            Err(error) => Some(error),
        };
        let Some(error) = lost else { return };
        // A service that ends may end its database before this thread has noticed.
        if crew.stops_before(Instant::now()) {
            return;
        }
        if !told {
            tracing::warn!(%error, "new jobs are not announced; they are found by looking");
            told = true;
        }
        if crew.stops_before(Instant::now() + RECONNECT) {
            return;
        }
    }
}

/// Listens until the worker stops, or the connection is lost.
fn listen(crew: &Crew, mut wakeups: Wakeups) -> Option<WakeupsError> {
    // What was announced before we listened.
    crew.wake();
    while !crew.stops_before(Instant::now()) {
        match wakeups.wait(LISTEN) {
            Ok(true) => crew.wake(),
            Ok(false) => {}
            Err(error) => return Some(error),
        }
    }
    None
}
