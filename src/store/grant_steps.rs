//! The ledger of what was granted: each step in a system, and how far it has come.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::schema::grant_steps;
use super::{Error, Result};
use crate::domain::grant::{Step, StepKind};
use crate::domain::ids::CaseId;

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    /// To be done.
    Pending,
    /// Done.
    Done {
        /// When.
        at: DateTime<Utc>,
    },
    /// Failed; it can be done again.
    Failed {
        /// A code and the system's words without values.
        why: String,
    },
}

/// A step as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStep {
    /// Its place.
    pub ordinal: i32,
    /// What it does.
    pub step: Step,
    /// Where it stands.
    pub state: StepState,
    /// How many rows or values it was about.
    pub done: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = grant_steps)]
struct Row {
    ordinal: i32,
    system: String,
    tbl: String,
    kind: String,
    state: String,
    done: i64,
    failure: Option<String>,
    finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for StoredStep {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let state = match (row.state.as_str(), row.failure, row.finished_at) {
            ("pending", None, None) => StepState::Pending,
            ("done", None, Some(at)) => StepState::Done { at },
            ("failed", Some(why), None) => StepState::Failed { why },
            _ => return Err(Error::Corrupt("grant_steps.state")),
        };
        Ok(Self {
            ordinal: row.ordinal,
            step: Step {
                system: row.system,
                table: row.tbl,
                kind: StepKind::from_name(&row.kind).ok_or(Error::Corrupt("grant_steps.kind"))?,
            },
            state,
            done: row.done,
        })
    }
}

/// Which grant's steps: a case's, by the hash of its terms.
type Of<'a> = (CaseId, &'a str);

/// Writes the steps of a grant down; those that are there stay as they are.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, (case, hash): Of<'_>, steps: &[Step]) -> Result<()> {
    for (ordinal, step) in (1_i32..).zip(steps) {
        diesel::insert_into(grant_steps::table)
            .values((
                grant_steps::case_id.eq(case.0),
                grant_steps::grant_hash.eq(hash),
                grant_steps::ordinal.eq(ordinal),
                grant_steps::system.eq(&step.system),
                grant_steps::tbl.eq(&step.table),
                grant_steps::kind.eq(step.kind.name()),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    Ok(())
}

/// Forgets the steps of an earlier grant of the same terms: what it did may have been undone since.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut PgConnection, (case, hash): Of<'_>) -> Result<()> {
    let steps = grant_steps::table.filter(
        grant_steps::case_id
            .eq(case.0)
            .and(grant_steps::grant_hash.eq(hash)),
    );
    diesel::delete(steps).execute(conn)?;
    Ok(())
}

/// The steps of a grant, in order.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, (case, hash): Of<'_>) -> Result<Vec<StoredStep>> {
    let rows: Vec<Row> = grant_steps::table
        .filter(
            grant_steps::case_id
                .eq(case.0)
                .and(grant_steps::grant_hash.eq(hash)),
        )
        .order(grant_steps::ordinal)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Records that a step is done, and how many rows or values it was about.
///
/// # Errors
/// When the database fails.
pub fn finish(
    conn: &mut PgConnection,
    (case, hash): Of<'_>,
    ordinal: i32,
    done: i64,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::update(grant_steps::table.find((case.0, hash, ordinal)))
        .set((
            grant_steps::state.eq("done"),
            grant_steps::done.eq(done),
            grant_steps::failure.eq(None::<String>),
            grant_steps::finished_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records why a step failed; one that is done stays done.
///
/// # Errors
/// When the database fails.
pub fn fail(conn: &mut PgConnection, (case, hash): Of<'_>, ordinal: i32, why: &str) -> Result<()> {
    let step = grant_steps::table
        .find((case.0, hash, ordinal))
        .filter(grant_steps::state.ne("done"));
    diesel::update(step)
        .set((grant_steps::state.eq("failed"), grant_steps::failure.eq(why)))
        .execute(conn)?;
    Ok(())
}
