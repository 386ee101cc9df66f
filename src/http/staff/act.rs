//! What staff do with a case, from its page.

use std::collections::BTreeMap;

use actix_web::web;
use serde::{Deserialize, Serialize};

use super::case::{path_of, see};
use super::case_page::{self, Seen};
use super::course;
use super::grant::{self, GrantSent};
use super::plan_form;
use super::plan_page::short;
use super::who::{Answer, Desk};
use crate::domain::case::Proposal;
use crate::domain::data_map::PersonalField;
use crate::domain::ids::Reference;
use crate::domain::matching::RowKey;
use crate::domain::notice;
use crate::domain::staff::{Actor, Permission};
use crate::http::api::notices::{NewAnswer, read_answer, read_comment};
use crate::http::error::{report, status};
use crate::http::pages::{Form, Visit};
use crate::http::views::staff::Typed;
use crate::services::handling::{self, Action};
use crate::services::ports::SystemError;
use crate::services::{Context, Error, Result, granting, notices};
use crate::store::cases::{self, StoredCase};

/// The fields of every action's form.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Sent {
    csrf: String,
    pub action: String,
    pub version: String,
    assignee: String,
    method: String,
    account: String,
    ground: String,
    reason: String,
    text: String,
    confirm: String,
    recipient: String,
    outcome: String,
    statute: String,
    backups_until: String,
    item: String,
    table: String,
    comment: String,
    #[serde(flatten)]
    pub grant: GrantSent,
    /// What stops, and what counts to portability: one field for each.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// What a form asks for.
enum Asked {
    Case(Box<Action>),
    Answer(notice::Answer),
}

/// The field of a fee.
const AMOUNT: &str = "amount";

impl Sent {
    fn fee(&self) -> Result<Action> {
        let typed = self.rest.get(AMOUNT).map_or("", String::as_str);
        Ok(Action::AnnounceFee {
            ground: self.ground.clone(),
            amount: optional(typed, AMOUNT, |text| text.parse().ok())?,
            reason: self.reason.clone(),
        })
    }

    /// What it asks for.
    fn read(&self) -> Result<Asked> {
        let reason = || self.reason.clone();
        let action = match self.action.as_str() {
            "claim" => Action::Claim,
            "assign" => Action::Assign {
                assignee: optional(&self.assignee, "assignee", |text| text.parse().ok())?,
            },
            "accept_identity" => Action::AcceptIdentity {
                method: self.method.clone(),
            },
            "plan" => Action::Plan(plan_form::asked(
                self.account()?,
                &self.ground,
                &self.reason,
                &self.rest,
            )),
            "collect" => Action::Collect(self.collected()?),
            "review" => Action::Review {
                table: self.table.clone(),
            },
            "grant" => Action::Grant(self.granted()?),
            "release" => Action::Release,
            "refuse" => Action::Refuse {
                ground: self.ground.clone(),
                reason: reason(),
            },
            "approve" => Action::Approve,
            "reject" => Action::Reject { reason: reason() },
            "stop" => Action::Stop,
            "extend" => Action::Extend { reason: reason() },
            "message" => Action::Message {
                text: self.text.clone(),
            },
            "note" => Action::Note {
                text: self.text.clone(),
            },
            "lift_hold" => Action::LiftHold,
            "send_recipients" => Action::SendRecipients,
            "announce_fee" => self.fee()?,
            "lift_restriction" => Action::LiftRestriction { reason: reason() },
            "retry" => Action::Retry,
            "reopen" => Action::Reopen,
            "undo_account_end" => Action::UndoAccountEnd,
            "close" => Action::Close { reason: reason() },
            "settle" => Action::Settle { reason: reason() },
            "record_answer" => return self.answer().map(Asked::Answer),
            _ => {
                let action = course::read(
                    &self.action,
                    &self.text,
                    &self.reason,
                    &self.recipient,
                    &self.rest,
                );
                action.ok_or_else(|| Error::field("action", "unknown"))?
            }
        };
        Ok(Asked::Case(Box::new(action)))
    }

