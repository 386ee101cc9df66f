//! What staff do with a case: one entry, so that permission, version and locking are in one place.

mod actions;
mod asking;
mod course;
mod fee;
mod forwarding;
mod joining;
mod paper;
mod person;
mod recipients;
mod words;

use serde_json::json;

pub use actions::{ACTIONS, Action};
pub use asking::{Question, QuestionFile, follow, open_questions};
pub use course::{HoldFile, is_told_of_hold, may_reopen, open_hold};
pub use forwarding::{Controller, FORWARDING, ForwardingFile, is_code, open_forwarding};
pub use joining::{ask_for_copy, may_ask_for_copy};
pub use paper::open_letter;
pub use person::{
    STATEMENT, TRANSFER, ask_for_transfer, may_ask_for_transfer, may_state, state_view, withdraw,
    write_to_staff,
};
pub use words::{MESSAGE, free_text, keep_message};

use crate::domain::case::{Event, Proposal, RefusalGround, State, TransitionError};
use crate::domain::contact::FreeText;
use crate::domain::ids::{Reference, StaffId};
use crate::domain::right::Right;
use crate::domain::staff::{Actor, Permission};
use crate::services::letters::Letter;
use crate::services::transition::{self, Change};
use crate::services::{
    Context, Error, Result, account_end, granting, intake, jobs, packages, planning, proving, restricting,
    telling,
};
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, messages, proposals, staff};

/// Does what a member of staff asks, if they may, the case is the one they saw, and its state allows it.
///
/// # Errors
/// See [`Error`]; the case is then as it was.
pub fn act(
    ctx: &Context,
    actor: &Actor,
    reference: &Reference,
    version: i64,
    action: &Action,
) -> Result<StoredCase> {
    let by = actor.staff().ok_or(Error::Forbidden("role"))?;
    if !action.is_for(actor) {
        return Err(Error::Forbidden(forbidden_code(ctx, by, reference, action)?));
    }
    let found = cases::find(&mut *ctx.store.get()?, reference)?;
    if found.thinned_at.is_some() {
        return Err(Error::Gone("case_thinned"));
    }
    let id = found.id;
    if let Action::Plan(asked) = action {
        return planning::make(ctx, actor, id, version, asked);
    }
    if let Action::Grant(asked) | Action::Collect(asked) = action {
        return granting::grant(ctx, actor, id, version, asked);
    }
    if let Action::Split { rights } = action {
        return joining::split(ctx, actor, id, version, rights);
    }
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.version != version {
            return Err(Error::Stale);
        }
        let work = Work {
            ctx,
            actor,
            by,
            case: &case,
        };
        work.act(conn, action)?;
        Ok(cases::find_by_id(conn, id)?)
    })
}

/// Why the actor may not: approving one's own proposal is told apart from lacking the role.
fn forbidden_code(
    ctx: &Context,
    by: StaffId,
    reference: &Reference,
    action: &Action,
) -> Result<&'static str> {
    let case = cases::find(&mut *ctx.store.get()?, reference)?;
    let own = case
        .case
        .proposal
        .as_ref()
        .is_some_and(|proposal| proposal.prepared_by() == Some(by));
    Ok(
        if own && matches!(action, Action::Approve | Action::Reject { .. }) {
            "four_eyes"
        } else {
            "role"
        },
    )
}

struct Work<'a> {
    ctx: &'a Context,
    actor: &'a Actor,
    by: StaffId,
    case: &'a StoredCase,
}

