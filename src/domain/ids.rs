//! Names of things: each kind of id is a type of its own, so that one is never taken for another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A case, inside the service; people see its [`Reference`].
    CaseId,
    /// A member of staff or a machine that acts through an API key.
    StaffId,
    /// One version of an erasure plan.
    PlanId,
    /// What one recipient is told in one case.
    NoticeId,
    /// A mail in the outbox; also the local part of its Message-ID.
    MailId,
    /// A list of retained rows whose time has passed.
    PurgeId,
}

/// The letters of references: Crockford's base 32, which has no I, L, O or U to misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a reference without prefix and hyphens: 60 bits.
const LENGTH: usize = 12;

/// A case's name towards people: `DR-XXXX-XXXX-XXXX`. It locates a case and opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Reference(String);

/// The text is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a case reference")]
pub struct NotAReference;

impl Reference {
    /// The reference made of 60 of the random bits of `random`.
    #[must_use]
    pub fn from_random(random: u64) -> Self {
        let letters = (0..LENGTH).filter_map(|place| {
            let digit = (random >> (place * 5)) & 31;
            ALPHABET
                .get(usize::try_from(digit).ok()?)
                .map(|byte| char::from(*byte))
        });
        Self::grouped(letters)
    }

    /// Reads what a person typed: case, hyphens and spaces do not matter, and letters that look
    /// like digits count as those.
    ///
    /// # Errors
    /// When it is not `DR` and twelve letters or digits.
    pub fn parse(text: &str) -> Result<Self, NotAReference> {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let body = plain.strip_prefix("DR").ok_or(NotAReference)?;
        let letters: Vec<char> = body
            .chars()
            .map(|c| match c {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let known = |c: &char| u8::try_from(*c).is_ok_and(|byte| ALPHABET.contains(&byte));
        if letters.len() != LENGTH || !letters.iter().all(known) {
            return Err(NotAReference);
        }
        Ok(Self::grouped(letters.into_iter()))
    }

    fn grouped(letters: impl Iterator<Item = char>) -> Self {
        let mut text = String::from("DR");
        for (place, letter) in letters.enumerate() {
            if place % 4 == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        Self(text)
    }

    /// The reference as people see it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[rstest::rstest]
    #[case("dr-7k4m-9qxt-2fhb", "DR-7K4M-9QXT-2FHB")]
    #[case(" DR 7k4m9qxt2fhb ", "DR-7K4M-9QXT-2FHB")]
    #[case("DR-OIL0-0000-0000", "DR-0110-0000-0000")]
    fn typing_is_forgiven(#[case] typed: &str, #[case] meant: &str) {
        assert_eq!(Reference::parse(typed).unwrap().as_str(), meant);
    }

    #[rstest::rstest]
    #[case("")]
    #[case("DR-")]
    #[case("DR-7K4M-9QXT-2FH")]
    #[case("DR-7K4M-9QXT-2FHBB")]
    #[case("DR-7K4M-9QXT-2FHU")]
    #[case("XX-7K4M-9QXT-2FHB")]
    #[case("DR-7K4M-9QXT-2FHÅ")]
    fn anything_else_is_refused(#[case] typed: &str) {
        assert_eq!(Reference::parse(typed), Err(NotAReference));
    }

    proptest! {
        #[test]
        fn every_random_number_makes_a_reference_that_reads_back(random: u64) {
            let reference = Reference::from_random(random);
            prop_assert_eq!(Reference::parse(reference.as_str()), Ok(reference));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let _ = Reference::parse(&text);
        }
    }
}
