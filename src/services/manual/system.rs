//! A system that no machine reaches, asked as the others are: what is to be done becomes a task, and whoever asks waits
//! until somebody has done it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{TASK, ensure, key_of};
use crate::domain::access::{CollectRequest, CollectedColumn, ColumnKind, Reading};
use crate::domain::audit::checkpoint::hex;
use crate::domain::data_map::{ConnectorKind, PurposeUse, Row, Stop, System as Mapped, Table};
use crate::domain::erasure::{Survey, SurveyRequest, SurveyedRow, TableSurvey};
use crate::domain::grant::Correction;
use crate::domain::ids::CaseId;
use crate::domain::manual::TaskKind;
use crate::domain::matching::{FoundRow, PersonKeys, RowKey};
use crate::services::ports::{
    AccountBefore, RowSink, ServedRow, System, SystemError, SystemFinding, Systems,
};
use crate::services::{Context, Error, Result, keys};
use crate::store::Conn;
use crate::store::cases;
use crate::store::manual_tasks::{self, TaskRow};

/// The systems of a service, with those among them that staff see to by hand.
pub struct WithManual {
    /// With the systems that machines reach.
    ctx: Context,
}

impl WithManual {
    /// The systems of `ctx`, and those of its map that staff see to by hand.
    #[must_use]
    pub fn around(ctx: &Context) -> Arc<dyn Systems> {
        Arc::new(Self { ctx: ctx.clone() })
    }
}

impl Systems for WithManual {
    fn get(&self, id: &str) -> std::result::Result<Arc<dyn System>, SystemError> {
        let mapped = self.ctx.organisation.map.system(id);
        match mapped.filter(|system| system.connector == ConnectorKind::Manual) {
            Some(mapped) => Ok(Arc::new(ByHand {
                ctx: self.ctx.clone(),
                map: mapped.clone(),
            })),
            None => self.ctx.systems.get(id),
        }
    }
}

struct ByHand {
    ctx: Context,
    map: Mapped,
}

/// What a call gives.
type Told<T> = std::result::Result<T, SystemError>;

impl ByHand {
    fn with<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Told<T> {
        self.ctx.store.transaction(work).map_err(|error| match error {
            Error::System(error) => error,
            other => SystemError::Unavailable {
                system: self.map.id.clone(),
                reason: format!("its tasks cannot be read ({})", other.code()),
            },
        })
    }

    fn refused<T>(&self, what: &str) -> Told<T> {
        Err(SystemError::Refused {
            system: self.map.id.clone(),
            reason: format!("what staff see to by hand cannot be {what}"),
        })
    }

    fn waits<T>(&self) -> Told<T> {
        Err(SystemError::Waiting {
            system: self.map.id.clone(),
        })
    }

    /// The tasks that found these rows.
    fn finds(&self, conn: &mut Conn, table: &str, rows: &[RowKey]) -> Result<Vec<TaskRow>> {
        let mut finds = Vec::new();
        for key in rows {
            let id = key.0.first().and_then(|id| Uuid::parse_str(id).ok());
            let find = manual_tasks::find(conn, id.unwrap_or_default())?;
            if find.system == self.map.id && find.tbl == table {
                finds.push(find);
            }
        }
        Ok(finds)
    }

    /// The task of a kind about what `find` found; given now unless it was.
    fn about(&self, conn: &mut Conn, find: &TaskRow, kind: TaskKind) -> Result<TaskRow> {
        let case = cases::lock(conn, CaseId(find.case_id))?;
        ensure(&self.ctx, conn, &case, (&find.system, &find.tbl), kind)
    }

