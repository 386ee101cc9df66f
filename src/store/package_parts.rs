//! The parts of packages: the records of each table, the archive, and their sealed pieces.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::Result;
use super::schema::{package_chunks, package_files};
use crate::domain::ids::StaffId;

/// What a part holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// The records of a table.
    Records,
    /// What the files hold that its records tell of, one after the other.
    Contents,
    /// Only how many records a table has.
    Count,
    /// What the person fetches.
    Archive,
}

impl FileKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Contents => "contents",
            Self::Count => "count",
            Self::Archive => "archive",
        }
    }
}

/// A part of a package.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = package_files)]
pub struct PackageFile {
    /// Its package.
    pub package_id: Uuid,
    /// Its place.
    pub ordinal: i32,
    /// The system's id.
    pub system: String,
    /// The table.
    pub tbl: String,
    kind: String,
    /// The table's columns.
    pub head: Value,
    /// Its rows.
    pub rows: i64,
    /// Its length before sealing.
    pub bytes: i64,
    /// Its pieces.
    pub chunks: i32,
    /// Whether it is whole.
    pub complete: bool,
    /// When staff had looked through it.
    pub reviewed_at: Option<DateTime<Utc>>,
}

impl PackageFile {
    /// What it holds.
    #[must_use]
    pub fn is(&self, kind: FileKind) -> bool {
        self.kind == kind.name()
    }
}

/// The parts of a package, in order.
///
/// # Errors
/// When the database fails.
pub fn list_files(conn: &mut PgConnection, package: Uuid) -> Result<Vec<PackageFile>> {
    Ok(package_files::table
        .filter(package_files::package_id.eq(package))
        .order(package_files::ordinal)
        .select(PackageFile::as_select())
        .load(conn)?)
}

/// Removes what was read of a system, to read it anew; an empty name means the archive.
///
/// # Errors
/// When the database fails.
pub fn remove_files(conn: &mut PgConnection, package: Uuid, system: &str) -> Result<()> {
    diesel::delete(
        package_files::table.filter(
            package_files::package_id
                .eq(package)
                .and(package_files::system.eq(system)),
        ),
    )
    .execute(conn)?;
    Ok(())
}

/// Begins a part after those that there are; says its place.
///
/// # Errors
/// When the database fails.
pub fn insert_file(
    conn: &mut PgConnection,
    package: Uuid,
    (system, tbl): (&str, &str),
    kind: FileKind,
    head: Value,
) -> Result<i32> {
    let last: Option<i32> = package_files::table
        .filter(package_files::package_id.eq(package))
        .select(diesel::dsl::max(package_files::ordinal))
        .first(conn)?;
    let ordinal = last.map_or(0, |last| last + 1);
    diesel::insert_into(package_files::table)
        .values((
            package_files::package_id.eq(package),
            package_files::ordinal.eq(ordinal),
            package_files::system.eq(system),
            package_files::tbl.eq(tbl),
            package_files::kind.eq(kind.name()),
            package_files::head.eq(head),
        ))
        .execute(conn)?;
    Ok(ordinal)
}

/// How a part ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Finished {
    /// Its rows.
    pub rows: i64,
    /// Its length before sealing.
    pub bytes: i64,
    /// Its pieces.
    pub chunks: i32,
}

/// Says that a part is whole.
///
/// # Errors
/// When the database fails.
pub fn finish_file(conn: &mut PgConnection, package: Uuid, ordinal: i32, end: &Finished) -> Result<()> {
    diesel::update(package_files::table.find((package, ordinal)))
        .set((
            package_files::rows.eq(end.rows),
            package_files::bytes.eq(end.bytes),
            package_files::chunks.eq(end.chunks),
            package_files::complete.eq(true),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that staff looked through a part.
///
/// # Errors
/// [`super::Error::NotFound`] when there is no such part.
pub fn mark_reviewed(
    conn: &mut PgConnection,
    package: Uuid,
    ordinal: i32,
    by: StaffId,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::update(package_files::table.find((package, ordinal)))
        .set((
            package_files::reviewed_by.eq(by.0),
            package_files::reviewed_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps a piece.
///
/// # Errors
/// When the database fails.
pub fn insert_chunk(
    conn: &mut PgConnection,
    (package, ordinal, seq): (Uuid, i32, i32),
    first_row: Option<i64>,
    sealed: &[u8],
) -> Result<()> {
    diesel::insert_into(package_chunks::table)
        .values((
            package_chunks::package_id.eq(package),
            package_chunks::ordinal.eq(ordinal),
            package_chunks::seq.eq(seq),
            package_chunks::first_row.eq(first_row),
            package_chunks::sealed.eq(sealed),
        ))
        .execute(conn)?;
    Ok(())
}

/// A piece, sealed.
///
/// # Errors
/// [`super::Error::NotFound`] when it is gone.
pub fn find_chunk(
    conn: &mut PgConnection,
    (package, ordinal, seq): (Uuid, i32, i32),
) -> Result<(Option<i64>, Vec<u8>)> {
    Ok(package_chunks::table
        .find((package, ordinal, seq))
        .select((package_chunks::first_row, package_chunks::sealed))
        .first(conn)?)
}

/// The piece in which a row begins, and the row that begins that piece.
///
/// # Errors
/// When the database fails.
pub fn chunk_of_row(
    conn: &mut PgConnection,
    package: Uuid,
    ordinal: i32,
    row: i64,
) -> Result<Option<(i32, i64)>> {
    let found: Option<(i32, Option<i64>)> = package_chunks::table
        .filter(
            package_chunks::package_id
                .eq(package)
                .and(package_chunks::ordinal.eq(ordinal))
                .and(package_chunks::first_row.le(row)),
        )
        .order(package_chunks::seq.desc())
        .select((package_chunks::seq, package_chunks::first_row))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(seq, first)| Some((seq, first?))))
}
