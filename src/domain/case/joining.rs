//! When a case may go on in another: it asks for the same, later, and both are proved to be of the same person.

use super::{Case, State};
use crate::domain::matching::RowKey;

/// What decides whether two cases are one.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The case's name.
    pub reference: String,
    /// The case.
    pub case: Case,
    /// Whether it goes on in another already.
    pub is_merged: bool,
    /// The account that its person has: system, table and key.
    pub account: Option<(String, String, RowKey)>,
    /// Addresses that were proved in it.
    pub addresses: Vec<String>,
}

/// Why a case cannot go on in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// It is the same case.
    #[error("a case cannot be merged into itself")]
    Itself,
    /// They ask for different things.
    #[error("the other case asks for something else")]
    OtherRight,
    /// The other came later: its person would wait longer than they may.
    #[error("the other case is the newer one")]
    NotOlder,
    /// One of them has ended, or goes elsewhere.
    #[error("one of the cases has ended")]
    Ended,
    /// In one of them nobody has proved who they are.
    #[error("the identity is not proved in both")]
    NotProved,
    /// Nothing shows that they are of the same person.
    #[error("nothing shows that both are of the same person")]
    AnotherPerson,
}

impl MergeError {
    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Itself => "itself",
            Self::OtherRight => "other_right",
            Self::NotOlder => "not_older",
            Self::Ended => "ended",
            Self::NotProved => "not_proved",
            Self::AnotherPerson => "another_person",
        }
    }
}

/// Whether `this` may go on in `into`.
///
/// # Errors
/// Why not.
pub fn may_merge(this: &Facts, into: &Facts) -> Result<(), MergeError> {
    let goes_on = |facts: &Facts| {
        facts.case.state.is_open() && !facts.is_merged && !matches!(facts.case.state, State::Forwarded { .. })
    };
    if this.reference == into.reference {
        return Err(MergeError::Itself);
    }
    if this.case.right != into.case.right {
        return Err(MergeError::OtherRight);
    }
    if into.case.received_at > this.case.received_at {
        return Err(MergeError::NotOlder);
    }
    if !goes_on(this) || !goes_on(into) {
        return Err(MergeError::Ended);
    }
    if !this.case.identity.is_enough() || !into.case.identity.is_enough() {
        return Err(MergeError::NotProved);
    }
    let same_account = this.account.is_some() && this.account == into.account;
    let same_address = this
        .addresses
        .iter()
        .any(|address| into.addresses.contains(address));
    if same_account || same_address {
        Ok(())
    } else {
        Err(MergeError::AnotherPerson)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::case::IdentityStanding;
    use crate::domain::identity::Level;
    use crate::domain::right::Right;
    use chrono::{DateTime, TimeDelta, Utc};

    fn facts(reference: &str, days: i64) -> Facts {
        let start: DateTime<Utc> = "2026-11-20T08:00:00Z".parse().unwrap();
        Facts {
            reference: reference.to_owned(),
            case: Case {
                right: Right::Access,
                state: State::Assessing,
                identity: IdentityStanding {
                    reached: Level::A2,
                    required: Level::A2,
                },
                proposal: None,
                on_hold: false,
                partly_done: false,
                extended: false,
                received_at: start + TimeDelta::days(days),
            },
            is_merged: false,
            account: Some((
                "billing".to_owned(),
                "customers".to_owned(),
                RowKey(vec!["7".to_owned()]),
            )),
            addresses: vec!["anna@kund.example".to_owned()],
        }
    }

    #[test]
    fn a_later_request_of_the_same_person_for_the_same_goes_on_in_the_earlier() {
        assert_eq!(may_merge(&facts("b", 1), &facts("a", 0)), Ok(()));
        let by_address = Facts {
            account: None,
            ..facts("a", 0)
        };
        assert_eq!(may_merge(&facts("b", 1), &by_address), Ok(()));
        let by_account = Facts {
            addresses: vec![],
            ..facts("a", 0)
        };
        assert_eq!(may_merge(&facts("b", 1), &by_account), Ok(()));
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        let (this, into) = (facts("b", 1), facts("a", 0));
        let other = |change: &dyn Fn(&mut Facts)| {
            let mut changed = into.clone();
            change(&mut changed);
            may_merge(&this, &changed).unwrap_err()
        };
        assert_eq!(may_merge(&this, &this), Err(MergeError::Itself));
        assert_eq!(may_merge(&into, &this), Err(MergeError::NotOlder));
        assert_eq!(other(&|f| f.case.right = Right::Erasure), MergeError::OtherRight);
        assert_eq!(
            other(&|f| f.case.state = State::Withdrawn {
                at: f.case.received_at
            }),
            MergeError::Ended
        );
        assert_eq!(
            other(&|f| f.case.state = State::Forwarded {
                at: f.case.received_at
            }),
            MergeError::Ended
        );
        assert_eq!(other(&|f| f.is_merged = true), MergeError::Ended);
        assert_eq!(
            other(&|f| f.case.identity.reached = Level::A1),
            MergeError::NotProved
        );
        let stranger = |f: &mut Facts| {
            f.account = None;
            f.addresses = vec!["bo@kund.example".to_owned()];
        };
        assert_eq!(other(&stranger), MergeError::AnotherPerson);
        let mut nobody = this.clone();
        (nobody.account, nobody.addresses) = (None, vec![]);
        let mut unknown = into.clone();
        (unknown.account, unknown.addresses) = (None, vec![]);
        assert_eq!(
            may_merge(&nobody, &unknown),
            Err(MergeError::AnotherPerson),
            "two unknowns are not one"
        );
    }
}
