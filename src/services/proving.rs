//! Proofs of identity, and the level that follows from them: decided here and nowhere else.

use serde_json::json;

use super::searching::{self, Subject};
use super::transition::{self, Change};
use super::{Context, Error, Result};
use crate::domain::case::Event;
use crate::domain::identity::{AddressFacts, Level, Method, reached};
use crate::domain::ids::CaseId;
use crate::domain::staff::Actor;
use crate::store::cases::{self, StoredCase};
use crate::store::identity;
use crate::store::{self, Conn};

/// Adds a proof and moves the case on if it is enough.
///
/// # Errors
/// When the case is past the point where identity matters, or the database fails.
pub fn add(ctx: &Context, conn: &mut Conn, id: CaseId, method: Method, actor: &Actor) -> Result<StoredCase> {
    let case = cases::lock(conn, id)?;
    identity::insert_proof(conn, ctx.new_id(), id, method, actor.staff(), ctx.now())?;
    ctx.record(
        conn,
        id.0,
        actor,
        "identity_proof_given",
        json!({ "method": method.name() }),
    )?;
    refresh(ctx, conn, &case, actor)
}

/// A member of staff accepts a proof.
///
/// # Errors
/// When the method is not one that staff accept, or the state does not allow it.
pub fn accept(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    method: &str,
    actor: &Actor,
) -> Result<StoredCase> {
    let method = Method::from_name(method).filter(|method| Method::BY_STAFF.contains(method));
    let method = method.ok_or_else(|| Error::field("method", "unknown"))?;
    if !case.case.state.can_be_withdrawn() {
        return Err(crate::domain::case::TransitionError::NotInState {
            state: case.case.state.name(),
        }
        .into());
    }
    identity::insert_proof(conn, ctx.new_id(), case.id, method, actor.staff(), ctx.now())?;
    ctx.record(
        conn,
        case.id.0,
        actor,
        "identity_accepted",
        json!({ "method": method.name() }),
    )?;
    refresh(ctx, conn, case, actor)
}

/// Computes the level reached and the level needed from what is known now, and keeps both.
/// Nothing else sets them.
///
/// # Errors
/// When the database fails.
pub fn refresh(ctx: &Context, conn: &mut Conn, case: &StoredCase, actor: &Actor) -> Result<StoredCase> {
    if !case.case.state.can_be_withdrawn() {
        return Ok(case.clone());
    }
    let subject = searching::find_subject(ctx, conn, case)?;
    let methods: Vec<Method> = identity::list_proofs(conn, case.id)?
        .into_iter()
        .map(|proof| proof.method)
        .collect();
    let facts = subject.as_ref().map(Subject::address_facts).unwrap_or_default();
    let level = reached(&methods, facts);
    let required = required_level(ctx, case, level, subject.as_ref());
    let mut case = case.clone();
    // What was approved was approved at its level; a proof in the cool-off must still be taken, so that the
    // person can stop the erasure.
    if required != case.case.identity.required && case.case.state.is_undecided() {
        let detail = json!({ "level": super::codes::level_name(required) });
        case = change(
            ctx,
            conn,
            &case,
            actor,
            Event::LevelRequired(required),
            "identity_level_required",
            detail,
        )?;
    }
    if level > case.case.identity.reached {
        let detail = json!({ "level": super::codes::level_name(level) });
        case = change(
            ctx,
            conn,
            &case,
            actor,
            Event::IdentityProved(level),
            "identity_level_reached",
            detail,
        )?;
    }
    super::stopping::grant_when_due(ctx, conn, &case)?;
    super::account_end::go_on_when_due(ctx, conn, &case)?;
    Ok(case)
}

/// The level that the case needs. Whether services run is taken into account only once an address
/// on file is proved: before that the answer would tell a stranger.
fn required_level(ctx: &Context, case: &StoredCase, reached: Level, subject: Option<&Subject>) -> Level {
    let live =
        reached < Level::A1 || subject.is_none_or(|subject| subject.live_services || subject.ambiguous());
    ctx.organisation.required_level(case.case.right, live)
}

fn change(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    actor: &Actor,
    event: Event,
    action: &'static str,
    detail: serde_json::Value,
) -> Result<StoredCase> {
    // A level that changes is background to staff's work: the version stays.
    transition::apply(
        ctx,
        conn,
        case,
        Change {
            event,
            actor,
            action,
            detail,
            visible: false,
        },
    )
}

/// What is known of the addresses of a case.
impl Subject {
    /// What proving an address means for this person.
    #[must_use]
    pub fn address_facts(&self) -> AddressFacts {
        AddressFacts {
            typed_is_on_file: self.typed_is_on_file,
            on_file_is_weak: self.on_file_is_weak,
        }
    }
}

/// The proofs of a case.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, case: CaseId) -> store::Result<Vec<crate::domain::identity::Proof>> {
    identity::list_proofs(conn, case)
}
