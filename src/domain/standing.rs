//! A standing approval: an approver says once, for a time, that the erasures of accounts that ended are approved, but for
//! a sample and whatever is unusual. Four eyes on hundreds a month that are all alike would be none.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::calendar::{end_of_day_exclusive, stockholm_date};
use super::ids::StaffId;
use super::matching::{FoundRow, PersonKeys};

/// The longest that one holds.
pub const LONGEST: Months = Months::new(12);
/// At least one of so many is looked at.
pub const SAMPLE_AT_MOST: u32 = 100;
/// What one may let through in [`WINDOW_DAYS`] at the very most.
pub const LARGEST: u32 = 10_000;
/// The days over which what is let through is counted.
pub const WINDOW_DAYS: i64 = 30;

/// Whether all that a machine names an account by is what the account itself has. A number of one customer with the
/// address of another names nobody.
#[must_use]
pub fn names(named: &PersonKeys, account: &FoundRow) -> bool {
    let mut keys = named.iter();
    keys.all(|(kind, value)| account.keys.get(kind) == Some(value))
}

/// A standing approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingApproval {
    /// Its id.
    pub id: Uuid,
    /// Who gave it, and in whose name plans are approved.
    pub approver: StaffId,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// At least one plan of so many waits for a person.
    pub sample_every: u32,
    /// At most so many are let through in 30 days: what comes beyond is a fault or an attack until a person says otherwise.
    pub most: u32,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Why one cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// It would end before it begins, or hold for more than a year.
    #[error("not a time within a year")]
    Time,
    /// The sample is none, or too thin.
    #[error("not a sample of one in 1 to 100")]
    Sample,
    /// It would let none through, or more than anybody ends.
    #[error("not a number of 1 to 10000")]
    Most,
}

