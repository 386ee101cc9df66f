//! The transitions: which event may follow which state, and under which conditions.

use chrono::{DateTime, Utc};

use super::{Case, Effect, Event, Proposal, RefusalGround, State, Transition, path};
use crate::domain::right::Right;

/// Why an event may not happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// The state does not allow it.
    #[error("not possible in state {state}")]
    NotInState {
        /// The state's name.
        state: &'static str,
    },
    /// The right of the case has no such step.
    #[error("not a step of this right")]
    NotForRight,
    /// The identity is not proved at the level that the right needs.
    #[error("identity not proved at the required level")]
    IdentityMissing,
    /// Nothing has been prepared that could be approved.
    #[error("nothing is prepared")]
    NothingPrepared,
    /// Who prepared it may not decide it.
    #[error("another person must decide")]
    FourEyes,
    /// The person has not confirmed the consequences.
    #[error("the person has not confirmed the consequences")]
    NotConfirmed,
    /// The plan is not the one that was shown.
    #[error("the plan has changed")]
    PlanChanged,
    /// The cool-off still runs.
    #[error("the cool-off is not over")]
    CoolingOff,
    /// A legal hold forbids it.
    #[error("a legal hold is in force")]
    OnHold,
    /// It has been done already.
    #[error("already done")]
    AlreadyDone,
    /// A part has been carried out in the systems: the case must be brought to its end.
    #[error("a part has been carried out already")]
    PartlyDone,
}

pub(super) type Outcome = Result<Transition, TransitionError>;

impl Case {
    /// What the case becomes when `event` happens at `at`, and what must be committed with it.
    ///
    /// # Errors
    /// Why it may not happen.
    pub fn apply(&self, event: &Event, at: DateTime<Utc>) -> Outcome {
        match event {
            Event::IdentityAsked
            | Event::LevelRequired(_)
            | Event::IdentityProved(_)
            | Event::ClarificationAsked { .. }
            | Event::ClarificationAnswered
            | Event::Extended => self.apply_intake(event),
            Event::PlanMade { .. } | Event::ConsequencesConfirmed { .. } | Event::RefusalPrepared { .. } => {
                self.apply_preparation(event)
            }
            Event::Granted { hash, by } => self.grant(hash, *by, at),
            Event::GrantPrepared { hash, by } => self.prepare_grant(hash, *by),
            Event::ProposalApproved { by, cool_off_until } => self.approve(*by, *cool_off_until, at),
            Event::ProposalRejected { by } => self.reject(*by),
            Event::Stopped
            | Event::ExecutionStarted
            | Event::PlanOutdated { .. }
            | Event::ExecutionCompleted
            | Event::Released => self.apply_execution(event, at),
            Event::Closed
            | Event::Withdrawn
            | Event::Lapsed
            | Event::Forwarded
            | Event::ForwardingCompleted
            | Event::Merged
            | Event::Reopened => self.apply_ending(event, at),
            Event::HeldLegally | Event::HoldLifted => self.apply_hold(event),
        }
    }

    fn apply_intake(&self, event: &Event) -> Outcome {
        match (event, self.state) {
            (Event::IdentityAsked, State::Received) => {
                Ok(self.in_state(State::IdentityPending).assessed_when_proved())
            }
            // From the approval on, the level is what was approved; to raise it, stop the erasure first.
            (Event::LevelRequired(level), state) if state.is_undecided() => {
                let mut case = self.clone();
                case.identity.required = *level;
                Ok(case.assessed_when_proved())
            }
            (Event::IdentityProved(level), state) if state.can_be_withdrawn() => {
                let mut case = self.clone();
                case.identity.reached = self.identity.reached.max(*level);
                Ok(case.assessed_when_proved())
            }
            (Event::ClarificationAsked { on }, State::Assessing) => Ok(self
                .in_state(State::ClarificationPending { asked_on: *on })
                .with([])),
            (Event::ClarificationAnswered, State::ClarificationPending { .. }) => {
                Ok(self.in_state(State::Assessing).with([]))
            }
            (Event::Extended, state) if state.is_open() => {
                if self.extended {
                    return Err(TransitionError::AlreadyDone);
                }
                let extended = true;
                Ok(Self {
                    extended,
                    ..self.clone()
                }
                .with([]))
            }
            _ => Err(self.not_in_state()),
        }
    }

    /// Once the identity is enough, moves a case that waited for it on to assessment, and drops a
    /// refusal that was prepared for want of it.
    fn assessed_when_proved(mut self) -> Transition {
        if self.identity.is_enough() {
            if matches!(self.state, State::Received | State::IdentityPending) {
                self.state = State::Assessing;
            }
            let ground = RefusalGround::NotIdentified;
            self.proposal
                .take_if(|proposal| matches!(proposal, Proposal::Refusal { ground: g, .. } if *g == ground));
        }
        self.with([])
    }

