//! The end of an erasure: what is retained until when, the person's answer, and the new state.

use std::collections::BTreeMap;

use serde_json::json;

use super::Run;
use crate::domain::case::{Event, State};
use crate::domain::erasure::{Operation, Plan, PlannedRow};
use crate::domain::ids::{CaseId, PlanId};
use crate::domain::staff::Actor;
use crate::services::transition::{self, Change, proposed_plan};
use crate::services::{Context, Error, Result, keys};
use crate::store::keys::CaseKey;
use crate::store::plans::{self, RetainedRow};
use crate::store::{cases, jobs};

/// What an erasure that ends well settles.
const RAISED_BY_ERASURES: [&str; 5] = [
    "system_failed",
    "verification_failed",
    "plan_outdated",
    "partly_erased",
    jobs::ATTENTION,
];

/// Where sealed retained rows belong.
const RETAINED: &str = "retained_rows.sealed";

/// Records the end: what is retained until when, the person's answer, and the new state.
pub(super) fn complete(ctx: &Context, id: CaseId, plan_id: PlanId, plan: &Plan) -> Result<Run> {
    // A key of its own: these records are still to be purged when the case has long been thinned.
    let rows = if plan.count("retain") == 0 {
        vec![]
    } else {
        let key = keys::make(ctx, ctx.new_id())?;
        retained(plan, id, &key, |rows| key.seal(RETAINED, ctx.nonce(), &rows))
    };
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.case.state != State::Executing || proposed_plan(&case) != Some(plan_id) {
            return Ok(());
        }
        plans::insert_retained(conn, &rows)?;
        cases::clear_attention(conn, id, &RAISED_BY_ERASURES)?;
        let change = Change {
            event: Event::ExecutionCompleted,
            actor: &Actor::System,
            action: "erasure_completed",
            detail: json!({ "erased": plan.count("erase"), "reduced": plan.count("reduce"), "retained": plan.count("retain") }),
            visible: false,
        };
        transition::apply(ctx, conn, &case, change)?;
        Ok::<_, Error>(())
    })?;
    Ok(Run::Finished)
}

/// Retained rows by table, ground and last day.
fn retained(
    plan: &Plan,
    case: CaseId,
    key: &CaseKey,
    seal: impl Fn(&[&PlannedRow]) -> Vec<u8>,
) -> Vec<RetainedRow> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for part in &plan.systems {
        for table in &part.tables {
            let Operation::Retain { ground } = &table.operation else {
                continue;
            };
            for row in &table.rows {
                let Some(until) = row.until else { continue };
                groups
                    .entry((&part.system, &table.table, ground, until))
                    .or_default()
                    .push(row);
            }
        }
    }
    groups
        .into_iter()
        .map(|((system, table, ground, keep_until), rows)| RetainedRow {
            case_id: case.0,
            key_id: key.id().0,
            system: system.clone(),
            tbl: table.clone(),
            ground: ground.clone(),
            keep_until,
            rows: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            sealed: seal(&rows),
        })
        .collect()
}
