//! A plan as people see it: counts, grounds and dates, and what of it may stand in the open.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::PlanFile;
use crate::domain::case::RefusedItem;
use crate::domain::erasure::{Basis, EndingService, Operation, Plan, TablePlan};
use crate::services::Context;

/// A line of a plan as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    /// The table.
    pub table: String,
    /// The category of its data.
    pub category: String,
    /// `erase`, `reduce`, `retain`, `keep` or `refuse`.
    pub operation: String,
    /// How many rows.
    pub rows: usize,
    /// How many bytes they have, when they are files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The law or reason, for what is kept; the ground of the refusal, for what is refused.
    pub ground: Option<String>,
    /// The last day of the longest-kept row.
    pub until: Option<NaiveDate>,
}

/// A system's part of a plan as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSystem {
    /// The system's id.
    pub system: String,
    /// Its lines.
    pub lines: Vec<PlanLine>,
    /// Days until nothing erased remains in its backups.
    pub backups_expire_after_days: Option<u32>,
    /// Whether staff carry it out.
    #[serde(default)]
    pub by_hand: bool,
}

/// A plan as people see it: counts, grounds and dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFacts {
    /// The plan's hash.
    pub hash: String,
    /// By system.
    pub systems: Vec<PlanSystem>,
    /// What ends for the person.
    pub services: Vec<EndingService>,
    /// The ground of the erasure.
    pub basis: Basis,
    /// What is refused, and why.
    pub refused: Vec<RefusedItem>,
}

/// A plan as people see it.
#[must_use]
pub fn facts(ctx: &Context, plan: &Plan) -> PlanFacts {
    let map = &ctx.organisation.map;
    let systems = plan
        .systems
        .iter()
        .map(|part| PlanSystem {
            system: part.system.clone(),
            lines: part
                .tables
                .iter()
                .filter(|table| !table.rows.is_empty())
                .map(|table| PlanLine {
                    table: table.table.clone(),
                    category: map
                        .table(&part.system, &table.table)
                        .map(|t| t.category.clone())
                        .unwrap_or_default(),
                    operation: table.operation.name().to_owned(),
                    rows: table.rows.len(),
                    bytes: table.bytes,
                    ground: ground(table),
                    until: table.last_day(),
                })
                .collect(),
            backups_expire_after_days: map.system(&part.system).and_then(|s| s.backups_expire_after_days),
            by_hand: part.by_hand,
        })
        .collect();
    PlanFacts {
        hash: plan.hash(),
        systems,
        services: plan.services.clone(),
        basis: plan.basis.clone(),
        refused: plan.refused.clone(),
    }
}

fn ground(table: &TablePlan) -> Option<String> {
    match &table.operation {
        Operation::Keep { reason } => Some(reason.clone()),
        Operation::Refuse { ground } => Some(ground.name().to_owned()),
        _ => table.ground().map(str::to_owned),
    }
}

/// What may stand in the open: counts and grounds, and which recipients are told; no labels, no keys, no words of staff.
pub(super) fn summary(planned: &PlanFile, facts: &PlanFacts) -> serde_json::Value {
    let told: Vec<&str> = planned.told.iter().map(|told| told.recipient.as_str()).collect();
    let refused = facts.refused.iter();
    let refused: Vec<_> = refused
        .map(|item| json!({ "item": item.item, "ground": item.ground.name() }))
        .collect();
    json!({
        "systems": facts.systems, "services": facts.services.len(), "recipients": told,
        "ground": facts.basis.ground().name(), "refused": refused,
    })
}
