//! Tables of the law's examples, and what holds for every time limit.

use super::*;
use rstest::rstest;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// A limit that began at noon of a day.
fn received(day: &str) -> Deadline {
    Deadline::from_receipt(date(day).and_hms_opt(12, 0, 0).unwrap().and_utc())
}

fn pause(asked_on: &str, answered_on: &str) -> Pause {
    Pause {
        asked_on: date(asked_on),
        answered_on: Some(date(answered_on)),
    }
}

/// Received, local date, due, due were it a Swedish statutory period, internal target.
#[rstest]
#[case::v01_easter(
    "2026-03-05T10:00:00+01:00",
    "2026-03-05",
    "2026-04-07",
    "2026-04-07",
    "2026-04-02"
)]
#[case::v02_plain(
    "2027-03-05T10:00:00+01:00",
    "2027-03-05",
    "2027-04-05",
    "2027-04-05",
    "2027-04-05"
)]
#[case::v03_month_end_and_weekend(
    "2026-01-31T12:00:00+01:00",
    "2026-01-31",
    "2026-03-02",
    "2026-03-02",
    "2026-02-27"
)]
#[case::v04_leap_year(
    "2028-01-31T12:00:00+01:00",
    "2028-01-31",
    "2028-02-29",
    "2028-02-29",
    "2028-02-29"
)]
#[case::v05_clamp(
    "2027-01-29T08:30:00+01:00",
    "2027-01-29",
    "2027-03-01",
    "2027-03-01",
    "2027-02-26"
)]
#[case::v06_31_to_30(
    "2026-08-31T16:00:00+02:00",
    "2026-08-31",
    "2026-09-30",
    "2026-09-30",
    "2026-09-30"
)]
#[case::v07_national_day(
    "2025-05-06T09:00:00+02:00",
    "2025-05-06",
    "2025-06-09",
    "2025-06-09",
    "2025-06-05"
)]
#[case::v08_national_day_saturday(
    "2026-05-06T09:00:00+02:00",
    "2026-05-06",
    "2026-06-08",
    "2026-06-08",
    "2026-06-05"
)]
#[case::v09_midsummer_eve(
    "2026-05-19T14:00:00+02:00",
    "2026-05-19",
    "2026-06-19",
    "2026-06-22",
    "2026-06-18"
)]
#[case::v10_midsummer_day(
    "2026-05-20T14:00:00+02:00",
    "2026-05-20",
    "2026-06-22",
    "2026-06-22",
    "2026-06-18"
)]
#[case::v11_christmas_eve(
    "2026-11-24T09:00:00+01:00",
    "2026-11-24",
    "2026-12-24",
    "2026-12-28",
    "2026-12-23"
)]
#[case::v12_christmas(
    "2026-11-25T09:00:00+01:00",
    "2026-11-25",
    "2026-12-28",
    "2026-12-28",
    "2026-12-23"
)]
#[case::v13_new_year(
    "2026-12-01T09:00:00+01:00",
    "2026-12-01",
    "2027-01-04",
    "2027-01-04",
    "2026-12-30"
)]
#[case::v14_epiphany(
    "2026-12-06T20:00:00+01:00",
    "2026-12-06",
    "2027-01-07",
    "2027-01-07",
    "2027-01-05"
)]
#[case::v15_last_second(
    "2026-12-31T22:59:59Z",
    "2026-12-31",
    "2027-02-01",
    "2027-02-01",
    "2027-01-29"
)]
#[case::v16_utc_date_differs(
    "2026-12-31T23:30:00Z",
    "2027-01-01",
    "2027-02-01",
    "2027-02-01",
    "2027-02-01"
)]
#[case::v17_clocks_go_forward(
    "2026-03-28T23:30:00Z",
    "2026-03-29",
    "2026-04-29",
    "2026-04-29",
    "2026-04-29"
)]
#[case::v18_clocks_went_back(
    "2026-09-25T22:15:00Z",
    "2026-09-26",
    "2026-10-26",
    "2026-10-26",
    "2026-10-26"
)]
#[case::v19_all_saints(
    "2027-10-06T11:00:00+02:00",
    "2027-10-06",
    "2027-11-08",
    "2027-11-08",
    "2027-11-05"
)]
#[case::v20_ascension(
    "2026-04-14T11:00:00+02:00",
    "2026-04-14",
    "2026-05-15",
    "2026-05-15",
    "2026-05-13"
)]
#[case::v21_first_of_may(
    "2026-04-01T11:00:00+02:00",
    "2026-04-01",
    "2026-05-04",
    "2026-05-04",
    "2026-04-30"
)]
#[case::v22_good_friday(
    "2026-03-03T11:00:00+01:00",
    "2026-03-03",
    "2026-04-07",
    "2026-04-07",
    "2026-04-02"
)]
#[case::v23_leap_day(
    "2024-02-29T11:00:00+01:00",
    "2024-02-29",
    "2024-04-02",
    "2024-04-02",
    "2024-03-28"
)]
fn the_first_month(
    #[case] received_at: &str,
    #[case] local: &str,
    #[case] due: &str,
    #[case] statutory: &str,
    #[case] target: &str,
) {
    let deadline = Deadline::from_receipt(instant(received_at));
    assert_eq!(deadline.received_on(), date(local));
    assert_eq!(deadline.due_on(), date(due));
    assert_eq!(deadline.due_without_pause(), date(due));
    assert_eq!(statutory_due_on(deadline.received_on(), 1), date(statutory));
    assert_eq!(deadline.internal_target_on(), date(target));
}

