//! Thinning: what people wrote goes when its time is over, and later the core record too.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde_json::json;

use super::{Context, Error, Result, auditing, keys};
use crate::domain::calendar::stockholm_date;
use crate::domain::staff::Actor;
use crate::store::audit::SERVICE_STREAM;
use crate::store::records::{self, Ended};
use crate::store::{Conn, cases};

/// Cases that one sweep deals with, of each sort.
const AT_A_TIME: i64 = 500;
/// Days by which a horizon may be off where months differ in length, and the zone.
const SLACK: Days = Days::new(4);

/// Thins cases whose file's time is over; says how many.
///
/// # Errors
/// When the database fails.
pub fn thin_due(ctx: &Context) -> Result<usize> {
    let (today, periods) = (stockholm_date(ctx.now()), &ctx.policy.filing);
    let before = midnight(periods.file_horizon(today) + SLACK);
    let held_before = today
        .checked_sub_months(chrono::Months::new(periods.after_hold_months))
        .map_or(DateTime::<Utc>::MIN_UTC, |day| midnight(day + SLACK));
    let listed = records::list_to_thin(&mut *ctx.store.get()?, before, held_before, AT_A_TIME)?;
    each(listed, |ended| {
        let due = today > periods.file_until(ended.on, ended.hold_ended_on);
        Ok(due && thin(ctx, ended)?)
    })
}

/// Disposes of core records whose time is over; says how many.
///
/// # Errors
/// When the database fails.
pub fn dispose_due(ctx: &Context) -> Result<usize> {
    let (today, periods) = (stockholm_date(ctx.now()), &ctx.policy.filing);
    let before = midnight(periods.record_horizon(today) + SLACK);
    let listed = records::list_to_dispose(&mut *ctx.store.get()?, before, AT_A_TIME)?;
    each(listed, |ended| {
        let due = today > periods.record_until(ended.on, ended.hold_ended_on);
        Ok(due && dispose(ctx, ended)?)
    })
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// One case that cannot be dealt with must not keep the others from it.
fn each(listed: Vec<Ended>, deal: impl Fn(Ended) -> Result<bool>) -> Result<usize> {
    let mut done = 0;
    for ended in listed {
        match deal(ended) {
            Ok(dealt) => done += usize::from(dealt),
            Err(error) => {
                tracing::error!(case = %ended.id, code = error.code(), "a case could not be thinned or disposed of");
            }
        }
    }
    Ok(done)
}

/// First the rows, then the key: cut off in between, the sweep of keys finds the key of a thinned case and destroys it.
fn thin(ctx: &Context, ended: Ended) -> Result<bool> {
    let thinned = ctx.store.transaction(|conn| {
        if !still(conn, ended)? {
            return Ok(false);
        }
        records::thin(conn, ended.id, ctx.now())?;
        ctx.record(conn, ended.id.0, &Actor::System, "case_thinned", json!({}))?;
        Ok::<_, Error>(true)
    })?;
    if thinned {
        keys::destroy(ctx, ended.id.0);
    }
    Ok(thinned)
}

/// Whether a case is still as it was listed, not held nor opened again; it is locked then.
fn still(conn: &mut Conn, ended: Ended) -> Result<bool> {
    let case = cases::lock(conn, ended.id)?;
    let same = case.case.state.has_ended() && records::find_ended(conn, ended.id)? == ended;
    Ok(same && !case.case.on_hold)
}

/// The case's row and its trail; what proves that only they went stays in the trail of the service.
fn dispose(ctx: &Context, ended: Ended) -> Result<bool> {
    let disposed = ctx.store.transaction(|conn| {
        let case = cases::lock(conn, ended.id)?;
        auditing::dispose(ctx, conn, &Actor::System, ended.id.0)?;
        records::dispose(conn, ended.id)?;
        let detail =
            json!({ "case": ended.id, "right": case.case.right.name(), "state": case.case.state.name() });
        ctx.record(conn, SERVICE_STREAM, &Actor::System, "case_disposed", detail)?;
        Ok(true)
    });
    match disposed {
        // Its last events wait for the next checkpoint.
        Err(Error::Conflict("trail_unsealed")) => Ok(false),
        other => other,
    }
}
