//! A notice: what one recipient is told in one case (Art. 19, Art. 28(3)(a)), and its answer.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

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

    /// What a recipient can answer to an erasure. Who decides for itself may also say so.
    #[must_use]
    pub fn for_erasure() -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|o| !matches!(o, Self::Restricted | Self::Rectified))
            .collect()
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
    /// Checks that the answer is whole and open to this recipient.
    ///
    /// # Errors
    /// The first thing that is missing or wrong.
    pub fn check(&self, independent: bool) -> Result<(), AnswerError> {
        if !Outcome::for_erasure().contains(&self.outcome) {
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

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its identifiers are taken and sealed; the erasure has not started.
    Planned,
    /// Its mail is in the outbox, or its task with staff.
    Queued,
    /// Sent.
    Sent {
        /// When.
        at: DateTime<Utc>,
    },
    /// Sent to an independent controller, which need not answer but may.
    Informed {
        /// When.
        at: DateTime<Utc>,
    },
    /// Could not be delivered.
    Bounced {
        /// When.
        at: DateTime<Utc>,
    },
    /// Answered.
    Answered {
        /// When.
        at: DateTime<Utc>,
        /// With what.
        outcome: Outcome,
    },
    /// Nobody can be told, and why is kept.
    Impossible,
    /// The erasure was stopped before anybody was told.
    Cancelled,
}

impl State {
    /// The names of all states.
    pub const NAMES: [&str; 8] = [
        "planned",
        "queued",
        "sent",
        "informed",
        "bounced",
        "answered",
        "impossible",
        "cancelled",
    ];

    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Queued => "queued",
            Self::Sent { .. } => "sent",
            Self::Informed { .. } => "informed",
            Self::Bounced { .. } => "bounced",
            Self::Answered { .. } => "answered",
            Self::Impossible => "impossible",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more is awaited, so that the case may close.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        match self {
            Self::Informed { .. } | Self::Impossible | Self::Cancelled => true,
            Self::Answered { outcome, .. } => !outcome.needs_follow_up(),
            Self::Planned | Self::Queued | Self::Sent { .. } | Self::Bounced { .. } => false,
        }
    }
}

/// Something that happens to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The erasure starts: the recipient is to be told.
    Released,
    /// The mail left, or staff carried out the task.
    Delivered {
        /// Whether the recipient decides for itself and need not answer.
        independent: bool,
    },
    /// The mail came back or was refused for good.
    Undeliverable,
    /// The recipient answered, or corrected its answer.
    Answered(Outcome),
    /// The erasure was stopped.
    Cancelled,
}

/// The event does not fit where the notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not possible for a notice that is {state}")]
pub struct NoticeError {
    /// The state's name.
    pub state: &'static str,
}

