//! Access and portability: deciding what goes out, reading it system by system, and making the package.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;

use serde::Deserialize;

use super::Asked;
use crate::domain::access::{
    self, ActualRecipient, Chosen, CollectRequest, CollectedColumn, CollectedRow, Collection, Informed,
};
use crate::domain::calendar::stockholm_date;
use crate::domain::erasure::{Draft, Refusals};
use crate::domain::grant::{Grant, RefusedItem, Step, StepKind};
use crate::domain::right::Right;
use crate::services::execution::Failure;
use crate::services::packages::facts::{PackageFacts, PackageSource, PackedTable};
use crate::services::packages::{self, PieceReader, PieceWriter};
use crate::services::ports::RowSink;
use crate::services::searching::Subject;
use crate::services::{Context, Error, Result, intake, keys, planning};
use crate::store::cases::StoredCase;
use crate::store::keys::CaseKey;
use crate::store::notices;
use crate::store::packages::{self as kept, FileKind, Finished, Package, PackageFile};

/// What staff count to portability among what the machine may not decide on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedPortability {
    /// Ids of categories.
    pub include: Vec<String>,
}

/// Decides what the person gets, from whose rows they are and what is refused.
pub(super) fn collection(
    ctx: &Context,
    right: Right,
    subject: &Subject,
    asked: &Asked,
    refused: &[RefusedItem],
) -> Result<Collection> {
    let organisation = &*ctx.organisation;
    if access::unknown_item(organisation, refused).is_some() {
        return Err(Error::field("item", "unknown"));
    }
    let include: BTreeSet<String> = asked
        .portability
        .iter()
        .flat_map(|asked| asked.include.iter().cloned())
        .collect();
    let open = access::undecided(organisation);
    let is_open = |id: &String| right == Right::Portability && open.iter().any(|one| one.category == *id);
    if !include.iter().all(is_open) {
        return Err(Error::field("include", "unknown"));
    }
    let tables = match right {
        Right::Portability => access::for_portability(organisation, &include, refused),
        _ => access::for_access(organisation, refused),
    };
    let roots = subject.roots();
    let surveys = if roots.is_empty() {
        vec![]
    } else {
        planning::survey(ctx, &roots)?
    };
    let none = Refusals::default();
    let draft = Draft::make(&organisation.map, &organisation.fiscal_years, &surveys, &none);
    Ok(Collection {
        id: ctx.new_id(),
        roots,
        tables,
        recipients: recipients(ctx, subject, &surveys)?,
        // Where it cannot be said until when, nothing is promised.
        kept: draft.map(|draft| access::kept_by_law(&draft)).unwrap_or_default(),
        searched: organisation.map.systems.iter().map(|s| s.id.clone()).collect(),
    })
}

/// Who got data of the person: what their rows show now, and whom earlier cases of theirs told.
fn recipients(
    ctx: &Context,
    subject: &Subject,
    surveys: &[planning::Surveyed],
) -> Result<Vec<ActualRecipient>> {
    let used = if subject.roots().is_empty() {
        vec![]
    } else {
        planning::told(ctx, subject, surveys)
    };
    let mut keys = subject.keys.clone();
    // An address that others use too does not tell whose case it was.
    if subject.on_file_is_weak {
        keys.email = None;
    }
    let digests: Vec<Vec<u8>> = intake::lookup_digests(ctx, &keys)
        .into_iter()
        .map(|(_, digest)| digest.to_vec())
        .collect();
    let told = notices::list_sent_about(&mut *ctx.store.get()?, &digests)?;
    let told = told.into_iter().filter_map(|row| {
        let informed = Informed {
            on: stockholm_date(row.sent_at?),
            kind: row.kind,
            outcome: row.outcome,
        };
        Some((row.recipient, informed))
    });
    Ok(access::actual_recipients(&used, told.collect()))
}

/// A step for each system that is read, and the last that makes the package. Where nothing is held there is none.
pub(super) fn steps(ctx: &Context, collection: &Collection) -> Vec<Step> {
    if collection.is_empty() {
        return vec![];
    }
    let step = |system: &str, kind| Step {
        system: system.to_owned(),
        table: String::new(),
        kind,
    };
    let read = ctx.organisation.map.systems.iter();
    let read = read.filter(|system| collection.request(&system.id).is_some());
    let mut steps: Vec<Step> = read.map(|system| step(&system.id, StepKind::Collect)).collect();
    steps.push(step("", StepKind::Pack));
    steps
}

