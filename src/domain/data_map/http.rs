//! How a system is reached over HTTP: the calls that find, read, change and erase its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// What all calls of a system share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpAccess {
    /// Headers of every call; a value `env:NAME` is looked up, as the address is.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Addresses that may be reached although they are not public ones, and those alone without encryption.
    #[serde(default)]
    pub allow_addresses: Vec<AddressRange>,
    /// Seconds that a call may take, to the last byte of its answer.
    #[serde(default = "thirty")]
    pub timeout_seconds: u64,
    /// Bytes that an answer may have.
    #[serde(default = "eight_mebibytes")]
    pub max_bytes: u64,
    /// Pages that a list may have.
    #[serde(default = "thousand")]
    pub max_pages: usize,
}

impl Default for HttpAccess {
    fn default() -> Self {
        Self {
            headers: BTreeMap::new(),
            allow_addresses: vec![],
            timeout_seconds: thirty(),
            max_bytes: eight_mebibytes(),
            max_pages: thousand(),
        }
    }
}

const fn thirty() -> u64 {
    30
}

const fn eight_mebibytes() -> u64 {
    8 * 1024 * 1024
}

const fn thousand() -> usize {
    1000
}

/// Addresses with the same beginning, such as `10.0.0.0/8`; one address without `/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AddressRange {
    network: IpAddr,
    prefix: u32,
}

impl AddressRange {
    /// Whether an address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (left, bits) = bits(self.network);
        let (right, other) = bits_of(address);
        bits == other && (self.prefix == 0 || left >> (bits - self.prefix) == right >> (bits - self.prefix))
    }
}

const fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (address.to_bits() as u128, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

/// As [`bits`], with an IPv4 address inside an IPv6 one for what it is.
const fn bits_of(address: IpAddr) -> (u128, u32) {
    bits(address.to_canonical())
}

impl TryFrom<String> for AddressRange {
    type Error = Expected;

    fn try_from(written: String) -> Result<Self, Expected> {
        let (network, prefix) = written.split_once('/').unwrap_or((&written, ""));
        let network: IpAddr = network.parse().map_err(|_| Expected::RANGE)?;
        let most = bits(network).1;
        let prefix = if prefix.is_empty() {
            Ok(most)
        } else {
            prefix.parse()
        };
        match prefix {
            Ok(prefix) if prefix <= most => Ok(Self { network, prefix }),
            _ => Err(Expected::RANGE),
        }
    }
}

/// What should have been written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected {0}")]
pub struct Expected(&'static str);

impl Expected {
    const RANGE: Self = Self("an address, or a range such as 10.0.0.0/8");
    const TEMPLATE: Self =
        Self("a path that begins with / and whose values stand in braces, such as /people/{id}");
    const POINTER: Self = Self("a JSON pointer: nothing, or one that begins with /");
}

/// The calls of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTable {
    /// Rows by a key of the person, or with `from` by values of rows of another system. Those whose values are known are
    /// called.
    #[serde(default)]
    pub find: Vec<Call>,
    /// Rows that hang on one row of the parent, by the columns here of its `on`.
    pub list: Option<Call>,
    /// One row, by its key.
    pub read: Option<Call>,
    /// Erases one row, by its key.
    pub erase: Option<Call>,
    /// Sets values of one row, by its key; what is set is the body, unless there is one here.
    pub change: Option<Call>,
    /// Where columns stand in a row, as JSON pointers; a column that is not here is the field of its name.
    #[serde(default)]
    pub columns: BTreeMap<String, Pointer>,
}

impl HttpTable {
    /// The names of the values by which its rows are found.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.find.iter().flat_map(|call| call.path.names())
    }

    /// Where a column stands in a row.
    #[must_use]
    pub fn pointer(&self, column: &str) -> String {
        match self.columns.get(column) {
            Some(Pointer(pointer)) => pointer.clone(),
            None => format!("/{}", column.replace('~', "~0").replace('/', "~1")),
        }
    }
}

/// A place in a JSON document (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pointer(String);

impl Pointer {
    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Pointer {
    type Error = Expected;

    fn try_from(written: String) -> Result<Self, Expected> {
        if written.is_empty() || written.starts_with('/') {
            Ok(Self(written))
        } else {
            Err(Expected::POINTER)
        }
    }
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// How.
    #[serde(default)]
    pub method: Method,
    /// Where, below the system's address.
    pub path: PathOfCall,
    /// What is sent, as JSON; values in braces in its texts are filled in.
    pub body: Option<Value>,
    /// Where the rows, or the row, are in the answer.
    #[serde(default)]
    pub rows: Pointer,
    /// Where the answer says how it goes on: an address, or with `next_parameter` the value of that parameter.
    pub next: Option<Pointer>,
    /// The parameter that takes one to the next page.
    pub next_parameter: Option<String>,
    /// Where the answer says how many rows there are on all pages.
    pub total: Option<Pointer>,
    /// How work that goes on after the answer is waited for.
    pub job: Option<Job>,
}

/// How a call is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    #[default]
    Get,
    /// Does or makes something.
    Post,
    /// Puts something in the place of what is there.
    Put,
    /// Changes a part.
    Patch,
    /// Takes away.
    Delete,
}

impl Method {
    /// Its name in HTTP.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Work that a system goes on with after it has answered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Where the answer says which: without a value there, the work is done.
    pub id: Pointer,
    /// Where it is asked after, as `{job}`.
    pub path: PathOfCall,
    /// Where that says how it stands.
    pub state: Pointer,
    /// The states in which it is done.
    pub done: BTreeSet<String>,
    /// Those in which it has failed.
    #[serde(default)]
    pub failed: BTreeSet<String>,
    /// Seconds between two questions.
    #[serde(default = "two")]
    pub every_seconds: u64,
    /// Seconds until it is given up for this time; the call is repeated later.
    #[serde(default = "minute")]
    pub within_seconds: u64,
}

const fn two() -> u64 {
    2
}

const fn minute() -> u64 {
    60
}

/// A path with values in braces.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PathOfCall {
    written: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(String),
}

impl PathOfCall {
    /// As written: what logs say.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The names of its values.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Value(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The path with these values, each encoded so that it stays one value; nothing when one is missing or could lead
    /// somewhere else.
    #[must_use]
    pub fn fill<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
        let mut path = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => path.push_str(text),
                Piece::Value(name) => {
                    let value = value(name)?;
                    if matches!(value, "" | "." | "..") {
                        return None;
                    }
                    path.push_str(&encoded(value));
                }
            }
        }
        Some(path)
    }
}

/// A value as a part of an address: all but letters, digits, `-`, `_`, `.` and `~` is written as its bytes (RFC 3986).
#[must_use]
pub fn encoded(value: &str) -> String {
    let mut written = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

impl TryFrom<String> for PathOfCall {
    type Error = Expected;

    fn try_from(written: String) -> Result<Self, Expected> {
        let is_plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic() && !"{}#\\".contains(c));
        let mut pieces = Vec::new();
        let mut rest = written.as_str();
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(Expected::TEMPLATE)?;
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
            if !is_plain(text) || !is_name {
                return Err(Expected::TEMPLATE);
            }
            pieces.push(Piece::Text(text.to_owned()));
            pieces.push(Piece::Value(name.to_owned()));
            rest = after;
        }
        let climbs = written.split(['/', '?']).any(|part| part == "..");
        // A second slash would name another host.
        if !is_plain(rest) || !written.starts_with('/') || written.starts_with("//") || climbs {
            return Err(Expected::TEMPLATE);
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self { written, pieces })
    }
}

#[cfg(test)]
mod tests;
