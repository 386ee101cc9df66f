//! Checkpoints: signed statements of where the chains stood, each bound to the one before.
//!
//! What is signed is a text that people and other programs can read. Verifying it needs the public key alone, so an
//! auditor who keeps a copy of a checkpoint can tell later that the trail still holds what it held then.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Digest, GENESIS};
use crate::domain::sealing::SecretKey;

/// A signature's bytes.
pub type SignatureBytes = [u8; 64];

const HEADING: &str = "dataratt audit checkpoint 1";

/// What a checkpoint covers of one stream: the events from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The stream.
    pub stream: Uuid,
    /// The first event that no earlier checkpoint covers.
    pub first: i64,
    /// The last event it covers.
    pub last: i64,
    /// The hash of that last event, and so of all before it.
    pub hash: Digest,
}

/// Where the chains stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Its number, from 1, without gaps.
    pub number: i64,
    /// When, to the microsecond.
    pub at: DateTime<Utc>,
    /// How many streams had grown since the checkpoint before.
    pub streams: i64,
    /// How many events all checkpoints up to this one cover.
    pub events: i64,
    /// The [`Root`] over its seals.
    pub root: Digest,
    /// The hash of the checkpoint before.
    pub previous: Digest,
}

impl Checkpoint {
    /// What is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{HEADING}\nnumber {}\nat {}\nstreams {}\nevents {}\nroot {}\nprevious {}\n",
            self.number,
            self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            self.streams,
            self.events,
            hex(&self.root),
            hex(&self.previous),
        )
    }

    /// What the next checkpoint names as `previous`.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Sha256::digest(self.text()).into()
    }
}

/// What stays of a stream whose end date has come: enough to see that only this one went, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disposal {
    /// The stream.
    pub stream: Uuid,
    /// How many events it had.
    pub events: i64,
    /// The hash of its first.
    pub first: Digest,
    /// The hash of its last.
    pub last: Digest,
    /// The checkpoint that covers its last event.
    pub checkpoint: i64,
    /// When its events went, to the microsecond.
    pub at: DateTime<Utc>,
}

impl Disposal {
    /// What is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "dataratt audit disposal 1\nstream {}\nevents {}\nfirst {}\nlast {}\ncheckpoint {}\nat {}\n",
            self.stream,
            self.events,
            hex(&self.first),
            hex(&self.last),
            self.checkpoint,
            self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        )
    }
}

/// The hash over the seals of one checkpoint, taken in one at a time, in order of stream.
#[derive(Clone, Default)]
pub struct Root(Sha256);

impl Root {
    /// With one more seal.
    pub fn add(&mut self, seal: &Seal) {
        // Every part has a fixed length, so no two lists of seals give the same bytes.
        self.0.update(seal.stream.as_bytes());
        self.0.update(seal.first.to_be_bytes());
        self.0.update(seal.last.to_be_bytes());
        self.0.update(seal.hash);
    }

    /// The hash over all of them.
    #[must_use]
    pub fn finish(self) -> Digest {
        self.0.finalize().into()
    }

    /// The hash over these.
    #[must_use]
    pub fn of(seals: &[Seal]) -> Digest {
        let mut root = Self::default();
        seals.iter().for_each(|seal| root.add(seal));
        root.finish()
    }
}

/// The checkpoint after `last` (the first, when there is none) that covers `seals`.
#[must_use]
pub fn next(last: Option<&Checkpoint>, seals: &[Seal], at: DateTime<Utc>) -> Checkpoint {
    let covered: i64 = seals.iter().map(|seal| seal.last - seal.first + 1).sum();
    Checkpoint {
        number: last.map_or(0, |last| last.number) + 1,
        at,
        streams: i64::try_from(seals.len()).unwrap_or(i64::MAX),
        events: last.map_or(0, |last| last.events) + covered,
        root: Root::of(seals),
        previous: last.map_or(GENESIS, Checkpoint::hash),
    }
}

/// Signs checkpoints and disposals.
#[derive(Clone)]
pub struct Sealer(SigningKey);

impl Sealer {
    /// The sealer whose secret is this key.
    #[must_use]
    pub fn new(key: &SecretKey) -> Self {
        Self(SigningKey::from_bytes(key.bytes()))
    }

    /// The signature under a text.
    #[must_use]
    pub fn sign(&self, text: &str) -> SignatureBytes {
        self.0.sign(text.as_bytes()).to_bytes()
    }

    /// Whether this sealer signed the text.
    #[must_use]
    pub fn signed(&self, text: &str, signature: &[u8]) -> bool {
        is_signed(&self.0.verifying_key(), text, signature)
    }

