//! What is granted: the terms of every right but erasure, and what of the request is refused with them.

mod human_review;
mod rectification;
mod restriction;
pub mod stop;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::access::Collection;
use super::notice;
use super::recipient::Told;
use super::right::Right;

pub use super::case::RefusedItem;
pub use human_review::{HumanReview, Outcome};
pub use rectification::{Change, Correction, Place, Recorded, Rectification};
pub use restriction::{ByHand, Mark, RestrictionTerms};
pub use stop::Stopping;

/// What is done for the person, by right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "right", rename_all = "snake_case")]
pub enum Terms {
    /// A copy of the data, with what Art. 15 says about it.
    Access(Collection),
    /// The data that Art. 20 covers, for another controller.
    Portability(Collection),
    /// Fields are changed (Art. 16).
    Rectification(Rectification),
    /// Data is only stored from now on (Art. 18).
    Restriction(RestrictionTerms),
    /// Processing on legitimate interest stops (Art. 21).
    Objection(Stopping),
    /// Processing on consent stops (Art. 7(3)).
    ConsentWithdrawal(Stopping),
    /// A person has reviewed an automated decision (Art. 22(3)).
    HumanReview(HumanReview),
}

impl Terms {
    /// What stops, where they stop something.
    #[must_use]
    pub const fn stopping(&self) -> Option<&Stopping> {
        match self {
            Self::Objection(stopping) | Self::ConsentWithdrawal(stopping) => Some(stopping),
            _ => None,
        }
    }

    /// What the person gets, where they get data.
    #[must_use]
    pub const fn collection(&self) -> Option<&Collection> {
        match self {
            Self::Access(collection) | Self::Portability(collection) => Some(collection),
            _ => None,
        }
    }

    /// The right they are terms of.
    #[must_use]
    pub const fn right(&self) -> Right {
        match self {
            Self::Access(_) => Right::Access,
            Self::Portability(_) => Right::Portability,
            Self::Rectification(_) => Right::Rectification,
            Self::Restriction(_) => Right::Restriction,
            Self::HumanReview(_) => Right::HumanReview,
            Self::Objection(_) => Right::Objection,
            Self::ConsentWithdrawal(_) => Right::ConsentWithdrawal,
        }
    }

    /// What recipients are told, where they are told anything: Art. 19 speaks of rectification, erasure and
    /// restriction; who markets for us must hear that it ends.
    #[must_use]
    pub const fn notice(&self) -> Option<notice::Kind> {
        match self {
            Self::Access(_) | Self::Portability(_) | Self::HumanReview(_) => None,
            Self::Rectification(_) => Some(notice::Kind::Rectification),
            Self::Restriction(_) => Some(notice::Kind::Restriction),
            Self::Objection(_) | Self::ConsentWithdrawal(_) => Some(notice::Kind::Objection),
        }
    }
}

/// All that is decided with a grant; sealed, and frozen by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What is done.
    pub terms: Terms,
    /// What is not.
    pub refused: Vec<RefusedItem>,
    /// Who is told, and with which identifiers, taken before anything is changed.
    pub told: Vec<Told>,
}

impl Grant {
    /// Names the grant by its contents: SHA-256 in hexadecimal.
    ///
    /// # Panics
    /// Never: a grant is plain data.
    #[must_use]
    pub fn hash(&self) -> String {
        let canonical = serde_json::to_vec(self).expect("a grant is plain data");
        Sha256::digest(canonical)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Whether another person must approve it: a part is refused, or the address on file changes, which is how accounts
    /// are taken over.
    #[must_use]
    pub fn needs_another(&self) -> bool {
        let moves = matches!(&self.terms, Terms::Rectification(terms) if terms.address_on_file().is_some());
        moves || !self.refused.is_empty()
    }
}

/// One thing to do in one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The system's id.
    pub system: String,
    /// The table; empty where the step is about the whole system.
    pub table: String,
    /// What.
    pub kind: StepKind,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Reads the person's data.
    Collect,
    /// Changes values.
    Change,
    /// Marks data as restricted.
    Mark,
    /// Stops a purpose.
    Stop,
    /// Reads back whether it is so.
    Verify,
    /// Makes the package of what was collected.
    Pack,
}

impl StepKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Collect,
        Self::Change,
        Self::Mark,
        Self::Stop,
        Self::Verify,
        Self::Pack,
    ];

    /// Whether it changes the system, instead of only reading it: what was begun must then be finished.
    #[must_use]
    pub const fn changes(self) -> bool {
        matches!(self, Self::Change | Self::Mark | Self::Stop)
    }

    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Change => "change",
            Self::Mark => "mark",
            Self::Stop => "stop",
            Self::Verify => "verify",
            Self::Pack => "pack",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