impl StandingApproval {
    /// Whether it may be given.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), StandingError> {
        let longest = stockholm_date(self.from).checked_add_months(LONGEST);
        if self.until <= self.from || longest.is_none_or(|longest| self.last_day() > longest) {
            return Err(StandingError::Time);
        }
        if self.sample_every == 0 || self.sample_every > SAMPLE_AT_MOST {
            return Err(StandingError::Sample);
        }
        if self.most == 0 || self.most > LARGEST {
            return Err(StandingError::Most);
        }
        Ok(())
    }

    /// Until when one holds whose last day is `day`.
    #[must_use]
    pub fn holds_until(day: NaiveDate) -> DateTime<Utc> {
        end_of_day_exclusive(day)
    }

    /// The last local day on which it holds.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        let next = stockholm_date(self.until);
        next.checked_sub_days(Days::new(1)).unwrap_or(next)
    }

    /// Whether it holds at `at`.
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.from <= at && at < self.until
    }

    /// Whether the plan of this case is one of the sample. `unseen`: how many were approved since the last one that a
    /// person looked at. Nobody can choose which ones: it follows from the case's id, and from the count.
    #[must_use]
    pub fn samples(&self, case: Uuid, unseen: u32) -> bool {
        let digest: [u8; 32] = Sha256::digest(case.as_bytes()).into();
        let number = digest
            .iter()
            .take(8)
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let every = u64::from(self.sample_every.max(1));
        number % every == 0 || u64::from(unseen) + 1 >= every
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// Why a plan is left for a person although a standing approval holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Unusual {
            $($(#[$doc])* $variant,)+
        }

        impl Unusual {
            /// All reasons.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in the API, in the database and as key of texts.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

reasons! {
    /// A legal hold.
    OnHold = "on_hold",
    /// Rows that look like the person's and may be somebody else's.
    UnclearRows = "unclear_rows",
    /// Another account has the same address or number.
    OtherAccount = "other_account",
    /// Services run although the account has ended.
    StillActive = "still_active",
    /// Another case of the same person is open.
    OpenCase = "open_case",
    /// The person had the use of their data restricted (Art. 18), as who needs it for a claim.
    Restricted = "restricted",
    /// Something is not paid for.
    Unpaid = "unpaid",
    /// The address for the answer goes with the erasure, or there is none.
    NoReplyAddress = "no_reply_address",
    /// As many as the approval lets through have been in the last 30 days.
    TooMany = "too_many",
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// Holds on so many days after today's.
    fn given(days: i64, sample_every: u32) -> StandingApproval {
        let from = Utc.with_ymd_and_hms(2026, 11, 21, 8, 0, 0).unwrap();
        let last = stockholm_date(from) + chrono::TimeDelta::days(days);
        StandingApproval {
            id: Uuid::nil(),
            approver: StaffId(Uuid::nil()),
            from,
            until: StandingApproval::holds_until(last),
            sample_every,
            most: 300,
            revoked_at: None,
        }
    }

    #[rstest]
    #[case(30, 10, Ok(()))]
    #[case(365, 1, Ok(()))]
    #[case(366, 10, Err(StandingError::Time))]
    #[case(0, 10, Ok(()))]
    #[case(-1, 10, Err(StandingError::Time))]
    #[case(30, 0, Err(StandingError::Sample))]
    #[case(30, 101, Err(StandingError::Sample))]
    fn it_is_given_for_a_year_at_most_with_a_sample(
        #[case] days: i64,
        #[case] every: u32,
        #[case] outcome: Result<(), StandingError>,
    ) {
        assert_eq!(given(days, every).check(), outcome);
    }

    #[rstest]
    #[case(0, Err(StandingError::Most))]
    #[case(1, Ok(()))]
    #[case(10_000, Ok(()))]
    #[case(10_001, Err(StandingError::Most))]
    fn it_lets_no_more_through_than_somebody_may_end(
        #[case] most: u32,
        #[case] outcome: Result<(), StandingError>,
    ) {
        let approval = StandingApproval {
            most,
            ..given(30, 10)
        };
        assert_eq!(approval.check(), outcome);
    }

    #[test]
    fn an_account_is_named_by_nothing_but_its_own() {
        let keys = |customer: Option<&str>, email: Option<&str>| PersonKeys {
            customer_number: customer.map(Into::into),
            email: email.map(Into::into),
            ..PersonKeys::default()
        };
        let account = FoundRow {
            system: "billing".into(),
            table: "customers".into(),
            key: super::super::matching::RowKey(vec!["1".into()]),
            keys: keys(Some("K1"), Some("a@x.example")),
            register: true,
            kind: None,
            natural_person: true,
        };
        for (named, outcome) in [
            (keys(Some("K1"), None), true),
            (keys(Some("K1"), Some("a@x.example")), true),
            (keys(Some("K1"), Some("b@x.example")), false),
            (keys(Some("K2"), Some("a@x.example")), false),
        ] {
            assert_eq!(names(&named, &account), outcome, "{named:?}");
        }
        let by_number = PersonKeys {
            personal_number: Some("200001012384".into()),
            ..keys(Some("K1"), None)
        };
        assert!(
            !names(&by_number, &account),
            "nor by what the account does not have"
        );
    }

    #[test]
    fn it_holds_in_its_time_and_until_it_is_taken_back() {
        let approval = given(30, 10);
        assert!(approval.holds(approval.from));
        assert!(approval.holds(approval.until - chrono::TimeDelta::seconds(1)));
        assert!(!approval.holds(approval.until));
        assert_eq!(
            approval.last_day(),
            NaiveDate::from_ymd_opt(2026, 12, 21).unwrap()
        );
        let revoked = StandingApproval {
            revoked_at: Some(approval.from),
            ..approval.clone()
        };
        assert!(!revoked.holds(approval.from));
    }

    proptest! {
        #[test]
        fn at_least_one_of_so_many_is_looked_at(every in 1_u32..=100, seed: u64) {
            let approval = given(30, every);
            let mut unseen = 0;
            for n in 0..u64::from(every) * 2 {
                if approval.samples(Uuid::from_u64_pair(seed, n), unseen) {
                    unseen = 0;
                } else {
                    unseen += 1;
                }
                prop_assert!(unseen < every);
            }
        }

        #[test]
        fn what_is_sampled_by_its_id_always_is(id: u128, every in 1_u32..=100, unseen in 0_u32..100) {
            let approval = given(30, every);
            let id = Uuid::from_u128(id);
            prop_assert!(!approval.samples(id, 0) || approval.samples(id, unseen));
        }
    }
}
