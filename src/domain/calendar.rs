//! The Swedish calendar: public holidays (lag 1989:253), eves (lag 1930:173), working days and the local date of an instant.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Europe::Stockholm;

/// Easter Sunday of `year` by the Gregorian computus (Meeus/Jones/Butcher); `None` outside the range of dates.
#[must_use]
pub fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let (century, in_century) = (year.div_euclid(100), year.rem_euclid(100));
    let solar = (century + 8).div_euclid(25);
    let lunar = (century - solar + 1).div_euclid(3);
    let epact = (19 * golden + century - century.div_euclid(4) - lunar + 15).rem_euclid(30);
    let weekday =
        (32 + 2 * century.rem_euclid(4) + 2 * (in_century / 4) - epact - in_century % 4).rem_euclid(7);
    let late = (golden + 11 * epact + 22 * weekday).div_euclid(451);
    let day_of_march = epact + weekday - 7 * late + 22;
    let first_of_march = NaiveDate::from_ymd_opt(year, 3, 1)?;
    first_of_march.checked_add_days(Days::new(u64::try_from(day_of_march - 1).ok()?))
}

/// Whether `date` is an *allmän helgdag* of lag 1989:253: every Sunday, and the days the law names.
///
/// Whit Monday counts until 2004 and 6 June from 2005, when they changed places.
#[must_use]
pub fn is_public_holiday(date: NaiveDate) -> bool {
    date.weekday() == Weekday::Sun
        || is_fixed_holiday(date)
        || is_movable_saturday(date)
        || is_easter_holiday(date)
}

fn is_fixed_holiday(date: NaiveDate) -> bool {
    match (date.month(), date.day()) {
        (1, 1 | 6) | (5, 1) | (12, 25 | 26) => true,
        (6, 6) => date.year() >= 2005,
        _ => false,
    }
}

/// Midsummer Day (Saturday 20–26 June) and All Saints' Day (Saturday 31 October – 6 November).
fn is_movable_saturday(date: NaiveDate) -> bool {
    date.weekday() == Weekday::Sat
        && matches!((date.month(), date.day()), (6, 20..=26) | (10, 31) | (11, 1..=6))
}

fn is_easter_holiday(date: NaiveDate) -> bool {
    let Some(easter) = easter_sunday(date.year()) else {
        return false;
    };
    match date.signed_duration_since(easter).num_days() {
        // Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday.
        -2 | 0 | 1 | 39 | 49 => true,
        50 => date.year() < 2005,
        _ => false,
    }
}

/// Whether `date` is Midsummer Eve, Christmas Eve or New Year's Eve: the days that 2 § lag 1930:173 puts beside the
/// public holidays. They move Swedish statutory periods, never those of the GDPR.
#[must_use]
pub fn is_eve(date: NaiveDate) -> bool {
    match (date.month(), date.day()) {
        (12, 24 | 31) => true,
        (6, 19..=25) => date.weekday() == Weekday::Fri,
        _ => false,
    }
}

/// Whether `date` is a working day under Regulation 1182/71: neither Saturday, Sunday nor public holiday. Eves are.
#[must_use]
pub fn is_working_day(date: NaiveDate) -> bool {
    date.weekday() != Weekday::Sat && !is_public_holiday(date)
}

/// Whether work can be planned for `date`: a working day that is no eve.
#[must_use]
pub fn is_planning_day(date: NaiveDate) -> bool {
    is_working_day(date) && !is_eve(date)
}

/// The working day a period that ends on `date` ends on (Regulation 1182/71 Art. 3(4)).
#[must_use]
pub fn next_working_day_on_or_after(date: NaiveDate) -> NaiveDate {
    first_from(date, is_working_day)
}

/// The day a Swedish statutory period that ends on `date` ends on (2 § lag 1930:173): eves move it too.
#[must_use]
pub fn next_statutory_day_on_or_after(date: NaiveDate) -> NaiveDate {
    first_from(date, is_planning_day)
}

/// The last day on or before `date` that work can be planned for: no Saturday, Sunday, public holiday or eve.
#[must_use]
pub fn last_planning_day_on_or_before(date: NaiveDate) -> NaiveDate {
    date.iter_days()
        .rev()
        .find(|day| is_planning_day(*day))
        .unwrap_or(date)
}

/// The `count`th working day after `date`; `date` itself when `count` is 0, whatever day it is.
#[must_use]
pub fn add_working_days(date: NaiveDate, count: u32) -> NaiveDate {
    (0..count).fold(date, |day, _| {
        first_from(day.succ_opt().unwrap_or(day), is_working_day)
    })
}

