//! What staff do with a case.

use actix_web::{HttpResponse, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use super::act_course::NewController;
use super::act_course::fields_of;
use super::case_view::CaseView;
use super::grants::{NewPortability, NewRectification, NewRefusal, NewRestriction, NewReview, NewStop};
use super::notices::{NewAnswer, read_answer, read_comment};
use super::requests::reference;
use crate::app::App;
use crate::domain::ids::Reference;
use crate::domain::matching::RowKey;
use crate::domain::staff::Actor;
use crate::http::auth::{Credentials, as_staff};
use crate::http::body::Body;
use crate::http::error::{ApiError, Problem, ProblemField};
use crate::services::handling::{self, Action};
use crate::services::{Context, Error, granting, notices, overview, planning};
use crate::store::cases;

/// An action. Each takes the fields named with it, and no others.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAction {
    /// One of the case's `actions`.
    #[schema(example = "accept_identity")]
    pub action: String,
    /// The version of the case that was seen.
    pub version: i64,
    /// `assign`: a member of staff's id; nobody when absent.
    pub assignee: Option<Uuid>,
    /// `accept_identity`: `call_back`, `letter`, `two_facts` or `in_person`.
    pub method: Option<String>,
    /// `plan`, `grant`, `collect`: the key of the account meant, when several fit.
    pub account: Option<Vec<String>>,
    /// `refuse`, `record_answer`: the ground. `plan`: that of Art. 17(1); judged from what is known when absent.
    pub ground: Option<String>,
    /// `refuse`, `reject`, `extend`, `hold`, `close`: why. `plan`: why the ground applies, where nothing shows it.
    /// `request_clarification`: `identity`, `large_request` or `other`.
    /// `lift_restriction`: `rectified`, `claim_unfounded`, `legitimate_grounds` or `ended`.
    pub reason: Option<String>,
    /// `message`, `note`, `advise`, `request_clarification`, `record_clarification`, `request_identity`, `forward`,
    /// `report_incident`: what.
    pub text: Option<String>,
    /// `request_identity`: proofs that would be enough, as of `accept_identity`; all when absent.
    pub evidence: Option<Vec<String>>,
    /// `forward`: the customer who is controller.
    pub controller: Option<NewController>,
    /// `forward`: whether the person may be told who it is; not when absent.
    pub may_name: Option<bool>,
    /// `merge`: the reference of the older case.
    pub into: Option<String>,
    /// `split`: the further rights.
    pub rights: Option<Vec<String>>,
    /// `report_incident`: `wrong_recipient`, `wrong_erasure` or `other`.
    pub what: Option<String>,
    /// `hold`: whether the person is told, as when absent; `false` where an order forbids it.
    pub told: Option<bool>,
    /// `hold`: the court or authority that ordered it.
    pub authority: Option<String>,
    /// `announce_fee`: whole kronor.
    pub amount: Option<u32>,
    /// `letter_sent`: the letter's id.
    pub letter: Option<Uuid>,
    /// `plan`, `grant`, `collect`: what is refused; another person must approve it then.
    pub refused: Option<Vec<NewRefusal>>,
    /// `plan`: the person's contract goes on, for this reason: what it needs is refused, the rest is erased.
    pub contract_goes_on: Option<String>,
    /// `grant` of a human review: what came of it.
    pub human_review: Option<NewReview>,
    /// `grant` of a rectification: the right values.
    pub rectification: Option<NewRectification>,
    /// `grant` of a restriction.
    pub restriction: Option<NewRestriction>,
    /// `grant`: the hash of the terms that were shown by `POST …/terms`; other terms are not granted then.
    pub terms: Option<String>,
    /// `grant` of an objection: what stops; all direct marketing when absent.
    pub objection: Option<NewStop>,
    /// `grant` of a withdrawal: which consents; those that the person named when absent, or all.
    pub consent: Option<NewStop>,
    /// `collect` for portability: what counts to it among what the machine may not decide on.
    pub portability: Option<NewPortability>,
    /// `review`: the table, as `system.table`.
    pub table: Option<String>,
    /// `record_answer`, `record_told`, `record_unreachable`: the recipient's id.
    pub recipient: Option<String>,
    /// `record_answer`: what the recipient answered.
    pub outcome: Option<String>,
    /// `record_answer`: the statute, when the ground is `legal_obligation`.
    pub statute: Option<String>,
    /// `record_answer`: until when backups hold the data.
    pub backups_until: Option<NaiveDate>,
    /// `record_answer`: anything that the recipient added.
    pub comment: Option<String>,
}

