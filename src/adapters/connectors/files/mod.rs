//! Files of a host below one directory: sites, Maildir and mbox mail, backups.
//!
//! A row is an entry of a tree; the templates of the map say whose tree. Every entry is come by from the open directory
//! name by name and no link is followed, so nothing outside is read, changed or removed. What can be changed are
//! permissions, the column `mode`: a freeze and a restriction take some away.

mod check;
mod collect;
mod error;
mod marker;
mod modes;
mod place;
mod remove;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::access::CollectRequest;
use crate::domain::data_map::{BYTES, MODIFIED_ON, PurposeUse, Row, Stop, System as Mapped, Table};
use crate::domain::erasure::{Survey, SurveyRequest, SurveyedRow, TableSurvey};
use crate::domain::grant::Correction;
use crate::domain::matching::{FoundRow, KeyKind, PersonKeys, RowKey};
use crate::services::ports::{AccountBefore, RowSink, ServedRow, System, SystemError, SystemFinding};

use error::Failure;
use place::{Kind, Place};

/// A system of the map reached as a directory.
///
/// Its calls block as long as the file system does: they belong on threads that may.
pub struct FilesSystem {
    map: Arc<Mapped>,
    root: PathBuf,
}

impl FilesSystem {
    /// The system `map` at the directory `path`, which is looked at anew at each call.
    ///
    /// # Errors
    /// `NotConnected` when `path` is not absolute: it would mean something else to each command.
    pub fn new(map: Arc<Mapped>, path: &str) -> Result<Self, SystemError> {
        let root = PathBuf::from(path);
        if root.is_absolute() {
            Ok(Self { map, root })
        } else {
            Err(SystemError::NotConnected {
                system: map.id.clone(),
                reason: "its address is no absolute path of a directory".to_owned(),
            })
        }
    }

    fn with<T>(&self, work: impl FnOnce(BorrowedFd<'_>) -> Result<T, Failure>) -> Result<T, SystemError> {
        let done = place::open_root(&self.root).and_then(|root| work(root.as_fd()));
        done.map_err(|failure| failure.told_by(&self.map.id))
    }

    fn mapped(&self, table: &str) -> Result<&Table, Failure> {
        self.map
            .table(table)
            .ok_or_else(|| Failure::Unknown(table.to_owned()))
    }

    fn refused<T>(&self, what: &str) -> Result<T, SystemError> {
        Err(Failure::refused(format!("files cannot be {what}")).told_by(&self.map.id))
    }

    /// The trees that exist where the values of `values` lead.
    fn trees<'a>(
        &self,
        root: BorrowedFd<'_>,
        table: &Table,
        values: impl Fn(&str) -> Option<&'a str>,
        keys: &PersonKeys,
        limit: usize,
    ) -> Result<Vec<FoundRow>, Failure> {
        let template = table.path.as_ref();
        let template =
            template.ok_or_else(|| Failure::refused(format!("{} has no path in the map", table.name)))?;
        let Some(names) = template.complete(values)? else {
            return Ok(vec![]);
        };
        let found = place::existing(root, &names, limit)?.into_iter();
        Ok(found
            .map(|place| self.found(table, place.key(false), keys.clone()))
            .collect())
    }

    fn found(&self, table: &Table, key: RowKey, keys: PersonKeys) -> FoundRow {
        FoundRow {
            system: self.map.id.clone(),
            table: table.name.clone(),
            key,
            keys,
            register: false,
            kind: None,
            natural_person: true,
        }
    }

    fn surveyed(
        &self,
        root: BorrowedFd<'_>,
        table: &Table,
        roots: &[RowKey],
    ) -> Result<TableSurvey, Failure> {
        let mut rows: BTreeMap<RowKey, SurveyedRow> = BTreeMap::new();
        let retained = table.retained().is_some();
        for key in roots {
            walk::walk(root, &Place::of_key(key)?, &mut |entry| {
                let is_directory = entry.kind == Kind::Directory;
                // What the law keeps are files: a directory has no date of its own, and goes when it is empty.
                if retained && is_directory {
                    return Ok(());
                }
                let digest = if retained {
                    walk::contents_digest(root, &entry)?
                } else {
                    Some(entry.mark())
                };
                let Some(digest) = digest else { return Ok(()) };
                let key = entry.place.key(is_directory);
                let values = Row::from([
                    (BYTES.to_owned(), entry.bytes.to_string()),
                    (MODIFIED_ON.to_owned(), entry.modified_on()),
                    (modes::MODE.to_owned(), entry.mode()),
                ]);
                let row = SurveyedRow {
                    key: key.clone(),
                    parent: None,
                    values,
                    digest,
                };
                rows.insert(key, row);
                Ok(())
            })?;
        }
        Ok(TableSurvey {
            table: table.name.clone(),
            rows: rows.into_values().collect(),
        })
    }
}

impl System for FilesSystem {
    fn check(&self) -> Result<Vec<SystemFinding>, SystemError> {
        check::findings(&self.map, &self.root).map_err(|failure| failure.told_by(&self.map.id))
    }

    fn find(&self, table: &Table, keys: &PersonKeys, limit: usize) -> Result<Vec<FoundRow>, SystemError> {
        let mut used = PersonKeys::default();
        for kind in table.values_named().into_iter().filter_map(KeyKind::from_name) {
            used.set(kind, keys.get(kind).map(str::to_owned));
        }
        let value = |name: &str| KeyKind::from_name(name).and_then(|kind| keys.get(kind));
        self.with(|root| self.trees(root, table, value, &used, limit))
    }