impl State {
    /// What the notice becomes when `event` happens at `at`.
    ///
    /// # Errors
    /// When the event does not fit the state.
    pub const fn apply(&self, event: Event, at: DateTime<Utc>) -> Result<Self, NoticeError> {
        match (self, event) {
            (Self::Planned, Event::Released) => Ok(Self::Queued),
            (Self::Queued | Self::Bounced { .. }, Event::Delivered { independent: true }) => {
                Ok(Self::Informed { at })
            }
            (Self::Queued | Self::Bounced { .. }, Event::Delivered { independent: false }) => {
                Ok(Self::Sent { at })
            }
            (Self::Queued, Event::Undeliverable) => Ok(Self::Bounced { at }),
            // An answer may overtake the record of its mail's sending: then it counts all the same.
            (
                Self::Queued
                | Self::Sent { .. }
                | Self::Informed { .. }
                | Self::Bounced { .. }
                | Self::Answered { .. },
                Event::Answered(outcome),
            ) => Ok(Self::Answered { at, outcome }),
            (Self::Answered { .. }, Event::Delivered { .. } | Event::Undeliverable) => Ok(*self),
            (Self::Planned, Event::Cancelled) => Ok(Self::Cancelled),
            _ => Err(NoticeError { state: self.name() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn answer(outcome: Outcome) -> Answer {
        Answer {
            outcome,
            ground: None,
            statute: None,
            backups_until: None,
        }
    }

    #[rstest::rstest]
    #[case(answer(Outcome::Erased), Ok(()))]
    #[case(answer(Outcome::NoDataFound), Ok(()))]
    #[case(answer(Outcome::Rectified), Err(AnswerError::OutcomeNotOffered))]
    #[case(answer(Outcome::ErasedBackupsUntil), Err(AnswerError::BackupsDateMissing))]
    #[case(answer(Outcome::Refused), Err(AnswerError::GroundMissing))]
    #[case(Answer { ground: Some(KeepGround::OwnController), ..answer(Outcome::Refused) }, Err(AnswerError::GroundNotOffered))]
    #[case(Answer { ground: Some(KeepGround::LegalObligation), ..answer(Outcome::Partly) }, Err(AnswerError::StatuteMissing))]
    #[case(Answer { ground: Some(KeepGround::LegalObligation), statute: Some(" ".into()), ..answer(Outcome::Partly) }, Err(AnswerError::StatuteMissing))]
    #[case(Answer { ground: Some(KeepGround::LegalObligation), statute: Some("bokföringslagen".into()), ..answer(Outcome::Partly) }, Ok(()))]
    fn a_processors_answer_must_be_whole(#[case] given: Answer, #[case] verdict: Result<(), AnswerError>) {
        assert_eq!(given.check(false), verdict);
    }

    #[test]
    fn an_independent_controller_may_decide_for_itself() {
        let own = Answer {
            ground: Some(KeepGround::OwnController),
            ..answer(Outcome::Refused)
        };
        assert_eq!(own.check(true), Ok(()));
    }

    #[test]
    fn the_matrix_is_the_one_agreed() {
        let at = noon();
        let states = [
            State::Planned,
            State::Queued,
            State::Sent { at },
            State::Informed { at },
            State::Bounced { at },
            State::Answered {
                at,
                outcome: Outcome::Erased,
            },
            State::Impossible,
            State::Cancelled,
        ];
        let events = [
            Event::Released,
            Event::Delivered { independent: false },
            Event::Delivered { independent: true },
            Event::Undeliverable,
            Event::Answered(Outcome::Erased),
            Event::Cancelled,
        ];
        let mut matrix = String::new();
        for state in states {
            let row: Vec<&str> = events
                .iter()
                .map(|event| state.apply(*event, at).map_or("-", |next| next.name()))
                .collect();
            matrix.push_str(&format!("{}: {}\n", state.name(), row.join(" ")));
        }
        insta::assert_snapshot!(matrix, @r"
        planned: queued - - - - cancelled
        queued: - sent informed bounced answered -
        sent: - - - - answered -
        informed: - - - - answered -
        bounced: - sent informed - answered -
        answered: - answered answered answered answered -
        impossible: - - - - - -
        cancelled: - - - - - -
        ");
    }

    #[test]
    fn a_case_waits_for_answers_that_can_still_come_or_need_work() {
        let at = noon();
        assert!(!State::Sent { at }.is_settled());
        assert!(!State::Bounced { at }.is_settled());
        assert!(
            !State::Answered {
                at,
                outcome: Outcome::NeedMoreIdentifiers
            }
            .is_settled()
        );
        assert!(
            State::Answered {
                at,
                outcome: Outcome::Refused
            }
            .is_settled()
        );
        assert!(State::Informed { at }.is_settled());
        assert!(State::Impossible.is_settled());
    }

    #[test]
    fn names_are_the_serialised_forms_and_lead_back() {
        for outcome in Outcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.name());
            assert_eq!(Outcome::from_name(outcome.name()), Some(outcome));
        }
        for ground in KeepGround::ALL {
            assert_eq!(serde_json::to_value(ground).unwrap(), ground.name());
            assert_eq!(KeepGround::from_name(ground.name()), Some(ground));
        }
    }
}