    /// The checkpoint as it leaves the database: its text, the public key, and the signature under the text.
    #[must_use]
    pub fn export(&self, checkpoint: &Checkpoint) -> String {
        let text = checkpoint.text();
        format!(
            "{text}\nkey {}\nsignature {}\n",
            STANDARD.encode(self.0.verifying_key().as_bytes()),
            STANDARD.encode(self.sign(&text)),
        )
    }

    /// Reads an exported checkpoint; `None` when this sealer did not write it, or not so.
    #[must_use]
    pub fn import(&self, exported: &str) -> Option<Checkpoint> {
        let (text, rest) = exported.split_once("\n\n")?;
        let signature = rest.lines().find_map(|line| line.strip_prefix("signature "))?;
        let text = format!("{text}\n");
        let signature = STANDARD.decode(signature).ok()?;
        let checkpoint = parse(&text)?;
        (self.signed(&text, &signature) && checkpoint.text() == text).then_some(checkpoint)
    }
}

fn is_signed(key: &VerifyingKey, text: &str, signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_slice(signature) else {
        return false;
    };
    key.verify_strict(text.as_bytes(), &signature).is_ok()
}

fn parse(text: &str) -> Option<Checkpoint> {
    let mut lines = text.lines();
    if lines.next()? != HEADING {
        return None;
    }
    let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    Some(Checkpoint {
        number: value("number")?.parse().ok()?,
        at: value("at")?.parse().ok()?,
        streams: value("streams")?.parse().ok()?,
        events: value("events")?.parse().ok()?,
        root: unhex(value("root")?)?,
        previous: unhex(value("previous")?)?,
    })
}

/// In lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Digest> {
    let mut digest = GENESIS;
    if text.len() != 2 * digest.len() || !text.is_ascii() {
        return None;
    }
    for (place, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealer() -> Sealer {
        Sealer::new(&SecretKey::new([5; 32]))
    }

    fn seal(stream: u128, first: i64, last: i64) -> Seal {
        Seal {
            stream: Uuid::from_u128(stream),
            first,
            last,
            hash: [9; 32],
        }
    }

    fn second() -> Checkpoint {
        let at = DateTime::from_timestamp_micros(1_795_000_000_000_001).unwrap();
        let first = next(None, &[seal(1, 1, 3), seal(2, 1, 1)], at);
        next(Some(&first), &[seal(1, 4, 9)], at)
    }

    #[test]
    fn the_signed_text_is_for_people_too() {
        insta::assert_snapshot!(second().text(), @r"
        dataratt audit checkpoint 1
        number 2
        at 2026-11-18T11:06:40.000001Z
        streams 1
        events 10
        root 1eeb9af0e316c6987e3f20d2ff85c40254dd432cf1be2b0c9f08447d9135ea12
        previous 32be7c28767370a071c3bbf939d2b5d85d6b16783ebc8a1fb9b952b4b7d0a243
        ");
    }

    #[test]
    fn what_is_exported_comes_back() {
        assert_eq!(sealer().import(&sealer().export(&second())), Some(second()));
    }

    #[test]
    fn another_key_neither_signs_nor_reads() {
        let other = Sealer::new(&SecretKey::new([6; 32]));
        assert_eq!(other.import(&sealer().export(&second())), None);
        assert!(!other.signed("text", &sealer().sign("text")));
        assert!(sealer().signed("text", &sealer().sign("text")));
    }

    #[test]
    fn seals_do_not_run_into_each_other_and_their_order_counts() {
        let (one, other) = (seal(1, 1, 3), seal(2, 1, 1));
        assert_ne!(Root::of(&[one, other]), Root::of(&[other, one]));
        assert_ne!(Root::of(&[one]), Root::of(&[one, other]));
        assert_ne!(Root::of(&[seal(1, 1, 3)]), Root::of(&[seal(1, 2, 3)]));
    }

    proptest! {
        #[test]
        fn an_exported_checkpoint_with_any_byte_changed_is_refused(at in 0usize..1000, to in 0x20u8..0x7f) {
            let exported = sealer().export(&second());
            let signed = exported.find("\nkey ").unwrap();
            let mut bytes = exported.clone().into_bytes();
            let at = at % signed;
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            prop_assert_eq!(sealer().import(&String::from_utf8(bytes).unwrap()), None);
        }

        #[test]
        fn no_text_makes_reading_panic(text: String) {
            prop_assert_eq!(sealer().import(&text), None);
        }
    }
}
