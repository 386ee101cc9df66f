//! The examples of the law as tables, what lists of years are refused, and what holds for every date.

use super::*;
use proptest::prelude::*;
use rstest::rstest;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn year(start: &str, end: &str) -> FiscalYear {
    FiscalYear {
        start: date(start),
        end: date(end),
    }
}

fn years(listed: &[(&str, &str)]) -> Result<FiscalYears, FiscalYearsError> {
    FiscalYears::new(listed.iter().map(|(start, end)| year(start, end)).collect())
}

fn calendar_years() -> FiscalYears {
    FiscalYears::default().with_calendar_years_otherwise(true)
}

/// First and last day of the fiscal year, an event in it, kept until, erasable from.
#[rstest]
#[case::b1_calendar("2025-01-01", "2025-12-31", "2025-03-14", "2032-12-31", "2033-01-01")]
#[case::b2_broken("2025-07-01", "2026-06-30", "2025-08-15", "2033-12-31", "2034-01-01")]
#[case::b3_broken_last_day("2025-07-01", "2026-06-30", "2026-06-30", "2033-12-31", "2034-01-01")]
#[case::b4_may_to_april("2025-05-01", "2026-04-30", "2025-05-02", "2033-12-31", "2034-01-01")]
#[case::b5_first_of_18_months("2024-07-01", "2025-12-31", "2024-07-15", "2032-12-31", "2033-01-01")]
#[case::b6_short_first("2025-10-01", "2025-12-31", "2025-11-03", "2032-12-31", "2033-01-01")]
#[case::b7_changed("2025-01-01", "2026-06-30", "2025-02-01", "2033-12-31", "2034-01-01")]
#[case::b8_to_january("2025-02-01", "2026-01-31", "2025-02-10", "2033-12-31", "2034-01-01")]
#[case::b9_past("2018-01-01", "2018-12-31", "2018-12-31", "2025-12-31", "2026-01-01")]
#[case::b10_to_leap_day("2027-03-01", "2028-02-29", "2027-03-01", "2035-12-31", "2036-01-01")]
fn bookkeeping_is_kept_by_the_end_of_its_fiscal_year(
    #[case] start: &str,
    #[case] end: &str,
    #[case] event: &str,
    #[case] kept_until: &str,
    #[case] erasable: &str,
) {
    let found = years(&[(start, end)]).unwrap().containing(date(event)).unwrap();
    assert_eq!(found, year(start, end));
    assert_eq!(keep_until(found), date(kept_until));
    assert_eq!(erasable_from(keep_until(found)), date(erasable));
}

#[rstest]
#[case::b11_invoice(&["2025-12-20"], "2032-12-31")]
#[case::b11_credit_note(&["2026-01-10"], "2033-12-31")]
#[case::b11_both_together(&["2025-12-20", "2026-01-10"], "2033-12-31")]
#[case::b13_prepaid_invoice(&["2024-06-01"], "2031-12-31")]
#[case::b13_agreement_over_years(&["2024-06-01", "2027-05-31"], "2034-12-31")]
#[case::in_any_order(&["2027-05-31", "2024-06-01"], "2034-12-31")]
fn records_that_stand_together_are_kept_by_the_latest(#[case] dates: &[&str], #[case] expected: &str) {
    let dates: Vec<_> = dates.iter().map(|text| date(text)).collect();
    assert_eq!(calendar_years().keep_together_until(&dates), Some(date(expected)));
}

#[test]
fn nothing_is_guessed_for_records_of_an_unknown_year() {
    let known = years(&[("2025-01-01", "2025-12-31")]).unwrap();
    assert_eq!(
        known.keep_together_until(&[date("2025-12-20"), date("2026-01-10")]),
        None
    );
    assert_eq!(known.keep_together_until(&[]), None);
    assert_eq!(
        known.keep_together_until(&[date("2025-12-20")]),
        Some(date("2032-12-31"))
    );
}

#[rstest]
#[case::b12_german_consumer("2025-03-14", "2035-12-31", "2036-01-01")]
#[case::first_day("2025-01-01", "2035-12-31", "2036-01-01")]
#[case::last_day("2025-12-31", "2035-12-31", "2036-01-01")]
fn one_stop_shop_sales_are_kept_ten_years(#[case] sold: &str, #[case] kept: &str, #[case] erasable: &str) {
    assert_eq!(oss_keep_until(date(sold)), date(kept));
    assert_eq!(erasable_from(oss_keep_until(date(sold))), date(erasable));
    assert!(oss_keep_until(date(sold)) > keep_until(year("2025-07-01", "2026-12-31")));
}

