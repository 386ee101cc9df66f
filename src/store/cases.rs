//! Cases: the row, its place in the state machine, and saving a transition.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::clocks::{self, Clock};
use super::schema::{cases, jobs};
use super::{Error, Result, case_files, proposals};
use crate::domain::case::{Case, IdentityStanding, Proposal, RefusalGround, State};
use crate::domain::deadline::{Alarm, Deadline, Pause};
use crate::domain::identity::Level;
use crate::domain::ids::{CaseId, Reference, StaffId};
use crate::domain::language::Language;
use crate::domain::right::Right;

/// A case as it is kept.
#[derive(Clone, Debug)]
pub struct StoredCase {
    /// Its id.
    pub id: CaseId,
    /// Its name towards people.
    pub reference: Reference,
    /// What the state machine works on.
    pub case: Case,
    /// Grows with every change that staff should see before they act.
    pub version: i64,
    /// How the request came.
    pub channel: String,
    /// The language the person chose.
    pub language: Language,
    /// The clock.
    pub deadline: Deadline,
    /// Who works on it.
    pub assignee: Option<StaffId>,
    /// What staff must look at, as a code.
    pub attention: Option<String>,
    /// Whether the person wrote and staff have neither written back nor noted anything since.
    pub message_waits: bool,
    /// Since when it is in its state.
    pub state_since: DateTime<Utc>,
    /// What the person wrote, sealed with the case's key; gone once thinned.
    pub sealed: Option<Vec<u8>>,
    /// When the case was thinned to its core record.
    pub thinned_at: Option<DateTime<Utc>>,
    /// Keyed hash of the body that an Idempotency-Key came with.
    pub idempotency_body: Option<Vec<u8>>,
    /// The older case that goes on with this one.
    pub merged_into: Option<CaseId>,
    /// When it was last reopened, from when its clock counts, and the deadline of its first clock.
    pub reopened: Option<(DateTime<Utc>, NaiveDate)>,
    /// How far the alarm has come that its time runs out.
    pub alarm: Alarm,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = cases)]
struct Row {
    id: Uuid,
    reference: String,
    right_: String,
    state: String,
    version: i64,
    channel: String,
    language: String,
    received_at: DateTime<Utc>,
    extended: bool,
    identity_level: i16,
    required_level: i16,
    on_hold: bool,
    assignee: Option<Uuid>,
    attention: Option<String>,
    message_waits: bool,
    cool_off_until: Option<DateTime<Utc>>,
    asked_on: Option<NaiveDate>,
    state_since: DateTime<Utc>,
    refusal_ground: Option<String>,
    sealed: Option<Vec<u8>>,
    thinned_at: Option<DateTime<Utc>>,
    idempotency_body: Option<Vec<u8>>,
    partly_done: bool,
    merged_into: Option<Uuid>,
}

impl Row {
    fn state(&self) -> Result<State> {
        let at = self.state_since;
        Ok(match self.state.as_str() {
            "received" => State::Received,
            "identity_pending" => State::IdentityPending,
            "assessing" => State::Assessing,
            "clarification_pending" => State::ClarificationPending {
                asked_on: self.asked_on.ok_or(Error::Corrupt("cases.asked_on"))?,
            },
            "approved" => State::Approved {
                cool_off_until: self
                    .cool_off_until
                    .ok_or(Error::Corrupt("cases.cool_off_until"))?,
            },
            "executing" => State::Executing,
            "ready_for_release" => State::ReadyForRelease,
            "answered" => State::Answered { at },
            "closed" => State::Closed { at },
            "refused" => {
                let ground = self.refusal_ground.as_deref().and_then(RefusalGround::from_name);
                State::Refused {
                    at,
                    ground: ground.ok_or(Error::Corrupt("cases.refusal_ground"))?,
                }
            }
            "withdrawn" => State::Withdrawn { at },
            "lapsed" => State::Lapsed { at },
            "forwarded" => State::Forwarded { at },
            _ => return Err(Error::Corrupt("cases.state")),
        })
    }

    fn load(self, conn: &mut PgConnection) -> Result<StoredCase> {
        let id = CaseId(self.id);
        let proposal = proposals::find_current(conn, id)?;
        let pauses = clocks::list_pauses(conn, id)?;
        let clock = clocks::find(conn, id)?;
        self.into_case(proposal, pauses, clock)
    }

