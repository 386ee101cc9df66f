//! When a case raises itself because its time runs out, and who hears of it.

use chrono::NaiveDate;

use super::Deadline;

/// Days before the deadline from which a case is at risk, whatever its target.
pub const AT_RISK_DAYS: i64 = 5;
/// Days before the deadline from which those who approve hear of it too.
pub const PRESSING_DAYS: i64 = 2;

/// How far an alarm has come; each step tells somebody once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// There is time.
    #[default]
    None,
    /// The target has passed, or the deadline is near: its handler is told.
    AtRisk,
    /// The deadline is very near, or nobody handles the case: those who approve, and the data protection officer.
    Pressing,
    /// The deadline has passed: the same again.
    Overdue,
}

impl Alarm {
    /// The number in the database.
    #[must_use]
    pub const fn step(self) -> i16 {
        match self {
            Self::None => 0,
            Self::AtRisk => 1,
            Self::Pressing => 2,
            Self::Overdue => 3,
        }
    }

    /// The alarm of that number.
    #[must_use]
    pub const fn from_step(step: i16) -> Self {
        match step {
            1 => Self::AtRisk,
            2 => Self::Pressing,
            3 => Self::Overdue,
            _ => Self::None,
        }
    }

    /// What the queue shows, as a code.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::AtRisk | Self::Pressing => Some("at_risk"),
            Self::Overdue => Some("overdue"),
        }
    }
}

/// The alarm of an open case on `today`. While the clock stands still there is none. An extended deadline is taken by its
/// earlier reading.
#[must_use]
pub fn alarm(deadline: &Deadline, today: NaiveDate, is_handled: bool) -> Alarm {
    if deadline.is_paused() {
        return Alarm::None;
    }
    let due_on = deadline
        .extended_due_early_on()
        .unwrap_or_else(|| deadline.due_on());
    let days_left = due_on.signed_duration_since(today).num_days();
    let at_risk = days_left <= AT_RISK_DAYS || today > deadline.internal_target_on();
    match (days_left, at_risk, is_handled) {
        (..0, _, _) => Alarm::Overdue,
        (..=PRESSING_DAYS, _, _) | (_, true, false) => Alarm::Pressing,
        (_, true, true) => Alarm::AtRisk,
        (_, false, _) => Alarm::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deadline::Pause;
    use chrono::{DateTime, Days};
    use proptest::prelude::*;
    use rstest::rstest;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    // Received on Thursday 2026-03-05: target Thursday 2 April, due Tuesday 7 April, after Easter.
    #[rstest]
    #[case("2026-03-05", true, Alarm::None)]
    #[case("2026-04-01", true, Alarm::None)]
    #[case("2026-04-02", true, Alarm::AtRisk)] // five days left
    #[case("2026-04-03", true, Alarm::AtRisk)] // the target has passed
    #[case("2026-04-03", false, Alarm::Pressing)]
    #[case("2026-04-05", true, Alarm::Pressing)]
    #[case("2026-04-07", true, Alarm::Pressing)]
    #[case("2026-04-08", true, Alarm::Overdue)]
    #[case("2026-04-08", false, Alarm::Overdue)]
    fn an_alarm_grows_as_the_time_runs_out(
        #[case] today: &str,
        #[case] is_handled: bool,
        #[case] expected: Alarm,
    ) {
        let deadline = Deadline::from_receipt(date("2026-03-05").and_hms_opt(12, 0, 0).unwrap().and_utc());
        assert_eq!(alarm(&deadline, date(today), is_handled), expected);
    }

    #[test]
    fn an_extended_deadline_alarms_by_its_earlier_reading() {
        let received = date("2026-01-31").and_hms_opt(12, 0, 0).unwrap().and_utc();
        let extended = Deadline::from_parts(received, vec![], true);
        assert_eq!(extended.due_on(), date("2026-04-30"));
        assert_eq!(alarm(&extended, date("2026-04-22"), true), Alarm::None);
        assert_eq!(
            alarm(&extended, date("2026-04-23"), true),
            Alarm::AtRisk,
            "five days to 28 April"
        );
        assert_eq!(alarm(&extended, date("2026-04-29"), true), Alarm::Overdue);
    }

    #[test]
    fn while_the_clock_stands_still_nothing_alarms() {
        let received = date("2026-03-05").and_hms_opt(12, 0, 0).unwrap().and_utc();
        let open = Pause {
            asked_on: date("2026-03-06"),
            answered_on: None,
        };
        let paused = Deadline::from_receipt(received).with_pause(open);
        assert_eq!(alarm(&paused, date("2026-06-01"), false), Alarm::None);
    }

    proptest! {
        #[test]
        fn an_alarm_never_goes_back_by_itself(seconds in 631_152_000i64..4_102_444_800, day in 0u64..200, extended: bool, is_handled: bool) {
            let received = DateTime::from_timestamp(seconds, 0).unwrap();
            let deadline = Deadline::from_parts(received, vec![], extended);
            let today = deadline.received_on() + Days::new(day);
            prop_assert!(alarm(&deadline, today, is_handled) <= alarm(&deadline, today + Days::new(1), is_handled));
            prop_assert!(alarm(&deadline, today, true) <= alarm(&deadline, today, false));
        }

        #[test]
        fn steps_lead_back(step in 0i16..4) {
            prop_assert_eq!(Alarm::from_step(step).step(), step);
        }
    }
}
