//! Carrying out what was granted: step by step, resumable at any moment.
//!
//! No transaction is held across a call to a system: what is to be done is read, the system is asked, the result is
//! recorded. Every step can be repeated.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::json;

use super::collecting;
use crate::domain::case::{Event, State};
use crate::domain::grant::{Grant, Step, StepKind, Terms};
use crate::domain::ids::CaseId;
use crate::domain::staff::Actor;
use crate::services::execution::{self, Failure, Run, say_if_full};
use crate::services::ports::SystemError;
use crate::services::transition::{self, Change};
use crate::services::{Context, Error, Result, manual, restricting, suppressions};
use crate::store::cases::{self, StoredCase};
use crate::store::grant_steps::{self, StepState};
use crate::store::{jobs, locks};

/// When another run of the same grant is asked again.
const OTHER_RUN: TimeDelta = TimeDelta::seconds(30);

/// What a run that ends well settles.
const RAISED_HERE: [&str; 6] = [
    manual::ATTENTION,
    Error::DISK_FULL,
    "system_failed",
    "verification_failed",
    "plan_outdated",
    jobs::ATTENTION,
];

/// Starts or goes on with what was granted in a case; one run of it at a time, whoever else has a job for it.
///
/// # Errors
/// When the database fails; what a system does is told by [`Run`].
pub fn run(ctx: &Context, id: CaseId) -> Result<Run> {
    let ran = locks::alone(&ctx.store, &format!("grant {id}"), || run_alone(ctx, id))?;
    say_if_full(
        ctx,
        id,
        ran.unwrap_or_else(|| Ok(Run::NotBefore(ctx.now() + OTHER_RUN))),
    )
}

fn run_alone(ctx: &Context, id: CaseId) -> Result<Run> {
    let Some((case, grant)) = start(ctx, id)? else {
        return Ok(Run::Finished);
    };
    let hash = grant.hash();
    let mut worst = None;
    let mut failing: BTreeSet<String> = BTreeSet::new();
    for stored in grant_steps::list(&mut *ctx.store.get()?, (id, &hash))? {
        // A failing system leaves the others done; what was not changed in it cannot be read back.
        if matches!(stored.state, StepState::Done { .. }) || failing.contains(&stored.step.system) {
            continue;
        }
        // A package is made of what all systems gave.
        if worst.is_some() && stored.step.kind == StepKind::Pack {
            continue;
        }
        match run_step(ctx, &case, &grant, &stored.step) {
            Ok(done) => {
                let done = i64::try_from(done).unwrap_or(i64::MAX);
                grant_steps::finish(
                    &mut *ctx.store.get()?,
                    (id, &hash),
                    stored.ordinal,
                    done,
                    ctx.now(),
                )?;
            }
            Err(Failure::Ours(error)) => return Err(error),
            Err(Failure::Outdated) => return outdated(ctx, id, &hash),
            Err(waits @ Failure::System(SystemError::Waiting { .. })) => {
                failing.insert(stored.step.system.clone());
                worst = Some(waits.or_worse(worst));
            }
            Err(failed) => {
                let why = match &failed {
                    Failure::System(error) => error.to_string(),
                    _ => "verification_failed".to_owned(),
                };
                grant_steps::fail(&mut *ctx.store.get()?, (id, &hash), stored.ordinal, &why)?;
                failing.insert(stored.step.system.clone());
                worst = Some(failed);
            }
        }
    }
    if worst.is_none() {
        worst = manual::await_granted(ctx, &case, &grant).err();
    }
    match worst {
        None => complete(ctx, id, &grant),
        Some(Failure::Ours(error)) => Err(error),
        Some(Failure::System(SystemError::Waiting { .. })) => execution::waits(ctx, id),
        Some(failed) => interrupted(ctx, id, &failed),
    }
}

