//! What staff do by hand in a system that no machine reaches, and by when.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::calendar::stockholm_date;

/// What a task asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskKind {
    /// Look what there is about the person.
    Find,
    /// Copy it for the person.
    Collect,
    /// Correct it.
    Rectify,
    /// Mark it as restricted.
    Restrict,
    /// Take that mark away.
    Lift,
    /// Erase it.
    Erase,
    /// Look whether it is gone; by somebody else than who erased it.
    Verify,
}

impl TaskKind {
    /// All of them, in the order in which a case may have them.
    pub const ALL: [Self; 7] = [
        Self::Find,
        Self::Collect,
        Self::Rectify,
        Self::Restrict,
        Self::Lift,
        Self::Erase,
        Self::Verify,
    ];

    /// The name in the database, in the API and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Collect => "collect",
            Self::Rectify => "rectify",
            Self::Restrict => "restrict",
            Self::Lift => "lift",
            Self::Erase => "erase",
            Self::Verify => "verify",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The last local day of a task that is given at `at`: `within_days` later, but no later than the case's own deadline,
/// and never in the past.
#[must_use]
pub fn due_on(at: DateTime<Utc>, within_days: u32, case_due_on: NaiveDate) -> NaiveDate {
    let today = stockholm_date(at);
    let asked = today
        .checked_add_days(Days::new(u64::from(within_days)))
        .unwrap_or(case_due_on);
    asked.min(case_due_on).max(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::as_asked("2026-12-20", "2026-11-29")]
    #[case::before_the_case("2026-11-25", "2026-11-25")]
    #[case::not_in_the_past("2026-11-01", "2026-11-22")]
    fn a_task_is_due_in_its_days_and_within_the_case(#[case] case_due_on: NaiveDate, #[case] due: NaiveDate) {
        let at = "2026-11-22T08:00:00Z".parse().unwrap();
        assert_eq!(due_on(at, 7, case_due_on), due);
    }

    #[test]
    fn every_kind_is_read_by_its_name() {
        for kind in TaskKind::ALL {
            assert_eq!(TaskKind::from_name(kind.name()), Some(kind));
        }
    }
}
