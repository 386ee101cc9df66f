//! Personal data breaches: reported on a case, followed until the authority was notified and all is done (Art. 33).

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::course::Course;
use super::letters::{self, Letter, Post};
use super::{Context, Error, Result, intake, telling};
use crate::domain::calendar::stockholm_date;
use crate::domain::contact::FreeText;
use crate::domain::ids::{CaseId, StaffId};
use crate::domain::incident::{self, Kind};
use crate::domain::staff::{Actor, Permission};
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::incidents::{self, IncidentRow};

/// Where a sealed account of a breach belongs.
const INCIDENT: &str = "incidents.sealed";
/// What staff must look at while a breach is open.
pub const ATTENTION: &str = "incident";
/// Breaches that the list shows.
const LISTED: i64 = 200;

/// A breach as staff see it.
#[derive(Clone, Debug)]
pub struct Incident {
    /// Its record.
    pub row: IncidentRow,
    /// The reference of its case.
    pub reference: String,
    /// What happened, for who may read cases.
    pub text: Option<String>,
    /// What was done, for the same.
    pub done: Option<String>,
}

/// Reports a breach on a locked case, and mails the data protection officer, without personal data.
///
/// # Errors
/// When the kind is unknown, the text is empty, or the database fails.
pub fn report(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    (actor, by): (&Actor, StaffId),
    what: &str,
    text: &FreeText,
) -> Result<()> {
    let kind = Kind::from_name(what).ok_or_else(|| Error::field("what", "unknown"))?;
    let (key, _) = intake::open_file(ctx, case)?;
    let (id, now) = (ctx.new_id(), ctx.now());
    let notify_by = incident::notify_by(now);
    let row = IncidentRow {
        id,
        case_id: case.id.0,
        kind: kind.name().to_owned(),
        aware_at: now,
        notify_by,
        reported_by: by.0,
        sealed: Some(key.seal(INCIDENT, ctx.nonce(), &text.as_str())),
        notified_at: None,
        state: "open".to_owned(),
        closed_at: None,
        closed_by: None,
        done_sealed: None,
        told_at: None,
    };
    incidents::insert(conn, &row)?;
    cases::set_attention(conn, case.id, Some(ATTENTION))?;
    let detail = json!({ "incident": id, "kind": kind.name(), "notify_by": notify_by });
    ctx.record(conn, case.id.0, actor, "incident_reported", detail)?;
    let organisation = &ctx.organisation;
    let officer = organisation.dpo.as_ref().map(|dpo| dpo.email.as_str());
    let post = Post {
        case: case.id,
        reference: case.reference.as_str(),
        language: organisation.language,
        notice: None,
    };
    let letter = Letter::Course(Course::Incident { kind, notify_by });
    letters::post(
        ctx,
        conn,
        &key,
        &post,
        officer.unwrap_or(&organisation.contact.email),
        letter,
    )
    .map(drop)
}

/// All breaches, the open ones first.
///
/// # Errors
/// When the actor may not see them, or the database fails.
pub fn list(ctx: &Context, actor: &Actor) -> Result<Vec<Incident>> {
    handling(actor)?;
    let mut conn = ctx.store.get()?;
    let rows = incidents::list_all(&mut conn, LISTED)?;
    let opened = rows
        .into_iter()
        .map(|(row, reference)| open(ctx, &mut conn, actor, row, reference));
    opened.collect()
}

/// The breaches of one case.
///
/// # Errors
/// When the database fails.
pub fn of_case(ctx: &Context, conn: &mut Conn, actor: &Actor, case: &StoredCase) -> Result<Vec<Incident>> {
    let rows = incidents::list(conn, case.id)?.into_iter();
    rows.map(|row| open(ctx, conn, actor, row, case.reference.to_string()))
        .collect()
}

fn open(
    ctx: &Context,
    conn: &mut Conn,
    actor: &Actor,
    row: IncidentRow,
    reference: String,
) -> Result<Incident> {
    let mut incident = Incident {
        row,
        reference,
        text: None,
        done: None,
    };
    if actor.may(Permission::ReadCases) {
        let case = cases::find_by_id(conn, CaseId(incident.row.case_id))?;
        // Of a thinned case the record stays, without what was written.
        if case.thinned_at.is_some() {
            return Ok(incident);
        }
        let (key, _) = intake::open_file(ctx, &case)?;
        let told = incident.row.sealed.as_ref();
        incident.text = told.map(|sealed| key.open(INCIDENT, sealed)).transpose()?;
        let done = incident.row.done_sealed.as_ref();
        incident.done = done.map(|sealed| key.open(INCIDENT, sealed)).transpose()?;
    }
    Ok(incident)
}

