//! How tables of one system are reached through rows of another: files by the names of domains and mailboxes, contacts
//! by the number that another system knows them by.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{DataMap, System, Table};
use crate::domain::matching::KeyKind;

/// What a survey of a table of files tells of each: its length.
pub const BYTES: &str = "bytes";
/// The local day on which it was last changed, for a rule of retention.
pub const MODIFIED_ON: &str = "modified_on";

/// The table of another system whose rows lead to the rows of this one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The other system.
    pub system: String,
    /// The table in it.
    pub table: String,
}

impl DataMap {
    /// The tables that rows of `table` lead to, each with its system.
    pub fn fed_by<'a>(
        &'a self,
        system: &'a str,
        table: &'a str,
    ) -> impl Iterator<Item = (&'a System, &'a Table)> {
        self.tables().filter(move |(_, fed)| {
            let from = fed.from.as_ref();
            from.is_some_and(|from| from.system == system && from.table == table)
        })
    }

    /// The columns of `table` whose values lead to rows of other systems.
    #[must_use]
    pub fn columns_fed<'a>(&'a self, system: &'a str, table: &'a str) -> BTreeSet<&'a str> {
        let fed = self.fed_by(system, table);
        fed.flat_map(|(_, fed)| fed.values_named()).collect()
    }
}

impl Table {
    /// The names of the values by which its rows are reached: kinds of keys, or columns of the table that leads here.
    #[must_use]
    pub fn values_named(&self) -> BTreeSet<&str> {
        let by_path = self.path.iter().flat_map(super::PathTemplate::names);
        let by_call = self.http.iter().flat_map(super::HttpTable::values);
        by_path.chain(by_call).collect()
    }

    /// Whether a person can be looked for in it by their own keys.
    #[must_use]
    pub fn is_searchable(&self) -> bool {
        let by_call = self.http.as_ref().is_some_and(|http| !http.find.is_empty());
        let by_value = self.path.is_some() || by_call;
        by_value && self.from.is_none() || self.http.is_none() && !self.person.is_empty()
    }

    /// Names among those by which its rows are reached that are no kinds of keys, where no other table gives values.
    pub fn values_without_source(&self) -> impl Iterator<Item = &str> {
        let own = self.from.is_none();
        let names = self.values_named().into_iter().filter(move |_| own);
        names.filter(|name| KeyKind::from_name(name).is_none())
    }
}
