//! A few connections, each opened with the settings on which the connector's answers depend.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use postgres::{Client, Config, NoTls};

use super::error::Failure;

/// At most as many connections at a time.
const CONNECTIONS: usize = 8;
/// How long to wait for a connection, free or new.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection may take to show that it still lives.
const PROBE: Duration = Duration::from_secs(2);
/// How long the network may swallow what was sent. Longer than a statement may take.
const SILENCE: Duration = Duration::from_secs(40);

/// Bounds for what a statement may take, and one text form for every value, whatever the database's defaults: digests
/// are made of it. Where policies would hide rows, a statement fails rather than miss some.
const SETTINGS: &str = "SET statement_timeout = '30s'; SET lock_timeout = '5s'; \
     SET idle_in_transaction_session_timeout = '60s'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; \
     SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'; \
     SET lc_monetary = 'C'; SET row_security = off";

/// The connections of one system.
pub(super) struct Pool {
    config: Config,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Client>,
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
    pub(super) fn new(mut config: Config) -> Self {
        config
            .application_name("dataratt")
            .connect_timeout(CONNECT)
            .tcp_user_timeout(SILENCE)
            .keepalives(true)
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(3);
        Self {
            config,
            shared: Arc::default(),
        }
    }

    /// Runs `work` on a connection; keeps it for the next unless it broke.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Client) -> Result<T, Failure>) -> Result<T, Failure> {
        let slot = self.slot()?;
        let (mut client, slot) = match self.living() {
            Some(client) => (client, slot),
            None => self.connect(slot)?,
        };
        let done = work(&mut client);
        if !client.is_closed() {
            self.shared.state().idle.push(client);
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
    fn living(&self) -> Option<Client> {
        loop {
            let mut client = self.shared.state().idle.pop()?;
            if client.is_valid(PROBE).is_ok() {
                return Some(client);
            }
        }
    }

    /// On a thread of its own: what listens there may accept and then say nothing, which the library waits for without
    /// end. Such a thread keeps its slot, so that there are only so many of them.
    fn connect(&self, slot: Slot) -> Result<(Client, Slot), Failure> {
        let config = self.config.clone();
        let (answer, answered) = sync_channel(1);
        thread::Builder::new()
            .name("system-connect".to_owned())
            .spawn(move || {
                // Nobody may be waiting any more.
                let _unheard = answer.send((opened(&config), slot));
            })
            .map_err(|_| Failure::Busy)?;
        let (client, slot) = answered.recv_timeout(CONNECT).map_err(|_| Failure::Silent)?;
        Ok((client?, slot))
    }
}

fn opened(config: &Config) -> Result<Client, postgres::Error> {
    let mut client = config.connect(NoTls)?;
    client.batch_execute(SETTINGS)?;
    Ok(client)
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