/// Reads what is to be done and writes its steps down; nothing when the case is past it.
fn start(ctx: &Context, id: CaseId) -> Result<Option<(StoredCase, Grant)>> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.case.state != State::Executing {
            return Ok(None);
        }
        let Some(grant) = super::find(ctx, conn, &case)? else {
            return Ok(None);
        };
        grant_steps::insert(conn, (id, &grant.hash()), &steps(ctx, &grant.terms))?;
        if let Some(stopping) = grant.terms.stopping() {
            suppressions::keep(ctx, conn, &case, stopping)?;
        }
        Ok(Some((case, grant)))
    })
}

/// What the terms ask to be done, in order.
fn steps(ctx: &Context, terms: &Terms) -> Vec<Step> {
    match terms {
        Terms::Rectification(terms) => terms.steps(),
        Terms::Restriction(terms) => terms.steps(),
        Terms::HumanReview(_) => vec![],
        Terms::Objection(stopping) | Terms::ConsentWithdrawal(stopping) => super::stopping::steps(stopping),
        Terms::Access(collection) | Terms::Portability(collection) => collecting::steps(ctx, collection),
    }
}

/// Does one step; says how many rows or values it was about.
fn run_step(
    ctx: &Context,
    case: &StoredCase,
    grant: &Grant,
    step: &Step,
) -> std::result::Result<u64, Failure> {
    match (&grant.terms, step.kind) {
        (Terms::Rectification(terms), _) => super::rectification::run_step(ctx, terms, step),
        (Terms::Objection(stopping) | Terms::ConsentWithdrawal(stopping), _) => {
            super::stopping::run_step(ctx, stopping, step)
        }
        (Terms::Restriction(terms), _) => super::restriction::run_step(ctx, terms, step),
        (_, StepKind::Collect) => collecting::collect(ctx, case, grant, step),
        (_, StepKind::Pack) => collecting::pack(ctx, case, grant),
        (_, kind) => Err(Failure::Ours(Error::internal(format!(
            "no such step: {}",
            kind.name()
        )))),
    }
}

fn complete(ctx: &Context, id: CaseId, grant: &Grant) -> Result<Run> {
    let hash = grant.hash();
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.case.state != State::Executing {
            return Ok(());
        }
        let done: i64 = grant_steps::list(conn, (id, &hash))?
            .iter()
            .map(|stored| stored.done)
            .sum();
        cases::clear_attention(conn, id, &RAISED_HERE)?;
        if let Terms::Restriction(terms) = &super::open(ctx, conn, &case)?.terms {
            restricting::begin(ctx, conn, &case, terms)?;
        }
        let change = Change {
            event: Event::ExecutionCompleted,
            actor: &Actor::System,
            action: "grant_carried_out",
            detail: json!({ "hash": hash, "done": done }),
            visible: false,
        };
        transition::apply(ctx, conn, &case, change)?;
        if grant.terms.stopping().is_some_and(|stopping| stopping.by_hand) {
            cases::set_attention(conn, id, Some("stop_by_hand"))?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(Run::Finished)
}

fn interrupted(ctx: &Context, id: CaseId, failure: &Failure) -> Result<Run> {
    let (attention, run) = match failure {
        Failure::System(error) if error.retryable() => ("system_failed", Run::TryAgain(error.code())),
        Failure::System(error) => ("system_failed", Run::NeedsStaff(error.code())),
        _ => ("verification_failed", Run::NeedsStaff("verification_failed")),
    };
    ctx.store.transaction(|conn| {
        cases::set_attention(conn, id, Some(attention))?;
        let detail = json!({ "why": attention });
        ctx.record(conn, id.0, &Actor::System, "grant_interrupted", detail)
    })?;
    Ok(run)
}

fn outdated(ctx: &Context, id: CaseId, hash: &str) -> Result<Run> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let begun = grant_steps::list(conn, (id, hash))?
            .iter()
            .any(|stored| stored.step.kind.changes() && matches!(stored.state, StepState::Done { .. }));
        let change = Change {
            event: Event::PlanOutdated { begun },
            actor: &Actor::System,
            action: "plan_outdated",
            detail: json!({}),
            visible: true,
        };
        transition::apply(ctx, conn, &case, change)?;
        cases::set_attention(conn, id, Some("plan_outdated"))?;
        Ok::<_, Error>(())
    })?;
    Ok(Run::NeedsStaff("plan_outdated"))
}
