//! What the service does by itself with an objection or a withdrawal of consent, and what its person does with it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::intake::{Arrival, CaseFile, Request};
use super::jobs::{self, Job};
use super::{Context, Error, Result, granting, intake, suppressions};
use crate::domain::case::State;
use crate::domain::grant::stop::{self, Wish};
use crate::domain::grant::{Grant, RefusedItem};
use crate::domain::ids::CaseId;
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::store::Conn;
use crate::store::case_files;
use crate::store::cases::{self, StoredCase};
use crate::store::jobs as queue;
use crate::store::links;

/// Puts the grant into the queue as soon as a case waits for nothing but that.
///
/// # Errors
/// When the database fails.
pub fn grant_when_due(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    let stops = matches!(case.case.right, Right::Objection | Right::ConsentWithdrawal);
    if !stops || case.case.state != State::Assessing || case.case.proposal.is_some() {
        return Ok(());
    }
    let (_, file) = intake::open_file(ctx, case)?;
    let job = Job::GrantAlone { case: case.id };
    if is_due(ctx, case, &file) && !queue::is_waiting(conn, case.id, job.kind())? {
        jobs::enqueue(ctx, conn, &job, None)?;
    }
    Ok(())
}

fn is_due(ctx: &Context, case: &StoredCase, file: &CaseFile) -> bool {
    let wish = file.stop.as_ref();
    wish.is_some_and(|wish| stop::needs_nobody(&ctx.organisation.map, case.case.right, wish))
}

/// Grants what the law leaves nothing to judge in. When the case has moved on, nothing is left to do.
///
/// # Errors
/// When a system or the database fails; it can be tried again.
pub fn grant_alone(ctx: &Context, id: CaseId) -> Result<()> {
    let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
    let (_, file) = intake::open_file(ctx, &case)?;
    let waits = case.case.state == State::Assessing && case.case.proposal.is_none();
    if !waits || !case.case.identity.is_enough() || !is_due(ctx, &case, &file) {
        return Ok(());
    }
    granting::grant(ctx, &Actor::System, id, case.version, &granting::Asked::default())?;
    Ok(())
}

/// The person says which consents they withdraw, having been shown what stops working.
///
/// # Errors
/// When the case is no withdrawal that waits for them, or names what does not rest on consent.
pub fn confirm(ctx: &Context, id: CaseId, purposes: Option<&[String]>) -> Result<StoredCase> {
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let waits = case.case.state == State::Assessing && case.case.proposal.is_none();
        if case.case.right != Right::ConsentWithdrawal || !waits {
            let state = case.case.state.name();
            return Err(crate::domain::case::TransitionError::NotInState { state }.into());
        }
        let (key, file) = intake::open_file(ctx, &case)?;
        let named = match (purposes, &file.stop) {
            (Some(purposes), _) => purposes.to_vec(),
            (None, Some(wish)) => wish.purposes.clone(),
            (None, None) => vec![],
        };
        let uses = stop::withdrawn(&ctx.organisation.map, &named)
            .map_err(|_| Error::field("purposes", if named.is_empty() { "required" } else { "unknown" }))?;
        let wish = Wish {
            purposes: uses.iter().map(|one| one.id.clone()).collect(),
            confirmed: true,
            ..Wish::default()
        };
        let detail = json!({ "purposes": wish.purposes });
        let file = CaseFile {
            stop: Some(wish),
            ..file
        };
        case_files::reseal(conn, id, &key.seal(intake::CASE_FILE, ctx.nonce(), &file))?;
        ctx.record(conn, id.0, &Actor::Person, "consent_end_confirmed", detail)?;
        let case = cases::find_by_id(conn, id)?;
        grant_when_due(ctx, conn, &case)?;
        Ok(case)
    })
}

/// What a person may stop, or has stopped, as they are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopFacts {
    /// From which local day.
    pub from: NaiveDate,
    /// Whether all direct marketing stops.
    pub marketing: bool,
    /// What stops, by the ids of the map.
    pub uses: Vec<String>,
    /// Until when a campaign that is under way may still arrive.
    pub campaigns_until: NaiveDate,
    /// What is refused, and why.
    pub refused: Vec<RefusedItem>,
    /// Whether data is left that nothing else is needed for, so that its erasure is offered.
    pub erasable: bool,
}

/// What stopped in a case.
#[must_use]
pub fn facts(ctx: &Context, grant: &Grant) -> Option<StopFacts> {
    let stopping = grant.terms.stopping()?;
    let from = stopping.from;
    let days = chrono::Days::new(ctx.organisation.campaigns_under_way_days.into());
    Some(StopFacts {
        from,
        marketing: stopping.marketing,
        uses: stopping.uses.clone(),
        campaigns_until: from.checked_add_days(days).unwrap_or(from),
        refused: grant.refused.clone(),
        erasable: stop::without_basis(&ctx.organisation.map, &stopping.uses),
    })
}

/// Whether an address of the person's stands in the ledger of those that marketing leaves alone.
///
/// # Errors
/// When the database fails.
pub fn is_suppressed(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<bool> {
    let (_, file) = intake::open_file(ctx, case)?;
    let subject = super::searching::find_subject(ctx, conn, case)?;
    let mut addresses = stop::Address::among(&file.keys());
    addresses.extend(
        subject
            .iter()
            .flat_map(|subject| stop::Address::among(&subject.keys)),
    );
    let standings = suppressions::standings(ctx, conn, &addresses)?;
    Ok(standings.iter().any(|standing| !standing.purposes.is_empty()))
}

/// Starts the erasure of what has no other basis any more (Art. 17(1)(b), (c)): a case of its own, for the same person,
/// with what they proved. However often it is asked for, there is one.
///
/// # Errors
/// When nothing was stopped in the case, or the database fails.
pub fn begin_erasure(ctx: &Context, id: CaseId) -> Result<(StoredCase, String)> {
    let (case, file, proofs) = {
        let mut conn = ctx.store.get()?;
        let case = cases::find_by_id(&mut conn, id)?;
        let (_, file) = intake::open_file(ctx, &case)?;
        let proofs = super::proving::list(&mut conn, id)?;
        (case, file, proofs)
    };
    let done = matches!(case.case.state, State::Answered { .. } | State::Closed { .. });
    if !done || !matches!(case.case.right, Right::Objection | Right::ConsentWithdrawal) {
        let state = case.case.state.name();
        return Err(crate::domain::case::TransitionError::NotInState { state }.into());
    }
    let request = Request {
        right: Right::Erasure,
        language: case.language,
        file: CaseFile { stop: None, ..file },
    };
    let key = format!("erasure after {id}");
    let arrival = Arrival {
        channel: "web",
        received_at: ctx.now(),
        actor: Actor::Person,
        idempotency: Some((&key, b"")),
        proofs: proofs.into_iter().map(|proof| proof.method).collect(),
    };
    let begun = intake::submit(ctx, &request, &arrival)?;
    let token = ctx.store.transaction(|conn| {
        // By this, the ground of the erasure is known.
        links::insert(conn, id, begun.id)?;
        super::codes::grant_access(ctx, conn, begun.id)
    })?;
    Ok((begun, token))
}
