//! What staff decide with a plan: the account meant, the ground of the erasure, what is refused of it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::PlanFacts;
use crate::domain::case::{RefusalGround, RefusedItem};
use crate::domain::erasure::{Basis, Draft, ErasureGround, Known, Plan, Refusals, assess};
use crate::domain::ids::CaseId;
use crate::domain::matching::RowKey;
use crate::domain::organisation::{LegalBasis, Organisation};
use crate::domain::right::Right;
use crate::services::granting::{AskedRefusal, wrong};
use crate::services::handling::free_text;
use crate::services::{Context, Error, Result};
use crate::store::cases::StoredCase;
use crate::store::{Conn, links, plans};

/// What staff ask of a plan.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedPlan {
    /// The account meant, when several fit.
    pub account: Option<RowKey>,
    /// The name of the ground of Art. 17(1); judged from what is known when absent.
    pub ground: Option<String>,
    /// Why the ground applies, where nothing shows it.
    pub reason: Option<String>,
    /// What is refused.
    pub refused: Vec<AskedRefusal>,
    /// The person's contract goes on, for this reason: what it needs is refused, the rest is erased.
    pub contract_goes_on: Option<String>,
}

/// What is refused, as asked.
pub(super) fn refusals(ctx: &Context, asked: &AskedPlan) -> Result<Refusals> {
    let read: std::result::Result<Vec<RefusedItem>, _> =
        asked.refused.iter().map(AskedRefusal::read).collect();
    let mut items = read.map_err(|error| Error::Invalid(vec![error]))?;
    if let Some(reason) = &asked.contract_goes_on {
        let reason = free_text("contract_goes_on", reason)?;
        let named = |id: &str| items.iter().any(|item| item.item == id);
        let needed: Vec<RefusedItem> = needed_by_contract(&ctx.organisation)
            .into_iter()
            .filter(|id| !named(id))
            .map(|item| RefusedItem {
                item,
                ground: RefusalGround::NoErasureGround,
                reason: reason.as_str().to_owned(),
            })
            .collect();
        items.extend(needed);
    }
    Refusals::of(&ctx.organisation.map, items).map_err(|error| {
        let (field, code) = error.field();
        Error::Invalid(vec![wrong(field, code)])
    })
}

/// The categories that a running contract needs: an erasure takes rows of them, and a purpose of theirs rests on the
/// contract, on nothing else but perhaps a law. Where a purpose names other bases beside it, staff must judge.
#[must_use]
pub fn needed_by_contract(organisation: &Organisation) -> Vec<String> {
    let rests = |id: &String| {
        organisation.purpose(id).is_some_and(|purpose| {
            let mut bases = purpose.legal_bases.iter();
            purpose.legal_bases.contains(&LegalBasis::Contract)
                && bases.all(|basis| matches!(basis, LegalBasis::Contract | LegalBasis::LegalObligation))
        })
    };
    let needed = organisation.categories.iter();
    needed
        .filter(|category| category.purposes.iter().any(rests) && goes(organisation, &category.id))
        .map(|category| category.id.clone())
        .collect()
}

fn goes(organisation: &Organisation, category: &str) -> bool {
    let item = RefusedItem {
        item: category.to_owned(),
        ground: RefusalGround::NoErasureGround,
        reason: "-".to_owned(),
    };
    Refusals::of(&organisation.map, vec![item]).is_ok()
}

/// What the newest plan of a case that was carried out refuses, by what stands of it in the open: also of a case that has been thinned.
///
/// # Errors
/// When the database fails, or the map has no such part any more ([`Error::Conflict`] `refused_part_unknown`).
pub fn refusals_of(ctx: &Context, conn: &mut Conn, case: CaseId) -> Result<Refusals> {
    let summary = match plans::find_newest_begun(conn, case) {
        Ok(row) => row.summary,
        Err(crate::store::Error::NotFound) => return Ok(Refusals::default()),
        Err(error) => return Err(error.into()),
    };
    let refused = summary.get("refused").cloned().unwrap_or_else(|| json!([]));
    let refused: Vec<OpenRefusal> = serde_json::from_value(refused).map_err(Error::internal)?;
    let items = refused.into_iter().map(|one| RefusedItem {
        item: one.item,
        ground: one.ground,
        // The words were for the person, and may be gone with the file.
        reason: "-".to_owned(),
    });
    Refusals::of(&ctx.organisation.map, items.collect()).map_err(|_| Error::Conflict("refused_part_unknown"))
}

/// A refusal as it stands in the open.
#[derive(Deserialize)]
struct OpenRefusal {
    item: String,
    ground: RefusalGround,
}

/// The ground of a plan.
pub(super) fn basis(ctx: &Context, case: &StoredCase, asked: &AskedPlan, draft: &Draft) -> Result<Basis> {
    let named = match asked
        .ground
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        Some(name) => Some(ErasureGround::from_name(name).ok_or_else(|| Error::field("ground", "unknown"))?),
        None => None,
    };
    let reason = match asked
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        Some(text) => Some(free_text("reason", text)?.as_str().to_owned()),
        None => None,
    };
    let known = known(ctx, case, draft)?;
    // Nothing shows that the ground applies: staff must say why it does.
    assess(known, named, reason).map_err(|_| Error::field("reason", "ground_not_shown"))
}

/// What the service knows: what runs, and what the person ended in the case that this one came of.
fn known(ctx: &Context, case: &StoredCase, draft: &Draft) -> Result<Known> {
    let linked = links::list(&mut *ctx.store.get()?, case.id)?;
    let done = |right: Right| {
        let mut linked = linked.iter().filter(|other| other.right == right.name());
        linked.any(|other| matches!(other.state.as_str(), "answered" | "closed"))
    };
    Ok(Known {
        services_run: !draft.services.is_empty(),
        consent_withdrawn: done(Right::ConsentWithdrawal),
        objected: done(Right::Objection),
    })
}

/// What the trail says of a plan: counts and grounds.
pub(super) fn traced(facts: &PlanFacts, plan: &Plan) -> Value {
    let refused: Vec<&str> = facts.refused.iter().map(|item| item.ground.name()).collect();
    json!({
        "hash": facts.hash, "ground": facts.basis.ground().name(), "refused": refused,
        "erase": plan.count("erase"), "retain": plan.count("retain"),
    })
}
