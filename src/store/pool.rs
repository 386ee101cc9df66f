//! Connections, always in the runtime role, and transactions.

use std::time::Duration;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, PooledConnection};

use super::{Error, Result};

/// A pool of connections to the service's own database.
#[derive(Clone)]
pub struct Store {
    pool: diesel::r2d2::Pool<ConnectionManager<PgConnection>>,
}

/// Puts every connection into the runtime role, whoever logged in.
#[derive(Debug)]
struct RuntimeRole;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for RuntimeRole {
    fn on_acquire(&self, conn: &mut PgConnection) -> std::result::Result<(), diesel::r2d2::Error> {
        conn.batch_execute(
            "SET ROLE dataratt_app; SET timezone = 'UTC'; SET lock_timeout = '10s'; \
             SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'",
        )
        .map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Store {
    /// A pool of up to `size` connections to `url`, none of them opened yet.
    ///
    /// # Errors
    /// When `size` is zero or no connection can be had within `wait`.
    pub fn connect(url: &str, size: u32, wait: Duration) -> Result<Self> {
        let pool = diesel::r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(wait)
            .connection_customizer(Box::new(RuntimeRole))
            .build(ConnectionManager::new(url))?;
        Ok(Self { pool })
    }

    /// A connection.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when none is free in time.
    pub fn get(&self) -> Result<PooledConnection<ConnectionManager<PgConnection>>> {
        Ok(self.pool.get()?)
    }

    /// Runs `work` in one transaction: all of it is committed, or nothing.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn transaction<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.inside(false, work)
    }

    /// Runs `work`, which only reads, on the database as it is at one moment.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn snapshot<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.inside(true, work)
    }

    fn inside<T, E: From<Error>>(
        &self,
        is_snapshot: bool,
        work: impl FnOnce(&mut PgConnection) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut conn = self.get()?;
        let mut failed = None;
        let mut transaction = conn.build_transaction();
        if is_snapshot {
            transaction = transaction.repeatable_read().read_only();
        }
        let outcome = transaction.run(|conn| {
            work(conn).map_err(|error| {
                failed = Some(error);
                diesel::result::Error::RollbackTransaction
            })
        });
        match (outcome, failed) {
            (_, Some(error)) => Err(error),
            (Ok(value), None) => Ok(value),
            (Err(error), None) => Err(Error::from(error).into()),
        }
    }
}
