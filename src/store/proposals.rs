//! Proposals: what one member of staff prepared and another decides.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::proposals;
use super::{Error, Result};
use crate::domain::case::{Confirmation, Proposal, RefusalGround};
use crate::domain::ids::{CaseId, PlanId, StaffId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = proposals)]
struct Row {
    kind: String,
    prepared_by: Option<Uuid>,
    hash: Option<String>,
    plan_id: Option<Uuid>,
    confirmation: Option<String>,
    ground: Option<String>,
    partial: Option<bool>,
}

impl TryFrom<Row> for Proposal {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let prepared_by = row.prepared_by.map(StaffId);
        match (row.kind.as_str(), row.hash) {
            ("erasure", Some(hash)) => Ok(Self::Erasure {
                plan: PlanId(row.plan_id.ok_or(Error::Corrupt("proposals.plan_id"))?),
                hash,
                prepared_by,
                confirmation: confirmation_from(row.confirmation.as_deref().unwrap_or_default())?,
            }),
            ("refusal", None) => {
                let ground = row.ground.as_deref().and_then(RefusalGround::from_name);
                Ok(Self::Refusal {
                    ground: ground.ok_or(Error::Corrupt("proposals.ground"))?,
                    prepared_by: prepared_by.ok_or(Error::Corrupt("proposals.prepared_by"))?,
                })
            }
            ("grant", Some(hash)) => Ok(Self::Grant {
                hash,
                partial: row.partial.ok_or(Error::Corrupt("proposals.partial"))?,
                prepared_by,
            }),
            _ => Err(Error::Corrupt("proposals.kind")),
        }
    }
}

const fn confirmation_name(confirmation: Confirmation) -> &'static str {
    match confirmation {
        Confirmation::NotNeeded => "not_needed",
        Confirmation::Awaited => "awaited",
        Confirmation::Given => "given",
    }
}

fn confirmation_from(name: &str) -> Result<Confirmation> {
    match name {
        "not_needed" => Ok(Confirmation::NotNeeded),
        "awaited" => Ok(Confirmation::Awaited),
        "given" => Ok(Confirmation::Given),
        _ => Err(Error::Corrupt("proposals.confirmation")),
    }
}

/// The proposal that waits for a decision, or the last approved one.
///
/// # Errors
/// When the database fails.
pub fn find_current(conn: &mut PgConnection, case: CaseId) -> Result<Option<Proposal>> {
    let row: Option<Row> = proposals::table
        .filter(
            proposals::case_id
                .eq(case.0)
                .and(proposals::state.eq_any(["open", "approved"])),
        )
        .order(proposals::prepared_at.desc())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

#[derive(Insertable)]
#[diesel(table_name = proposals)]
struct NewRow<'a> {
    id: Uuid,
    case_id: Uuid,
    kind: &'static str,
    prepared_by: Option<Uuid>,
    prepared_at: DateTime<Utc>,
    hash: Option<&'a str>,
    plan_id: Option<Uuid>,
    confirmation: Option<&'static str>,
    ground: Option<&'static str>,
    partial: Option<bool>,
    sealed: Option<Vec<u8>>,
    state: &'static str,
    decided_at: Option<DateTime<Utc>>,
}

impl<'a> NewRow<'a> {
    fn of(
        id: Uuid,
        case: CaseId,
        proposal: &'a Proposal,
        sealed: Option<Vec<u8>>,
        at: DateTime<Utc>,
    ) -> Self {
        let row = Self {
            id,
            case_id: case.0,
            kind: "refusal",
            prepared_by: proposal.prepared_by().map(|staff| staff.0),
            prepared_at: at,
            hash: None,
            plan_id: None,
            confirmation: None,
            ground: None,
            partial: None,
            sealed,
            state: "open",
            decided_at: None,
        };
        match proposal {
            Proposal::Erasure {
                plan,
                hash,
                confirmation,
                ..
            } => Self {
                kind: "erasure",
                hash: Some(hash),
                plan_id: Some(plan.0),
                confirmation: Some(confirmation_name(*confirmation)),
                ..row
            },
            Proposal::Refusal { ground, .. } => Self {
                ground: Some(ground.name()),
                ..row
            },
            Proposal::Grant { hash, partial, .. } => Self {
                kind: "grant",
                hash: Some(hash),
                partial: Some(*partial),
                ..row
            },
        }
    }
}

/// Puts a proposal in the place of any open one. `sealed`: a refusal's reasons, or the terms of a grant.
///
/// # Errors
/// When the database fails.
pub fn replace(
    conn: &mut PgConnection,
    id: Uuid,
    case: CaseId,
    proposal: &Proposal,
    sealed: Option<Vec<u8>>,
    at: DateTime<Utc>,
) -> Result<()> {
    supersede(conn, case)?;
    let row = NewRow::of(id, case, proposal, sealed, at);
    diesel::insert_into(proposals::table).values(row).execute(conn)?;
    Ok(())
}

