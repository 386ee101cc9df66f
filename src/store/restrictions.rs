//! Restrictions of processing: what each is, and where it stands.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::schema::{case_digests, restrictions};
use super::{Error, Result};
use crate::domain::ids::{CaseId, MailId};
use crate::domain::restriction::{Allowed, Ground, LiftReason, Restriction, Services, State};

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = restrictions)]
struct Row {
    id: Uuid,
    case_id: Uuid,
    ground: String,
    scope: Vec<String>,
    allowed: Vec<String>,
    services: String,
    placed_at: DateTime<Utc>,
    expected_end: Option<NaiveDate>,
    lead_seconds: i64,
    state: String,
    lift_reason: Option<String>,
    lift_mail: Option<Uuid>,
    lift_notice_sent_at: Option<DateTime<Utc>>,
    lifted_at: Option<DateTime<Utc>>,
    consent_since: Option<DateTime<Utc>>,
    consented: Vec<String>,
}

/// A restriction as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRestriction {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub case: CaseId,
    /// Why.
    pub ground: Ground,
    /// What: as in the terms.
    pub scope: Vec<String>,
    /// What may be done beside storing.
    pub allowed: Vec<Allowed>,
    /// What becomes of services.
    pub services: Services,
    /// Since when.
    pub placed_at: DateTime<Utc>,
    /// What decides over its end.
    pub standing: Restriction,
    /// The letter that announces its lifting.
    pub lift_mail: Option<MailId>,
    /// Since when the person consents to what they do now.
    pub consent_since: Option<DateTime<Utc>>,
    /// The purposes that they consent to.
    pub consented: Vec<String>,
}

impl TryFrom<Row> for StoredRestriction {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let reason = row.lift_reason.as_deref().and_then(LiftReason::from_name);
        let state = match (row.state.as_str(), reason, row.lifted_at) {
            ("placed", None, None) => State::Placed,
            ("lift_announced", Some(reason), None) => State::LiftAnnounced {
                reason,
                told_at: row.lift_notice_sent_at,
            },
            ("lifted", Some(reason), Some(at)) => State::Lifted { reason, at },
            _ => return Err(Error::Corrupt("restrictions.state")),
        };
        let allowed: Option<Vec<Allowed>> = row.allowed.iter().map(|name| Allowed::from_name(name)).collect();
        Ok(Self {
            id: row.id,
            case: CaseId(row.case_id),
            ground: Ground::from_name(&row.ground).ok_or(Error::Corrupt("restrictions.ground"))?,
            scope: row.scope,
            allowed: allowed.ok_or(Error::Corrupt("restrictions.allowed"))?,
            services: Services::from_name(&row.services).ok_or(Error::Corrupt("restrictions.services"))?,
            placed_at: row.placed_at,
            standing: Restriction {
                state,
                lead: TimeDelta::seconds(row.lead_seconds),
                expected_end: row.expected_end,
            },
            lift_mail: row.lift_mail.map(MailId),
            consent_since: row.consent_since,
            consented: row.consented,
        })
    }
}

/// Keeps a restriction that begins.
///
/// # Errors
/// [`Error::Duplicate`] when one is in force already.
pub fn insert(conn: &mut PgConnection, new: &StoredRestriction) -> Result<()> {
    let row = Row {
        id: new.id,
        case_id: new.case.0,
        ground: new.ground.name().to_owned(),
        scope: new.scope.clone(),
        allowed: new.allowed.iter().map(|one| one.name().to_owned()).collect(),
        services: new.services.name().to_owned(),
        placed_at: new.placed_at,
        expected_end: new.standing.expected_end,
        lead_seconds: new.standing.lead.num_seconds(),
        state: "placed".to_owned(),
        lift_reason: None,
        lift_mail: None,
        lift_notice_sent_at: None,
        lifted_at: None,
        consent_since: new.consent_since,
        consented: new.consented.clone(),
    };
    diesel::insert_into(restrictions::table)
        .values(row)
        .execute(conn)?;
    Ok(())
}