    fn into_case(self, proposal: Option<Proposal>, pauses: Vec<Pause>, clock: Clock) -> Result<StoredCase> {
        let case = Case {
            right: Right::from_name(&self.right_).ok_or(Error::Corrupt("cases.right"))?,
            state: self.state()?,
            identity: IdentityStanding {
                reached: level(self.identity_level)?,
                required: level(self.required_level)?,
            },
            proposal,
            on_hold: self.on_hold,
            partly_done: self.partly_done,
            extended: self.extended,
            received_at: self.received_at,
        };
        let started_at = clock.reopened.map_or(self.received_at, |(at, _)| at);
        let deadline = Deadline::from_parts(started_at, pauses, self.extended).in_force();
        Ok(StoredCase {
            id: CaseId(self.id),
            reference: Reference::parse(&self.reference).map_err(|_| Error::Corrupt("cases.reference"))?,
            case,
            version: self.version,
            channel: self.channel,
            language: Language::from_tag(&self.language).ok_or(Error::Corrupt("cases.language"))?,
            deadline,
            assignee: self.assignee.map(StaffId),
            attention: self.attention,
            message_waits: self.message_waits,
            state_since: self.state_since,
            sealed: self.sealed,
            thinned_at: self.thinned_at,
            idempotency_body: self.idempotency_body,
            merged_into: self.merged_into.map(CaseId),
            reopened: clock.reopened,
            alarm: clock.alarm,
        })
    }
}

fn level(number: i16) -> Result<Level> {
    Level::from_number(number).ok_or(Error::Corrupt("cases.identity_level"))
}

/// A case to be taken in.
#[derive(Insertable)]
#[diesel(table_name = cases, treat_none_as_default_value = false)]
pub struct NewCase {
    /// Its id.
    pub id: Uuid,
    /// Its name towards people.
    pub reference: String,
    /// The right's name.
    pub right_: &'static str,
    /// Always `received`.
    pub state: &'static str,
    /// How the request came.
    pub channel: String,
    /// The language's tag.
    pub language: &'static str,
    /// When it reached us.
    pub received_at: DateTime<Utc>,
    /// The deadline.
    pub due_on: NaiveDate,
    /// The level that the right needs.
    pub required_level: i16,
    /// When it was written down.
    pub state_since: DateTime<Utc>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// What the person wrote, sealed.
    pub sealed: Vec<u8>,
    /// Keyed hash of the Idempotency-Key.
    pub idempotency_digest: Option<Vec<u8>>,
    /// Keyed hash of the body that came with it.
    pub idempotency_body: Option<Vec<u8>>,
}

/// Takes a case in, and gives it as it is kept.
///
/// # Errors
/// [`Error::Duplicate`] when the Idempotency-Key has been used.
pub fn insert(
    conn: &mut PgConnection,
    new: &NewCase,
    digests: &[(&'static str, [u8; 32])],
) -> Result<StoredCase> {
    let row: Row = diesel::insert_into(cases::table)
        .values(new)
        .returning(Row::as_returning())
        .get_result(conn)?;
    case_files::add_digests(conn, CaseId(new.id), digests)?;
    // Nothing has been proposed yet, and the clock has not been paused.
    row.into_case(None, Vec::new(), Clock::default())
}

/// The case of that reference.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find(conn: &mut PgConnection, reference: &Reference) -> Result<StoredCase> {
    let row: Row = cases::table
        .filter(cases::reference.eq(reference.as_str()))
        .select(Row::as_select())
        .first(conn)?;
    row.load(conn)
}

/// The case of that id.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn find_by_id(conn: &mut PgConnection, id: CaseId) -> Result<StoredCase> {
    let row: Row = cases::table.find(id.0).select(Row::as_select()).first(conn)?;
    row.load(conn)
}

/// The case that an Idempotency-Key made.
///
/// # Errors
/// [`Error::NotFound`] when it made none.
pub fn find_by_idempotency(conn: &mut PgConnection, digest: &[u8; 32]) -> Result<StoredCase> {
    let row: Row = cases::table
        .filter(cases::idempotency_digest.eq(digest.as_slice()))
        .select(Row::as_select())
        .first(conn)?;
    row.load(conn)
}

/// The case, locked until the transaction ends, so that its transitions come one after the other. Rows that refer to it
/// can be written meanwhile: its key stays, and waiting for that could close a circle of waits.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub fn lock(conn: &mut PgConnection, id: CaseId) -> Result<StoredCase> {
    let row: Row = cases::table
        .find(id.0)
        .select(Row::as_select())
        .for_no_key_update()
        .first(conn)?;
    row.load(conn)
}

