//! Erasing again what a restored backup brought back into one system: everyone whose erasure is in the ledger, by the
//! same rules, without asking again. It can be cut off and repeated at any moment.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{ATTENTION, ledger, marks, stream};
use crate::domain::data_map::{System as Mapped, Table};
use crate::domain::erasure::{Draft, SurveyRequest};
use crate::domain::ids::CaseId;
use crate::domain::matching::{FoundRow, RowKey};
use crate::domain::purge::RetainedKey;
use crate::domain::replay::{self, Cause, Found};
use crate::domain::sealing::{Purpose, SecretKey};
use crate::domain::staff::Actor;
use crate::services::execution::{Again, Failure, again};
use crate::services::ports::System;
use crate::services::{Context, Error, Result, planning};
use crate::store::audit::SERVICE_STREAM;
use crate::store::replays::{self, Entry, Replay};
use crate::store::{cases, locks};

/// Rows of a table that are held against the ledger at a time.
const PAGE: usize = 1000;

/// What is to be replayed.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The system that was restored.
    pub system: String,
    /// When the backup was taken. What went before is gone from it too; when absent, the time that the system's marker
    /// holds, else all of the ledger is looked for.
    pub backup_of: Option<DateTime<Utc>>,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What a replay did, or would do.
pub type Report = Replay;

/// How many cases have an erasure that a restored backup undid.
///
/// # Errors
/// When the database fails.
pub fn count_undone(ctx: &Context) -> Result<i64> {
    Ok(replays::count_undone(&mut *ctx.store.get()?)?)
}

/// Finds in a restored system what was erased since its backup was taken, and erases it again. One person or table
/// that fails keeps the others from nothing, and is counted.
///
/// # Errors
/// [`Error::NotFound`] when the map has no such system; [`Error::Conflict`] when a replay of it runs already; when the
/// system cannot be looked through, or the database fails.
pub fn replay(ctx: &Context, actor: &Actor, asked: &Asked) -> Result<Report> {
    let mapped = ctx
        .organisation
        .map
        .system(&asked.system)
        .ok_or(Error::NotFound)?;
    let name = format!("replay {}", mapped.id);
    let ran = locks::alone(&ctx.store, &name, || {
        // A system that went back is told of before the trace of that is overwritten.
        marks::look_at(ctx, &mapped.id).map_err(told)?;
        Run::new(ctx, mapped, asked)?.whole(actor)
    })?;
    ran.unwrap_or(Err(Error::Conflict("replay_running")))
}

/// A failure as an error of the service's.
fn told(failure: Failure) -> Error {
    match failure {
        Failure::System(error) => Error::System(error),
        Failure::Ours(error) => error,
        Failure::NotVerified | Failure::Outdated | Failure::ByHand => Error::Conflict("not_verified"),
    }
}

/// What came back.
#[derive(Default)]
struct CameBack {
    /// Whose rows, by case: the rows that hang on these are found anew.
    people: BTreeMap<CaseId, BTreeMap<String, Vec<RowKey>>>,
    /// Rows that had been kept by law and purged, by case and table.
    purged: BTreeMap<(CaseId, String), Vec<RetainedKey>>,
    unclear: i64,
}

struct Run<'a> {
    ctx: &'a Context,
    mapped: &'a Mapped,
    system: std::sync::Arc<dyn System>,
    secret: SecretKey,
    since: Option<DateTime<Utc>>,
    dry_run: bool,
}

impl<'a> Run<'a> {
    fn new(ctx: &'a Context, mapped: &'a Mapped, asked: &Asked) -> Result<Self> {
        let mark = replays::mark(&mut *ctx.store.get()?, &mapped.id)?;
        let back_to = mark
            .filter(|mark| mark.found_back_at.is_some())
            .and_then(|mark| mark.back_to);
        Ok(Self {
            ctx,
            mapped,
            system: ctx.systems.get(&mapped.id)?,
            secret: ctx.keys.for_purpose(Purpose::Replay),
            since: asked.backup_of.or(back_to),
            dry_run: asked.dry_run,
        })
    }

