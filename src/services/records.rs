//! Core records: what stays of a case that ended, and how it is found from what a person supplies.

use chrono::NaiveDate;
use serde_json::json;

use super::intake::{self, Typed};
use super::planning::PlanSystem;
use super::searching::{self, Subject};
use super::{Context, Error, FieldError, Result, auditing};
use crate::domain::audit;
use crate::domain::identity::Proof;
use crate::domain::ids::{CaseId, Reference};
use crate::domain::matching::PersonKeys;
use crate::domain::right::Right;
use crate::domain::sealing::Purpose;
use crate::domain::staff::{Actor, Permission};
use crate::store::audit::{self as trail, SERVICE_STREAM};
use crate::store::cases::{self, StoredCase};
use crate::store::mails::{self, Mail};
use crate::store::notices::{self, NoticeRow};
use crate::store::plans::{self, StoredStep};
use crate::store::records::{self, Decision};
use crate::store::{self, Conn, same_person};

pub use crate::store::records::Earlier;

/// Cases that one look-up shows.
const SHOWN: i64 = 50;

/// Keeps whose a case was, when it ends.
///
/// # Errors
/// When the case's file cannot be opened, or the database fails.
pub(super) fn keep(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    let (_, file) = intake::open_file(ctx, case)?;
    // Whose account it was is known only once somebody proved to be them.
    let found = searching::find_subject(ctx, conn, case)?.filter(|_| case.case.identity.is_enough());
    let found = found.map(|subject| subject.identifiers()).unwrap_or_default();
    keep_identifiers(ctx, conn, case.id, &[file.keys(), found])
}

/// Keeps the keyed hashes of the identifiers by which other cases of the person are recognised: those that were typed, and
/// those of the account, but for addresses that others use too.
///
/// # Errors
/// When the case's file cannot be opened, or the database fails.
pub(super) fn recognise(ctx: &Context, conn: &mut Conn, case: &StoredCase, subject: &Subject) -> Result<()> {
    let (_, file) = intake::open_file(ctx, case)?;
    let typed = file.keys();
    let found = subject.identifiers();
    let mut digests = intake::lookup_digests(ctx, &typed);
    digests.extend(intake::lookup_digests(ctx, &found));
    same_person::replace_digests(conn, case.id, &digests)?;
    if matches!(case.case.right, Right::Access | Right::Portability) {
        // By these it is known for the same person's as cases of which nothing but the core record is left.
        keep_identifiers(ctx, conn, case.id, &[typed, found])?;
    }
    Ok(())
}

/// Keeps keyed hashes of identifiers with a case's core record; a second time changes nothing.
///
/// # Errors
/// When the database fails.
pub(super) fn keep_identifiers(
    ctx: &Context,
    conn: &mut Conn,
    case: CaseId,
    keys: &[PersonKeys],
) -> Result<()> {
    for keys in keys {
        records::keep_digests(conn, case, &digests(ctx, keys))?;
    }
    Ok(())
}

/// The keyed hashes by which a core record is found.
fn digests(ctx: &Context, keys: &PersonKeys) -> Vec<(&'static str, [u8; 32])> {
    let secret = ctx.keys.for_purpose(Purpose::Accountability);
    keys.iter()
        .map(|(kind, value)| {
            let parts: [&[u8]; 2] = [kind.name().as_bytes(), value.as_bytes()];
            (kind.name(), secret.digest(&parts))
        })
        .collect()
}

/// Whether the actor may ask for a person's cases.
///
/// # Errors
/// [`Error::Forbidden`] when not.
pub fn may_find(actor: &Actor) -> Result<()> {
    if actor.may(Permission::ReadCases) {
        Ok(())
    } else {
        Err(Error::Forbidden("role"))
    }
}

