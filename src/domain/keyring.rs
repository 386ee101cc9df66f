//! The key file: one root for keyed hashes, which stays, and master keys for what is sealed, which can be exchanged.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use zeroize::Zeroizing;

use super::sealing::{NONCE, Purpose, SealError, SecretKey};

/// How long after a newer master key an older one stays at least: longer than any use of it takes that began before.
pub const SETTLED: TimeDelta = TimeDelta::hours(1);

/// Bytes that name the master key before what it wrapped.
const ID: usize = 4;

const HEAD: &str = "\
# The keys of Dataratt: the root of keyed hashes, then the master keys, the newest first.
# Nothing that was sealed can be read without this file. Keep a copy elsewhere, away from the backups.
";

/// What is sealed with a master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// The keys of cases and of what outlives them.
    CaseKeys,
    /// What belongs to staff, such as TOTP secrets.
    StaffSecrets,
    /// What the portal vouched for while the person fills in the form.
    Handoff,
}

impl Wrapping {
    const fn label(self) -> &'static str {
        match self {
            Self::CaseKeys => "case-keys",
            Self::StaffSecrets => "staff-secrets",
            Self::Handoff => "handoff",
        }
    }
}

/// Something wrapped cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapError {
    /// The key file does not hold, or not any more, the master key it names.
    #[error("the key file holds no master key {0}")]
    Unknown(u32),
    /// It was changed, or belongs elsewhere.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// A line of the key file that cannot be used. The text quotes nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// The line is neither of those expected.
    #[error("line {0}: expected `lookup KEY` or `master ID TIME KEY`, each key 32 bytes in base64")]
    Line(usize),
    /// There is no root for keyed hashes, or a second one.
    #[error("expected one line `lookup KEY`")]
    Lookup,
    /// There is no master key, or two have the same id, or they do not stand newest first.
    #[error("expected lines `master ID TIME KEY`, the newest and highest first")]
    Order,
}

/// Why a master key must stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Needed {
    /// There is no such key.
    #[error("there is no such master key")]
    Unknown,
    /// New keys are wrapped with it.
    #[error("it is the newest: rotate first")]
    Newest,
    /// The one that follows it is so new that an instance may still use this one.
    #[error("the key that follows it is less than an hour old: try again later")]
    JustReplaced,
}

/// A master key.
#[derive(Clone, Debug)]
pub struct Master {
    /// Its number, which what it wrapped names.
    pub id: u32,
    /// Since when it is there.
    pub since: DateTime<Utc>,
    key: SecretKey,
}

/// All that the key file holds.
#[derive(Clone, Debug)]
pub struct Keyring {
    lookup: SecretKey,
    newest: Master,
    older: Vec<Master>,
}

impl Keyring {
    /// The first one: a root for keyed hashes, and one master key.
    #[must_use]
    pub const fn new(lookup: SecretKey, master: SecretKey, at: DateTime<Utc>) -> Self {
        let newest = Master {
            id: 1,
            since: at,
            key: master,
        };
        Self {
            lookup,
            newest,
            older: Vec::new(),
        }
    }

