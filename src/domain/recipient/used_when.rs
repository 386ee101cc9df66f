//! Which data of a person shows that theirs went to a recipient.

use std::fmt;

use serde::Deserialize;
use serde::de::{
    self, Deserializer, MapAccess, SeqAccess, Visitor,
    value::{MapAccessDeserializer, SeqAccessDeserializer},
};

use crate::domain::data_map::{Condition, Matches, Row};

/// Uses, any of which is enough. In a profile, one table or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedWhen(pub Vec<Use>);

/// Rows of one table that show that a recipient was used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawUse")]
pub struct Use {
    /// Id of the system.
    pub system: String,
    /// Name of the table in it.
    pub table: String,
    /// Which rows; all of them when absent.
    pub condition: Option<Condition>,
}

impl Use {
    /// Whether `row`, of this use's table, shows the use.
    #[must_use]
    pub fn holds(&self, row: &Row) -> bool {
        self.condition
            .as_ref()
            .is_none_or(|condition| condition.holds(row))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUse {
    system: String,
    table: String,
    field: Option<String>,
    any_of: Option<Vec<String>>,
    none_of: Option<Vec<String>>,
    present: Option<bool>,
}

impl TryFrom<RawUse> for Use {
    type Error = &'static str;

    fn try_from(raw: RawUse) -> Result<Self, Self::Error> {
        let named = raw.any_of.is_some() || raw.none_of.is_some() || raw.present.is_some();
        let matches = Matches::from_forms(raw.any_of, raw.none_of, raw.present);
        let condition = match (raw.field, matches, named) {
            (None, None, false) => None,
            (Some(field), Some(matches), _) => Some(Condition { field, matches }),
            _ => {
                return Err(
                    "expected system and table, alone or with field and one of any_of, none_of or present = true",
                );
            }
        };
        Ok(Self {
            system: raw.system,
            table: raw.table,
            condition,
        })
    }
}

impl<'de> Deserialize<'de> for UsedWhen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = UsedWhen;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("{ system, table, field, any_of } or a list of such tables")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<UsedWhen, A::Error> {
                Use::deserialize(MapAccessDeserializer::new(map)).map(|one| UsedWhen(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<UsedWhen, A::Error> {
                let uses = Vec::<Use>::deserialize(SeqAccessDeserializer::new(list))?;
                if uses.is_empty() {
                    return Err(de::Error::invalid_length(0, &self));
                }
                Ok(UsedWhen(uses))
            }
        }
        deserializer.deserialize_any(Forms)
    }
}