/// Reads one system in one view, from its start: what an earlier try left is read anew.
pub(super) fn collect(
    ctx: &Context,
    case: &StoredCase,
    grant: &Grant,
    step: &Step,
) -> std::result::Result<u64, Failure> {
    let collection = of(grant)?;
    let Some(request) = collection.request(&step.system) else {
        return Ok(0);
    };
    let key = keys::find(ctx, case.id.0)?;
    let package = ctx.store.transaction(|conn| {
        let package = packages::begin(ctx, conn, case.id, &grant.hash())?;
        kept::remove_files(conn, package.id, &step.system)?;
        // The archive is of what was read before.
        kept::remove_files(conn, package.id, "")?;
        Ok::<_, Error>(package)
    })?;
    let mut sink = Sealing::new(ctx, &key, &package, &step.system);
    let read = read(ctx, &request, step, &mut sink)?;
    if let Some(error) = sink.failed.take() {
        return Err(error.into());
    }
    if read.is_break() {
        return Err(Error::internal("a sink that stopped without a reason").into());
    }
    sink.finish()?;
    Ok(sink.total)
}

fn read(
    ctx: &Context,
    request: &CollectRequest,
    step: &Step,
    sink: &mut Sealing<'_>,
) -> std::result::Result<ControlFlow<()>, Failure> {
    Ok(ctx.systems.get(&step.system)?.collect(request, sink)?)
}

fn of(grant: &Grant) -> Result<&Collection> {
    let collection = grant.terms.collection();
    collection.ok_or_else(|| Error::internal("nothing to collect"))
}

/// Seals what a system gives, a part for each table.
struct Sealing<'a> {
    ctx: &'a Context,
    key: &'a CaseKey,
    package: &'a Package,
    system: &'a str,
    part: Option<PieceWriter<'a>>,
    total: u64,
    failed: Option<Error>,
}

impl<'a> Sealing<'a> {
    const fn new(ctx: &'a Context, key: &'a CaseKey, package: &'a Package, system: &'a str) -> Self {
        Self {
            ctx,
            key,
            package,
            system,
            part: None,
            total: 0,
            failed: None,
        }
    }

    fn begin(&mut self, table: &str, columns: &[CollectedColumn]) -> Result<()> {
        self.finish()?;
        let head = serde_json::to_value(columns).map_err(Error::internal)?;
        let at = (self.system, table);
        let ordinal = kept::insert_file(
            &mut *self.ctx.store.get()?,
            self.package.id,
            at,
            FileKind::Records,
            head,
        )?;
        self.part = Some(PieceWriter::new(self.ctx, self.key, self.package.id, ordinal));
        Ok(())
    }

