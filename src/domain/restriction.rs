//! A restriction of processing (Art. 18): why it is there, what may still be done, and how it ends.
//!
//! Art. 18(3): the person is told before it is lifted. The law names no lead time; ours is a setting. [`Restriction::lift`]
//! is the only way out, and the database refuses every other.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Names that lead back to their value.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$about])* $variant),+ }

        impl $name {
            /// All of them, in the order they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the API, in the database and as key of texts.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

named! {
    /// Why processing is restricted (Art. 18(1)).
    Ground {
        /// The person contests the accuracy, while it is verified (a).
        Accuracy = "accuracy",
        /// The processing is unlawful, and the person wants no erasure (b).
        Unlawful = "unlawful",
        /// We need the data no longer, the person does for legal claims (c).
        Claims = "claims",
        /// The person objected, while it is weighed (d).
        Objection = "objection",
    }
}

named! {
    /// What may be done with restricted data beside storing it, which is always allowed (Art. 18(2)).
    Allowed {
        /// What the person consents to.
        Consent = "consent",
        /// Legal claims.
        LegalClaims = "legal_claims",
        /// Protecting somebody else's rights.
        RightsOfOthers = "rights_of_others",
        /// An important public interest.
        PublicInterest = "public_interest",
    }
}

named! {
    /// What becomes of the person's services meanwhile.
    Services {
        /// They go on, if the person consents to that.
        ContinueWithConsent = "continue_with_consent",
        /// What uses the contested data pauses.
        Pause = "pause",
    }
}

named! {
    /// Why a restriction ends.
    LiftReason {
        /// The data has been rectified.
        Rectified = "rectified",
        /// The data was right.
        ClaimUnfounded = "claim_unfounded",
        /// Our legitimate grounds override.
        LegitimateGrounds = "legitimate_grounds",
        /// What it was for is over.
        Ended = "ended",
    }
}

/// Where a restriction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In force.
    Placed,
    /// In force; the person is being told that it will be lifted.
    LiftAnnounced {
        /// Why it will be.
        reason: LiftReason,
        /// When the letter left; nothing while it has not.
        told_at: Option<DateTime<Utc>>,
    },
    /// Lifted.
    Lifted {
        /// Why.
        reason: LiftReason,
        /// When.
        at: DateTime<Utc>,
    },
}

impl State {
    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::LiftAnnounced { .. } => "lift_announced",
            Self::Lifted { .. } => "lifted",
        }
    }
}

/// A restriction, as far as it decides what may happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// Where it stands.
    pub state: State,
    /// How long the person must have been told before it is lifted.
    pub lead: TimeDelta,
    /// Until when it is expected to last.
    pub expected_end: Option<NaiveDate>,
}

/// Why something may not happen to a restriction now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestrictionError {
    /// The state does not allow it.
    #[error("not possible for a restriction that is {0}")]
    NotInState(&'static str),
    /// The letter of Art. 18(3) has not left.
    #[error("the person has not been told yet")]
    NotTold,
    /// Its lead time still runs.
    #[error("the person has been told too lately")]
    LeadTime {
        /// Until then.
        until: DateTime<Utc>,
    },
}

impl Restriction {
    /// Whether processing is restricted now.
    #[must_use]
    pub const fn in_force(&self) -> bool {
        !matches!(self.state, State::Lifted { .. })
    }

    /// Its lifting is announced to the person.
    ///
    /// # Errors
    /// When it was before.
    pub const fn announce(&self, reason: LiftReason) -> Result<State, RestrictionError> {
        match self.state {
            State::Placed => Ok(State::LiftAnnounced {
                reason,
                told_at: None,
            }),
            other => Err(RestrictionError::NotInState(other.name())),
        }
    }

    /// The letter that announces its lifting has left.
    ///
    /// # Errors
    /// When nothing was announced.
    pub const fn told(&self, at: DateTime<Utc>) -> Result<State, RestrictionError> {
        match self.state {
            State::LiftAnnounced { reason, told_at } => Ok(State::LiftAnnounced {
                reason,
                told_at: match told_at {
                    None => Some(at),
                    first => first,
                },
            }),
            other => Err(RestrictionError::NotInState(other.name())),
        }
    }

