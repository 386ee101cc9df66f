//! Cases that belong together: a duplicate goes on in the older case, a request that names several rights in several.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::Work;
use crate::domain::case::joining::{Facts, may_merge};
use crate::domain::case::{Event, State, TransitionError};
use crate::domain::identity::{Method, Proof};
use crate::domain::ids::{CaseId, Reference};
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::services::course::Course;
use crate::services::letters::Letter;
use crate::services::{Context, Error, Result, account_end, intake, keys, proving, searching, telling};
use crate::store::cases::{self, StoredCase};
use crate::store::keys::CaseKey;
use crate::store::{Conn, identity, links};

impl Work<'_> {
    pub(super) fn merge(&self, conn: &mut Conn, into: &str) -> Result<()> {
        let unknown = || Error::field("into", "unknown");
        let reference = Reference::parse(into).map_err(|_| unknown())?;
        let into = match cases::find(conn, &reference) {
            Ok(case) => cases::lock(conn, case.id)?,
            Err(crate::store::Error::NotFound) => return Err(unknown()),
            Err(error) => return Err(error.into()),
        };
        self.case.case.apply(&Event::Merged, self.ctx.now())?;
        let (this, other) = (facts(self.ctx, conn, self.case)?, facts(self.ctx, conn, &into)?);
        may_merge(&this, &other).map_err(|error| Error::field("into", error.code()))?;
        links::set_merged_into(conn, self.case.id, into.id)?;
        let case = cases::lock(conn, self.case.id)?;
        let detail = json!({ "into": into.reference.as_str() });
        Work { case: &case, ..*self }.change(conn, Event::Merged, "case_merged", detail)?;
        let detail = json!({ "case": case.reference.as_str() });
        Ok(self
            .ctx
            .record(conn, into.id.0, self.actor, "case_merged_here", detail)?)
    }
}

/// Makes a case of its own of each further right that a request names. Their keys are written before anything that they
/// seal, and so before the transaction.
pub(super) fn split(
    ctx: &Context,
    actor: &Actor,
    id: CaseId,
    version: i64,
    rights: &[String],
) -> Result<StoredCase> {
    let by = actor.staff().ok_or(Error::Forbidden("role"))?;
    let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
    let further = further_rights(case.case.right, rights)?;
    let keys = further.iter().map(|_| keys::make(ctx, ctx.new_id()));
    let keys: Vec<CaseKey> = keys.collect::<Result<_>>()?;
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.version != version {
            return Err(Error::Stale);
        }
        if !case.case.state.is_undecided() {
            let state = case.case.state.name();
            return Err(TransitionError::NotInState { state }.into());
        }
        case.case.must_not_have_begun()?;
        if account_end::is_end(&case) {
            return Err(Error::Conflict("nobody_asked"));
        }
        let mut others = Vec::new();
        for (right, key) in further.iter().zip(&keys) {
            let new = split_off(ctx, conn, &case, key, (*right, case.case.received_at), actor)?;
            others.push((*right, new.reference.to_string()));
        }
        let work = Work {
            ctx,
            actor,
            by,
            case: &case,
        };
        work.touch(conn, &case)?;
        let references: Vec<&str> = others.iter().map(|(_, reference)| reference.as_str()).collect();
        ctx.record(conn, id.0, actor, "case_split", json!({ "into": references }))?;
        work.tell(conn, Course::Split { others })?;
        Ok(cases::find_by_id(conn, id)?)
    })
}

/// The rights named, each once and none that the case asks for already.
fn further_rights(own: Right, names: &[String]) -> Result<Vec<Right>> {
    let mut rights = Vec::new();
    for name in names {
        let right = Right::from_name(name).ok_or_else(|| Error::field("rights", "unknown"))?;
        if right == own || rights.contains(&right) {
            return Err(Error::field("rights", "twice"));
        }
        rights.push(right);
    }
    if rights.is_empty() {
        return Err(Error::field("rights", "required"));
    }
    Ok(rights)
}

/// A case of the same person for another right: what they wrote and what they proved is carried over.
fn split_off(
    ctx: &Context,
    conn: &mut Conn,
    from: &StoredCase,
    key: &CaseKey,
    (right, received_at): (Right, DateTime<Utc>),
    actor: &Actor,
) -> Result<StoredCase> {
    let (_, file) = intake::open_file(ctx, from)?;
    let request = intake::Request {
        right,
        language: from.language,
        file: intake::CaseFile { named: None, ..file },
    };
    let new = intake::file_beside(ctx, conn, key, &request, from, received_at, actor)?;
    // That an account ended proves nothing of who asks for something.
    let carried = proving::list(conn, from.id)?.into_iter();
    for proof in carried.filter(|proof| proof.method != Method::AccountEnd) {
        let Proof {
            method,
            at,
            accepted_by,
        } = proof;
        identity::insert_proof(conn, ctx.new_id(), new.id, method, accepted_by, at)?;
    }
    links::insert(conn, from.id, new.id)?;
    Ok(new)
}

/// The person asks for their data before an erasure takes it: a portability case beside this one.
///
/// # Errors
/// When the case is no erasure, is decided, or has such a case beside it already.
pub fn ask_for_copy(ctx: &Context, id: CaseId) -> Result<StoredCase> {
    let key = keys::make(ctx, ctx.new_id())?;
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if !may_ask_for_copy(conn, &case)? {
            let state = case.case.state.name();
            return Err(TransitionError::NotInState { state }.into());
        }
        let new = split_off(
            ctx,
            conn,
            &case,
            &key,
            (Right::Portability, ctx.now()),
            &Actor::Person,
        )?;
        let detail = json!({ "into": [new.reference.as_str()] });
        ctx.record(conn, id.0, &Actor::Person, "copy_asked", detail)?;
        let (key, _) = intake::open_file(ctx, &case)?;
        let others = vec![(Right::Portability, new.reference.to_string())];
        telling::send(ctx, conn, &case, &key, Letter::Course(Course::Split { others }))?;
        Ok(new)
    })
}

/// Whether a copy of the data can be asked for before it is erased.
///
/// # Errors
/// When the database fails.
pub fn may_ask_for_copy(conn: &mut Conn, case: &StoredCase) -> Result<bool> {
    let early = case.case.right == Right::Erasure
        && matches!(
            case.case.state,
            State::IdentityPending | State::Assessing | State::Approved { .. }
        );
    let beside = links::list(conn, case.id)?;
    Ok(early
        && !beside
            .iter()
            .any(|linked| linked.right == Right::Portability.name()))
}

fn facts(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Facts> {
    let (_, file) = intake::open_file(ctx, case)?;
    let proofs = proving::list(conn, case.id)?;
    let proved = |method: Method| proofs.iter().any(|proof| proof.method == method);
    let subject = searching::find_subject(ctx, conn, case)?;
    let typed = file.email.filter(|_| proved(Method::TypedAddress));
    let on_file = subject
        .as_ref()
        .and_then(searching::Subject::on_file)
        .filter(|_| proved(Method::OnFileAddress));
    Ok(Facts {
        reference: case.reference.to_string(),
        case: case.case.clone(),
        is_merged: case.merged_into.is_some(),
        account: subject
            .and_then(|subject| subject.account)
            .map(|row| (row.system, row.table, row.key)),
        addresses: [typed, on_file]
            .into_iter()
            .flatten()
            .map(|email| email.as_str().to_owned())
            .collect(),
    })
}
