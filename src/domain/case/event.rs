//! What can happen to a case, and what must happen with it.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Case, Confirmation, RefusalGround};
use crate::domain::identity::Level;
use crate::domain::ids::{PlanId, StaffId};

/// Something that happens to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The codes have been made and their mails queued.
    IdentityAsked,
    /// The level that the right needs became known, or a stronger one turned out to be needed. An approved
    /// erasure must be stopped first.
    LevelRequired(Level),
    /// A proof was given or accepted; the level now reached.
    IdentityProved(Level),
    /// Staff ask the person to say more.
    ClarificationAsked {
        /// The local date.
        on: NaiveDate,
    },
    /// The person, or staff who heard from them, answered.
    ClarificationAnswered,
    /// Two further months are taken, with reasons (Art. 12(3)).
    Extended,
    /// A plan was made for what to erase.
    PlanMade {
        /// Its id.
        plan: PlanId,
        /// Its hash.
        hash: String,
        /// Who made it; nobody where the service made it by itself, as when an account ended.
        by: Option<StaffId>,
        /// Whether the person must confirm its consequences; never given already.
        confirmation: Confirmation,
    },
    /// The person confirmed the consequences of the plan with this hash.
    ConsequencesConfirmed {
        /// The hash of the plan they were shown.
        hash: String,
    },
    /// All that is asked for is granted. Never for an erasure, which another person approves by its plan.
    Granted {
        /// The hash of its terms.
        hash: String,
        /// By whom; nobody where the law leaves nothing to judge, as when marketing is objected to.
        by: Option<StaffId>,
    },
    /// A part is granted and a part refused; another person must approve that.
    GrantPrepared {
        /// The hash of its terms.
        hash: String,
        /// By whom.
        by: StaffId,
    },
    /// A refusal was prepared.
    RefusalPrepared {
        /// Why.
        ground: RefusalGround,
        /// By whom.
        by: StaffId,
    },
    /// Another person approved what was prepared.
    ProposalApproved {
        /// Who.
        by: StaffId,
        /// Until when an erasure can be stopped.
        cool_off_until: DateTime<Utc>,
    },
    /// Another person sent it back.
    ProposalRejected {
        /// Who.
        by: StaffId,
    },
    /// An approved erasure is stopped before it starts, or an answer before it is released; the case goes back to be
    /// judged anew.
    Stopped,
    /// The cool-off is over and the erasure starts.
    ExecutionStarted,
    /// What the systems hold is no longer what was decided on: a new decision is needed.
    PlanOutdated {
        /// Whether a part has been carried out already.
        begun: bool,
    },
    /// All steps are done and verified.
    ExecutionCompleted,
    /// The answer was looked through and is released to the person.
    Released,
    /// Notices and tasks are settled, or staff close the case.
    Closed,
    /// The person takes the request back.
    Withdrawn,
    /// The person never proved who they are, or never answered.
    Lapsed,
    /// We are processor: the request goes to the customer who is controller.
    Forwarded,
    /// The controller's instruction is carried out.
    ForwardingCompleted,
    /// The case asks for what an older one of the same person asks for already, which goes on with both.
    Merged,
    /// An ended case is taken up again.
    Reopened,
    /// A legal hold forbids erasing and, after the answer, the purge of what was retained.
    HeldLegally,
    /// The legal hold is lifted; an approved erasure goes on.
    HoldLifted,
}

/// What must be committed together with a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask the person to confirm what the plan ends.
    AskForConfirmation,
    /// Carry the erasure out, not before this time. It may come again for the same time, after a hold.
    ScheduleErasure(DateTime<Utc>),
    /// Carry out what was granted.
    CarryOut,
    /// Take what the notices will need, before anything is changed, in the place of what an earlier plan took.
    PlanNotices,
    /// Send the planned notices.
    SendNotices,
    /// Drop the planned notices: nothing will be changed.
    CancelNotices,
    /// Tell the person what was done (Art. 12(3)).
    TellErased,
    /// Tell the person what was granted and done, and what was not and why (Art. 12(3), 12(4)).
    TellGranted,
    /// Tell the person why not, and what they can do about it (Art. 12(4)).
    TellRefused,
    /// Confirm that the request is taken back or the erasure stopped.
    TellWithdrawn,
    /// Tell the person that the case ended without identity (Art. 12(4)).
    TellLapsed,
    /// Tell the person that an older case of theirs goes on with this one.
    TellMerged,
    /// Close the case if no notice or task is open any more.
    SettleIfDone,
}

/// What a case becomes, and what must be committed with that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The case afterwards.
    pub case: Case,
    /// What follows, in order.
    pub effects: Vec<Effect>,
}
