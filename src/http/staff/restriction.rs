//! Restricting from the page of a case: what is typed.

use std::collections::BTreeMap;

use crate::services::granting::restriction::AskedRestriction;
use crate::services::{Error, Result};

/// What the form of a restriction asks for: `services`, `expected_end`, `allowed_NAME` and `item_CATEGORY` among the
/// fields that were sent, with the ground.
pub(super) fn asked(ground: &str, fields: &BTreeMap<String, String>) -> Result<AskedRestriction> {
    let ticked = |prefix: &str| -> Vec<String> {
        let named = fields.iter().filter(|(_, value)| !value.is_empty());
        named
            .filter_map(|(name, _)| Some(name.strip_prefix(prefix)?.to_owned()))
            .collect()
    };
    let end = fields
        .get("expected_end")
        .map(|text| text.trim())
        .unwrap_or_default();
    let expected_end = match end.parse() {
        Ok(date) => Some(date),
        Err(_) if end.is_empty() => None,
        Err(_) => return Err(Error::field("expected_end", "invalid")),
    };
    Ok(AskedRestriction {
        ground: ground.to_owned(),
        items: ticked("item_"),
        expected_end,
        allowed: ticked("allowed_"),
        services: fields.get("services").cloned().unwrap_or_default(),
    })
}
