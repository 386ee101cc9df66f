//! The transitions: which event may follow which state, and under which conditions.

use chrono::{DateTime, Utc};

use super::{Case, Confirmation, Effect, Event, Proposal, RefusalGround, State, Transition};
use crate::domain::ids::StaffId;
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
}

type Outcome = Result<Transition, TransitionError>;

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
            Event::ProposalApproved { by, cool_off_until } => self.approve(*by, *cool_off_until, at),
            Event::ProposalRejected { by } => self.reject(*by),
            Event::Stopped | Event::ExecutionStarted | Event::PlanOutdated | Event::ExecutionCompleted => {
                self.apply_execution(event, at)
            }
            Event::Closed
            | Event::Withdrawn
            | Event::Lapsed
            | Event::Forwarded
            | Event::ForwardingCompleted
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

    fn apply_preparation(&self, event: &Event) -> Outcome {
        match event {
            Event::PlanMade {
                plan,
                hash,
                by,
                confirmation,
            } => {
                self.must_assess_with_identity()?;
                if self.right != Right::Erasure {
                    return Err(TransitionError::NotForRight);
                }
                let effects = match confirmation {
                    Confirmation::Awaited => vec![Effect::AskForConfirmation],
                    Confirmation::NotNeeded => vec![],
                    // Nobody can have confirmed what was only now made.
                    Confirmation::Given => return Err(TransitionError::NotConfirmed),
                };
                let proposal = Proposal::Erasure {
                    plan: *plan,
                    hash: hash.clone(),
                    prepared_by: *by,
                    confirmation: *confirmation,
                };
                Ok(self.proposing(proposal).with(effects))
            }
            Event::ConsequencesConfirmed { hash } => self.confirm(hash),
            Event::RefusalPrepared { ground, by } => {
                // A refusal needs no identity: "we cannot tell that it is you" is one.
                if !matches!(self.state, State::Assessing | State::IdentityPending) {
                    return Err(self.not_in_state());
                }
                let proposal = Proposal::Refusal {
                    ground: *ground,
                    prepared_by: *by,
                };
                Ok(self.proposing(proposal).with([]))
            }
            _ => Err(self.not_in_state()),
        }
    }

    fn confirm(&self, shown: &str) -> Outcome {
        // Whoever confirms must be the person, at the level that the erasure needs.
        self.must_assess_with_identity()?;
        let mut proposal = self.proposal.clone();
        let Some(Proposal::Erasure {
            hash, confirmation, ..
        }) = &mut proposal
        else {
            return Err(TransitionError::NothingPrepared);
        };
        if hash != shown {
            return Err(TransitionError::PlanChanged);
        }
        if *confirmation == Confirmation::Given {
            return Err(TransitionError::AlreadyDone);
        }
        *confirmation = Confirmation::Given;
        Ok(Self {
            proposal,
            ..self.clone()
        }
        .with([]))
    }

    fn approve(&self, by: StaffId, cool_off_until: DateTime<Utc>, at: DateTime<Utc>) -> Outcome {
        match self.proposal_for(by)? {
            Proposal::Erasure { .. } => {
                self.must_assess_with_identity()?;
                self.must_be_free_to_erase()?;
                Ok(self
                    .in_state(State::Approved { cool_off_until })
                    .with([Effect::PlanNotices, Effect::ScheduleErasure(cool_off_until)]))
            }
            Proposal::Refusal { ground, .. } => Ok(self
                .in_state(State::Refused { at, ground: *ground })
                .with([Effect::TellRefused])),
        }
    }

    fn reject(&self, by: StaffId) -> Outcome {
        self.proposal_for(by)?;
        Ok(self.without_proposal(self.state).with([]))
    }

    fn proposal_for(&self, by: StaffId) -> Result<&Proposal, TransitionError> {
        if !matches!(self.state, State::Assessing | State::IdentityPending) {
            return Err(self.not_in_state());
        }
        let proposal = self.proposal.as_ref().ok_or(TransitionError::NothingPrepared)?;
        if proposal.prepared_by() == by {
            return Err(TransitionError::FourEyes);
        }
        Ok(proposal)
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
            (Event::PlanOutdated, State::Executing) => Ok(self
                .without_proposal(State::Assessing)
                .with([Effect::CancelNotices])),
            // Recipients are told of an erasure that was carried out (Art. 19), not of one that may still stop.
            (Event::ExecutionCompleted, State::Executing) => Ok(self
                .in_state(State::Answered { at })
                .with([Effect::SendNotices, Effect::TellErased, Effect::SettleIfDone])),
            _ => Err(self.not_in_state()),
        }
    }

    fn apply_ending(&self, event: &Event, at: DateTime<Utc>) -> Outcome {
        match (event, self.state) {
            (Event::Closed, State::Answered { .. })
            | (Event::ForwardingCompleted, State::Forwarded { .. }) => {
                Ok(self.in_state(State::Closed { at }).with([]))
            }
            (Event::Withdrawn, state) if state.can_be_withdrawn() => Ok(self
                .without_proposal(State::Withdrawn { at })
                .with([Effect::CancelNotices, Effect::TellWithdrawn])),
            (Event::Lapsed, State::IdentityPending | State::ClarificationPending { .. }) => Ok(self
                .without_proposal(State::Lapsed { at })
                .with([Effect::TellLapsed])),
            (Event::Forwarded, State::Assessing) => {
                // Else the case could never be closed.
                self.must_assess_with_identity()?;
                Ok(self.without_proposal(State::Forwarded { at }).with([]))
            }
            (Event::Reopened, State::Refused { .. } | State::Withdrawn { .. } | State::Lapsed { .. }) => {
                Ok(self
                    .without_proposal(State::IdentityPending)
                    .assessed_when_proved())
            }
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

    fn must_assess_with_identity(&self) -> Result<(), TransitionError> {
        match self.state {
            State::Assessing if self.identity.is_enough() => Ok(()),
            State::Assessing | State::IdentityPending => Err(TransitionError::IdentityMissing),
            _ => Err(self.not_in_state()),
        }
    }

    /// What must hold when an erasure is approved, and again when it starts.
    fn must_be_free_to_erase(&self) -> Result<(), TransitionError> {
        if !self.identity.is_enough() {
            return Err(TransitionError::IdentityMissing);
        }
        if self.on_hold {
            return Err(TransitionError::OnHold);
        }
        match &self.proposal {
            Some(Proposal::Erasure {
                confirmation: Confirmation::Awaited,
                ..
            }) => Err(TransitionError::NotConfirmed),
            Some(Proposal::Erasure { .. }) => Ok(()),
            Some(Proposal::Refusal { .. }) | None => Err(TransitionError::NothingPrepared),
        }
    }

    fn in_state(&self, state: State) -> Self {
        Self {
            state,
            ..self.clone()
        }
    }

    fn without_proposal(&self, state: State) -> Self {
        Self {
            proposal: None,
            ..self.in_state(state)
        }
    }

    fn proposing(&self, proposal: Proposal) -> Self {
        Self {
            proposal: Some(proposal),
            ..self.clone()
        }
    }

    fn with(self, effects: impl Into<Vec<Effect>>) -> Transition {
        Transition {
            case: self,
            effects: effects.into(),
        }
    }

    const fn not_in_state(&self) -> TransitionError {
        TransitionError::NotInState {
            state: self.state.name(),
        }
    }
}
