//! The time of the machine.

use chrono::{DateTime, SubsecRound, Utc};

use crate::services::ports::Clock;

/// The machine's clock, to the microsecond.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock {
    #[cfg(feature = "testing")]
    ahead: chrono::TimeDelta,
}

impl SystemClock {
    /// A clock that is ahead of the machine's by `ahead`, or behind when that is negative.
    #[cfg(feature = "testing")]
    #[must_use]
    pub const fn ahead_by(ahead: chrono::TimeDelta) -> Self {
        Self { ahead }
    }

    /// What the machine's clock shows, moved by the setting.
    fn shown(self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that all others ask")]
        let machine = Utc::now();
        #[cfg(feature = "testing")]
        let machine = machine.checked_add_signed(self.ahead).unwrap_or(machine);
        machine
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        self.shown().trunc_subsecs(6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_no_more_than_the_database_keeps() {
        let mut times = (0..1000).map(|_| SystemClock::default().now());
        assert!(times.all(|time| time.timestamp_subsec_nanos() % 1000 == 0));
    }

    #[cfg(feature = "testing")]
    #[test]
    fn it_can_be_ahead() {
        let ahead = chrono::TimeDelta::days(31);
        let apart = SystemClock::ahead_by(ahead).now() - SystemClock::default().now();
        assert!((apart - ahead).abs() < chrono::TimeDelta::minutes(1));
        let nonsense = SystemClock::ahead_by(chrono::TimeDelta::MAX).now();
        assert!(nonsense - SystemClock::default().now() < chrono::TimeDelta::minutes(1));
    }
}
