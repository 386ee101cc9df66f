//! Proving an erasure: what should be gone is gone, what should stay is as it was, and nothing came up elsewhere.

use super::{Failure, survey};
use crate::domain::erasure::{Deviation, Operation, Plan, SystemPlan, compare};
use crate::domain::matching::RowKey;
use crate::services::ports::System;
use crate::services::{Context, Error, searching};
use crate::store::cases::StoredCase;

/// Bars what is retained from other use, where the map names a way.
pub(super) fn bar(system: &dyn System, part: &SystemPlan) -> std::result::Result<(), Failure> {
    for (table, rows) in retained(part) {
        system.bar(table, &rows)?;
    }
    Ok(())
}

fn retained(part: &SystemPlan) -> impl Iterator<Item = (&str, Vec<RowKey>)> {
    part.tables
        .iter()
        .filter(|table| matches!(table.operation, Operation::Retain { .. }))
        .map(|table| {
            (
                table.table.as_str(),
                table.rows.iter().map(|row| row.key.clone()).collect(),
            )
        })
}

/// Holds a system against its part of the plan; says how many rows are left.
pub(super) fn verify(
    ctx: &Context,
    system: &dyn System,
    part: &SystemPlan,
) -> std::result::Result<u64, Failure> {
    let after = survey(ctx, system, part)?;
    let deviations: Vec<Deviation> = compare(part, &after);
    let mut unreduced = 0;
    for table in &part.tables {
        if let Operation::Reduce { keep } = &table.operation {
            let rows: Vec<RowKey> = table.rows.iter().map(|row| row.key.clone()).collect();
            unreduced += system.unreduced(&table.table, keep, &rows)?;
        }
    }
    let mut unbarred = 0;
    for (table, rows) in retained(part) {
        unbarred += system.unbarred(table, &rows)?;
    }
    if !deviations.is_empty() || unreduced > 0 || unbarred > 0 {
        tracing::error!(
            system = part.system,
            ?deviations,
            unreduced,
            unbarred,
            "an erasure is not what its plan promised"
        );
        return Err(Failure::NotVerified);
    }
    Ok(after
        .tables
        .iter()
        .map(|table| u64::try_from(table.rows.len()).unwrap_or(u64::MAX))
        .sum())
}

/// Searches the systems in which the person had nothing when the plan was made. What came up there since is in no
/// plan: it needs a new one.
pub(super) fn nothing_elsewhere(
    ctx: &Context,
    case: &StoredCase,
    plan: &Plan,
) -> std::result::Result<(), Failure> {
    let subject = searching::find_subject(ctx, &mut *ctx.store.get()?, case)?;
    let Some(subject) = subject else { return Ok(()) };
    for system in &ctx.organisation.map.systems {
        if plan.systems.iter().any(|part| part.system == system.id) {
            continue;
        }
        let found = searching::count_again(ctx, &subject, &system.id).map_err(|error| match error {
            Error::System(error) => Failure::System(error),
            other => Failure::Ours(other),
        })?;
        if found > 0 {
            tracing::warn!(
                system = system.id,
                found,
                "rows of the person came up where none were planned"
            );
            return Err(Failure::Outdated);
        }
    }
    Ok(())
}
