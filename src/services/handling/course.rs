//! More time, a legal hold, advice, and taking an ended case up again.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Work, free_text};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::{Event, TransitionError};
use crate::services::course::Course;
use crate::services::jobs::{self, Job};
use crate::services::{Context, Error, Result, execution, intake};
use crate::store::cases::{self, StoredCase};
use crate::store::holds::{self, HoldRow};
use crate::store::{self, Conn, clocks};

/// Where a sealed hold belongs.
const HOLD: &str = "legal_holds.sealed";

/// Why a case is held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldFile {
    /// The reason, in staff's words.
    pub reason: Option<String>,
    /// The court or authority that ordered it.
    pub authority: Option<String>,
}

/// The hold in force, opened: why, and whether the person was told.
///
/// # Errors
/// When the database fails.
pub fn open_hold(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<(HoldFile, bool)>> {
    let Some(row) = holds::find_open(conn, case.id)? else {
        return Ok(None);
    };
    let (key, _) = intake::open_file(ctx, case)?;
    Ok(Some((key.open(HOLD, &row.sealed)?, row.told)))
}

impl Work<'_> {
    /// What was erased by hand stands, with the reason why it is not what was planned; the erasure goes on.
    pub(super) fn settle(&self, conn: &mut Conn, reason: &str) -> Result<()> {
        let reason = free_text("reason", reason)?;
        execution::settle(self.ctx, conn, self.case, self.actor)?;
        self.keep_message(conn, "note", &reason)?;
        self.retry(conn)
    }

    pub(super) fn extend(&self, conn: &mut Conn, reason: &str) -> Result<()> {
        let reason = free_text("reason", reason)?;
        let mut deadline = self.case.deadline.clone();
        deadline
            .extend(stockholm_date(self.ctx.now()))
            .map_err(|_| Error::Conflict("extension_refused"))?;
        let due_on = deadline.due_on();
        let detail = json!({ "due_on": due_on, "due_early_on": deadline.extended_due_early_on() });
        self.change(conn, Event::Extended, "deadline_extended", detail)?;
        self.keep_message(conn, "to_person", &reason)?;
        let reason = reason.as_str().to_owned();
        self.tell(conn, Course::Extended { reason, due_on })
    }

    /// Puts a hold. Where an order forbids telling the person, nothing of it shows to them.
    pub(super) fn hold(&self, conn: &mut Conn, reason: &str, told: bool, authority: &str) -> Result<()> {
        let written = |field, text: &str| -> Result<Option<String>> {
            let text = text.trim();
            if text.is_empty() {
                return Ok(None);
            }
            Ok(Some(free_text(field, text)?.as_str().to_owned()))
        };
        let file = HoldFile {
            reason: written("reason", reason)?,
            authority: written("authority", authority)?,
        };
        let action = if told {
            "legal_hold_put"
        } else {
            "legal_hold_put_silently"
        };
        self.change(conn, Event::HeldLegally, action, json!({ "told": told }))?;
        let (key, _) = intake::open_file(self.ctx, self.case)?;
        let row = HoldRow {
            id: self.ctx.new_id(),
            case_id: self.case.id.0,
            put_at: self.ctx.now(),
            put_by: self.by.0,
            told,
            sealed: key.seal(HOLD, self.ctx.nonce(), &file),
            lifted_at: None,
        };
        holds::insert(conn, &row)?;
        if !told {
            return Ok(());
        }
        let HoldFile { reason, authority } = file;
        self.tell(conn, Course::Held { reason, authority })
    }

    pub(super) fn lift_hold(&self, conn: &mut Conn) -> Result<()> {
        let told = holds::find_open(conn, self.case.id)?.is_some_and(|hold| hold.told);
        let action = if told {
            "legal_hold_lifted"
        } else {
            "legal_hold_lifted_silently"
        };
        self.change(conn, Event::HoldLifted, action, json!({ "told": told }))?;
        holds::lift(conn, self.case.id, self.ctx.now())?;
        if told {
            self.tell(conn, Course::HoldLifted)?;
        }
        Ok(())
    }

    /// Takes an ended case up again, under a clock of its own that starts now.
    pub(super) fn reopen(&self, conn: &mut Conn) -> Result<()> {
        let now = self.ctx.now();
        may_reopen(self.ctx, self.case)?;
        clocks::restart(conn, self.case, now)?;
        let case = cases::lock(conn, self.case.id)?;
        let due_on = case.deadline.due_on();
        let detail = json!({ "due_on": due_on, "first_due_on": case.reopened.map(|(_, first)| first) });
        Work { case: &case, ..*self }.change(conn, Event::Reopened, "case_reopened", detail)?;
        jobs::enqueue(self.ctx, conn, &Job::SearchPerson { case: case.id }, None)?;
        self.tell(
            conn,
            Course::Reopened {
                right: case.case.right,
                reopened_on: stockholm_date(now),
                due_on,
            },
        )
    }
}

/// Whether an ended case can be taken up again: not one that goes on in another, or that was thinned.
///
/// # Errors
/// Why not.
pub fn may_reopen(ctx: &Context, case: &StoredCase) -> std::result::Result<(), TransitionError> {
    if case.merged_into.is_some() || case.thinned_at.is_some() {
        let state = case.case.state.name();
        return Err(TransitionError::NotInState { state });
    }
    case.case.apply(&Event::Reopened, ctx.now()).map(drop)
}

/// Whether a hold in force is one that the person was told of.
///
/// # Errors
/// When the database fails.
pub fn is_told_of_hold(conn: &mut Conn, case: &StoredCase) -> store::Result<bool> {
    Ok(holds::find_open(conn, case.id)?.is_some_and(|hold| hold.told))
}
