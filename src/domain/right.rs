//! The rights a person can exercise.

use serde::{Deserialize, Serialize};

/// What is asked for. The names are those of the API and of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Access to one's data (Art. 15).
    Access,
    /// Rectification or completion (Art. 16).
    Rectification,
    /// Erasure (Art. 17).
    Erasure,
    /// Restriction of processing (Art. 18).
    Restriction,
    /// Data portability (Art. 20).
    Portability,
    /// Objection (Art. 21).
    Objection,
    /// Withdrawal of consent (Art. 7(3)).
    ConsentWithdrawal,
    /// Human review of an automated decision (Art. 22(3)).
    HumanReview,
}

impl Right {
    /// All, in the order the request page shows them.
    pub const ALL: [Self; 8] = [
        Self::Access,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Portability,
        Self::Objection,
        Self::ConsentWithdrawal,
        Self::HumanReview,
    ];

    /// The name in the API, in the database and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Rectification => "rectification",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Portability => "portability",
            Self::Objection => "objection",
            Self::ConsentWithdrawal => "consent_withdrawal",
            Self::HumanReview => "human_review",
        }
    }

    /// The article of the GDPR that gives the right.
    #[must_use]
    pub const fn article(self) -> &'static str {
        match self {
            Self::Access => "15",
            Self::Rectification => "16",
            Self::Erasure => "17",
            Self::Restriction => "18",
            Self::Portability => "20",
            Self::Objection => "21",
            Self::ConsentWithdrawal => "7.3",
            Self::HumanReview => "22.3",
        }
    }

    /// The right of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_serialised_form_and_leads_back() {
        for right in Right::ALL {
            assert_eq!(serde_json::to_value(right).unwrap(), right.name());
            assert_eq!(Right::from_name(right.name()), Some(right));
        }
        assert_eq!(Right::from_name("Erasure"), None);
    }
}