/// The broken year reaches into 2025 and 2026, so neither may be taken for a calendar year.
#[rstest]
#[case::listed("2025-07-01", true, Some(("2025-07-01", "2026-06-30")))]
#[case::listed_last_day("2026-06-30", false, Some(("2025-07-01", "2026-06-30")))]
#[case::before("2024-12-31", false, None)]
#[case::before_assumed("2024-12-31", true, Some(("2024-01-01", "2024-12-31")))]
#[case::after("2027-01-01", false, None)]
#[case::after_assumed("2027-01-01", true, Some(("2027-01-01", "2027-12-31")))]
#[case::rest_of_a_year_before("2025-06-30", true, None)]
#[case::rest_of_a_year_after("2026-07-01", true, None)]
fn a_date_outside_the_list_has_a_year_only_by_choice(
    #[case] day: &str,
    #[case] calendar_years_otherwise: bool,
    #[case] expected: Option<(&str, &str)>,
) {
    let known = years(&[("2025-07-01", "2026-06-30")]).unwrap();
    let known = known.with_calendar_years_otherwise(calendar_years_otherwise);
    assert_eq!(
        known.containing(date(day)),
        expected.map(|(start, end)| year(start, end))
    );
}

#[test]
fn no_list_and_no_choice_know_no_year() {
    assert_eq!(FiscalYears::default().containing(date("2025-03-14")), None);
    assert_eq!(
        calendar_years().containing(date("2024-02-29")),
        Some(year("2024-01-01", "2024-12-31"))
    );
}

#[test]
fn years_are_put_in_order() {
    let listed = years(&[("2026-01-01", "2026-12-31"), ("2024-07-01", "2025-12-31")]).unwrap();
    assert_eq!(
        listed.listed(),
        [year("2024-07-01", "2025-12-31"), year("2026-01-01", "2026-12-31")]
    );
}

#[rstest]
#[case::one_day("2025-01-01", "2025-01-01", true)]
#[case::eighteen_months("2024-07-01", "2025-12-31", true)]
#[case::eighteen_months_from_within_a_month("2024-03-15", "2025-09-14", true)]
#[case::a_day_more("2024-07-01", "2026-01-01", false)]
#[case::a_day_more_from_within_a_month("2024-03-15", "2025-09-15", false)]
fn a_year_has_at_most_eighteen_months(#[case] start: &str, #[case] end: &str, #[case] taken: bool) {
    let error = (!taken).then(|| FiscalYearsError::TooLong(year(start, end)));
    assert_eq!(years(&[(start, end)]).err(), error);
}

#[test]
fn a_year_does_not_end_before_it_begins() {
    let backwards = year("2025-12-31", "2025-01-01");
    assert_eq!(
        FiscalYears::new(vec![backwards]),
        Err(FiscalYearsError::EndBeforeStart(backwards))
    );
}