    /// The trees of all people, those of one person by whatever key their path has.
    fn page(
        &self,
        table: &Table,
        after: Option<&RowKey>,
        limit: usize,
    ) -> Result<Vec<FoundRow>, SystemError> {
        self.with(|root| {
            let Some(template) = &table.path else {
                return Ok(vec![]);
            };
            let mut places = place::existing(root, &template.anybodys(), usize::MAX)?;
            places.sort_by_key(|place| place.key(false));
            let beyond = places
                .into_iter()
                .map(|place| (place.key(false), place))
                .filter(|(key, _)| after.is_none_or(|after| key > after));
            let row = |(key, place): (RowKey, Place)| {
                let values = template.values_in(&place.names()).unwrap_or_default();
                let mut keys = PersonKeys::default();
                for (name, value) in values.into_iter().filter(|_| table.from.is_none()) {
                    if let Some(kind) = KeyKind::from_name(&name) {
                        keys.set(kind, Some(value));
                    }
                }
                self.found(table, key, keys)
            };
            Ok(beyond.take(limit).map(row).collect())
        })
    }

    fn mark(&self, at: DateTime<Utc>) -> Result<(), SystemError> {
        self.with(|root| marker::write(root, &self.map, at))
    }

    fn marked(&self) -> Result<Option<DateTime<Utc>>, SystemError> {
        self.with(|root| marker::read(root, &self.map))
    }

    fn linked(&self, table: &Table, values: &[Row], limit: usize) -> Result<Vec<FoundRow>, SystemError> {
        self.with(|root| {
            let mut found: Vec<FoundRow> = Vec::new();
            for row in values {
                let value = |name: &str| row.get(name).map(String::as_str);
                let trees = self.trees(root, table, value, &PersonKeys::default(), limit)?;
                let new: Vec<_> = trees.into_iter().filter(|tree| !found.contains(tree)).collect();
                found.extend(new);
            }
            Ok(found)
        })
    }

    fn survey(&self, request: &SurveyRequest) -> Result<Survey, SystemError> {
        self.with(|root| {
            for name in request.roots.keys() {
                self.mapped(name)?;
            }
            let own = |table: &Table| {
                request
                    .roots
                    .get(&table.name)
                    .map(Vec::as_slice)
                    .unwrap_or_default()
            };
            let tables = self.map.tables.iter();
            let tables = tables.map(|table| self.surveyed(root, table, own(table)));
            Ok(Survey {
                system: self.map.id.clone(),
                tables: tables.collect::<Result<_, _>>()?,
            })
        })
    }

    fn freeze(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<u64, SystemError> {
        self.with(|root| modes::freeze(root, &self.map, roots))
    }

    fn accounts(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<Vec<AccountBefore>, SystemError> {
        self.with(|root| modes::accounts(root, &self.map, roots))
    }

    fn thaw(&self, accounts: &[AccountBefore]) -> Result<u64, SystemError> {
        self.with(|root| modes::thaw(root, &self.map, accounts))
    }

    fn delete(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.with(|root| remove::remove(root, self.mapped(table)?, rows))
    }

    fn reduce(&self, _table: &str, _keep: &[String], _rows: &[RowKey]) -> Result<u64, SystemError> {
        self.refused("reduced")
    }

    fn unreduced(&self, _table: &str, _keep: &[String], _rows: &[RowKey]) -> Result<u64, SystemError> {
        self.refused("reduced")
    }

    fn stop(
        &self,
        _table: &str,
        _stop: &Stop,
        _roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError> {
        self.refused("stopped")
    }

    fn unstopped(
        &self,
        _table: &str,
        _stop: &Stop,
        _roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<u64, SystemError> {
        self.refused("stopped")
    }

    fn served(
        &self,
        _table: &str,
        _purpose: &PurposeUse,
        _after: Option<&RowKey>,
        _limit: usize,
    ) -> Result<Vec<ServedRow>, SystemError> {
        self.refused("searched for a purpose")
    }

    fn bar(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.with(|root| modes::bar(root, self.mapped(table)?, rows))
    }

    fn unbarred(&self, table: &str, rows: &[RowKey]) -> Result<u64, SystemError> {
        self.with(|root| modes::unbarred(root, self.mapped(table)?, rows))
    }

    fn digests(&self, table: &str, rows: &[RowKey]) -> Result<BTreeMap<RowKey, String>, SystemError> {
        self.with(|root| {
            let retained = self.mapped(table)?.retained().is_some();
            let mut digests = BTreeMap::new();
            for row in rows {
                let Some(entry) = walk::entry_at(root, &Place::of_key(row)?)? else {
                    continue;
                };
                let digest = if retained {
                    walk::contents_digest(root, &entry)?
                } else {
                    Some(entry.mark())
                };
                digests.extend(digest.map(|digest| (row.clone(), digest)));
            }
            Ok(digests)
        })
    }

    /// Files refer to nothing that the map could know.
    fn referring(
        &self,
        _table: &str,
        _rows: &[RowKey],
    ) -> Result<BTreeMap<String, Vec<RowKey>>, SystemError> {
        Ok(BTreeMap::new())
    }

    /// Sets permissions, which is how a tree is restricted; files have nothing else that can be corrected.
    fn rectify(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError> {
        self.with(|root| modes::set(root, table, corrections))
    }

    fn unrectified(&self, table: &str, corrections: &[Correction]) -> Result<u64, SystemError> {
        self.with(|root| modes::unset(root, table, corrections))
    }

    fn collect(
        &self,
        request: &CollectRequest,
        sink: &mut dyn RowSink,
    ) -> Result<ControlFlow<()>, SystemError> {
        self.with(|root| collect::collect(root, request, sink))
    }
}
