//! The person fetches their package.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{PieceReader, valid_until};
use crate::domain::ids::Reference;
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::services::{Context, Error, Result, codes, keys};
use crate::store::Conn;
use crate::store::cases::StoredCase;
use crate::store::keys::CaseKey;
use crate::store::packages::{self, FileKind, Package, PackageFile, PackageState};

/// A package that waits to be fetched.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its file's name.
    pub name: String,
    /// Its length.
    pub bytes: i64,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A package that is being fetched.
pub struct Download {
    /// Its file's name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its pieces.
    pub pieces: i32,
    key: CaseKey,
    file: PackageFile,
}

/// What the person can fetch now.
///
/// # Errors
/// When the database fails.
pub fn waiting(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<Waiting>> {
    let Some((package, archive)) = released(ctx, conn, case)? else {
        return Ok(None);
    };
    Ok(package.until.map(|until| Waiting {
        name: name(case),
        bytes: archive.bytes,
        until,
    }))
}

fn released(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<(Package, PackageFile)>> {
    let alive = packages::find_alive(conn, case.id)?;
    let Some(package) = alive.filter(|package| package.until.is_some_and(|until| ctx.now() <= until)) else {
        return Ok(None);
    };
    if package.state()? != PackageState::Released {
        return Ok(None);
    }
    let archive = archive_of(conn, package.id)?;
    Ok(archive.map(|archive| (package, archive)))
}

fn archive_of(conn: &mut Conn, package: Uuid) -> Result<Option<PackageFile>> {
    let files = packages::list_files(conn, package)?;
    Ok(files.into_iter().find(|file| file.is(FileKind::Archive)))
}

/// What the file is called: by the case, which says nothing of the person.
fn name(case: &StoredCase) -> String {
    let what = match (case.case.right, case.language) {
        (Right::Portability, crate::domain::language::Language::Sv) => "flytta",
        (Right::Portability, _) => "portability",
        (_, crate::domain::language::Language::Sv) => "uppgifter",
        _ => "data",
    };
    format!("{what}-{}.zip", case.reference)
}

/// Opens the package of a case for whom `token` lets in and whose identity is proved as far as the right needs; that it
/// was fetched is recorded, and shortens its time.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Forbidden`] `identity`; [`Error::Gone`] `download_over` when its time is over;
/// [`Error::NotFound`] when there is none of that name.
pub fn open_download(ctx: &Context, reference: &Reference, token: &str, wanted: &str) -> Result<Download> {
    let case = codes::authenticate(ctx, reference, token)?;
    if !case.case.identity.is_enough() {
        return Err(Error::Forbidden("identity"));
    }
    let name = name(&case);
    if wanted != name {
        return Err(Error::NotFound);
    }
    let key = keys::find(ctx, case.id.0)?;
    ctx.store.transaction(|conn| {
        let case = crate::store::cases::lock(conn, case.id)?;
        let Some((package, file)) = released(ctx, conn, &case)? else {
            let was_there = packages::find_newest(conn, case.id)?.is_some_and(|known| known.until.is_some());
            return Err(if was_there {
                Error::Gone("download_over")
            } else {
                Error::NotFound
            });
        };
        let now = ctx.now();
        let until = package.until.map_or(now, |until| {
            until.min(valid_until(now, Some(package.first_downloaded_at.unwrap_or(now))))
        });
        packages::record_download(conn, &package, now, until)?;
        let detail = json!({ "bytes": file.bytes, "until": until });
        ctx.record(conn, case.id.0, &Actor::Person, "package_downloaded", detail)?;
        Ok(Download {
            name: name.clone(),
            bytes: u64::try_from(file.bytes).unwrap_or_default(),
            pieces: file.chunks,
            key: key.clone(),
            file,
        })
    })
}

/// One piece of a package that is being fetched.
///
/// # Errors
/// When it is gone meanwhile.
pub fn piece(ctx: &Context, download: &Download, seq: i32) -> Result<Zeroizing<Vec<u8>>> {
    PieceReader::new(ctx, &download.key, &download.file).piece(seq)
}
