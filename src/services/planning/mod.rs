//! Making an erasure plan, showing it, and having its consequences confirmed.

mod deciding;
mod facts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::searching::{self, Subject};
use super::transition::{self, Change};
use super::{Context, Error, Result, intake, manual};
use crate::domain::case::{Confirmation, Event, Proposal};
use crate::domain::data_map::System;
use crate::domain::erasure::{Draft, Plan, PlanError, Refusals, Survey, SurveyRequest};
use crate::domain::ids::{CaseId, PlanId};
use crate::domain::matching::RowKey;
use crate::domain::recipient::{TellOutcome, Told, UsageFacts, who_is_told};
use crate::domain::staff::{Actor, Permission};
use crate::store::cases::{self, StoredCase};
use crate::store::plans::{self, PlanRow};
use crate::store::{Conn, proposals};

pub use deciding::{AskedPlan, needed_by_contract, refusals_of};
pub use facts::{PlanFacts, PlanLine, PlanSystem, facts};

/// A survey of one system with the roots it started from.
pub type Surveyed = (Survey, BTreeMap<String, Vec<RowKey>>);

/// Where a sealed plan belongs.
const PLAN: &str = "plans.sealed";

/// All that is decided with a plan; sealed, and frozen by the plan's hash.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanFile {
    /// What is erased, reduced and kept.
    pub plan: Plan,
    /// Who is told, and with which identifiers, taken before anything is erased.
    pub told: Vec<Told>,
    /// Where the answer goes: an address that still exists afterwards.
    pub reply_to: Option<String>,
}

/// Surveys every system in which the person has rows.
///
/// # Errors
/// When a system fails.
pub fn survey(
    ctx: &Context,
    roots: &BTreeMap<String, BTreeMap<String, Vec<RowKey>>>,
) -> Result<Vec<Surveyed>> {
    let mut surveys = Vec::new();
    for system in &ctx.organisation.map.systems {
        let Some(own) = roots.get(&system.id) else {
            continue;
        };
        let request = survey_request(ctx, system, own.clone());
        surveys.push((ctx.systems.get(&system.id)?.survey(&request)?, own.clone()));
    }
    Ok(surveys)
}

/// What to ask of a system: the columns that planning and notices need, and those that lead to other systems.
#[must_use]
pub fn survey_request(ctx: &Context, system: &System, roots: BTreeMap<String, Vec<RowKey>>) -> SurveyRequest {
    let mut request = SurveyRequest::new(system, &ctx.organisation.recipients, roots);
    for table in &system.tables {
        let fed = ctx.organisation.map.columns_fed(&system.id, &table.name);
        let columns = request.columns.entry(table.name.clone()).or_default();
        columns.extend(fed.into_iter().map(str::to_owned));
    }
    request
}

/// Whether services of the person still run. When no plan can be made, it is assumed that they do.
#[must_use]
pub fn has_live_services(ctx: &Context, surveys: &[Surveyed]) -> bool {
    let (map, years) = (&ctx.organisation.map, &ctx.organisation.fiscal_years);
    Draft::make(map, years, surveys, &Refusals::default()).map_or(true, |draft| !draft.services.is_empty())
}

