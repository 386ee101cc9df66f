//! Granting a request: every right but erasure. The terms are decided, sealed and named by their hash; what they
//! promise is carried out in the background, step by step, by `running`.

mod collecting;
mod human_review;
mod parts;
pub mod rectification;
pub mod restriction;
mod running;
mod stopping;

use serde::Deserialize;
use serde_json::json;

use super::searching::{self, Subject};
use super::transition::{self, Change};
use super::{Context, Error, FieldError, Result, intake, manual, planning};
use crate::domain::case::{Event, Proposal, RefusalGround};
use crate::domain::contact::FreeText;
use crate::domain::grant::{Grant, RefusedItem, Terms};
use crate::domain::ids::{CaseId, StaffId};
use crate::domain::matching::RowKey;
use crate::domain::right::Right;
use crate::domain::staff::{Actor, Permission};
use crate::store::cases::{self, StoredCase};
use crate::store::{Conn, grant_steps, proposals};

pub use collecting::AskedPortability;
pub use human_review::AskedReview;
pub use running::run;
pub use stopping::{AskedStop, must_allow_refusal};

/// Where a sealed grant belongs.
const GRANT: &str = "proposals.sealed";

/// What staff grant, as they say it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The account meant, when several fit.
    pub account: Option<RowKey>,
    /// What is refused.
    pub refused: Vec<AskedRefusal>,
    /// What counts to portability among what the machine may not decide on.
    pub portability: Option<AskedPortability>,
    /// What came of the review of an automated decision.
    pub human_review: Option<AskedReview>,
    /// What is corrected.
    pub rectification: Option<rectification::AskedRectification>,
    /// What is restricted.
    pub restriction: Option<restriction::AskedRestriction>,
    /// The start of the hash of the terms that were shown before they are granted; what is then something else is
    /// not granted.
    pub seen: Option<String>,
    /// What an objection stops; all direct marketing when absent.
    pub objection: Option<AskedStop>,
    /// Which consents are withdrawn; those that the person named when absent, or all.
    pub consent: Option<AskedStop>,
}

/// A part that is refused, as staff say it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedRefusal {
    /// What.
    pub item: String,
    /// The ground's name.
    pub ground: String,
    /// The reasons, for the person to read.
    pub reason: String,
}

/// Grants what a case asks for; in part when something is refused, which another person must approve.
///
/// # Errors
/// When the actor may not, the case does not allow it, it is unclear whose rows are meant, what is asked makes no
/// sense, or a system fails. The case is then as it was.
pub fn grant(ctx: &Context, actor: &Actor, id: CaseId, version: i64, asked: &Asked) -> Result<StoredCase> {
    let by = actor.staff().filter(|_| actor.may(Permission::HandleCases));
    if by.is_none() && *actor != Actor::System {
        return Err(Error::Forbidden("role"));
    }
    let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
    let event = |hash: String, another| match by {
        Some(by) if another => Event::GrantPrepared { hash, by },
        _ => Event::Granted { hash, by },
    };
    // Asked before the systems are, so that a case which allows no grant costs them nothing.
    case.case.apply(&event(String::new(), true), ctx.now())?;
    let (subject, grant) = make(ctx, &case, by, asked)?;
    let (hash, partial) = (grant.hash(), grant.needs_another());
    if asked.seen.as_ref().is_some_and(|seen| !hash.starts_with(seen)) {
        return Err(Error::Conflict("terms_changed"));
    }
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.version != version {
            return Err(Error::Stale);
        }
        let (key, _) = intake::open_file(ctx, &case)?;
        grant_steps::forget(conn, (id, &hash))?;
        searching::keep(ctx, conn, &key, &case, &subject)?;
        let sealed = key.seal(GRANT, ctx.nonce(), &grant);
        let proposal = Proposal::Grant {
            hash: hash.clone(),
            partial,
            prepared_by: by,
        };
        let proposal_id = ctx.new_id();
        if partial {
            proposals::replace(conn, proposal_id, id, &proposal, Some(sealed), ctx.now())?;
        } else {
            proposals::keep_full_grant(conn, proposal_id, id, &proposal, sealed, ctx.now())?;
        }
        let grounds: Vec<&str> = grant.refused.iter().map(|item| item.ground.name()).collect();
        let change = Change {
            event: event(hash.clone(), partial),
            actor,
            action: if partial { "grant_prepared" } else { "granted" },
            detail: json!({ "hash": hash, "refused": grounds }),
            visible: true,
        };
        transition::apply(ctx, conn, &case, change)
    })
}

