//! Systems whose every call goes through a hook: the one place in the tests that knows all calls there are.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use dataratt::domain::access::CollectRequest;
use dataratt::domain::data_map::{PurposeUse, Row, Stop, Table};
use dataratt::domain::erasure::{Survey, SurveyRequest};
use dataratt::domain::grant::Correction;
use dataratt::domain::matching::{FoundRow, PersonKeys, RowKey};
use dataratt::services::ports::{AccountBefore, RowSink, ServedRow, System, SystemError, SystemFinding};

const READS: bool = false;
const WRITES: bool = true;

/// What happens around each call.
pub trait Hook: Send + Sync {
    /// Does `work` on a system, or fails instead; `writes` says whether the call may change rows.
    fn call<T>(
        &self,
        writes: bool,
        work: impl FnOnce(&dyn System) -> Result<T, SystemError>,
    ) -> Result<T, SystemError>;
}

/// A system behind its hook.
pub struct Hooked<H>(pub H);

impl<H: Hook> System for Hooked<H> {
    fn check(&self) -> Result<Vec<SystemFinding>, SystemError> {
        self.0.call(READS, |system| system.check())
    }

    fn find(&self, table: &Table, keys: &PersonKeys, limit: usize) -> Result<Vec<FoundRow>, SystemError> {
        self.0.call(READS, |system| system.find(table, keys, limit))
    }

    fn page(
        &self,
        table: &Table,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<FoundRow>, SystemError> {
        self.0.call(READS, |system| system.page(table, after, limit))
    }

    fn mark(&self, at: DateTime<Utc>) -> Result<(), SystemError> {
        self.0.call(WRITES, |system| system.mark(at))
    }

    fn marked(&self) -> Result<Option<DateTime<Utc>>, SystemError> {
        self.0.call(READS, |system| system.marked())
    }

    fn linked(&self, table: &Table, values: &[Row], limit: usize) -> Result<Vec<FoundRow>, SystemError> {
        self.0.call(READS, |system| system.linked(table, values, limit))
    }

    fn survey(&self, request: &SurveyRequest) -> Result<Survey, SystemError> {
        self.0.call(READS, |system| system.survey(request))
    }

    fn freeze(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<u64, SystemError> {
        self.0.call(WRITES, |system| system.freeze(roots))
    }

    fn delete(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.0.call(WRITES, |system| system.delete(table, rows))
    }

    fn reduce(&self, table: &str, keep: &[String], rows: &[RowKey]) -> Result<u64, SystemError> {
        self.0.call(WRITES, |system| system.reduce(table, keep, rows))
    }

    fn stop(
        &self,
        table: &str,
        stop: &Stop,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError> {
        self.0.call(WRITES, |system| system.stop(table, stop, roots))
    }

    fn unstopped(
        &self,
        table: &str,
        stop: &Stop,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError> {
        self.0.call(READS, |system| system.unstopped(table, stop, roots))
    }

    fn served(
        &self,
        table: &str,
        purpose: &PurposeUse,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<ServedRow>, SystemError> {
        self.0
            .call(READS, |system| system.served(table, purpose, after, limit))
    }

    fn unreduced(&self, table: &str, keep: &[String], rows: &[RowKey]) -> Result<u64, SystemError> {
        self.0.call(READS, |system| system.unreduced(table, keep, rows))
    }

    fn accounts(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<Vec<AccountBefore>, SystemError> {
        self.0.call(READS, |system| system.accounts(roots))
    }

    fn thaw(&self, accounts: &[AccountBefore]) -> Result<u64, SystemError> {
        self.0.call(WRITES, |system| system.thaw(accounts))
    }

    fn bar(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.0.call(WRITES, |system| system.bar(table, rows))
    }

    fn unbarred(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.0.call(READS, |system| system.unbarred(table, rows))
    }

    fn digests(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<RowKey, String>, SystemError> {
        self.0.call(READS, |system| system.digests(table, rows))
    }

    fn referring(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<String, Vec<RowKey>>, SystemError> {
        self.0.call(READS, |system| system.referring(table, rows))
    }

    fn rectify(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError> {
        self.0.call(WRITES, |system| system.rectify(table, corrections))
    }

    fn unrectified(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError> {
        self.0
            .call(READS, |system| system.unrectified(table, corrections))
    }

    fn collect(
        &self,
        request: &CollectRequest,
        sink: &mut dyn RowSink,
    ) -> Result<ControlFlow<()>, SystemError> {
        self.0.call(READS, |system| system.collect(request, sink))
    }
}
