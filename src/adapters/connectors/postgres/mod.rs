//! A PostgreSQL database of the host's (version 12 or later), whose tables are known only from the map and its catalogue.
//!
//! Nothing the map says gets into a statement before the catalogue knew it; values are always bound. Whatever fails is
//! told by kind, with names of tables and constraints: PostgreSQL's own words quote values of rows.

mod catalogue;
mod check;
mod collect;
mod empty;
mod error;
mod find;
mod freezing;
mod marker;
mod normal;
mod pool;
mod rectify;
mod retained;
mod schema_check;
mod stop;
mod survey;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use postgres::Client;

use crate::domain::access::CollectRequest;
use crate::domain::data_map::{PurposeUse, Stop, System as Mapped, Table};
use crate::domain::erasure::{Survey, SurveyRequest};
use crate::domain::grant::Correction;
use crate::domain::matching::{FoundRow, PersonKeys, RowKey};
use crate::services::ports::{AccountBefore, RowSink, ServedRow, System, SystemError, SystemFinding};

use catalogue::Catalogue;
use error::Failure;
use pool::Pool;

/// A system of the map reached as a PostgreSQL database.
///
/// Its calls block, each statement for half a minute at most: they belong on threads that may. Dropping it is allowed anywhere.
pub struct PostgresSystem {
    map: Arc<Mapped>,
    pool: Pool,
    known: Mutex<Option<Arc<Catalogue>>>,
}

impl PostgresSystem {
    /// The system `map` at the connection string `url`; connects at the first call.
    ///
    /// # Errors
    /// `NotConnected` when `url` is no connection string.
    pub fn new(map: Arc<Mapped>, url: &str) -> Result<Self, SystemError> {
        let config = url.parse().map_err(|_| SystemError::NotConnected {
            system: map.id.clone(),
            reason: "its address is no PostgreSQL connection string".to_owned(),
        })?;
        Ok(Self {
            map,
            pool: Pool::new(config),
            known: Mutex::default(),
        })
    }

    /// Runs reading work with what is known of the tables, or, when that turns out to be outdated, anew.
    fn reading<T>(
        &self,
        mut work: impl FnMut(&mut Client, &Catalogue) -> Result<T, Failure>,
    ) -> Result<T, SystemError> {
        let done = self.pool.with(|client| {
            if let Some(known) = self.cached() {
                match work(client, &known) {
                    Err(failure) if failure.names_changed() => {}
                    done => return done,
                }
            }
            let fresh = self.look(client)?;
            work(client, &fresh)
        });
        done.map_err(|failure| failure.told_by(&self.map.id))
    }

    /// Runs changing work, always with a fresh look at the tables: a column added since is emptied too.
    fn changing<T>(
        &self,
        work: impl FnOnce(&mut Client, &Catalogue) -> Result<T, Failure>,
    ) -> Result<T, SystemError> {
        let done = self.pool.with(|client| {
            let fresh = self.look(client)?;
            work(client, &fresh)
        });
        done.map_err(|failure| failure.told_by(&self.map.id))
    }

    fn cached(&self) -> Option<Arc<Catalogue>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(&self, client: &mut Client) -> Result<Arc<Catalogue>, Failure> {
        let fresh = Arc::new(Catalogue::read(client, &self.map)?);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    fn mapped(&self, table: &str) -> Result<&Table, Failure> {
        self.map.table(table).ok_or_else(|| Failure::unknown(table))
    }
}

impl System for PostgresSystem {
    fn check(&self) -> Result<Vec<SystemFinding>, SystemError> {
        self.changing(|client, catalogue| check::findings(client, catalogue, &self.map))
    }

    fn find(&self, table: &Table, keys: &PersonKeys, limit: usize) -> Result<Vec<FoundRow>, SystemError> {
        self.reading(|client, catalogue| find::rows(client, catalogue, &self.map.id, table, keys, limit))
    }

    fn page(
        &self,
        table: &Table,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<FoundRow>, SystemError> {
        self.reading(|client, catalogue| find::page(client, catalogue, &self.map.id, table, after, limit))
    }

    fn mark(&self, at: DateTime<Utc>) -> Result<(), SystemError> {
        self.changing(|client, catalogue| marker::write(client, catalogue, &self.map, at))
    }

    fn marked(&self) -> Result<Option<DateTime<Utc>>, SystemError> {
        self.changing(|client, catalogue| marker::read(client, catalogue, &self.map))
    }

    fn survey(&self, request: &SurveyRequest) -> Result<Survey, SystemError> {
        self.reading(|client, catalogue| survey::survey(client, catalogue, &self.map, request))
    }

    /// Says how many accounts are stopped now, also those that were before.
    fn freeze(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| freezing::freeze(client, catalogue, &self.map, roots))
    }

    fn delete(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| write::delete(client, catalogue, self.mapped(table)?, rows))
    }

    fn reduce(&self, table: &str, keep: &[String], rows: &[RowKey]) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| {
            write::reduce(client, catalogue, &self.map, self.mapped(table)?, keep, rows)
        })
    }

    fn stop(
        &self,
        table: &str,
        stop: &Stop,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| {
            stop::stop(client, catalogue, &self.map, self.mapped(table)?, stop, roots)
        })
    }

    fn unstopped(
        &self,
        table: &str,
        stop: &Stop,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError> {
        self.reading(|client, catalogue| {
            stop::unstopped(client, catalogue, &self.map, self.mapped(table)?, stop, roots)
        })
    }

    fn served(
        &self,
        table: &str,
        purpose: &PurposeUse,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<ServedRow>, SystemError> {
        self.reading(|client, catalogue| {
            stop::served(client, catalogue, self.mapped(table)?, purpose, after, limit)
        })
    }

    fn unreduced(&self, table: &str, keep: &[String], rows: &[RowKey]) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| {
            write::unreduced(client, catalogue, &self.map, self.mapped(table)?, keep, rows)
        })
    }

    fn accounts(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<Vec<AccountBefore>, SystemError> {
        self.changing(|client, catalogue| freezing::accounts(client, catalogue, &self.map, roots))
    }

    fn thaw(&self, accounts: &[AccountBefore]) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| freezing::thaw(client, catalogue, &self.map, accounts))
    }

    fn bar(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| retained::bar(client, catalogue, self.mapped(table)?, rows))
    }

    fn unbarred(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| retained::unbarred(client, catalogue, self.mapped(table)?, rows))
    }

    fn digests(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<RowKey, String>, SystemError> {
        self.changing(|client, catalogue| retained::digests(client, catalogue, self.mapped(table)?, rows))
    }

    fn referring(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<String, Vec<RowKey>>, SystemError> {
        self.changing(|client, catalogue| {
            retained::referring(client, catalogue, &self.map, self.mapped(table)?, rows)
        })
    }

    fn rectify(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| {
            rectify::rectify(client, catalogue, self.mapped(table)?, corrections)
        })
    }

    fn unrectified(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError> {
        self.changing(|client, catalogue| {
            rectify::unrectified(client, catalogue, self.mapped(table)?, corrections)
        })
    }

    /// With a fresh look at the tables: what was given cannot be taken back and given anew.
    fn collect(
        &self,
        request: &CollectRequest,
        sink: &mut dyn RowSink,
    ) -> Result<ControlFlow<()>, SystemError> {
        self.changing(|client, catalogue| collect::collect(client, catalogue, &self.map, request, sink))
    }
}