    fn whole(&self, actor: &Actor) -> Result<Report> {
        let found = self.came_back()?;
        let mut report = Report {
            id: self.ctx.new_id(),
            system: self.mapped.id.clone(),
            gone_since: self.since,
            finished_at: self.ctx.now(),
            unclear: found.unclear,
            ..Report::default()
        };
        let mut left = Vec::new();
        for (case, roots) in &found.people {
            if self.on_hold(*case)? {
                report.held += 1;
                left.push(*case);
                continue;
            }
            match self.person(actor, *case, roots) {
                Ok(done) if done == Again::default() => {}
                Ok(done) => {
                    report.people += 1;
                    report.erased += i64::try_from(done.erased).unwrap_or(i64::MAX);
                    report.reduced += i64::try_from(done.reduced).unwrap_or(i64::MAX);
                }
                Err(Failure::Ours(error)) => return Err(error),
                Err(failure) => self.failed(&mut report, &mut left, *case, &failure),
            }
        }
        for ((case, table), rows) in self.in_order(&found) {
            if self.on_hold(*case)? {
                report.held += 1;
                left.push(*case);
                continue;
            }
            match self.purged(actor, *case, table, rows) {
                Ok(gone) => report.purged += gone,
                Err(Failure::Ours(error)) => return Err(error),
                Err(failure) => self.failed(&mut report, &mut left, *case, &failure),
            }
        }
        if !self.dry_run {
            report.finished_at = self.ctx.now();
            self.end(actor, &report, &left)?;
        }
        Ok(report)
    }

    fn failed(&self, report: &mut Report, left: &mut Vec<CaseId>, case: CaseId, failure: &Failure) {
        let why = match failure {
            Failure::System(error) => error.code(),
            Failure::Outdated => "no_plan_possible",
            _ => "verification_failed",
        };
        tracing::error!(case = %case, system = self.mapped.id, why, "a replay failed for a case");
        report.failed += 1;
        left.push(case);
    }

    /// Holds every row of the tables in the ledger against it.
    fn came_back(&self) -> Result<CameBack> {
        let mut back = CameBack::default();
        let tables = replays::tables(&mut *self.ctx.store.get()?, &self.mapped.id, self.since)?;
        for table in self
            .mapped
            .tables
            .iter()
            .filter(|table| tables.contains(&table.name))
        {
            let mut after: Option<RowKey> = None;
            loop {
                let page = self.system.page(table, after.as_ref(), PAGE)?;
                self.look_at(table, &page, &mut back)?;
                after = page.last().map(|row| row.key.clone());
                if page.len() < PAGE {
                    break;
                }
            }
        }
        Ok(back)
    }

    fn look_at(&self, table: &Table, page: &[FoundRow], back: &mut CameBack) -> Result<()> {
        let digest = |row: &FoundRow| {
            replay::row_digest(&self.secret, &self.mapped.id, &table.name, &row.key).to_vec()
        };
        let by_digest: BTreeMap<Vec<u8>, &FoundRow> = page.iter().map(|row| (digest(row), row)).collect();
        let digests: Vec<Vec<u8>> = by_digest.keys().cloned().collect();
        let place = (self.mapped.id.as_str(), table.name.as_str());
        let entries = replays::find(&mut *self.ctx.store.get()?, place, &digests, self.since)?;
        let purged: Vec<RowKey> = entries
            .iter()
            .filter(|entry| entry.cause == Cause::Purged)
            .filter_map(|entry| Some(by_digest.get(&entry.row_digest)?.key.clone()))
            .collect();
        let checksums = if purged.is_empty() {
            BTreeMap::new()
        } else {
            self.system.digests(&table.name, &purged)?
        };
        for entry in &entries {
            let Some(row) = by_digest.get(&entry.row_digest) else {
                continue;
            };
            let checksum = checksums.get(&row.key).filter(|_| entry.cause == Cause::Purged);
            self.judge(&table.name, entry, row, checksum, back);
        }
        Ok(())
    }

    fn judge(
        &self,
        table: &str,
        entry: &Entry,
        row: &FoundRow,
        checksum: Option<&String>,
        back: &mut CameBack,
    ) {
        let now = match entry.cause {
            Cause::Erased => replay::proofs_of(&self.secret, &row.keys),
            Cause::Purged => checksum
                .map(|checksum| replay::proof_of_contents(&self.secret, checksum))
                .into_iter()
                .collect(),
        };
        match (replay::found(&entry.proofs, &now), checksum) {
            (Found::Reduced, _) => {}
            (Found::Unclear, _) => back.unclear += 1,
            (Found::Same, Some(checksum)) => {
                let rows = back.purged.entry((entry.case, table.to_owned())).or_default();
                rows.push(RetainedKey {
                    key: row.key.clone(),
                    digest: checksum.clone(),
                });
            }
            (Found::Same, None) => {
                let tables = back.people.entry(entry.case).or_default();
                tables.entry(table.to_owned()).or_default().push(row.key.clone());
            }
        }
    }

