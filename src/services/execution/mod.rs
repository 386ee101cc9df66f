//! Carrying an approved erasure out: step by step, resumable at any moment, verified at the end.
//!
//! No transaction is held across a call to a system: what is to be done is read, the system is
//! asked, the result is recorded. Every step can be repeated, so a crash in between repeats it.

mod again;
mod completing;
mod failing;
mod room;
mod shadow;
mod starting;
mod thawing;
mod verifying;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::data_map::System as Mapped;
use crate::domain::erasure::{Drift, Operation, Plan, StepKind, Survey, SystemPlan, drift};
use crate::domain::ids::{CaseId, PlanId};
use crate::domain::matching::{Match, RowKey};
use crate::services::ports::{System, SystemError};
use crate::services::{Context, Error, Result, account_end, planning, replaying, searching};
use crate::store::cases::{self, StoredCase};
use crate::store::locks;
use crate::store::plans::{self, StepState, StoredStep};

use starting::{Start, start};

pub use again::{Again, again};
pub use failing::waits;
use failing::{failed_run, note_failure, outdated};

pub use completing::RETAINED;
pub use room::say_if_full;
pub use shadow::{is_unsettled, settle};
pub use thawing::{give_back, schedule as schedule_thaw};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// All steps are done and verified, or there was nothing to do any more.
    Finished,
    /// The cool-off still runs until then: the job's time comes again.
    NotBefore(DateTime<Utc>),
    /// A system failed and may work later.
    TryAgain(&'static str),
    /// Somebody must look: a system refuses, a verification failed, or the plan is outdated.
    NeedsStaff(&'static str),
}

/// When another run of the same erasure is asked again.
const OTHER_RUN: TimeDelta = TimeDelta::seconds(30);

/// Starts or goes on with the erasure of a case; one run of it at a time, whoever else has a job for it.
///
/// # Errors
/// When the database fails; what a system does is told by [`Run`].
pub fn run(ctx: &Context, id: CaseId) -> Result<Run> {
    let ran = locks::alone(&ctx.store, &format!("erasure {id}"), || run_alone(ctx, id))?;
    say_if_full(
        ctx,
        id,
        ran.unwrap_or_else(|| Ok(Run::NotBefore(ctx.now() + OTHER_RUN))),
    )
}

fn run_alone(ctx: &Context, id: CaseId) -> Result<Run> {
    if account_end::look_again(ctx, id)? {
        return Ok(Run::Finished);
    }
    let (case, plan_id) = match start(ctx, id)? {
        Start::Nothing => return Ok(Run::Finished),
        Start::NotBefore(at) => return Ok(Run::NotBefore(at)),
        Start::Go(case, plan_id) => (case, plan_id),
    };
    let plan = planning::open(ctx, &mut *ctx.store.get()?, &case, plan_id)?.plan;
    let erasure = Erasure {
        case: id,
        plan: plan_id,
    };
    match carry_out(ctx, &case, erasure, &plan) {
        Ok(run) => Ok(run),
        Err(Failure::Outdated) => outdated(ctx, id, plan_id),
        Err(Failure::Ours(error)) => Err(error),
        Err(failed) => failed_run(ctx, id, &failed),
    }
}

/// Which erasure is carried out.
#[derive(Clone, Copy)]
struct Erasure {
    case: CaseId,
    plan: PlanId,
}

fn carry_out(
    ctx: &Context,
    case: &StoredCase,
    erasure: Erasure,
    plan: &Plan,
) -> std::result::Result<Run, Failure> {
    // What an earlier plan froze is given back first: else it would be taken for what the accounts held.
    thawing::give_back_earlier(ctx, erasure.case, Some(erasure.plan))?;
    let mut worst: Option<Failure> = None;
    for phase in [Phase::Freeze, Phase::Look, Phase::Erase] {
        for part in &plan.systems {
            // A failing system leaves the others done.
            match run_system(ctx, erasure, plan, part, phase) {
                Ok(()) => {}
                Err(fatal @ (Failure::Outdated | Failure::Ours(_))) => return Err(fatal),
                Err(failed) => worst = Some(failed.or_worse(worst)),
            }
        }
        if phase == Phase::Look {
            verifying::nothing_elsewhere(ctx, case, plan)?;
        }
    }
    if let Some(failed) = worst {
        return Err(failed);
    }
    verifying::nothing_elsewhere(ctx, case, plan)?;
    completing::complete(ctx, erasure, plan)
}

/// What stopped a step in a system, of an erasure or of a grant.
pub enum Failure {
    /// The system.
    System(SystemError),
    /// What is there afterwards is not what was promised.
    NotVerified,
    /// What is there is not what was approved.
    Outdated,
    /// Staff have not done it by hand yet, or otherwise than planned.
    ByHand,
    /// The service itself.
    Ours(Error),
}

impl Failure {
    /// This one, unless it only waits for staff and another does not.
    #[must_use]
    pub fn or_worse(self, other: Option<Self>) -> Self {
        match (self, other) {
            (Self::System(SystemError::Waiting { .. }), Some(other)) => other,
            (one, _) => one,
        }
    }
}

impl From<SystemError> for Failure {
    fn from(error: SystemError) -> Self {
        Self::System(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<crate::store::Error> for Failure {
    fn from(error: crate::store::Error) -> Self {
        Self::Ours(error.into())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// All accounts are frozen before any row goes.
    Freeze,
    /// All systems are held against the plan before any row goes: one that has drifted too far stops
    /// the erasure while it can still be planned anew.
    Look,
    /// Rows go, and the system is verified.
    Erase,
}

fn run_system(
    ctx: &Context,
    erasure: Erasure,
    plan: &Plan,
    part: &SystemPlan,
    phase: Phase,
) -> std::result::Result<(), Failure> {
    let steps = plans::list_steps(&mut *ctx.store.get()?, erasure.plan)?;
    let open: Vec<StoredStep> = steps
        .into_iter()
        .filter(|stored| stored.step.system == part.system)
        .filter(|stored| (stored.step.kind == StepKind::Freeze) == (phase == Phase::Freeze))
        .filter(|stored| !matches!(stored.state, StepState::Done { .. }))
        .collect();
    let Some(first) = open.first() else { return Ok(()) };
    let outcome = (|| {
        let system = ctx.systems.get(&part.system)?;
        let appeared = match phase {
            Phase::Freeze => BTreeMap::new(),
            // Staff are at it already, perhaps.
            Phase::Look if part.by_hand => return Ok(()),
            Phase::Look => return appeared(ctx, &*system, plan, part).map(|_| ()),
            Phase::Erase if part.by_hand => return shadow::look(ctx, &*system, erasure, part, &open),
            Phase::Erase => appeared(ctx, &*system, plan, part)?,
        };
        for stored in &open {
            run_step(ctx, &*system, erasure, part, stored, &appeared).inspect_err(|failure| {
                note_failure(ctx, erasure.plan, stored.step.ordinal, failure);
            })?;
        }
        Ok(())
    })();
    outcome.inspect_err(|failure| note_failure(ctx, erasure.plan, first.step.ordinal, failure))
}

/// Rows of the person that appeared since the plan was approved, of kinds that it erases. A service among them that began
/// since is in no plan: that it ends, nobody has confirmed.
fn appeared(
    ctx: &Context,
    system: &dyn System,
    plan: &Plan,
    part: &SystemPlan,
) -> std::result::Result<BTreeMap<String, Vec<RowKey>>, Failure> {
    let now = survey(ctx, system, part)?;
    if plan.misses_service(mapped(ctx, part)?, &now) {
        return Err(Failure::Outdated);
    }
    match drift(part, &now) {
        Drift::Appeared(rows) => Ok(rows),
        Drift::Outdated { .. } => Err(Failure::Outdated),
    }
}

fn mapped<'a>(ctx: &'a Context, part: &SystemPlan) -> Result<&'a Mapped> {
    let mapped = ctx.organisation.map.system(&part.system);
    mapped.ok_or_else(|| Error::internal("system left the map"))
}

fn survey(ctx: &Context, system: &dyn System, part: &SystemPlan) -> std::result::Result<Survey, Failure> {
    let request = planning::survey_request(ctx, mapped(ctx, part)?, part.roots.clone());
    Ok(system.survey(&request)?)
}

fn run_step(
    ctx: &Context,
    system: &dyn System,
    erasure: Erasure,
    part: &SystemPlan,
    stored: &StoredStep,
    appeared: &BTreeMap<String, Vec<RowKey>>,
) -> std::result::Result<(), Failure> {
    let (step, plan) = (&stored.step, erasure.plan);
    shadow::refuse(mapped(ctx, part)?)?;
    let done = match step.kind {
        // An account that goes on is not stopped.
        StepKind::Freeze if part.keeps_account(mapped(ctx, part)?) => 0,
        StepKind::Freeze => {
            thawing::remember(ctx, system, erasure, part, step.ordinal)?;
            system.freeze(&part.roots)?
        }
        StepKind::Delete => {
            let new = appeared.get(&step.table).map(Vec::as_slice).unwrap_or_default();
            let mut rows = keys(part, &step.table, &Operation::Erase);
            rows.extend_from_slice(new);
            // Declared before they go: a crash in between must not leave rows erased that nothing speaks of.
            if !new.is_empty() {
                let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
                plans::declare_appeared(&mut *ctx.store.get()?, plan, step.ordinal, count)?;
            }
            system.delete(&step.table, &rows)?
        }
        StepKind::Reduce => {
            let mut done = 0;
            for (keep, rows) in reductions(part, &step.table) {
                done += system.reduce(&step.table, keep, &rows)?;
            }
            done
        }
        StepKind::Verify => {
            verifying::bar(system, part)?;
            verifying::verify(ctx, system, part)?
        }
    };
    let gone = if step.kind == StepKind::Verify {
        replaying::set(ctx, &part.system)?;
        replaying::of_roots(ctx, part, &matches(ctx, erasure.case)?)
    } else {
        vec![]
    };
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    ctx.store.transaction(|conn| {
        if step.kind == StepKind::Verify {
            replaying::keep(ctx, conn, erasure.case, &part.system, &gone)?;
            // An attempt that was cut off may have erased what the next one no longer found.
            plans::confirm_deleted(conn, plan, &part.system)?;
        }
        Ok::<_, Error>(plans::finish_step(conn, plan, step.ordinal, done, ctx.now())?)
    })?;
    Ok(())
}

/// The rows that the search found, with the keys that they held.
fn matches(ctx: &Context, case: CaseId) -> Result<Vec<Match>> {
    let mut conn = ctx.store.get()?;
    let case = cases::find_by_id(&mut conn, case)?;
    let subject = searching::find_subject(ctx, &mut conn, &case)?;
    Ok(subject.map(|subject| subject.matches).unwrap_or_default())
}

fn keys(part: &SystemPlan, table: &str, operation: &Operation) -> Vec<RowKey> {
    part.tables
        .iter()
        .filter(|t| t.table == table && &t.operation == operation)
        .flat_map(|t| t.rows.iter().map(|row| row.key.clone()))
        .collect()
}

fn reductions<'a>(part: &'a SystemPlan, table: &'a str) -> impl Iterator<Item = (&'a [String], Vec<RowKey>)> {
    part.tables
        .iter()
        .filter(move |t| t.table == table)
        .filter_map(|t| match &t.operation {
            Operation::Reduce { keep } => Some((
                keep.as_slice(),
                t.rows.iter().map(|row| row.key.clone()).collect(),
            )),
            _ => None,
        })
}
