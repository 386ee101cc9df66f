//! What stands in a package, as facts; `adapters` gives them their form and words.

use std::io;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use crate::domain::access::{ActualRecipient, Chosen, CollectedColumn, CollectedRow, Kept};
use crate::domain::grant::RefusedItem;
use crate::domain::language::Language;
use crate::domain::right::Right;

/// Everything that a package says, but for the rows.
#[derive(Clone, Debug)]
pub struct PackageFacts {
    /// The case's reference.
    pub reference: String,
    /// What was asked for.
    pub right: Right,
    /// The reader's language.
    pub language: Language,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The tables whose rows go out or are counted, in the order of the map; empty ones are left away.
    pub tables: Vec<PackedTable>,
    /// What is left out or withheld, and why.
    pub without: Vec<Chosen>,
    /// What was refused.
    pub refused: Vec<RefusedItem>,
    /// Who got data of the person.
    pub recipients: Vec<ActualRecipient>,
}

/// A table in a package.
#[derive(Clone, Debug)]
pub struct PackedTable {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// How many rows of the person it has.
    pub rows: i64,
    /// Whether only that number goes out.
    pub counted: bool,
    /// Its columns.
    pub columns: Vec<CollectedColumn>,
    /// Whether its rows are files whose contents go out with them.
    pub files: bool,
    /// Until when the law keeps its rows.
    pub kept: Option<Kept>,
}

/// Gives the rows of a package's tables, as often as they are asked for.
pub trait PackageSource {
    /// The rows of the table at `index` of [`PackageFacts::tables`], until `each` wants no more.
    ///
    /// # Errors
    /// When they cannot be read, and those of `each`.
    fn rows(
        &mut self,
        index: usize,
        each: &mut dyn FnMut(CollectedRow) -> io::Result<ControlFlow<()>>,
    ) -> io::Result<()>;

    /// The files of the table at `index`, each with its path and its contents.
    ///
    /// # Errors
    /// As [`Self::rows`].
    fn files(
        &mut self,
        index: usize,
        each: &mut dyn FnMut(&str, &mut dyn io::Read) -> io::Result<()>,
    ) -> io::Result<()>;
}

/// The columns of a table of files, in order.
pub const FILE_COLUMNS: [&str; 5] = ["path", "kind", "bytes", "modified", "sha256"];

/// Gives a package its form.
pub trait Packing: Send + Sync {
    /// Writes the package to `out`, as a stream.
    ///
    /// # Errors
    /// When the source or `out` fails.
    fn pack(
        &self,
        facts: &PackageFacts,
        source: &mut dyn PackageSource,
        out: &mut dyn io::Write,
    ) -> io::Result<()>;
}

/// Takes what a system gives, a page at a time; `Break` ends the giving.
pub trait RowSink {
    /// The rows of this table come next.
    fn table(&mut self, table: &str, columns: &[CollectedColumn]) -> ControlFlow<()>;

    /// Some rows of that table.
    fn rows(&mut self, rows: Vec<CollectedRow>) -> ControlFlow<()>;

    /// Some bytes of the next file of that table, whose row comes after them and says how many they were. A table
    /// without files has none.
    fn contents(&mut self, _bytes: &[u8]) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    /// How many rows a table has whose contents are not read.
    fn count(&mut self, table: &str, rows: u64) -> ControlFlow<()>;
}
