//! The data map: which systems hold personal data, where a person is found in them, and what erasure does there.
//!
//! A profile's `[[systems]]`, read once at start. Names of systems, tables and columns are those of the host's own
//! databases; nothing here looks into one.

mod connection;
pub mod draft;
mod field;
mod fields;
mod http;
mod links;
mod mode;
mod order;
mod path;
mod personal;
mod purposes;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU16;

use serde::Deserialize;

use super::language::Text;
use super::recipient::IdentifierKind;

pub use connection::{ByHand, ConnectorKind, Encryption, Tls};
pub use field::PersonalField;
pub use fields::{FieldRule, Fields, Pseudonym};
pub use http::{AddressRange, Call, HttpAccess, HttpTable, Job, Method, PathOfCall, Pointer, encoded};
pub use links::{BYTES, Feed, MODIFIED_ON};
pub use mode::Mode;
pub use order::Cycle;
pub use path::{EntryName, PathTemplate, UnfitValue};
pub use personal::looks_personal;
pub use purposes::{PurposeUse, Stop};
pub use rules::{Bar, Condition, EraseRule, Matches, RetainRule, RetentionGround};

/// One row of a system as text, by column; a column without a value is absent.
pub type Row = BTreeMap<String, String>;

/// Every system of a host that holds personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DataMap {
    /// In the order of the profile, which is the order answers list them in.
    pub systems: Vec<System>,
}

/// One system: a database, an API, a folder, or a place that staff look into by hand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Stable name, unique in the profile; what plans and audit events refer to.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// How it is reached.
    pub connector: ConnectorKind,
    /// Where it is: an address, or `env:NAME` for one kept out of the file. Absent only for `manual`.
    pub url: Option<String>,
    /// The address with the role that changes and deletes rows; the other then only reads. Written as `url` is.
    pub erase_url: Option<String>,
    /// Whether plans are carried out there, or only compared with what staff do.
    #[serde(default)]
    pub mode: Mode,
    /// How the connection to a database is encrypted.
    pub tls: Option<Tls>,
    /// How long a statement may take, in seconds; 30 when absent.
    pub statement_timeout_seconds: Option<NonZeroU16>,
    /// Days after which nothing erased remains in any backup; absent when the host keeps no backups of it.
    pub backups_expire_after_days: Option<u32>,
    /// What stops the account's writes while it is being erased.
    pub freeze: Option<Freeze>,
    /// A table of one row with a text column `at`, into which each erasure writes its time: when it holds an earlier
    /// one, the system was restored from a backup.
    pub marker: Option<String>,
    /// What all its calls share, when it is reached over HTTP.
    pub http: Option<HttpAccess>,
    /// What staff do in it, when no machine reaches it.
    pub by_hand: Option<ByHand>,
    /// Its tables that hold personal data.
    #[serde(default)]
    pub tables: Vec<Table>,
}

/// The update that keeps a person's account from changing while it is erased.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// The table of accounts, in the same system.
    pub table: String,
    /// Column → value to set in the person's rows.
    pub set: BTreeMap<String, String>,
}

/// The update that marks a row as restricted, so that nothing but storage happens to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restrict {
    /// Column → value to set.
    pub set: BTreeMap<String, String>,
}

/// One table, or one endpoint or file that has rows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// As the system names it; unique within the system.
    pub name: String,
    /// The table of the database that it is a second look at, such as at the contact persons in companies' accounts.
    pub of: Option<String>,
    /// Columns that together name a row.
    #[serde(default = "id_column")]
    pub key: Vec<String>,
    /// Whether its rows are accounts, which say who the person is and what address is on file.
    #[serde(default)]
    pub register: bool,
    /// Columns by which a person is found directly.
    #[serde(default)]
    pub person: PersonColumns,
    /// Which of the rows found are a natural person's; the others are left alone (a company's account).
    pub only_when: Option<Condition>,
    /// The table whose rows these belong to. A table with both is reached both ways.
    pub parent: Option<Parent>,
    /// Where its files lie below the directory of the system; in a system of files alone.
    pub path: Option<PathTemplate>,
    /// The calls that find, read, change and erase its rows; in a system over HTTP alone.
    pub http: Option<HttpTable>,
    /// The table of another system whose rows give the values by which these are reached.
    pub from: Option<Feed>,
    /// Other tables of the system that its rows point at; it is emptied before them too.
    #[serde(default)]
    pub references: Vec<String>,
    /// Id of a category of the profile.
    pub category: String,
    /// Where the data comes from; decides what portability covers (Art. 20(1)).
    pub origin: Origin,
    /// What erasure does to its rows.
    pub erase: EraseRule,
    /// Identifiers that recipients know the row by → the column that holds each.
    #[serde(default)]
    pub identifiers: BTreeMap<IdentifierKind, String>,
    /// Set when rows are services of the person, which end with an erasure.
    pub service: Option<ServiceRows>,
    /// Columns of free text that staff read before they are released.
    #[serde(default)]
    pub review: Vec<String>,
    /// What marks a row as restricted (Art. 18); staff see to it by hand where it is absent.
    pub restrict: Option<Restrict>,
    /// Fields of the person that a rectification corrects here → the column that holds each.
    #[serde(default)]
    pub rectify: BTreeMap<PersonalField, String>,
    /// Which rows are settled; one that is not keeps the end of an account for a person to look at.
    pub settled_when: Option<Condition>,
    /// What its rows are used for that the person may end: marketing, and whatever rests on consent.
    #[serde(default)]
    pub purposes: Vec<PurposeUse>,
    /// The file that holds its rows for who takes their data along, such as `orders.csv` (Art. 20).
    pub portable_as: Option<String>,
}