#[rstest]
#[case::summer("2026-03-28T23:30:00Z", "2026-04-29T22:00:00Z")]
#[case::winter("2026-09-25T22:15:00Z", "2026-10-26T23:00:00Z")]
#[case::new_year("2026-12-01T09:00:00+01:00", "2027-01-04T23:00:00Z")]
fn the_limit_ends_at_local_midnight(#[case] received_at: &str, #[case] ends_at: &str) {
    assert_eq!(
        Deadline::from_receipt(instant(received_at)).ends_at(),
        instant(ends_at)
    );
}

/// Received, due, extended due, the earlier reading, internal target once extended.
#[rstest]
#[case::e1_clamped("2026-01-31", "2026-03-02", "2026-04-30", "2026-04-28", "2026-04-28")]
#[case::e2_midsummer("2026-03-20", "2026-04-20", "2026-06-22", "2026-06-22", "2026-06-18")]
#[case::e3_sunday("2026-10-24", "2026-11-24", "2027-01-25", "2027-01-25", "2027-01-22")]
#[case::e4_clamped_later("2026-11-30", "2026-12-30", "2027-03-01", "2027-03-01", "2027-02-26")]
fn two_further_months(
    #[case] day: &str,
    #[case] due: &str,
    #[case] extended_due: &str,
    #[case] early: &str,
    #[case] target: &str,
) {
    let mut deadline = received(day);
    assert_eq!(
        (deadline.extended_due_on(), deadline.extended_due_early_on()),
        (None, None)
    );
    deadline.extend(date(due)).unwrap();
    assert_eq!(deadline.first_due_on(), date(due));
    assert_eq!(deadline.due_on(), date(extended_due));
    assert_eq!(deadline.extended_due_on(), Some(date(extended_due)));
    assert_eq!(deadline.extended_due_early_on(), Some(date(early)));
    assert_eq!(deadline.internal_target_on(), date(target));
    assert_eq!(deadline.ends_at(), end_of_day_exclusive(date(extended_due)));
}

#[test]
fn an_extension_is_told_within_the_first_month_and_once() {
    let mut deadline = received("2026-09-01");
    assert_eq!(deadline.extend(date("2026-10-02")), Err(ExtensionError::TooLate));
    assert!(!deadline.is_extended());
    assert_eq!(deadline.extend(date("2026-10-01")), Ok(()));
    assert_eq!(deadline.extend(date("2026-10-01")), Err(ExtensionError::Already));
    assert!(deadline.is_extended());
}

#[test]
fn while_a_question_is_open_the_first_month_is_not_over() {
    let open = received("2026-09-01").with_pause(Pause {
        asked_on: date("2026-09-02"),
        answered_on: None,
    });
    assert_eq!(open.clone().extend(date("2026-10-20")), Ok(()));
    assert_eq!(
        received("2026-09-01").extend(date("2026-10-20")),
        Err(ExtensionError::TooLate)
    );
}

