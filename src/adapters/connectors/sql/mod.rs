//! A database of the host's, whose tables are known only from the map and its catalogue: what is done there, whatever
//! the server. What servers say differently is behind [`server::Dialect`].
//!
//! Nothing the map says gets into a statement before the catalogue knew it; values are always bound. Whatever fails is
//! told by kind, with names of tables and constraints: a server's own words quote values of rows.

pub mod catalogue;
mod check;
mod collect;
mod condition;
mod data_check;
mod empty;
pub mod error;
mod find;
mod freezing;
mod loosen;
mod marker;
pub mod normal;
mod pool;
mod rectify;
mod retained;
pub mod schema_check;
mod seen;
pub mod server;
pub mod statement;
mod stop;
mod survey;
mod untangle;
mod write;

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::domain::access::CollectRequest;
use crate::domain::data_map::draft::SeenTable;
use crate::domain::data_map::{PurposeUse, Row, Stop, System as Mapped, Table};
use crate::domain::erasure::{Survey, SurveyRequest};
use crate::domain::grant::Correction;
use crate::domain::matching::{FoundRow, PersonKeys, RowKey};
use crate::services::ports::{AccountBefore, RowSink, ServedRow, System, SystemError, SystemFinding};

use catalogue::Catalogue;
use error::Failure;
use pool::Pool;
use server::{Connection, Dialect, Server};

/// How long an answer may be on its way once the server is to have it.
pub const RECEPTION: Duration = Duration::from_secs(10);
/// How long rows that others hold are waited for at most.
const LOCK: Duration = Duration::from_secs(5);
/// How long a statement may take where the map says nothing.
const STATEMENT: u16 = 30;

/// How long a statement may take.
pub fn statement_timeout(map: &Mapped) -> Duration {
    let seconds = map.statement_timeout_seconds.map_or(STATEMENT, NonZeroU16::get);
    Duration::from_secs(seconds.into())
}

/// How long a statement may wait for rows that others hold: less than it may take, so that this is what is told.
pub fn lock_timeout(map: &Mapped) -> Duration {
    (statement_timeout(map) / 2).min(LOCK)
}

/// A system of the map reached as a database.
///
/// Its calls block, each statement as long as the map allows at most: they belong on threads that may. Dropping it is allowed anywhere.
pub struct SqlSystem {
    map: Arc<Mapped>,
    sql: &'static dyn Dialect,
    pool: Pool,
    /// In a role of its own, where the map names one for what changes rows.
    changing: Option<Pool>,
    known: Mutex<Option<Arc<Catalogue>>>,
}

/// A connection, and what is known of the database at its other end.
struct Host<'a> {
    connection: &'a mut dyn Connection,
    sql: &'static dyn Dialect,
    catalogue: &'a Catalogue,
    map: &'a Mapped,
}

impl SqlSystem {
    /// The system `map`, read at `server`, and changed at `changing` where that is another way in; connects at the
    /// first call.
    pub fn new(
        map: Arc<Mapped>,
        sql: &'static dyn Dialect,
        server: Arc<dyn Server>,
        changing: Option<Arc<dyn Server>>,
    ) -> Self {
        Self {
            map,
            sql,
            pool: Pool::new(server),
            changing: changing.map(Pool::new),
            known: Mutex::default(),
        }
    }