    fn apply_execution(&self, event: &Event, at: DateTime<Utc>) -> Outcome {
        match (event, self.state) {
            (Event::Stopped, State::Approved { .. }) => Ok(self
                .without_proposal(State::Assessing)
                .with([Effect::CancelNotices, Effect::TellWithdrawn])),
            (Event::ExecutionStarted, State::Approved { cool_off_until }) => {
                self.must_be_free_to_erase()?;
                if at < cool_off_until {
                    return Err(TransitionError::CoolingOff);
                }
                Ok(self.in_state(State::Executing).with([]))
            }
            // Nothing has left the house, and the systems were only read.
            (Event::Stopped, State::ReadyForRelease) => Ok(self.without_proposal(State::Assessing).with([])),
            (Event::PlanOutdated { begun }, State::Executing) => {
                let mut case = self.without_proposal(State::Assessing);
                case.partly_done |= begun;
                Ok(case.with([Effect::CancelNotices]))
            }
            (Event::ExecutionCompleted, State::Executing) => Ok(self.completed(at)),
            (Event::Released, State::ReadyForRelease) => {
                if !self.identity.is_enough() {
                    return Err(TransitionError::IdentityMissing);
                }
                Ok(self
                    .in_state(State::Answered { at })
                    .with([Effect::TellGranted, Effect::SettleIfDone]))
            }
            _ => Err(self.not_in_state()),
        }
    }

    /// Recipients are told of what was carried out (Art. 19), not of what may still stop.
    fn completed(&self, at: DateTime<Utc>) -> Transition {
        if path::passes_through(self.right, &State::ReadyForRelease) {
            return self.in_state(State::ReadyForRelease).with([]);
        }
        let tell = match self.right {
            Right::Erasure => Effect::TellErased,
            _ => Effect::TellGranted,
        };
        let mut case = self.in_state(State::Answered { at });
        case.partly_done = false;
        case.with([Effect::SendNotices, tell, Effect::SettleIfDone])
    }

    fn apply_ending(&self, event: &Event, at: DateTime<Utc>) -> Outcome {
        match (event, self.state) {
            (Event::Closed, State::Answered { .. })
            | (Event::ForwardingCompleted, State::Forwarded { .. }) => {
                Ok(self.in_state(State::Closed { at }).with([]))
            }
            (Event::Withdrawn, state) if state.can_be_withdrawn() => {
                self.must_not_have_begun()?;
                Ok(self
                    .without_proposal(State::Withdrawn { at })
                    .with([Effect::CancelNotices, Effect::TellWithdrawn]))
            }
            (Event::Lapsed, State::IdentityPending | State::ClarificationPending { .. }) => {
                self.must_not_have_begun()?;
                Ok(self
                    .without_proposal(State::Lapsed { at })
                    .with([Effect::TellLapsed]))
            }
            // We pass it on and answer nothing: who they are is for the controller to judge (Art. 28(3)(e)).
            (Event::Forwarded, State::IdentityPending | State::Assessing) => {
                self.must_not_have_begun()?;
                Ok(self.without_proposal(State::Forwarded { at }).with([]))
            }
            // Only who proved that the case is theirs may have it joined to another.
            (Event::Merged, State::Assessing) => {
                self.must_assess_with_identity()?;
                self.must_not_have_begun()?;
                Ok(self
                    .without_proposal(State::Closed { at })
                    .with([Effect::TellMerged]))
            }
            (
                Event::Reopened,
                State::Refused { .. } | State::Withdrawn { .. } | State::Lapsed { .. } | State::Closed { .. },
            ) => Ok(Self {
                // A clock of its own begins, which can be extended once.
                extended: false,
                ..self.without_proposal(State::IdentityPending)
            }
            .assessed_when_proved()),
            _ => Err(self.not_in_state()),
        }
    }

    fn apply_hold(&self, event: &Event) -> Outcome {
        let on_hold = matches!(event, Event::HeldLegally);
        if self.on_hold == on_hold {
            return Err(TransitionError::AlreadyDone);
        }
        // What is being erased cannot be held any more. Afterwards, a hold keeps what was retained from its purge.
        if matches!(self.state, State::Executing) {
            return Err(self.not_in_state());
        }
        let case = Self {
            on_hold,
            ..self.clone()
        };
        // Its time may have come and gone during the hold.
        let effects = match self.state {
            State::Approved { cool_off_until } if !on_hold => vec![Effect::ScheduleErasure(cool_off_until)],
            _ => vec![],
        };
        Ok(case.with(effects))
    }

    pub(super) fn must_assess_with_identity(&self) -> Result<(), TransitionError> {
        match self.state {
            State::Assessing if self.identity.is_enough() => Ok(()),
            State::Assessing | State::IdentityPending => Err(TransitionError::IdentityMissing),
            _ => Err(self.not_in_state()),
        }
    }

    /// What has been begun in the systems must be finished: its recipients are still to be told.
    ///
    /// # Errors
    /// When a part has been carried out.
    pub const fn must_not_have_begun(&self) -> Result<(), TransitionError> {
        if self.partly_done {
            return Err(TransitionError::PartlyDone);
        }
        Ok(())
    }

    pub(super) fn in_state(&self, state: State) -> Self {
        Self {
            state,
            ..self.clone()
        }
    }

    pub(super) fn without_proposal(&self, state: State) -> Self {
        Self {
            proposal: None,
            ..self.in_state(state)
        }
    }

    pub(super) fn with(self, effects: impl Into<Vec<Effect>>) -> Transition {
        Transition {
            case: self,
            effects: effects.into(),
        }
    }

    pub(super) const fn not_in_state(&self) -> TransitionError {
        TransitionError::NotInState {
            state: self.state.name(),
        }
    }
}
