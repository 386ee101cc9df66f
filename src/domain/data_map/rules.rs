//! The small languages of the data map: what erasure does to a table, and which rows a rule speaks of.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

use super::{Fields, Parent, Row};

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
    /// They stay, and these fields of theirs go: they are somebody else's, such as a company's whose contact the person
    /// is. Rows whose parent goes, go with it.
    Fields(Fields),
    /// They stay untouched until a law allows their purge.
    Retain(RetainRule),
    /// They stay for another reason than a retention law, such as a suppression list.
    Keep {
        /// Key of the reason's text.
        reason: String,
    },
}

impl EraseRule {
    /// Columns the rule names.
    pub(super) fn columns(&self) -> Vec<&str> {
        match self {
            Self::Delete | Self::Keep { .. } => vec![],
            Self::DeleteOrReduce { keep } => keep.iter().map(String::as_str).collect(),
            Self::Fields(fields) => fields.keys().map(String::as_str).collect(),
            Self::Retain(rule) => rule.columns().collect(),
        }
    }

    /// How rows are retained, where the rule retains.
    #[must_use]
    pub const fn retain(&self) -> Option<&RetainRule> {
        match self {
            Self::Retain(rule) => Some(rule),
            _ => None,
        }
    }
}

/// How long rows are retained, and what they keep from going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetainRule {
    /// Why (Art. 17(3)(b)).
    pub ground: RetentionGround,
    /// Columns with dates: the fiscal year that ends last among theirs decides when the row may go. The first is that of
    /// the transaction, and no row is without it; of the others those with a value count, such as the last day of
    /// what was paid in advance.
    pub fiscal_dates: Vec<String>,
    /// Which rows are sales declared in the one-stop shop, and therefore kept for its ten years too.
    pub oss_when: Option<Condition>,
    /// Rows that stay at least as long as this one, because it speaks of them: the invoice that a credit note
    /// corrects, or that a payment settles.
    pub keeps: Vec<Parent>,
    /// What bars a retained row from other use.
    pub bar: Option<Bar>,
}

impl RetainRule {
    fn columns(&self) -> impl Iterator<Item = &str> {
        let dates = self.fiscal_dates.iter().map(String::as_str);
        let flag = self.oss_when.iter().map(|condition| condition.field.as_str());
        let links = self
            .keeps
            .iter()
            .flat_map(|link| link.on.keys().map(String::as_str));
        let bar = self.bar.iter().map(|bar| bar.column.as_str());
        dates.chain(flag).chain(links).chain(bar)
    }

    /// The laws that may keep a row of the table.
    pub fn grounds(&self) -> impl Iterator<Item = RetentionGround> {
        let oss = self.oss_when.as_ref().map(|_| RetentionGround::OneStopShop);
        std::iter::once(self.ground).chain(oss)
    }
}

/// A column that tells the host's own staff and programs that a row is kept for the law alone. It is no part of
/// the record: the row's checksum leaves it out.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bar {
    /// The column.
    pub column: String,
    /// What it is set to.
    pub set: String,
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
    fiscal_date: Option<OneOrMore>,
    oss_when: Option<Condition>,
    #[serde(default)]
    keeps: Vec<Parent>,
    bar: Option<Bar>,
    keep: Option<String>,
    fields: Option<Fields>,
}

impl EraseTable {
    /// Whether anything is said that only a retained table has.
    const fn speaks_of_retention(&self) -> bool {
        self.retain.is_some()
            || self.fiscal_date.is_some()
            || self.oss_when.is_some()
            || !self.keeps.is_empty()
            || self.bar.is_some()
    }
}

/// A column, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<OneOrMore> for Vec<String> {
    fn from(written: OneOrMore) -> Self {
        match written {
            OneOrMore::One(column) => vec![column],
            OneOrMore::More(columns) => columns,
        }
    }
}

const ERASE_FORMS: &str = "\"delete\", { delete = true, else_reduce_to = [columns] }, \
     { fields = { column = \"null\" } }, { retain = ground, fiscal_date = column } or { keep = reason }";

impl TryFrom<EraseTable> for EraseRule {
    type Error = ();

    fn try_from(table: EraseTable) -> Result<Self, ()> {
        if table.speaks_of_retention() {
            return match table {
                EraseTable {
                    delete: None,
                    else_reduce_to: None,
                    retain: Some(ground),
                    fiscal_date: Some(dates),
                    oss_when,
                    keeps,
                    bar,
                    keep: None,
                    fields: None,
                } => {
                    let fiscal_dates = Vec::from(dates);
                    (!fiscal_dates.is_empty())
                        .then_some(Self::Retain(RetainRule {
                            ground,
                            fiscal_dates,
                            oss_when,
                            keeps,
                            bar,
                        }))
                        .ok_or(())
                }
                _ => Err(()),
            };
        }
        match (table.delete, table.else_reduce_to, table.keep, table.fields) {
            (None, None, None, Some(fields)) if !fields.is_empty() => Ok(Self::Fields(fields)),
            (Some(true), keep, None, None) => {
                Ok(keep.map_or(Self::Delete, |keep| Self::DeleteOrReduce { keep }))
            }
            (None, None, Some(reason), None) => Ok(Self::Keep { reason }),
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
