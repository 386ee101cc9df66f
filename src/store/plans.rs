//! Erasure plans, their steps, and what the law makes us keep afterwards.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{erasure_steps, plans, retained_rows};
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

/// Rows kept by law after an erasure.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = retained_rows)]
pub struct RetainedRow {
    /// The case, which may have been disposed of.
    pub case_id: Uuid,
    /// The key that seals it, which outlives the case's.
    pub key_id: Uuid,
    /// The system.
    pub system: String,
    /// The table.
    pub tbl: String,
    /// The law's name.
    pub ground: String,
    /// The last day.
    pub keep_until: NaiveDate,
    /// How many.
    pub rows: i64,
    /// Keys and checksums, sealed.
    pub sealed: Vec<u8>,
}

/// Schedules retained rows for purge once their day has passed; a second time changes nothing.
///
/// # Errors
/// When the database fails.
pub fn insert_retained(conn: &mut PgConnection, rows: &[RetainedRow]) -> Result<()> {
    diesel::insert_into(retained_rows::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}