/// What a transition changed: keeps `next` as what `before`, which must be locked, has become.
/// `visible`: whether staff should look again before they act on what they saw.
///
/// # Errors
/// [`Error::Stale`] when the row is not the one read; [`Error::Forbidden`] when the database's own
/// guard refuses the move.
pub fn save(
    conn: &mut PgConnection,
    before: &StoredCase,
    next: &Case,
    visible: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    let state_since = if before.case.state.name() == next.state.name() {
        before.state_since
    } else {
        at
    };
    let deadline = before.deadline.with_extension(next.extended);
    let (mut cool_off, mut asked_on, mut ground) = (None, None, None);
    match next.state {
        State::Approved { cool_off_until } => cool_off = Some(cool_off_until),
        State::ClarificationPending { asked_on: on } => asked_on = Some(on),
        State::Refused { ground: why, .. } => ground = Some(why.name()),
        _ => {}
    }
    // `None` leaves the column as it is.
    let hold_ended = (before.case.on_hold && !next.on_hold).then(|| cases::hold_ended_at.eq(at));
    let updated =
        diesel::update(cases::table.filter(cases::id.eq(before.id.0).and(cases::version.eq(before.version))))
            .set((
                cases::state.eq(next.state.name()),
                cases::version.eq(before.version + i64::from(visible)),
                cases::extended.eq(next.extended),
                cases::due_on.eq(deadline.due_on()),
                cases::identity_level.eq(next.identity.reached.number()),
                cases::required_level.eq(next.identity.required.number()),
                cases::on_hold.eq(next.on_hold),
                cases::partly_done.eq(next.partly_done),
                hold_ended,
                cases::cool_off_until.eq(cool_off),
                cases::asked_on.eq(asked_on),
                cases::refusal_ground.eq(ground),
                cases::state_since.eq(state_since),
            ))
            .execute(conn)?;
    if updated != 1 {
        return Err(Error::Stale);
    }
    clocks::keep_up(conn, before, &deadline, next.state.is_open())
}

/// Keeps the deadline that follows from a pause which began or ended, or from a clock that starts anew.
///
/// # Errors
/// When the database fails.
pub fn save_due(conn: &mut PgConnection, id: CaseId, deadline: &Deadline) -> Result<()> {
    diesel::update(cases::table.find(id.0))
        .set(cases::due_on.eq(deadline.due_on()))
        .execute(conn)?;
    clocks::save_early(conn, id, deadline)
}

/// Says what staff must look at, or that there is nothing any more.
///
/// # Errors
/// When the database fails.
pub fn set_attention(conn: &mut PgConnection, id: CaseId, code: Option<&str>) -> Result<()> {
    diesel::update(cases::table.find(id.0))
        .set(cases::attention.eq(code))
        .execute(conn)?;
    Ok(())
}

/// Says what staff must look at, where there is still a file to look at: a thinned case stays as it is.
///
/// # Errors
/// When the database fails.
pub fn raise_if_kept(conn: &mut PgConnection, id: CaseId, code: &str) -> Result<()> {
    diesel::update(cases::table.find(id.0).filter(cases::thinned_at.is_null()))
        .set(cases::attention.eq(code))
        .execute(conn)?;
    Ok(())
}

/// Takes back what staff must look at, if it is one of `codes`. What waits for staff in the queue stays said.
///
/// # Errors
/// When the database fails.
pub fn clear_attention(conn: &mut PgConnection, id: CaseId, codes: &[&str]) -> Result<()> {
    let parked = jobs::table.filter(jobs::case_id.eq(id.0).and(jobs::state.eq("parked")));
    let some_parked: bool = diesel::select(diesel::dsl::exists(parked)).get_result(conn)?;
    let raised = cases::table.filter(cases::id.eq(id.0).and(cases::attention.eq_any(codes)));
    diesel::update(raised)
        .set(cases::attention.eq(some_parked.then_some(super::jobs::ATTENTION)))
        .execute(conn)?;
    Ok(())
}

/// Gives the case to a member of staff.
///
/// # Errors
/// [`Error::Stale`] when the case has changed since `version`.
pub fn assign(conn: &mut PgConnection, id: CaseId, version: i64, to: Option<StaffId>) -> Result<()> {
    let updated = diesel::update(cases::table.filter(cases::id.eq(id.0).and(cases::version.eq(version))))
        .set((
            cases::assignee.eq(to.map(|staff| staff.0)),
            cases::version.eq(version + 1),
        ))
        .execute(conn)?;
    if updated == 1 { Ok(()) } else { Err(Error::Stale) }
}