/// Makes the plan for an erasure, from what the systems hold now, on the ground and with the refusals that are asked.
///
/// # Errors
/// When the actor may not, the case does not allow it, it is unclear whose rows are meant, there is no ground, a refusal
/// makes no sense, or a system fails. The case is then as it was.
pub fn make(ctx: &Context, actor: &Actor, id: CaseId, version: i64, asked: &AskedPlan) -> Result<StoredCase> {
    let by = actor.staff().filter(|_| actor.may(Permission::HandleCases));
    if by.is_none() && *actor != Actor::System {
        return Err(Error::Forbidden("role"));
    }
    let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
    let plan_id = PlanId(ctx.new_id());
    let event = |hash: String, confirmation| Event::PlanMade {
        plan: plan_id,
        hash,
        by,
        confirmation,
    };
    // Asked before the systems are, so that a case which allows no plan costs them nothing.
    case.case
        .apply(&event(String::new(), Confirmation::NotNeeded), ctx.now())?;
    let refusals = deciding::refusals(ctx, asked)?;
    let (_, file) = intake::open_file(ctx, &case)?;
    let subject = searching::search(ctx, &file.keys(), asked.account.as_ref())?;
    let mut subject = searching::clear_subject(Some(subject))?;
    subject.matches.extend(manual::found(ctx, id)?);
    let planned = plan_for(ctx, &subject, &case, asked, &refusals)?;
    let confirmation = match planned.plan.services.as_slice() {
        [] => Confirmation::NotNeeded,
        _ => Confirmation::Awaited,
    };
    // Nobody is there to be asked, nor to see that something still runs.
    if by.is_none() && confirmation == Confirmation::Awaited {
        return Err(Error::Conflict("services_running"));
    }
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.version != version {
            return Err(Error::Stale);
        }
        let (key, _) = intake::open_file(ctx, &case)?;
        searching::keep(ctx, conn, &key, &case, &subject)?;
        let facts = facts(ctx, &planned.plan);
        let sealed = key.seal(PLAN, ctx.nonce(), &planned);
        plans::insert(conn, &row(ctx, (id, plan_id), &planned, &facts, sealed))?;
        let proposal = Proposal::Erasure {
            plan: plan_id,
            hash: facts.hash.clone(),
            prepared_by: by,
            confirmation,
        };
        proposals::replace(conn, ctx.new_id(), id, &proposal, None, ctx.now())?;
        cases::set_attention(conn, id, None)?;
        let change = Change {
            event: event(facts.hash.clone(), confirmation),
            actor,
            action: "plan_made",
            detail: deciding::traced(&facts, &planned.plan),
            visible: true,
        };
        transition::apply(ctx, conn, &case, change)
    })
}

fn row(
    ctx: &Context,
    (case, plan): (CaseId, PlanId),
    planned: &PlanFile,
    facts: &PlanFacts,
    sealed: Vec<u8>,
) -> PlanRow {
    PlanRow {
        id: plan.0,
        case_id: case.0,
        made_at: ctx.now(),
        hash: facts.hash.clone(),
        summary: facts::summary(planned, facts),
        sealed: Some(sealed),
        ground: Some(facts.basis.ground().name().to_owned()),
        refuses: !facts.refused.is_empty(),
    }
}

fn plan_for(
    ctx: &Context,
    subject: &Subject,
    case: &StoredCase,
    asked: &AskedPlan,
    refusals: &Refusals,
) -> Result<PlanFile> {
    let surveys = survey(ctx, &subject.roots())?;
    let (map, years) = (&ctx.organisation.map, &ctx.organisation.fiscal_years);
    let draft = Draft::make(map, years, &surveys, refusals).map_err(|error| plan_error(error, refusals))?;
    if draft.systems.is_empty() {
        return Err(Error::Conflict("nothing_to_erase"));
    }
    let basis = deciding::basis(ctx, case, asked, &draft)?;
    let plan = draft.on(basis);
    if !plan.refused.is_empty() && plan.count("erase") + plan.count("reduce") == 0 {
        // Nothing would be done: that is a refusal of the whole, with its own letter.
        return Err(Error::field("refused", "all_refused"));
    }
    let told = told(ctx, subject, &surveys);
    let reply_to = reply_address(ctx, subject, case)?;
    let mut planned = PlanFile { plan, told, reply_to };
    keep_earlier_recipients(ctx, &mut planned, case)?;
    Ok(planned)
}

/// Who must hear of it when data of `subject` changes, judged from what the systems hold now.
#[must_use]
pub fn told(ctx: &Context, subject: &Subject, surveys: &[Surveyed]) -> Vec<Told> {
    let mut used = UsageFacts::default();
    for (survey, _) in surveys {
        for table in &survey.tables {
            for row in &table.rows {
                used.add(&survey.system, &table.table, row.values.clone());
            }
        }
    }
    used.customer_numbers.extend(subject.keys.customer_number.clone());
    used.emails.extend(subject.keys.email.clone());
    who_is_told(&ctx.organisation.recipients, &ctx.organisation.map, &used)
}

