//! The parts of a package between a system that gives and who packs them: sealed as they come, read back piece by piece.

use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::domain::access::{CollectedColumn, CollectedRow};
use crate::services::packages::facts::{FILE_COLUMNS, PackageSource};
use crate::services::packages::{PieceReader, PieceWriter};
use crate::services::ports::RowSink;
use crate::services::{Context, Error, Result};
use crate::store::keys::CaseKey;
use crate::store::packages::{self as kept, FileKind, Finished, Package, PackageFile};

/// Seals what a system gives, a part for each table.
pub(super) struct Sealing<'a> {
    ctx: &'a Context,
    key: &'a CaseKey,
    package: &'a Package,
    system: &'a str,
    part: Option<PieceWriter<'a>>,
    contents: Option<PieceWriter<'a>>,
    table: String,
    /// Rows that were given, over all tables.
    pub(super) total: u64,
    /// What went wrong in keeping them.
    pub(super) failed: Option<Error>,
}

impl<'a> Sealing<'a> {
    pub(super) const fn new(
        ctx: &'a Context,
        key: &'a CaseKey,
        package: &'a Package,
        system: &'a str,
    ) -> Self {
        Self {
            ctx,
            key,
            package,
            system,
            part: None,
            contents: None,
            table: String::new(),
            total: 0,
            failed: None,
        }
    }

    fn begin(&mut self, table: &str, columns: &[CollectedColumn]) -> Result<()> {
        self.finish()?;
        let head = serde_json::to_value(columns).map_err(Error::internal)?;
        table.clone_into(&mut self.table);
        self.part = Some(self.writer(FileKind::Records, head)?);
        Ok(())
    }

    fn writer(&self, kind: FileKind, head: serde_json::Value) -> Result<PieceWriter<'a>> {
        let conn = &mut *self.ctx.store.get()?;
        let at = (self.system, self.table.as_str());
        let ordinal = kept::insert_file(conn, self.package.id, at, kind, head)?;
        Ok(PieceWriter::new(self.ctx, self.key, self.package.id, ordinal))
    }

    /// What files hold, one after the other in the order of their rows.
    fn hold(&mut self, bytes: &[u8]) -> Result<()> {
        if self.contents.is_none() {
            self.contents = Some(self.writer(FileKind::Contents, serde_json::json!([]))?);
        }
        match &mut self.contents {
            Some(contents) => contents.add(bytes),
            None => Ok(()),
        }
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

    /// Ends the last part.
    pub(super) fn finish(&mut self) -> Result<()> {
        for mut part in self.part.take().into_iter().chain(self.contents.take()) {
            let end = Finished {
                chunks: part.finish()?,
                rows: part.rows,
                bytes: part.bytes,
            };
            let conn = &mut *self.ctx.store.get()?;
            kept::finish_file(conn, self.package.id, part.ordinal(), &end)?;
        }
        Ok(())
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

    fn contents(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let done = self.hold(bytes);
        self.go_on(done)
    }

    fn count(&mut self, table: &str, rows: u64) -> ControlFlow<()> {
        let done = self.counted(table, rows);
        self.go_on(done)
    }
}

/// A table's part of a package.
pub(super) struct Part {
    /// Its rows, or how many there are.
    pub(super) records: PackageFile,
    /// What its files hold.
    pub(super) contents: Option<PackageFile>,
}

/// Gives what was kept to who makes the package.
pub(super) struct Source<'a> {
    pub(super) ctx: &'a Context,
    pub(super) key: &'a CaseKey,
    pub(super) files: &'a [Part],
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
        let file = self.files.get(index).map(|part| &part.records);
        let file = file.filter(|file| file.is(FileKind::Records));
        let Some(file) = file else { return Ok(()) };
        PieceReader::new(self.ctx, self.key, file)
            .rows::<Through>(0, |row| each(row).map_err(Through))
            .map_err(|through| through.0)
    }

    fn files(
        &mut self,
        index: usize,
        each: &mut dyn FnMut(&str, &mut dyn io::Read) -> io::Result<()>,
    ) -> io::Result<()> {
        let Some(contents) = self.files.get(index).and_then(|part| part.contents.as_ref()) else {
            return Ok(());
        };
        let mut bytes = PieceReader::new(self.ctx, self.key, contents).bytes();
        let (path, length) = (column("path"), column("bytes"));
        self.rows(index, &mut |row| {
            let value = |at: Option<usize>| row.get(at?)?.as_deref();
            let length = value(length).and_then(|length| length.parse().ok());
            if let (Some(path), Some(length)) = (value(path), length) {
                let mut file = bytes.by_ref().take(length);
                each(path, &mut file)?;
                // What follows must begin where the next file does, whatever was read of this one.
                io::copy(&mut file, &mut io::sink())?;
            }
            Ok(ControlFlow::Continue(()))
        })
    }
}

fn column(name: &str) -> Option<usize> {
    FILE_COLUMNS.iter().position(|column| *column == name)
}