/// The cases of whoever has any of these identifiers, the newest first, for as long as anything of them is kept. Answers
/// "have you handled a request of mine?" from what the person supplies; that it was asked is recorded.
///
/// # Errors
/// [`Error::Invalid`] for an identifier that is none, or when there is none; [`Error::Forbidden`].
pub fn find(ctx: &Context, actor: &Actor, typed: &Typed) -> Result<Vec<Earlier>> {
    may_find(actor)?;
    let keys = intake::identifiers(typed, ctx.now())?;
    let kinds: Vec<&str> = keys.iter().map(|(kind, _)| kind.name()).collect();
    if kinds.is_empty() {
        return Err(Error::Invalid(vec![FieldError {
            field: "email",
            code: "some_identifier_required",
        }]));
    }
    ctx.store.transaction(|conn| {
        let found = list(ctx, conn, &keys)?;
        let detail = json!({ "identifiers": kinds, "found": found.len() });
        ctx.record(conn, SERVICE_STREAM, actor, "person_looked_up", detail)?;
        Ok(found)
    })
}

/// Other cases of the person of `case`, the newest first.
///
/// # Errors
/// When the database fails.
pub fn earlier(ctx: &Context, conn: &mut Conn, case: &StoredCase, keys: &PersonKeys) -> Result<Vec<Earlier>> {
    let mut found = list(ctx, conn, keys)?;
    found.retain(|other| other.id != case.id);
    Ok(found)
}

fn list(ctx: &Context, conn: &mut Conn, keys: &PersonKeys) -> Result<Vec<Earlier>> {
    let (open, ended) = (intake::lookup_digests(ctx, keys), digests(ctx, keys));
    Ok(records::list_by_digests(conn, &open, &ended, SHOWN)?)
}

/// What stays of a case once what people wrote is gone.
pub struct CoreRecord {
    /// The case.
    pub case: StoredCase,
    /// The day on which it ended.
    pub ended_on: NaiveDate,
    /// The last day of this record.
    pub until: NaiveDate,
    /// What proved who the person was.
    pub proofs: Vec<Proof>,
    /// What was proposed and decided.
    pub decisions: Vec<Decision>,
    /// What the plan that was carried out would do, by system: counts and grounds.
    pub planned: Vec<PlanSystem>,
    /// What was done of it.
    pub steps: Vec<StoredStep>,
    /// Who was told, and what they answered.
    pub notices: Vec<NoticeRow>,
    /// Which letters left, and when.
    pub mails: Vec<Mail>,
    /// The trail.
    pub events: Vec<audit::Event>,
}

/// The core record of a case that was thinned; that somebody looked is recorded.
///
/// # Errors
/// When the actor may not, there is no such case, or it still has its file ([`Error::Conflict`] `not_thinned`).
pub fn core(ctx: &Context, actor: &Actor, reference: &Reference) -> Result<CoreRecord> {
    may_find(actor)?;
    let record = ctx.store.transaction(|conn| load(ctx, conn, reference))?;
    auditing::look(ctx, actor, record.case.id, "case_read")?;
    Ok(record)
}

fn load(ctx: &Context, conn: &mut Conn, reference: &Reference) -> Result<CoreRecord> {
    let case = cases::find(conn, reference)?;
    if case.thinned_at.is_none() {
        return Err(Error::Conflict("not_thinned"));
    }
    let (planned, steps) = match plans::find_newest(conn, case.id) {
        Ok(plan) => {
            let systems = plan.summary.get("systems").cloned().unwrap_or_default();
            let planned = serde_json::from_value(systems).unwrap_or_default();
            (
                planned,
                plans::list_steps(conn, crate::domain::ids::PlanId(plan.id))?,
            )
        }
        Err(store::Error::NotFound) => (vec![], vec![]),
        Err(error) => return Err(error.into()),
    };
    let ended = records::find_ended(conn, case.id)?;
    Ok(CoreRecord {
        ended_on: ended.on,
        until: ctx.policy.filing.record_until(ended.on, ended.hold_ended_on),
        proofs: super::proving::list(conn, case.id)?,
        decisions: records::list_decisions(conn, case.id)?,
        planned,
        steps,
        notices: notices::list(conn, case.id)?,
        mails: mails::list_by_case(conn, case.id)?,
        events: trail::list(conn, case.id.0)?,
        case,
    })
}
