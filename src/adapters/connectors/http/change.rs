//! Changing rows: what freezes, marks or corrects them, and what erases them. Each is read before, so that what is done
//! already is not done twice, and what somebody else changed is left alone.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Host;
use super::client::{Answer, filled};
use super::error::Failure;
use super::rows::{column, key_values};
use crate::domain::data_map::{Freeze, Table};
use crate::domain::grant::Correction;
use crate::domain::matching::RowKey;
use crate::services::ports::AccountBefore;

/// A value of the kind that stood there: `"false"` becomes false where a truth value stood.
fn like(before: Option<&Value>, text: Option<&String>) -> Value {
    let Some(text) = text else { return Value::Null };
    let parsed = match before {
        Some(Value::Bool(_)) => text.parse().ok().map(Value::Bool),
        Some(Value::Number(_)) => serde_json::from_str(text).ok().filter(Value::is_number),
        Some(Value::Array(_) | Value::Object(_)) => serde_json::from_str(text).ok(),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::String(text.clone()))
}

/// Puts a value where a pointer says, with the objects above it.
fn put(into: &mut Map<String, Value>, pointer: &str, value: Value) {
    let names: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|name| name.replace("~1", "/").replace("~0", "~"))
        .collect();
    let Some((last, above)) = names.split_last() else {
        return;
    };
    let mut at = into;
    for name in above {
        let next = at
            .entry(name.clone())
            .or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(next) = next else { return };
        at = next;
    }
    at.insert(last.clone(), value);
}

