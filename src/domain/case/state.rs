//! What a case is at a moment: its state and the facts that decide what may happen next.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::RefusalGround;
use crate::domain::identity::Level;
use crate::domain::ids::{PlanId, StaffId};
use crate::domain::right::Right;

/// Where a case stands. What only makes sense in a state lives in its variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Taken in; nothing has happened yet.
    Received,
    /// Waiting until the person has proved who they are, at the level that the right needs.
    IdentityPending,
    /// Staff judge what is asked and what the law allows.
    Assessing,
    /// Waiting for the person to say more.
    ClarificationPending {
        /// When they were asked: the day from which the clock may pause.
        asked_on: NaiveDate,
    },
    /// Decided; an erasure waits out its cool-off, in which it can be stopped.
    Approved {
        /// From when it may be carried out.
        cool_off_until: DateTime<Utc>,
    },
    /// Being carried out in the systems.
    Executing,
    /// The answer is made and waits to be released.
    ReadyForRelease,
    /// The person has been answered; notices or tasks are still open.
    Answered {
        /// When.
        at: DateTime<Utc>,
    },
    /// Done.
    Closed {
        /// When.
        at: DateTime<Utc>,
    },
    /// Refused, with reasons and remedies told (Art. 12(4)).
    Refused {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        ground: RefusalGround,
    },
    /// Taken back by the person.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
    },
    /// Ended because the person never proved who they are, or never answered.
    Lapsed {
        /// When.
        at: DateTime<Utc>,
    },
    /// Passed on to the customer who is controller; we assist until it is carried out.
    Forwarded {
        /// When.
        at: DateTime<Utc>,
    },
}

impl State {
    /// The names of all states, in the order a case goes through them.
    pub const NAMES: [&str; 13] = [
        "received",
        "identity_pending",
        "assessing",
        "clarification_pending",
        "approved",
        "executing",
        "ready_for_release",
        "answered",
        "closed",
        "refused",
        "withdrawn",
        "lapsed",
        "forwarded",
    ];

    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::IdentityPending => "identity_pending",
            Self::Assessing => "assessing",
            Self::ClarificationPending { .. } => "clarification_pending",
            Self::Approved { .. } => "approved",
            Self::Executing => "executing",
            Self::ReadyForRelease => "ready_for_release",
            Self::Answered { .. } => "answered",
            Self::Closed { .. } => "closed",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Lapsed { .. } => "lapsed",
            Self::Forwarded { .. } => "forwarded",
        }
    }

    /// Whether the person still waits for an answer, so that the deadline counts.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Received
                | Self::IdentityPending
                | Self::Assessing
                | Self::ClarificationPending { .. }
                | Self::Approved { .. }
                | Self::Executing
                | Self::ReadyForRelease
                | Self::Forwarded { .. }
        )
    }

    /// Whether nothing is left to do, unless it is opened again.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(
            self,
            Self::Closed { .. } | Self::Refused { .. } | Self::Withdrawn { .. } | Self::Lapsed { .. }
        )
    }

    /// Whether nothing irreversible has begun, so that the person can still take the request back.
    #[must_use]
    pub const fn can_be_withdrawn(&self) -> bool {
        self.is_undecided() || matches!(self, Self::Approved { .. } | Self::ReadyForRelease)
    }

    /// Whether nothing has been decided, so that more can still be asked of the person.
    #[must_use]
    pub const fn is_undecided(&self) -> bool {
        matches!(
            self,
            Self::Received | Self::IdentityPending | Self::Assessing | Self::ClarificationPending { .. }
        )
    }
}

/// How sure we are of who asks, against what the right needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityStanding {
    /// The level reached.
    pub reached: Level,
    /// The level that must be reached before anything is done.
    pub required: Level,
}

impl IdentityStanding {
    /// Whether it is enough.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.reached >= self.required
    }
}

/// Whether the person has said that they understand what an erasure ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// No service runs: there is nothing to confirm.
    NotNeeded,
    /// Services still run, and the person has not confirmed yet.
    Awaited,
    /// The person has confirmed.
    Given,
}

/// What one member of staff prepared and another must approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// To erase by this plan.
    Erasure {
        /// The plan.
        plan: PlanId,
        /// The hash of its rows; the approval is of exactly these.
        hash: String,
        /// Who made it; nobody where the service did by itself.
        prepared_by: Option<StaffId>,
        /// What the person says to its consequences.
        confirmation: Confirmation,
    },
    /// To refuse.
    Refusal {
        /// Why.
        ground: RefusalGround,
        /// Who prepared it.
        prepared_by: StaffId,
    },
    /// To grant what is asked for: any right but erasure, which has its plan.
    Grant {
        /// The hash of its terms; the approval is of exactly these.
        hash: String,
        /// Whether a part is refused, so that another person must approve it.
        partial: bool,
        /// Who made it; nobody where the service did by itself, which refuses no part.
        prepared_by: Option<StaffId>,
    },
}

impl Proposal {
    /// Who may not approve it.
    #[must_use]
    pub const fn prepared_by(&self) -> Option<StaffId> {
        match self {
            Self::Erasure { prepared_by, .. } | Self::Grant { prepared_by, .. } => *prepared_by,
            Self::Refusal { prepared_by, .. } => Some(*prepared_by),
        }
    }
}

impl Case {
    /// Whether the person waits for their data: what they asked for must still be there when it is answered. Not before
    /// they proved who they are, so that nobody else holds back what is erased. The database says the same of it.
    #[must_use]
    pub const fn waits_for_data(&self) -> bool {
        matches!(self.right, Right::Access | Right::Portability)
            && matches!(
                self.state,
                State::Assessing
                    | State::ClarificationPending { .. }
                    | State::Executing
                    | State::ReadyForRelease
            )
    }
}

/// The part of a case that decides what may happen to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What is asked for.
    pub right: Right,
    /// Where it stands.
    pub state: State,
    /// Who asks, and how sure we are.
    pub identity: IdentityStanding,
    /// What waits for another person's approval, or was approved and waits for its time.
    pub proposal: Option<Proposal>,
    /// Whether a legal hold forbids erasing and purging.
    pub on_hold: bool,
    /// Whether a part has been carried out in the systems, though the whole could not be: the way on is to
    /// finish it, not to end the case.
    pub partly_done: bool,
    /// Whether the time limit has been extended (Art. 12(3)).
    pub extended: bool,
    /// When the request reached us: the start of the clock.
    pub received_at: DateTime<Utc>,
}