    /// Runs reading work with what is known of the tables, or, when that turns out to be outdated, anew.
    fn reading<T>(
        &self,
        mut work: impl FnMut(&mut Host<'_>) -> Result<T, Failure>,
    ) -> Result<T, SystemError> {
        let done = self.pool.with(|connection| {
            if let Some(known) = self.cached() {
                match work(&mut self.host(connection, &known)) {
                    Err(failure) if failure.names_changed() && !connection.is_closed() => {}
                    done => return done,
                }
            }
            let fresh = self.look(connection)?;
            work(&mut self.host(connection, &fresh))
        });
        done.map_err(|failure| failure.told_by(&self.map.id))
    }

    /// Runs reading work with a fresh look at the tables: what it says cannot be taken back.
    fn reading_anew<T>(
        &self,
        work: impl FnOnce(&mut Host<'_>) -> Result<T, Failure>,
    ) -> Result<T, SystemError> {
        self.anew(&self.pool, work)
    }

    /// Runs changing work, always with a fresh look at the tables: a column added since is emptied too.
    fn changing<T>(&self, work: impl FnOnce(&mut Host<'_>) -> Result<T, Failure>) -> Result<T, SystemError> {
        self.anew(self.changing.as_ref().unwrap_or(&self.pool), work)
    }

    /// As [`Self::changing`], for what takes something away: nothing is in a system in shadow mode, whoever asks.
    fn erasing<T>(&self, work: impl FnOnce(&mut Host<'_>) -> Result<T, Failure>) -> Result<T, SystemError> {
        if self.map.mode.is_shadow() {
            return Err(
                Failure::refused("it is in shadow mode: nothing is erased there").told_by(&self.map.id)
            );
        }
        self.changing(work)
    }

    fn anew<T>(
        &self,
        pool: &Pool,
        work: impl FnOnce(&mut Host<'_>) -> Result<T, Failure>,
    ) -> Result<T, SystemError> {
        let done = pool.with(|connection| {
            let fresh = self.look(connection)?;
            work(&mut self.host(connection, &fresh))
        });
        done.map_err(|failure| failure.told_by(&self.map.id))
    }

    /// All tables that the database has.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn tables(&self) -> Result<Vec<SeenTable>, SystemError> {
        self.reading_anew(seen::tables)
    }

    fn host<'a>(&'a self, connection: &'a mut dyn Connection, catalogue: &'a Catalogue) -> Host<'a> {
        Host {
            connection,
            sql: self.sql,
            catalogue,
            map: &self.map,
        }
    }

    fn cached(&self) -> Option<Arc<Catalogue>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(&self, connection: &mut dyn Connection) -> Result<Arc<Catalogue>, Failure> {
        let fresh = Arc::new(Catalogue::read(connection, self.sql, &self.map)?);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    fn mapped(&self, table: &str) -> Result<&Table, Failure> {
        self.map.table(table).ok_or_else(|| Failure::unknown(table))
    }
}

impl System for SqlSystem {
    fn check(&self) -> Result<Vec<SystemFinding>, SystemError> {
        let mut findings = match self.changing(check::findings) {
            Err(SystemError::Unavailable { reason, .. })
                if self.changing.as_ref().is_some_and(Pool::is_lent) =>
            {
                let findings = self.reading_anew(check::findings)?;
                check::without_the_lent(findings, &self.map.id, &reason)
            }
            looked => looked?,
        };
        if self.changing.is_some() {
            findings.extend(self.reading_anew(check::reading_role)?);
        }
        Ok(findings)
    }

    fn find(&self, table: &Table, keys: &PersonKeys, limit: usize) -> Result<Vec<FoundRow>, SystemError> {
        self.reading(|host| find::rows(host, table, keys, limit))
    }

    fn page(
        &self,
        table: &Table,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<FoundRow>, SystemError> {
        self.reading(|host| find::page(host, table, after, limit))
    }

    fn mark(&self, at: DateTime<Utc>) -> Result<(), SystemError> {
        self.changing(|host| marker::write(host, at))
    }

    fn marked(&self) -> Result<Option<DateTime<Utc>>, SystemError> {
        self.reading_anew(marker::read)
    }

    fn linked(&self, table: &Table, _values: &[Row], _limit: usize) -> Result<Vec<FoundRow>, SystemError> {
        let reason = format!("{} is not reached through other systems", table.name);
        Err(Failure::refused(reason).told_by(&self.map.id))
    }

    fn survey(&self, request: &SurveyRequest) -> Result<Survey, SystemError> {
        self.reading(|host| survey::survey(host, request))
    }

    /// Says how many accounts are stopped now, also those that were before.
    fn freeze(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<u64, SystemError> {
        self.erasing(|host| freezing::freeze(host, roots))
    }

    fn delete(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.erasing(|host| write::delete(host, self.mapped(table)?, rows))
    }

    fn reduce(&self, table: &str, keep: &[String], rows: &[RowKey]) -> Result<u64, SystemError> {
        self.erasing(|host| write::reduce(host, self.mapped(table)?, keep, rows))
    }

    fn stop(
        &self,
        table: &str,
        stop: &Stop,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError> {
        self.changing(|host| stop::stop(host, self.mapped(table)?, stop, roots))
    }

    fn unstopped(
        &self,
        table: &str,
        stop: &Stop,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError> {
        self.reading(|host| stop::unstopped(host, self.mapped(table)?, stop, roots))
    }

    fn served(
        &self,
        table: &str,
        purpose: &PurposeUse,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<ServedRow>, SystemError> {
        self.reading(|host| stop::served(host, self.mapped(table)?, purpose, after, limit))
    }

    fn unreduced(&self, table: &str, keep: &[String], rows: &[RowKey]) -> Result<u64, SystemError> {
        self.reading_anew(|host| write::unreduced(host, self.mapped(table)?, keep, rows))
    }

    fn accounts(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<Vec<AccountBefore>, SystemError> {
        self.reading_anew(|host| freezing::accounts(host, roots))
    }

    fn thaw(&self, accounts: &[AccountBefore]) -> Result<u64, SystemError> {
        self.changing(|host| freezing::thaw(host, accounts))
    }

    fn bar(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.erasing(|host| retained::bar(host, self.mapped(table)?, rows))
    }

    fn unbarred(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.reading_anew(|host| retained::unbarred(host, self.mapped(table)?, rows))
    }

    fn digests(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<RowKey, String>, SystemError> {
        self.reading_anew(|host| retained::digests(host, self.mapped(table)?, rows))
    }

    fn referring(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<String, Vec<RowKey>>, SystemError> {
        self.reading_anew(|host| retained::referring(host, self.mapped(table)?, rows))
    }

    fn rectify(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError> {
        self.changing(|host| rectify::rectify(host, self.mapped(table)?, corrections))
    }

    fn unrectified(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError> {
        self.reading_anew(|host| rectify::unrectified(host, self.mapped(table)?, corrections))
    }

    /// With a fresh look at the tables: what was given cannot be taken back and given anew.
    fn collect(
        &self,
        request: &CollectRequest,
        sink: &mut dyn RowSink,
    ) -> Result<ControlFlow<()>, SystemError> {
        self.reading_anew(|host| collect::collect(host, request, sink))
    }
}