/// Recipients of a plan whose execution had begun stay told, with the identifiers taken then: what
/// led to them may be erased already.
fn keep_earlier_recipients(ctx: &Context, planned: &mut PlanFile, case: &StoredCase) -> Result<()> {
    let mut conn = ctx.store.get()?;
    let Some((earlier_id, earlier)) = newest(ctx, &mut conn, case)? else {
        return Ok(());
    };
    if plans::list_steps(&mut conn, earlier_id)?.is_empty() {
        return Ok(());
    }
    for told in &mut planned.told {
        let before = earlier
            .told
            .iter()
            .find(|before| before.recipient == told.recipient);
        if let (TellOutcome::NotTold { .. } | TellOutcome::Impossible { .. }, Some(before)) =
            (&told.outcome, before)
        {
            told.outcome = before.outcome.clone();
        }
    }
    Ok(())
}

/// The address for an answer that holds data: proved, or on file before the request; and one that
/// the erasure leaves alone.
fn reply_address(ctx: &Context, subject: &Subject, case: &StoredCase) -> Result<Option<String>> {
    let mut conn = ctx.store.get()?;
    let (_, file) = intake::open_file(ctx, case)?;
    let proofs = super::proving::list(&mut conn, case.id)?;
    let typed_proved = proofs
        .iter()
        .any(|proof| proof.method == crate::domain::identity::Method::TypedAddress);
    let typed = file.email.filter(|_| typed_proved);
    let address = [typed, subject.on_file()]
        .into_iter()
        .flatten()
        .find(|email| subject.survives(email));
    Ok(address.map(|email| email.as_str().to_owned()))
}

fn plan_error(error: PlanError, refusals: &Refusals) -> Error {
    match error {
        // What is refused hangs on what would go: that must stay with it.
        PlanError::ReferredTo { .. } if !refusals.items().is_empty() => {
            Error::field("item", "hangs_on_erased")
        }
        PlanError::FiscalDateMissing { .. } => Error::Conflict("fiscal_date_missing"),
        PlanError::FiscalYearMissing { .. } => Error::Conflict("fiscal_year_missing"),
        PlanError::ReferredTo { .. } => Error::Conflict("row_referred_to"),
        PlanError::MapMismatch { .. } => Error::internal(error),
    }
}

/// The plan of that id, opened.
///
/// # Errors
/// When there is none, or its case's key has been destroyed.
pub fn open(ctx: &Context, conn: &mut Conn, case: &StoredCase, plan: PlanId) -> Result<PlanFile> {
    let row = plans::find(conn, plan)?;
    let (key, _) = intake::open_file(ctx, case)?;
    let file: PlanFile = key.open(PLAN, intake::present(row.sealed.as_deref())?)?;
    // What was approved is the hash: a plan that does not match it is not the plan.
    if file.plan.hash() == row.hash {
        Ok(file)
    } else {
        Err(Error::internal("plan does not match its hash"))
    }
}

/// The newest plan of a case, if one was made.
///
/// # Errors
/// When the database fails.
pub fn newest(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<(PlanId, PlanFile)>> {
    match plans::find_newest(conn, case.id) {
        // Made before plans named their grounds, it is none any more.
        Ok(row) if row.ground.is_none() => Ok(None),
        Ok(row) => Ok(Some((PlanId(row.id), open(ctx, conn, case, PlanId(row.id))?))),
        Err(crate::store::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The person confirms that they understand what the plan ends.
///
/// # Errors
/// When nothing is there to confirm, or the plan has changed since it was shown.
pub fn confirm(ctx: &Context, id: CaseId, shown: Option<&str>) -> Result<StoredCase> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let hash = match (&case.case.proposal, shown) {
            (_, Some(shown)) => shown.to_owned(),
            (Some(Proposal::Erasure { hash, .. }), None) => hash.clone(),
            _ => String::new(),
        };
        let change = Change {
            event: Event::ConsequencesConfirmed { hash: hash.clone() },
            actor: &Actor::Person,
            action: "consequences_confirmed",
            detail: json!({ "hash": hash }),
            visible: false,
        };
        let after = transition::apply(ctx, conn, &case, change)?;
        proposals::confirm(conn, id)?;
        Ok(cases::find_by_id(conn, after.id)?)
    })
}
