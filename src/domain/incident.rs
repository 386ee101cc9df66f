//! Personal data breaches: the wrong person got an answer, the wrong account was erased (GDPR Art. 33, 34).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Within how long of becoming aware the authority is notified (Art. 33(1)).
pub const NOTIFY_WITHIN: TimeDelta = TimeDelta::hours(72);

/// What kind of breach it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody got what was meant for another.
    WrongRecipient,
    /// The wrong data was erased.
    WrongErasure,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::WrongRecipient, Self::WrongErasure, Self::Other];

    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongRecipient => "wrong_recipient",
            Self::WrongErasure => "wrong_erasure",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// By when the authority must be notified of a breach known since `aware_at`.
#[must_use]
pub fn notify_by(aware_at: DateTime<Utc>) -> DateTime<Utc> {
    aware_at + NOTIFY_WITHIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_days_by_the_clock_whatever_the_calendar_says() {
        // Through a weekend and the night the clocks change.
        let aware: DateTime<Utc> = "2026-10-23T21:30:00Z".parse().unwrap();
        assert_eq!(
            notify_by(aware),
            "2026-10-26T21:30:00Z".parse::<DateTime<Utc>>().unwrap()
        );
    }

    #[test]
    fn names_lead_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("fire"), None);
    }
}
