//! How the work goes, across cases.

use chrono::TimeDelta;

use super::{Context, Error, Result};
use crate::domain::calendar::stockholm_date;
use crate::domain::right::Right;
use crate::domain::staff::{Actor, Permission};
use crate::store::figures;

/// What counts as recently, in days.
pub const RECENT_DAYS: i64 = 30;

/// How the work goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Cases still open.
    pub open: i64,
    /// Open cases past their day.
    pub late: i64,
    /// Answered within the last [`RECENT_DAYS`].
    pub answered_recently: i64,
    /// The median of days from receipt to answer, over those.
    pub median_days: Option<i64>,
    /// Notices without the answer that is awaited.
    pub notices_waiting: i64,
    /// Open and all cases, by right.
    pub by_right: Vec<(Right, i64, i64)>,
}

/// Counts.
///
/// # Errors
/// When the actor may not, or the database fails.
pub fn read(ctx: &Context, actor: &Actor) -> Result<Figures> {
    if !actor.may(Permission::ReadStatistics) {
        return Err(Error::Forbidden("role"));
    }
    let mut conn = ctx.store.get()?;
    let today = stockholm_date(ctx.now());
    let by_right = figures::count_by_right(&mut conn, today)?;
    let answered = figures::count_answered(&mut conn, ctx.now() - TimeDelta::days(RECENT_DAYS))?;
    let rights = by_right.iter();
    Ok(Figures {
        open: rights.clone().map(|row| row.open).sum(),
        late: rights.clone().map(|row| row.late).sum(),
        answered_recently: answered.cases,
        median_days: answered.median_days,
        notices_waiting: figures::count_waiting_notices(&mut conn)?,
        by_right: rights
            .filter_map(|row| Some((Right::from_name(&row.name)?, row.open, row.total)))
            .collect(),
    })
}
