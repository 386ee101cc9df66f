//! Reading rows: those of a person, one by its key, and those that hang on others.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Host;
use super::client::{Answer, filled};
use super::error::Failure;
use crate::adapters::connectors::sql::normal::normalised;
use crate::domain::access::ColumnKind;
use crate::domain::audit::checkpoint::hex;
use crate::domain::data_map::{Call, HttpTable, Row, Table};
use crate::domain::erasure::{Survey, SurveyRequest, SurveyedRow, TableSurvey};
use crate::domain::matching::{FoundRow, KeyKind, PersonKeys, RowKey};

/// A row as the system gave it, with its key.
pub(super) struct Found {
    pub key: RowKey,
    pub parent: Option<RowKey>,
    pub row: Value,
}

/// The text of a value; nothing where there is none.
pub(super) fn text_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// How the text of a value is meant.
pub(super) const fn kind_of(value: &Value) -> ColumnKind {
    match value {
        Value::String(_) | Value::Null => ColumnKind::Text,
        Value::Number(_) => ColumnKind::Number,
        _ => ColumnKind::Json,
    }
}

pub(super) fn column(http: &HttpTable, row: &Value, column: &str) -> Option<String> {
    text_of(row.pointer(&http.pointer(column)))
}

/// The values of a row's key by the names of its columns.
pub(super) fn key_values(table: &Table, key: &RowKey) -> BTreeMap<String, String> {
    table.key.iter().cloned().zip(key.0.iter().cloned()).collect()
}

fn key_of(table: &Table, http: &HttpTable, row: &Value) -> Result<RowKey, Failure> {
    let values = table
        .key
        .iter()
        .map(|name| column(http, row, name).filter(|value| !value.is_empty()));
    let key: Option<Vec<String>> = values.collect();
    key.map(RowKey).ok_or_else(|| {
        Failure::refused(format!(
            "gives rows of {} without {}",
            table.name,
            table.key.join(", ")
        ))
    })
}

/// The whole row, so that "the same" means every field.
pub(super) fn digest(row: &Value) -> String {
    hex(&Sha256::digest(row.to_string().as_bytes()))
}

