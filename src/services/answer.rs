//! The answer to an erasure: what is gone, what remains and why, and who was told.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Context, Result, planning, stopping};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::RefusedItem;
use crate::domain::erasure::{Basis, Operation, Plan, StepKind};
use crate::domain::ids::CaseId;
use crate::domain::notice::State;
use crate::store::cases::StoredCase;
use crate::store::plans::{self, StepState, StoredStep};
use crate::store::{Conn, notices};

/// What is gone from one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedRows {
    /// The table.
    pub table: String,
    /// Rows that were erased.
    pub rows: i64,
    /// Whether they were reduced to what retained records need, instead of deleted.
    pub reduced: bool,
}

/// What is gone from one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedIn {
    /// The system's id.
    pub system: String,
    /// By table.
    pub tables: Vec<ErasedRows>,
    /// The local day it was verified.
    pub on: Option<NaiveDate>,
    /// The last day it can be in a backup.
    pub backups_until: Option<NaiveDate>,
}

/// What remains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRows {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// The law or reason.
    pub ground: String,
    /// Whether a law demands it.
    pub by_law: bool,
    /// The last day of the longest-kept row.
    pub until: Option<NaiveDate>,
    /// Whether only what a retained record needs is left of the rows.
    pub reduced: bool,
    /// How many rows.
    pub rows: usize,
}

/// Who was told, and what came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldRecipient {
    /// The recipient's id.
    pub recipient: String,
    /// The notice's state.
    pub state: String,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// The answer.
    pub outcome: Option<String>,
    /// Its ground.
    pub ground: Option<String>,
    /// The statute it named.
    pub statute: Option<String>,
    /// Why nobody could be told.
    pub why: Option<String>,
}

/// The whole answer. It can be made again at any time, with the recipients' latest answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerFacts {
    /// By system.
    pub erased: Vec<ErasedIn>,
    /// What remains.
    pub kept: Vec<KeptRows>,
    /// Who was told.
    pub told: Vec<ToldRecipient>,
    /// Whether an address of theirs stays in the ledger of those that marketing leaves alone.
    pub suppressed: bool,
    /// The ground of the erasure.
    pub basis: Option<Basis>,
    /// What was refused, and why.
    pub refused: Vec<RefusedItem>,
}

/// Makes the answer of a case from its newest plan, its steps and its notices.
///
/// # Errors
/// When the database fails.
pub fn make(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<AnswerFacts> {
    let Some((id, file)) = planning::newest(ctx, conn, case)? else {
        return Ok(AnswerFacts::default());
    };
    let steps = plans::list_steps(conn, id)?;
    let told = told(conn, case.id)?;
    Ok(AnswerFacts {
        erased: file
            .plan
            .systems
            .iter()
            .map(|part| erased_in(ctx, &part.system, &steps))
            .collect(),
        kept: kept(&file.plan),
        told,
        suppressed: stopping::is_suppressed(ctx, conn, case)?,
        basis: Some(file.plan.basis),
        refused: file.plan.refused,
    })
}

/// Who was told in a case, and what they answered so far.
///
/// # Errors
/// When the database fails.
pub fn told(conn: &mut Conn, case: CaseId) -> Result<Vec<ToldRecipient>> {
    let rows = notices::list(conn, case)?;
    let told = rows
        .into_iter()
        .filter(|row| !matches!(row.state(), Ok(State::Cancelled)));
    Ok(told
        .map(|row| ToldRecipient {
            recipient: row.recipient,
            state: row.state,
            sent_at: row.sent_at,
            outcome: row.outcome,
            ground: row.ground,
            statute: row.statute,
            why: row.why,
        })
        .collect())
}

fn erased_in(ctx: &Context, system: &str, steps: &[StoredStep]) -> ErasedIn {
    let own: Vec<&StoredStep> = steps
        .iter()
        .filter(|stored| stored.step.system == system)
        .collect();
    let on = own
        .iter()
        .find_map(|stored| match (stored.step.kind, &stored.state) {
            (StepKind::Verify, StepState::Done { at }) => Some(stockholm_date(*at)),
            _ => None,
        });
    let days = ctx
        .organisation
        .map
        .system(system)
        .and_then(|s| s.backups_expire_after_days);
    ErasedIn {
        system: system.to_owned(),
        tables: own
            .iter()
            .filter(|stored| matches!(stored.step.kind, StepKind::Delete | StepKind::Reduce))
            .filter(|stored| matches!(stored.state, StepState::Done { .. }))
            .map(|stored| ErasedRows {
                table: stored.step.table.clone(),
                rows: if stored.step.by_hand {
                    stored.done
                } else {
                    stored.step.planned + stored.appeared
                },
                reduced: stored.step.kind == StepKind::Reduce,
            })
            .collect(),
        on,
        backups_until: on
            .zip(days)
            .and_then(|(on, days)| on.checked_add_days(chrono::Days::new(days.into()))),
    }
}

fn kept(plan: &Plan) -> Vec<KeptRows> {
    let mut kept = Vec::new();
    for part in &plan.systems {
        for table in &part.tables {
            // What a retained record needs of its owner stays as long as the record, on the same ground.
            let (ground, by_law) = match (&table.operation, table.ground()) {
                (_, Some(ground)) => (ground, true),
                (Operation::Keep { reason }, None) => (reason.as_str(), false),
                _ => continue,
            };
            kept.push(KeptRows {
                system: part.system.clone(),
                table: table.table.clone(),
                ground: ground.to_owned(),
                by_law,
                until: table.last_day(),
                reduced: matches!(table.operation, Operation::Reduce { .. }),
                rows: table.rows.len(),
            });
        }
    }
    kept
}
