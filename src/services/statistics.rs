//! Figures across cases, for who leads the work and who examines it.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Context, Error, Result};
use crate::domain::calendar::stockholm_date;
use crate::domain::right::Right;
use crate::domain::staff::{Actor, Permission};
use crate::store::queue::ENDED;
use crate::store::statistics::{self, Span};

/// Days that [`Figures::answered_recently`] looks back.
pub const RECENT_DAYS: i64 = 30;

/// How many cases of one right there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for an answer.
    pub open: i64,
    /// All that ever came.
    pub all: i64,
}

/// How the work goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Cases that wait for an answer.
    pub open: i64,
    /// Those of them whose day has passed.
    pub late: i64,
    /// Cases answered or refused in the last [`RECENT_DAYS`] days.
    pub answered_recently: usize,
    /// The median of days from receipt to answer over those; the longer of the two in the middle.
    pub median_days: Option<i64>,
    /// Notices that have left and wait for an answer, or could not be delivered.
    pub notices_waiting: i64,
    /// How many cases are in each state that any is in.
    pub by_state: BTreeMap<String, i64>,
    /// How many cases there are of each right; every right is there.
    pub by_right: Vec<(Right, Counts)>,
}

/// The figures of this moment.
///
/// # Errors
/// When the actor may not see them, or the database fails.
pub fn figures(ctx: &Context, actor: &Actor) -> Result<Figures> {
    if !actor.may(Permission::ReadStatistics) {
        return Err(Error::Forbidden("role"));
    }
    let mut conn = ctx.store.get()?;
    let now = ctx.now();
    let counted = statistics::count_by_right_and_state(&mut conn)?;
    let answered = statistics::list_answered_since(&mut conn, now - TimeDelta::days(RECENT_DAYS))?;
    let mut by_state = BTreeMap::new();
    let mut by_right: BTreeMap<&str, Counts> = BTreeMap::new();
    for (right, state, cases) in &counted {
        *by_state.entry(state.clone()).or_default() += cases;
        let counts = by_right.entry(right).or_default();
        counts.all += cases;
        if !ENDED.contains(&state.as_str()) {
            counts.open += cases;
        }
    }
    Ok(Figures {
        open: by_right.values().map(|counts| counts.open).sum(),
        late: statistics::count_late(&mut conn, stockholm_date(now))?,
        answered_recently: answered.len(),
        median_days: median_days(&answered),
        notices_waiting: statistics::count_notices_waiting(&mut conn)?,
        by_state,
        by_right: Right::ALL
            .into_iter()
            .map(|right| (right, by_right.get(right.name()).copied().unwrap_or_default()))
            .collect(),
    })
}

/// Local days from the first to the second of each, and the one in the middle.
fn median_days(spans: &[Span]) -> Option<i64> {
    let mut days: Vec<i64> = spans
        .iter()
        .map(|(from, to)| (stockholm_date(*to) - stockholm_date(*from)).num_days())
        .collect();
    days.sort_unstable();
    days.get(days.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};

    #[rstest::rstest]
    #[case(&[], None)]
    #[case(&[3], Some(3))]
    #[case(&[9, 1], Some(9))]
    #[case(&[30, 2, 5], Some(5))]
    fn the_median_is_the_one_in_the_middle(#[case] days: &[i64], #[case] median: Option<i64>) {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let spans: Vec<_> = days
            .iter()
            .map(|days| (start, start + TimeDelta::days(*days)))
            .collect();
        assert_eq!(median_days(&spans), median);
    }

    #[test]
    fn days_are_local_ones() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        // 23:30 and 00:30 of the next day, in Swedish summer.
        let span = (at("2026-06-10T21:30:00Z"), at("2026-06-10T22:30:00Z"));
        assert_eq!(median_days(&[span]), Some(1));
    }
}
