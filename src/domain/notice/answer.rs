//! What a recipient can answer, on which grounds, and whether an answer is whole.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Kind;

/// What a recipient can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything is erased.
    Erased,
    /// Erased, and backups will be gone by a date.
    ErasedBackupsUntil,
    /// Nothing about the person was found.
    NoDataFound,
    /// Processing is restricted.
    Restricted,
    /// The data is corrected.
    Rectified,
    /// The recipient keeps the data, on a ground.
    Refused,
    /// Partly done; the rest is kept, on a ground.
    Partly,
    /// The identifiers were not enough to find the person.
    NeedMoreIdentifiers,
    /// Passed on to the recipient's own processors.
    ForwardedToSubprocessors,
    /// The notice went to somebody who has nothing to do with it.
    WrongRecipient,
}

impl Outcome {
    /// All outcomes, in the order they are offered.
    pub const ALL: [Self; 10] = [
        Self::Erased,
        Self::ErasedBackupsUntil,
        Self::NoDataFound,
        Self::Restricted,
        Self::Rectified,
        Self::Refused,
        Self::Partly,
        Self::NeedMoreIdentifiers,
        Self::ForwardedToSubprocessors,
        Self::WrongRecipient,
    ];

    /// The name in the API, in the database and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::ErasedBackupsUntil => "erased_backups_until",
            Self::NoDataFound => "no_data_found",
            Self::Restricted => "restricted",
            Self::Rectified => "rectified",
            Self::Refused => "refused",
            Self::Partly => "partly",
            Self::NeedMoreIdentifiers => "need_more_identifiers",
            Self::ForwardedToSubprocessors => "forwarded_to_subprocessors",
            Self::WrongRecipient => "wrong_recipient",
        }
    }

    /// The outcome of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// Whether the answer must name a ground.
    #[must_use]
    pub const fn needs_ground(self) -> bool {
        matches!(self, Self::Refused | Self::Partly)
    }

    /// Whether staff must do something more before the notice is settled.
    #[must_use]
    pub const fn needs_follow_up(self) -> bool {
        matches!(self, Self::NeedMoreIdentifiers | Self::WrongRecipient)
    }

    /// What a recipient can answer to a notice of that kind. Who decides for itself may also say so.
    #[must_use]
    pub fn offered(kind: Kind) -> Vec<Self> {
        let fits = |outcome: &Self| match outcome {
            Self::Erased | Self::ErasedBackupsUntil => matches!(kind, Kind::Erasure | Kind::AccountEnded),
            Self::Rectified => kind == Kind::Rectification,
            Self::Restricted => kind == Kind::Restriction,
            Self::Refused | Self::Partly => kind != Kind::RestrictionLifted,
            Self::NoDataFound
            | Self::NeedMoreIdentifiers
            | Self::ForwardedToSubprocessors
            | Self::WrongRecipient => true,
        };
        Self::ALL.into_iter().filter(fits).collect()
    }
}

/// On what ground a recipient keeps data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepGround {
    /// It decides for itself, as a controller of its own.
    OwnController,
    /// A law obliges it; the answer names the statute.
    LegalObligation,
    /// It needs the data for legal claims.
    LegalClaims,
    /// A service is still active there.
    ActiveService,
    /// It is technically impossible.
    TechnicalImpossible,
}

impl KeepGround {
    /// All grounds, in the order they are offered.
    pub const ALL: [Self; 5] = [
        Self::OwnController,
        Self::LegalObligation,
        Self::LegalClaims,
        Self::ActiveService,
        Self::TechnicalImpossible,
    ];

    /// The name in the API, in the database and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnController => "own_controller",
            Self::LegalObligation => "legal_obligation",
            Self::LegalClaims => "legal_claims",
            Self::ActiveService => "active_service",
            Self::TechnicalImpossible => "technical_impossible",
        }
    }

    /// The ground of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.name() == name)
    }

    /// The grounds open to a recipient: a processor cannot claim to be its own controller.
    #[must_use]
    pub fn offered(independent: bool) -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|ground| independent || *ground != Self::OwnController)
            .collect()
    }
}

/// A recipient's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was done.
    pub outcome: Outcome,
    /// Why data is kept, when some is.
    pub ground: Option<KeepGround>,
    /// The statute behind [`KeepGround::LegalObligation`].
    pub statute: Option<String>,
    /// Until when backups still hold the data.
    pub backups_until: Option<NaiveDate>,
}

/// What is missing or wrong in an answer, by field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The outcome is not one that fits this notice.
    #[error("outcome not offered")]
    OutcomeNotOffered,
    /// A refusal or partial refusal without ground.
    #[error("ground missing")]
    GroundMissing,
    /// A ground that this recipient cannot have.
    #[error("ground not offered")]
    GroundNotOffered,
    /// A legal obligation without its statute.
    #[error("statute missing")]
    StatuteMissing,
    /// "Backups until" without a date.
    #[error("date missing")]
    BackupsDateMissing,
}

impl Answer {
    /// Checks that the answer is whole, fits the notice and is open to this recipient.
    ///
    /// # Errors
    /// The first thing that is missing or wrong.
    pub fn check(&self, kind: Kind, independent: bool) -> Result<(), AnswerError> {
        if !Outcome::offered(kind).contains(&self.outcome) {
            return Err(AnswerError::OutcomeNotOffered);
        }
        if self.outcome == Outcome::ErasedBackupsUntil && self.backups_until.is_none() {
            return Err(AnswerError::BackupsDateMissing);
        }
        if self.outcome.needs_ground() && self.ground.is_none() {
            return Err(AnswerError::GroundMissing);
        }
        match self.ground {
            Some(ground) if !KeepGround::offered(independent).contains(&ground) => {
                Err(AnswerError::GroundNotOffered)
            }
            Some(KeepGround::LegalObligation)
                if self.statute.as_deref().is_none_or(|s| s.trim().is_empty()) =>
            {
                Err(AnswerError::StatuteMissing)
            }
            _ => Ok(()),
        }
    }
}
