//! The form of an erasure plan: its ground, what is refused of it, whether the contract goes on.

use std::collections::BTreeMap;

use super::case_page::Reader;
use crate::domain::case::RefusalGround;
use crate::domain::erasure::{ErasureGround, Known};
use crate::domain::matching::RowKey;
use crate::domain::right::Right;
use crate::http::views::staff::{GroundChoice, PlanForm};
use crate::services::Context;
use crate::services::granting::AskedRefusal;
use crate::services::overview::StaffCase;
use crate::services::planning::{AskedPlan, needed_by_contract};

/// Parts that one form can refuse; the API takes more.
pub(super) const REFUSALS: usize = 3;

/// What the form asks for. Each part that is refused has fields of its own: `refuse1_item`, `refuse1_ground`,
/// `refuse1_reason`.
pub(super) fn asked(
    account: Option<RowKey>,
    ground: &str,
    reason: &str,
    more: &BTreeMap<String, String>,
) -> AskedPlan {
    let field = |name: &str| more.get(name).cloned().unwrap_or_default();
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let refused = (1..=REFUSALS).map(|place| AskedRefusal {
        item: field(&format!("refuse{place}_item")),
        ground: field(&format!("refuse{place}_ground")),
        reason: field(&format!("refuse{place}_reason")),
    });
    AskedPlan {
        account,
        ground: some(ground),
        reason: some(reason),
        refused: refused.filter(|one| !one.item.trim().is_empty()).collect(),
        contract_goes_on: (field("contract") == "goes_on").then(|| field("contract_reason")),
    }
}

/// What the form offers; nothing for another right.
pub(super) fn view(ctx: &Context, reader: &Reader<'_>, case: &StaffCase) -> Option<PlanForm> {
    if case.case.case.right != Right::Erasure || !case.actions.contains(&"plan") {
        return None;
    }
    let (organisation, t) = (&ctx.organisation, reader.words.t);
    let services_run = case.subject.as_ref().is_some_and(|subject| subject.live_services);
    let known = Known {
        services_run,
        consent_withdrawn: ended(case, Right::ConsentWithdrawal),
        objected: ended(case, Right::Objection),
    };
    let grounds = ErasureGround::ALL.into_iter().map(|ground| GroundChoice {
        name: ground.name(),
        standing: ground.standing(known).name(),
    });
    let categories = organisation.categories.iter();
    let categories =
        categories.map(|category| (category.id.clone(), category.name.get(t.language()).to_owned()));
    let tables = organisation.map.tables().map(|(system, table)| {
        let name = format!("{}: {}", system.name.get(t.language()), table.name);
        (table.full_name(system), name)
    });
    Some(PlanForm {
        grounds: grounds.collect(),
        items: categories.chain(tables).collect(),
        refusal_grounds: RefusalGround::ALL
            .iter()
            .filter(|ground| ground.refuses_erasure_in_part())
            .map(|ground| ground.name())
            .collect(),
        services_run,
        contract_needs: needed_by_contract(organisation)
            .iter()
            .map(|id| reader.words.category(id))
            .collect(),
    })
}

fn ended(case: &StaffCase, right: Right) -> bool {
    let mut linked = case
        .course
        .linked
        .iter()
        .filter(|other| other.right == right.name());
    linked.any(|other| matches!(other.state.as_str(), "answered" | "closed"))
}
