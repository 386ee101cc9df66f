//! The transitions: which event may follow which state, and under which conditions.

use chrono::{DateTime, Utc};

use super::{Case, Confirmation, Effect, Event, Proposal, State, Transition};
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
                let asked = self.with(State::IdentityPending);
                Ok(asked.case.into_assessment_when_proved())
            }
            (Event::LevelRequired(level), state) if state.is_open() => {
                let mut case = self.clone();
                case.identity.required = *level;
                Ok(case.into_assessment_when_proved())
            }
            (Event::IdentityProved(level), state) if state.can_be_withdrawn() => {
                let mut case = self.clone();
                case.identity.reached = self.identity.reached.max(*level);
                Ok(case.into_assessment_when_proved())
            }
            (Event::ClarificationAsked { on }, State::Assessing) => {
                Ok(self.with(State::ClarificationPending { asked_on: *on }))
            }
            (Event::ClarificationAnswered, State::ClarificationPending { .. }) => {
                Ok(self.with(State::Assessing))
            }
            (Event::Extended, state) if state.is_open() => {
                if self.extended {
                    return Err(TransitionError::AlreadyDone);
                }
                Ok(Transition {
                    case: Self {
                        extended: true,
                        ..self.clone()
                    },
                    effects: vec![],
                })
            }
            _ => Err(self.not_in_state()),
        }
    }

    /// Moves a case that waited for identity on to assessment, once the identity is enough.
    fn into_assessment_when_proved(self) -> Transition {
        let waits = matches!(self.state, State::Received | State::IdentityPending);
        let state = if waits && self.identity.is_enough() {
            State::Assessing
        } else {
            self.state
        };
        Transition {
            case: Self { state, ..self },
            effects: vec![],
        }
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
                let proposal = Proposal::Erasure {
                    plan: *plan,
                    hash: hash.clone(),
                    prepared_by: *by,
                    confirmation: *confirmation,
                };
                let effects = match confirmation {
                    Confirmation::Awaited => vec![Effect::AskForConfirmation],
                    Confirmation::NotNeeded | Confirmation::Given => vec![],
                };
                Ok(Transition {
                    case: Self {
                        proposal: Some(proposal),
                        ..self.clone()
                    },
                    effects,
                })
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
                Ok(Transition {
                    case: Self {
                        proposal: Some(proposal),
                        ..self.clone()
                    },
                    effects: vec![],
                })
            }
            _ => Err(self.not_in_state()),
        }
    }

    fn confirm(&self, shown: &str) -> Outcome {
        if self.state != State::Assessing {
            return Err(self.not_in_state());
        }
        match &self.proposal {
            Some(Proposal::Erasure {
                plan,
                hash,
                prepared_by,
                confirmation,
            }) => {
                if hash != shown {
                    return Err(TransitionError::PlanChanged);
                }
                if *confirmation == Confirmation::Given {
                    return Err(TransitionError::AlreadyDone);
                }
                let proposal = Proposal::Erasure {
                    plan: *plan,
                    hash: hash.clone(),
                    prepared_by: *prepared_by,
                    confirmation: Confirmation::Given,
                };
                Ok(Transition {
                    case: Self {
                        proposal: Some(proposal),
                        ..self.clone()
                    },
                    effects: vec![],
                })
            }
            _ => Err(TransitionError::NothingPrepared),
        }
    }

    fn approve(&self, by: StaffId, cool_off_until: DateTime<Utc>, at: DateTime<Utc>) -> Outcome {
        let proposal = self.proposal_for(by)?;
        match proposal {
            Proposal::Erasure { confirmation, .. } => {
                self.must_assess_with_identity()?;
                if self.on_hold {
                    return Err(TransitionError::OnHold);
                }
                if *confirmation == Confirmation::Awaited {
                    return Err(TransitionError::NotConfirmed);
                }
                let mut transition = self.with(State::Approved { cool_off_until });
                transition.effects = vec![Effect::PlanNotices, Effect::ScheduleErasure(cool_off_until)];
                Ok(transition)
            }
            Proposal::Refusal { ground, .. } => {
                let mut transition = self.with(State::Refused { at, ground: *ground });
                transition.effects = vec![Effect::TellRefused];
                Ok(transition)
            }
        }
    }

    fn reject(&self, by: StaffId) -> Outcome {
        self.proposal_for(by)?;
        Ok(Transition {
            case: Self {
                proposal: None,
                ..self.clone()
            },
            effects: vec![],
        })
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
            (Event::Stopped, State::Approved { .. }) => {
                let case = Self {
                    state: State::Assessing,
                    proposal: None,
                    ..self.clone()
                };
                Ok(Transition {
                    case,
                    effects: vec![Effect::CancelNotices, Effect::TellWithdrawn],
                })
            }
            (Event::ExecutionStarted, State::Approved { cool_off_until }) => {
                if self.on_hold {
                    return Err(TransitionError::OnHold);
                }
                if at < cool_off_until {
                    return Err(TransitionError::CoolingOff);
                }
                let mut transition = self.with(State::Executing);
                transition.effects = vec![Effect::SendNotices];
                Ok(transition)
            }
            (Event::PlanOutdated, State::Executing) => {
                let case = Self {
                    state: State::Assessing,
                    proposal: None,
                    ..self.clone()
                };
                Ok(Transition {
                    case,
                    effects: vec![],
                })
            }
            (Event::ExecutionCompleted, State::Executing) => {
                let mut transition = self.with(State::Answered { at });
                transition.effects = vec![Effect::TellErased, Effect::SettleIfDone];
                Ok(transition)
            }
            _ => Err(self.not_in_state()),
        }
    }

    fn apply_ending(&self, event: &Event, at: DateTime<Utc>) -> Outcome {
        match (event, self.state) {
            (Event::Closed, State::Answered { .. })
            | (Event::ForwardingCompleted, State::Forwarded { .. }) => Ok(self.with(State::Closed { at })),
            (Event::Withdrawn, state) if state.can_be_withdrawn() => {
                let case = Self {
                    state: State::Withdrawn { at },
                    proposal: None,
                    ..self.clone()
                };
                Ok(Transition {
                    case,
                    effects: vec![Effect::CancelNotices, Effect::TellWithdrawn],
                })
            }
            (Event::Lapsed, State::IdentityPending | State::ClarificationPending { .. }) => {
                let case = Self {
                    state: State::Lapsed { at },
                    proposal: None,
                    ..self.clone()
                };
                Ok(Transition {
                    case,
                    effects: vec![Effect::TellLapsed],
                })
            }
            (Event::Forwarded, State::Assessing) => {
                let case = Self {
                    state: State::Forwarded { at },
                    proposal: None,
                    ..self.clone()
                };
                Ok(Transition {
                    case,
                    effects: vec![],
                })
            }
            (Event::Reopened, State::Refused { .. } | State::Withdrawn { .. } | State::Lapsed { .. }) => {
                let case = Self {
                    state: State::IdentityPending,
                    proposal: None,
                    ..self.clone()
                };
                Ok(case.into_assessment_when_proved())
            }
            _ => Err(self.not_in_state()),
        }
    }

    fn apply_hold(&self, event: &Event) -> Outcome {
        let wanted = matches!(event, Event::HeldLegally);
        if self.on_hold == wanted {
            return Err(TransitionError::AlreadyDone);
        }
        // What is being erased cannot be held any more; what is erased need not be.
        if wanted && !self.state.is_open() || matches!(self.state, State::Executing) {
            return Err(self.not_in_state());
        }
        Ok(Transition {
            case: Self {
                on_hold: wanted,
                ..self.clone()
            },
            effects: vec![],
        })
    }

    fn must_assess_with_identity(&self) -> Result<(), TransitionError> {
        if self.state != State::Assessing {
            return Err(if self.state == State::IdentityPending {
                TransitionError::IdentityMissing
            } else {
                self.not_in_state()
            });
        }
        if self.identity.is_enough() {
            Ok(())
        } else {
            Err(TransitionError::IdentityMissing)
        }
    }

    fn with(&self, state: State) -> Transition {
        Transition {
            case: Self {
                state,
                ..self.clone()
            },
            effects: vec![],
        }
    }

    const fn not_in_state(&self) -> TransitionError {
        TransitionError::NotInState {
            state: self.state.name(),
        }
    }
}
