//! Logins of staff, and the API keys of machines: what a bearer value is held against.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{api_keys, sessions, staff};
use super::staff::{Row as StaffRow, StaffMember};
use super::{Error, Result};
use crate::domain::ids::StaffId;

/// The server's side of one login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name, which the cookie holds.
    pub id: Uuid,
    /// Whose.
    pub staff: StaffId,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// Keeps a new login.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut PgConnection, session: &Session) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id),
            sessions::staff_id.eq(session.staff.0),
            sessions::created_at.eq(session.last_seen_at),
            sessions::last_seen_at.eq(session.last_seen_at),
            sessions::expires_at.eq(session.expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The login of that name and whose it is, when it is not revoked, not over at `now`, was used after `idle_since`,
/// and its person is active.
///
/// # Errors
/// [`Error::NotFound`] otherwise.
pub fn find_live(
    conn: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<(Session, StaffMember)> {
    let (last_seen_at, expires_at, person): (_, _, StaffRow) = sessions::table
        .inner_join(staff::table.on(staff::id.eq(sessions::staff_id)))
        .filter(sessions::id.eq(id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(idle_since))
        .filter(staff::active)
        .select((
            sessions::last_seen_at,
            sessions::expires_at,
            StaffRow::as_select(),
        ))
        .first(conn)?;
    let member = person.member()?;
    let session = Session {
        id,
        staff: member.id,
        last_seen_at,
        expires_at,
    };
    Ok((session, member))
}

/// Notes that it was used at `now`, unless that was noted after `noted_since`.
///
/// # Errors
/// When the database fails.
pub fn touch(
    conn: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    noted_since: DateTime<Utc>,
) -> Result<()> {
    let stale = sessions::table
        .find(id)
        .filter(sessions::last_seen_at.le(noted_since));
    diesel::update(stale)
        .set(sessions::last_seen_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Ends one login; one that has ended stays so.
///
/// # Errors
/// When the database fails.
pub fn revoke(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let live = sessions::table.find(id).filter(sessions::revoked_at.is_null());
    diesel::update(live)
        .set(sessions::revoked_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Ends all logins of a person; says how many were not ended before.
///
/// # Errors
/// When the database fails.
pub fn revoke_all(conn: &mut PgConnection, of: StaffId, now: DateTime<Utc>) -> Result<usize> {
    let live = sessions::table
        .filter(sessions::staff_id.eq(of.0))
        .filter(sessions::revoked_at.is_null());
    Ok(diesel::update(live)
        .set(sessions::revoked_at.eq(now))
        .execute(conn)?)
}

/// Ends the logins of a person but `kept`; says how many were not ended before.
///
/// # Errors
/// When the database fails.
pub fn revoke_others(
    conn: &mut PgConnection,
    of: StaffId,
    kept: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let others = sessions::table
        .filter(sessions::staff_id.eq(of.0))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::id.ne(kept.unwrap_or_default()));
    Ok(diesel::update(others)
        .set(sessions::revoked_at.eq(now))
        .execute(conn)?)
}

/// Removes logins that were over before `before`; says how many.
///
/// # Errors
/// When the database fails.
pub fn delete_ended(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<usize> {
    let ended = sessions::table
        .filter(sessions::expires_at.lt(before))
        .or_filter(sessions::revoked_at.lt(before));
    Ok(diesel::delete(ended).execute(conn)?)
}

/// When each member of staff who has a login on record was last seen.
///
/// # Errors
/// When the database fails.
pub fn list_last_seen(conn: &mut PgConnection) -> Result<Vec<(StaffId, DateTime<Utc>)>> {
    let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = sessions::table
        .group_by(sessions::staff_id)
        .select((sessions::staff_id, diesel::dsl::max(sessions::last_seen_at)))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, at)| Some((StaffId(id), at?)))
        .collect())
}

/// An API key, without what it is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its name among keys.
    pub id: Uuid,
    /// The machine that acts through it.
    pub staff: StaffId,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Keeps a new API key by its keyed hash.
///
/// # Errors
/// When the database fails.
pub fn insert_key(conn: &mut PgConnection, key: &ApiKey, digest: &[u8; 32]) -> Result<()> {
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(key.id),
            api_keys::staff_id.eq(key.staff.0),
            api_keys::digest.eq(digest.as_slice()),
            api_keys::created_at.eq(key.created_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The machine that acts through the key of that keyed hash, when the key is not revoked and the machine is active.
///
/// # Errors
/// [`Error::NotFound`] otherwise.
pub fn find_key_holder(conn: &mut PgConnection, digest: &[u8; 32]) -> Result<StaffMember> {
    let holder: StaffRow = api_keys::table
        .inner_join(staff::table.on(staff::id.eq(api_keys::staff_id)))
        .filter(api_keys::digest.eq(digest.as_slice()))
        .filter(api_keys::revoked_at.is_null())
        .filter(staff::active)
        .select(StaffRow::as_select())
        .first(conn)?;
    holder.member()
}

/// The keys of all machines that are not revoked, oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_live_keys(conn: &mut PgConnection) -> Result<Vec<ApiKey>> {
    let rows: Vec<(Uuid, Uuid, DateTime<Utc>)> = api_keys::table
        .filter(api_keys::revoked_at.is_null())
        .order((api_keys::created_at, api_keys::id))
        .select((api_keys::id, api_keys::staff_id, api_keys::created_at))
        .load(conn)?;
    let keys = rows.into_iter().map(|(id, staff, created_at)| ApiKey {
        id,
        staff: StaffId(staff),
        created_at,
    });
    Ok(keys.collect())
}

/// Revokes a key; says whose it was.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key, or it was revoked before.
pub fn revoke_key(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<StaffId> {
    let live = api_keys::table.find(id).filter(api_keys::revoked_at.is_null());
    let staff: Option<Uuid> = diesel::update(live)
        .set(api_keys::revoked_at.eq(now))
        .returning(api_keys::staff_id)
        .get_result(conn)
        .optional()?;
    staff.map(StaffId).ok_or(Error::NotFound)
}
