//! A notice: what one recipient is told in one case (Art. 19, Art. 28(3)(a)), and its answer.

mod answer;
mod follow_up;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use answer::{Answer, AnswerError, KeepGround, Outcome};
pub use follow_up::{FollowUp, Silence, Step};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The person's data was erased (Art. 17, 19).
    Erasure,
    /// It was rectified: the old key and the new value (Art. 16, 19).
    Rectification,
    /// It is restricted (Art. 18, 19).
    Restriction,
    /// A restriction ended.
    RestrictionLifted,
    /// Marketing to the person must stop (Art. 21(3), 7(3)).
    Objection,
    /// The person's account ended, with no request of theirs.
    AccountEnded,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Erasure,
        Self::Rectification,
        Self::Restriction,
        Self::RestrictionLifted,
        Self::Objection,
        Self::AccountEnded,
    ];

    /// The name in the API, in the database and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Erasure => "erasure",
            Self::Rectification => "rectification",
            Self::Restriction => "restriction",
            Self::RestrictionLifted => "restriction_lifted",
            Self::Objection => "objection",
            Self::AccountEnded => "account_ended",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
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
    /// Sent, and the last day for the answer has passed.
    Overdue {
        /// When it was found to have.
        at: DateTime<Utc>,
    },
    /// Still without an answer: the contract's owner and the data protection officer are told.
    Escalated {
        /// When.
        at: DateTime<Utc>,
    },
    /// No answer came. For a processor that is a breach of its agreement, to be assessed.
    Unanswered {
        /// When the waiting ended.
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
    pub const NAMES: [&str; 11] = [
        "planned",
        "queued",
        "sent",
        "overdue",
        "escalated",
        "unanswered",
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
            Self::Overdue { .. } => "overdue",
            Self::Escalated { .. } => "escalated",
            Self::Unanswered { .. } => "unanswered",
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
            Self::Informed { .. } | Self::Unanswered { .. } | Self::Impossible | Self::Cancelled => true,
            Self::Answered { outcome, .. } => !outcome.needs_follow_up(),
            Self::Planned
            | Self::Queued
            | Self::Sent { .. }
            | Self::Overdue { .. }
            | Self::Escalated { .. }
            | Self::Bounced { .. } => false,
        }
    }
}

/// Something that happens to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The erasure starts: the recipient is to be told.
    Released,
    /// The recipient's other address is tried.
    Rerouted,
    /// The mail left, or staff carried out the task.
    Delivered {
        /// Whether the recipient decides for itself and need not answer.
        independent: bool,
    },
    /// The mail came back or was refused for good.
    Undeliverable,
    /// The last day for the answer has passed.
    Overdue,
    /// The contract's owner and the data protection officer are told of the silence.
    Escalated,
    /// The waiting ends.
    GivenUp,
    /// It reaches nobody by any route that there is; staff say so, with what they tried.
    Abandoned,
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
            (Self::Planned, Event::Released) | (Self::Bounced { .. }, Event::Rerouted) => Ok(Self::Queued),
            (Self::Queued | Self::Bounced { .. }, Event::Delivered { independent: true }) => {
                Ok(Self::Informed { at })
            }
            (Self::Queued | Self::Bounced { .. }, Event::Delivered { independent: false }) => {
                Ok(Self::Sent { at })
            }
            // A mail may come back long after it left, and a reminder where the first mail did not.
            (
                Self::Queued
                | Self::Sent { .. }
                | Self::Overdue { .. }
                | Self::Escalated { .. }
                | Self::Informed { .. },
                Event::Undeliverable,
            ) => Ok(Self::Bounced { at }),
            (Self::Sent { .. }, Event::Overdue) => Ok(Self::Overdue { at }),
            (Self::Sent { .. } | Self::Overdue { .. }, Event::Escalated) => Ok(Self::Escalated { at }),
            (Self::Escalated { .. }, Event::GivenUp) => Ok(Self::Unanswered { at }),
            (Self::Queued | Self::Bounced { .. }, Event::Abandoned) => Ok(Self::Impossible),
            // An answer may overtake the record of its mail's sending: then it counts all the same.
            (
                Self::Queued
                | Self::Sent { .. }
                | Self::Overdue { .. }
                | Self::Escalated { .. }
                | Self::Unanswered { .. }
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
