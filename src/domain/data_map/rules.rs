//! The small languages of the data map: what erasure does to a table, and which rows a rule speaks of.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

use super::Row;

/// What erasure does to the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EraseRule {
    /// They go.
    Delete,
    /// They go; where a retained row still refers to one, it is reduced to these columns instead.
    DeleteOrReduce {
        /// Columns whose values stay; the others are emptied.
        keep: Vec<String>,
    },
    /// They stay untouched until a law allows their purge.
    Retain {
        /// Why (Art. 17(3)(b) or (e)).
        ground: RetentionGround,
        /// Column with the date whose fiscal year decides when the row may go.
        fiscal_date: String,
    },
    /// They stay for another reason than a retention law, such as a suppression list.
    Keep {
        /// Key of the reason's text.
        reason: String,
    },
}

impl EraseRule {
    /// Columns the rule names.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        let (list, one) = match self {
            Self::Delete | Self::Keep { .. } => (None, None),
            Self::DeleteOrReduce { keep } => (Some(keep), None),
            Self::Retain { fiscal_date, .. } => (None, Some(fiscal_date)),
        };
        list.into_iter().flatten().chain(one).map(String::as_str)
    }
}

/// The law that makes a host keep a record although the person asks for its erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionGround {
    /// Accounting records: bokföringslagen (1999:1078) 7 kap. 2 §.
    Bookkeeping,
    /// Sales to consumers in other EU states: mervärdesskattelagen (2023:200) 22 kap. 76-77 §§, ten years.
    OneStopShop,
}

impl RetentionGround {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Bookkeeping, Self::OneStopShop];

    /// The name in plans, in the API and in profiles.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bookkeeping => "bookkeeping",
            Self::OneStopShop => "one_stop_shop",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EraseTable {
    delete: Option<bool>,
    else_reduce_to: Option<Vec<String>>,
    retain: Option<RetentionGround>,
    fiscal_date: Option<String>,
    keep: Option<String>,
}

const ERASE_FORMS: &str = "\"delete\", { delete = true, else_reduce_to = [columns] }, \
     { retain = ground, fiscal_date = column } or { keep = reason }";

impl TryFrom<EraseTable> for EraseRule {
    type Error = ();

    fn try_from(table: EraseTable) -> Result<Self, ()> {
        match table {
            EraseTable {
                delete: Some(true),
                else_reduce_to,
                retain: None,
                fiscal_date: None,
                keep: None,
            } => Ok(else_reduce_to.map_or(Self::Delete, |keep| Self::DeleteOrReduce { keep })),
            EraseTable {
                delete: None,
                else_reduce_to: None,
                retain: Some(ground),
                fiscal_date: Some(fiscal_date),
                keep: None,
            } => Ok(Self::Retain { ground, fiscal_date }),
            EraseTable {
                delete: None,
                else_reduce_to: None,
                retain: None,
                fiscal_date: None,
                keep: Some(reason),
            } => Ok(Self::Keep { reason }),
            _ => Err(()),
        }
    }
}

impl<'de> Deserialize<'de> for EraseRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = EraseRule;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(ERASE_FORMS)
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<EraseRule, E> {
                match word {
                    "delete" => Ok(EraseRule::Delete),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<EraseRule, A::Error> {
                EraseTable::deserialize(MapAccessDeserializer::new(map))?
                    .try_into()
                    .map_err(|()| de::Error::invalid_value(de::Unexpected::Map, &self))
            }
        }
        deserializer.deserialize_any(Forms)
    }
}

/// A test of one column of a row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawCondition")]
pub struct Condition {
    /// The column.
    pub field: String,
    /// What its value must be.
    pub matches: Matches,
}

/// What a column's value must be; values are compared exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matches {
    /// One of these; a row without a value fails.
    AnyOf(Vec<String>),
    /// None of these; a row without a value passes.
    NoneOf(Vec<String>),
    /// Anything at all.
    Present,
}

impl Condition {
    /// Whether `row` passes.
    #[must_use]
    pub fn holds(&self, row: &Row) -> bool {
        self.matches.holds(row.get(&self.field).map(String::as_str))
    }
}

impl Matches {
    /// Whether a column with this value, or without one, passes.
    #[must_use]
    pub fn holds(&self, value: Option<&str>) -> bool {
        let among = |list: &[String]| value.is_some_and(|value| list.iter().any(|item| item == value));
        match self {
            Self::AnyOf(list) => among(list),
            Self::NoneOf(list) => !among(list),
            Self::Present => value.is_some_and(|value| !value.is_empty()),
        }
    }

    /// The one form that is given, if exactly one is.
    pub(in crate::domain) fn from_forms(
        any_of: Option<Vec<String>>,
        none_of: Option<Vec<String>>,
        present: Option<bool>,
    ) -> Option<Self> {
        match (any_of, none_of, present) {
            (Some(list), None, None) => Some(Self::AnyOf(list)),
            (None, Some(list), None) => Some(Self::NoneOf(list)),
            (None, None, Some(true)) => Some(Self::Present),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCondition {
    field: String,
    any_of: Option<Vec<String>>,
    none_of: Option<Vec<String>>,
    present: Option<bool>,
}

impl TryFrom<RawCondition> for Condition {
    type Error = &'static str;

    fn try_from(raw: RawCondition) -> Result<Self, Self::Error> {
        let matches = Matches::from_forms(raw.any_of, raw.none_of, raw.present)
            .ok_or("expected field with one of any_of = [values], none_of = [values] or present = true")?;
        Ok(Self {
            field: raw.field,
            matches,
        })
    }
}
