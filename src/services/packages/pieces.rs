//! The contents of a part, in pieces that are sealed for their place alone. Neither end holds more than a piece; where
//! pieces are kept is for [`crate::store::packages`] to know.

use std::io;
use std::ops::ControlFlow;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::domain::access::CollectedRow;
use crate::services::{Context, Error, Result};
use crate::store::keys::CaseKey;
use crate::store::packages::{self, PackageFile};

/// The longest piece before sealing.
const PIECE: usize = 512 * 1024;
/// Rows in a piece: what staff see of it at a time comes from one.
const ROWS: i64 = 500;

fn place(package: Uuid, ordinal: i32, seq: i32) -> String {
    format!("package_chunks.sealed|{package}|{ordinal}|{seq}")
}

/// Writes a part.
pub struct PieceWriter<'a> {
    ctx: &'a Context,
    key: &'a CaseKey,
    package: Uuid,
    ordinal: i32,
    seq: i32,
    buffer: Zeroizing<Vec<u8>>,
    first_row: Option<i64>,
    /// Rows written.
    pub rows: i64,
    /// Bytes written, before sealing.
    pub bytes: i64,
}

impl<'a> PieceWriter<'a> {
    /// The part `ordinal` of `package`, which is still empty.
    #[must_use]
    pub fn new(ctx: &'a Context, key: &'a CaseKey, package: Uuid, ordinal: i32) -> Self {
        Self {
            ctx,
            key,
            package,
            ordinal,
            seq: 0,
            buffer: Zeroizing::new(Vec::new()),
            first_row: None,
            rows: 0,
            bytes: 0,
        }
    }

    /// The part's place.
    #[must_use]
    pub const fn ordinal(&self) -> i32 {
        self.ordinal
    }

    /// Adds a row. It begins a piece or stands whole in one, unless it is longer than that.
    ///
    /// # Errors
    /// When the database fails.
    pub fn row(&mut self, row: &CollectedRow) -> Result<()> {
        let mut line = Zeroizing::new(serde_json::to_vec(row).map_err(Error::internal)?);
        line.push(b'\n');
        let begun = self.first_row.map_or(0, |first| self.rows - first);
        if !self.buffer.is_empty() && (begun >= ROWS || self.buffer.len() + line.len() > PIECE) {
            self.flush_all()?;
        }
        if self.buffer.is_empty() {
            self.first_row = Some(self.rows);
        }
        self.rows += 1;
        self.add(&line)
    }

    /// Adds bytes that are no row.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        for part in bytes.chunks(PIECE) {
            self.buffer.extend_from_slice(part);
            while self.buffer.len() >= PIECE {
                let rest = self.buffer.split_off(PIECE);
                self.flush_all()?;
                *self.buffer = rest;
            }
        }
        Ok(())
    }

    fn flush_all(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let place = place(self.package, self.ordinal, self.seq);
        let sealed = self.key.seal_bytes(&place, self.ctx.nonce(), &self.buffer);
        let at = (self.package, self.ordinal, self.seq);
        packages::insert_chunk(&mut *self.ctx.store.get()?, at, self.first_row.take(), &sealed)?;
        self.seq += 1;
        self.buffer.clear();
        Ok(())
    }

    /// Writes the last piece; says how many there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn finish(&mut self) -> Result<i32> {
        self.flush_all()?;
        Ok(self.seq)
    }
}

impl io::Write for PieceWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a part.
pub struct PieceReader<'a> {
    ctx: &'a Context,
    key: &'a CaseKey,
    file: &'a PackageFile,
}

impl<'a> PieceReader<'a> {
    /// The part `file`.
    #[must_use]
    pub const fn new(ctx: &'a Context, key: &'a CaseKey, file: &'a PackageFile) -> Self {
        Self { ctx, key, file }
    }

    /// One piece.
    ///
    /// # Errors
    /// When it is gone, or not what was written there.
    pub fn piece(&self, seq: i32) -> Result<Zeroizing<Vec<u8>>> {
        let at = (self.file.package_id, self.file.ordinal, seq);
        let (_, sealed) = packages::find_chunk(&mut *self.ctx.store.get()?, at)?;
        let place = place(self.file.package_id, self.file.ordinal, seq);
        Ok(self.key.open_bytes(&place, &sealed)?)
    }

    /// The part as a stream.
    #[must_use]
    pub fn bytes(self) -> PieceBytes<'a> {
        PieceBytes {
            reader: self,
            seq: 0,
            piece: Zeroizing::new(Vec::new()),
            read: 0,
        }
    }

    /// The rows from `from` on, until `each` wants no more.
    ///
    /// # Errors
    /// As [`Self::piece`], and those of `each`.
    pub fn rows<E: From<Error>>(
        &self,
        from: i64,
        mut each: impl FnMut(CollectedRow) -> std::result::Result<ControlFlow<()>, E>,
    ) -> std::result::Result<(), E> {
        let found = packages::chunk_of_row(
            &mut *self.ctx.store.get().map_err(Error::from)?,
            self.file.package_id,
            self.file.ordinal,
            from,
        );
        let Some((mut seq, mut row)) = found.map_err(Error::from)? else {
            return Ok(());
        };
        let mut pending = Zeroizing::new(Vec::new());
        while seq < self.file.chunks {
            pending.extend_from_slice(&self.piece(seq)?);
            seq += 1;
            let whole = pending
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let rest = Zeroizing::new(pending.split_off(whole));
            for line in pending
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
            {
                if row >= from {
                    let row: CollectedRow = serde_json::from_slice(line).map_err(Error::internal)?;
                    if each(row)?.is_break() {
                        return Ok(());
                    }
                }
                row += 1;
            }
            pending = rest;
        }
        Ok(())
    }
}

/// A part as a stream: one piece after the other.
pub struct PieceBytes<'a> {
    reader: PieceReader<'a>,
    seq: i32,
    piece: Zeroizing<Vec<u8>>,
    read: usize,
}

impl io::Read for PieceBytes<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.read >= self.piece.len() {
            if self.seq >= self.reader.file.chunks {
                return Ok(0);
            }
            self.piece = self.reader.piece(self.seq).map_err(io::Error::other)?;
            self.seq += 1;
            self.read = 0;
        }
        let mut left = self.piece.get(self.read..).unwrap_or_default();
        let read = left.read(into)?;
        self.read += read;
        Ok(read)
    }
}