    /// What is granted, by the fields of the right's own form.
    fn granted(&self) -> Result<granting::Asked> {
        Ok(granting::Asked {
            restriction: Some(super::restriction::asked(&self.ground, &self.rest)?),
            human_review: Some(granting::AskedReview {
                outcome: self.outcome.clone(),
                reasons: self.text.clone(),
            }),
            ..super::stop::added(self.grant.asked(), &self.rest)
        })
    }

    /// What is collected: what counts to portability, and what is withheld.
    fn collected(&self) -> Result<granting::Asked> {
        let include = self.rest.iter().filter(|(_, chosen)| *chosen == "yes");
        let include: Vec<String> = include
            .filter_map(|(field, _)| Some(field.strip_prefix("include.")?.to_owned()))
            .collect();
        let refused = granting::AskedRefusal {
            item: self.item.clone(),
            ground: self.ground.clone(),
            reason: self.reason.clone(),
        };
        Ok(granting::Asked {
            account: self.account()?,
            portability: Some(granting::AskedPortability { include }),
            refused: if self.item.is_empty() {
                vec![]
            } else {
                vec![refused]
            },
            ..granting::Asked::default()
        })
    }

    fn account(&self) -> Result<Option<RowKey>> {
        optional(&self.account, "account", |text| {
            serde_json::from_str::<RowKey>(text).ok()
        })
    }

    fn answer(&self) -> Result<notice::Answer> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        read_answer(&NewAnswer {
            outcome: self.outcome.clone(),
            ground: some(&self.ground),
            statute: some(&self.statute),
            backups_until: optional(&self.backups_until, "backups_until", |text| text.parse().ok())?,
        })
    }

    /// What was sent, to be shown again.
    pub fn typed(&self) -> Typed {
        let text = if self.text.is_empty() {
            &self.reason
        } else {
            &self.text
        };
        Typed {
            action: self.action.clone(),
            text: text.clone(),
            ground: self.ground.clone(),
            recipient: self.recipient.clone(),
            outcome: self.outcome.clone(),
            statute: self.statute.clone(),
            backups_until: self.backups_until.clone(),
            comment: self.comment.clone(),
            grant: self.grant.typed(),
            more: self.rest.clone(),
        }
    }

    /// What to say once it is done.
    fn flash(&self) -> &'static str {
        match self.action.as_str() {
            "claim" => "claimed",
            "plan" => "plan_made",
            "approve" => "approved",
            "message" | "extend" | "request_clarification" | "request_identity" => "message_sent",
            "note" => "note_added",
            "record_answer" => "answer_recorded",
            "stop" => "stopped",
            _ => "action_done",
        }
    }

    fn do_it(&self, ctx: &Context, actor: &Actor, reference: &Reference) -> Result<()> {
        let asked = self.read()?;
        let version = self.version.parse().map_err(|_| Error::Stale)?;
        let case = cases::find(&mut *ctx.store.get()?, reference)?;
        self.check(actor, &case, version)?;
        match asked {
            Asked::Case(action) => handling::act(ctx, actor, reference, version, &action).map(drop),
            Asked::Answer(answer) => {
                let given = (&answer, read_comment(Some(&self.comment))?);
                notices::answer_for_recipient(ctx, actor, case.id, version, &self.recipient, given)
            }
        }
    }

    /// What the page asks beyond the use case: that the plan which is approved was read.
    fn check(&self, actor: &Actor, case: &StoredCase, version: i64) -> Result<()> {
        let is_seen = case.version == version;
        match (self.action.as_str(), &case.case.proposal) {
            ("approve", Some(Proposal::Erasure { hash, .. }))
                if is_seen && actor.may(Permission::ApproveProposals) && self.confirm != short(hash) =>
            {
                Err(Error::field("confirm", "required"))
            }
            _ => Ok(()),
        }
    }
}