    fn add(&mut self, rows: Vec<CollectedRow>) -> Result<()> {
        for row in rows {
            let part = self.part.as_mut();
            part.ok_or_else(|| Error::internal("rows of no table"))?
                .row(&row)?;
            self.total += 1;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let Some(mut part) = self.part.take() else {
            return Ok(());
        };
        let end = Finished {
            chunks: part.finish()?,
            rows: part.rows,
            bytes: part.bytes,
        };
        let conn = &mut *self.ctx.store.get()?;
        Ok(kept::finish_file(conn, self.package.id, part.ordinal(), &end)?)
    }

    fn counted(&mut self, table: &str, rows: u64) -> Result<()> {
        self.finish()?;
        let conn = &mut *self.ctx.store.get()?;
        let head = serde_json::json!([]);
        let at = (self.system, table);
        let ordinal = kept::insert_file(conn, self.package.id, at, FileKind::Count, head)?;
        let end = Finished {
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
            ..Finished::default()
        };
        self.total += rows;
        Ok(kept::finish_file(conn, self.package.id, ordinal, &end)?)
    }

    fn go_on(&mut self, done: Result<()>) -> ControlFlow<()> {
        match done {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

impl RowSink for Sealing<'_> {
    fn table(&mut self, table: &str, columns: &[CollectedColumn]) -> ControlFlow<()> {
        let done = self.begin(table, columns);
        self.go_on(done)
    }

    fn rows(&mut self, rows: Vec<CollectedRow>) -> ControlFlow<()> {
        let done = self.add(rows);
        self.go_on(done)
    }

    fn count(&mut self, table: &str, rows: u64) -> ControlFlow<()> {
        let done = self.counted(table, rows);
        self.go_on(done)
    }
}

/// Makes the package of what was read.
pub(super) fn pack(ctx: &Context, case: &StoredCase, grant: &Grant) -> std::result::Result<u64, Failure> {
    let collection = of(grant)?;
    let key = keys::find(ctx, case.id.0)?;
    let (package, files, ordinal) = ctx.store.transaction(|conn| {
        let package = packages::begin(ctx, conn, case.id, &grant.hash())?;
        kept::remove_files(conn, package.id, "")?;
        let files = kept::list_files(conn, package.id)?;
        let head = serde_json::json!([]);
        let ordinal = kept::insert_file(conn, package.id, ("", ""), FileKind::Archive, head)?;
        Ok::<_, Error>((package, files, ordinal))
    })?;
    let files = in_order(collection, files);
    let facts = facts(ctx, case, grant, collection, &files)?;
    let mut source = Source {
        ctx,
        key: &key,
        files: &files,
    };
    let mut archive = PieceWriter::new(ctx, &key, package.id, ordinal);
    ctx.packing
        .pack(&facts, &mut source, &mut archive)
        .map_err(Error::internal)?;
    let end = Finished {
        chunks: archive.finish()?,
        bytes: archive.bytes,
        ..Finished::default()
    };
    ctx.store.transaction(|conn| {
        kept::finish_file(conn, package.id, ordinal, &end)?;
        kept::set_ready(conn, package.id)
    })?;
    Ok(0)
}

/// The parts that hold something, in the order of the map, whatever the order of reading was.
fn in_order(collection: &Collection, files: Vec<PackageFile>) -> Vec<PackageFile> {
    let mut by_name: BTreeMap<(String, String), PackageFile> = files
        .into_iter()
        .filter(|file| file.complete && file.rows > 0)
        .map(|file| ((file.system.clone(), file.tbl.clone()), file))
        .collect();
    let names = collection
        .tables
        .iter()
        .map(|chosen| (chosen.system.clone(), chosen.table.clone()));
    names.filter_map(|name| by_name.remove(&name)).collect()
}

fn facts(
    ctx: &Context,
    case: &StoredCase,
    grant: &Grant,
    collection: &Collection,
    files: &[PackageFile],
) -> Result<PackageFacts> {
    let table = |file: &PackageFile| {
        Ok(PackedTable {
            system: file.system.clone(),
            table: file.tbl.clone(),
            rows: file.rows,
            counted: file.is(FileKind::Count),
            columns: serde_json::from_value(file.head.clone()).map_err(Error::internal)?,
            kept: collection
                .kept
                .get(&format!("{}.{}", file.system, file.tbl))
                .copied(),
        })
    };
    let without =
        |chosen: &&Chosen| chosen.fate.reading().is_none() && collection.roots.contains_key(&chosen.system);
    Ok(PackageFacts {
        reference: case.reference.to_string(),
        right: case.case.right,
        language: case.language,
        made_at: ctx.now(),
        tables: files.iter().map(table).collect::<Result<_>>()?,
        without: collection.tables.iter().filter(without).cloned().collect(),
        refused: grant.refused.clone(),
        recipients: collection.recipients.clone(),
    })
}

struct Source<'a> {
    ctx: &'a Context,
    key: &'a CaseKey,
    files: &'a [PackageFile],
}

/// An error on its way through a writer of packages, which knows only those of files.
struct Through(io::Error);

impl From<Error> for Through {
    fn from(error: Error) -> Self {
        Self(io::Error::other(error))
    }
}

impl PackageSource for Source<'_> {
    fn rows(
        &mut self,
        index: usize,
        each: &mut dyn FnMut(CollectedRow) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<()> {
        let file = self.files.get(index).filter(|file| file.is(FileKind::Records));
        let Some(file) = file else { return Ok(()) };
        PieceReader::new(self.ctx, self.key, file)
            .rows::<Through>(0, |row| each(row).map_err(Through))
            .map_err(|through| through.0)
    }
}