impl Host<'_> {
    /// Sets values of one row.
    fn set(
        &self,
        table: &Table,
        key: &RowKey,
        row: &Value,
        set: &BTreeMap<String, Option<String>>,
    ) -> Result<(), Failure> {
        let http = Self::http(table)?;
        let call = Self::needed(table, http.change.as_ref(), "change")?;
        let mut values = key_values(table, key);
        let path = call.path.fill(|name| values.get(name).map(String::as_str));
        let path =
            path.ok_or_else(|| Failure::refused(format!("has a key in {} that is none", table.name)))?;
        let body = match &call.body {
            None => {
                let mut body = Map::new();
                for (name, text) in set {
                    let pointer = http.pointer(name);
                    put(&mut body, &pointer, like(row.pointer(&pointer), text.as_ref()));
                }
                Value::Object(body)
            }
            Some(body) => {
                let set = set
                    .iter()
                    .map(|(name, text)| (name.clone(), text.clone().unwrap_or_default()));
                values.extend(set);
                filled(body, &values)
                    .ok_or_else(|| Failure::Unknown(format!("{}.http.change.body", table.name)))?
            }
        };
        match self.client.call(call, &path, Some(body))? {
            Answer::Is(_) => Ok(()),
            Answer::Nothing => Err(Failure::later("no longer has a row that was to be changed")),
        }
    }

    /// Sets all, or nothing when a value is neither the old one nor the new one; says how many are.
    pub(super) fn rectify(&self, table: &Table, corrections: &[Correction]) -> Result<u64, Failure> {
        let http = Self::http(table)?;
        let mut by_row: BTreeMap<&RowKey, Vec<&Correction>> = BTreeMap::new();
        for one in corrections {
            by_row.entry(&one.key).or_default().push(one);
        }
        let (mut changed, mut todo) = (0, Vec::new());
        for (key, corrections) in by_row {
            let row = self.read(table, key)?;
            let mut set = BTreeMap::new();
            for one in corrections {
                let now = row.as_ref().and_then(|row| column(http, row, &one.column));
                if row.is_none() || (now != one.old && now != one.new) {
                    changed += 1;
                } else if now != one.new {
                    set.insert(one.column.clone(), one.new.clone());
                }
            }
            todo.extend(row.filter(|_| !set.is_empty()).map(|row| (key, row, set)));
        }
        if changed > 0 {
            return Ok(changed);
        }
        for (key, row, set) in todo {
            self.set(table, key, &row, &set)?;
        }
        Ok(0)
    }

    pub(super) fn unrectified(&self, table: &Table, corrections: &[Correction]) -> Result<u64, Failure> {
        let http = Self::http(table)?;
        let mut left = 0;
        for one in corrections {
            let row = self.read(table, &one.key)?;
            let now = row.as_ref().and_then(|row| column(http, row, &one.column));
            left += u64::from(row.is_none() || now != one.new);
        }
        Ok(left)
    }

    fn frozen(&self) -> Result<Option<(&Freeze, &Table)>, Failure> {
        let Some(freeze) = &self.map.freeze else {
            return Ok(None);
        };
        Ok(Some((freeze, self.table(&freeze.table)?)))
    }

    /// Stops the accounts among `roots`; says how many were there.
    pub(super) fn freeze(&self, roots: &BTreeMap<String, Vec<RowKey>>) -> Result<u64, Failure> {
        let Some((freeze, table)) = self.frozen()? else {
            return Ok(0);
        };
        let http = Self::http(table)?;
        let mut stopped = 0;
        for key in roots.get(&freeze.table).into_iter().flatten() {
            let Some(row) = self.read(table, key)? else {
                continue;
            };
            stopped += 1;
            let open = freeze
                .set
                .iter()
                .filter(|(name, value)| column(http, &row, name).as_ref() != Some(*value));
            let set: BTreeMap<_, _> = open
                .map(|(name, value)| (name.clone(), Some(value.clone())))
                .collect();
            if !set.is_empty() {
                self.set(table, key, &row, &set)?;
            }
        }
        Ok(stopped)
    }

    pub(super) fn accounts(
        &self,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<Vec<AccountBefore>, Failure> {
        let Some((freeze, table)) = self.frozen()? else {
            return Ok(vec![]);
        };
        let http = Self::http(table)?;
        let mut before = Vec::new();
        for key in roots.get(&freeze.table).into_iter().flatten() {
            let Some(row) = self.read(table, key)? else {
                continue;
            };
            let values = freeze
                .set
                .keys()
                .map(|name| (name.clone(), column(http, &row, name)));
            before.push(AccountBefore {
                key: key.clone(),
                values: values.collect(),
            });
        }
        Ok(before)
    }

    /// Gives back what is still as it was frozen.
    pub(super) fn thaw(&self, accounts: &[AccountBefore]) -> Result<u64, Failure> {
        let Some((freeze, table)) = self.frozen()? else {
            return Ok(0);
        };
        let http = Self::http(table)?;
        let mut given = 0;
        for account in accounts {
            let Some(row) = self.read(table, &account.key)? else {
                continue;
            };
            let is_frozen = freeze
                .set
                .iter()
                .all(|(name, value)| column(http, &row, name).as_ref() == Some(value));
            if is_frozen {
                self.set(table, &account.key, &row, &account.values)?;
                given += 1;
            }
        }
        Ok(given)
    }

    /// Erases rows; what is gone already is no error. Says how many were still there.
    pub(super) fn delete(&self, table: &Table, rows: &[RowKey]) -> Result<u64, Failure> {
        let call = Self::needed(table, Self::http(table)?.erase.as_ref(), "erase")?;
        let mut erased = 0;
        for key in rows {
            let values = key_values(table, key);
            let path = call.path.fill(|name| values.get(name).map(String::as_str));
            let path =
                path.ok_or_else(|| Failure::refused(format!("has a key in {} that is none", table.name)))?;
            let body = call.body.as_ref().map(|body| {
                filled(body, &values)
                    .ok_or_else(|| Failure::Unknown(format!("{}.http.erase.body", table.name)))
            });
            if let Answer::Is(_) = self.client.call(call, &path, body.transpose()?)? {
                erased += 1;
            }
            // What it says is not taken for what it did.
            if self.read(table, key)?.is_some() {
                return Err(Failure::later("still has a row that it said it erased"));
            }
        }
        Ok(erased)
    }
}
