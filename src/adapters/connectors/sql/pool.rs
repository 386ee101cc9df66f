//! A few connections to one server, opened when they are needed and kept for the next.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::error::Failure;
use super::server::{Connection, Server};

/// At most as many connections at a time.
const CONNECTIONS: usize = 8;
/// How long to wait for a connection, free or new.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection may take to show that it still lives.
const PROBE: Duration = Duration::from_secs(2);

/// The connections of one role to one system.
pub(super) struct Pool {
    server: Arc<dyn Server>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Box<dyn Connection>>,
    in_use: usize,
}

/// The right to one connection.
struct Slot(Arc<Shared>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.state().in_use -= 1;
        self.0.freed.notify_one();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    pub(super) fn new(server: Arc<dyn Server>) -> Self {
        Self {
            server,
            shared: Arc::default(),
        }
    }

    /// Whether the way to the server is lent for each connection.
    pub(super) fn is_lent(&self) -> bool {
        self.server.is_lent()
    }

    /// Runs `work` on a connection; keeps it for the next unless it broke, or was lent.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut dyn Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let slot = self.slot()?;
        let (mut connection, slot) = match self.living() {
            Some(connection) => (connection, slot),
            None => self.connect(slot)?,
        };
        let done = work(&mut *connection);
        if !connection.is_closed() && !self.server.is_lent() {
            self.shared.state().idle.push(connection);
        }
        drop(slot);
        done
    }

    fn slot(&self) -> Result<Slot, Failure> {
        let (mut state, waited) = self
            .shared
            .freed
            .wait_timeout_while(self.shared.state(), CONNECT, |state| state.in_use >= CONNECTIONS)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && state.in_use >= CONNECTIONS {
            return Err(Failure::Busy);
        }
        state.in_use += 1;
        Ok(Slot(Arc::clone(&self.shared)))
    }

    /// An idle connection that still answers; those that do not are closed.
    fn living(&self) -> Option<Box<dyn Connection>> {
        loop {
            let mut connection = self.shared.state().idle.pop()?;
            if connection.answers(PROBE) {
                return Some(connection);
            }
        }
    }

    /// On a thread of its own: what listens there may accept and then say nothing, which a library may wait for without
    /// end. Such a thread keeps its slot, so that there are only so many of them.
    fn connect(&self, slot: Slot) -> Result<(Box<dyn Connection>, Slot), Failure> {
        let server = Arc::clone(&self.server);
        let (answer, answered) = sync_channel(1);
        thread::Builder::new()
            .name("system-connect".to_owned())
            .spawn(move || {
                // Nobody may be waiting any more.
                let _unheard = answer.send((server.connect(), slot));
            })
            .map_err(|_| Failure::Busy)?;
        let patience = CONNECT + self.server.patience();
        let (connection, slot) = answered.recv_timeout(patience).map_err(|_| Failure::Silent)?;
        Ok((connection?, slot))
    }
}

impl Drop for Pool {
    /// A connection must not end on a thread that runs asynchronous tasks, which may be where this is dropped.
    fn drop(&mut self) {
        let idle = std::mem::take(&mut self.shared.state().idle);
        if tokio::runtime::Handle::try_current().is_ok() {
            thread::spawn(move || drop(idle));
        }
    }
}
