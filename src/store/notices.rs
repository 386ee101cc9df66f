//! Notices to recipients and their answers.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{case_digests, notice_answers, notices};
use super::{Error, Result};
use crate::domain::ids::{CaseId, NoticeId};
use crate::domain::notice::{Answer, KeepGround, Kind, Outcome, State};

/// A notice as it is kept.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = notices)]
pub struct NoticeRow {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case_id: Uuid,
    /// The recipient's id in the profile.
    pub recipient: String,
    /// The name of what it is about.
    pub kind: String,
    /// How the recipient is reached.
    pub channel: String,
    /// Whether it is a controller of its own.
    pub independent: bool,
    /// Its state's name.
    pub state: String,
    /// Since when.
    pub state_since: DateTime<Utc>,
    /// Why nobody could be told, or what staff must do.
    pub why: Option<String>,
    /// Keyed hash of the link's locator.
    pub token_digest: Option<Vec<u8>>,
    /// Keyed hash of the code.
    pub code_digest: Option<Vec<u8>>,
    /// Wrong codes since `attempts_since`.
    pub attempts: i32,
    /// When counting began.
    pub attempts_since: Option<DateTime<Utc>>,
    /// Identifiers, link and code, sealed; gone once the case is thinned.
    pub sealed: Option<Vec<u8>>,
    /// By when an answer is asked for.
    pub answer_by: Option<NaiveDate>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// The answer.
    pub outcome: Option<String>,
    /// Its ground.
    pub ground: Option<String>,
    /// Its statute.
    pub statute: Option<String>,
    /// Until when backups hold the data.
    pub backups_until: Option<NaiveDate>,
    /// How many reminders are used up.
    pub reminders: i16,
    /// When the recipient was last reminded.
    pub reminded_at: Option<DateTime<Utc>>,
    /// Whether it has come to the recipient's other address.
    pub uses_other_address: bool,
}

impl NoticeRow {
    /// Its id.
    #[must_use]
    pub const fn notice_id(&self) -> NoticeId {
        NoticeId(self.id)
    }

    /// What it is about.
    ///
    /// # Errors
    /// When the row holds a value that the program does not know.
    pub fn kind(&self) -> Result<Kind> {
        Kind::from_name(&self.kind).ok_or(Error::Corrupt("notices.kind"))
    }

    /// Where it stands.
    ///
    /// # Errors
    /// When the row holds a value that the program does not know.
    pub fn state(&self) -> Result<State> {
        let at = self.state_since;
        Ok(match self.state.as_str() {
            "planned" => State::Planned,
            "queued" => State::Queued,
            "sent" => State::Sent { at },
            "overdue" => State::Overdue { at },
            "escalated" => State::Escalated { at },
            "unanswered" => State::Unanswered { at },
            "informed" => State::Informed { at },
            "bounced" => State::Bounced { at },
            "answered" => {
                let outcome = self.outcome.as_deref().and_then(Outcome::from_name);
                State::Answered {
                    at,
                    outcome: outcome.ok_or(Error::Corrupt("notices.outcome"))?,
                }
            }
            "impossible" => State::Impossible,
            "cancelled" => State::Cancelled,
            _ => return Err(Error::Corrupt("notices.state")),
        })
    }

    /// The ground of the answer.
    #[must_use]
    pub fn keep_ground(&self) -> Option<KeepGround> {
        self.ground.as_deref().and_then(KeepGround::from_name)
    }
}

/// Keeps planned notices in the place of those of an earlier plan that never started.
///
/// # Errors
/// When the database fails.
pub fn replace_planned(conn: &mut PgConnection, case: CaseId, rows: &[NoticeRow]) -> Result<()> {
    let never_left = notices::state.eq_any(["planned", "impossible", "cancelled"]);
    diesel::delete(notices::table.filter(notices::case_id.eq(case.0).and(never_left))).execute(conn)?;
    diesel::insert_into(notices::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// The notices of a case, by recipient.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, case: CaseId) -> Result<Vec<NoticeRow>> {
    Ok(notices::table
        .filter(notices::case_id.eq(case.0))
        .order(notices::recipient)
        .select(NoticeRow::as_select())
        .load(conn)?)
}

/// The notice of that id, locked until the transaction ends.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn lock(conn: &mut PgConnection, id: NoticeId) -> Result<NoticeRow> {
    Ok(notices::table
        .find(id.0)
        .select(NoticeRow::as_select())
        .for_no_key_update()
        .first(conn)?)
}

/// The notice that a locator leads to.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find_by_token(conn: &mut PgConnection, digest: &[u8; 32]) -> Result<NoticeRow> {
    Ok(notices::table
        .filter(notices::token_digest.eq(digest.as_slice()))
        .select(NoticeRow::as_select())
        .first(conn)?)
}

