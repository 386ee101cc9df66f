//! Asking the person: to say more, or to prove more of who they are. What is asked, and whether it stops the clock.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Work, free_text};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::{Event, State, TransitionError};
use crate::domain::identity::Method;
use crate::domain::ids::CaseId;
use crate::domain::question::{self, Reason};
use crate::services::course::Course;
use crate::services::letters::Letter;
use crate::services::{Context, Error, Result, intake, telling};
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::questions::{self, QuestionRow};

/// Where a sealed question belongs.
const QUESTION: &str = "questions.sealed";

/// What a question says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionFile {
    /// What staff wrote; nothing where the standard words say it.
    pub text: Option<String>,
    /// Proofs that would be enough, for a question of identity.
    pub evidence: Vec<Method>,
}

/// A question that waits for the person, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Why it was asked.
    pub reason: Reason,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Whether the clock stands still for it.
    pub pauses: bool,
    /// The last day to answer before the case lapses.
    pub answer_by: NaiveDate,
    /// What it says.
    pub file: QuestionFile,
}

/// The questions of a case that wait for the person.
///
/// # Errors
/// When the database fails.
pub fn open_questions(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Vec<Question>> {
    let (key, _) = intake::open_file(ctx, case)?;
    let rows = questions::list(conn, case.id)?.into_iter();
    rows.filter(|row| row.ended_at.is_none())
        .map(|row| {
            Ok(Question {
                reason: row.reason()?,
                asked_at: row.asked_at,
                pauses: row.pauses,
                answer_by: question::answer_by(stockholm_date(row.asked_at)),
                file: key.open(QUESTION, &row.sealed)?,
            })
        })
        .collect()
}

impl Work<'_> {
    pub(super) fn request_clarification(&self, conn: &mut Conn, text: &str, reason: &str) -> Result<()> {
        let reason = Reason::from_name(reason).ok_or_else(|| Error::field("reason", "unknown"))?;
        let text = free_text("text", text)?;
        let on = stockholm_date(self.ctx.now());
        let event = Event::ClarificationAsked { on };
        self.case.case.apply(&event, self.ctx.now())?;
        let pauses = self.stops_clock(conn, reason, on)?;
        let detail = json!({ "reason": reason.name(), "pauses": pauses });
        self.change(conn, event, "clarification_asked", detail)?;
        let file = QuestionFile {
            text: Some(text.as_str().to_owned()),
            evidence: vec![],
        };
        self.keep_question(conn, reason, pauses, &file)?;
        self.keep_message(conn, "to_person", &text)?;
        self.tell(
            conn,
            Course::Clarification {
                reason,
                text: file.text,
                paused_from: pauses.then_some(on),
                answer_by: question::answer_by(on),
            },
        )
    }

    /// Asks for more proof, on reasonable doubts alone (Art. 12(6)): while what was proved is not enough.
    pub(super) fn request_identity(&self, conn: &mut Conn, text: &str, evidence: &[String]) -> Result<()> {
        let case = &self.case.case;
        if !case.state.is_undecided() || matches!(case.state, State::Received) || case.identity.is_enough() {
            let state = case.state.name();
            return Err(TransitionError::NotInState { state }.into());
        }
        let text = match text.trim() {
            "" => None,
            _ => Some(free_text("text", text)?),
        };
        let evidence = chosen(evidence)?;
        let on = stockholm_date(self.ctx.now());
        let stops = self.stops_clock(conn, Reason::Identity, on)?;
        // Asked again in other words, the same doubt goes on.
        let pauses = questions::replace(conn, self.case.id, self.ctx.now())? || stops;
        let file = QuestionFile {
            text: text.as_ref().map(|text| text.as_str().to_owned()),
            evidence,
        };
        self.keep_question(conn, Reason::Identity, pauses, &file)?;
        if let Some(text) = &text {
            self.keep_message(conn, "to_person", text)?;
        }
        self.touch(conn, self.case)?;
        let detail = json!({ "pauses": pauses, "evidence": file.evidence });
        self.ctx.record(
            conn,
            self.case.id.0,
            self.actor,
            "identity_evidence_asked",
            detail,
        )?;
        self.tell(
            conn,
            Course::IdentityRequest {
                text: file.text,
                evidence: file.evidence,
                paused_from: pauses.then_some(on),
                answer_by: question::answer_by(on),
            },
        )
    }

    /// What the person said by another way than their page.
    pub(super) fn record_clarification(&self, conn: &mut Conn, text: &str) -> Result<()> {
        let text = free_text("text", text)?;
        let event = Event::ClarificationAnswered;
        self.case.case.apply(&event, self.ctx.now())?;
        self.keep_message(conn, "from_person", &text)?;
        self.change(conn, event, "clarification_answered", json!({}))
    }

    /// The person hears of what happened to their case.
    pub(super) fn tell(&self, conn: &mut Conn, course: Course) -> Result<()> {
        let case = cases::find_by_id(conn, self.case.id)?;
        let (key, _) = intake::open_file(self.ctx, &case)?;
        telling::send(self.ctx, conn, &case, &key, Letter::Course(course))
    }

    /// Whether a question asked now stops the clock in force.
    fn stops_clock(&self, conn: &mut Conn, reason: Reason, on: NaiveDate) -> Result<bool> {
        let started_at = self.case.deadline.received_at();
        let mut before = Vec::new();
        for row in questions::list(conn, self.case.id)? {
            if row.asked_at >= started_at {
                before.push(row.reason()?);
            }
        }
        Ok(question::stops_clock(reason, started_at, on, &before))
    }

    fn keep_question(
        &self,
        conn: &mut Conn,
        reason: Reason,
        pauses: bool,
        file: &QuestionFile,
    ) -> Result<()> {
        let (key, _) = intake::open_file(self.ctx, self.case)?;
        let row = QuestionRow {
            id: self.ctx.new_id(),
            case_id: self.case.id.0,
            reason: reason.name().to_owned(),
            asked_at: self.ctx.now(),
            pauses,
            sealed: key.seal(QUESTION, self.ctx.nonce(), file),
            ended_at: None,
            ended_by: None,
        };
        questions::insert(conn, &row, stockholm_date(self.ctx.now()))?;
        keep_clock(conn, self.case.id)
    }
}

