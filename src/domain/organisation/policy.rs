//! What the host's published policy says, as far as the profile can be held against it.

use serde::{Deserialize, Serialize};

use crate::domain::right::Right;

/// Statements of the published policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What it claims.
    #[serde(default)]
    pub says: Vec<Statement>,
    /// The rights it tells the person of (Art. 13(2)(b) and (c)).
    #[serde(default)]
    pub rights_named: Vec<Right>,
    /// Whether it tells of the right to complain (Art. 13(2)(d)).
    #[serde(default)]
    pub names_complaint: bool,
    /// The authority it names, in its words.
    pub authority: Option<String>,
    /// Words it uses for things that are called otherwise today.
    #[serde(default)]
    pub outdated_terms: Vec<OutdatedTerm>,
}

impl Policy {
    /// Whether the policy claims it.
    #[must_use]
    pub fn claims(&self, statement: Statement) -> bool {
        self.says.contains(&statement)
    }
}

/// A claim that the rest of a profile can contradict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// Nothing is shared with companies outside the EU.
    NoSharingOutsideEu,
    /// There are agreements with every recipient.
    AgreementsWithAll,
    /// There are agreements with selected recipients.
    AgreementsWithSelected,
    /// Personal data in a customer-relations system is erased when the account ends.
    CrmErased,
    /// All recipients are the host's partners and subcontractors, whom it tells to erase.
    RecipientsAreSubcontractors,
    /// Using the services counts as agreeing to the processing.
    ConsentByUse,
}

/// A word that is out of date.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutdatedTerm {
    /// As the policy has it.
    pub term: String,
    /// What it is called now.
    pub now: String,
}
