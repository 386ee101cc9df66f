//! The actions of staff, as the API names them, and the permission each needs.

use serde::Deserialize;
use uuid::Uuid;

use crate::domain::staff::{Actor, Permission};
use crate::services::handling::Controller;
use crate::services::{granting, planning};

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
    Plan(planning::AskedPlan),
    /// Grant what is asked for, wholly or in part: rectification, restriction, objection, consent.
    Grant(granting::Asked),
    /// Grant access or portability: collect the data to be released.
    Collect(granting::Asked),
    /// Note that a table of free text was looked through.
    Review {
        /// As `system.table`.
        #[serde(default)]
        table: String,
    },
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
    /// Record advice, as data protection officer.
    Advise {
        /// The text.
        #[serde(default)]
        text: String,
    },
    /// Ask the person to say more.
    RequestClarification {
        /// The question.
        #[serde(default)]
        text: String,
        /// `identity`, `large_request` or `other`: only the first two stop the clock.
        #[serde(default = "other")]
        reason: String,
    },
    /// Record what the person answered by another way than their page.
    RecordClarification {
        /// What they said.
        #[serde(default)]
        text: String,
    },
    /// Ask for more proof of identity.
    RequestIdentity {
        /// Why it is doubtful.
        #[serde(default)]
        text: String,
        /// Proofs that would be enough: names as of [`Self::AcceptIdentity`]; all when empty.
        #[serde(default)]
        evidence: Vec<String>,
    },
    /// Pass the request on to the customer who is controller.
    Forward {
        /// To whom.
        #[serde(default)]
        controller: Controller,
        /// What we write to it.
        #[serde(default)]
        text: String,
        /// Whether the person may be told who it is.
        #[serde(default)]
        may_name: bool,
    },
    /// Let the older case of the same person go on with this one.
    Merge {
        /// Its reference.
        #[serde(default)]
        into: String,
    },
    /// Make a case of its own of each further right that the request names.
    Split {
        /// Those rights' names.
        #[serde(default)]
        rights: Vec<String>,
    },
    /// Report a personal data breach.
    ReportIncident {
        /// `wrong_recipient`, `wrong_erasure` or `other`.
        #[serde(default = "other")]
        what: String,
        /// What happened.
        #[serde(default)]
        text: String,
    },
    /// Put a legal hold.
    Hold {
        /// Why.
        #[serde(default)]
        reason: String,
        /// Whether the person is told; else an order forbids it.
        #[serde(default = "yes")]
        told: bool,
        /// The court or authority that ordered it.
        #[serde(default)]
        authority: String,
    },
    /// A letter on paper was posted.
    LetterSent {
        /// The letter's id.
        #[serde(default)]
        letter: Uuid,
    },
    /// A recipient was told by another way than by mail.
    RecordTold {
        /// Its id in the profile.
        #[serde(default)]
        recipient: String,
    },
    /// No route leads to a recipient.
    RecordUnreachable {
        /// Its id in the profile.
        #[serde(default)]
        recipient: String,
    },
    /// Lift the legal hold.
    LiftHold,
    /// Announce a fee, before anything is charged (Art. 12(5)).
    AnnounceFee {
        /// The ground's name: `manifestly_unfounded` or `excessive`.
        #[serde(default)]
        ground: String,
        /// Whole kronor.
        #[serde(default)]
        amount: Option<u32>,
        /// Why, as the person reads it.
        #[serde(default)]
        reason: String,
    },
    /// Send the person the list of the recipients that were told.
    SendRecipients,
    /// Announce that the restriction will be lifted (Art. 18(3)).
    LiftRestriction {
        /// `rectified`, `claim_unfounded`, `legitimate_grounds` or `ended`.
        #[serde(default)]
        reason: String,
    },
    /// Try failed work again.
    Retry,
    /// Let stand what was erased by hand in a system in shadow mode, although the plan says otherwise.
    Settle {
        /// In what it differs, and why.
        #[serde(default)]
        reason: String,
    },
    /// Call off the erasure of an account that has not ended after all, or comes back.
    UndoAccountEnd,
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
pub const ACTIONS: [&str; 37] = [
    "claim",
    "assign",
    "accept_identity",
    "request_identity",
    "request_clarification",
    "record_clarification",
    "plan",
    "grant",
    "collect",
    "review",
    "release",
    "approve",
    "reject",
    "refuse",
    "stop",
    "undo_account_end",
    "extend",
    "announce_fee",
    "forward",
    "merge",
    "split",
    "message",
    "note",
    "advise",
    "report_incident",
    "hold",
    "lift_hold",
    "lift_restriction",
    "send_recipients",
    "retry",
    "settle",
    "reopen",
    "close",
    "record_answer",
    "record_told",
    "record_unreachable",
    "letter_sent",
];

fn other() -> String {
    "other".to_owned()
}

const fn yes() -> bool {
    true
}

impl Action {
    /// Whether the actor's role lets them do it. Who handles cases may add notes and stop erasures too.
    pub(super) fn is_for(&self, actor: &Actor) -> bool {
        let needed = self.permission();
        let comes_with_handling = matches!(needed, Permission::AddNotes | Permission::StopErasures);
        actor.may(needed) || (comes_with_handling && actor.may(Permission::HandleCases))
    }

    const fn permission(&self) -> Permission {
        match self {
            Self::Approve | Self::Reject { .. } => Permission::ApproveProposals,
            Self::Stop => Permission::StopErasures,
            Self::Note { .. } => Permission::AddNotes,
            Self::Advise { .. } => Permission::Advise,
            Self::ReportIncident { .. } => Permission::ReportIncidents,
            _ => Permission::HandleCases,
        }
    }
}
