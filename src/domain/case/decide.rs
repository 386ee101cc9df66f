//! Decisions: what is prepared, by whom, and who may approve it.

use chrono::{DateTime, Utc};

use super::apply::Outcome;
use super::{Case, Confirmation, Effect, Event, Proposal, State, Transition, TransitionError, path};
use crate::domain::ids::StaffId;
use crate::domain::right::Right;

impl Case {
    pub(super) fn apply_preparation(&self, event: &Event) -> Outcome {
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
                self.must_not_have_begun()?;
                let proposal = Proposal::Refusal {
                    ground: *ground,
                    prepared_by: *by,
                };
                Ok(self.proposing(proposal).with([]))
            }
            _ => Err(self.not_in_state()),
        }
    }

    /// What is granted in full needs no second person: nobody is refused anything, and nothing is destroyed.
    pub(super) fn grant(&self, hash: &str, by: Option<StaffId>, at: DateTime<Utc>) -> Outcome {
        let granted = self.granting(hash, by, false)?;
        Ok(granted.carried_out(at))
    }

    pub(super) fn prepare_grant(&self, hash: &str, by: StaffId) -> Outcome {
        Ok(self.granting(hash, Some(by), true)?.with([]))
    }

    fn granting(
        &self,
        hash: &str,
        prepared_by: Option<StaffId>,
        partial: bool,
    ) -> Result<Self, TransitionError> {
        self.must_assess_with_identity()?;
        if self.right == Right::Erasure {
            return Err(TransitionError::NotForRight);
        }
        Ok(self.proposing(Proposal::Grant {
            hash: hash.to_owned(),
            partial,
            prepared_by,
        }))
    }

    /// What is left to do is done in the background; where nothing is, the person is answered at once.
    fn carried_out(&self, at: DateTime<Utc>) -> Transition {
        if !path::passes_through(self.right, &State::Executing) {
            return self
                .in_state(State::Answered { at })
                .with([Effect::TellGranted, Effect::SettleIfDone]);
        }
        self.in_state(State::Executing)
            .with([Effect::PlanNotices, Effect::CarryOut])
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

    pub(super) fn approve(&self, by: StaffId, cool_off_until: DateTime<Utc>, at: DateTime<Utc>) -> Outcome {
        match self.proposal_for(by)? {
            Proposal::Erasure { .. } => {
                self.must_assess_with_identity()?;
                self.must_be_free_to_erase()?;
                Ok(self
                    .in_state(State::Approved { cool_off_until })
                    .with([Effect::PlanNotices, Effect::ScheduleErasure(cool_off_until)]))
            }
            Proposal::Refusal { ground, .. } => {
                self.must_not_have_begun()?;
                Ok(self
                    .in_state(State::Refused { at, ground: *ground })
                    .with([Effect::TellRefused]))
            }
            Proposal::Grant { .. } => {
                self.must_assess_with_identity()?;
                Ok(self.carried_out(at))
            }
        }
    }

    pub(super) fn reject(&self, by: StaffId) -> Outcome {
        self.proposal_for(by)?;
        Ok(self.without_proposal(self.state).with([]))
    }

    fn proposal_for(&self, by: StaffId) -> Result<&Proposal, TransitionError> {
        if !matches!(self.state, State::Assessing | State::IdentityPending) {
            return Err(self.not_in_state());
        }
        let proposal = self.proposal.as_ref().ok_or(TransitionError::NothingPrepared)?;
        if proposal.prepared_by() == Some(by) {
            return Err(TransitionError::FourEyes);
        }
        Ok(proposal)
    }

    /// What must hold when an erasure is approved, and again when it starts.
    pub(super) fn must_be_free_to_erase(&self) -> Result<(), TransitionError> {
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
            Some(Proposal::Refusal { .. } | Proposal::Grant { .. }) | None => {
                Err(TransitionError::NothingPrepared)
            }
        }
    }

    fn proposing(&self, proposal: Proposal) -> Self {
        Self {
            proposal: Some(proposal),
            ..self.clone()
        }
    }
}
