//! What the database itself says of the mapped tables. Names get into statements only from here.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::data_map::{System as Mapped, Table};
use crate::domain::matching::RowKey;

use super::error::Failure;
use super::server::{Connection, Dialect, Mode, Row};

/// The mapped tables that exist, by the name that the map gives them.
pub struct Catalogue {
    relations: BTreeMap<String, Relation>,
    /// Second looks at tables, by the name that the map gives them.
    looks: BTreeMap<String, Relation>,
}

/// A table or view.
#[derive(Clone, Debug)]
pub struct Relation {
    /// What the server knows it by.
    pub id: String,
    /// As the map names it.
    pub name: String,
    /// Schema and name, quoted.
    pub sql: String,
    pub is_view: bool,
    /// Whether what is done to it can be taken back until it is committed.
    pub transactional: bool,
    /// Whether the role may look into its schema at all.
    pub may_use: bool,
    /// Whether policies hide rows from the role.
    pub hides_rows: bool,
    pub columns: Vec<Column>,
    /// The columns of each unique index on plain columns of all rows.
    pub unique: Vec<BTreeSet<String>>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    /// Its type in full, as the server writes it where a value is made one of it.
    pub written: String,
    /// Its type's plain name.
    pub base: String,
    pub family: Family,
    /// Of texts: the character set and the collation, where they are the column's own.
    pub collation: Option<(String, String)>,
    pub not_null: bool,
    /// Computed, or numbered by the database always.
    pub automatic: bool,
    /// Changed by the database whenever the row is, unless a statement says otherwise.
    pub follows: bool,
    pub may_select: bool,
    pub may_update: bool,
}

/// What kind of values a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Text,
    Number,
    Truth,
    Date,
    /// A day with a time, or a time of the day.
    Time,
    Binary,
    Json,
    /// A list of values.
    List,
    Other,
}

/// A constraint by which rows refer to others.
#[derive(Debug)]
pub struct ForeignKey {
    pub constraint: String,
    /// What the server knows the table by whose rows refer.
    pub from: String,
    /// That table as a map would name it.
    pub from_name: String,
    pub columns: Vec<String>,
    /// What the server knows the other table by.
    pub to: String,
    /// The columns there, in the same order.
    pub to_columns: Vec<String>,
    /// Whether it deletes or changes the rows that refer when the other goes.
    pub acts: bool,
}

impl Catalogue {
    /// Looks at the mapped tables. Those that are not there are left out: not everything needs them all.
    pub(super) fn read(
        connection: &mut dyn Connection,
        sql: &dyn Dialect,
        map: &Mapped,
    ) -> Result<Self, Failure> {
        let names: Vec<&str> = map
            .tables
            .iter()
            .map(Table::source)
            .chain(map.marker.as_deref())
            .filter(|name| !name.contains('\0'))
            .collect();
        let mut session = connection.begin(Mode::View)?;
        let found = sql.relations(&mut *session, &names)?;
        session.commit()?;
        let found: BTreeMap<String, Relation> = found
            .into_iter()
            .map(|relation| (relation.name.clone(), relation))
            .collect();
        let seconds = map.tables.iter().filter(|table| table.of.is_some());
        let looks = seconds.filter_map(|table| {
            let mut relation = found.get(table.source())?.clone();
            relation.name.clone_from(&table.name);
            Some((table.name.clone(), relation))
        });
        Ok(Self {
            looks: looks.collect(),
            relations: found,
        })
    }

    /// The table of that name in the map.
    pub(super) fn relation(&self, name: &str) -> Result<&Relation, Failure> {
        let known = self.looks.get(name).or_else(|| self.relations.get(name));
        known.ok_or_else(|| Failure::unknown(name))
    }

    /// Each table once.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.relations.values()
    }
}

impl Relation {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Result<&Column, Failure> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .ok_or_else(|| Failure::unknown(format!("{}.{name}", self.name)))
    }

    /// The columns of those names, in their order.
    pub fn columns_of<'a, N: AsRef<str> + 'a>(
        &self,
        names: impl IntoIterator<Item = &'a N>,
    ) -> Result<Vec<&Column>, Failure> {
        names.into_iter().map(|name| self.column(name.as_ref())).collect()
    }

    /// Whether `key` names at most one row.
    pub(super) fn is_unique(&self, key: &[String]) -> bool {
        self.unique
            .iter()
            .any(|columns| columns.iter().all(|column| key.contains(column)))
    }

    /// Whether the role may read all of it.
    pub(super) fn is_readable(&self) -> bool {
        self.may_use && self.columns.iter().all(|column| column.may_select)
    }
}

/// The values of a key, one for each of its columns.
pub fn values_of<'a>(key: &[&Column], row: &'a RowKey) -> Result<&'a [String], Failure> {
    if row.0.len() == key.len() {
        Ok(&row.0)
    } else {
        Err(Failure::refused(
            "a key with more or fewer values than the map has columns",
        ))
    }
}

/// The key in the columns `from..` of a result row.
pub(super) fn row_key(row: &Row, from: usize, width: usize, relation: &Relation) -> Result<RowKey, Failure> {
    let missing = || {
        Failure::refused(format!(
            "table {} has rows without a value in their key",
            relation.name
        ))
    };
    (from..from + width)
        .map(|at| row.maybe(at).map(ToOwned::to_owned).ok_or_else(missing))
        .collect::<Result<_, _>>()
        .map(RowKey)
}