    /// Whether what `find` found is still there: until it was erased, and somebody else saw that it was.
    fn is_there(conn: &mut Conn, find: &TaskRow) -> Result<bool> {
        if find.amount.unwrap_or_default() == 0 {
            return Ok(false);
        }
        let place = (find.system.as_str(), find.tbl.as_str());
        match manual_tasks::find_for(conn, CaseId(find.case_id), place, TaskKind::Verify) {
            Ok(verify) => Ok(!verify.is_done()),
            Err(crate::store::Error::NotFound) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// What staff wrote when they did a task.
    fn written(&self, task: &TaskRow) -> Result<String> {
        let sealed = task.sealed.as_deref().ok_or(Error::Gone("case_thinned"))?;
        Ok(keys::find(&self.ctx, task.case_id)?.open(TASK, sealed)?)
    }

    fn digest(&self, find: &TaskRow) -> String {
        let key = self.ctx.keys.for_purpose(crate::domain::sealing::Purpose::Audit);
        let text = format!("{}:{}", find.id, find.amount.unwrap_or_default());
        hex(&key.digest(&[b"manual", text.as_bytes()]))
    }

    fn rows_there(&self, conn: &mut Conn, table: &str, roots: &[RowKey]) -> Result<Vec<SurveyedRow>> {
        let mut rows = Vec::new();
        for find in self.finds(conn, table, roots)? {
            if Self::is_there(conn, &find)? {
                rows.push(SurveyedRow {
                    key: key_of(&find),
                    parent: None,
                    values: Row::new(),
                    digest: self.digest(&find),
                });
            }
        }
        Ok(rows)
    }
}

impl System for ByHand {
    /// What there is to check stands in the profile.
    fn check(&self) -> Told<Vec<SystemFinding>> {
        Ok(vec![])
    }

    /// Nobody is found by a machine here: staff look, once it is known who asks.
    fn find(&self, _: &Table, _: &PersonKeys, _: usize) -> Told<Vec<FoundRow>> {
        Ok(vec![])
    }

    fn page(&self, _: &Table, _: Option<&RowKey>, _: usize) -> Told<Vec<FoundRow>> {
        Ok(vec![])
    }

    fn mark(&self, _: DateTime<Utc>) -> Told<()> {
        self.refused("marked")
    }

    fn marked(&self) -> Told<Option<DateTime<Utc>>> {
        self.refused("marked")
    }

    fn linked(&self, _: &Table, _: &[Row], _: usize) -> Told<Vec<FoundRow>> {
        Ok(vec![])
    }

    fn survey(&self, request: &SurveyRequest) -> Told<Survey> {
        self.with(|conn| {
            let mut tables = Vec::new();
            for table in &self.map.tables {
                let roots = request
                    .roots
                    .get(&table.name)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                tables.push(TableSurvey {
                    table: table.name.clone(),
                    rows: self.rows_there(conn, &table.name, roots)?,
                });
            }
            Ok(Survey {
                system: self.map.id.clone(),
                tables,
            })
        })
    }

    fn freeze(&self, _: &BTreeMap<String, Vec<RowKey>>) -> Told<u64> {
        Ok(0)
    }

    fn accounts(&self, _: &BTreeMap<String, Vec<RowKey>>) -> Told<Vec<AccountBefore>> {
        Ok(vec![])
    }

    fn thaw(&self, _: &[AccountBefore]) -> Told<u64> {
        Ok(0)
    }

    /// Waits until it was erased, and then until somebody else saw that it is gone.
    fn delete(&self, table: &str, rows: &[RowKey]) -> Told<u64> {
        // What is given stays given: the wait is no reason to take it back.
        let (erased, all) = self.with(|conn| {
            let (mut erased, mut all) = (0, true);
            for find in self.finds(conn, table, rows)? {
                let erase = self.about(conn, &find, TaskKind::Erase)?;
                let gone = erase.is_done() && self.about(conn, &find, TaskKind::Verify)?.is_done();
                erased += u64::from(gone);
                all &= gone;
            }
            Ok((erased, all))
        })?;
        if all { Ok(erased) } else { self.waits() }
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
        let there = self.with(|conn| self.rows_there(conn, table, rows))?;
        Ok(there.into_iter().map(|row| (row.key, row.digest)).collect())
    }

    fn referring(&self, _: &str, _: &[RowKey]) -> Told<BTreeMap<String, Vec<RowKey>>> {
        Ok(BTreeMap::new())
    }

    fn rectify(&self, _: &str, _: &[Correction]) -> Told<u64> {
        self.refused("set")
    }

    fn unrectified(&self, _: &str, _: &[Correction]) -> Told<u64> {
        self.refused("set")
    }

    /// Waits until staff have copied what there is.
    fn collect(&self, request: &CollectRequest, sink: &mut dyn RowSink) -> Told<ControlFlow<()>> {
        let mut given = Vec::new();
        let mut waits = false;
        for (table, reading) in &request.tables {
            let roots = request.roots.get(table).map(Vec::as_slice).unwrap_or_default();
            let (rows, open) = self.with(|conn| {
                let (mut rows, mut open) = (Vec::new(), false);
                for find in self.finds(conn, table, roots)? {
                    if *reading == Reading::Count {
                        rows.push((find.amount.unwrap_or_default(), String::new()));
                        continue;
                    }
                    let copied = self.about(conn, &find, TaskKind::Collect)?;
                    if copied.is_done() {
                        rows.push((1, self.written(&copied)?));
                    } else {
                        open = true;
                    }
                }
                Ok((rows, open))
            })?;
            waits |= open;
            given.push((table, reading, rows));
        }
        if waits {
            return self.waits();
        }
        for (table, reading, rows) in given {
            let flow = match reading {
                Reading::Count => {
                    let count = rows
                        .iter()
                        .map(|(amount, _)| u64::try_from(*amount).unwrap_or_default());
                    sink.count(table, count.sum())
                }
                Reading::Rows => give(table, rows, sink),
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn give(table: &str, rows: Vec<(i32, String)>, sink: &mut dyn RowSink) -> ControlFlow<()> {
    let column = CollectedColumn {
        name: "contents".to_owned(),
        kind: ColumnKind::Text,
    };
    sink.table(table, &[column])?;
    sink.rows(rows.into_iter().map(|(_, text)| vec![Some(text)]).collect())
}
