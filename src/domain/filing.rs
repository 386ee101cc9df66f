//! How long a case's own file is kept once the case has ended (Art. 5(1)(e), 5(2) GDPR).
//!
//! The file, which is what people wrote and what the systems said of them, stays for as long as a complaint is likely.
//! After that a core record without names remains: nobody can be fined for an infringement more than five years back
//! unless heard before (2018:218, 6 kap. 4 §), so it never stays longer than that for its own sake.

use chrono::{Months, NaiveDate};

/// The longest that a core record stays, in years.
pub const MAX_RECORD_YEARS: u32 = 5;

/// How long what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    /// Months that the file stays after the end of its case.
    pub file_months: u32,
    /// Months that it stays after the end of a legal hold, such as for a dispute or a complaint (Art. 17(3)(e)).
    pub after_hold_months: u32,
    /// Years that the core record stays after the end of its case.
    pub record_years: u32,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            file_months: 12,
            after_hold_months: 6,
            record_years: 3,
        }
    }
}

impl Periods {
    /// The last day of the file of a case that ended on `ended`, and was last held until `hold_ended`. A period of months
    /// ends with the day of the same date (Reg. 1182/71, Art. 3(2)(c)).
    #[must_use]
    pub fn file_until(&self, ended: NaiveDate, hold_ended: Option<NaiveDate>) -> NaiveDate {
        let own = after(ended, self.file_months);
        hold_ended.map_or(own, |held| own.max(after(held, self.after_hold_months)))
    }

    /// The last day of its core record: never before that of its file.
    #[must_use]
    pub fn record_until(&self, ended: NaiveDate, hold_ended: Option<NaiveDate>) -> NaiveDate {
        let years = self.record_years.min(MAX_RECORD_YEARS);
        after(ended, years.saturating_mul(12)).max(self.file_until(ended, hold_ended))
    }

    /// A day on or after which no case can have ended whose file's time is over on `today`, whatever the months' lengths.
    #[must_use]
    pub fn file_horizon(&self, today: NaiveDate) -> NaiveDate {
        before(today, self.file_months)
    }

    /// As [`Self::file_horizon`], for core records.
    #[must_use]
    pub fn record_horizon(&self, today: NaiveDate) -> NaiveDate {
        before(today, self.record_years.min(MAX_RECORD_YEARS).saturating_mul(12))
    }
}

fn after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months))
        .unwrap_or(NaiveDate::MAX)
}

fn before(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_sub_months(Months::new(months))
        .unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[rstest::rstest]
    #[case("2026-11-21", None, "2027-11-21", "2029-11-21")]
    #[case("2028-02-29", None, "2029-02-28", "2031-02-28")]
    // A hold that ended long before the file's own time is over changes nothing.
    #[case("2026-11-21", Some("2027-01-01"), "2027-11-21", "2029-11-21")]
    #[case("2026-11-21", Some("2027-08-31"), "2028-02-29", "2029-11-21")]
    // A dispute can outlast the core record's own time.
    #[case("2026-11-21", Some("2031-03-01"), "2031-09-01", "2031-09-01")]
    fn the_last_days(
        #[case] ended: &str,
        #[case] held: Option<&str>,
        #[case] file: &str,
        #[case] record: &str,
    ) {
        let held = held.map(day);
        let periods = Periods::default();
        assert_eq!(periods.file_until(day(ended), held), day(file));
        assert_eq!(periods.record_until(day(ended), held), day(record));
    }

    #[test]
    fn a_core_record_stays_five_years_at_most() {
        let periods = Periods {
            record_years: 9,
            ..Periods::default()
        };
        assert_eq!(periods.record_until(day("2026-11-21"), None), day("2031-11-21"));
    }

    proptest! {
        #[test]
        fn no_case_is_over_that_the_horizon_leaves_out(ended in 0i32..20_000, waited in 0i32..3_000, months in 1u32..60) {
            let start = day("2000-01-01");
            let ended = start + chrono::Days::new(u64::try_from(ended).unwrap());
            let today = ended + chrono::Days::new(u64::try_from(waited).unwrap());
            let periods = Periods { file_months: months, ..Periods::default() };
            if today > periods.file_until(ended, None) {
                prop_assert!(ended < periods.file_horizon(today) + chrono::Days::new(4));
            }
        }

        #[test]
        fn the_record_never_ends_before_the_file(ended in 0i32..20_000, held in proptest::option::of(0i32..20_000)) {
            let at = |n: i32| day("2000-01-01") + chrono::Days::new(u64::try_from(n).unwrap());
            let (ended, held) = (at(ended), held.map(at));
            let periods = Periods::default();
            prop_assert!(periods.record_until(ended, held) >= periods.file_until(ended, held));
        }
    }
}
