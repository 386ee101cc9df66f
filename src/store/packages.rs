//! Packages: what was collected for a person, until they fetched it or its time is over.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{package_chunks, package_files, packages};
use super::{Error, Result};
use crate::domain::ids::CaseId;

pub use super::package_parts::{
    FileKind, Finished, PackageFile, chunk_of_row, find_chunk, finish_file, insert_chunk, insert_file,
    list_files, mark_reviewed, remove_files,
};

/// Where a package stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageState {
    /// The systems are being read.
    Collecting,
    /// It waits for its release.
    Ready,
    /// The person can fetch it.
    Released,
    /// Its contents are gone.
    Deleted,
}

impl PackageState {
    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collecting => "collecting",
            Self::Ready => "ready",
            Self::Released => "released",
            Self::Deleted => "deleted",
        }
    }

    fn from_name(name: &str) -> Result<Self> {
        [Self::Collecting, Self::Ready, Self::Released, Self::Deleted]
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or(Error::Corrupt("packages.state"))
    }
}

/// A package as it is kept.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = packages)]
pub struct Package {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The grant that it carries out.
    pub grant_hash: String,
    state: String,
    /// When its making began.
    pub made_at: DateTime<Utc>,
    /// Until when it can be fetched.
    pub until: Option<DateTime<Utc>>,
    /// When it was first fetched.
    pub first_downloaded_at: Option<DateTime<Utc>>,
    /// How often.
    pub downloads: i32,
}

impl Package {
    /// Where it stands.
    ///
    /// # Errors
    /// When the database holds what it cannot.
    pub fn state(&self) -> Result<PackageState> {
        PackageState::from_name(&self.state)
    }
}

/// Begins a package; the one that carries out the same grant goes on.
///
/// # Errors
/// When the database fails.
pub fn begin(
    conn: &mut PgConnection,
    new: Uuid,
    case: CaseId,
    grant_hash: &str,
    at: DateTime<Utc>,
) -> Result<Package> {
    if let Some(known) = find_alive(conn, case)? {
        if known.grant_hash == grant_hash {
            return Ok(known);
        }
        delete(conn, known.id, at)?;
    }
    Ok(diesel::insert_into(packages::table)
        .values((
            packages::id.eq(new),
            packages::case_id.eq(case.0),
            packages::grant_hash.eq(grant_hash),
            packages::made_at.eq(at),
        ))
        .returning(Package::as_returning())
        .get_result(conn)?)
}

/// The package of a case whose contents are still there.
///
/// # Errors
/// When the database fails.
pub fn find_alive(conn: &mut PgConnection, case: CaseId) -> Result<Option<Package>> {
    Ok(packages::table
        .filter(packages::case_id.eq(case.0).and(packages::state.ne("deleted")))
        .select(Package::as_select())
        .first(conn)
        .optional()?)
}

/// The newest package of a case, whatever became of it.
///
/// # Errors
/// When the database fails.
pub fn find_newest(conn: &mut PgConnection, case: CaseId) -> Result<Option<Package>> {
    Ok(packages::table
        .filter(packages::case_id.eq(case.0))
        .order(packages::made_at.desc())
        .select(Package::as_select())
        .first(conn)
        .optional()?)
}

/// The package is whole and waits for its release.
///
/// # Errors
/// When the database fails.
pub fn set_ready(conn: &mut PgConnection, package: Uuid) -> Result<()> {
    diesel::update(packages::table.find(package))
        .set(packages::state.eq("ready"))
        .execute(conn)?;
    Ok(())
}

/// The person can fetch it from now on; the records it was made of go.
///
/// # Errors
/// When the database fails.
pub fn set_released(
    conn: &mut PgConnection,
    package: Uuid,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<()> {
    diesel::update(packages::table.find(package))
        .set((
            packages::state.eq("released"),
            packages::released_at.eq(at),
            packages::until.eq(until),
        ))
        .execute(conn)?;
    let records: Vec<i32> = package_files::table
        .filter(
            package_files::package_id
                .eq(package)
                .and(package_files::kind.ne("archive")),
        )
        .select(package_files::ordinal)
        .load(conn)?;
    diesel::delete(
        package_chunks::table.filter(
            package_chunks::package_id
                .eq(package)
                .and(package_chunks::ordinal.eq_any(records)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Records that the person fetched it.
///
/// # Errors
/// When the database fails.
pub fn record_download(
    conn: &mut PgConnection,
    package: &Package,
    at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<()> {
    diesel::update(packages::table.find(package.id))
        .set((
            packages::downloads.eq(packages::downloads + 1),
            packages::first_downloaded_at.eq(package.first_downloaded_at.unwrap_or(at)),
            packages::until.eq(until),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes a package's contents; that it was, stays.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut PgConnection, package: Uuid, at: DateTime<Utc>) -> Result<()> {
    diesel::delete(package_files::table.filter(package_files::package_id.eq(package))).execute(conn)?;
    diesel::update(packages::table.find(package))
        .set((packages::state.eq("deleted"), packages::deleted_at.eq(at)))
        .execute(conn)?;
    Ok(())
}

/// Cases whose released package's time is over.
///
/// # Errors
/// When the database fails.
pub fn list_expired(conn: &mut PgConnection, at: DateTime<Utc>, limit: i64) -> Result<Vec<CaseId>> {
    let ids: Vec<Uuid> = packages::table
        .filter(packages::state.eq("released").and(packages::until.lt(at)))
        .order(packages::until)
        .limit(limit)
        .select(packages::case_id)
        .load(conn)?;
    Ok(ids.into_iter().map(CaseId).collect())
}
