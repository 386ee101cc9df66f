//! The actions of staff, as the API names them, and the permission each needs.

use serde::Deserialize;
use uuid::Uuid;

use crate::domain::matching::RowKey;
use crate::domain::staff::Permission;
use crate::services::granting;

/// An action of staff, as the API names it.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Take the case.
    Claim,
    /// Give the case to somebody, or to nobody.
    Assign {
        /// To whom.
        assignee: Option<Uuid>,
    },
    /// Accept a proof of identity.
    AcceptIdentity {
        /// `call_back`, `letter`, `two_facts` or `in_person`.
        method: String,
    },
    /// Make the erasure plan.
    Plan {
        /// The account meant, when several fit.
        #[serde(default)]
        account: Option<RowKey>,
    },
    /// Grant what is asked for, wholly or in part: rectification, restriction, objection, consent.
    Grant(granting::Asked),
    /// Grant access or portability: collect the data to be released.
    Collect(granting::Asked),
    /// Release what was collected to the person.
    Release,
    /// Prepare a refusal.
    Refuse {
        /// The ground's name.
        ground: String,
        /// The reasons, for the person to read.
        #[serde(default)]
        reason: String,
    },
    /// Approve what another person prepared.
    Approve,
    /// Send back what another person prepared.
    Reject {
        /// Why, for who prepared it.
        #[serde(default)]
        reason: String,
    },
    /// Stop an approved erasure before it starts.
    Stop,
    /// Take two further months (Art. 12(3)).
    Extend {
        /// The concrete reason, told to the person.
        #[serde(default)]
        reason: String,
    },
    /// Write to the person.
    Message {
        /// The text.
        #[serde(default)]
        text: String,
    },
    /// Note something for colleagues.
    Note {
        /// The text.
        #[serde(default)]
        text: String,
    },
    /// Put a legal hold.
    Hold,
    /// Lift the legal hold.
    LiftHold,
    /// Try failed work again.
    Retry,
    /// Take an ended case up again.
    Reopen,
    /// Close an answered case although notices are open.
    Close {
        /// Why.
        #[serde(default)]
        reason: String,
    },
}

/// The actions' names, in the order they are offered.
pub const ACTIONS: [&str; 20] = [
    "claim",
    "assign",
    "accept_identity",
    "plan",
    "grant",
    "collect",
    "release",
    "approve",
    "reject",
    "refuse",
    "stop",
    "extend",
    "message",
    "note",
    "hold",
    "lift_hold",
    "retry",
    "reopen",
    "close",
    "record_answer",
];

impl Action {
    pub(super) const fn permission(&self) -> Permission {
        match self {
            Self::Approve | Self::Reject { .. } => Permission::ApproveProposals,
            Self::Stop => Permission::StopErasures,
            Self::Note { .. } => Permission::AddNotes,
            _ => Permission::HandleCases,
        }
    }
}