/// Counts one try of a notice's code, atomically: at most `limit` between resets of `window_start`.
/// False when they are used up.
///
/// # Errors
/// When the database fails.
pub fn take_attempt(
    conn: &mut PgConnection,
    id: NoticeId,
    limit: i32,
    window_start: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let over = notices::attempts_since
        .is_null()
        .or(notices::attempts_since.lt(window_start));
    diesel::update(notices::table.filter(notices::id.eq(id.0).and(over)))
        .set((notices::attempts.eq(0), notices::attempts_since.eq(now)))
        .execute(conn)?;
    let taken = diesel::update(notices::table.filter(notices::id.eq(id.0).and(notices::attempts.lt(limit))))
        .set(notices::attempts.eq(notices::attempts + 1))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Forgets the tries after a right code: only wrong ones count.
///
/// # Errors
/// When the database fails.
pub fn reset_attempts(conn: &mut PgConnection, id: NoticeId) -> Result<()> {
    diesel::update(notices::table.find(id.0))
        .set(notices::attempts.eq(0))
        .execute(conn)?;
    Ok(())
}

/// Keeps what a notice has become.
///
/// # Errors
/// When the database fails.
pub fn save_state(
    conn: &mut PgConnection,
    id: NoticeId,
    state: State,
    why: Option<&str>,
    at: DateTime<Utc>,
) -> Result<()> {
    let sent = matches!(state, State::Sent { .. } | State::Informed { .. }).then_some(at);
    let row = notices::table.find(id.0);
    if let Some(sent) = sent {
        diesel::update(row).set(notices::sent_at.eq(sent)).execute(conn)?;
    }
    diesel::update(row)
        .set((
            notices::state.eq(state.name()),
            notices::state_since.eq(at),
            notices::why.eq(why),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notices that wait for an answer, with their cases, in the order of their ids after `after`.
///
/// # Errors
/// When the database fails.
pub fn list_awaiting(
    conn: &mut PgConnection,
    after: Option<NoticeId>,
    limit: i64,
) -> Result<Vec<(NoticeId, CaseId)>> {
    let awaiting = notices::state.eq_any(["sent", "overdue", "escalated"]);
    let rows: Vec<(Uuid, Uuid)> = notices::table
        .filter(awaiting)
        .filter(notices::id.gt(after.map_or(Uuid::nil(), |id| id.0)))
        .order(notices::id)
        .limit(limit)
        .select((notices::id, notices::case_id))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, case)| (NoticeId(id), CaseId(case)))
        .collect())
}

/// Says that a notice goes to the recipient's other address from now on, as if it had not been sent before.
///
/// # Errors
/// When the database fails.
pub fn use_other_address(conn: &mut PgConnection, id: NoticeId) -> Result<()> {
    diesel::update(notices::table.find(id.0))
        .set((notices::uses_other_address.eq(true), notices::reminders.eq(0)))
        .execute(conn)?;
    Ok(())
}

/// The notice of that id.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(conn: &mut PgConnection, id: NoticeId) -> Result<NoticeRow> {
    Ok(notices::table
        .find(id.0)
        .select(NoticeRow::as_select())
        .first(conn)?)
}

/// Says how many reminders are used up now.
///
/// # Errors
/// When the database fails.
pub fn mark_reminded(conn: &mut PgConnection, id: NoticeId, used: i16, at: DateTime<Utc>) -> Result<()> {
    diesel::update(notices::table.find(id.0))
        .set((notices::reminders.eq(used), notices::reminded_at.eq(at)))
        .execute(conn)?;
    Ok(())
}

/// Says by when an answer is asked for.
///
/// # Errors
/// When the database fails.
pub fn set_answer_by(conn: &mut PgConnection, id: NoticeId, day: Option<NaiveDate>) -> Result<()> {
    diesel::update(notices::table.find(id.0))
        .set(notices::answer_by.eq(day))
        .execute(conn)?;
    Ok(())
}

/// Keeps an answer: as the notice's last, and in the history of all.
///
/// # Errors
/// When the database fails.
pub fn save_answer(
    conn: &mut PgConnection,
    id: NoticeId,
    answer: &Answer,
    comment_sealed: Option<Vec<u8>>,
    at: DateTime<Utc>,
) -> Result<()> {
    let (outcome, ground) = (answer.outcome.name(), answer.ground.map(KeepGround::name));
    diesel::insert_into(notice_answers::table)
        .values((
            notice_answers::notice_id.eq(id.0),
            notice_answers::at.eq(at),
            notice_answers::outcome.eq(outcome),
            notice_answers::ground.eq(ground),
            notice_answers::statute.eq(&answer.statute),
            notice_answers::backups_until.eq(answer.backups_until),
            notice_answers::comment_sealed.eq(comment_sealed),
        ))
        .execute(conn)?;
    diesel::update(notices::table.find(id.0))
        .set((
            notices::state.eq("answered"),
            notices::state_since.eq(at),
            notices::answered_at.eq(at),
            notices::outcome.eq(outcome),
            notices::ground.eq(ground),
            notices::statute.eq(&answer.statute),
            notices::backups_until.eq(answer.backups_until),
        ))
        .execute(conn)?;
    Ok(())
}

/// The comments of a notice's answers, sealed, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_comments(conn: &mut PgConnection, id: NoticeId) -> Result<Vec<Vec<u8>>> {
    let rows: Vec<Option<Vec<u8>>> = notice_answers::table
        .filter(notice_answers::notice_id.eq(id.0))
        .order(notice_answers::id)
        .select(notice_answers::comment_sealed)
        .load(conn)?;
    Ok(rows.into_iter().flatten().collect())
}

/// The notices that left in cases of whoever has one of these keyed hashes, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_sent_about(conn: &mut PgConnection, digests: &[Vec<u8>]) -> Result<Vec<NoticeRow>> {
    let theirs = case_digests::table
        .filter(case_digests::digest.eq_any(digests))
        .select(case_digests::case_id);
    Ok(notices::table
        .filter(
            notices::case_id
                .eq_any(theirs)
                .and(notices::sent_at.is_not_null()),
        )
        .order(notices::sent_at)
        .select(NoticeRow::as_select())
        .load(conn)?)
}