#[test]
fn years_neither_overlap_nor_leave_days_out() {
    let earlier = year("2025-01-01", "2025-12-31");
    let touching = year("2025-12-31", "2026-12-31");
    let late = year("2026-01-02", "2026-12-31");
    assert_eq!(
        FiscalYears::new(vec![touching, earlier]),
        Err(FiscalYearsError::Overlap {
            earlier,
            later: touching
        })
    );
    assert_eq!(
        FiscalYears::new(vec![earlier, late]),
        Err(FiscalYearsError::Gap { earlier, later: late })
    );
    assert_eq!(
        FiscalYears::new(vec![earlier, earlier]),
        Err(FiscalYearsError::Overlap {
            earlier,
            later: earlier
        })
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Profile {
    fiscal_years: FiscalYears,
}

#[test]
fn a_profile_lists_years_as_tables() {
    let text = r#"
        [[fiscal_years]]
        start = "2024-07-01"
        end = "2025-12-31"
        [[fiscal_years]]
        start = "2026-01-01"
        end = "2026-12-31"
    "#;
    let profile: Profile = toml::from_str(text).unwrap();
    assert_eq!(
        profile.fiscal_years.containing(date("2024-07-15")),
        Some(year("2024-07-01", "2025-12-31"))
    );
    assert_eq!(profile.fiscal_years.containing(date("2027-01-01")), None);
    assert_eq!(
        toml::from_str::<Profile>(&toml::to_string(&profile).unwrap()).unwrap(),
        profile
    );
}

#[test]
fn a_profile_chooses_calendar_years_in_words() {
    let profile: Profile = toml::from_str("[fiscal_years]\ncalendar_years_otherwise = true").unwrap();
    assert_eq!(profile.fiscal_years, calendar_years());
    assert_eq!(
        toml::from_str::<Profile>(&toml::to_string(&profile).unwrap()).unwrap(),
        profile
    );
}

#[rstest]
#[case::overlap(
    "[{start='2025-01-01',end='2025-12-31'},{start='2025-06-01',end='2026-05-31'}]",
    "overlaps"
)]
#[case::gap(
    "[{start='2025-01-01',end='2025-12-31'},{start='2026-02-01',end='2026-12-31'}]",
    "no fiscal year"
)]
#[case::too_long("[{start='2025-01-01',end='2026-12-31'}]", "longer than 18 months")]
#[case::backwards("[{start='2025-12-31',end='2025-01-01'}]", "ends before")]
#[case::unknown_field("[{start='2025-01-01',end='2025-12-31',name='x'}]", "")]
#[case::no_such_date("[{start='2025-02-30',end='2025-12-31'}]", "")]
fn a_profile_with_wrong_years_is_refused(#[case] list: &str, #[case] reason: &str) {
    let error = toml::from_str::<Profile>(&format!("fiscal_years = {list}"))
        .unwrap_err()
        .to_string();
    assert!(error.contains(reason), "{error}");
}

prop_compose! {
    /// Adjoining fiscal years of 1 to 500 days from some day on.
    fn any_years()(first in 0u64..20_000, lengths in proptest::collection::vec(1u64..=500, 1..8)) -> FiscalYears {
        let mut start = date("1990-01-01") + Days::new(first);
        let mut listed = Vec::new();
        for length in lengths {
            let end = start + Days::new(length - 1);
            listed.push(FiscalYear { start, end });
            start = erasable_from(end);
        }
        FiscalYears::new(listed).unwrap()
    }
}

proptest! {
    #[test]
    fn every_day_of_the_list_lies_in_one_year_and_is_kept_over_seven(known in any_years(), part in 0.0f64..1.0) {
        let (first, last) = (known.listed()[0].start, known.listed()[known.listed().len() - 1].end);
        let day = first + Days::new(((last - first).num_days() as f64 * part) as u64);
        let found = known.containing(day).unwrap();
        prop_assert_eq!(known.listed().iter().filter(|year| year.contains(day)).count(), 1);
        prop_assert!(found.contains(day));
        let kept = keep_until(found);
        prop_assert_eq!((kept.month(), kept.day()), (12, 31));
        prop_assert!((day + Months::new(7 * 12)) <= kept);
        prop_assert!(kept < day + Months::new(10 * 12));
        prop_assert!(erasable_from(kept) > kept);
        prop_assert_eq!(known.containing(erasable_from(last)), None);
    }

    #[test]
    fn a_later_day_is_never_kept_for_less(known in any_years(), one in 0u64..4_000, other in 0u64..4_000) {
        let first = known.listed()[0].start;
        let (early, late) = (first + Days::new(one.min(other)), first + Days::new(one.max(other)));
        if let (Some(before), Some(after)) = (known.containing(early), known.containing(late)) {
            prop_assert!(keep_until(before) <= keep_until(after));
            prop_assert_eq!(known.keep_together_until(&[late, early]), Some(keep_until(after)));
        }
        prop_assert!(oss_keep_until(early) <= oss_keep_until(late));
    }

    #[test]
    fn years_survive_being_written(known in any_years(), calendar_years_otherwise: bool) {
        let known = known.with_calendar_years_otherwise(calendar_years_otherwise);
        let json = serde_json::to_string(&known).unwrap();
        prop_assert_eq!(serde_json::from_str::<FiscalYears>(&json).unwrap(), known);
    }
}