    /// The keys in the text of a key file.
    ///
    /// # Errors
    /// Which line cannot be used, without quoting it.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut lookup = None;
        let mut masters: Vec<Master> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let wrong = || KeyringError::Line(number);
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["lookup", key] => {
                    let root = secret(key).ok_or_else(wrong)?;
                    if lookup.replace(root).is_some() {
                        return Err(KeyringError::Lookup);
                    }
                }
                ["master", id, since, key] => masters.push(Master {
                    id: id.parse().map_err(|_| wrong())?,
                    since: DateTime::parse_from_rfc3339(since).map_err(|_| wrong())?.to_utc(),
                    key: secret(key).ok_or_else(wrong)?,
                }),
                _ => return Err(wrong()),
            }
        }
        if !masters.is_sorted_by(|newer, older| newer.id > older.id) {
            return Err(KeyringError::Order);
        }
        let mut masters = masters.into_iter();
        Ok(Self {
            lookup: lookup.ok_or(KeyringError::Lookup)?,
            newest: masters.next().ok_or(KeyringError::Order)?,
            older: masters.collect(),
        })
    }

    /// The text of a key file with these keys.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let encoded = |key: &SecretKey| Zeroizing::new(STANDARD.encode(key.bytes()));
        let mut text = Zeroizing::new(format!("{HEAD}lookup {}\n", *encoded(&self.lookup)));
        for master in self.masters() {
            let since = master.since.to_rfc3339_opts(SecondsFormat::Secs, true);
            let line = Zeroizing::new(format!(
                "master {} {since} {}\n",
                master.id,
                *encoded(&master.key)
            ));
            text.push_str(&line);
        }
        text
    }

    /// The master keys, the newest first.
    pub fn masters(&self) -> impl Iterator<Item = &Master> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// The number of the one that wraps now.
    #[must_use]
    pub const fn newest(&self) -> u32 {
        self.newest.id
    }

    /// The same with a new master key, which wraps from now on.
    #[must_use]
    pub fn with_new(&self, key: SecretKey, at: DateTime<Utc>) -> Self {
        let newest = Master {
            id: self.newest.id.saturating_add(1),
            since: at,
            key,
        };
        Self {
            lookup: self.lookup.clone(),
            newest,
            older: self.masters().cloned().collect(),
        }
    }

    /// The same without one master key; whether something is still wrapped with it, the caller must have looked.
    ///
    /// # Errors
    /// Why it must stay.
    pub fn without(&self, id: u32, now: DateTime<Utc>) -> Result<Self, Needed> {
        if id == self.newest.id {
            return Err(Needed::Newest);
        }
        if !self.older.iter().any(|master| master.id == id) {
            return Err(Needed::Unknown);
        }
        let next = self.masters().take_while(|master| master.id != id).last();
        if next.is_some_and(|next| now < next.since + SETTLED) {
            return Err(Needed::JustReplaced);
        }
        let mut rest = self.clone();
        rest.older.retain(|master| master.id != id);
        Ok(rest)
    }

    /// The key for hashes of one purpose: the same whichever master keys come and go, because hashes cannot be made
    /// again from what they were made of.
    #[must_use]
    pub fn for_purpose(&self, purpose: Purpose) -> SecretKey {
        self.lookup.derive(purpose)
    }

    /// Seals `plaintext` for one place with the newest master key, which it names.
    #[must_use]
    pub fn wrap(&self, what: Wrapping, nonce: [u8; NONCE], place: &str, plaintext: &[u8]) -> Vec<u8> {
        let key = self.newest.key.derive_for(what.label());
        let mut wrapped = self.newest.id.to_be_bytes().to_vec();
        wrapped.extend(key.seal(nonce, place, plaintext));
        wrapped
    }

    /// Opens what [`Self::wrap`] made, with whichever master key.
    ///
    /// # Errors
    /// When the master key is not here, the place is another, or a bit has changed.
    pub fn unwrap(
        &self,
        what: Wrapping,
        place: &str,
        wrapped: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
        let (id, sealed) = split(wrapped).ok_or(SealError::Broken)?;
        let master = self.masters().find(|master| master.id == id);
        let key = master
            .ok_or(UnwrapError::Unknown(id))?
            .key
            .derive_for(what.label());
        Ok(key.open(place, sealed)?)
    }
}

/// The number of the master key that wrapped it; `None` when it is no such thing.
#[must_use]
pub fn wrapped_by(wrapped: &[u8]) -> Option<u32> {
    split(wrapped).map(|(id, _)| id)
}

fn split(wrapped: &[u8]) -> Option<(u32, &[u8])> {
    let (id, sealed) = wrapped.split_first_chunk::<ID>()?;
    Some((u32::from_be_bytes(*id), sealed))
}

