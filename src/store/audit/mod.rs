//! The audit trail: appended in the transaction of what it records.

pub mod seals;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{self, BigInt, Bool};
use uuid::Uuid;

use super::schema::{audit_disposals, audit_events, audit_heads};
use super::{Error, Result};
use crate::domain::audit::{Digest, Event, GENESIS};
use crate::domain::staff::Actor;

/// The stream of what concerns the service as a whole.
pub const SERVICE_STREAM: Uuid = Uuid::nil();

/// The event that says which parts of the profile are new.
pub const PROFILE_CHANGED: &str = "profile_changed";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
struct Row {
    stream: Uuid,
    seq: i64,
    at: DateTime<Utc>,
    actor: String,
    action: String,
    detail: serde_json::Value,
    hash: Vec<u8>,
}

impl Row {
    fn into_event(self) -> (Event, Vec<u8>) {
        let event = Event {
            stream: self.stream,
            seq: self.seq,
            at: self.at,
            actor: self.actor,
            action: self.action,
            detail: self.detail,
        };
        (event, self.hash)
    }
}

/// What is to be recorded.
pub struct NewEvent<'a> {
    /// The case, or [`SERVICE_STREAM`].
    pub stream: Uuid,
    /// Who did it.
    pub actor: &'a Actor,
    /// What, such as `plan_approved`.
    pub action: &'a str,
    /// Facts without personal data.
    pub detail: serde_json::Value,
    /// When.
    pub at: DateTime<Utc>,
}

impl NewEvent<'_> {
    /// The event in its place after `previous`, and its hash.
    fn after(self, key: &Digest, seq: i64, previous: &Digest) -> (Row, Digest) {
        let event = Event {
            stream: self.stream,
            seq: seq + 1,
            at: self.at,
            actor: self.actor.pseudonym(),
            action: self.action.to_owned(),
            detail: self.detail,
        };
        let hash = event.hash(key, previous);
        let row = Row {
            stream: event.stream,
            seq: event.seq,
            at: event.at,
            actor: event.actor,
            action: event.action,
            detail: event.detail,
            hash: hash.to_vec(),
        };
        (row, hash)
    }
}

