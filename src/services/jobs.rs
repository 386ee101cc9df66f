//! The kinds of work that is done in the background.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Context, Result};
use crate::domain::ids::{CaseId, PurgeId};
use crate::store::Conn;
use crate::store::jobs::{self, NewJob};

/// A piece of work, as it is kept in the queue. A mail's job is written by the outbox itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Look for the person in the systems, and send the code to the address on file.
    SearchPerson {
        /// The case.
        case: CaseId,
    },
    /// Start or go on with an approved erasure.
    RunErasure {
        /// The case.
        case: CaseId,
    },
    /// Plan the erasure of an account that ended, and approve it where that was done before.
    EndAccount {
        /// The case.
        case: CaseId,
    },
    /// Grant what needs nobody's judgement.
    GrantAlone {
        /// The case.
        case: CaseId,
    },
    /// Start or go on with what was granted.
    RunGrant {
        /// The case.
        case: CaseId,
    },
    /// Lift a restriction whose lifting the person was told of.
    LiftRestriction {
        /// The case.
        case: CaseId,
    },
    /// Give back accounts that an erasure froze and does not erase.
    ThawAccounts {
        /// The case.
        case: CaseId,
    },
    /// Write the letters about an announced change.
    TellChange {
        /// The change.
        change: Uuid,
    },
    /// Start or go on with an approved purge.
    RunPurge {
        /// The list.
        purge: PurgeId,
    },
}

impl Job {
    /// The name by which workers claim it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SearchPerson { .. } => "search_person",
            Self::RunErasure { .. } => "run_erasure",
            Self::EndAccount { .. } => "end_account",
            Self::GrantAlone { .. } => "grant_alone",
            Self::RunGrant { .. } => "run_grant",
            Self::LiftRestriction { .. } => "lift_restriction",
            Self::ThawAccounts { .. } => "thaw_accounts",
            Self::TellChange { .. } => "tell_change",
            Self::RunPurge { .. } => "run_purge",
        }
    }

    /// The case it is about, when it is one.
    #[must_use]
    pub const fn case(&self) -> Option<CaseId> {
        match self {
            Self::SearchPerson { case }
            | Self::RunErasure { case }
            | Self::EndAccount { case }
            | Self::GrantAlone { case }
            | Self::RunGrant { case }
            | Self::LiftRestriction { case }
            | Self::ThawAccounts { case } => Some(*case),
            Self::RunPurge { .. } | Self::TellChange { .. } => None,
        }
    }
}

/// Puts work into the queue, in the transaction of its cause; `at`: not before that time.
///
/// # Errors
/// When the database fails.
pub fn enqueue(ctx: &Context, conn: &mut Conn, job: &Job, at: Option<DateTime<Utc>>) -> Result<()> {
    let new = NewJob {
        kind: job.kind(),
        payload: serde_json::to_value(job).map_err(super::Error::internal)?,
        case: job.case(),
        run_at: at.unwrap_or_else(|| ctx.now()),
        priority: 0,
    };
    jobs::enqueue(conn, &new)?;
    Ok(())
}
