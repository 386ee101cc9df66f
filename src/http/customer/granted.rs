//! What was granted, as the person reads it on the page of their case.

use crate::adapters::templates::facts::Words;
use crate::domain::grant::{Grant, RefusedItem, Terms};

/// The answer in words: what was done, and what was not and why.
pub(super) fn text(words: Words<'_>, grant: &Grant, waits: bool) -> Option<String> {
    let t = words.t;
    let mut parts = Vec::new();
    if let Some(collection) = grant.terms.collection() {
        parts.push(if collection.is_empty() {
            let systems: Vec<String> = collection.searched.iter().map(|id| words.system(id)).collect();
            t.one("answer-nothing", "systems", systems.join(", "))
        } else if waits {
            t.get("answer-package")
        } else {
            t.get("answer-package-gone")
        });
    }
    if let Terms::HumanReview(review) = &grant.terms {
        parts.push(t.get("mail-human-review-title"));
        parts.push(t.of("mail-human-review-outcome-", review.outcome.name()));
        parts.push(review.reasons.clone());
        parts.push(t.get("mail-human-review-contest"));
    }
    if !grant.refused.is_empty() {
        parts.push(t.get("mail-granted-refused"));
        parts.extend(grant.refused.iter().map(|item| refused(words, item)));
        parts.push(t.get("answer-refused-remedy"));
    }
    Some(parts.join("\n\n")).filter(|text| !text.is_empty())
}

fn refused(words: Words<'_>, item: &RefusedItem) -> String {
    let ground = words.t.or("refusal-", item.ground.name());
    format!("{}: {ground}\n{}", words.item(&item.item), item.reason)
}
