//! How jobs end, and when one that failed comes again.

use chrono::{DateTime, TimeDelta, Utc};

use crate::services::Error;

/// How often a job may fail by itself before it is parked.
pub(super) const MAX_FAILURES: i32 = 8;
/// The wait after the first failure; each further one is four times as long.
const FIRST_WAIT_SECONDS: i64 = 5;
/// The longest wait: a night's outage is sat out in a few attempts.
const LONGEST_WAIT_SECONDS: i64 = 6 * 3600;

/// Why a job is not done. Codes, not sentences: staff see them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It failed, and may succeed later: counted, tried again after a growing wait, parked when it failed too often.
    #[error("failed for now: {0}")]
    Retry(String),
    /// It will not succeed before somebody has looked: parked at once.
    #[error("failed: {0}")]
    Fail(String),
    /// Its time has not come: it runs again then, and nothing is counted.
    #[error("not before {0}")]
    NotBefore(DateTime<Utc>),
}

impl From<Error> for JobError {
    /// What others may mend or what may pass by itself is tried again; what was refused by a rule stays refused.
    fn from(error: Error) -> Self {
        let code = error.code().to_owned();
        match error {
            Error::Stale | Error::Internal(_) => Self::Retry(code),
            error if error.retryable() => Self::Retry(code),
            _ => Self::Fail(code),
        }
    }
}

impl From<crate::store::Error> for JobError {
    fn from(error: crate::store::Error) -> Self {
        Error::from(error).into()
    }
}

/// How long a job waits that has now failed `failures` times: between a half and one and a half times the plan, as
/// chance has it, so that what failed together does not come again together.
pub(super) fn wait(failures: i32, chance: u32) -> TimeDelta {
    let doubled = u32::try_from(failures.saturating_sub(1).clamp(0, 30)).unwrap_or_default();
    let plan = FIRST_WAIT_SECONDS
        .saturating_mul(4_i64.saturating_pow(doubled))
        .min(LONGEST_WAIT_SECONDS);
    let spread = plan.saturating_mul(1000).saturating_mul(i64::from(chance)) / i64::from(u32::MAX);
    TimeDelta::milliseconds(plan * 500 + spread)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::services::ports::SystemError;

    #[rstest]
    #[case(1, 5)]
    #[case(2, 20)]
    #[case(3, 80)]
    #[case(4, 320)]
    #[case(7, 20480)]
    #[case(8, LONGEST_WAIT_SECONDS)]
    #[case(i32::MAX, LONGEST_WAIT_SECONDS)]
    fn the_wait_grows_fourfold(#[case] failures: i32, #[case] planned: i64) {
        assert_eq!(wait(failures, 0), TimeDelta::milliseconds(planned * 500));
        assert_eq!(wait(failures, u32::MAX), TimeDelta::milliseconds(planned * 1500));
    }

    #[test]
    fn a_system_that_is_away_for_a_night_does_not_park_its_jobs() {
        let shortest: TimeDelta = (1..MAX_FAILURES).map(|failures| wait(failures, 0)).sum();
        assert!(shortest >= TimeDelta::hours(3), "{shortest}");
    }

    proptest! {
        #[test]
        fn no_wait_is_none_or_endless(failures: i32, chance: u32) {
            let wait = wait(failures, chance);
            prop_assert!(wait >= TimeDelta::milliseconds(2500));
            prop_assert!(wait <= TimeDelta::hours(9));
        }
    }

    fn system(retryable: bool) -> Error {
        let (system, reason) = ("billing".to_owned(), "gone".to_owned());
        Error::System(if retryable {
            SystemError::Unavailable { system, reason }
        } else {
            SystemError::Refused { system, reason }
        })
    }

    #[rstest]
    #[case(system(true), JobError::Retry("system_unavailable".to_owned()))]
    #[case(system(false), JobError::Fail("system_refused".to_owned()))]
    #[case(Error::Stale, JobError::Retry("version_stale".to_owned()))]
    #[case(Error::Unavailable("database_unavailable"), JobError::Retry("database_unavailable".to_owned()))]
    #[case(Error::internal("a fault"), JobError::Retry("internal".to_owned()))]
    #[case(Error::NotFound, JobError::Fail("not_found".to_owned()))]
    #[case(Error::Forbidden("role"), JobError::Fail("role".to_owned()))]
    fn an_error_of_a_use_case_says_whether_to_try_again(#[case] error: Error, #[case] expected: JobError) {
        assert_eq!(JobError::from(error), expected);
    }
}