/// The newest restriction of a case.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut PgConnection, case: CaseId) -> Result<Option<StoredRestriction>> {
    let row: Option<Row> = restrictions::table
        .filter(restrictions::case_id.eq(case.0))
        .order(restrictions::placed_at.desc())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// The cases in which a restriction is in force.
///
/// # Errors
/// When the database fails.
pub fn list_in_force(conn: &mut PgConnection) -> Result<Vec<CaseId>> {
    let cases: Vec<Uuid> = restrictions::table
        .filter(restrictions::state.ne("lifted"))
        .select(restrictions::case_id)
        .load(conn)?;
    Ok(cases.into_iter().map(CaseId).collect())
}

/// Records that the lifting of a restriction is announced by a letter.
///
/// # Errors
/// When the database refuses or fails.
pub fn announce(conn: &mut PgConnection, id: Uuid, reason: LiftReason, letter: MailId) -> Result<()> {
    diesel::update(restrictions::table.find(id))
        .set((
            restrictions::state.eq("lift_announced"),
            restrictions::lift_reason.eq(reason.name()),
            restrictions::lift_mail.eq(letter.0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Records when that letter left.
///
/// # Errors
/// When the database refuses or fails.
pub fn tell(conn: &mut PgConnection, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    diesel::update(restrictions::table.find(id))
        .set(restrictions::lift_notice_sent_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Records that a restriction is lifted.
///
/// # Errors
/// When the database refuses or fails.
pub fn lift(conn: &mut PgConnection, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    diesel::update(restrictions::table.find(id))
        .set((restrictions::state.eq("lifted"), restrictions::lifted_at.eq(at)))
        .execute(conn)?;
    Ok(())
}

/// Records what the person consents to, and since when; nothing withdraws all.
///
/// # Errors
/// When the database fails.
pub fn set_consent(conn: &mut PgConnection, id: Uuid, purposes: &[String], at: DateTime<Utc>) -> Result<()> {
    let since = Some(at).filter(|_| !purposes.is_empty());
    diesel::update(restrictions::table.find(id))
        .set((
            restrictions::consented.eq(purposes),
            restrictions::consent_since.eq(since),
        ))
        .execute(conn)?;
    Ok(())
}

/// Restrictions whose expected end has passed and of which nobody was reminded: their cases.
///
/// # Errors
/// When the database fails.
pub fn list_overdue(conn: &mut PgConnection, today: NaiveDate, limit: i64) -> Result<Vec<(Uuid, CaseId)>> {
    let rows: Vec<(Uuid, Uuid)> = restrictions::table
        .filter(restrictions::state.eq("placed"))
        .filter(restrictions::reminded_at.is_null())
        .filter(restrictions::expected_end.lt(today))
        .order(restrictions::expected_end)
        .limit(limit)
        .select((restrictions::id, restrictions::case_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, case)| (id, CaseId(case))).collect())
}

/// Records that somebody was reminded.
///
/// # Errors
/// When the database fails.
pub fn remind(conn: &mut PgConnection, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    diesel::update(restrictions::table.find(id))
        .set(restrictions::reminded_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Other cases under one of the same identifiers, in which a restriction is in force.
///
/// # Errors
/// When the database fails.
pub fn list_beside(conn: &mut PgConnection, case: CaseId) -> Result<Vec<CaseId>> {
    let own: Vec<Vec<u8>> = case_digests::table
        .filter(case_digests::case_id.eq(case.0))
        .select(case_digests::digest)
        .load(conn)?;
    let among = case_digests::table
        .filter(case_digests::digest.eq_any(own))
        .select(case_digests::case_id);
    let cases: Vec<Uuid> = restrictions::table
        .filter(restrictions::case_id.ne(case.0))
        .filter(restrictions::state.ne("lifted"))
        .filter(restrictions::case_id.eq_any(among))
        .select(restrictions::case_id)
        .load(conn)?;
    Ok(cases.into_iter().map(CaseId).collect())
}
