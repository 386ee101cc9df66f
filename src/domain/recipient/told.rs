//! Who is told about one person, by which route, and with which identifiers (Art. 19).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Channel, IdentifierKind, NoRoute, Recipient, Use};
use crate::domain::data_map::{DataMap, Row};

/// What the systems hold about one person, as far as it shows which recipients were used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageFacts {
    /// The person's rows by (system id, table name).
    pub tables: BTreeMap<(String, String), Vec<Row>>,
    /// The person's customer numbers with the host.
    pub customer_numbers: Vec<String>,
    /// The person's e-mail addresses on file.
    pub emails: Vec<String>,
}

impl UsageFacts {
    /// Adds one row of the person.
    pub fn add(&mut self, system: &str, table: &str, row: Row) {
        self.tables
            .entry((system.to_owned(), table.to_owned()))
            .or_default()
            .push(row);
    }

    fn rows(&self, used: &Use) -> impl Iterator<Item = &Row> {
        let key = (used.system.clone(), used.table.clone());
        self.tables
            .get(&key)
            .into_iter()
            .flatten()
            .filter(|row| used.holds(row))
    }
}

/// One thing a recipient knows the person by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// As the recipient issued or received it.
    pub value: String,
}

/// What becomes of one recipient for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Id of the recipient.
    pub recipient: String,
    /// Whether and how it is told.
    pub outcome: TellOutcome,
}

/// Whether and how a recipient is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum TellOutcome {
    /// A mail goes out.
    Email {
        /// All it may hold; never empty.
        identifiers: Vec<Identifier>,
    },
    /// Staff tell it by hand: by its portal, its interface or a letter.
    Manual {
        /// All they may pass on; never empty.
        identifiers: Vec<Identifier>,
    },
    /// It got data, but cannot be told; the reason is kept and told to the person.
    Impossible {
        /// Why.
        why: WhyImpossible,
    },
    /// Nothing shows that it got data of this person.
    NotTold {
        /// Why.
        why: WhyNotTold,
    },
}

impl TellOutcome {
    /// Whether the recipient will be told.
    #[must_use]
    pub const fn reaches(&self) -> bool {
        matches!(self, Self::Email { .. } | Self::Manual { .. })
    }
}

/// Why a recipient cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyImpossible {
    /// It holds nothing to name any person by.
    NoIdentifier,
    /// It was used, but our systems no longer hold what it knows this person by.
    IdentifierMissing,
    /// The profile gives no route to it.
    NoContact,
}

impl WhyImpossible {
    /// The name in the API and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoIdentifier => "no_identifier",
            Self::IdentifierMissing => "identifier_missing",
            Self::NoContact => "no_contact",
        }
    }
}

/// Why a recipient is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNotTold {
    /// No service, payment or contact of the person's went through it.
    NoUse,
}

/// Who is told, in the order of the profile, one entry for each recipient.
///
/// A recipient was used when a row meets one of its conditions, and identifiers come from such rows alone; the
/// person's own customer number and address stand in where the tables hold none and the recipient knows them by it.
#[must_use]
pub fn who_is_told(recipients: &[Recipient], map: &DataMap, used: &UsageFacts) -> Vec<Told> {
    recipients
        .iter()
        .map(|recipient| Told {
            recipient: recipient.id.clone(),
            outcome: outcome(recipient, map, used),
        })
        .collect()
}

fn outcome(recipient: &Recipient, map: &DataMap, used: &UsageFacts) -> TellOutcome {
    if !was_used(recipient, used) {
        return TellOutcome::NotTold {
            why: WhyNotTold::NoUse,
        };
    }
    if let Some(NoRoute::NoIdentifier) = recipient.impossible {
        return TellOutcome::Impossible {
            why: WhyImpossible::NoIdentifier,
        };
    }
    let identifiers = identifiers(recipient, map, used);
    if identifiers.is_empty() {
        return TellOutcome::Impossible {
            why: WhyImpossible::IdentifierMissing,
        };
    }
    match recipient.contact.as_ref().map(|contact| contact.channel) {
        None => TellOutcome::Impossible {
            why: WhyImpossible::NoContact,
        },
        Some(Channel::Email) => TellOutcome::Email { identifiers },
        Some(Channel::Api | Channel::Portal | Channel::Manual) => TellOutcome::Manual { identifiers },
    }
}

fn was_used(recipient: &Recipient, used: &UsageFacts) -> bool {
    recipient.used_when.as_ref().is_none_or(|uses| {
        uses.0
            .iter()
            .any(|condition| used.rows(condition).next().is_some())
    })
}

fn identifiers(recipient: &Recipient, map: &DataMap, used: &UsageFacts) -> Vec<Identifier> {
    let found: BTreeSet<Identifier> = recipient
        .identifiers
        .iter()
        .flat_map(|kind| {
            let mut values = in_rows(recipient, *kind, map, used);
            if values.is_empty() {
                values = of_person(*kind, used);
            }
            values.into_iter().map(|value| Identifier { kind: *kind, value })
        })
        .collect();
    found.into_iter().collect()
}

fn in_rows(recipient: &Recipient, kind: IdentifierKind, map: &DataMap, used: &UsageFacts) -> Vec<String> {
    let uses = recipient.used_when.iter().flat_map(|uses| &uses.0);
    uses.filter_map(|condition| {
        let column = map
            .table(&condition.system, &condition.table)?
            .identifiers
            .get(&kind)?;
        Some(
            used.rows(condition)
                .filter_map(|row| row.get(column))
                .filter(|value| !value.is_empty())
                .cloned(),
        )
    })
    .flatten()
    .collect()
}

fn of_person(kind: IdentifierKind, used: &UsageFacts) -> Vec<String> {
    match kind {
        IdentifierKind::CustomerNumber => used.customer_numbers.clone(),
        IdentifierKind::Email => used.emails.clone(),
        _ => Vec::new(),
    }
}