fn id_column() -> Vec<String> {
    vec!["id".to_owned()]
}

/// Columns by which a person is found in a table; absent ones are not looked by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonColumns {
    /// E-mail address, compared without regard to case.
    pub email: Option<String>,
    /// Personnummer or samordningsnummer, twelve digits.
    pub personal_number: Option<String>,
    /// The host's own customer number.
    pub customer_number: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

impl PersonColumns {
    /// The columns that are set.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        [
            &self.email,
            &self.personal_number,
            &self.customer_number,
            &self.phone,
        ]
        .into_iter()
        .filter_map(|column| column.as_deref())
    }

    /// Whether the table cannot be searched by a person at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns().next().is_none()
    }
}

/// How a table's rows hang on those of another table in the same system.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    /// The other table.
    pub table: String,
    /// Column here → column there.
    pub on: BTreeMap<String, String>,
    /// Which rows here the columns mean that table in, where they can mean several.
    pub when: Option<Condition>,
}

/// Where data about a person comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The person gave it.
    Provided,
    /// It arose from their use of the service; portable too.
    Observed,
    /// We concluded it; not portable.
    Inferred,
}

/// Which rows of a table are services, and which of those still run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRows {
    /// Column with what the person calls the service, such as a domain name.
    pub label: String,
    /// Column with its kind, when the table mixes several.
    pub kind: Option<String>,
    /// Which rows still run; all of them when absent.
    pub active_when: Option<Condition>,
}

impl DataMap {
    /// The system of that id.
    #[must_use]
    pub fn system(&self, id: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.id == id)
    }

    /// A table by its system's id and its own name.
    #[must_use]
    pub fn table(&self, system: &str, table: &str) -> Option<&Table> {
        self.system(system)?.table(table)
    }

    /// Every table with its system, in the order of the profile.
    pub fn tables(&self) -> impl Iterator<Item = (&System, &Table)> {
        self.systems
            .iter()
            .flat_map(|system| system.tables.iter().map(move |table| (system, table)))
    }
}

impl System {
    /// The table of that name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Tables whose rows belong to rows of `table`.
    pub fn children_of<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a Table> {
        self.tables
            .iter()
            .filter(move |child| child.parent.as_ref().is_some_and(|parent| parent.table == table))
    }

    /// The tables in an order in which rows can be deleted: children before parents, otherwise as in the profile.
    ///
    /// # Errors
    /// When parents form a ring.
    pub fn erasure_order(&self) -> Result<Vec<&Table>, Cycle> {
        order::children_first(self)
    }

    /// Every column of `table` that the map names: what a check looks for.
    #[must_use]
    pub fn columns_named<'a>(&'a self, table: &'a Table) -> BTreeSet<&'a str> {
        let mut columns = self.columns_needed(table);
        columns.extend(table.rectify.values().map(String::as_str));
        columns.extend(
            table
                .restrict
                .iter()
                .flat_map(|rule| rule.set.keys().map(String::as_str)),
        );
        columns
    }

    /// The columns of `table` that planning needs: those of its own rules, of a child's `on` and of the freeze.
    #[must_use]
    pub fn columns_needed<'a>(&'a self, table: &'a Table) -> BTreeSet<&'a str> {
        let mut columns = table.own_columns();
        for child in self.children_of(&table.name) {
            columns.extend(
                child
                    .parent
                    .iter()
                    .flat_map(|parent| parent.on.values().map(String::as_str)),
            );
        }
        for link in self
            .tables
            .iter()
            .filter_map(|t| t.erase.retain())
            .flat_map(|rule| &rule.keeps)
        {
            if link.table == table.name {
                columns.extend(link.on.values().map(String::as_str));
            }
        }
        if let Some(freeze) = self.freeze.as_ref().filter(|freeze| freeze.table == table.name) {
            columns.extend(freeze.set.keys().map(String::as_str));
        }
        columns
    }
}

impl Table {
    /// Id of the table in plans and audit events: `system.table`.
    #[must_use]
    pub fn full_name(&self, system: &System) -> String {
        format!("{}.{}", system.id, self.name)
    }

    /// What the database calls it.
    #[must_use]
    pub fn source(&self) -> &str {
        self.of.as_deref().unwrap_or(&self.name)
    }

    /// The law by which its rows stay as they are: what is wrong in them is corrected by a new document.
    #[must_use]
    pub const fn retained(&self) -> Option<RetentionGround> {
        match &self.erase {
            EraseRule::Retain(rule) => Some(rule.ground),
            _ => None,
        }
    }

    fn own_columns(&self) -> BTreeSet<&str> {
        let mut columns: BTreeSet<&str> = self.key.iter().chain(&self.review).map(String::as_str).collect();
        columns.extend(self.person.columns());
        columns.extend(self.identifiers.values().map(String::as_str));
        columns.extend(self.settled_when.iter().map(|condition| condition.field.as_str()));
        columns.extend(self.only_when.iter().map(|condition| condition.field.as_str()));
        columns.extend(
            self.parent
                .iter()
                .flat_map(|parent| parent.on.keys().map(String::as_str)),
        );
        let told = self.parent.iter().filter_map(|parent| parent.when.as_ref());
        columns.extend(told.map(|condition| condition.field.as_str()));
        columns.extend(self.erase.columns());
        columns.extend(self.purposes.iter().flat_map(PurposeUse::columns));
        if let Some(service) = &self.service {
            columns.insert(&service.label);
            columns.extend(service.kind.as_deref());
            columns.extend(
                service
                    .active_when
                    .iter()
                    .map(|condition| condition.field.as_str()),
            );
        }
        columns
    }
}
