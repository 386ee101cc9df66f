//! Packages: what was collected for a person, sealed piece by piece, looked through by staff, released, fetched, deleted.

pub mod facts;
mod fetching;
mod looking;
mod pieces;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{Context, Error, Result, transition};
use crate::domain::case::State;
use crate::domain::ids::CaseId;
use crate::domain::staff::Actor;
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::packages::{self, FileKind, Package, PackageFile, PackageState};

pub use fetching::{Download, Waiting, open_download, piece, waiting};
pub use looking::{Look, PackageView, PartView, look, mark_reviewed, view};
pub use pieces::{PieceReader, PieceWriter};

/// How long a released package can be fetched.
const AT_MOST: TimeDelta = TimeDelta::days(30);
/// How long it stays once it has been fetched.
const AFTER_DOWNLOAD: TimeDelta = TimeDelta::days(14);
/// Packages that one sweep deletes.
const SWEPT: i64 = 100;

/// Until when a package can be fetched: 30 days from its release, or 14 from the first download if that is sooner.
#[must_use]
fn valid_until(released: DateTime<Utc>, downloaded: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let longest = released + AT_MOST;
    downloaded.map_or(longest, |at| longest.min(at + AFTER_DOWNLOAD))
}

/// Lets the package follow its case: released with the answer, and gone when the case turns back or ends without one.
///
/// # Errors
/// [`Error::Conflict`] `package_incomplete` when a system is missing in it, `review_needed` when free text was not
/// looked through.
pub fn follow(ctx: &Context, conn: &mut Conn, before: &StoredCase, after: &StoredCase) -> Result<()> {
    if before.case.state.name() == after.case.state.name() {
        return Ok(());
    }
    let Some(package) = packages::find_alive(conn, after.id)? else {
        return Ok(());
    };
    match after.case.state {
        State::Executing | State::ReadyForRelease | State::Closed { .. } => Ok(()),
        State::Answered { .. } => release(ctx, conn, after, &package),
        _ => discard(ctx, conn, after, &package),
    }
}

fn release(ctx: &Context, conn: &mut Conn, case: &StoredCase, package: &Package) -> Result<()> {
    if package.state()? != PackageState::Ready {
        return Err(Error::Conflict("package_incomplete"));
    }
    let files = packages::list_files(conn, package.id)?;
    if files.iter().any(|file| needs_review(ctx, file)) {
        return Err(Error::Conflict("review_needed"));
    }
    let now = ctx.now();
    packages::set_released(conn, package.id, now, valid_until(now, None))?;
    let bytes: i64 = files
        .iter()
        .filter(|file| file.is(FileKind::Archive))
        .map(|file| file.bytes)
        .sum();
    let detail = json!({ "bytes": bytes });
    Ok(ctx.record(conn, case.id.0, &Actor::System, "package_released", detail)?)
}

/// Whether free text of a part goes out that nobody has looked through.
fn needs_review(ctx: &Context, file: &PackageFile) -> bool {
    let table = ctx.organisation.map.table(&file.system, &file.tbl);
    let has_free_text = table.is_some_and(|table| !table.review.is_empty());
    has_free_text && file.is(FileKind::Records) && file.rows > 0 && file.reviewed_at.is_none()
}

fn discard(ctx: &Context, conn: &mut Conn, case: &StoredCase, package: &Package) -> Result<()> {
    packages::delete(conn, package.id, ctx.now())?;
    let fetched = package.downloads;
    let detail = json!({ "downloads": fetched });
    Ok(ctx.record(conn, case.id.0, &Actor::System, "package_deleted", detail)?)
}

/// Deletes the packages whose time is over; says how many.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(ctx: &Context) -> Result<usize> {
    let expired = packages::list_expired(&mut *ctx.store.get()?, ctx.now(), SWEPT)?;
    let mut deleted = 0;
    for id in expired {
        deleted += usize::from(ctx.store.transaction(|conn| delete_one(ctx, conn, id))?);
    }
    Ok(deleted)
}

fn delete_one(ctx: &Context, conn: &mut Conn, id: CaseId) -> Result<bool> {
    let case = cases::lock(conn, id)?;
    let package = packages::find_alive(conn, id)?;
    let Some(package) = package.filter(|package| package.until.is_some_and(|until| until < ctx.now())) else {
        return Ok(false);
    };
    discard(ctx, conn, &case, &package)?;
    transition::settle(ctx, conn, id)?;
    Ok(true)
}

/// Whether the person can still fetch something, so that the case is not over.
///
/// # Errors
/// When the database fails.
pub fn is_waiting(conn: &mut Conn, id: CaseId) -> Result<bool> {
    Ok(packages::find_alive(conn, id)?.is_some())
}

/// The package that carries out what was granted in a case, begun when there is none.
///
/// # Errors
/// When the database fails.
pub fn begin(ctx: &Context, conn: &mut Conn, id: CaseId, grant_hash: &str) -> Result<Package> {
    Ok(packages::begin(conn, ctx.new_id(), id, grant_hash, ctx.now())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_waits_thirty_days_or_fourteen_after_it_was_fetched() {
        let released: DateTime<Utc> = "2026-11-01T08:00:00Z".parse().unwrap();
        let days = |from: i64| released + TimeDelta::days(from);
        assert_eq!(valid_until(released, None), days(30));
        assert_eq!(valid_until(released, Some(days(1))), days(15));
        assert_eq!(valid_until(released, Some(days(16))), days(30));
        assert_eq!(valid_until(released, Some(days(29))), days(30));
    }
}