    /// Whether a legal hold keeps what is a case's, also from this.
    fn on_hold(&self, case: CaseId) -> Result<bool> {
        match cases::find_by_id(&mut *self.ctx.store.get()?, case) {
            Ok(case) => Ok(case.case.on_hold),
            // Whose file was disposed of is on no hold: it could not have been disposed of.
            Err(crate::store::Error::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Erases one person again, by a plan of what is there now.
    fn person(
        &self,
        actor: &Actor,
        case: CaseId,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> std::result::Result<Again, Failure> {
        let organisation = &self.ctx.organisation;
        let request = SurveyRequest::new(self.mapped, &organisation.recipients, roots.clone());
        let survey = self.system.survey(&request)?;
        // What was refused then is not erased now.
        let refusals = match planning::refusals_of(self.ctx, &mut *self.ctx.store.get()?, case) {
            // Nobody knows any more what is to be spared: nothing of theirs goes, and everybody else's does.
            Err(Error::Conflict(_)) => return Err(Failure::Outdated),
            other => other?,
        };
        let plan = Draft::make(
            &organisation.map,
            &organisation.fiscal_years,
            &[(survey, roots.clone())],
            &refusals,
        );
        // What no plan can be made of is counted as failed, and looked at by staff.
        let plan = plan.map_err(|_| Failure::Outdated)?;
        let mut done = Again::default();
        for part in &plan.systems {
            let part_done = again(self.ctx, &*self.system, part, !self.dry_run)?;
            done.erased += part_done.erased;
            done.reduced += part_done.reduced;
        }
        if !self.dry_run && done != Again::default() {
            let detail = json!({
                "case": case.to_string(), "system": self.mapped.id, "erased": done.erased, "reduced": done.reduced,
            });
            let at = self.ctx.now();
            ledger::renew(self.ctx, &mut *self.ctx.store.get()?, case, &self.mapped.id, at)?;
            self.record(actor, case, "erasure_replayed", &detail)?;
        }
        Ok(done)
    }

    /// Purged rows in the order in which they can go.
    fn in_order<'f>(&self, found: &'f CameBack) -> Vec<(&'f (CaseId, String), &'f Vec<RetainedKey>)> {
        let order = self.mapped.erasure_order().unwrap_or_default();
        let mut lines: Vec<_> = found.purged.iter().collect();
        lines.sort_by_key(|((_, table), _)| order.iter().position(|one| one.name == *table));
        lines
    }

    /// Purges rows again that nothing refers to.
    fn purged(
        &self,
        actor: &Actor,
        case: CaseId,
        table: &str,
        rows: &[RetainedKey],
    ) -> std::result::Result<i64, Failure> {
        let keys: Vec<RowKey> = rows.iter().map(|row| row.key.clone()).collect();
        let referring = self.system.referring(table, &keys)?;
        let goes_along = |other: &str, key: &RowKey| other == table && keys.contains(key);
        let is_needed = referring
            .iter()
            .any(|(other, found)| found.iter().any(|key| !goes_along(other, key)));
        // In a dry run, what refers to it is still there because nothing goes.
        if self.dry_run {
            return Ok(i64::try_from(keys.len()).unwrap_or(i64::MAX));
        }
        if is_needed {
            return Err(Failure::NotVerified);
        }
        let gone = i64::try_from(self.system.delete(table, &keys)?).unwrap_or(i64::MAX);
        if !self.system.digests(table, &keys)?.is_empty() {
            return Err(Failure::NotVerified);
        }
        let kept = ledger::of_purged(self.ctx, &self.mapped.id, table, rows);
        self.ctx
            .store
            .transaction(|conn| ledger::keep(self.ctx, conn, case, &self.mapped.id, &kept))?;
        let detail =
            json!({ "case": case.to_string(), "system": self.mapped.id, "table": table, "rows": gone });
        self.record(actor, case, "purge_replayed", &detail)?;
        Ok(gone)
    }

    fn record(&self, actor: &Actor, case: CaseId, action: &str, detail: &serde_json::Value) -> Result<()> {
        self.ctx.store.transaction(|conn| {
            let stream = stream(conn, case)?;
            Ok(self.ctx.record(conn, stream, actor, action, detail.clone())?)
        })
    }

    /// What was undone is done again, but for the cases in `left`.
    fn end(&self, actor: &Actor, report: &Report, left: &[CaseId]) -> Result<()> {
        let now = self.ctx.now();
        if left.is_empty() && self.mapped.marker.is_some() {
            self.system.mark(now)?;
        }
        self.ctx.store.transaction(|conn| {
            if left.is_empty() && self.mapped.marker.is_some() {
                replays::set_mark(conn, &self.mapped.id, now)?;
                replays::clear_back(conn, &self.mapped.id)?;
            }
            for case in replays::redo(conn, &self.mapped.id, left)? {
                if !replays::is_undone(conn, case)? {
                    cases::clear_attention(conn, case, &[ATTENTION])?;
                }
            }
            replays::record(conn, report)?;
            let detail = json!({
                "system": report.system, "people": report.people, "erased": report.erased, "reduced": report.reduced,
                "purged": report.purged, "unclear": report.unclear, "held": report.held, "failed": report.failed,
            });
            Ok(self.ctx.record(conn, SERVICE_STREAM, actor, "erasures_replayed", detail)?)
        })
    }
}