/// Received, the pauses, due.
#[rstest]
#[case::p1("2026-09-01", &[("2026-09-02", "2026-09-10")], "2026-10-09")]
#[case::p2("2026-11-20", &[("2026-11-20", "2026-11-25")], "2026-12-28")]
#[case::answered_the_same_day("2026-09-01", &[("2026-09-02", "2026-09-02")], "2026-10-01")]
#[case::two_add_up("2026-09-01", &[("2026-09-02", "2026-09-04"), ("2026-09-07", "2026-09-10")], "2026-10-06")]
#[case::in_any_order("2026-09-01", &[("2026-09-07", "2026-09-10"), ("2026-09-02", "2026-09-04")], "2026-10-06")]
#[case::overlap_counts_once("2026-09-01", &[("2026-09-02", "2026-09-10"), ("2026-09-04", "2026-09-08")], "2026-10-09")]
#[case::answer_before_the_question("2026-09-01", &[("2026-09-03", "2026-09-02")], "2026-10-01")]
#[case::question_before_receipt("2026-09-01", &[("2026-08-01", "2026-09-02")], "2026-10-02")]
fn pauses_move_the_first_month(#[case] day: &str, #[case] pauses: &[(&str, &str)], #[case] due: &str) {
    let unpaused = received(day);
    let deadline = pauses
        .iter()
        .fold(unpaused.clone(), |deadline, (asked, answered)| {
            deadline.with_pause(pause(asked, answered))
        });
    assert_eq!(deadline.due_on(), date(due));
    assert_eq!(deadline.due_without_pause(), unpaused.due_on());
    assert_eq!(deadline.pauses().len(), pauses.len());
}

#[test]
fn an_open_pause_moves_nothing_until_it_is_looked_at_from_a_day() {
    let open = received("2026-09-01").with_pause(Pause {
        asked_on: date("2026-09-02"),
        answered_on: None,
    });
    assert!(open.is_paused());
    assert_eq!(open.due_on(), date("2026-10-01"));
    let seen = open.as_of(date("2026-09-10"));
    assert_eq!(seen.due_on(), date("2026-10-09"));
    assert!(!seen.is_paused());
}

#[test]
fn a_pause_moves_the_extended_limit_too() {
    let mut deadline = received("2026-09-01").with_pause(pause("2026-09-02", "2026-09-10"));
    deadline.extend(date("2026-10-09")).unwrap();
    assert_eq!(deadline.due_on(), date("2026-12-09"));
    assert_eq!(deadline.due_without_pause(), date("2026-12-01"));
}

#[rstest]
#[case::same_day("2026-09-01T10:00:00+02:00", "2026-09-01", true)]
#[case::third_working_day("2026-09-01T10:00:00+02:00", "2026-09-04", true)]
#[case::fourth_working_day("2026-09-01T10:00:00+02:00", "2026-09-07", false)]
#[case::over_a_weekend("2026-09-03T10:00:00+02:00", "2026-09-08", true)]
#[case::over_easter("2026-04-02T10:00:00+02:00", "2026-04-09", true)]
#[case::after_that("2026-04-02T10:00:00+02:00", "2026-04-10", false)]
#[case::before_receipt("2026-09-01T10:00:00+02:00", "2026-08-31", false)]
fn a_question_stops_the_clock_only_when_asked_at_once(
    #[case] received_at: &str,
    #[case] asked_on: &str,
    #[case] allowed: bool,
) {
    assert_eq!(pause_allowed(instant(received_at), date(asked_on)), allowed);
}

#[test]
fn the_clock_shows_every_date() {
    let mut deadline = received("2026-01-31").with_pause(pause("2026-02-02", "2026-02-03"));
    deadline.extend(date("2026-02-27")).unwrap();
    let clock = deadline.clock();
    assert_eq!(clock.due_on, date("2026-03-02"));
    assert_eq!(clock.due_without_pause_on, date("2026-03-02"));
    assert_eq!(clock.extended_due_on, Some(date("2026-05-04")));
    assert_eq!(clock.extended_due_early_on, Some(date("2026-04-29")));
    assert_eq!(clock.internal_target_on, date("2026-04-29"));
    assert_eq!(clock.ends_at, instant("2026-05-04T22:00:00Z"));
    assert!(!clock.paused);
    let json = serde_json::to_value(&clock).unwrap();
    assert_eq!(json["due_on"], "2026-03-02");
    assert_eq!(json["pauses"][0]["answered_on"], "2026-02-03");
}

#[test]
fn a_stored_limit_comes_back_the_same() {
    let mut deadline = received("2026-09-01").with_pause(pause("2026-09-02", "2026-09-10"));
    deadline.extend(date("2026-09-15")).unwrap();
    let json = serde_json::to_string(&deadline).unwrap();
    assert_eq!(serde_json::from_str::<Deadline>(&json).unwrap(), deadline);
    let parts = Deadline::from_parts(
        deadline.received_at(),
        deadline.pauses().to_vec(),
        deadline.is_extended(),
    );
    assert_eq!(parts, deadline);
}
