//! Systems that are reached over HTTP, as the map describes their calls: CRM, mail-out and ticket services.

mod change;
mod check;
mod client;
mod error;
mod guard;
mod rows;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::access::{CollectRequest, CollectedColumn, Reading};
use crate::domain::data_map::{PurposeUse, Row, Stop, System as Mapped, Table};
use crate::domain::erasure::{Survey, SurveyRequest};
use crate::domain::grant::Correction;
use crate::domain::matching::{FoundRow, PersonKeys, RowKey};
use crate::services::ports::{AccountBefore, RowSink, ServedRow, System, SystemError, SystemFinding};

use client::Client;
use error::Failure;
use rows::{Found, kind_of, text_of};

/// Rows handed on at a time.
const PAGE: usize = 500;

/// A system of the map reached over HTTP.
///
/// Its calls block as long as the service may take: they belong on threads that may.
pub struct HttpSystem {
    map: Arc<Mapped>,
    client: Client,
}

/// What a call gives.
type Told<T> = Result<T, SystemError>;

/// The system while it is worked on.
struct Host<'a> {
    map: &'a Mapped,
    client: &'a Client,
}

impl Host<'_> {
    fn table(&self, name: &str) -> Result<&Table, Failure> {
        self.map
            .table(name)
            .ok_or_else(|| Failure::Unknown(name.to_owned()))
    }

    fn collect(&self, request: &CollectRequest, sink: &mut dyn RowSink) -> Result<ControlFlow<()>, Failure> {
        let all = self.everything(&request.roots)?;
        for (table, reading) in &request.tables {
            let rows = all.get(table).map(Vec::as_slice).unwrap_or_default();
            let flow = match reading {
                Reading::Count => sink.count(table, u64::try_from(rows.len()).unwrap_or(u64::MAX)),
                Reading::Rows => give(table, rows, sink),
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Hands rows on with every field that any of them has.
fn give(table: &str, rows: &[Found], sink: &mut dyn RowSink) -> ControlFlow<()> {
    let mut columns: BTreeMap<&str, CollectedColumn> = BTreeMap::new();
    for (name, value) in rows.iter().filter_map(|found| found.row.as_object()).flatten() {
        let kind = kind_of(value);
        columns
            .entry(name)
            .and_modify(|column| {
                if !value.is_null() {
                    column.kind = kind;
                }
            })
            .or_insert_with(|| CollectedColumn {
                name: name.clone(),
                kind,
            });
    }
    let names: Vec<&str> = columns.keys().copied().collect();
    let described: Vec<CollectedColumn> = columns.values().cloned().collect();
    sink.table(table, &described)?;
    for page in rows.chunks(PAGE) {
        let texts = |found: &Found| names.iter().map(|name| text_of(found.row.get(name))).collect();
        sink.rows(page.iter().map(texts).collect())?;
    }
    ControlFlow::Continue(())
}

impl HttpSystem {
    /// The system `map` at the address `url`, with the values of its headers.
    ///
    /// # Errors
    /// `NotConnected` when the address is none of a web service.
    pub fn new(map: Arc<Mapped>, url: &str, headers: Vec<(String, String)>) -> Told<Self> {
        let access = map.http.clone().unwrap_or_default();
        match Client::new(&access, url, headers) {
            Ok(client) => Ok(Self { map, client }),
            Err(reason) => Err(SystemError::NotConnected {
                system: map.id.clone(),
                reason,
            }),
        }
    }

    fn with<T>(&self, work: impl FnOnce(Host<'_>) -> Result<T, Failure>) -> Told<T> {
        let host = Host {
            map: &self.map,
            client: &self.client,
        };
        work(host).map_err(|failure| failure.told_by(&self.map.id))
    }

    fn refused<T>(&self, what: &str) -> Told<T> {
        let reason = format!("cannot be {what} over HTTP");
        Err(Failure::refused(reason).told_by(&self.map.id))
    }
}

impl System for HttpSystem {
    fn check(&self) -> Told<Vec<SystemFinding>> {
        self.with(|host| host.check())
    }

    fn find(&self, table: &Table, keys: &PersonKeys, limit: usize) -> Told<Vec<FoundRow>> {
        self.with(|host| host.find(table, keys, limit))
    }

    fn page(&self, _: &Table, _: Option<&RowKey>, _: usize) -> Told<Vec<FoundRow>> {
        self.refused("listed whole")
    }

    fn mark(&self, _: DateTime<Utc>) -> Told<()> {
        self.refused("marked")
    }

    fn marked(&self) -> Told<Option<DateTime<Utc>>> {
        self.refused("marked")
    }

    fn linked(&self, table: &Table, values: &[Row], limit: usize) -> Told<Vec<FoundRow>> {
        self.with(|host| host.linked(table, values, limit))
    }

    fn survey(&self, request: &SurveyRequest) -> Told<Survey> {
        self.with(|host| host.survey(request))
    }

    fn freeze(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Told<u64> {
        self.with(|host| host.freeze(roots))
    }

    fn accounts(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Told<Vec<AccountBefore>> {
        self.with(|host| host.accounts(roots))
    }

    fn thaw(&self, accounts: &[AccountBefore]) -> Told<u64> {
        self.with(|host| host.thaw(accounts))
    }

    fn delete(&self, table: &str, rows: &[RowKey]) -> Told<u64> {
        self.with(|host| host.delete(host.table(table)?, rows))
    }

    fn reduce(&self, _: &str, _: &[String], _: &[RowKey]) -> Told<u64> {
        self.refused("reduced")
    }

    fn stop(&self, _: &str, _: &Stop, _: &BTreeMap<String, Vec<RowKey>>) -> Told<u64> {
        self.refused("stopped")
    }

    fn unstopped(&self, _: &str, _: &Stop, _: &BTreeMap<String, Vec<RowKey>>) -> Told<u64> {
        self.refused("stopped")
    }

    fn served(&self, _: &str, _: &PurposeUse, _: Option<&RowKey>, _: usize) -> Told<Vec<ServedRow>> {
        self.refused("searched for a purpose")
    }

    fn unreduced(&self, _: &str, _: &[String], _: &[RowKey]) -> Told<u64> {
        self.refused("reduced")
    }

    fn bar(&self, _: &str, _: &[RowKey]) -> Told<u64> {
        Ok(0)
    }

    fn unbarred(&self, _: &str, _: &[RowKey]) -> Told<u64> {
        Ok(0)
    }

    fn digests(&self, table: &str, rows: &[RowKey]) -> Told<BTreeMap<RowKey, String>> {
        self.with(|host| {
            let table = host.table(table)?;
            let mut digests = BTreeMap::new();
            for key in rows {
                let row = host.read(table, key)?;
                digests.extend(row.map(|row| (key.clone(), rows::digest(&row))));
            }
            Ok(digests)
        })
    }

    /// Nothing is retained here, so that nothing is asked of what refers to it.
    fn referring(&self, _: &str, _: &[RowKey]) -> Told<BTreeMap<String, Vec<RowKey>>> {
        Ok(BTreeMap::new())
    }

    fn rectify(&self, table: &str, corrections: &[Correction]) -> Told<u64> {
        self.with(|host| host.rectify(host.table(table)?, corrections))
    }

    fn unrectified(&self, table: &str, corrections: &[Correction]) -> Told<u64> {
        self.with(|host| host.unrectified(host.table(table)?, corrections))
    }

    fn collect(&self, request: &CollectRequest, sink: &mut dyn RowSink) -> Told<ControlFlow<()>> {
        self.with(|host| host.collect(request, sink))
    }
}