fn optional<T>(text: &str, field: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    read(text.trim())
        .map(Some)
        .ok_or_else(|| Error::field(field, "invalid"))
}

/// Does what a form asks; when that is refused, the page again with why, and with what was typed.
pub(super) async fn act(visit: Visit, path: web::Path<String>, Form(sent): Form<Sent>) -> Answer {
    let reference = Reference::parse(&path).map_err(|_| Error::NotFound);
    let back = match &reference {
        Ok(reference) => path_of(reference),
        Err(_) => "/staff".to_owned(),
    };
    let kept = super::session::kept(visit.request.path().to_owned(), &sent);
    let desk = Desk::sent_keeping(visit, &back, &sent.csrf, kept)?;
    if let Ok(reference) = &reference
        && let Some(shown) = grant::first_shown(&desk, &sent, reference).await
    {
        return shown;
    }
    let work = sent.clone();
    let (who, outcome) = desk
        .run(move |ctx, who| {
            let reference = reference?;
            match work.do_it(ctx, &who.actor, &reference) {
                Ok(()) => Ok(Ok(())),
                Err(error) if can_be_shown(&error) && who.actor.may(Permission::ReadCases) => {
                    Ok(Err((error, see(ctx, &who.actor, &reference)?)))
                }
                Err(error) => Err(error),
            }
        })
        .await?;
    match outcome {
        Ok(()) => Ok(desk.visit.see_other(&back, Some(sent.flash()))),
        Err((error, seen)) => Ok(again(&desk, &who, &sent, &error, &seen)),
    }
}

/// Whether the page of the case is the place to say what went wrong.
pub(super) fn can_be_shown(error: &Error) -> bool {
    matches!(
        error,
        Error::Invalid(_)
            | Error::Rejected(_)
            | Error::Refused(_)
            | Error::Conflict(_)
            | Error::Stale
            | Error::Gone(_)
            | Error::Forbidden("four_eyes" | "role")
            | Error::System(_)
    )
}

pub(super) fn again(
    desk: &Desk,
    who: &crate::services::accounts::Authenticated,
    sent: &Sent,
    error: &Error,
    seen: &Seen,
) -> actix_web::HttpResponse {
    report(&desk.visit.app.ctx, error);
    let mut view = case_page::view(desk, who, seen);
    view.error = Some(code(error));
    view.typed = sent.typed();
    desk.visit.render(status(error), &view)
}

/// Which text says what went wrong: the field's, where there is one for it.
fn code(error: &Error) -> String {
    let named = |wrong: &crate::services::FieldError| match wrong.field {
        "reason" if wrong.code == "ground_not_shown" => "ground_reason",
        "reason" | "text" | "reasons" => "text",
        "controller.name" | "controller.email" => "controller",
        "into" => merge_code(wrong.code),
        field @ ("evidence" | "rights" | "what" | "confirm" | "ground" | "statute" | "outcome"
        | "backups_until" | "comment" | "assignee" | "contract_goes_on" | "amount") => field,
        "refused" if wrong.code == "all_refused" => "refused",
        "item" if matches!(wrong.code, "kept_anyway" | "twice" | "hangs_on_erased") => "item",
        "refused" | "item" => "invalid",
        field if PersonalField::from_name(field).is_some() => "change",
        _ => "invalid",
    };
    match error {
        Error::Invalid(wrong) => wrong.first().map_or("invalid", named).to_owned(),
        Error::System(error @ SystemError::Unavailable { .. }) => error.code().to_owned(),
        other => other.code().to_owned(),
    }
}

/// Why a case cannot go on in the one that was named.
fn merge_code(code: &str) -> &'static str {
    match code {
        "itself" | "unknown" => "merge_unknown",
        "other_right" => "merge_other_right",
        "not_older" => "merge_not_older",
        "ended" => "merge_ended",
        "not_proved" => "merge_not_proved",
        _ => "merge_another_person",
    }
}
