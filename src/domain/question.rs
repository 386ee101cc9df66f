//! What staff may ask of the person while a case is open, and when that stops the clock.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::deadline::pause_allowed;

/// Days within which the person can answer before the case lapses. The law gives no number.
pub const ANSWER_WITHIN_DAYS: i64 = 30;

/// Days before the case lapses on which the person is reminded.
pub const REMIND_DAYS_BEFORE: i64 = 7;

/// Why staff ask the person something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is doubtful who asks (Art. 12(6)).
    Identity,
    /// The request concerns a great deal of data, and may be narrowed (recital 63).
    LargeRequest,
    /// Anything else. It never stops the clock.
    Other,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 3] = [Self::Identity, Self::LargeRequest, Self::Other];

    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::LargeRequest => "large_request",
            Self::Other => "other",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// Whether a question stops the clock: it is necessary, asked without undue delay after the clock started, and the
/// first of its reason (EDPB guidelines 01/2022). `asked_before`: the reasons asked for since the clock started.
#[must_use]
pub fn stops_clock(
    reason: Reason,
    clock_started_at: DateTime<Utc>,
    asked_on: NaiveDate,
    asked_before: &[Reason],
) -> bool {
    reason != Reason::Other && !asked_before.contains(&reason) && pause_allowed(clock_started_at, asked_on)
}

/// The last day on which the person can answer what was asked on `asked_on` before the case lapses.
#[must_use]
pub fn answer_by(asked_on: NaiveDate) -> NaiveDate {
    let days = u64::try_from(ANSWER_WITHIN_DAYS).unwrap_or_default();
    asked_on.checked_add_days(Days::new(days)).unwrap_or(asked_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn noon(day: NaiveDate) -> DateTime<Utc> {
        day.and_hms_opt(11, 0, 0).unwrap().and_utc()
    }

    // Received on Friday 2026-11-20; the third working day is Wednesday 25.
    #[rstest]
    #[case::at_once(Reason::Identity, "2026-11-20", &[], true)]
    #[case::on_the_last_day(Reason::LargeRequest, "2026-11-25", &[], true)]
    #[case::too_late(Reason::Identity, "2026-11-26", &[], false)]
    #[case::before_it_came(Reason::Identity, "2026-11-19", &[], false)]
    #[case::not_necessary(Reason::Other, "2026-11-20", &[], false)]
    #[case::again(Reason::Identity, "2026-11-23", &[Reason::Identity], false)]
    #[case::another_reason(Reason::LargeRequest, "2026-11-23", &[Reason::Identity, Reason::Other], true)]
    fn the_clock_stops_for_the_first_necessary_question_asked_at_once(
        #[case] reason: Reason,
        #[case] asked_on: NaiveDate,
        #[case] before: &[Reason],
        #[case] stops: bool,
    ) {
        let received = noon("2026-11-20".parse().unwrap());
        assert_eq!(stops_clock(reason, received, asked_on, before), stops);
    }

    #[test]
    fn names_lead_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_name(reason.name()), Some(reason));
        }
        assert_eq!(Reason::from_name("fee"), None);
    }

    #[test]
    fn an_answer_has_thirty_days() {
        let asked: NaiveDate = "2026-11-20".parse().unwrap();
        assert_eq!(answer_by(asked), "2026-12-20".parse().unwrap());
    }

    proptest! {
        #[test]
        fn no_other_question_and_none_after_a_week_stops_the_clock(seconds in 631_152_000i64..4_102_444_800, days in 0u64..400) {
            let received = DateTime::from_timestamp(seconds, 0).unwrap();
            let asked = super::super::calendar::stockholm_date(received) + Days::new(days);
            prop_assert!(!stops_clock(Reason::Other, received, asked, &[]));
            // Three working days span at most a long holiday.
            prop_assert!(days <= 9 || !stops_clock(Reason::Identity, received, asked, &[]));
        }
    }
}