/// What a [`NewAction`] asks for.
enum Asked {
    Case(Box<Action>),
    Answer {
        recipient: String,
        answer: NewAnswer,
        comment: Option<String>,
    },
}

impl NewAction {
    fn given(&self) -> impl Iterator<Item = &'static str> {
        [
            ("assignee", self.assignee.is_some()),
            ("method", self.method.is_some()),
            ("account", self.account.is_some()),
            ("ground", self.ground.is_some()),
            ("reason", self.reason.is_some()),
            ("text", self.text.is_some()),
            ("refused", self.refused.is_some()),
            ("contract_goes_on", self.contract_goes_on.is_some()),
            ("human_review", self.human_review.is_some()),
            ("rectification", self.rectification.is_some()),
            ("restriction", self.restriction.is_some()),
            ("terms", self.terms.is_some()),
            ("objection", self.objection.is_some()),
            ("consent", self.consent.is_some()),
            ("evidence", self.evidence.is_some()),
            ("controller", self.controller.is_some()),
            ("may_name", self.may_name.is_some()),
            ("into", self.into.is_some()),
            ("rights", self.rights.is_some()),
            ("what", self.what.is_some()),
            ("told", self.told.is_some()),
            ("authority", self.authority.is_some()),
            ("amount", self.amount.is_some()),
            ("letter", self.letter.is_some()),
            ("portability", self.portability.is_some()),
            ("table", self.table.is_some()),
            ("recipient", self.recipient.is_some()),
            ("outcome", self.outcome.is_some()),
            ("statute", self.statute.is_some()),
            ("backups_until", self.backups_until.is_some()),
            ("comment", self.comment.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_given)| is_given.then_some(name))
    }

    /// The terms of `grant` and `collect`.
    pub(super) fn grant(self) -> granting::Asked {
        granting::Asked {
            account: self.account.map(RowKey),
            refused: self.refused.into_iter().flatten().map(Into::into).collect(),
            portability: self.portability.map(|portability| granting::AskedPortability {
                include: portability.include,
            }),
            human_review: self.human_review.map(|review| granting::AskedReview {
                outcome: review.outcome,
                reasons: review.reasons,
            }),
            rectification: self.rectification.map(Into::into),
            restriction: self.restriction.map(Into::into),
            seen: self.terms,
            objection: self.objection.map(Into::into),
            consent: self.consent.map(Into::into),
        }
    }

    /// What `plan` decides.
    fn plan(self) -> planning::AskedPlan {
        planning::AskedPlan {
            account: self.account.map(RowKey),
            ground: self.ground,
            reason: self.reason,
            refused: self.refused.into_iter().flatten().map(Into::into).collect(),
            contract_goes_on: self.contract_goes_on,
        }
    }

    /// The answer of `record_answer`.
    fn answer(self) -> Result<Asked, ApiError> {
        let needed = |value: Option<String>, name| value.ok_or_else(|| ApiError::field(name, "required"));
        Ok(Asked::Answer {
            answer: NewAnswer {
                outcome: needed(self.outcome, "outcome")?,
                ground: self.ground,
                statute: self.statute,
                backups_until: self.backups_until,
            },
            recipient: needed(self.recipient, "recipient")?,
            comment: self.comment,
        })
    }

    /// What it asks for.
    fn read(self) -> Result<Asked, ApiError> {
        let Some(fields) = fields_of(&self.action) else {
            return Err(ApiError::field("action", "unknown"));
        };
        let stray = self.given().filter(|name| !fields.contains(name));
        let stray: Vec<ProblemField> = stray.map(|name| wrong(name, "unknown_field")).collect();
        if !stray.is_empty() {
            return Err(ApiError::fields(stray));
        }
        let needed = |value: Option<String>, name| value.ok_or_else(|| ApiError::field(name, "required"));
        let text = |value: Option<String>| value.unwrap_or_default();
        let action = match self.action.as_str() {
            "claim" => Action::Claim,
            "assign" => Action::Assign {
                assignee: self.assignee,
            },
            "accept_identity" => Action::AcceptIdentity {
                method: needed(self.method, "method")?,
            },
            "plan" => Action::Plan(self.plan()),
            "grant" => Action::Grant(self.grant()),
            "collect" => Action::Collect(self.grant()),
            "review" => Action::Review {
                table: needed(self.table, "table")?,
            },
            "release" => Action::Release,
            "refuse" => Action::Refuse {
                ground: needed(self.ground, "ground")?,
                reason: text(self.reason),
            },
            "approve" => Action::Approve,
            "reject" => Action::Reject {
                reason: text(self.reason),
            },
            "stop" => Action::Stop,
            "extend" => Action::Extend {
                reason: text(self.reason),
            },
            "message" => Action::Message {
                text: text(self.text),
            },
            "note" => Action::Note {
                text: text(self.text),
            },
            "lift_hold" => Action::LiftHold,
            "send_recipients" => Action::SendRecipients,
            "lift_restriction" => Action::LiftRestriction {
                reason: text(self.reason),
            },
            "retry" => Action::Retry,
            "reopen" => Action::Reopen,
            "undo_account_end" => Action::UndoAccountEnd,
            "close" => Action::Close {
                reason: text(self.reason),
            },
            "record_answer" => return self.answer(),
            _ => self.course()?,
        };
        Ok(Asked::Case(Box::new(action)))
    }
}

