//! What holds for every time limit, whenever the request came.

use super::*;
use crate::domain::calendar::{is_planning_day, is_working_day};
use chrono::TimeDelta;
use proptest::prelude::*;

prop_compose! {
    /// Any instant from 1990 to about 2100.
    fn any_instant()(seconds in 631_152_000i64..4_102_444_800) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }
}

fn extended(received_at: DateTime<Utc>) -> Deadline {
    Deadline::from_parts(received_at, Vec::new(), true)
}

proptest! {
    #[test]
    fn every_last_day_is_a_working_day_at_least_28_days_off(at in any_instant()) {
        let deadline = Deadline::from_receipt(at);
        prop_assert!(is_working_day(deadline.due_on()));
        prop_assert!((28..=36).contains(&(deadline.due_on() - deadline.received_on()).num_days()));
        prop_assert!(is_planning_day(deadline.internal_target_on()));
        prop_assert!(deadline.internal_target_on() <= deadline.due_on());
        prop_assert!(statutory_due_on(deadline.received_on(), 1) >= deadline.due_on());
    }

    #[test]
    fn the_stricter_reading_is_earlier_by_some_days_at_most(at in any_instant()) {
        let deadline = extended(at);
        let (late, early) = (deadline.due_on(), deadline.extended_due_early_on().unwrap());
        prop_assert!(is_working_day(late) && is_working_day(early));
        prop_assert!(early <= late && (late - early).num_days() <= 8);
        prop_assert!(deadline.first_due_on() < early);
        prop_assert!(deadline.internal_target_on() <= early);
    }

    #[test]
    fn who_asks_later_is_never_due_earlier(at in any_instant(), seconds in 0i64..40 * 86_400) {
        let later = at + TimeDelta::seconds(seconds);
        prop_assert!(Deadline::from_receipt(at).due_on() <= Deadline::from_receipt(later).due_on());
        prop_assert!(Deadline::from_receipt(at).ends_at() <= Deadline::from_receipt(later).ends_at());
        prop_assert!(extended(at).due_on() <= extended(later).due_on());
        prop_assert!(Deadline::from_receipt(at).internal_target_on() <= Deadline::from_receipt(later).internal_target_on());
    }

    #[test]
    fn a_pause_never_shortens(at in any_instant(), asked in -5i64..60, answered in proptest::option::of(-5i64..90), extend: bool) {
        let day = |offset| stockholm_date(at) + TimeDelta::days(offset);
        let before = Deadline::from_parts(at, Vec::new(), extend);
        let after = before.clone().with_pause(Pause { asked_on: day(asked), answered_on: answered.map(day) });
        prop_assert!(after.due_on() >= before.due_on());
        prop_assert!(after.internal_target_on() >= before.internal_target_on());
        prop_assert_eq!(after.due_without_pause(), before.due_on());
    }

    #[test]
    fn the_end_is_the_first_instant_after_the_last_day(at in any_instant()) {
        let deadline = Deadline::from_receipt(at);
        let end = deadline.ends_at();
        prop_assert_eq!(stockholm_date(end - TimeDelta::nanoseconds(1)), deadline.due_on());
        prop_assert_eq!(Some(stockholm_date(end)), deadline.due_on().succ_opt());
    }
}
