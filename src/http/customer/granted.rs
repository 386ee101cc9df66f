//! What was granted, as the person reads it on the page of their case.

use crate::adapters::texts::Texts;
use crate::domain::grant::{Grant, RefusedItem, Terms};

/// The answer in words: what was done, and what was not and why.
pub(super) fn text(t: Texts, grant: &Grant) -> Option<String> {
    let mut parts = Vec::new();
    if let Terms::HumanReview(review) = &grant.terms {
        parts.push(t.get("mail-human-review-title"));
        parts.push(t.of("mail-human-review-outcome-", review.outcome.name()));
        parts.push(review.reasons.clone());
        parts.push(t.get("mail-human-review-contest"));
    }
    if !grant.refused.is_empty() {
        parts.push(t.get("mail-granted-refused"));
        parts.extend(grant.refused.iter().map(|item| refused(t, item)));
        parts.push(t.get("answer-refused-remedy"));
    }
    Some(parts.join("\n\n")).filter(|text| !text.is_empty())
}

fn refused(t: Texts, item: &RefusedItem) -> String {
    let ground = t.or("refusal-", item.ground.name());
    format!("{}: {ground}\n{}", item.item, item.reason)
}