impl Host<'_> {
    pub(super) fn http(table: &Table) -> Result<&HttpTable, Failure> {
        table
            .http
            .as_ref()
            .ok_or_else(|| Failure::Unknown(format!("{}.http", table.name)))
    }

    pub(super) fn needed<'a>(table: &Table, call: Option<&'a Call>, name: &str) -> Result<&'a Call, Failure> {
        call.ok_or_else(|| Failure::Unknown(format!("{}.http.{name}", table.name)))
    }

    /// A call with these values; nothing when one of them is missing.
    fn rows(&self, call: &Call, values: &BTreeMap<String, String>) -> Result<Option<Vec<Value>>, Failure> {
        let Some(path) = call.path.fill(|name| values.get(name).map(String::as_str)) else {
            return Ok(None);
        };
        let body = match &call.body {
            None => None,
            Some(body) => match filled(body, values) {
                Some(body) => Some(body),
                None => return Ok(None),
            },
        };
        self.client.rows(call, &path, body.as_ref()).map(Some)
    }

    /// Rows of the person, by each key that there is a call for.
    pub(super) fn find(
        &self,
        table: &Table,
        keys: &PersonKeys,
        limit: usize,
    ) -> Result<Vec<FoundRow>, Failure> {
        let http = Self::http(table)?;
        let values: BTreeMap<String, String> = keys
            .iter()
            .map(|(kind, value)| (kind.name().to_owned(), value.to_owned()))
            .collect();
        let mut found: Vec<FoundRow> = Vec::new();
        for call in &http.find {
            for row in self.rows(call, &values)?.unwrap_or_default() {
                let row = self.found(table, http, &row, keys)?;
                // A service that does not know a parameter leaves it out, and gives everybody.
                if keys.agreeing(&row.keys).is_empty() {
                    return Err(Failure::refused(format!(
                        "gives rows of {} that are not those asked for",
                        table.name
                    )));
                }
                if !found.iter().any(|known| known.key == row.key) {
                    found.push(row);
                }
            }
        }
        if found.len() > limit {
            return Err(Failure::refused(format!(
                "gives more rows of {} than one person has",
                table.name
            )));
        }
        Ok(found)
    }

    fn found(
        &self,
        table: &Table,
        http: &HttpTable,
        row: &Value,
        asked: &PersonKeys,
    ) -> Result<FoundRow, Failure> {
        let person = [
            (KeyKind::CustomerNumber, &table.person.customer_number),
            (KeyKind::PersonalNumber, &table.person.personal_number),
            (KeyKind::Email, &table.person.email),
            (KeyKind::Phone, &table.person.phone),
        ];
        let mut keys = PersonKeys::default();
        for (kind, name) in person {
            let stored = name.as_ref().and_then(|name| column(http, row, name));
            keys.set(
                kind,
                stored.and_then(|stored| normalised(kind, &stored, asked.get(kind))),
            );
        }
        Ok(FoundRow {
            system: self.map.id.clone(),
            table: table.name.clone(),
            key: key_of(table, http, row)?,
            keys,
            register: false,
            kind: None,
            natural_person: true,
        })
    }

    /// Rows to which values of another system lead.
    pub(super) fn linked(
        &self,
        table: &Table,
        values: &[Row],
        limit: usize,
    ) -> Result<Vec<FoundRow>, Failure> {
        let http = Self::http(table)?;
        let mut found: Vec<FoundRow> = Vec::new();
        for given in values {
            for call in &http.find {
                let rows = self.rows(call, given)?.unwrap_or_default();
                if rows.len() > limit {
                    let reason = format!("gives more rows of {} than one person has", table.name);
                    return Err(Failure::refused(reason));
                }
                for row in rows {
                    let row = self.found(table, http, &row, &PersonKeys::default())?;
                    if !found.iter().any(|known| known.key == row.key) {
                        found.push(row);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The row of a key, if it is there.
    pub(super) fn read(&self, table: &Table, key: &RowKey) -> Result<Option<Value>, Failure> {
        let call = Self::needed(table, Self::http(table)?.read.as_ref(), "read")?;
        let values = key_values(table, key);
        let path = call.path.fill(|name| values.get(name).map(String::as_str));
        let path =
            path.ok_or_else(|| Failure::refused(format!("has a key in {} that is none", table.name)))?;
        let Answer::Is(answer) = self.client.call(call, &path, None)? else {
            return Ok(None);
        };
        let row = answer.pointer(call.rows.as_str()).filter(|row| row.is_object());
        let row =
            row.ok_or_else(|| Failure::refused(format!("answers {} without a row", call.path.as_str())))?;
        // Whatever it is, it is not the row asked for: to go on would be to work on another's.
        if key_of(table, Self::http(table)?, row)? != *key {
            return Err(Failure::refused(format!(
                "gives another row of {} than was asked for",
                table.name
            )));
        }
        Ok(Some(row.clone()))
    }

    /// All rows of a table that are among `roots` or hang on rows of `parents`.
    pub(super) fn rows_of(
        &self,
        table: &Table,
        roots: &[RowKey],
        parents: &BTreeMap<String, Vec<Found>>,
    ) -> Result<Vec<Found>, Failure> {
        let mut rows: BTreeMap<RowKey, Found> = BTreeMap::new();
        for key in roots {
            if let Some(row) = self.read(table, key)? {
                let found = Found {
                    key: key.clone(),
                    parent: None,
                    row,
                };
                rows.insert(key.clone(), found);
            }
        }
        let http = Self::http(table)?;
        if let (Some(parent), Some(call)) = (&table.parent, &http.list) {
            let above = self
                .map
                .table(&parent.table)
                .and_then(|table| table.http.as_ref());
            for one in parents.get(&parent.table).into_iter().flatten() {
                let value = |there: &String| above.and_then(|above| column(above, &one.row, there));
                let values = parent
                    .on
                    .iter()
                    .filter_map(|(here, there)| Some((here.clone(), value(there)?)));
                for row in self.rows(call, &values.collect())?.unwrap_or_default() {
                    let key = key_of(table, http, &row)?;
                    let parent = Some(one.key.clone());
                    rows.entry(key.clone()).or_insert(Found { key, parent, row });
                }
            }
        }
        Ok(rows.into_values().collect())
    }

    /// All rows of the person by table, parents before what hangs on them.
    pub(super) fn everything(
        &self,
        roots: &BTreeMap<String, Vec<RowKey>>,
    ) -> Result<BTreeMap<String, Vec<Found>>, Failure> {
        let order = self
            .map
            .erasure_order()
            .map_err(|_| Failure::refused("has tables in a ring"))?;
        let mut all = BTreeMap::new();
        for table in order.into_iter().rev() {
            let own = roots.get(&table.name).map(Vec::as_slice).unwrap_or_default();
            let rows = self.rows_of(table, own, &all)?;
            all.insert(table.name.clone(), rows);
        }
        Ok(all)
    }

    pub(super) fn survey(&self, request: &SurveyRequest) -> Result<Survey, Failure> {
        for name in request.roots.keys() {
            self.table(name)?;
        }
        let mut all = self.everything(&request.roots)?;
        let mut tables = Vec::new();
        for table in &self.map.tables {
            let http = Self::http(table)?;
            let columns = request.columns.get(&table.name).into_iter().flatten();
            let columns: Vec<&String> = columns.collect();
            let surveyed = |found: Found| SurveyedRow {
                values: columns
                    .iter()
                    .filter_map(|name| Some(((*name).clone(), column(http, &found.row, name)?)))
                    .collect(),
                digest: digest(&found.row),
                key: found.key,
                parent: found.parent,
            };
            let rows = all.remove(&table.name).unwrap_or_default();
            tables.push(TableSurvey {
                table: table.name.clone(),
                rows: rows.into_iter().map(surveyed).collect(),
            });
        }
        Ok(Survey {
            system: self.map.id.clone(),
            tables,
        })
    }
}