/// Records that the authority was notified, at `at` or now.
///
/// # Errors
/// When the actor may not, there is no such breach, it is closed or notified already, or `at` makes no sense.
pub fn notified(ctx: &Context, actor: &Actor, id: Uuid, at: Option<DateTime<Utc>>) -> Result<()> {
    handling(actor)?;
    let at = at.unwrap_or_else(|| ctx.now());
    ctx.store.transaction(|conn| {
        let row = locked(conn, id)?;
        if row.notified_at.is_some() {
            return Err(Error::Conflict("incident_settled"));
        }
        if at < row.aware_at || at > ctx.now() {
            return Err(Error::field("at", "invalid"));
        }
        incidents::set_notified(conn, id, at)?;
        let detail = json!({ "incident": id, "late": at > row.notify_by });
        Ok(ctx.record(conn, row.case_id, actor, "incident_notified", detail)?)
    })
}

/// What the person is told of a breach (Art. 34(2)): in plain words what happened, what it may lead to, and what is done.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ForPerson {
    /// What happened.
    pub text: String,
    /// What it may lead to.
    pub consequences: String,
    /// What was and will be done about it, and what the person can do.
    pub measures: String,
}

/// Tells the person of the case of a breach that is a high risk to them (Art. 34).
///
/// # Errors
/// When the actor may not, there is no such breach, it is closed, or a text is empty.
pub fn tell(ctx: &Context, actor: &Actor, id: Uuid, told: &ForPerson) -> Result<()> {
    handling(actor)?;
    let word = |field, text: &str| -> Result<String> {
        Ok(super::handling::free_text(field, text)?.as_str().to_owned())
    };
    let text = word("text", &told.text)?;
    let consequences = word("consequences", &told.consequences)?;
    let measures = word("measures", &told.measures)?;
    ctx.store.transaction(|conn| {
        let row = locked(conn, id)?;
        let case = cases::find_by_id(conn, CaseId(row.case_id))?;
        let (key, _) = intake::open_file(ctx, &case)?;
        let letter = Letter::Course(Course::IncidentToPerson {
            aware_on: stockholm_date(row.aware_at),
            text,
            consequences,
            measures,
        });
        telling::send(ctx, conn, &case, &key, letter)?;
        incidents::set_told(conn, id, ctx.now())?;
        Ok(ctx.record(
            conn,
            row.case_id,
            actor,
            "incident_told",
            json!({ "incident": id }),
        )?)
    })
}

/// Closes a breach with what was done about it, or why nothing had to be (Art. 33(5)).
///
/// # Errors
/// When the actor may not, there is no such breach, it is closed already, or the text is empty.
pub fn close(ctx: &Context, actor: &Actor, id: Uuid, text: &str) -> Result<()> {
    let by = handling(actor)?;
    let text = super::handling::free_text("text", text)?;
    ctx.store.transaction(|conn| {
        let row = locked(conn, id)?;
        let case = cases::find_by_id(conn, CaseId(row.case_id))?;
        let (key, _) = intake::open_file(ctx, &case)?;
        let done = key.seal(INCIDENT, ctx.nonce(), &text.as_str());
        incidents::close(conn, id, by, done, ctx.now())?;
        if !incidents::has_open(conn, case.id)? {
            cases::clear_attention(conn, case.id, &[ATTENTION])?;
        }
        let detail = json!({ "incident": id, "notified": row.notified_at.is_some() });
        Ok(ctx.record(conn, row.case_id, actor, "incident_closed", detail)?)
    })
}

/// An open breach, locked after its case, in the order in which everything is.
fn locked(conn: &mut Conn, id: Uuid) -> Result<IncidentRow> {
    let case = CaseId(incidents::lock(conn, id)?.case_id);
    cases::lock(conn, case)?;
    let row = incidents::lock(conn, id)?;
    if row.state == "open" {
        Ok(row)
    } else {
        Err(Error::Conflict("incident_settled"))
    }
}

fn handling(actor: &Actor) -> Result<StaffId> {
    let by = actor.staff().filter(|_| actor.may(Permission::HandleIncidents));
    by.ok_or(Error::Forbidden("role"))
}
