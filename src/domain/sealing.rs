//! Keys and what is done with them: sealing, keyed hashes, and one key for each purpose.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of a nonce, which must be random and never used twice with one key.
pub const NONCE: usize = 24;

/// A sealed value does not open, or cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key is another, the place is another, or the bytes were changed.
    #[error("wrong key, wrong place or changed bytes")]
    Broken,
    /// The opened bytes are not what they should be.
    #[error("unexpected contents")]
    Contents,
}

/// What is hashed with a key. One purpose, one key: so destroying or learning one says nothing of another. What is
/// sealed is in [`super::keyring::Wrapping`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Chaining the audit trail.
    Audit,
    /// Signing the audit trail's checkpoints.
    AuditSeal,
    /// Recognising a changed part of the profile.
    Profile,
    /// Looking up cases by identifier, for as long as their file is kept.
    CaseLookup,
    /// Recognising a person's earlier cases, for as long as their core record is kept.
    Accountability,
    /// Hashing the codes of mails.
    Codes,
    /// Hashing tokens and API keys.
    Tokens,
    /// Signing staff sessions.
    Sessions,
    /// Counting by address and network.
    Throttles,
    /// Recognising a repeated submission.
    Idempotency,
    /// Recognising an address that marketing must leave alone.
    Suppression,
    /// Recognising a row that a restored backup brought back.
    Replay,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::AuditSeal => "audit-seal",
            Self::Profile => "profile",
            Self::CaseLookup => "case-lookup",
            Self::Accountability => "accountability",
            Self::Codes => "codes",
            Self::Tokens => "tokens",
            Self::Sessions => "sessions",
            Self::Throttles => "throttles",
            Self::Idempotency => "idempotency",
            Self::Suppression => "suppression",
            Self::Replay => "replay",
        }
    }
}

/// A secret of 32 bytes; it is wiped when dropped and never printed.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey")
    }
}

impl SecretKey {
    /// The key with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key for one purpose, derived from this one.
    #[must_use]
    pub fn derive(&self, purpose: Purpose) -> Self {
        self.derive_for(purpose.label())
    }

    pub(super) fn derive_for(&self, label: &str) -> Self {
        Self::new(self.digest(&[b"dataratt key v1", label.as_bytes()]))
    }

    /// The keyed hash of `parts`; no two different lists of parts give the same input.
    #[must_use]
    pub fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(parts).finalize().into_bytes().into()
    }

    /// Whether `digest` is the keyed hash of `parts`, in constant time.
    #[must_use]
    pub fn matches(&self, parts: &[&[u8]], digest: &[u8]) -> bool {
        self.digest(parts).as_slice().ct_eq(digest).into()
    }

    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.bytes())
            .expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac
    }

    /// Seals `plaintext` for one place: it opens only with the same key and the same `place`.
    #[must_use]
    pub fn seal(&self, nonce: [u8; NONCE], place: &str, plaintext: &[u8]) -> Vec<u8> {
        let payload = Payload {
            msg: plaintext,
            aad: place.as_bytes(),
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("memory holds the plaintext");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// When the key or the place is another, or a bit has changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Broken)?;
        let payload = Payload {
            msg: ciphertext,
            aad: place.as_bytes(),
        };
        let opened = self
            .cipher()
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| SealError::Broken)?;
        Ok(Zeroizing::new(opened))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SecretKey {
        SecretKey::new([3; 32])
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let sealed = key().seal([1; NONCE], "cases.sealed|1", b"Anna");
        assert_eq!(key().open("cases.sealed|1", &sealed).unwrap().as_slice(), b"Anna");
        assert_eq!(key().open("cases.sealed|2", &sealed), Err(SealError::Broken));
        assert_eq!(
            SecretKey::new([4; 32]).open("cases.sealed|1", &sealed),
            Err(SealError::Broken)
        );
        assert!(!sealed.windows(4).any(|window| window == b"Anna"));
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let purposes = [
            Purpose::Audit,
            Purpose::AuditSeal,
            Purpose::Profile,
            Purpose::CaseLookup,
            Purpose::Accountability,
            Purpose::Codes,
            Purpose::Tokens,
            Purpose::Sessions,
            Purpose::Throttles,
            Purpose::Idempotency,
            Purpose::Suppression,
        ];
        let keys: std::collections::BTreeSet<[u8; 32]> =
            purposes.iter().map(|p| *key().derive(*p).bytes()).collect();
        assert_eq!(keys.len(), purposes.len());
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key().digest(&[b"ab", b"c"]), key().digest(&[b"a", b"bc"]));
        assert_ne!(key().digest(&[b"a"]), key().digest(&[b"a", b""]));
        assert!(key().matches(&[b"a"], &key().digest(&[b"a"])));
        assert!(!key().matches(&[b"a"], &key().digest(&[b"b"])));
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", key()), "SecretKey");
    }

    proptest! {
        #[test]
        fn any_changed_bit_is_seen(bit in 0usize..352) {
            let mut sealed = key().seal([1; NONCE], "p", b"Anna");
            let (byte, place) = (bit / 8 % sealed.len(), bit % 8);
            sealed[byte] ^= 1 << place;
            prop_assert_eq!(key().open("p", &sealed), Err(SealError::Broken));
        }

        #[test]
        fn no_bytes_make_opening_panic(bytes: Vec<u8>) {
            let _ = key().open("p", &bytes);
        }
    }
}
