//! Reviewing an automated decision: a person looks at it and says what becomes of it (Art. 22(3)).

use serde::Deserialize;

use super::{Asked, wrong};
use crate::domain::contact::FreeText;
use crate::domain::grant::{HumanReview, Outcome, Terms};
use crate::domain::ids::StaffId;
use crate::services::{Context, Error, Result};
use crate::store::staff;

/// What came of a review, as staff say it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedReview {
    /// The outcome's name.
    pub outcome: String,
    /// Why, for the person to read.
    pub reasons: String,
}

/// The terms of a review, by who made it. A machine reviews nothing: that is what the right is for.
pub(super) fn terms(ctx: &Context, by: StaffId, asked: &Asked) -> Result<Terms> {
    let member = staff::find(&mut *ctx.store.get()?, by)?.member;
    // A person's account is named by an address, a machine's is not.
    if !member.email.contains('@') {
        return Err(Error::Forbidden("person_needed"));
    }
    // To leave the decision as it is, or change a part of it, is an outcome; only the request as a whole can be refused.
    if !asked.refused.is_empty() {
        return Err(Error::field("refused", "not_for_right"));
    }
    let given = asked.human_review.clone().unwrap_or_default();
    let outcome = Outcome::from_name(&given.outcome);
    let reasons = FreeText::parse(&given.reasons).ok();
    match (outcome, reasons) {
        (Some(outcome), Some(reasons)) if !reasons.as_str().trim().is_empty() => {
            let reasons = reasons.as_str().to_owned();
            Ok(Terms::HumanReview(HumanReview { outcome, reasons }))
        }
        (None, _) => Err(Error::Invalid(vec![wrong("outcome", "required")])),
        _ => Err(Error::Invalid(vec![wrong("reasons", "required")])),
    }
}