fn secret(text: &str) -> Option<SecretKey> {
    let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
    <[u8; 32]>::try_from(bytes.as_slice()).ok().map(SecretKey::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        use chrono::TimeZone;
        Utc.with_ymd_and_hms(2026, 11, 23, hour, 0, 0).unwrap()
    }

    fn ring() -> Keyring {
        Keyring::new(SecretKey::new([1; 32]), SecretKey::new([2; 32]), at(8))
    }

    #[test]
    fn a_key_file_reads_as_it_was_written() {
        let ring = ring().with_new(SecretKey::new([3; 32]), at(9));
        let again = Keyring::parse(&ring.to_text()).unwrap();
        assert_eq!(*again.to_text(), *ring.to_text());
        let ids: Vec<_> = again.masters().map(|master| (master.id, master.since)).collect();
        assert_eq!(ids, [(2, at(9)), (1, at(8))]);
        let wrapped = ring.wrap(Wrapping::CaseKeys, [0; NONCE], "p", b"x");
        assert_eq!(
            again
                .unwrap(Wrapping::CaseKeys, "p", &wrapped)
                .unwrap()
                .as_slice(),
            b"x"
        );
    }

    #[test]
    fn an_older_key_opens_and_the_newest_wraps() {
        let first = ring();
        let old = first.wrap(Wrapping::CaseKeys, [0; NONCE], "p", b"x");
        let ring = first.with_new(SecretKey::new([3; 32]), at(9));
        assert_eq!(
            ring.unwrap(Wrapping::CaseKeys, "p", &old).unwrap().as_slice(),
            b"x"
        );
        let new = ring.wrap(Wrapping::CaseKeys, [0; NONCE], "p", b"x");
        assert_eq!((wrapped_by(&old), wrapped_by(&new)), (Some(1), Some(2)));
        let rest = ring.without(1, at(10)).unwrap();
        assert_eq!(
            rest.unwrap(Wrapping::CaseKeys, "p", &old),
            Err(UnwrapError::Unknown(1))
        );
        assert_eq!(
            rest.unwrap(Wrapping::CaseKeys, "p", &new).unwrap().as_slice(),
            b"x"
        );
    }

    #[test]
    fn what_is_wrapped_for_one_thing_opens_for_no_other() {
        let wrapped = ring().wrap(Wrapping::CaseKeys, [0; NONCE], "p", b"x");
        let broken = Err(UnwrapError::Seal(SealError::Broken));
        assert_eq!(ring().unwrap(Wrapping::StaffSecrets, "p", &wrapped), broken);
        assert_eq!(ring().unwrap(Wrapping::CaseKeys, "q", &wrapped), broken);
        assert_eq!(ring().unwrap(Wrapping::CaseKeys, "p", &[0; 3]), broken);
    }

    #[test]
    fn hashes_survive_every_exchange_of_master_keys() {
        let before = ring().for_purpose(Purpose::Accountability);
        let ring = ring().with_new(SecretKey::new([3; 32]), at(9));
        let ring = ring.without(1, at(10)).unwrap();
        assert_eq!(ring.for_purpose(Purpose::Accountability).bytes(), before.bytes());
    }

    #[test]
    fn a_key_in_use_or_just_replaced_stays() {
        let ring = ring()
            .with_new(SecretKey::new([3; 32]), at(9))
            .with_new(SecretKey::new([4; 32]), at(15));
        let why = |id, hour| ring.without(id, at(hour)).err();
        assert_eq!(why(3, 23), Some(Needed::Newest));
        assert_eq!(why(7, 23), Some(Needed::Unknown));
        assert_eq!(why(2, 15), Some(Needed::JustReplaced));
        assert_eq!(why(2, 16), None);
        // It was replaced long ago, by the one that was replaced just now.
        assert_eq!(why(1, 15), None);
    }

    #[rstest::rstest]
    #[case("", KeyringError::Lookup)]
    #[case("lookup AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", KeyringError::Order)]
    #[case("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", KeyringError::Line(1))]
    #[case("# words\n\nlookup c2hvcnQ=", KeyringError::Line(3))]
    #[case(
        "master x 2026-11-23T08:00:00Z AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        KeyringError::Line(1)
    )]
    #[case(
        "master 1 today AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        KeyringError::Line(1)
    )]
    fn anything_but_keys_is_refused(#[case] text: &str, #[case] error: KeyringError) {
        assert_eq!(Keyring::parse(text).err(), Some(error));
    }

    #[test]
    fn keys_out_of_order_or_named_twice_are_refused() {
        let text = ring().with_new(SecretKey::new([3; 32]), at(9)).to_text();
        let lines: Vec<&str> = text.lines().collect();
        let (lookup, newer, older) = (lines[2], lines[3], lines[4]);
        let parsed = |lines: &[&str]| Keyring::parse(&lines.join("\n")).err();
        assert_eq!(parsed(&[lookup, newer, older]), None);
        assert_eq!(parsed(&[lookup, older, newer]), Some(KeyringError::Order));
        assert_eq!(parsed(&[lookup, older, older]), Some(KeyringError::Order));
        assert_eq!(parsed(&[lookup, lookup, older]), Some(KeyringError::Lookup));
    }
}