/// The proofs offered: those named, or all that staff accept, the least intrusive first.
fn chosen(names: &[String]) -> Result<Vec<Method>> {
    let known = |name: &String| {
        Method::from_name(name)
            .filter(|method| Method::BY_STAFF.contains(method))
            .ok_or_else(|| Error::field("evidence", "unknown"))
    };
    let chosen: Vec<Method> = names.iter().map(known).collect::<Result<_>>()?;
    let offered = Method::BY_STAFF.into_iter();
    Ok(offered
        .filter(|method| chosen.is_empty() || chosen.contains(method))
        .collect())
}

/// Ends what no longer waits for the person, and lets the clock go on: their identity is proved, they answered, or the
/// case is decided or ended.
///
/// # Errors
/// When the database fails.
pub fn follow(ctx: &Context, conn: &mut Conn, before: &StoredCase, after: &StoredCase) -> Result<()> {
    let (was, is) = (&before.case, &after.case);
    let (about, how) = if was.state.is_undecided() && !is.state.is_undecided() {
        (None, "case_ended")
    } else if !was.identity.is_enough() && is.identity.is_enough() {
        (Some(true), "proved")
    } else if matches!(was.state, State::ClarificationPending { .. }) && matches!(is.state, State::Assessing)
    {
        (Some(false), "answered")
    } else {
        return Ok(());
    };
    let now = ctx.now();
    if questions::end(conn, after.id, about, how, now, stockholm_date(now))? > 0 {
        keep_clock(conn, after.id)?;
    }
    Ok(())
}

fn keep_clock(conn: &mut Conn, id: CaseId) -> Result<()> {
    let case = cases::find_by_id(conn, id)?;
    Ok(cases::save_due(conn, id, &case.deadline)?)
}