/// Keeps a grant in full, which is decided as it is made, in the place of whatever was prepared.
///
/// # Errors
/// [`Error::Forbidden`] when it is not a grant in full: the database itself refuses.
pub fn keep_full_grant(
    conn: &mut PgConnection,
    id: Uuid,
    case: CaseId,
    proposal: &Proposal,
    sealed: Vec<u8>,
    at: DateTime<Utc>,
) -> Result<()> {
    supersede(conn, case)?;
    let row = NewRow {
        state: "approved",
        decided_at: Some(at),
        ..NewRow::of(id, case, proposal, Some(sealed), at)
    };
    diesel::insert_into(proposals::table).values(row).execute(conn)?;
    Ok(())
}

/// Sets aside what is prepared or approved: it no longer counts.
///
/// # Errors
/// When the database fails.
pub fn supersede(conn: &mut PgConnection, case: CaseId) -> Result<()> {
    let current = proposals::table.filter(
        proposals::case_id
            .eq(case.0)
            .and(proposals::state.eq_any(["open", "approved"])),
    );
    diesel::update(current)
        .set(proposals::state.eq("superseded"))
        .execute(conn)?;
    Ok(())
}

/// Records that the person confirmed the consequences.
///
/// # Errors
/// When the database fails.
pub fn confirm(conn: &mut PgConnection, case: CaseId) -> Result<()> {
    diesel::update(proposals::table.filter(proposals::case_id.eq(case.0).and(proposals::state.eq("open"))))
        .set(proposals::confirmation.eq(confirmation_name(Confirmation::Given)))
        .execute(conn)?;
    Ok(())
}

/// Records the decision on the open proposal.
///
/// # Errors
/// [`Error::Forbidden`] when the decider is who prepared it: the database itself refuses.
pub fn decide(
    conn: &mut PgConnection,
    case: CaseId,
    approved: bool,
    by: StaffId,
    at: DateTime<Utc>,
) -> Result<()> {
    let decided = diesel::update(
        proposals::table.filter(proposals::case_id.eq(case.0).and(proposals::state.eq("open"))),
    )
    .set((
        proposals::state.eq(if approved { "approved" } else { "rejected" }),
        proposals::decided_by.eq(by.0),
        proposals::decided_at.eq(at),
    ))
    .execute(conn)?;
    if decided == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Whether an erasure of the case was ever approved, whatever came of it.
///
/// # Errors
/// When the database fails.
pub fn was_approved(conn: &mut PgConnection, case: CaseId) -> Result<bool> {
    let approved = proposals::table
        .filter(proposals::case_id.eq(case.0).and(proposals::kind.eq("erasure")))
        .filter(
            proposals::state
                .ne("rejected")
                .and(proposals::decided_at.is_not_null()),
        );
    Ok(diesel::select(diesel::dsl::exists(approved.select(proposals::id))).get_result(conn)?)
}

/// Whether what is approved was approved in advance.
///
/// # Errors
/// When the database fails.
pub fn is_approved_in_advance(conn: &mut PgConnection, case: CaseId) -> Result<bool> {
    let approved = proposals::table
        .filter(proposals::case_id.eq(case.0).and(proposals::state.eq("approved")))
        .filter(proposals::standing_approval.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(approved.select(proposals::id))).get_result(conn)?)
}

/// What the current proposal seals: a refusal's reasons, or the terms of a grant.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find_sealed(conn: &mut PgConnection, case: CaseId) -> Result<Option<Vec<u8>>> {
    Ok(proposals::table
        .filter(
            proposals::case_id
                .eq(case.0)
                .and(proposals::state.eq_any(["open", "approved"])),
        )
        .order(proposals::prepared_at.desc())
        .select(proposals::sealed)
        .first(conn)?)
}

/// The terms of the newest grant that was decided and then set aside.
///
/// # Errors
/// When the database fails.
pub fn find_set_aside_grant(conn: &mut PgConnection, case: CaseId) -> Result<Option<Vec<u8>>> {
    let sealed: Option<Option<Vec<u8>>> = proposals::table
        .filter(proposals::case_id.eq(case.0))
        .filter(proposals::kind.eq("grant").and(proposals::state.eq("superseded")))
        .filter(proposals::decided_at.is_not_null())
        .order(proposals::prepared_at.desc())
        .select(proposals::sealed)
        .first(conn)
        .optional()?;
    Ok(sealed.flatten())
}

/// Those of the cases that have a proposal which waits for a decision.
///
/// # Errors
/// When the database fails.
pub fn list_open(conn: &mut PgConnection, among: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(proposals::table
        .filter(proposals::state.eq("open"))
        .filter(proposals::case_id.eq_any(among))
        .select(proposals::case_id)
        .load(conn)?)
}
