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
    prepared_by: Uuid,
    plan_hash: Option<String>,
    plan_id: Option<Uuid>,
    confirmation: Option<String>,
    ground: Option<String>,
}

impl TryFrom<Row> for Proposal {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let prepared_by = StaffId(row.prepared_by);
        match (
            row.kind.as_str(),
            row.plan_id,
            row.plan_hash,
            row.confirmation,
            row.ground,
        ) {
            ("erasure", Some(plan), Some(hash), Some(confirmation), _) => Ok(Self::Erasure {
                plan: PlanId(plan),
                hash,
                prepared_by,
                confirmation: confirmation_from(&confirmation)?,
            }),
            ("refusal", _, _, _, Some(ground)) => Ok(Self::Refusal {
                ground: RefusalGround::from_name(&ground).ok_or(Error::Corrupt("proposals.ground"))?,
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

/// Puts a proposal in the place of any open one.
///
/// # Errors
/// When the database fails.
pub fn replace(
    conn: &mut PgConnection,
    id: Uuid,
    case: CaseId,
    proposal: &Proposal,
    reason_sealed: Option<Vec<u8>>,
    at: DateTime<Utc>,
) -> Result<()> {
    supersede(conn, case)?;
    let (kind, plan, hash, confirmation, ground) = match proposal {
        Proposal::Erasure {
            plan,
            hash,
            confirmation,
            ..
        } => (
            "erasure",
            Some(plan.0),
            Some(hash.as_str()),
            Some(confirmation_name(*confirmation)),
            None,
        ),
        Proposal::Refusal { ground, .. } => ("refusal", None, None, None, Some(ground.name())),
    };
    diesel::insert_into(proposals::table)
        .values((
            proposals::id.eq(id),
            proposals::case_id.eq(case.0),
            proposals::kind.eq(kind),
            proposals::prepared_by.eq(proposal.prepared_by().0),
            proposals::prepared_at.eq(at),
            proposals::plan_id.eq(plan),
            proposals::plan_hash.eq(hash),
            proposals::confirmation.eq(confirmation),
            proposals::ground.eq(ground),
            proposals::reason_sealed.eq(reason_sealed),
        ))
        .execute(conn)?;
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

/// The reason of the current refusal, sealed.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find_reason(conn: &mut PgConnection, case: CaseId) -> Result<Option<Vec<u8>>> {
    Ok(proposals::table
        .filter(
            proposals::case_id
                .eq(case.0)
                .and(proposals::state.eq_any(["open", "approved"])),
        )
        .order(proposals::prepared_at.desc())
        .select(proposals::reason_sealed)
        .first(conn)?)
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