    /// It is lifted: not before the person was told, and not before the lead time has passed since.
    ///
    /// # Errors
    /// See [`RestrictionError`].
    pub fn lift(&self, at: DateTime<Utc>) -> Result<State, RestrictionError> {
        match self.state {
            State::LiftAnnounced { told_at: None, .. } => Err(RestrictionError::NotTold),
            State::LiftAnnounced {
                reason,
                told_at: Some(told),
            } => {
                let until = told + self.lead;
                if at <= told || at < until {
                    return Err(RestrictionError::LeadTime { until });
                }
                Ok(State::Lifted { reason, at })
            }
            other => Err(RestrictionError::NotInState(other.name())),
        }
    }

    /// Whether the day on which it was to end has passed, and nothing was done about it.
    #[must_use]
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        matches!(self.state, State::Placed) && self.expected_end.is_some_and(|end| end < today)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::days(days)
    }

    fn in_state(state: State) -> Restriction {
        Restriction {
            state,
            lead: TimeDelta::days(7),
            expected_end: "2026-12-31".parse().ok(),
        }
    }

    fn announced(told_at: Option<DateTime<Utc>>) -> Restriction {
        let reason = LiftReason::Rectified;
        in_state(State::LiftAnnounced { reason, told_at })
    }

    fn lifted() -> Restriction {
        let reason = LiftReason::Rectified;
        in_state(State::Lifted { reason, at: at(9) })
    }

    #[test]
    fn the_matrix_is_the_one_agreed() {
        let show = |next: Result<State, RestrictionError>| next.map_or("-", |state| state.name());
        let mut matrix = String::new();
        for one in [
            in_state(State::Placed),
            announced(None),
            announced(Some(at(0))),
            lifted(),
        ] {
            let row = [
                show(one.announce(LiftReason::Ended)),
                show(one.told(at(1))),
                show(one.lift(at(8))),
            ];
            matrix.push_str(&format!("{}: {}\n", one.state.name(), row.join(" ")));
        }
        insta::assert_snapshot!(matrix, @r"
        placed: lift_announced - -
        lift_announced: - lift_announced -
        lift_announced: - lift_announced lifted
        lifted: - - -
        ");
    }

    #[rstest::rstest]
    #[case(None, 30, Err(RestrictionError::NotTold))]
    #[case(Some(0), 0, Err(RestrictionError::LeadTime { until: at(7) }))]
    #[case(Some(0), 6, Err(RestrictionError::LeadTime { until: at(7) }))]
    #[case(Some(0), 7, Ok("lifted"))]
    fn nothing_is_lifted_before_the_person_was_told_in_time(
        #[case] told: Option<i64>,
        #[case] now: i64,
        #[case] verdict: Result<&str, RestrictionError>,
    ) {
        let outcome = announced(told.map(at)).lift(at(now));
        assert_eq!(outcome.map(|state| state.name()), verdict);
    }

    #[test]
    fn the_first_letter_counts() {
        let told = announced(Some(at(0))).told(at(5)).unwrap();
        assert_eq!(told, announced(Some(at(0))).state);
    }

    #[rstest::rstest]
    #[case(in_state(State::Placed), "2026-12-31", false)]
    #[case(in_state(State::Placed), "2027-01-01", true)]
    #[case(announced(None), "2027-01-01", false)]
    fn who_forgets_the_end_is_reminded(#[case] one: Restriction, #[case] today: &str, #[case] overdue: bool) {
        assert_eq!(one.is_overdue(today.parse().unwrap()), overdue);
    }

    proptest! {
        #[test]
        fn lifted_is_always_after_told(told in 0..1000_i64, now in 0..1000_i64, lead in 0..60_i64) {
            let mut one = announced(Some(at(told)));
            one.lead = TimeDelta::days(lead);
            match one.lift(at(now)) {
                Ok(State::Lifted { at: lifted, .. }) => {
                    prop_assert!(lifted > at(told) && lifted - at(told) >= one.lead);
                }
                _ => prop_assert!(now <= told || now < told + lead),
            }
        }
    }

    #[test]
    fn names_lead_back() {
        for ground in Ground::ALL {
            assert_eq!(Ground::from_name(ground.name()), Some(*ground));
            assert_eq!(serde_json::to_value(ground).unwrap(), ground.name());
        }
        for reason in LiftReason::ALL {
            assert_eq!(LiftReason::from_name(reason.name()), Some(*reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
        assert_eq!(Allowed::from_name("storage"), None, "storage is always allowed");
    }
}
