//! Proving an erasure: what should be gone is gone, what should stay is as it was, and nothing came up elsewhere.

use super::{Failure, survey};
use crate::domain::erasure::{Deviation, Operation, Plan, SystemPlan, compare};
use crate::domain::matching::{FoundRow, RowKey};
use crate::services::ports::System;
use crate::services::searching::Subject;
use crate::services::{Context, Error, links, planning, searching};
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
    nothing_linked(ctx, &subject, plan)?;
    for system in &ctx.organisation.map.systems {
        if plan.systems.iter().any(|part| part.system == system.id) {
            continue;
        }
        let found = searching::count_again(ctx, &subject, &system.id).map_err(failed)?;
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

/// What the person's rows lead to now that the plan does not start from: a mailbox that was made since has files.
fn nothing_linked(ctx: &Context, subject: &Subject, plan: &Plan) -> std::result::Result<(), Failure> {
    let sources = links::sources(ctx, subject.roots());
    if sources.is_empty() {
        return Ok(());
    }
    let surveys = planning::survey(ctx, &sources).map_err(failed)?;
    let (linked, _) = links::follow(ctx, surveys).map_err(failed)?;
    let planned = |row: &FoundRow| {
        let mut parts = plan.systems.iter().filter(|part| part.system == row.system);
        parts.any(|part| {
            part.roots
                .get(&row.table)
                .is_some_and(|keys| keys.contains(&row.key))
        })
    };
    let new = linked.iter().filter(|found| !planned(&found.row)).count();
    if new > 0 {
        tracing::warn!(new, "rows of the person lead to more than was planned");
        return Err(Failure::Outdated);
    }
    Ok(())
}

fn failed(error: Error) -> Failure {
    match error {
        Error::System(error) => Failure::System(error),
        other => Failure::Ours(other),
    }
}
