//! The audit trail's chains: each event is bound to all before it, and where the chains stand is signed.

pub mod checkpoint;

use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

/// A keyed hash of 32 bytes.
pub type Digest = [u8; 32];

/// The head before a stream's first event.
pub const GENESIS: Digest = [0; 32];

/// What is recorded of one event. It holds pseudonyms and field names, never values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The case, or the nil id for what concerns the service as a whole.
    pub stream: Uuid,
    /// The place in the stream, from 1, without gaps.
    pub seq: i64,
    /// When, to the microsecond (what the database keeps).
    pub at: DateTime<Utc>,
    /// A pseudonym from [`crate::domain::staff::Actor::pseudonym`].
    pub actor: String,
    /// What was done, such as `plan_approved`.
    pub action: String,
    /// Facts that say more: states, counts, grounds, ids.
    pub detail: serde_json::Value,
}

impl Event {
    /// The keyed hash that binds this event to `previous`. With the key outside the database,
    /// who can write the database alone cannot make a chain that holds.
    #[must_use]
    pub fn hash(&self, key: &Digest, previous: &Digest) -> Digest {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(previous);
        for part in [
            self.stream.to_string(),
            self.seq.to_string(),
            self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            self.actor.clone(),
            self.action.clone(),
            canonical(&self.detail).to_string(),
        ] {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            mac.update(&length.to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

/// The value with the keys of its objects in order, since a database keeps an order of its own.
fn canonical(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let sorted: std::collections::BTreeMap<&String, &Value> = map.iter().collect();
            Value::Object(
                sorted
                    .into_iter()
                    .map(|(key, value)| (key.clone(), canonical(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        plain => plain.clone(),
    }
}

/// What is wrong with the trail, at the first place where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// An event is not there, and later ones are.
    #[error("is missing")]
    Missing,
    /// An event, or one before it, is not what was written.
    #[error("was altered")]
    Altered,
    /// The events from here on are not there.
    #[error("and all after it were removed")]
    Removed,
    /// The recorded end of the chain is not there.
    #[error("the chain's recorded head was removed")]
    HeadMissing,
    /// The recorded end of the chain is not what was written.
    #[error("the chain's recorded head was altered")]
    HeadAltered,
    /// What a checkpoint says of the chain is not what was written, or not what the chain holds.
    #[error("what a checkpoint covers of the chain was altered")]
    SealAltered,
    /// The record of a disposal is not what was written, or its events are back.
    #[error("the record of its disposal was altered")]
    DisposalAltered,
    /// A checkpoint is not there, and later ones are, or seals that it covers.
    #[error("the checkpoint was removed")]
    CheckpointMissing,
    /// A checkpoint, or what it covers, is not what was signed.
    #[error("the checkpoint was altered")]
    CheckpointAltered,
    /// The exported checkpoint is none that this service signed.
    #[error("the exported checkpoint was altered")]
    ExportAltered,
}

/// A fault and the place in its stream, from 1.
pub type FaultAt = (i64, Fault);

/// Checks events in order, one at a time, so that a stream of any length takes constant memory.
#[derive(Clone, Copy, Debug)]
pub struct Verifier {
    key: Digest,
    head: Digest,
    last: i64,
}

impl Verifier {
    /// A verifier at the start of a stream.
    #[must_use]
    pub const fn new(key: Digest) -> Self {
        Self {
            key,
            head: GENESIS,
            last: 0,
        }
    }

    /// Checks the next event against its stored hash.
    ///
    /// # Errors
    /// When it is not the next, or its hash is not the one stored.
    pub fn next(&mut self, event: &Event, stored: &[u8]) -> Result<(), FaultAt> {
        let expected = self.last + 1;
        if event.seq != expected {
            return Err((expected, Fault::Missing));
        }
        let hash = event.hash(&self.key, &self.head);
        if hash.as_slice() != stored {
            return Err((event.seq, Fault::Altered));
        }
        self.head = hash;
        self.last = event.seq;
        Ok(())
    }

    /// Checks that the stream ended where its recorded head says. A stream without events has none.
    ///
    /// # Errors
    /// When events are missing at the end, or the head is another.
    pub fn finish(&self, last: i64, head: &[u8]) -> Result<(), FaultAt> {
        if last > self.last {
            Err((self.last + 1, Fault::Removed))
        } else if last < self.last || last == 0 || self.head.as_slice() != head {
            Err((self.last, Fault::HeadAltered))
        } else {
            Ok(())
        }
    }

    /// The place of the last event that was checked.
    #[must_use]
    pub const fn last(&self) -> i64 {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: Digest = [7; 32];

    fn chain(length: i64) -> Vec<(Event, Digest)> {
        let mut head = GENESIS;
        (1..=length)
            .map(|seq| {
                let event = Event {
                    stream: Uuid::nil(),
                    seq,
                    at: DateTime::from_timestamp(1_800_000_000 + seq, 0).unwrap(),
                    actor: "system".into(),
                    action: "tested".into(),
                    detail: serde_json::json!({ "n": seq }),
                };
                head = event.hash(&KEY, &head);
                (event, head)
            })
            .collect()
    }

    fn verify(events: &[(Event, Digest)], last: i64, head: &Digest) -> Result<(), FaultAt> {
        let mut verifier = Verifier::new(KEY);
        for (event, hash) in events {
            verifier.next(event, hash)?;
        }
        verifier.finish(last, head)
    }

    #[test]
    fn an_untouched_chain_holds() {
        let events = chain(20);
        let (_, head) = events.last().unwrap();
        assert_eq!(verify(&events, 20, head), Ok(()));
    }

    #[test]
    fn a_wrong_end_is_told_by_what_is_there() {
        let events = chain(3);
        let (_, head) = events[2];
        assert_eq!(verify(&events[..2], 3, &head), Err((3, Fault::Removed)));
        assert_eq!(verify(&events, 2, &events[1].1), Err((3, Fault::HeadAltered)));
        assert_eq!(verify(&events, 3, &events[1].1), Err((3, Fault::HeadAltered)));
        assert_eq!(verify(&[], 0, &GENESIS), Err((0, Fault::HeadAltered)));
    }

    #[test]
    fn another_key_makes_another_chain() {
        let (event, hash) = chain(1).remove(0);
        assert_ne!(event.hash(&[8; 32], &GENESIS), hash);
    }

    #[test]
    fn fields_cannot_be_moved_into_each_other() {
        let (event, hash) = chain(1).remove(0);
        let moved = Event {
            actor: "systemt".into(),
            action: "ested".into(),
            ..event
        };
        assert_ne!(moved.hash(&KEY, &GENESIS), hash);
    }

    proptest! {
        #[test]
        fn any_single_change_is_found(at in 0usize..20, kind in 0u8..6) {
            let mut events = chain(20);
            let head = events.last().unwrap().1;
            match kind {
                0 => events[at].0.actor.push('x'),
                1 => events[at].0.at += chrono::TimeDelta::microseconds(1),
                2 => events[at].0.detail = serde_json::json!({ "n": 99 }),
                3 => { events.remove(at); }
                4 => events.swap(at, (at + 1) % 20),
                _ => events[at].1[3] ^= 1,
            }
            prop_assert!(verify(&events, 20, &head).is_err());
        }
    }
}
