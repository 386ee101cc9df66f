//! The legal selection: which tables go out with an answer, which are only counted, which stay, and why.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Reading;
use crate::domain::case::RefusalGround;
use crate::domain::data_map::{ConnectorKind, Origin, System, Table};
use crate::domain::grant::RefusedItem;
use crate::domain::organisation::{Category, LegalBasis, Organisation};

/// What becomes of a table in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// Its rows go out.
    Included,
    /// It holds content of which the customer is controller: only its count is told, and how to get it (Art. 28(3)(g)).
    Counted,
    /// The right does not cover it.
    LeftOut {
        /// Why.
        why: WhyLeftOut,
    },
    /// It is withheld, with a ground that the person is told (Art. 12(4)).
    Withheld {
        /// The ground.
        ground: RefusalGround,
        /// The reasons, in staff's words.
        reason: String,
    },
}

impl Fate {
    /// How the table is read, if at all.
    #[must_use]
    pub const fn reading(&self) -> Option<Reading> {
        match self {
            Self::Included => Some(Reading::Rows),
            Self::Counted => Some(Reading::Count),
            Self::LeftOut { .. } | Self::Withheld { .. } => None,
        }
    }
}

/// Why portability does not cover a table (Art. 20(1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeftOut {
    /// We concluded it; the person neither gave it nor made it arise.
    Inferred,
    /// It rests on neither consent nor contract.
    Basis,
    /// Its purposes rest on several bases, and staff judged that consent or contract is not what carries it.
    NotChosen,
    /// It is not processed by automated means.
    NotAutomated,
    /// Staff hand it over by another way; in grants of before they did it as a task.
    ByHand,
}

impl WhyLeftOut {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Inferred,
        Self::Basis,
        Self::NotChosen,
        Self::NotAutomated,
        Self::ByHand,
    ];

    /// The name in the API and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inferred => "inferred",
            Self::Basis => "basis",
            Self::NotChosen => "not_chosen",
            Self::NotAutomated => "not_automated",
            Self::ByHand => "by_hand",
        }
    }
}

/// A table and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// A category that no machine may decide on: its purposes rest on several bases at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The category's id.
    pub category: String,
    /// Each purpose that leaves it open, with the bases that the profile names for it.
    pub purposes: Vec<(String, Vec<LegalBasis>)>,
}

/// Whether what a category holds rests on consent or contract.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rests {
    /// A purpose rests on one of them alone.
    OnThem,
    /// No purpose does.
    OnOthers,
    /// A purpose may: several bases are named for it, or no purpose is documented.
    Unclear,
}

/// What goes out with an answer under Art. 15: everything about the person; hosted content is counted, as its controller
/// is the customer; what is refused is withheld, item by item.
#[must_use]
pub fn for_access(organisation: &Organisation, refused: &[RefusedItem]) -> Vec<Chosen> {
    choose(organisation, refused, |_, _, category| {
        if category.is_some_and(|category| category.customer_is_controller) {
            Fate::Counted
        } else {
            Fate::Included
        }
    })
}

/// What goes out with an answer under Art. 20: what the person provided or what was observed of them (WP 242), where
/// the purpose rests on consent or contract and processing is automated. `include`: the categories that staff count to
/// it among those that are [`undecided`].
#[must_use]
pub fn for_portability(
    organisation: &Organisation,
    include: &BTreeSet<String>,
    refused: &[RefusedItem],
) -> Vec<Chosen> {
    choose(organisation, refused, |system, table, category| {
        let Some(category) = category else {
            return left_out(WhyLeftOut::Basis);
        };
        if category.customer_is_controller {
            return Fate::Counted;
        }
        if table.origin == Origin::Inferred {
            return left_out(WhyLeftOut::Inferred);
        }
        if system.connector == ConnectorKind::Manual {
            return left_out(WhyLeftOut::NotAutomated);
        }
        match rests(organisation, category) {
            Rests::OnThem => Fate::Included,
            Rests::Unclear if include.contains(&category.id) => Fate::Included,
            Rests::Unclear => left_out(WhyLeftOut::NotChosen),
            Rests::OnOthers => left_out(WhyLeftOut::Basis),
        }
    })
}

/// The categories of portable origin that staff must judge, because the profile names several bases.
#[must_use]
pub fn undecided(organisation: &Organisation) -> Vec<Undecided> {
    let may_be_portable = |category: &&Category| {
        let mut tables = organisation.map.tables();
        !category.customer_is_controller
            && rests(organisation, category) == Rests::Unclear
            && tables.any(|(_, table)| table.category == category.id && table.origin != Origin::Inferred)
    };
    let purposes = |category: &Category| {
        let purposes = category.purposes.iter().filter_map(|id| organisation.purpose(id));
        purposes
            .filter(|purpose| purpose.legal_bases.len() > 1)
            .map(|purpose| (purpose.id.clone(), purpose.legal_bases.clone()))
            .collect()
    };
    organisation
        .categories
        .iter()
        .filter(may_be_portable)
        .map(|category| Undecided {
            category: category.id.clone(),
            purposes: purposes(category),
        })
        .collect()
}

/// The first refused item that is neither a category nor a `system.table` of the map: to refuse it would withhold nothing.
#[must_use]
pub fn unknown_item<'a>(organisation: &Organisation, refused: &'a [RefusedItem]) -> Option<&'a str> {
    let known = |item: &str| {
        let mut tables = organisation.map.tables();
        organisation.category(item).is_some() || tables.any(|(system, table)| table.full_name(system) == item)
    };
    let mut items = refused.iter().map(|refused| refused.item.as_str());
    items.find(|item| !known(item))
}

fn choose(
    organisation: &Organisation,
    refused: &[RefusedItem],
    fate: impl Fn(&System, &Table, Option<&Category>) -> Fate,
) -> Vec<Chosen> {
    let chosen = |(system, table): (&System, &Table)| {
        let withheld = refused
            .iter()
            .find(|item| item.item == table.category || item.item == table.full_name(system));
        Chosen {
            system: system.id.clone(),
            table: table.name.clone(),
            fate: match withheld {
                Some(item) => Fate::Withheld {
                    ground: item.ground,
                    reason: item.reason.clone(),
                },
                None => fate(system, table, organisation.category(&table.category)),
            },
        }
    };
    organisation.map.tables().map(chosen).collect()
}

/// One basis decides; where the profile names several for a purpose, no machine says which of them carries the data.
fn rests(organisation: &Organisation, category: &Category) -> Rests {
    let ports = |basis: &LegalBasis| matches!(basis, LegalBasis::Consent | LegalBasis::Contract);
    let bases: Vec<&[LegalBasis]> = category
        .purposes
        .iter()
        .filter_map(|id| organisation.purpose(id))
        .map(|purpose| purpose.legal_bases.as_slice())
        .collect();
    if bases.iter().any(|bases| matches!(bases, [only] if ports(only))) {
        Rests::OnThem
    } else if bases.is_empty()
        || bases
            .iter()
            .any(|bases| bases.len() > 1 && bases.iter().any(ports))
    {
        Rests::Unclear
    } else {
        Rests::OnOthers
    }
}

const fn left_out(why: WhyLeftOut) -> Fate {
    Fate::LeftOut { why }
}
