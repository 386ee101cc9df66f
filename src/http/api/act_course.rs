//! The actions of a case's course, as the API takes them.

use serde::Deserialize;
use utoipa::ToSchema;

use super::act::NewAction;
use crate::http::error::ApiError;
use crate::services::handling::{Action, Controller};

/// The customer who is controller.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewController {
    /// Its name.
    pub name: String,
    /// Where requests reach it.
    pub email: String,
}

impl NewAction {
    /// The actions of a case's course.
    ///
    /// # Errors
    /// When something that it cannot do without is missing.
    pub(super) fn course(self) -> Result<Action, ApiError> {
        let text = self.text.unwrap_or_default();
        let other = || "other".to_owned();
        Ok(match self.action.as_str() {
            "advise" => Action::Advise { text },
            "announce_fee" => Action::AnnounceFee {
                ground: self.ground.unwrap_or_default(),
                amount: self.amount,
                reason: self.reason.unwrap_or_default(),
            },
            "record_clarification" => Action::RecordClarification { text },
            "request_clarification" => Action::RequestClarification {
                text,
                reason: self.reason.unwrap_or_else(other),
            },
            "request_identity" => Action::RequestIdentity {
                text,
                evidence: self.evidence.unwrap_or_default(),
            },
            "forward" => {
                let NewController { name, email } = self.controller.unwrap_or_default();
                Action::Forward {
                    controller: Controller { name, email },
                    text,
                    may_name: self.may_name.unwrap_or(false),
                }
            }
            "settle" => Action::Settle {
                reason: self.reason.unwrap_or_default(),
            },
            "merge" => Action::Merge {
                into: self.into.unwrap_or_default(),
            },
            "split" => Action::Split {
                rights: self.rights.unwrap_or_default(),
            },
            "report_incident" => Action::ReportIncident {
                what: self.what.unwrap_or_else(other),
                text,
            },
            "hold" => Action::Hold {
                reason: self.reason.unwrap_or_default(),
                told: self.told.unwrap_or(true),
                authority: self.authority.unwrap_or_default(),
            },
            "record_told" => Action::RecordTold {
                recipient: self.recipient.unwrap_or_default(),
            },
            "record_unreachable" => Action::RecordUnreachable {
                recipient: self.recipient.unwrap_or_default(),
            },
            _ => Action::LetterSent {
                letter: self.letter.ok_or_else(|| ApiError::field("letter", "required"))?,
            },
        })
    }
}

/// The fields that an action takes beside `action` and `version`; none for an action that there is not.
pub(super) fn fields_of(action: &str) -> Option<&'static [&'static str]> {
    Some(match action {
        "claim" | "release" | "approve" | "stop" | "lift_hold" | "send_recipients" | "retry" | "reopen"
        | "undo_account_end" => &[],
        "assign" => &["assignee"],
        "accept_identity" => &["method"],
        "plan" => &["account", "ground", "reason", "refused", "contract_goes_on"],
        "grant" => &[
            "account",
            "refused",
            "rectification",
            "restriction",
            "human_review",
            "objection",
            "consent",
            "terms",
        ],
        "collect" => &["account", "refused", "portability"],
        "review" => &["table"],
        "refuse" => &["ground", "reason"],
        "announce_fee" => &["ground", "amount", "reason"],
        "reject" | "extend" | "close" | "settle" | "lift_restriction" => &["reason"],
        "record_answer" => &[
            "recipient",
            "outcome",
            "ground",
            "statute",
            "backups_until",
            "comment",
        ],
        "message" | "note" | "advise" | "record_clarification" => &["text"],
        "request_clarification" => &["text", "reason"],
        "request_identity" => &["text", "evidence"],
        "forward" => &["controller", "text", "may_name"],
        "merge" => &["into"],
        "split" => &["rights"],
        "report_incident" => &["what", "text"],
        "hold" => &["reason", "told", "authority"],
        "record_told" | "record_unreachable" => &["recipient"],
        "letter_sent" => &["letter"],
        _ => return None,
    })
}
