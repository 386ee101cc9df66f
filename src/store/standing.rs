//! Standing approvals, and what became of each account that ended.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{case_digests, cases, proposals, standing_approvals, standing_uses};
use super::{Error, Result};
use crate::domain::ids::{CaseId, StaffId};
use crate::domain::standing::StandingApproval;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = standing_approvals)]
struct Row {
    id: Uuid,
    scope: String,
    approver: Uuid,
    valid_from: DateTime<Utc>,
    valid_until: DateTime<Utc>,
    sample_every: i32,
    most: i32,
    revoked_at: Option<DateTime<Utc>>,
}

impl From<Row> for StandingApproval {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            approver: StaffId(row.approver),
            from: row.valid_from,
            until: row.valid_until,
            sample_every: u32::try_from(row.sample_every).unwrap_or(1),
            most: u32::try_from(row.most).unwrap_or_default(),
            revoked_at: row.revoked_at,
        }
    }
}

/// Keeps one, in the place of the one before.
///
/// # Errors
/// When the database fails.
pub fn give(conn: &mut PgConnection, new: &StandingApproval) -> Result<()> {
    let before = standing_approvals::table.filter(standing_approvals::revoked_at.is_null());
    diesel::update(before)
        .set((
            standing_approvals::revoked_at.eq(new.from),
            standing_approvals::revoked_by.eq(new.approver.0),
        ))
        .execute(conn)?;
    let row = Row {
        id: new.id,
        scope: "account_end".to_owned(),
        approver: new.approver.0,
        valid_from: new.from,
        valid_until: new.until,
        sample_every: i32::try_from(new.sample_every).map_err(|_| Error::Corrupt("sample_every"))?,
        most: i32::try_from(new.most).map_err(|_| Error::Corrupt("most"))?,
        revoked_at: None,
    };
    diesel::insert_into(standing_approvals::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// How many were approved in advance after `since`, under whichever approval.
///
/// # Errors
/// When the database fails.
pub fn count_approved(conn: &mut PgConnection, since: DateTime<Utc>) -> Result<u32> {
    let count: i64 = standing_uses::table
        .filter(
            standing_uses::outcome
                .eq("approved")
                .and(standing_uses::at.gt(since)),
        )
        .count()
        .get_result(conn)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Takes one back; says whether it still stood.
///
/// # Errors
/// When the database fails.
pub fn revoke(conn: &mut PgConnection, id: Uuid, by: StaffId, at: DateTime<Utc>) -> Result<bool> {
    let standing = standing_approvals::table
        .find(id)
        .filter(standing_approvals::revoked_at.is_null());
    let revoked = diesel::update(standing)
        .set((
            standing_approvals::revoked_at.eq(at),
            standing_approvals::revoked_by.eq(by.0),
        ))
        .execute(conn)?;
    Ok(revoked == 1)
}

/// All of them, the newest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection) -> Result<Vec<StandingApproval>> {
    let rows: Vec<Row> = standing_approvals::table
        .order(standing_approvals::valid_from.desc())
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The one that was not taken back, held until the transaction ends: uses of it come one after the other.
///
/// # Errors
/// When the database fails.
pub fn lock_current(conn: &mut PgConnection) -> Result<Option<StandingApproval>> {
    let row: Option<Row> = standing_approvals::table
        .filter(standing_approvals::revoked_at.is_null())
        .select(Row::as_select())
        .for_update()
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

/// How many were approved under it since the last that waits for a person as a sample.
///
/// # Errors
/// When the database fails.
pub fn unseen(conn: &mut PgConnection, id: Uuid) -> Result<u32> {
    let uses = standing_uses::table.filter(standing_uses::standing_approval.eq(id));
    let last: Option<DateTime<Utc>> = uses
        .filter(standing_uses::outcome.eq("sampled"))
        .select(diesel::dsl::max(standing_uses::at))
        .first(conn)?;
    let approved = uses.filter(standing_uses::outcome.eq("approved"));
    let count: i64 = match last {
        Some(last) => approved
            .filter(standing_uses::at.ge(last))
            .count()
            .get_result(conn)?,
        None => approved.count().get_result(conn)?,
    };
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// What became of an account that ended.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = standing_uses)]
pub struct StandingUse {
    /// The case.
    pub case_id: Uuid,
    /// The standing approval that was looked at.
    pub standing_approval: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// `approved`, `sampled`, `unusual` or `none`.
    pub outcome: String,
    /// The names of what is unusual, separated by blanks.
    pub why: String,
}

/// Keeps what became of it.
///
/// # Errors
/// When the database fails.
pub fn record(conn: &mut PgConnection, one: &StandingUse) -> Result<()> {
    diesel::insert_into(standing_uses::table)
        .values(one)
        .on_conflict(standing_uses::case_id)
        .do_nothing()
        .execute(conn)?;
    Ok(())
}

/// What became of one account, if it was planned.
///
/// # Errors
/// When the database fails.
pub fn find_use(conn: &mut PgConnection, case: CaseId) -> Result<Option<StandingUse>> {
    Ok(standing_uses::table
        .find(case.0)
        .select(StandingUse::as_select())
        .first(conn)
        .optional()?)
}

/// What became of one, with the case as it stands.
#[derive(Clone, Debug)]
pub struct UsedFor {
    /// The case's reference.
    pub reference: String,
    /// Where it stands.
    pub state: String,
    /// What became of it.
    pub used: StandingUse,
}

/// What became of the accounts that ended from `from` until `until`, the newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_uses(
    conn: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<UsedFor>> {
    let rows: Vec<(StandingUse, String, String)> = standing_uses::table
        .inner_join(cases::table.on(cases::id.eq(standing_uses::case_id)))
        .filter(standing_uses::at.ge(from).and(standing_uses::at.lt(until)))
        .order((standing_uses::at.desc(), standing_uses::case_id))
        .limit(limit)
        .select((StandingUse::as_select(), cases::reference, cases::state))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(used, reference, state)| UsedFor {
            reference,
            state,
            used,
        })
        .collect())
}

/// Records that the open plan of a case is approved under a standing approval.
///
/// # Errors
/// [`Error::Stale`] when none is open; the database itself refuses what the standing approval does not cover.
pub fn approve(
    conn: &mut PgConnection,
    case: CaseId,
    approval: &StandingApproval,
    at: DateTime<Utc>,
) -> Result<()> {
    let open = proposals::table.filter(proposals::case_id.eq(case.0).and(proposals::state.eq("open")));
    let decided = diesel::update(open)
        .set((
            proposals::state.eq("approved"),
            proposals::decided_by.eq(approval.approver.0),
            proposals::decided_at.eq(at),
            proposals::standing_approval.eq(approval.id),
        ))
        .execute(conn)?;
    if decided == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The open case of an account that ended whose keyed hashes are all of these, if there is one.
///
/// # Errors
/// When the database fails.
pub fn find_open_end(conn: &mut PgConnection, digests: &[Vec<u8>]) -> Result<Option<CaseId>> {
    let ended = ["answered", "closed", "refused", "withdrawn", "lapsed"];
    let found: Vec<(Uuid, Vec<u8>)> = case_digests::table
        .inner_join(cases::table.on(cases::id.eq(case_digests::case_id)))
        .filter(cases::channel.eq("account_end").and(cases::state.ne_all(ended)))
        .filter(case_digests::digest.eq_any(digests))
        .order(cases::received_at)
        .select((cases::id, case_digests::digest))
        .load(conn)?;
    let mut agreeing: BTreeMap<Uuid, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for (case, digest) in found {
        agreeing.entry(case).or_default().insert(digest);
    }
    let all = agreeing
        .into_iter()
        .find(|(_, found)| found.len() == digests.len());
    Ok(all.map(|(case, _)| CaseId(case)))
}

/// Whether another case of who has one of these keyed hashes waits for an answer.
///
/// # Errors
/// When the database fails.
pub fn has_other_open_case(conn: &mut PgConnection, case: CaseId, digests: &[Vec<u8>]) -> Result<bool> {
    let ended = ["answered", "closed", "refused", "withdrawn", "lapsed"];
    let others = case_digests::table
        .inner_join(cases::table.on(cases::id.eq(case_digests::case_id)))
        .filter(case_digests::digest.eq_any(digests))
        .filter(cases::id.ne(case.0).and(cases::state.ne_all(ended)));
    Ok(diesel::select(diesel::dsl::exists(others.select(cases::id))).get_result(conn)?)
}
