//! Loads an organisation's profile, from those that ship in the binary or from a file of the host's own.

mod source;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::data_map::System;
use crate::domain::organisation::Organisation;

/// Why a profile cannot be used; says where to look.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// No profile of that name ships with the binary, and it is not a path.
    #[error("no profile is called {name}; there are: {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The stems that ship.
        known: Vec<String>,
    },
    /// A file cannot be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file does not have the shape of a profile or of a part of a data map.
    #[error("{file}:{line}: {key}: {expected}")]
    Invalid {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The key, such as `recipients[2].country`; `.` for the whole file.
        key: String,
        /// What stands there and what was expected.
        expected: String,
    },
}

/// Stems of the profiles that ship, sorted.
#[must_use]
pub fn shipped() -> Vec<String> {
    source::shipped_stems()
}

/// Loads a profile by the stem of a shipped one or by a path (anything with a `/` or that ends in `.toml`), with the
/// files it includes, whose paths are relative to it.
///
/// # Errors
/// [`ProfileError`], with file, line, key and what was expected there.
pub fn load(name: &str) -> Result<Organisation, ProfileError> {
    let (source, file) = source::locate(name)?;
    let text = source.read(&file)?;
    let mut organisation: Organisation = parse(&file, &text)?;
    organisation.stem = source::stem(&file);
    organisation.sections = sections(&parse(&file, &text)?);
    let here = organisation
        .map
        .systems
        .iter()
        .map(|system| (system.id.clone(), file.clone()));
    organisation.files = here.collect();
    for include in &organisation.include {
        let path = source::beside(&file, include);
        let text = source.read(&path)?;
        let part: MapFile = parse(&path, &text)?;
        let there = part
            .systems
            .iter()
            .map(|system| (system.id.clone(), path.clone()));
        organisation.files.extend(there);
        organisation.map.systems.extend(part.systems);
        let whole: toml::Table = parse(&path, &text)?;
        organisation
            .sections
            .insert(include.clone(), digest(&whole.into()));
    }
    Ok(organisation)
}

/// A hash of each part of a profile as it is understood: comments and spaces do not count.
fn sections(profile: &toml::Table) -> BTreeMap<String, [u8; 32]> {
    let parts = profile.iter();
    parts.map(|(name, value)| (name.clone(), digest(value))).collect()
}

fn digest(value: &toml::Value) -> [u8; 32] {
    Sha256::digest(value.to_string()).into()
}

/// A file with part of a data map.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapFile {
    systems: Vec<System>,
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, ProfileError> {
    let invalid = |error: &toml::de::Error, key: String| ProfileError::Invalid {
        file: file.to_owned(),
        line: line_of(text, error),
        key,
        expected: error.message().to_owned(),
    };
    let document = toml::Deserializer::parse(text).map_err(|error| invalid(&error, ".".to_owned()))?;
    serde_path_to_error::deserialize(document).map_err(|error| invalid(error.inner(), key_of(&error)))
}

/// The key at fault; for one that is missing, the key that should be there.
fn key_of(error: &serde_path_to_error::Error<toml::de::Error>) -> String {
    let path = error.path().to_string();
    let missing = error
        .inner()
        .message()
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'));
    match missing {
        None => path,
        Some(key) if path == "." => key.to_owned(),
        Some(key) => format!("{path}.{key}"),
    }
}

fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let offset = error.span().map_or(0, |span| span.start);
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