fn make(ctx: &Context, case: &StoredCase, by: Option<StaffId>, asked: &Asked) -> Result<(Subject, Grant)> {
    let refused = refused(asked)?;
    if matches!(case.case.right, Right::Objection | Right::ConsentWithdrawal) {
        return stopping::make(ctx, case, asked, refused);
    }
    let by = by.ok_or(Error::Forbidden("role"))?;
    let (_, file) = intake::open_file(ctx, case)?;
    let subject = searching::search(ctx, &file.keys(), asked.account.as_ref())?;
    let mut subject = searching::clear_subject(Some(subject))?;
    subject.matches.extend(manual::found(ctx, case.id)?);
    let terms = terms(ctx, case, &subject, by, asked, &refused)?;
    let told = match terms.notice() {
        None => vec![],
        Some(_) => {
            let surveys = planning::survey(ctx, &subject.roots())?;
            planning::told(ctx, &subject, &surveys)
        }
    };
    let grant = Grant { terms, refused, told };
    let grant = restriction::narrow(ctx, rectification::narrow(ctx, case, grant)?);
    Ok((subject, grant))
}

/// The terms of each right, made by its own module.
fn terms(
    ctx: &Context,
    case: &StoredCase,
    subject: &Subject,
    by: StaffId,
    asked: &Asked,
    refused: &[RefusedItem],
) -> Result<Terms> {
    let right = case.case.right;
    let collection = || collecting::collection(ctx, right, subject, asked, refused);
    match right {
        Right::Access => Ok(Terms::Access(collection()?)),
        Right::Portability => Ok(Terms::Portability(collection()?)),
        Right::HumanReview => human_review::terms(ctx, by, asked),
        Right::Rectification => rectification::terms(ctx, subject, asked),
        Right::Restriction => restriction::terms(ctx, subject, asked),
        _ => Err(Error::Conflict("grant_not_available")),
    }
}

/// What a grant would be, before anything is decided.
///
/// # Errors
/// As [`grant`].
pub fn preview(ctx: &Context, actor: &Actor, id: CaseId, asked: &Asked) -> Result<Grant> {
    let by = actor
        .staff()
        .filter(|_| actor.may(Permission::HandleCases))
        .ok_or(Error::Forbidden("role"))?;
    let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
    let hash = String::new();
    case.case.apply(&Event::GrantPrepared { hash, by }, ctx.now())?;
    Ok(make(ctx, &case, Some(by), asked)?.1)
}

impl AskedRefusal {
    /// The part, once it says what, on which ground and why.
    pub(super) fn read(&self) -> std::result::Result<RefusedItem, FieldError> {
        let reason = FreeText::parse(&self.reason).ok();
        match (RefusalGround::from_name(&self.ground), reason) {
            (Some(ground), Some(reason)) if !self.item.trim().is_empty() => Ok(RefusedItem {
                item: self.item.trim().to_owned(),
                ground,
                reason: reason.as_str().to_owned(),
            }),
            (None, _) => Err(wrong("ground", "unknown")),
            (_, None) => Err(wrong("reason", "required")),
            _ => Err(wrong("item", "required")),
        }
    }
}

fn refused(asked: &Asked) -> Result<Vec<RefusedItem>> {
    let items: std::result::Result<Vec<_>, _> = asked.refused.iter().map(AskedRefusal::read).collect();
    items.map_err(|error| Error::Invalid(vec![error]))
}

pub(super) const fn wrong(field: &'static str, code: &'static str) -> FieldError {
    FieldError { field, code }
}

/// What was granted in a case, or prepared, if anything was.
///
/// # Errors
/// When the database fails, or what is kept is not what its hash names.
pub fn find(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<Grant>> {
    let Some(Proposal::Grant { hash, .. }) = &case.case.proposal else {
        return Ok(None);
    };
    let sealed = proposals::find_sealed(conn, case.id)?;
    let sealed = sealed.ok_or_else(|| Error::internal("a grant without terms"))?;
    let (key, _) = intake::open_file(ctx, case)?;
    let grant: Grant = key.open(GRANT, &sealed)?;
    if &grant.hash() == hash {
        Ok(Some(grant))
    } else {
        Err(Error::internal("grant does not match its hash"))
    }
}

/// The newest grant that was set aside in a case, because what it promised was outdated.
///
/// # Errors
/// When the database fails.
fn earlier(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<Grant>> {
    let Some(sealed) = proposals::find_set_aside_grant(conn, case.id)? else {
        return Ok(None);
    };
    let (key, _) = intake::open_file(ctx, case)?;
    Ok(Some(key.open(GRANT, &sealed)?))
}

/// What was granted in a case.
///
/// # Errors
/// As [`find`], and when nothing was.
pub fn open(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Grant> {
    find(ctx, conn, case)?.ok_or_else(|| Error::internal("nothing was granted"))
}