fn wrong(field: &str, code: &'static str) -> ProblemField {
    let field = field.to_owned();
    ProblemField { field, code }
}

/// Do something with a case.
#[utoipa::path(
    tag = "staff",
    security(("staff" = [])),
    request_body = NewAction,
    responses(
        (status = 200, body = CaseView),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`role`, `four_eyes`", body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`transition_refused` with the actions allowed now, `version_stale`", body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 502, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/cases/{reference}/actions")]
pub async fn act_on_case(
    app: web::Data<App>,
    path: web::Path<String>,
    credentials: Credentials,
    body: Body<NewAction>,
) -> Result<HttpResponse, ApiError> {
    let version = body.value.version;
    // Who is not let in learns nothing of what the fields mean.
    let asked = body.value.read();
    let outcome = as_staff(&app, credentials, move |ctx, who| {
        let actor = who.actor;
        let asked = match asked {
            Ok(asked) => asked,
            Err(error) if actor.staff().is_some() => return Ok(Err(error)),
            Err(_) => return Err(Error::Forbidden("role")),
        };
        let reference = reference(&path)?;
        match carry_out(ctx, &actor, &reference, version, &asked) {
            Ok(()) => {
                let seen = overview::staff_case(ctx, &actor, &reference)?;
                Ok(Ok(CaseView::of(ctx, &seen)))
            }
            Err(error) => Ok(Err(refused(ctx, &actor, &reference, &error))),
        }
    });
    Ok(HttpResponse::Ok().json(outcome.await??))
}

fn carry_out(
    ctx: &Context,
    actor: &Actor,
    reference: &Reference,
    version: i64,
    asked: &Asked,
) -> crate::services::Result<()> {
    match asked {
        Asked::Case(action) => handling::act(ctx, actor, reference, version, action).map(drop),
        Asked::Answer {
            recipient,
            answer,
            comment,
        } => {
            let case = cases::find(&mut *ctx.store.get()?, reference)?.id;
            let answer = read_answer(answer)?;
            let comment = read_comment(comment.as_deref())?;
            notices::answer_for_recipient(ctx, actor, case, version, recipient, (&answer, comment))
        }
    }
}

/// The problem, and what could be done instead when the state was in the way.
fn refused(ctx: &Context, actor: &Actor, reference: &Reference, error: &Error) -> ApiError {
    let problem = ApiError::of(ctx, error);
    if error.code() != "transition_refused" {
        return problem;
    }
    let case = ctx
        .store
        .get()
        .and_then(|mut conn| cases::find(&mut conn, reference));
    match case {
        Ok(case) => problem.allowing(overview::actions(ctx, actor, &case)),
        Err(_) => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_that_is_offered_can_be_asked_for() {
        for name in handling::ACTIONS {
            assert!(fields_of(name).is_some(), "{name}");
            let asked = NewAction {
                action: name.to_owned(),
                method: (name == "accept_identity").then(|| "letter".to_owned()),
                ground: (name == "refuse").then(|| "excessive".to_owned()),
                table: (name == "review").then(|| "crm.tickets".to_owned()),
                recipient: (name == "record_answer").then(|| "r".to_owned()),
                outcome: (name == "record_answer").then(|| "erased".to_owned()),
                letter: (name == "letter_sent").then(Uuid::nil),
                ..NewAction::default()
            };
            assert!(asked.read().is_ok(), "{name}");
        }
    }

    #[test]
    fn a_field_of_another_action_is_refused() {
        let asked = NewAction {
            action: "claim".to_owned(),
            reason: Some("why".to_owned()),
            ..NewAction::default()
        };
        assert!(asked.read().is_err());
    }
}
