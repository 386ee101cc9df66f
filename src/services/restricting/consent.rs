//! What the person consents to under a restriction (Art. 18(2)): purpose by purpose, and as easily withdrawn (Art. 7(3)).

use serde_json::json;

use crate::domain::ids::CaseId;
use crate::domain::staff::Actor;
use crate::services::{Context, Error, Result};
use crate::store::{cases, restrictions};

/// The person consents to these purposes and to no other.
///
/// # Errors
/// When no restriction is in force ([`Error::Conflict`] `restriction_not_in_force`), or it is not about such a purpose.
pub fn consent(ctx: &Context, id: CaseId, purposes: &[String]) -> Result<()> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let stored = restrictions::find(conn, id)?.filter(|stored| stored.standing.in_force());
        let stored = stored.ok_or(Error::Conflict("restriction_not_in_force"))?;
        let terms = super::terms(ctx, conn, &case)?;
        let offered = terms.map(|(_, terms)| terms.purposes).unwrap_or_default();
        if !purposes.iter().all(|one| offered.contains(one)) {
            return Err(Error::field("purposes", "unknown"));
        }
        let (before, given) = (stored.consented, purposes);
        let chosen: Vec<String> = offered.into_iter().filter(|one| given.contains(one)).collect();
        if before == chosen {
            return Ok(());
        }
        restrictions::set_consent(conn, stored.id, &chosen, ctx.now())?;
        // What must stop is more urgent than what may start.
        let action = if before.iter().any(|one| !chosen.contains(one)) {
            "restriction_consent_withdrawn"
        } else {
            "restriction_consent_given"
        };
        cases::set_attention(conn, id, Some(action))?;
        let detail = json!({ "purposes": chosen, "before": before });
        Ok(ctx.record(conn, id.0, &Actor::Person, action, detail)?)
    })
}
