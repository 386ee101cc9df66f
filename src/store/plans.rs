//! Erasure plans and their steps.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{erasure_steps, plans};
use super::{Error, Result};
use crate::domain::erasure::{Step, StepKind};
use crate::domain::ids::{CaseId, PlanId};

/// A plan as it is kept.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = plans)]
pub struct PlanRow {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// By what it is approved.
    pub hash: String,
    /// Counts and grounds, without personal data.
    pub summary: serde_json::Value,
    /// The plan itself, sealed; gone once the case is thinned.
    pub sealed: Option<Vec<u8>>,
    /// The ground of the erasure, by name; none for a plan of before grounds were named.
    pub ground: Option<String>,
    /// Whether a part of the request is refused.
    pub refuses: bool,
}

/// Keeps a plan.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, row: &PlanRow) -> Result<()> {
    diesel::insert_into(plans::table).values(row).execute(conn)?;
    Ok(())
}

/// The plan of that id.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(conn: &mut PgConnection, id: PlanId) -> Result<PlanRow> {
    Ok(plans::table.find(id.0).select(PlanRow::as_select()).first(conn)?)
}

/// The newest plan of a case.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find_newest(conn: &mut PgConnection, case: CaseId) -> Result<PlanRow> {
    Ok(plans::table
        .filter(plans::case_id.eq(case.0))
        .order(plans::made_at.desc())
        .select(PlanRow::as_select())
        .first(conn)?)
}

/// The newest plan of a case that was carried out, or begun: one that came after it was only proposed.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find_newest_begun(conn: &mut PgConnection, case: CaseId) -> Result<PlanRow> {
    let begun = erasure_steps::table.filter(erasure_steps::plan_id.eq(plans::id));
    Ok(plans::table
        .filter(plans::case_id.eq(case.0))
        .filter(diesel::dsl::exists(begun))
        .order(plans::made_at.desc())
        .select(PlanRow::as_select())
        .first(conn)?)
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Not done yet.
    Pending,
    /// Done.
    Done {
        /// When.
        at: DateTime<Utc>,
    },
    /// It failed, and can be tried again.
    Failed {
        /// Why: a code and the system's words without values.
        why: String,
    },
}

/// A step with what came of it.
#[derive(Clone, Debug)]
pub struct StoredStep {
    /// The step.
    pub step: Step,
    /// Where it stands.
    pub state: StepState,
    /// Rows done.
    pub done: i64,
    /// Rows among them that appeared after the approval.
    pub appeared: i64,
}

/// Writes the steps of an approved plan down; a second time changes nothing.
///
/// # Errors
/// When the database fails.
pub fn insert_steps(conn: &mut PgConnection, case: CaseId, plan: PlanId, steps: &[Step]) -> Result<()> {
    let rows: Vec<_> = steps
        .iter()
        .map(|step| {
            (
                erasure_steps::case_id.eq(case.0),
                erasure_steps::plan_id.eq(plan.0),
                erasure_steps::ordinal.eq(step.ordinal),
                erasure_steps::system.eq(&step.system),
                erasure_steps::tbl.eq(&step.table),
                erasure_steps::kind.eq(step.kind.name()),
                erasure_steps::planned.eq(step.planned),
                erasure_steps::by_hand.eq(step.by_hand),
            )
        })
        .collect();
    diesel::insert_into(erasure_steps::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = erasure_steps)]
struct StepRow {
    ordinal: i32,
    system: String,
    tbl: String,
    kind: String,
    state: String,
    planned: i64,
    done: i64,
    appeared: i64,
    failure: Option<String>,
    finished_at: Option<DateTime<Utc>>,
    by_hand: bool,
}

impl TryFrom<StepRow> for StoredStep {
    type Error = Error;

    fn try_from(row: StepRow) -> Result<Self> {
        let state = match (row.state.as_str(), row.finished_at, row.failure) {
            ("pending", _, _) => StepState::Pending,
            ("done", Some(at), _) => StepState::Done { at },
            ("failed", _, Some(why)) => StepState::Failed { why },
            _ => return Err(Error::Corrupt("erasure_steps.state")),
        };
        let kind = StepKind::from_name(&row.kind).ok_or(Error::Corrupt("erasure_steps.kind"))?;
        let step = Step {
            ordinal: row.ordinal,
            system: row.system,
            table: row.tbl,
            kind,
            planned: row.planned,
            by_hand: row.by_hand,
        };
        Ok(Self {
            step,
            state,
            done: row.done,
            appeared: row.appeared,
        })
    }
}

