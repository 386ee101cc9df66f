//! Systems in shadow mode: nothing is erased there. Staff do it by hand, and what they did is held against the plan.

use std::collections::BTreeMap;

use serde_json::json;

use super::failing::BY_HAND;
use super::{Erasure, Failure, survey};
use crate::domain::case::State;
use crate::domain::data_map::System as Mapped;
use crate::domain::erasure::{Deviation, Operation, StepKind, Survey, SystemPlan, compare};
use crate::domain::matching::RowKey;
use crate::domain::staff::Actor;
use crate::services::ports::{System, SystemError};
use crate::services::transition::proposed_plan;
use crate::services::{Context, Error, Result};
use crate::store::Conn;
use crate::store::cases::StoredCase;
use crate::store::plans::{self, StoredStep};

/// Whether an erasure waits for what staff do by hand.
#[must_use]
pub fn is_unsettled(case: &StoredCase) -> bool {
    case.case.state == State::Executing && case.attention.as_deref() == Some(BY_HAND)
}

/// A system that was put into shadow mode after the plan was made is not erased in either.
pub(super) fn refuse(mapped: &Mapped) -> std::result::Result<(), SystemError> {
    if mapped.mode.is_shadow() {
        return Err(SystemError::Refused {
            system: mapped.id.clone(),
            reason: "it is in shadow mode: make a new plan, or switch it live".to_owned(),
        });
    }
    Ok(())
}

/// Looks whether staff did what the plan says; each step in which both agree is done.
pub(super) fn look(
    ctx: &Context,
    system: &dyn System,
    erasure: Erasure,
    part: &SystemPlan,
    open: &[StoredStep],
) -> std::result::Result<(), Failure> {
    let now = survey(ctx, system, part)?;
    let mut agreed = true;
    for stored in open {
        let ordinal = stored.step.ordinal;
        let left = left(system, part, stored, &now)?;
        if left == 0 {
            plans::finish_step(
                &mut *ctx.store.get()?,
                erasure.plan,
                ordinal,
                stored.step.planned,
                ctx.now(),
            )?;
        } else {
            let done = stored.step.planned.saturating_sub(left).max(0);
            plans::note_done(&mut *ctx.store.get()?, erasure.plan, ordinal, done)?;
            let why = format!("in shadow mode, erased by hand: {left} rows are not as planned yet");
            plans::fail_step(&mut *ctx.store.get()?, erasure.plan, ordinal, &why)?;
            agreed = false;
        }
    }
    if agreed { Ok(()) } else { Err(Failure::ByHand) }
}

/// In how many rows of a step what is there differs from what was planned.
fn left(
    system: &dyn System,
    part: &SystemPlan,
    stored: &StoredStep,
    now: &Survey,
) -> std::result::Result<i64, SystemError> {
    let step = &stored.step;
    let tables = part.tables.iter().filter(|table| table.table == step.table);
    let mut left = 0_u64;
    for table in tables {
        let rows: Vec<RowKey> = table.rows.iter().map(|row| row.key.clone()).collect();
        left += match (&table.operation, step.kind) {
            (Operation::Erase, StepKind::Delete) => {
                u64::try_from(system.digests(&table.table, &rows)?.len()).unwrap_or(u64::MAX)
            }
            (Operation::Reduce { keep }, StepKind::Reduce) => system.unreduced(&table.table, keep, &rows)?,
            _ => 0,
        };
    }
    if step.kind == StepKind::Verify {
        left += compare(part, now).iter().map(rows_of).sum::<u64>();
    }
    Ok(i64::try_from(left).unwrap_or(i64::MAX))
}

fn rows_of(deviation: &Deviation) -> u64 {
    let (Deviation::StillThere { rows, .. }
    | Deviation::RetainedChanged { rows, .. }
    | Deviation::ReducedMissing { rows, .. }
    | Deviation::KeptMissing { rows, .. }) = deviation;
    u64::try_from(*rows).unwrap_or(u64::MAX)
}

/// What staff did stands, although it is not what was planned: the map may be wrong, which is what shadow mode finds out.
/// Says what differed, by system: rows planned, and rows in which both agree.
///
/// # Errors
/// When nothing waits for that.
pub fn settle(ctx: &Context, conn: &mut Conn, case: &StoredCase, actor: &Actor) -> Result<()> {
    let plan = proposed_plan(case).filter(|_| is_unsettled(case));
    let plan = plan.ok_or(Error::Conflict("nothing_by_hand"))?;
    let mut differing: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for stored in plans::settle_by_hand(conn, plan, ctx.now())? {
        let sums = differing.entry(stored.step.system).or_default();
        sums.0 += stored.step.planned;
        sums.1 += stored.done;
    }
    let differing: BTreeMap<&str, _> = differing
        .iter()
        .map(|(system, (planned, agreed))| (system.as_str(), json!({ "planned": planned, "agreed": agreed })))
        .collect();
    let detail = json!({ "systems": differing });
    Ok(ctx.record(conn, case.id.0, actor, "erased_by_hand_otherwise", detail)?)
}