fn first_from(date: NaiveDate, wanted: fn(NaiveDate) -> bool) -> NaiveDate {
    date.iter_days().find(|day| wanted(*day)).unwrap_or(date)
}

/// The date in Sweden at `instant`.
#[must_use]
pub fn stockholm_date(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&Stockholm).date_naive()
}

/// The first instant that is no longer `date` in Sweden: the next local midnight, also after days of 23 and 25 hours.
#[must_use]
pub fn end_of_day_exclusive(date: NaiveDate) -> DateTime<Utc> {
    let midnight = date.succ_opt().unwrap_or(date).and_time(NaiveTime::MIN);
    // Swedish clocks change at 01:00 UTC, so midnight exists once; before zones were standard, near enough.
    Stockholm
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn holidays_but_sundays(year: i32) -> Vec<NaiveDate> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        first
            .iter_days()
            .take_while(|day| day.year() == year)
            .filter(|day| day.weekday() != Weekday::Sun && is_public_holiday(*day))
            .collect()
    }

    #[rstest]
    #[case::y2025("2025", "04-18", "04-21", "05-29", "06-20", "06-21", "11-01")]
    #[case::y2026("2026", "04-03", "04-06", "05-14", "06-19", "06-20", "10-31")]
    #[case::y2027("2027", "03-26", "03-29", "05-06", "06-25", "06-26", "11-06")]
    #[case::y2028("2028", "04-14", "04-17", "05-25", "06-23", "06-24", "11-04")]
    #[case::y2029("2029", "03-30", "04-02", "05-10", "06-22", "06-23", "11-03")]
    #[case::y2030("2030", "04-19", "04-22", "05-30", "06-21", "06-22", "11-02")]
    fn the_movable_days_of_a_year(
        #[case] year: &str,
        #[case] good_friday: &str,
        #[case] easter_monday: &str,
        #[case] ascension: &str,
        #[case] midsummer_eve: &str,
        #[case] midsummer: &str,
        #[case] all_saints: &str,
    ) {
        let day = |text: &str| date(&format!("{year}-{text}"));
        let named = [good_friday, easter_monday, ascension, midsummer, all_saints];
        let fixed = ["01-01", "01-06", "05-01", "06-06", "12-25", "12-26"];
        let mut expected: Vec<_> = named.into_iter().chain(fixed).map(day).collect();
        expected.retain(|holiday| holiday.weekday() != Weekday::Sun);
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(holidays_but_sundays(year.parse().unwrap()), expected);
        assert!(is_eve(day(midsummer_eve)) && is_eve(day("12-24")) && is_eve(day("12-31")));
        assert!(!is_public_holiday(day(midsummer_eve)));
    }

    #[rstest]
    #[case(1961, "1961-04-02")]
    #[case(1981, "1981-04-19")]
    #[case(2000, "2000-04-23")]
    #[case(2008, "2008-03-23")]
    #[case(2011, "2011-04-24")]
    #[case(2024, "2024-03-31")]
    #[case(2038, "2038-04-25")]
    #[case(2100, "2100-03-28")]
    fn easter_by_the_computus(#[case] year: i32, #[case] expected: &str) {
        assert_eq!(easter_sunday(year), Some(date(expected)));
    }

    #[rstest]
    #[case::whit_monday_until_2004("2004-05-31", true)]
    #[case::whit_monday_since_2005("2005-05-16", false)]
    #[case::whit_monday_2025("2025-06-09", false)]
    #[case::national_day_before_2005("2003-06-06", false)]
    #[case::national_day_since_2005("2005-06-06", true)]
    #[case::whit_sunday("2026-05-24", true)]
    #[case::maundy_thursday("2026-04-02", false)]
    #[case::epiphany_eve("2026-01-05", false)]
    #[case::walpurgis("2026-04-30", false)]
    #[case::christmas_eve("2026-12-24", false)]
    #[case::easter_eve("2026-04-04", false)]
    #[case::saturday_before_midsummer_week("2026-06-13", false)]
    #[case::saturday_after_midsummer("2026-06-27", false)]
    #[case::saturday_before_all_saints("2026-10-24", false)]
    #[case::saturday_after_all_saints("2026-11-07", false)]
    fn what_is_and_is_not_a_public_holiday(#[case] day: &str, #[case] expected: bool) {
        assert_eq!(is_public_holiday(date(day)), expected);
    }

    #[rstest]
    #[case::first_possible_midsummer_eve("2026-06-19", true)]
    #[case::last_possible_midsummer_eve("2027-06-25", true)]
    #[case::friday_too_early("2027-06-18", false)]
    #[case::friday_too_late("2026-06-26", false)]
    #[case::thursday("2026-06-25", false)]
    #[case::lucia("2026-12-13", false)]
    #[case::easter_eve("2026-04-04", false)]
    fn what_is_and_is_not_an_eve(#[case] day: &str, #[case] expected: bool) {
        assert_eq!(is_eve(date(day)), expected);
    }

    #[rstest]
    #[case::itself("2026-06-19", "2026-06-19", "2026-06-22", "2026-06-18")]
    #[case::easter("2026-04-03", "2026-04-07", "2026-04-07", "2026-04-02")]
    #[case::christmas("2026-12-24", "2026-12-24", "2026-12-28", "2026-12-23")]
    #[case::new_year("2026-12-31", "2026-12-31", "2027-01-04", "2026-12-30")]
    #[case::plain("2026-09-16", "2026-09-16", "2026-09-16", "2026-09-16")]
    fn rolling_to_a_day_that_counts(
        #[case] day: &str,
        #[case] working: &str,
        #[case] statutory: &str,
        #[case] planning: &str,
    ) {
        assert_eq!(next_working_day_on_or_after(date(day)), date(working));
        assert_eq!(next_statutory_day_on_or_after(date(day)), date(statutory));
        assert_eq!(last_planning_day_on_or_before(date(day)), date(planning));
    }

    #[rstest]
    #[case::none("2026-04-04", 0, "2026-04-04")]
    #[case::over_easter("2026-04-02", 1, "2026-04-07")]
    #[case::over_a_weekend("2026-09-18", 3, "2026-09-23")]
    #[case::from_a_sunday("2026-09-20", 3, "2026-09-23")]
    #[case::eves_count("2026-12-22", 3, "2026-12-28")]
    fn adding_working_days(#[case] from: &str, #[case] count: u32, #[case] expected: &str) {
        assert_eq!(add_working_days(date(from), count), date(expected));
    }

    #[rstest]
    #[case("2026-12-31T22:59:59Z", "2026-12-31")]
    #[case("2026-12-31T23:00:00Z", "2027-01-01")]
    #[case("2026-07-01T21:59:59Z", "2026-07-01")]
    #[case("2026-07-01T22:00:00Z", "2026-07-02")]
    fn an_instant_falls_on_the_date_in_sweden(#[case] at: &str, #[case] expected: &str) {
        assert_eq!(stockholm_date(instant(at)), date(expected));
    }

    #[rstest]
    #[case::summer("2026-04-29", "2026-04-29T22:00:00Z")]
    #[case::winter("2026-10-26", "2026-10-26T23:00:00Z")]
    #[case::day_of_23_hours("2026-03-29", "2026-03-29T22:00:00Z")]
    #[case::eve_of_it("2026-03-28", "2026-03-28T23:00:00Z")]
    #[case::day_of_25_hours("2026-10-25", "2026-10-25T23:00:00Z")]
    #[case::eve_of_that("2026-10-24", "2026-10-24T22:00:00Z")]
    fn a_day_ends_at_the_next_local_midnight(#[case] day: &str, #[case] expected: &str) {
        assert_eq!(end_of_day_exclusive(date(day)), instant(expected));
    }

    #[test]
    fn the_last_date_there_is_does_not_panic() {
        assert_eq!(next_working_day_on_or_after(NaiveDate::MAX), NaiveDate::MAX);
        assert_eq!(easter_sunday(i32::MAX / 2), None);
    }

    proptest! {
        #[test]
        fn easter_is_a_sunday_from_22_march_to_25_april(year in 1583..4000i32) {
            let easter = easter_sunday(year).unwrap();
            prop_assert_eq!(easter.weekday(), Weekday::Sun);
            prop_assert!(((3, 22)..=(4, 25)).contains(&(easter.month(), easter.day())));
        }

        #[test]
        fn a_roll_moves_at_most_over_one_block_of_free_days(days in 0u64..120_000) {
            let day = date("1990-01-01") + Days::new(days);
            let rolled = next_working_day_on_or_after(day);
            prop_assert!(is_working_day(rolled) && rolled >= day);
            prop_assert!(rolled <= next_statutory_day_on_or_after(day));
            prop_assert!((next_statutory_day_on_or_after(day) - day).num_days() <= 5);
            let planned = last_planning_day_on_or_before(day);
            prop_assert!(is_planning_day(planned) && planned <= day && (day - planned).num_days() <= 5);
        }

        #[test]
        fn a_day_holds_the_instants_before_its_end_and_no_later(days in 0u64..60_000) {
            let day = date("1990-01-01") + Days::new(days);
            let end = end_of_day_exclusive(day);
            prop_assert_eq!(stockholm_date(end - chrono::TimeDelta::nanoseconds(1)), day);
            prop_assert_eq!(stockholm_date(end), day.succ_opt().unwrap());
        }
    }
}
