//! Which purposes of marketing or consent the rows of a table serve, and how each is stopped there.

use std::collections::BTreeMap;

use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};

use super::{DataMap, System, Table};
use crate::domain::language::Text;
use crate::domain::organisation::LegalBasis;

/// One thing that rows of a table are used for and that the person may end (Art. 7(3), 21).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeUse {
    /// Stable name, such as `newsletter`; tables with the same one serve the same.
    pub id: String,
    /// Id of the purpose of the profile that it belongs to.
    pub purpose: String,
    /// What people call it.
    pub title: Text,
    /// What it rests on: consent, or legitimate interests.
    pub basis: LegalBasis,
    /// Whether it is direct marketing, which an objection always stops.
    #[serde(default)]
    pub marketing: bool,
    /// What stops it; absent where staff stop it by hand.
    pub stop: Option<Stop>,
    /// What stops working for the person with it.
    pub stops: Option<Text>,
    /// Column with the time at which the person agreed: what was agreed to later than an objection stands.
    pub given_at: Option<String>,
}

/// What ends a use in the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// Columns take these values.
    Set(BTreeMap<String, String>),
    /// The rows go.
    Delete,
}

impl Stop {
    /// Both at once, for a table that serves several purposes: rows that go take their columns with them.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Set(mut one), Self::Set(two)) => {
                one.extend(two);
                Self::Set(one)
            }
            _ => Self::Delete,
        }
    }
}

impl PurposeUse {
    /// Columns that it names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let set = match &self.stop {
            Some(Stop::Set(set)) => Some(set),
            _ => None,
        };
        let set = set.into_iter().flat_map(|set| set.keys().map(String::as_str));
        set.chain(self.given_at.as_deref())
    }

    /// Whether it rests on consent, which can be withdrawn (Art. 7(3)).
    #[must_use]
    pub fn is_consent(&self) -> bool {
        self.basis == LegalBasis::Consent
    }

    /// Whether it rests on legitimate interests, which can be objected to (Art. 21(1)).
    #[must_use]
    pub fn is_interest(&self) -> bool {
        self.basis == LegalBasis::LegitimateInterests
    }
}

impl DataMap {
    /// Every use with the table whose rows serve it, in the order of the profile.
    pub fn uses(&self) -> impl Iterator<Item = (&System, &Table, &PurposeUse)> {
        self.tables()
            .flat_map(|(system, table)| table.purposes.iter().map(move |one| (system, table, one)))
    }

    /// The first use of that id, which says what people call it.
    #[must_use]
    pub fn purpose_use(&self, id: &str) -> Option<&PurposeUse> {
        self.uses().map(|(_, _, one)| one).find(|one| one.id == id)
    }

    /// The uses that `which` picks, each id once.
    pub fn distinct_uses(&self, which: impl Fn(&PurposeUse) -> bool) -> Vec<&PurposeUse> {
        let mut distinct: Vec<&PurposeUse> = Vec::new();
        for (_, _, one) in self.uses().filter(|(_, _, one)| which(one)) {
            if !distinct.iter().any(|known| known.id == one.id) {
                distinct.push(one);
            }
        }
        distinct
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StopTable {
    set: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for Stop {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = Stop;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("\"delete\" or { set = { column = value } }")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Stop, E> {
                match word {
                    "delete" => Ok(Stop::Delete),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Stop, A::Error> {
                let table = StopTable::deserialize(MapAccessDeserializer::new(map))?;
                if table.set.is_empty() {
                    return Err(de::Error::invalid_length(0, &self));
                }
                Ok(Stop::Set(table.set))
            }
        }
        deserializer.deserialize_any(Forms)
    }
}