/// Writes the first event of a stream that nobody else can know of yet.
///
/// # Errors
/// [`Error::Duplicate`] when the stream has begun; when the database fails.
pub fn begin(conn: &mut PgConnection, key: &Digest, new: NewEvent<'_>) -> Result<()> {
    let (row, hash) = new.after(key, 0, &GENESIS);
    diesel::insert_into(audit_heads::table)
        .values((
            audit_heads::stream.eq(row.stream),
            audit_heads::seq.eq(row.seq),
            audit_heads::hash.eq(hash.as_slice()),
        ))
        .execute(conn)?;
    diesel::insert_into(audit_events::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Appends an event to its stream. The head's row lock puts writers of one stream in a row.
///
/// # Errors
/// When the database fails.
pub fn append(conn: &mut PgConnection, key: &Digest, new: NewEvent<'_>) -> Result<()> {
    let (seq, head) = lock_head(conn, new.stream)?;
    let previous: Digest = head.try_into().map_err(|_| Error::Corrupt("audit_heads.hash"))?;
    let (row, hash) = new.after(key, seq, &previous);
    diesel::update(audit_heads::table.find(row.stream))
        .set((
            audit_heads::seq.eq(row.seq),
            audit_heads::hash.eq(hash.as_slice()),
        ))
        .execute(conn)?;
    diesel::insert_into(audit_events::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// Locks a stream against other writers until the transaction ends.
///
/// # Errors
/// [`Error::Forbidden`] when its events were disposed of; when the database fails.
pub fn lock(conn: &mut PgConnection, stream: Uuid) -> Result<()> {
    lock_head(conn, stream).map(drop)
}

/// The head of a stream, made where there is none, and locked until the transaction ends.
fn lock_head(conn: &mut PgConnection, stream: Uuid) -> Result<(i64, Vec<u8>)> {
    let find = |conn: &mut PgConnection| {
        audit_heads::table
            .find(stream)
            .select((audit_heads::seq, audit_heads::hash))
            .for_update()
            .first(conn)
            .optional()
    };
    if let Some(head) = find(conn)? {
        return Ok(head);
    }
    if is_disposed(conn, stream)? {
        return Err(Error::Forbidden("audit_disposed".to_owned()));
    }
    diesel::insert_into(audit_heads::table)
        .values((
            audit_heads::stream.eq(stream),
            audit_heads::seq.eq(0),
            audit_heads::hash.eq(GENESIS.as_slice()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    find(conn)?.ok_or(Error::NotFound)
}

/// Whether a stream's events are gone for good: nothing can be appended to it.
///
/// # Errors
/// When the database fails.
pub fn is_disposed(conn: &mut PgConnection, stream: Uuid) -> Result<bool> {
    let disposed = audit_disposals::table.find(stream);
    Ok(diesel::select(diesel::dsl::exists(disposed)).get_result(conn)?)
}

/// Whether `actor` did `action` in a stream since then.
///
/// # Errors
/// When the database fails.
pub fn has_done(
    conn: &mut PgConnection,
    stream: Uuid,
    actor: &Actor,
    action: &str,
    since: DateTime<Utc>,
) -> Result<bool> {
    let done = audit_events::table
        .filter(audit_events::stream.eq(stream))
        .filter(audit_events::action.eq(action))
        .filter(audit_events::actor.eq(actor.pseudonym()))
        .filter(audit_events::at.gt(since));
    Ok(diesel::select(diesel::dsl::exists(done)).get_result(conn)?)
}

/// The detail of the last `profile_changed`, once the service's stream is locked against others until the transaction
/// ends.
///
/// # Errors
/// When the database fails.
pub fn find_last_profile(conn: &mut PgConnection) -> Result<Option<serde_json::Value>> {
    lock_head(conn, SERVICE_STREAM)?;
    Ok(audit_events::table
        .filter(audit_events::stream.eq(SERVICE_STREAM))
        .filter(audit_events::action.eq(PROFILE_CHANGED))
        .order(audit_events::seq.desc())
        .select(audit_events::detail)
        .first(conn)
        .optional()?)
}

/// A case's events, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection, stream: Uuid) -> Result<Vec<Event>> {
    let rows: Vec<Row> = audit_events::table
        .filter(audit_events::stream.eq(stream))
        .order(audit_events::seq)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.into_event().0).collect())
}

/// Where a stream ends, and how much of it is sealed.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = audit_heads)]
pub struct Head {
    /// The stream.
    pub stream: Uuid,
    /// Its last event.
    pub seq: i64,
    /// The hash of that event.
    pub hash: Vec<u8>,
    /// The last event that a checkpoint covers.
    pub sealed: i64,
}

/// The recorded heads after `after`, at most `limit`, in order of stream.
///
/// # Errors
/// When the database fails.
pub fn list_heads(conn: &mut PgConnection, after: Option<Uuid>, limit: i64) -> Result<Vec<Head>> {
    let mut query = audit_heads::table
        .order(audit_heads::stream)
        .select(Head::as_select())
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(audit_heads::stream.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Events with their stored hashes after `after`, at most `limit`, in order of stream and place.
///
/// # Errors
/// When the database fails.
pub fn list_hashed(
    conn: &mut PgConnection,
    after: Option<(Uuid, i64)>,
    limit: i64,
) -> Result<Vec<(Event, Vec<u8>)>> {
    let mut query = audit_events::table
        .order((audit_events::stream, audit_events::seq))
        .select(Row::as_select())
        .limit(limit)
        .into_boxed();
    if let Some((stream, seq)) = after {
        // A comparison of rows, which the primary key answers.
        query = query.filter(
            sql::<Bool>("(stream, seq) > (")
                .bind::<sql_types::Uuid, _>(stream)
                .sql(", ")
                .bind::<BigInt, _>(seq)
                .sql(")"),
        );
    }
    Ok(query.load(conn)?.into_iter().map(Row::into_event).collect())
}
