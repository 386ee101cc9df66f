//! Changes of the profile, and with it of the register of recipients and the data map: files, so a start is when they
//! are seen.

use std::collections::BTreeMap;

use serde_json::json;

use crate::domain::audit::checkpoint::hex;
use crate::domain::sealing::Purpose;
use crate::domain::staff::Actor;
use crate::services::{Context, Result};
use crate::store::audit::{self, PROFILE_CHANGED, SERVICE_STREAM};

/// Records which sections of the profile are other than when it was last recorded; says which. Instances that start at
/// once record it once.
///
/// # Errors
/// When the database fails.
pub fn record_profile(ctx: &Context) -> Result<Vec<String>> {
    let now = digests(ctx);
    ctx.store.transaction(|conn| {
        let recorded = audit::find_last_profile(conn)?;
        let before: BTreeMap<String, String> = recorded
            .and_then(|detail| serde_json::from_value(detail.get("digests")?.clone()).ok())
            .unwrap_or_default();
        let sections = changed(&before, &now);
        if !sections.is_empty() {
            let detail = json!({ "sections": sections, "digests": now });
            ctx.record(conn, SERVICE_STREAM, &Actor::System, PROFILE_CHANGED, detail)?;
        }
        Ok(sections)
    })
}

/// Keyed, because a section may be guessable, such as the name of the data protection officer.
fn digests(ctx: &Context) -> BTreeMap<String, String> {
    let key = ctx.keys.for_purpose(Purpose::Profile);
    let sections = ctx.organisation.sections.iter();
    sections
        .map(|(name, content)| (name.clone(), hex(&key.digest(&[name.as_bytes(), content]))))
        .collect()
}

/// Names whose values differ, are new, or are gone.
fn changed(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<String> = before
        .keys()
        .chain(now.keys())
        .filter(|name| before.get(*name) != now.get(*name))
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_other_new_or_gone_is_named_once() {
        let of = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            pairs.collect::<BTreeMap<_, _>>()
        };
        let before = of(&[("contact", "1"), ("dpo", "2"), ("name", "3")]);
        let now = of(&[("contact", "1"), ("levels", "4"), ("name", "5")]);
        assert_eq!(changed(&before, &now), ["dpo", "levels", "name"]);
        assert_eq!(changed(&now, &now), Vec::<String>::new());
    }
}
