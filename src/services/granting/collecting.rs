//! Access and portability: deciding what goes out, reading it system by system, and making the package.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde::Deserialize;

use super::Asked;
use super::parts::{Part, Sealing, Source};
use crate::domain::access::{self, ActualRecipient, Chosen, CollectRequest, Collection, Informed};
use crate::domain::calendar::stockholm_date;
use crate::domain::erasure::{Draft, Refusals};
use crate::domain::grant::{Grant, RefusedItem, Step, StepKind};
use crate::domain::right::Right;
use crate::services::execution::Failure;
use crate::services::packages::facts::{PackageFacts, PackedTable};
use crate::services::packages::{self, PieceWriter};
use crate::services::searching::Subject;
use crate::services::{Context, Error, Result, intake, keys, planning};
use crate::store::cases::StoredCase;
use crate::store::notices;
use crate::store::packages::{self as kept, FileKind, Finished, PackageFile};

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
        .map_err(|error| error.downcast::<Error>().unwrap_or_else(Error::internal))?;
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
fn in_order(collection: &Collection, files: Vec<PackageFile>) -> Vec<Part> {
    let name = |file: &PackageFile| (file.system.clone(), file.tbl.clone());
    let (contents, records): (Vec<_>, Vec<_>) = files
        .into_iter()
        .filter(|file| file.complete)
        .partition(|file| file.is(FileKind::Contents));
    let mut contents: BTreeMap<_, PackageFile> =
        contents.into_iter().map(|file| (name(&file), file)).collect();
    let mut by_name: BTreeMap<(String, String), Part> = records
        .into_iter()
        .filter(|file| file.rows > 0)
        .map(|records| {
            let name = name(&records);
            let contents = contents.remove(&name);
            (name, Part { records, contents })
        })
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
    files: &[Part],
) -> Result<PackageFacts> {
    let table = |part: &Part| {
        let file = &part.records;
        Ok(PackedTable {
            system: file.system.clone(),
            table: file.tbl.clone(),
            rows: file.rows,
            counted: file.is(FileKind::Count),
            columns: serde_json::from_value(file.head.clone()).map_err(Error::internal)?,
            files: part.contents.is_some(),
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
