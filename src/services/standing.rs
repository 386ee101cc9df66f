//! Standing approvals: given, taken back and looked over by approvers.

use chrono::{Datelike, Months, NaiveDate};
use serde_json::json;
use uuid::Uuid;

use super::{Context, Error, Result};
use crate::domain::calendar::{end_of_day_exclusive, stockholm_date};
use crate::domain::ids::StaffId;
use crate::domain::staff::{Actor, Permission};
use crate::domain::standing::{StandingApproval, StandingError};
use crate::store::audit::SERVICE_STREAM;
use crate::store::standing::{self, UsedFor};
use crate::store::{self, Conn, staff};

/// Uses that one look shows.
const SHOWN: i64 = 1000;

/// What an approver gives.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The last local day that it holds.
    pub until: NaiveDate,
    /// At least one plan of so many waits for a person.
    pub sample_every: u32,
    /// So many are let through in 30 days.
    pub most: u32,
}

/// The person behind the actor: a machine with a key approves nothing for later.
fn approver(conn: &mut Conn, actor: &Actor) -> Result<StaffId> {
    let id = actor.staff().filter(|_| actor.may(Permission::ApproveProposals));
    let id = id.ok_or(Error::Forbidden("role"))?;
    let member = staff::find(conn, id)?.member;
    if member.is_person() {
        Ok(id)
    } else {
        Err(Error::Forbidden("role"))
    }
}

/// Gives one, in the place of the one before.
///
/// # Errors
/// When the actor is no approver, or it would hold too long or sample too little.
pub fn give(ctx: &Context, actor: &Actor, wanted: &Wanted) -> Result<StandingApproval> {
    let now = ctx.now();
    ctx.store.transaction(|conn| {
        let approval = StandingApproval {
            id: ctx.new_id(),
            approver: approver(conn, actor)?,
            from: now,
            until: StandingApproval::holds_until(wanted.until),
            sample_every: wanted.sample_every,
            most: wanted.most,
            revoked_at: None,
        };
        approval.check().map_err(|error| match error {
            StandingError::Time => Error::field("valid_until", "invalid"),
            StandingError::Sample => Error::field("sample_every", "invalid"),
            StandingError::Most => Error::field("most_in_30_days", "invalid"),
        })?;
        standing::give(conn, &approval).map_err(taken)?;
        let detail = json!({
            "approval": approval.id, "scope": "account_end", "until": wanted.until,
            "sample_every": wanted.sample_every, "most": wanted.most,
        });
        ctx.record(conn, SERVICE_STREAM, actor, "standing_approval_given", detail)?;
        Ok(approval)
    })
}

/// Two at once: who came second looks at what the first gave.
fn taken(error: store::Error) -> Error {
    match error {
        store::Error::Duplicate(_) => Error::Stale,
        other => other.into(),
    }
}

/// Takes one back: what waits for a decision then waits for a person.
///
/// # Errors
/// When the actor is no approver, or it is over already.
pub fn revoke(ctx: &Context, actor: &Actor, id: Uuid) -> Result<()> {
    ctx.store.transaction(|conn| {
        let by = approver(conn, actor)?;
        if !standing::revoke(conn, id, by, ctx.now())? {
            return Err(Error::NotFound);
        }
        let detail = json!({ "approval": id });
        Ok(ctx.record(conn, SERVICE_STREAM, actor, "standing_approval_revoked", detail)?)
    })
}

/// A standing approval as it is looked at.
#[derive(Clone, Debug)]
pub struct ApprovalView {
    /// It.
    pub approval: StandingApproval,
    /// Whether it holds now.
    pub holds: bool,
    /// Who gave it.
    pub approver: String,
}

/// What approvers look over.
pub struct Overview {
    /// Every standing approval, the newest first.
    pub approvals: Vec<ApprovalView>,
    /// What became of the accounts that ended in the month, the newest first.
    pub uses: Vec<UsedFor>,
}

/// The first local day of the month that `text` names, as in `2026-11`; of this month when it names none.
#[must_use]
pub fn month(ctx: &Context, text: &str) -> NaiveDate {
    let named = NaiveDate::parse_from_str(&format!("{}-01", text.trim()), "%Y-%m-%d").ok();
    let today = stockholm_date(ctx.now());
    named.or_else(|| today.with_day(1)).unwrap_or(today)
}

/// The standing approvals, and the accounts that ended in the month that begins on `month`.
///
/// # Errors
/// When the actor may not read cases.
pub fn overview(ctx: &Context, actor: &Actor, month: NaiveDate) -> Result<Overview> {
    if !actor.may(Permission::ReadCases) {
        return Err(Error::Forbidden("role"));
    }
    let begins = |day: Option<NaiveDate>| day.map(end_of_day_exclusive).unwrap_or_default();
    let (from, until) = (
        begins(month.pred_opt()),
        begins(
            month
                .checked_add_months(Months::new(1))
                .and_then(|next| next.pred_opt()),
        ),
    );
    let conn = &mut *ctx.store.get()?;
    let now = ctx.now();
    let mut approvals = Vec::new();
    for approval in standing::list(conn)? {
        approvals.push(ApprovalView {
            holds: approval.holds(now),
            approver: staff::find(conn, approval.approver)?.member.email,
            approval,
        });
    }
    let uses = standing::list_uses(conn, from, until, SHOWN)?;
    Ok(Overview { approvals, uses })
}
