//! Members of staff, and the machines that act through API keys.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::staff;
use super::{Error, Result};
use crate::domain::ids::StaffId;
use crate::domain::staff::Role;

/// A member of staff or a machine, without its secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Who.
    pub id: StaffId,
    /// The address to log in with, in lower case; for a machine its name.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Whether they may come in.
    pub active: bool,
    /// Whether logging in takes a code of their authenticator too.
    pub totp: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl StaffMember {
    /// Whether it is a person, who logs in with an address; a machine has a name without an `@`, and keys.
    #[must_use]
    pub fn is_person(&self) -> bool {
        self.email.contains('@')
    }
}

impl std::fmt::Debug for StaffMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffMember")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

/// A member of staff with what logging in is checked against.
#[derive(Clone)]
pub struct Credentials {
    /// Who.
    pub member: StaffMember,
    /// The password's argon2id hash in PHC form; machines have none.
    pub password_hash: Option<String>,
    /// The authenticator's secret, sealed.
    pub totp_sealed: Option<Vec<u8>>,
}

/// What is kept of somebody new.
pub struct NewStaff<'a> {
    /// Who.
    pub id: StaffId,
    /// The address in lower case, or a machine's name.
    pub email: &'a str,
    /// As what.
    pub role: Role,
    /// The password's hash; `None` for machines.
    pub password_hash: Option<&'a str>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = staff)]
pub(super) struct Row {
    id: Uuid,
    email: String,
    role: String,
    password_hash: Option<String>,
    totp_sealed: Option<Vec<u8>>,
    active: bool,
    created_at: DateTime<Utc>,
}

impl Row {
    pub(super) fn member(self) -> Result<StaffMember> {
        self.credentials().map(|credentials| credentials.member)
    }

    fn credentials(self) -> Result<Credentials> {
        let role = Role::from_name(&self.role).ok_or(Error::Corrupt("staff.role"))?;
        let member = StaffMember {
            id: StaffId(self.id),
            email: self.email,
            role,
            active: self.active,
            totp: self.totp_sealed.is_some(),
            created_at: self.created_at,
        };
        Ok(Credentials {
            member,
            password_hash: self.password_hash,
            totp_sealed: self.totp_sealed,
        })
    }
}

/// Keeps somebody new, active at once.
///
/// # Errors
/// [`Error::Duplicate`] when the address or name is taken.
pub fn insert(conn: &mut PgConnection, new: &NewStaff<'_>) -> Result<()> {
    diesel::insert_into(staff::table)
        .values((
            staff::id.eq(new.id.0),
            staff::email.eq(new.email),
            staff::role.eq(new.role.name()),
            staff::password_hash.eq(new.password_hash),
            staff::created_at.eq(new.created_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who has that address (in lower case) or name.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find_by_email(conn: &mut PgConnection, email: &str) -> Result<Credentials> {
    let row: Row = staff::table
        .filter(staff::email.eq(email))
        .select(Row::as_select())
        .first(conn)?;
    row.credentials()
}

/// The member of staff of that id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(conn: &mut PgConnection, id: StaffId) -> Result<Credentials> {
    let row: Row = staff::table.find(id.0).select(Row::as_select()).first(conn)?;
    row.credentials()
}

/// As [`find`], and until the transaction ends nobody else changes them.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find_locked(conn: &mut PgConnection, id: StaffId) -> Result<Credentials> {
    let row: Row = staff::table
        .find(id.0)
        .select(Row::as_select())
        .for_update()
        .first(conn)?;
    row.credentials()
}

/// Everybody, by address.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut PgConnection) -> Result<Vec<StaffMember>> {
    let rows: Vec<Row> = staff::table
        .order(staff::email)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::member).collect()
}

/// Lets them in or keeps them out.
///
/// # Errors
/// [`Error::NotFound`].
pub fn set_active(conn: &mut PgConnection, id: StaffId, active: bool) -> Result<()> {
    let changed = diesel::update(staff::table.find(id.0))
        .set(staff::active.eq(active))
        .execute(conn)?;
    found(changed)
}

/// Gives them another password.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for a machine.
pub fn set_password(conn: &mut PgConnection, id: StaffId, hash: &str) -> Result<()> {
    let changed = diesel::update(staff::table.find(id.0))
        .set(staff::password_hash.eq(hash))
        .execute(conn)?;
    found(changed)
}

/// Gives them another authenticator, or none. `last_step` is the last TOTP step that counts as used.
///
/// # Errors
/// [`Error::NotFound`].
pub fn set_totp(conn: &mut PgConnection, id: StaffId, sealed: Option<&[u8]>, last_step: i64) -> Result<()> {
    let changed = diesel::update(staff::table.find(id.0))
        .set((staff::totp_sealed.eq(sealed), staff::totp_last_step.eq(last_step)))
        .execute(conn)?;
    found(changed)
}

/// All sealed TOTP secrets.
///
/// # Errors
/// When the database fails.
pub fn list_totp(conn: &mut PgConnection) -> Result<Vec<(StaffId, Vec<u8>)>> {
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = staff::table
        .filter(staff::totp_sealed.is_not_null())
        .select((staff::id, staff::totp_sealed))
        .load(conn)?;
    let sealed = rows.into_iter();
    Ok(sealed
        .filter_map(|(id, sealed)| Some((StaffId(id), sealed?)))
        .collect())
}

/// Keeps the same secret sealed anew, unless it was changed meanwhile.
///
/// # Errors
/// When the database fails.
pub fn reseal_totp(conn: &mut PgConnection, id: StaffId, from: &[u8], to: &[u8]) -> Result<()> {
    diesel::update(staff::table.find(id.0).filter(staff::totp_sealed.eq(from)))
        .set(staff::totp_sealed.eq(to))
        .execute(conn)?;
    Ok(())
}

/// Uses up a TOTP step and all before it; says whether it was still unused. Of two at once, one gets it.
///
/// # Errors
/// When the database fails.
pub fn use_totp_step(conn: &mut PgConnection, id: StaffId, step: i64) -> Result<bool> {
    let unused = staff::table.find(id.0).filter(staff::totp_last_step.lt(step));
    let changed = diesel::update(unused)
        .set(staff::totp_last_step.eq(step))
        .execute(conn)?;
    Ok(changed == 1)
}

fn found(changed: usize) -> Result<()> {
    if changed == 0 {
        Err(Error::NotFound)
    } else {
        Ok(())
    }
}