impl Work<'_> {
    fn act(&self, conn: &mut Conn, action: &Action) -> Result<()> {
        match action {
            Action::Claim => self.assign(conn, Some(self.by), "case_claimed"),
            Action::Assign { assignee } => self.assign(conn, assignee.map(StaffId), "case_assigned"),
            Action::AcceptIdentity { method } => {
                let after = proving::accept(self.ctx, conn, self.case, method, self.actor)?;
                self.touch(conn, &after)
            }
            Action::Plan(_) | Action::Grant(_) | Action::Collect(_) | Action::Split { .. } => Err(
                Error::internal("what asks systems or makes keys begins outside a transaction"),
            ),
            Action::Review { table } => {
                packages::mark_reviewed(self.ctx, conn, self.case, (self.actor, self.by), table)
            }
            Action::Release => self.change(conn, Event::Released, "answer_released", json!({})),
            Action::Refuse { ground, reason } => self.refuse(conn, ground, reason),
            Action::Approve => self.decide(conn, true, ""),
            Action::Reject { reason } => self.decide(conn, false, reason),
            Action::Stop => self.change(conn, Event::Stopped, "erasure_stopped", json!({})),
            Action::Extend { reason } => self.extend(conn, reason),
            Action::Message { text } => self.message(conn, text),
            Action::Note { text } => self.write(conn, "note", text, "note_added"),
            Action::Advise { text } => self.write(conn, "advice", text, "advice_given"),
            Action::RequestClarification { text, reason } => self.request_clarification(conn, text, reason),
            Action::RecordClarification { text } => self.record_clarification(conn, text),
            Action::RequestIdentity { text, evidence } => self.request_identity(conn, text, evidence),
            Action::Forward {
                controller,
                text,
                may_name,
            } => self.forward(conn, controller, text, *may_name),
            Action::Merge { into } => self.merge(conn, into),
            Action::ReportIncident { what, text } => self.report_incident(conn, what, text),
            Action::Hold {
                reason,
                told,
                authority,
            } => self.hold(conn, reason, *told, authority),
            Action::LiftHold => self.lift_hold(conn),
            Action::AnnounceFee {
                ground,
                amount,
                reason,
            } => self.announce_fee(conn, ground, *amount, reason),
            Action::SendRecipients => self.send_recipients(conn),
            Action::LetterSent { letter } => self.letter_sent(conn, *letter),
            Action::LiftRestriction { reason } => {
                restricting::announce(self.ctx, conn, self.case, self.actor, reason)?;
                self.touch(conn, self.case)
            }
            Action::RecordTold { recipient } => self.record_told(conn, recipient),
            Action::RecordUnreachable { recipient } => self.record_unreachable(conn, recipient),
            Action::Retry => self.retry(conn),
            Action::Settle { reason } => self.settle(conn, reason),
            Action::Reopen => self.reopen(conn),
            Action::UndoAccountEnd => self.undo_account_end(conn),
            Action::Close { reason } => self.close(conn, reason),
        }
    }

    fn change(
        &self,
        conn: &mut Conn,
        event: Event,
        action: &'static str,
        detail: serde_json::Value,
    ) -> Result<()> {
        let change = Change {
            event,
            actor: self.actor,
            action,
            detail,
            visible: true,
        };
        transition::apply(self.ctx, conn, self.case, change)?;
        Ok(())
    }

    /// Gives the case a new version: what others see of it is old.
    fn touch(&self, conn: &mut Conn, after: &StoredCase) -> Result<()> {
        Ok(cases::assign(conn, after.id, after.version, after.assignee)?)
    }

    fn assign(&self, conn: &mut Conn, to: Option<StaffId>, action: &'static str) -> Result<()> {
        if let Some(to) = to {
            let member = staff::find(conn, to).map(|found| found.member);
            if !member.is_ok_and(|member| member.active && member.role.may(Permission::HandleCases)) {
                return Err(Error::field("assignee", "unknown"));
            }
        }
        cases::assign(conn, self.case.id, self.case.version, to)?;
        let detail = json!({ "assignee": to.map(|staff| staff.to_string()) });
        Ok(self
            .ctx
            .record(conn, self.case.id.0, self.actor, action, detail)?)
    }

    fn refuse(&self, conn: &mut Conn, ground: &str, reason: &str) -> Result<()> {
        let ground = RefusalGround::from_name(ground).ok_or_else(|| Error::field("ground", "unknown"))?;
        let reason = free_text("reason", reason)?;
        let (key, file) = intake::open_file(self.ctx, self.case)?;
        granting::must_allow_refusal(self.case.case.right, &file, ground)?;
        let proposal = Proposal::Refusal {
            ground,
            prepared_by: self.by,
        };
        let event = Event::RefusalPrepared { ground, by: self.by };
        // The machine is asked first, so that a refused event leaves no proposal behind.
        self.case.case.apply(&event, self.ctx.now())?;
        let sealed = key.seal(telling::REASON, self.ctx.nonce(), &reason.as_str());
        proposals::replace(
            conn,
            self.ctx.new_id(),
            self.case.id,
            &proposal,
            Some(sealed),
            self.ctx.now(),
        )?;
        self.change(
            conn,
            event,
            "refusal_prepared",
            json!({ "ground": ground.name() }),
        )
    }

    fn decide(&self, conn: &mut Conn, approve: bool, reason: &str) -> Result<()> {
        let now = self.ctx.now();
        let event = if approve {
            let cool_off = self.cool_off()?;
            Event::ProposalApproved {
                by: self.by,
                cool_off_until: now + cool_off,
            }
        } else {
            Event::ProposalRejected { by: self.by }
        };
        self.case.case.apply(&event, now)?;
        if !reason.trim().is_empty() {
            self.keep_message(conn, "note", &free_text("reason", reason)?)?;
        }
        proposals::decide(conn, self.case.id, approve, self.by, now)?;
        let case = cases::lock(conn, self.case.id)?;
        let (hash, ground) = match &self.case.case.proposal {
            Some(Proposal::Erasure { hash, .. } | Proposal::Grant { hash, .. }) => (Some(hash.clone()), None),
            Some(Proposal::Refusal { ground, .. }) => (None, Some(ground.name())),
            None => (None, None),
        };
        let action = if approve {
            "proposal_approved"
        } else {
            "proposal_rejected"
        };
        let work = Work {
            case: &StoredCase {
                case: self.case.case.clone(),
                ..case
            },
            ..*self
        };
        work.change(conn, event, action, json!({ "hash": hash, "ground": ground }))?;
        if approve && account_end::is_end(self.case) {
            let case = cases::find_by_id(conn, self.case.id)?;
            account_end::tell_approved(self.ctx, conn, &case)?;
        }
        Ok(())
    }

    fn undo_account_end(&self, conn: &mut Conn) -> Result<()> {
        if !account_end::is_end(self.case) {
            return Err(TransitionError::NotForRight.into());
        }
        account_end::call_off(self.ctx, conn, self.case, self.actor)?;
        Ok(())
    }

    /// How long what is approved can be stopped: an account's end as long as its quarantine.
    fn cool_off(&self) -> Result<chrono::TimeDelta> {
        if account_end::is_end(self.case) {
            return Ok(account_end::quarantine(self.ctx));
        }
        chrono::TimeDelta::from_std(self.ctx.policy.cool_off).map_err(Error::internal)
    }

    fn message(&self, conn: &mut Conn, text: &str) -> Result<()> {
        let text = free_text("text", text)?;
        self.keep_message(conn, "to_person", &text)?;
        messages::set_waiting(conn, self.case.id, false)?;
        cases::clear_attention(conn, self.case.id, &[TRANSFER])?;
        let (key, _) = intake::open_file(self.ctx, self.case)?;
        telling::send(
            self.ctx,
            conn,
            self.case,
            &key,
            Letter::Message {
                text: text.as_str().to_owned(),
            },
        )?;
        Ok(self
            .ctx
            .record(conn, self.case.id.0, self.actor, "message_sent", json!({}))?)
    }

    fn write(&self, conn: &mut Conn, kind: &'static str, text: &str, action: &'static str) -> Result<()> {
        let text = free_text("text", text)?;
        self.keep_message(conn, kind, &text)?;
        if self.actor.may(Permission::HandleCases) {
            messages::set_waiting(conn, self.case.id, false)?;
        }
        Ok(self
            .ctx
            .record(conn, self.case.id.0, self.actor, action, json!({}))?)
    }

    fn keep_message(&self, conn: &mut Conn, kind: &'static str, text: &FreeText) -> Result<()> {
        keep_message(self.ctx, conn, self.case, self.actor, kind, text)
    }

    /// Tries again whatever failed: work that was laid aside, mail that was refused, and what the state waits for.
    fn retry(&self, conn: &mut Conn) -> Result<()> {
        let id = self.case.id;
        let unparked = crate::store::jobs::unpark(conn, id, self.ctx.now())?;
        let requeued = crate::store::mails::requeue_failed(conn, id, self.ctx.now())?;
        let awaited = match self.case.case.state {
            State::Executing | State::Approved { .. } if self.case.case.right == Right::Erasure => {
                Some(jobs::Job::RunErasure { case: id })
            }
            State::Executing => Some(jobs::Job::RunGrant { case: id }),
            State::Received | State::IdentityPending | State::Assessing => {
                Some(jobs::Job::SearchPerson { case: id })
            }
            _ => None,
        };
        if let Some(job) = awaited {
            if !crate::store::jobs::is_waiting(conn, id, job.kind())? {
                jobs::enqueue(self.ctx, conn, &job, None)?;
            }
        } else if unparked + requeued == 0 {
            let state = self.case.case.state.name();
            return Err(crate::domain::case::TransitionError::NotInState { state }.into());
        }
        cases::set_attention(conn, id, None)?;
        Ok(self
            .ctx
            .record(conn, id.0, self.actor, "work_retried", json!({}))?)
    }
}
