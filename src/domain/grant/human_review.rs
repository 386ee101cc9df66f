//! Human review of an automated decision: what a person found (Art. 22(3)).

use serde::{Deserialize, Serialize};

/// What became of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was changed.
    Changed,
    /// It stands, now as the decision of a person.
    Upheld,
}

impl Outcome {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Changed, Self::Upheld];

    /// The name in the API and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Upheld => "upheld",
        }
    }

    /// The outcome of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// A review that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HumanReview {
    /// What became of the decision.
    pub outcome: Outcome,
    /// Why, for the person to read: with what they said themselves taken into account.
    pub reasons: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for outcome in Outcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.name());
            assert_eq!(Outcome::from_name(outcome.name()), Some(outcome));
        }
        assert_eq!(Outcome::from_name("maybe"), None);
    }
}
