//! The end of an erasure: what is retained until when, the person's answer, and the new state.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Erasure, Failure, Run};
use crate::domain::case::{Event, State};
use crate::domain::erasure::{Operation, Plan};
use crate::domain::matching::RowKey;
use crate::domain::purge::{RetainedKey, RetainedKeys};
use crate::domain::staff::Actor;
use crate::services::transition::{self, Change, proposed_plan};
use crate::services::{Context, Error, keys};
use crate::store::keys::CaseKey;
use crate::store::retained::{self, RetainedRow};
use crate::store::{cases, jobs};

/// What an erasure that ends well settles.
const RAISED_BY_ERASURES: [&str; 7] = [
    super::failing::BY_HAND,
    Error::DISK_FULL,
    "system_failed",
    "verification_failed",
    "plan_outdated",
    "partly_erased",
    jobs::ATTENTION,
];

/// Where sealed retained rows belong.
pub const RETAINED: &str = "retained_rows.sealed";

/// Records the end: what is retained until when, the person's answer, and the new state.
pub(super) fn complete(ctx: &Context, erasure: Erasure, plan: &Plan) -> std::result::Result<Run, Failure> {
    let reduced = reduced_digests(ctx, plan)?;
    // A key of its own: these records are still to be purged when the case has long been thinned.
    let rows = if plan.count("retain") == 0 {
        vec![]
    } else {
        let key = keys::make(ctx, ctx.new_id())?;
        rows(ctx, erasure, &key, plan, &reduced)
    };
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, erasure.case)?;
        if case.case.state != State::Executing || proposed_plan(&case) != Some(erasure.plan) {
            return Ok(());
        }
        retained::insert(conn, &rows)?;
        cases::clear_attention(conn, erasure.case, &RAISED_BY_ERASURES)?;
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

/// Rows of a system's table with their checksums.
type Digests<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<RowKey, String>>;

/// What reduced rows look like now: by that, a change until their purge shows.
fn reduced_digests<'a>(ctx: &Context, plan: &'a Plan) -> std::result::Result<Digests<'a>, Failure> {
    let mut digests = Digests::new();
    for part in &plan.systems {
        for table in &part.tables {
            if matches!(table.operation, Operation::Reduce { .. }) {
                let keys: Vec<RowKey> = table.rows.iter().map(|row| row.key.clone()).collect();
                let now = ctx.systems.get(&part.system)?.digests(&table.table, &keys)?;
                digests.insert((&part.system, &table.table), now);
            }
        }
    }
    Ok(digests)
}

/// What stays with a last day, by table, law and day: retained rows, and those reduced for their sake.
fn rows(
    ctx: &Context,
    erasure: Erasure,
    key: &CaseKey,
    plan: &Plan,
    reduced: &Digests<'_>,
) -> Vec<RetainedRow> {
    let mut groups: BTreeMap<_, RetainedKeys> = BTreeMap::new();
    for part in &plan.systems {
        for table in &part.tables {
            let now = reduced.get(&(part.system.as_str(), table.table.as_str()));
            for row in &table.rows {
                let (kind, ground, digest) = match &table.operation {
                    Operation::Retain { ground } => ("retained", Some(ground), Some(&row.digest)),
                    Operation::Reduce { .. } => (
                        "reduced",
                        row.ground.as_ref(),
                        now.and_then(|now| now.get(&row.key)),
                    ),
                    Operation::Erase | Operation::Keep { .. } | Operation::Refuse { .. } => continue,
                };
                if let (Some(ground), Some(until), Some(digest)) = (ground, row.until, digest) {
                    let group = (&part.system, &table.table, kind, ground, until);
                    groups.entry(group).or_default().rows.push(RetainedKey {
                        key: row.key.clone(),
                        digest: digest.clone(),
                    });
                }
            }
        }
    }
    groups
        .into_iter()
        .map(|((system, table, kind, ground, keep_until), keys)| RetainedRow {
            id: ctx.new_id(),
            case_id: erasure.case.0,
            key_id: key.id().0,
            system: system.clone(),
            tbl: table.clone(),
            kind: kind.to_owned(),
            ground: ground.clone(),
            keep_until,
            rows: i64::try_from(keys.rows.len()).unwrap_or(i64::MAX),
            sealed: key.seal(RETAINED, ctx.nonce(), &keys),
            purged_at: None,
        })
        .collect()
}
