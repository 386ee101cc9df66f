//! What staff see beside the case itself: who their colleagues are, what waits for approval, and what is to be done by
//! hand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::accounts::StaffMember;
use super::notices::{NOTICE, NoticeFile};
use super::overview::StaffCase;
use super::telling::REASON;
use super::{Context, Error, Result, intake};
use crate::domain::case::Proposal;
use crate::domain::ids::StaffId;
use crate::domain::recipient::Identifier;
use crate::domain::staff::{Actor, Permission};
use crate::store::{proposals, sessions, staff};

/// Everybody who has or had an account, for whoever may see which of them worked on a case.
///
/// # Errors
/// When the actor may not read cases, or the database fails.
pub fn colleagues(ctx: &Context, actor: &Actor) -> Result<Vec<StaffMember>> {
    needs(actor, Permission::ReadCases)?;
    Ok(staff::list(&mut *ctx.store.get()?)?)
}

/// Those of the cases in which something is prepared and not decided.
///
/// # Errors
/// When the actor may not read cases, or the database fails.
pub fn awaiting_approval(ctx: &Context, actor: &Actor, cases: &[Uuid]) -> Result<BTreeSet<Uuid>> {
    needs(actor, Permission::ReadCases)?;
    let open = proposals::list_open(&mut *ctx.store.get()?, cases)?;
    Ok(open.into_iter().collect())
}

/// What is sealed beside a case, opened for staff.
#[derive(Default)]
pub struct Beside {
    /// Why a refusal is prepared, as the person will read it.
    pub reason: Option<String>,
    /// What each recipient knows the person by, for notices that staff hand over themselves.
    pub tasks: BTreeMap<Uuid, Vec<Identifier>>,
}

/// Opens what is sealed beside `seen`, a case whose reading has been recorded.
///
/// # Errors
/// When the actor may not read cases, or the database fails.
pub fn beside(ctx: &Context, actor: &Actor, seen: &StaffCase) -> Result<Beside> {
    needs(actor, Permission::ReadCases)?;
    let mut conn = ctx.store.get()?;
    let (key, _) = intake::open_file(ctx, &seen.case)?;
    let mut beside = Beside::default();
    if matches!(seen.case.case.proposal, Some(Proposal::Refusal { .. })) {
        let sealed = proposals::find_sealed(&mut conn, seen.case.id)?;
        beside.reason = sealed.map(|sealed| key.open(REASON, &sealed)).transpose()?;
    }
    let by_hand = seen.notices.iter().map(|(row, _)| row).filter(|row| is_task(row));
    for row in by_hand {
        let file: NoticeFile = key.open(NOTICE, intake::present(row.sealed.as_deref())?)?;
        beside.tasks.insert(row.id, file.identifiers);
    }
    Ok(beside)
}

/// Whether staff must hand the notice over and have not recorded an answer.
fn is_task(row: &crate::store::notices::NoticeRow) -> bool {
    row.why.as_deref() == Some("manual_task") && matches!(row.state.as_str(), "planned" | "queued")
}

/// When each member of staff who ever logged in was last there.
///
/// # Errors
/// When the actor may not manage staff, or the database fails.
pub fn last_seen(ctx: &Context, actor: &Actor) -> Result<BTreeMap<StaffId, DateTime<Utc>>> {
    needs(actor, Permission::ManageStaff)?;
    let seen = sessions::list_last_seen(&mut *ctx.store.get()?)?;
    Ok(seen.into_iter().collect())
}

fn needs(actor: &Actor, permission: Permission) -> Result<()> {
    if actor.may(permission) {
        Ok(())
    } else {
        Err(Error::Forbidden("role"))
    }
}
