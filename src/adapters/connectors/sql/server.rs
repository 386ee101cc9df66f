//! What a kind of server must be able to do, and what it writes in a way of its own.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::domain::access::ColumnKind;
use crate::domain::matching::{KeyKind, RowKey};

use super::catalogue::{Catalogue, Column, ForeignKey, Relation};
use super::error::Failure;
use super::statement::{Bound, Statement};

/// A server, and the way to it.
pub trait Server: Send + Sync + 'static {
    /// A new connection, with the settings on which answers depend. It may take longer than anybody waits.
    fn connect(&self) -> Result<Box<dyn Connection>, Failure>;

    /// How much longer than usual a new connection may take, because somebody is asked for its address first.
    fn patience(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether the way there is lent for each connection: none is kept for the next.
    fn is_lent(&self) -> bool {
        false
    }
}

/// A connection.
pub trait Connection: Send {
    /// Begins a transaction, which is rolled back unless it is committed.
    fn begin(&mut self, mode: Mode) -> Result<Box<dyn Session + '_>, Failure>;

    /// Whether it shows in time that it lives.
    fn answers(&mut self, within: Duration) -> bool;

    /// Whether it cannot be used any more.
    fn is_closed(&self) -> bool;
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Reading, in one consistent view; it can change nothing.
    View,
    /// Changing rows.
    Change,
}

/// A transaction.
pub trait Session {
    /// All rows of a statement that gives few.
    fn query(&mut self, statement: &Statement) -> Result<Vec<Row>, Failure>;

    /// The rows of a statement that may give many, at most `size` at a time, until `take` breaks off.
    fn pages(
        &mut self,
        statement: &Statement,
        size: usize,
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>, Failure>;

    /// Runs a statement that changes rows; says how many it met, also those that were so before.
    fn execute(&mut self, statement: &Statement) -> Result<u64, Failure>;

    /// Lets statements take as long as somebody takes their rows: for those that give very many.
    fn unhurried(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Keeps what was done.
    fn commit(self: Box<Self>) -> Result<(), Failure>;
}

/// Takes a page of rows.
pub type Take<'a> = dyn FnMut(Vec<Row>) -> Result<ControlFlow<()>, Failure> + 'a;

/// A row of a result: every value as text.
#[derive(Clone, Debug)]
pub struct Row(pub Vec<Option<String>>);

impl Row {
    /// The value in that place, if there is one.
    pub fn maybe(&self, at: usize) -> Option<&str> {
        self.0.get(at)?.as_deref()
    }

    /// The value in that place.
    pub fn text(&self, at: usize) -> Result<&str, Failure> {
        self.maybe(at)
            .ok_or_else(|| Failure::refused("an answer without a value"))
    }

    /// The whole number in that place.
    pub fn number(&self, at: usize) -> Result<u64, Failure> {
        let number = self.text(at)?.parse();
        number.map_err(|_| Failure::refused("an answer that is no number"))
    }

    /// Whether the value in that place is `true`, or 1.
    pub fn is_true(&self, at: usize) -> bool {
        matches!(self.maybe(at), Some("true" | "t" | "1"))
    }
}

/// The indexes that a check asks for.
pub enum Lookup<'a> {
    /// Finding a person by a key.
    Person(KeyKind, &'a Column),
    /// Going from a row to those that hang on it.
    Link(&'a [&'a Column]),
}

/// How a server says things. Rows are called `t` where nothing else is said.
pub trait Dialect: Send + Sync {
    /// A name as an identifier, whatever is in it.
    fn quoted(&self, name: &str) -> String;

    /// A column of the row `alias`.
    fn column(&self, alias: &str, column: &Column) -> String {
        format!("{alias}.{}", self.quoted(&column.name))
    }

    /// Its value as text, the same for the same value whoever asks.
    fn text(&self, alias: &str, column: &Column) -> String;

    /// A count of rows.
    fn count(&self) -> &'static str;

    /// A value to put into a column.
    fn assigned(&self, bound: &mut Bound, column: &Column, value: Option<&str>) -> Result<String, Failure>;

    /// What is assigned to, in an UPDATE of rows `t`.
    fn target(&self, column: &Column) -> String;

    /// The beginning of a statement that deletes rows `t`.
    fn delete(&self, relation: &Relation) -> String {
        format!("DELETE FROM {} AS t", relation.sql)
    }

    /// The condition that a column holds exactly this value; nothing is a value too.
    fn holds(&self, bound: &mut Bound, column: &Column, value: Option<&str>) -> Result<String, Failure>;

    /// The condition that the text of a column is exactly this; nothing is a text too.
    fn shows(&self, bound: &mut Bound, column: &Column, text: Option<&str>) -> String;

    /// The condition that the row `alias` is among those of these keys, of which there is at least one.
    fn among(
        &self,
        bound: &mut Bound,
        alias: &str,
        key: &[&Column],
        rows: &[RowKey],
    ) -> Result<String, Failure>;

    /// The condition that a row's key comes after this one.
    fn beyond(&self, bound: &mut Bound, key: &[&Column], after: &RowKey) -> Result<String, Failure>;

    /// The value of `there` in the row `alias` as one that a column `here` is compared with, so that an index on
    /// `here` serves; none where it cannot be one.
    fn linked(&self, here: &Column, alias: &str, there: &Column) -> String;

    /// The condition that a column may hold a key of a person that looks like one of these forms.
    fn may_mean(&self, bound: &mut Bound, kind: KeyKind, column: &Column, forms: Vec<String>) -> String;

    /// The checksum of the row `t`, made of these columns, or of all when none are named.
    fn digest(&self, relation: &Relation, of: Option<&[&Column]>) -> String;

    /// The value of a column's type that says least, if there is one.
    fn least(&self, column: &Column) -> Option<String>;

    /// The condition that a column holds something else than the value that says least.
    fn holds_more_than(&self, column: &Column, least: &str) -> String {
        format!("{} <> {least}", self.column("t", column))
    }

    /// How a column's values are meant.
    fn kind(&self, column: &Column) -> ColumnKind;

    /// A column's value as text that others can read; bytes in base64.
    fn told(&self, column: &Column) -> String;

    /// A column's time in UTC, as in RFC 3339.
    fn instant(&self, column: &Column) -> String;

    /// Whether foreign keys are checked row by row within a statement, instead of at its end.
    fn checks_each_row(&self) -> bool;

    /// Those of the named tables that exist.
    fn relations(&self, session: &mut dyn Session, names: &[&str]) -> Result<Vec<Relation>, Failure>;

    /// The foreign keys that refer to any of these tables.
    fn references(&self, session: &mut dyn Session, to: &[&Relation]) -> Result<Vec<ForeignKey>, Failure>;

    /// Tables that are none of these, with their columns: the name as a map would give it, the plain one, the columns.
    fn beside(
        &self,
        session: &mut dyn Session,
        catalogue: &Catalogue,
    ) -> Result<Vec<(String, String, Vec<String>)>, Failure>;

    /// Whether the role may delete rows.
    fn may_delete(&self, session: &mut dyn Session, relation: &Relation) -> Result<bool, Failure>;

    /// About how many rows a table has, as far as the server knows without counting.
    fn about_rows(&self, session: &mut dyn Session, relation: &Relation) -> Result<Option<u64>, Failure>;

    /// How to make an index serve a look-up that none serves; nothing where one does, or none could.
    fn missing_index(
        &self,
        session: &mut dyn Session,
        relation: &Relation,
        lookup: &Lookup<'_>,
    ) -> Result<Option<String>, Failure>;
}
