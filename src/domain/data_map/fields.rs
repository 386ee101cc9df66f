//! What erasure does to single fields of rows that stay, such as those of a contact person in a company's account.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Column → what becomes of it; the others stay.
pub type Fields = BTreeMap<String, FieldRule>;

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "Written")]
pub enum FieldRule {
    /// It holds nothing any more, or the value of its type that says least.
    Null,
    /// It holds something in its place.
    Replace(Pseudonym),
}

/// What stands in the place of a person's data: it names the row, and nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pseudonym {
    /// `erased-` and the row's key.
    Text,
    /// An address in a domain that never exists (RFC 2606), with the row's key.
    Email,
    /// Zeros.
    Phone,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected \"null\" or { replace = \"text\" }, \"email\" or \"phone\""
)]
enum Written {
    Word(Null),
    Replace { replace: Pseudonym },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Null {
    Null,
}

impl From<Written> for FieldRule {
    fn from(written: Written) -> Self {
        match written {
            Written::Word(Null::Null) => Self::Null,
            Written::Replace { replace } => Self::Replace(replace),
        }
    }
}