/// The steps of a plan, in order.
///
/// # Errors
/// When the database fails.
pub fn list_steps(conn: &mut PgConnection, plan: PlanId) -> Result<Vec<StoredStep>> {
    let rows: Vec<StepRow> = erasure_steps::table
        .filter(erasure_steps::plan_id.eq(plan.0))
        .order(erasure_steps::ordinal)
        .select(StepRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Declares rows that a step is about to do although its plan does not know them; declared again, the larger number
/// counts, because they may still be there.
///
/// # Errors
/// When the database fails.
pub fn declare_appeared(conn: &mut PgConnection, plan: PlanId, ordinal: i32, rows: i64) -> Result<()> {
    let fewer = erasure_steps::table
        .find((plan.0, ordinal))
        .filter(erasure_steps::appeared.lt(rows));
    diesel::update(fewer)
        .set(erasure_steps::appeared.eq(rows))
        .execute(conn)?;
    Ok(())
}

/// Records that a step is done, and how many rows it did; a second run of the same step changes nothing.
///
/// # Errors
/// When the database fails.
pub fn finish_step(
    conn: &mut PgConnection,
    plan: PlanId,
    ordinal: i32,
    done: i64,
    at: DateTime<Utc>,
) -> Result<()> {
    let open = erasure_steps::table
        .find((plan.0, ordinal))
        .filter(erasure_steps::state.ne("done"));
    diesel::update(open)
        .set((
            erasure_steps::state.eq("done"),
            erasure_steps::done.eq(done),
            erasure_steps::failure.eq(None::<String>),
            erasure_steps::finished_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records why a step failed; it stays to be tried again.
///
/// # Errors
/// When the database fails.
pub fn fail_step(conn: &mut PgConnection, plan: PlanId, ordinal: i32, why: &str) -> Result<()> {
    let open = erasure_steps::table
        .find((plan.0, ordinal))
        .filter(erasure_steps::state.ne("done"));
    diesel::update(open)
        .set((erasure_steps::state.eq("failed"), erasure_steps::failure.eq(why)))
        .execute(conn)?;
    Ok(())
}

/// Records in how many rows a step that staff do agrees with its plan so far.
///
/// # Errors
/// When the database fails.
pub fn note_done(conn: &mut PgConnection, plan: PlanId, ordinal: i32, done: i64) -> Result<()> {
    diesel::update(erasure_steps::table.find((plan.0, ordinal)))
        .set(erasure_steps::done.eq(done))
        .execute(conn)?;
    Ok(())
}

/// Ends the steps that staff did otherwise than planned; gives them as they were.
///
/// # Errors
/// When the database fails.
pub fn settle_by_hand(conn: &mut PgConnection, plan: PlanId, at: DateTime<Utc>) -> Result<Vec<StoredStep>> {
    let open = erasure_steps::table
        .filter(erasure_steps::plan_id.eq(plan.0))
        .filter(erasure_steps::by_hand)
        .filter(erasure_steps::state.ne("done"));
    let rows: Vec<StepRow> = open.select(StepRow::as_select()).load(conn)?;
    diesel::update(open)
        .set((
            erasure_steps::state.eq("done"),
            erasure_steps::failure.eq(None::<String>),
            erasure_steps::finished_at.eq(at),
        ))
        .execute(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Keeps what a freeze is about to overwrite; what was kept before stays, for then it may be frozen already.
///
/// # Errors
/// When the database fails.
pub fn keep_accounts(conn: &mut PgConnection, plan: PlanId, ordinal: i32, sealed: &[u8]) -> Result<()> {
    let first = erasure_steps::table
        .find((plan.0, ordinal))
        .filter(erasure_steps::sealed.is_null());
    diesel::update(first)
        .set(erasure_steps::sealed.eq(sealed))
        .execute(conn)?;
    Ok(())
}

/// Accounts that plans of a case froze.
#[derive(Queryable, Clone, Debug)]
pub struct FrozenAccounts {
    /// The plan.
    pub plan: Uuid,
    /// The step.
    pub ordinal: i32,
    /// The system.
    pub system: String,
    /// What the freeze overwrote, sealed.
    pub sealed: Vec<u8>,
}

/// What plans of a case froze, but for the plan that is in force, and did not give back; the latest plan first.
///
/// # Errors
/// When the database fails.
pub fn list_frozen(
    conn: &mut PgConnection,
    case: CaseId,
    in_force: Option<PlanId>,
) -> Result<Vec<FrozenAccounts>> {
    let rows: Vec<(Uuid, i32, String, Option<Vec<u8>>)> = erasure_steps::table
        .inner_join(plans::table.on(plans::id.eq(erasure_steps::plan_id)))
        .filter(erasure_steps::case_id.eq(case.0))
        .filter(erasure_steps::sealed.is_not_null())
        .filter(erasure_steps::thawed_at.is_null())
        .filter(erasure_steps::plan_id.ne(in_force.map_or(Uuid::nil(), |plan| plan.0)))
        .order((plans::made_at.desc(), erasure_steps::ordinal))
        .select((
            erasure_steps::plan_id,
            erasure_steps::ordinal,
            erasure_steps::system,
            erasure_steps::sealed,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(plan, ordinal, system, sealed)| {
            let sealed = sealed?;
            Some(FrozenAccounts {
                plan,
                ordinal,
                system,
                sealed,
            })
        })
        .collect())
}

/// Records that the accounts of a step were given back.
///
/// # Errors
/// When the database fails.
pub fn mark_thawed(conn: &mut PgConnection, plan: Uuid, ordinal: i32, at: DateTime<Utc>) -> Result<()> {
    diesel::update(erasure_steps::table.find((plan, ordinal)))
        .set(erasure_steps::thawed_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Records that a system's deletions came true: all that was planned or appeared is gone, whichever attempt erased it.
///
/// # Errors
/// When the database fails.
pub fn confirm_deleted(conn: &mut PgConnection, plan: PlanId, system: &str) -> Result<()> {
    let deletions = erasure_steps::table
        .filter(erasure_steps::plan_id.eq(plan.0))
        .filter(erasure_steps::system.eq(system))
        .filter(erasure_steps::kind.eq(StepKind::Delete.name()));
    diesel::update(deletions)
        .set(erasure_steps::done.eq(erasure_steps::planned + erasure_steps::appeared))
        .execute(conn)?;
    Ok(())
}
