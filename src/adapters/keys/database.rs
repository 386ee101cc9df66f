//! Wrapped keys in a PostgreSQL database of their own.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use postgres::{Client, Config, NoTls};
use uuid::Uuid;

use crate::services::ports::{KeyError, KeyStore};

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Made at the first start, by one at a time; a login that may not do so finds it made.
const TABLE: &str = "\
DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('dataratt wrapped_keys'));
    IF to_regclass('wrapped_keys') IS NULL THEN
        CREATE TABLE wrapped_keys (id uuid PRIMARY KEY, wrapped bytea NOT NULL);
        COMMENT ON TABLE wrapped_keys IS 'Dataratt: keys of cases, wrapped by the key file. Back up briefly.';
    END IF;
END $$";
const SETTINGS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET synchronous_commit = on";

/// The store in one database; any number of processes may use it at once.
pub struct DatabaseKeys {
    config: Config,
    idle: Mutex<Vec<Client>>,
}

impl DatabaseKeys {
    /// The store at `url`; its table is made when it is absent.
    ///
    /// # Errors
    /// When the address cannot be read, the database does not answer or refuses.
    pub fn open(url: &str) -> Result<Self, KeyError> {
        // Not quoted: it may hold a password.
        let unreadable = |_| KeyError("the key store: its address is no PostgreSQL address".to_owned());
        let mut config: Config = url.parse().map_err(unreadable)?;
        config
            .application_name("dataratt-keys")
            .connect_timeout(CONNECT)
            .tcp_user_timeout(Duration::from_secs(20));
        let store = Self {
            config,
            idle: Mutex::default(),
        };
        store.with(|client| client.batch_execute(TABLE))?;
        Ok(store)
    }

    /// On a connection that was used before, and once more on a new one when that was lost meanwhile: every statement
    /// here can run twice.
    fn with<T>(&self, work: impl Fn(&mut Client) -> Result<T, postgres::Error>) -> Result<T, KeyError> {
        let used = self.idle().pop();
        if let Some(mut client) = used {
            let done = work(&mut client);
            if !client.is_closed() {
                self.idle().push(client);
                return done.map_err(|error| failed(&error));
            }
        }
        let mut client = self.config.connect(NoTls).map_err(|error| failed(&error))?;
        client.batch_execute(SETTINGS).map_err(|error| failed(&error))?;
        let done = work(&mut client).map_err(|error| failed(&error))?;
        self.idle().push(client);
        Ok(done)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Client>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(error: &postgres::Error) -> KeyError {
    // The server's words on a statement may quote values; its code does not.
    let why = error
        .code()
        .map_or_else(|| error.to_string(), |code| code.code().to_owned());
    KeyError(format!("the key store: {why}"))
}

impl KeyStore for DatabaseKeys {
    fn put(&self, id: Uuid, wrapped: &[u8]) -> Result<(), KeyError> {
        let sql = "INSERT INTO wrapped_keys (id, wrapped) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET wrapped = $2";
        self.with(|client| client.execute(sql, &[&id, &wrapped]))
            .map(|_| ())
    }

    fn get(&self, id: Uuid) -> Result<Option<Vec<u8>>, KeyError> {
        let sql = "SELECT wrapped FROM wrapped_keys WHERE id = $1";
        let row = self.with(|client| client.query_opt(sql, &[&id]))?;
        Ok(row.map(|row| row.get(0)))
    }

    fn replace(&self, id: Uuid, wrapped: &[u8]) -> Result<bool, KeyError> {
        let sql = "UPDATE wrapped_keys SET wrapped = $2 WHERE id = $1";
        Ok(self.with(|client| client.execute(sql, &[&id, &wrapped]))? == 1)
    }

    fn destroy(&self, id: Uuid) -> Result<(), KeyError> {
        let sql = "DELETE FROM wrapped_keys WHERE id = $1";
        self.with(|client| client.execute(sql, &[&id])).map(|_| ())
    }

    fn list(&self, each: &mut dyn FnMut(Uuid)) -> Result<(), KeyError> {
        let rows = self.with(|client| client.query("SELECT id FROM wrapped_keys", &[]))?;
        rows.iter().for_each(|row| each(row.get(0)));
        Ok(())
    }
}

impl Drop for DatabaseKeys {
    /// A connection must not end on a thread that runs asynchronous tasks, which may be where this is dropped.
    fn drop(&mut self) {
        let idle = std::mem::take(&mut *self.idle());
        if tokio::runtime::Handle::try_current().is_ok() {
            std::thread::spawn(move || drop(idle));
        }
    }
}
