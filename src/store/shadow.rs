//! How erasures that staff do by hand compare with their plans.

use std::collections::BTreeMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::Result;
use super::schema::erasure_steps;

/// How plans for a system in shadow mode compare with what staff did by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByHand {
    /// Cases that were compared to the end.
    pub cases: i64,
    /// Cases among them in which all rows agree.
    pub agreeing: i64,
    /// Cases that wait for staff.
    pub waiting: i64,
}

/// How plans for a system compare with what staff did by hand, over all cases.
///
/// # Errors
/// When the database fails.
pub fn by_hand(conn: &mut PgConnection, system: &str) -> Result<ByHand> {
    let steps: Vec<(Uuid, String, i64, i64)> = erasure_steps::table
        .filter(erasure_steps::system.eq(system))
        .filter(erasure_steps::by_hand)
        .select((
            erasure_steps::case_id,
            erasure_steps::state,
            erasure_steps::planned,
            erasure_steps::done,
        ))
        .load(conn)?;
    let mut cases: BTreeMap<Uuid, (bool, bool)> = BTreeMap::new();
    for (case, state, planned, done) in steps {
        let (settled, agrees) = cases.entry(case).or_insert((true, true));
        *settled &= state == "done";
        *agrees &= planned == done;
    }
    let count = |fits: fn(&(bool, bool)) -> bool| {
        i64::try_from(cases.values().filter(|case| fits(case)).count()).unwrap_or(i64::MAX)
    };
    Ok(ByHand {
        cases: count(|case| case.0),
        agreeing: count(|case| case.0 && case.1),
        waiting: count(|case| !case.0),
    })
}
