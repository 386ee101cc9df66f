//! The queue: cases in order of urgency, filtered, a page at a time.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::{case_digests, cases, notices};
use crate::domain::ids::StaffId;
use crate::domain::right::Right;

/// What to show. Without a state only cases that wait for an answer are shown.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Cases in this state alone.
    pub state: Option<String>,
    /// Cases of every state.
    pub all_states: bool,
    /// Cases of this right alone.
    pub right: Option<Right>,
    /// Cases that nobody works on.
    pub unassigned: bool,
    /// Cases of this member of staff alone.
    pub assignee: Option<StaffId>,
    /// Cases due before this day.
    pub due_before: Option<NaiveDate>,
    /// Cases in which this recipient is told.
    pub recipient: Option<String>,
    /// The case of this reference.
    pub reference: Option<String>,
    /// Cases with an identifier of this keyed hash.
    pub digest: Option<[u8; 32]>,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The most urgent first.
    #[default]
    DueFirst,
    /// The newest first.
    NewestFirst,
}

/// Where the next page starts: after this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Its deadline, or day of receipt when the newest come first.
    pub due_on: NaiveDate,
    /// Its id.
    pub id: Uuid,
}

/// A line of the queue.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = cases)]
pub struct Line {
    /// The case's id.
    pub id: Uuid,
    /// Its reference.
    pub reference: String,
    /// Its right.
    pub right_: String,
    /// Its state.
    pub state: String,
    /// How it came.
    pub channel: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The deadline in force.
    pub due_on: NaiveDate,
    /// Who works on it.
    pub assignee: Option<Uuid>,
    /// What staff must look at.
    pub attention: Option<String>,
    /// Whether a message of the person's waits for staff.
    pub message_waits: bool,
    /// Whether a legal hold is in force.
    pub on_hold: bool,
    /// Whether the time was extended.
    pub extended: bool,
    /// The level reached.
    pub identity_level: i16,
    /// The level needed.
    pub required_level: i16,
}

/// States in which nobody waits for an answer any more; the partial indexes leave them out.
pub const ENDED: [&str; 5] = ["answered", "closed", "refused", "withdrawn", "lapsed"];

fn filtered(filter: &Filter) -> cases::BoxedQuery<'static, Pg> {
    let mut query = cases::table.into_boxed();
    match &filter.state {
        Some(state) => query = query.filter(cases::state.eq(state.clone())),
        // Written as the indexes' own condition, so that the planner uses them.
        None if !filter.all_states => query = query.filter(cases::state.ne_all(ENDED)),
        None => {}
    }
    if let Some(right) = filter.right {
        query = query.filter(cases::right_.eq(right.name()));
    }
    if let Some(assignee) = filter.assignee {
        query = query.filter(cases::assignee.eq(assignee.0));
    }
    if filter.unassigned {
        query = query.filter(cases::assignee.is_null());
    }
    if let Some(day) = filter.due_before {
        query = query.filter(cases::due_on.lt(day));
    }
    if let Some(reference) = &filter.reference {
        query = query.filter(cases::reference.eq(reference.clone()));
    }
    if let Some(digest) = &filter.digest {
        let with = case_digests::table
            .filter(case_digests::digest.eq(digest.to_vec()))
            .select(case_digests::case_id);
        query = query.filter(cases::id.eq_any(with));
    }
    if let Some(recipient) = &filter.recipient {
        let told = notices::table
            .filter(notices::recipient.eq(recipient.clone()))
            .select(notices::case_id);
        query = query.filter(cases::id.eq_any(told));
    }
    query
}

/// One page of at most `limit` lines after `after`.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    sort: Sort,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Line>> {
    let mut query = filtered(filter).limit(limit).select(Line::as_select());
    match sort {
        Sort::DueFirst => {
            if let Some(Cursor { due_on, id }) = after {
                let later = cases::due_on
                    .gt(due_on)
                    .or(cases::due_on.eq(due_on).and(cases::id.gt(id)));
                query = query.filter(cases::due_on.ge(due_on)).filter(later);
            }
            Ok(query.order((cases::due_on, cases::id)).load(conn)?)
        }
        Sort::NewestFirst => {
            if let Some(Cursor { id, .. }) = after {
                query = query.filter(cases::id.lt(id));
            }
            Ok(query.order(cases::id.desc()).load(conn)?)
        }
    }
}

/// How many cases the filter finds, counted up to `most`.
///
/// # Errors
/// When the database fails.
pub fn count_up_to(conn: &mut PgConnection, filter: &Filter, most: i64) -> Result<i64> {
    let ids: Vec<Uuid> = filtered(filter).select(cases::id).limit(most).load(conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(most))
}
