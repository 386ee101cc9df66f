//! How sure we are of who is asking: the levels, and what proves them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::StaffId;

/// Assurance that the requester is the person, lowest first (the levels of the identity matrix).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Nothing beyond the typed address.
    #[default]
    A0,
    /// Control of an address that was on file before the request.
    A1,
    /// A logged-in session handed over by the host's portal, or one further proof taken by staff.
    A2,
    /// eID, a meeting in person, or two further proofs.
    A3,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 4] = [Self::A0, Self::A1, Self::A2, Self::A3];

    /// The number in the database.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::A0 => 0,
            Self::A1 => 1,
            Self::A2 => 2,
            Self::A3 => 3,
        }
    }

    /// The level of that number.
    #[must_use]
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.number() == number)
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// A way to prove who one is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Method {
            $($(#[$doc])* $variant,)+
        }

        impl Method {
            /// All methods.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in the API, in the database and as key of texts.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

methods! {
    /// The code sent to the address typed into the form. It proves that address alone.
    TypedAddress = "typed_address",
    /// The code sent to the address on file.
    OnFileAddress = "on_file_address",
    /// The host's portal, where the person is logged in, handed them over.
    Portal = "portal",
    /// Staff called the number on file.
    CallBack = "call_back",
    /// A code by letter to the registered address.
    Letter = "letter",
    /// Two facts that only the person is likely to know.
    TwoFacts = "two_facts",
    /// The person came and showed who they are.
    InPerson = "in_person",
    /// The host's own machine said that the account has ended.
    AccountEnd = "account_end",
}

impl Method {
    /// The methods that staff accept.
    pub const BY_STAFF: [Self; 4] = [Self::CallBack, Self::Letter, Self::TwoFacts, Self::InPerson];

    /// The method of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.name() == name)
    }
}

/// A proof that was given. It never holds a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How.
    pub method: Method,
    /// When.
    pub at: DateTime<Utc>,
    /// Who accepted it, when staff did.
    pub accepted_by: Option<StaffId>,
}

/// What is known of the addresses of a case, without which a proved address means little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddressFacts {
    /// The typed address is one that the person's account has on file.
    pub typed_is_on_file: bool,
    /// The address on file cannot be trusted alone: it lies in a domain that we host for the same
    /// person, is a role's, or is shared by several accounts.
    pub on_file_is_weak: bool,
}

/// The level that these proofs reach.
///
/// Proving a typed address gives nothing unless it is also on file. Of the proofs that staff take,
/// a meeting in person is A3 and any other A2; two different ones are A3. The word of the host's own machine that the
/// account has ended is no request: nobody has to prove who asks.
#[must_use]
pub fn reached(methods: &[Method], facts: AddressFacts) -> Level {
    let methods: BTreeSet<Method> = methods.iter().copied().collect();
    let by_staff = Method::BY_STAFF
        .into_iter()
        .filter(|method| methods.contains(method))
        .count();
    if methods.contains(&Method::InPerson) || methods.contains(&Method::AccountEnd) || by_staff >= 2 {
        return Level::A3;
    }
    if by_staff == 1 || methods.contains(&Method::Portal) {
        return Level::A2;
    }
    let on_file = methods.contains(&Method::OnFileAddress)
        || (methods.contains(&Method::TypedAddress) && facts.typed_is_on_file);
    if on_file && !facts.on_file_is_weak {
        Level::A1
    } else {
        Level::A0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ON_FILE: AddressFacts = AddressFacts {
        typed_is_on_file: true,
        on_file_is_weak: false,
    };
    const OTHER: AddressFacts = AddressFacts {
        typed_is_on_file: false,
        on_file_is_weak: false,
    };
    const WEAK: AddressFacts = AddressFacts {
        typed_is_on_file: true,
        on_file_is_weak: true,
    };

    #[rstest::rstest]
    #[case(&[], ON_FILE, Level::A0)]
    #[case(&[Method::TypedAddress], OTHER, Level::A0)]
    #[case(&[Method::TypedAddress], ON_FILE, Level::A1)]
    #[case(&[Method::TypedAddress], WEAK, Level::A0)]
    #[case(&[Method::OnFileAddress], OTHER, Level::A1)]
    #[case(&[Method::OnFileAddress], WEAK, Level::A0)]
    #[case(&[Method::Portal], OTHER, Level::A2)]
    #[case(&[Method::CallBack], OTHER, Level::A2)]
    #[case(&[Method::Letter], OTHER, Level::A2)]
    #[case(&[Method::TwoFacts], OTHER, Level::A2)]
    #[case(&[Method::CallBack, Method::CallBack], OTHER, Level::A2)]
    #[case(&[Method::CallBack, Method::Letter], OTHER, Level::A3)]
    #[case(&[Method::TwoFacts, Method::Letter], WEAK, Level::A3)]
    #[case(&[Method::InPerson], OTHER, Level::A3)]
    #[case(&[Method::AccountEnd], OTHER, Level::A3)]
    #[case(&[Method::Portal, Method::OnFileAddress, Method::TypedAddress], ON_FILE, Level::A2)]
    fn proofs_reach_their_level(
        #[case] methods: &[Method],
        #[case] facts: AddressFacts,
        #[case] level: Level,
    ) {
        assert_eq!(reached(methods, facts), level);
    }

    #[test]
    fn names_and_numbers_lead_back() {
        for method in Method::ALL {
            assert_eq!(Method::from_name(method.name()), Some(*method));
            assert_eq!(serde_json::to_value(method).unwrap(), method.name());
        }
        for level in Level::ALL {
            assert_eq!(Level::from_number(level.number()), Some(level));
        }
        assert_eq!(Level::from_number(4), None);
    }

    fn any_methods() -> impl Strategy<Value = Vec<Method>> {
        proptest::collection::vec(proptest::sample::select(Method::ALL), 0..5)
    }

    proptest! {
        #[test]
        fn another_proof_never_lowers_the_level(methods in any_methods(), more in any_methods(), typed: bool, weak: bool) {
            let facts = AddressFacts { typed_is_on_file: typed, on_file_is_weak: weak };
            let both: Vec<Method> = methods.iter().chain(&more).copied().collect();
            prop_assert!(reached(&both, facts) >= reached(&methods, facts));
        }

        #[test]
        fn codes_alone_reach_no_further_than_an_address_on_file(typed: bool, weak: bool) {
            let facts = AddressFacts { typed_is_on_file: typed, on_file_is_weak: weak };
            prop_assert!(reached(&[Method::TypedAddress, Method::OnFileAddress], facts) <= Level::A1);
        }
    }
}
