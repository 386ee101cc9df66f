//! What staff see of a package before it is released: what it holds, and the host's own records page by page.

use std::ops::ControlFlow;

use serde_json::json;

use super::{PieceReader, needs_review};
use crate::domain::access::{Chosen, CollectedColumn, CollectedRow};
use crate::domain::ids::{Reference, StaffId};
use crate::domain::staff::{Actor, Permission};
use crate::services::{Context, Error, Result, granting, keys};
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::packages::{self, FileKind, PackageFile, PackageState};

/// Rows on one page.
const PAGE: usize = 50;

/// A part of a package.
#[derive(Clone, Debug)]
pub struct PartView {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// The id of what it holds.
    pub category: String,
    /// Its rows.
    pub rows: i64,
    /// Whether only their number goes out.
    pub counted: bool,
    /// Whether it has free text that staff look through.
    pub has_free_text: bool,
    /// Whether that is still to be done.
    pub needs_review: bool,
}

/// A package as staff see it.
#[derive(Clone, Debug)]
pub struct PackageView {
    /// Where it stands.
    pub state: PackageState,
    /// Until when it can be fetched.
    pub until: Option<chrono::DateTime<chrono::Utc>>,
    /// How often it was fetched.
    pub downloads: i32,
    /// What it holds.
    pub parts: Vec<PartView>,
    /// What it does not, and why.
    pub without: Vec<Chosen>,
}

/// The package of a case.
///
/// # Errors
/// When the database fails.
pub fn view(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<PackageView>> {
    let Some(package) = packages::find_newest(conn, case.id)? else {
        return Ok(None);
    };
    let files = packages::list_files(conn, package.id)?;
    let grant = granting::find(ctx, conn, case)?;
    let without = grant
        .as_ref()
        .and_then(|grant| grant.terms.collection())
        .map(|collection| {
            let left = collection.tables.iter().filter(|chosen| {
                chosen.fate.reading().is_none() && collection.roots.contains_key(&chosen.system)
            });
            left.cloned().collect()
        });
    Ok(Some(PackageView {
        state: package.state()?,
        until: package.until,
        downloads: package.downloads,
        parts: files
            .iter()
            .filter(|file| file.complete && (file.is(FileKind::Records) || file.is(FileKind::Count)))
            .map(|file| part(ctx, file))
            .collect(),
        without: without.unwrap_or_default(),
    }))
}

fn part(ctx: &Context, file: &PackageFile) -> PartView {
    let table = ctx.organisation.map.table(&file.system, &file.tbl);
    PartView {
        system: file.system.clone(),
        table: file.tbl.clone(),
        category: table.map(|table| table.category.clone()).unwrap_or_default(),
        rows: file.rows,
        counted: file.is(FileKind::Count),
        has_free_text: table.is_some_and(|table| !table.review.is_empty()) && file.is(FileKind::Records),
        needs_review: needs_review(ctx, file),
    }
}

/// A page of a table's records.
#[derive(Clone, Debug)]
pub struct Look {
    /// The case's version, for ticking the table.
    pub version: i64,
    /// The part.
    pub part: PartView,
    /// The columns.
    pub columns: Vec<CollectedColumn>,
    /// The columns that are free text.
    pub free_text: Vec<String>,
    /// The rows.
    pub rows: Vec<CollectedRow>,
    /// The number of the first of them.
    pub from: i64,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

/// Looks at the records of a table that will go out; that somebody looked is recorded. What customers store with us is
/// never shown.
///
/// # Errors
/// When they may not, or there are no such records.
pub fn look(
    ctx: &Context,
    actor: &Actor,
    reference: &Reference,
    (system, table): (&str, &str),
    from: i64,
) -> Result<Look> {
    if !actor.may(Permission::HandleCases) {
        return Err(Error::Forbidden("role"));
    }
    let (case, file) = {
        let mut conn = ctx.store.get()?;
        let case = cases::find(&mut conn, reference)?;
        let file = ready_file(&mut conn, &case, (system, table))?;
        (case, file)
    };
    let key = keys::find(ctx, case.id.0)?;
    let from = from.clamp(0, file.rows.max(1) - 1);
    let mut rows = Vec::new();
    PieceReader::new(ctx, &key, &file).rows::<Error>(from, |row| {
        rows.push(row);
        Ok(if rows.len() == PAGE {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    ctx.store.transaction(|conn| {
        let detail = json!({ "system": system, "table": table, "from": from, "rows": rows.len() });
        ctx.record(conn, case.id.0, actor, "records_read", detail)
    })?;
    let next = from + i64::try_from(rows.len()).unwrap_or_default();
    let mapped = ctx.organisation.map.table(system, table);
    Ok(Look {
        version: case.version,
        part: part(ctx, &file),
        columns: serde_json::from_value(file.head.clone()).map_err(Error::internal)?,
        free_text: mapped.map(|table| table.review.clone()).unwrap_or_default(),
        rows,
        from,
        next: (next < file.rows).then_some(next),
    })
}

/// The records of a table in the package that waits for its release.
fn ready_file(conn: &mut Conn, case: &StoredCase, (system, table): (&str, &str)) -> Result<PackageFile> {
    let package = packages::find_alive(conn, case.id)?.ok_or(Error::NotFound)?;
    if package.state()? != PackageState::Ready {
        return Err(Error::NotFound);
    }
    let files = packages::list_files(conn, package.id)?;
    let file = files
        .into_iter()
        .find(|file| file.system == system && file.tbl == table && file.is(FileKind::Records));
    file.ok_or(Error::NotFound)
}

/// Notes that staff looked through a table, named as `system.table`.
///
/// # Errors
/// [`Error::Invalid`] in `table` when the package has no such records.
pub fn mark_reviewed(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    (actor, by): (&Actor, StaffId),
    table: &str,
) -> Result<()> {
    let unknown = || Error::field("table", "unknown");
    let named = table.split_once('.').ok_or_else(unknown)?;
    let file = match ready_file(conn, case, named) {
        Err(Error::NotFound) => return Err(unknown()),
        found => found?,
    };
    packages::mark_reviewed(conn, file.package_id, file.ordinal, by, ctx.now())?;
    let detail = json!({ "system": named.0, "table": named.1 });
    Ok(ctx.record(conn, case.id.0, actor, "records_reviewed", detail)?)
}
