//! Laying settings over each other: each new one must be known, and of the kind that its default is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::ConfigError;

const PREFIX: &str = "DATARATT_";
/// Variables of ours that are no settings.
const NO_SETTINGS: [&str; 3] = [super::FILE_VARIABLE, "DATARATT_SKIP_BROWSER", "DATARATT_SOAK"];

/// Where a setting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the built-in defaults.
    Default,
    /// In a file.
    File(PathBuf),
    /// In a variable of the environment.
    Variable(String),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("built-in defaults"),
            Self::File(path) => path.display().fmt(f),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// The settings so far, and where each that is no default came from.
pub(super) struct Layers {
    table: Table,
    sources: BTreeMap<String, Source>,
}

impl Layers {
    /// The built-in ones. They hold every key there is.
    pub(super) fn of(defaults: &str) -> Self {
        let mut table: Table = toml::from_str(defaults).expect("the built-in defaults are TOML");
        if !cfg!(feature = "testing") {
            table.remove("clock");
        }
        Self {
            table,
            sources: BTreeMap::new(),
        }
    }

    /// Lays a file over what is there.
    pub(super) fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let parsed: Table = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            ConfigError::Syntax {
                path: path.to_owned(),
                line: before.unwrap_or_default().matches('\n').count() + 1,
                reason: error.message().to_owned(),
            }
        })?;
        let source = Source::File(path.to_owned());
        for (key, value) in leaves(parsed) {
            let default = self.place(&key, &source)?;
            if kind(default) != kind(&value) {
                return Err(wrong(&source, &key, default));
            }
            *default = value;
            self.sources.insert(key.join("."), source.clone());
        }
        Ok(())
    }

    /// Lays the variables that begin with our prefix over what is there.
    pub(super) fn add_environment(&mut self, variables: &[(String, String)]) -> Result<(), ConfigError> {
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if NO_SETTINGS.contains(&name.as_str()) {
                continue;
            }
            let key: Vec<String> = rest.to_ascii_lowercase().split("__").map(str::to_owned).collect();
            let source = Source::Variable(name.clone());
            let default = self.place(&key, &source)?;
            let value = read(text, default).ok_or_else(|| wrong(&source, &key, default))?;
            *default = value;
            self.sources.insert(key.join("."), source);
        }
        Ok(())
    }

    /// The value that a key has now.
    fn place(&mut self, key: &[String], source: &Source) -> Result<&mut Value, ConfigError> {
        let unknown = |known: &Table| ConfigError::UnknownKey {
            origin: source.clone(),
            key: key.join("."),
            known: known.keys().cloned().collect(),
        };
        let (last, sections) = key.split_last().ok_or_else(|| unknown(&Table::new()))?;
        let mut table = &mut self.table;
        for section in sections {
            if !matches!(table.get(section), Some(Value::Table(_))) {
                return Err(unknown(table));
            }
            table = table
                .get_mut(section)
                .and_then(Value::as_table_mut)
                .expect("looked at just before");
        }
        if table.get(last).is_none_or(Value::is_table) {
            return Err(unknown(table));
        }
        Ok(table.get_mut(last).expect("looked at just before"))
    }

    /// The settings as `T` reads them.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        serde_path_to_error::deserialize(self.table.clone()).map_err(|error| {
            let path = error.path().to_string();
            let key = path.split('[').next().unwrap_or_default();
            self.wrong(key, error.inner().message())
        })
    }

    /// What is wrong with the value of `key`, wherever that came from.
    pub(super) fn wrong(&self, key: &str, expected: &str) -> ConfigError {
        ConfigError::Value {
            origin: self.sources.get(key).cloned().unwrap_or(Source::Default),
            key: key.to_owned(),
            expected: expected.to_owned(),
        }
    }
}

/// Every value that is no section, with its key.
fn leaves(table: Table) -> Vec<(Vec<String>, Value)> {
    let mut found = Vec::new();
    for (name, value) in table {
        match value {
            Value::Table(inner) if !inner.is_empty() => {
                let below = leaves(inner).into_iter().map(|(mut key, value)| {
                    key.insert(0, name.clone());
                    (key, value)
                });
                found.extend(below);
            }
            Value::Table(_) => {}
            value => found.push((vec![name], value)),
        }
    }
    found
}

/// A variable's text as the kind of value that its default is.
fn read(text: &str, default: &Value) -> Option<Value> {
    match default {
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Array(_) => {
            let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            Some(Value::Array(entries.map(Value::from).collect()))
        }
        _ => Some(Value::from(text)),
    }
}

fn wrong(source: &Source, key: &[String], default: &Value) -> ConfigError {
    ConfigError::Value {
        origin: source.clone(),
        key: key.join("."),
        expected: format!("expected {}", kind(default)),
    }
}

/// What a value is, in the words of the error.
const fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list of texts",
        Value::Float(_) => "a number",
        Value::Datetime(_) => "a date",
        Value::Table(_) => "a section",
    }
}
