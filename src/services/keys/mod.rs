//! Keys: those of the key file, those of cases that they wrap, and exchanging and clearing away both.

mod orphans;
mod rotation;

use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;
use zeroize::Zeroizing;

use super::ports::{KeyError, KeyFile};
use super::{Context, Error, Result};
use crate::domain::ids::CaseId;
use crate::domain::keyring::{Keyring, UnwrapError, Wrapping};
use crate::domain::sealing::{NONCE, Purpose, SecretKey};
use crate::store::keys::CaseKey;

pub use orphans::sweep_orphans;
pub use rotation::{MasterKey, masters, retire, rewrap, rotate};

/// The keys of the key file. They are looked up again there when it has changed, so that a rotation needs no restart.
#[derive(Clone)]
pub struct Keys {
    ring: Arc<RwLock<Keyring>>,
    file: Option<Arc<dyn KeyFile>>,
}

impl Keys {
    /// The keys of a file, as they are now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_file(file: Arc<dyn KeyFile>) -> std::result::Result<Self, KeyError> {
        let ring = file.change(&mut |_| None)?;
        Ok(Self {
            ring: Arc::new(RwLock::new(ring)),
            file: Some(file),
        })
    }

    /// These keys and no others, ever.
    #[must_use]
    pub fn fixed(ring: Keyring) -> Self {
        Self {
            ring: Arc::new(RwLock::new(ring)),
            file: None,
        }
    }

    /// The key for hashes of one purpose.
    #[must_use]
    pub fn for_purpose(&self, purpose: Purpose) -> SecretKey {
        self.with(|ring| ring.for_purpose(purpose))
    }

    /// Seals `plaintext` for one place with the newest master key.
    ///
    /// # Errors
    /// When the key file has changed and cannot be read.
    pub fn wrap(&self, what: Wrapping, nonce: [u8; NONCE], place: &str, plaintext: &[u8]) -> Result<Vec<u8>> {
        self.refresh()?;
        Ok(self.with(|ring| ring.wrap(what, nonce, place, plaintext)))
    }

    /// Opens what [`Self::wrap`] made, here or in another instance.
    ///
    /// # Errors
    /// [`Error::Unavailable`] `master_key_missing` when the key file does not hold what wrapped it, and
    /// [`Error::Internal`] when it was changed.
    pub fn unwrap(&self, what: Wrapping, place: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let opened = match self.with(|ring| ring.unwrap(what, place, wrapped)) {
            // Another instance may have taken a newer key up before this one.
            Err(UnwrapError::Unknown(_)) => {
                self.refresh()?;
                self.with(|ring| ring.unwrap(what, place, wrapped))
            }
            other => other,
        };
        opened.map_err(|error| match error {
            UnwrapError::Unknown(id) => {
                tracing::error!(
                    master = id,
                    "the key file does not hold a master key that is in use"
                );
                Error::Unavailable("master_key_missing")
            }
            UnwrapError::Seal(error) => Error::internal(error),
        })
    }

    /// The number of the master key that wraps now.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.with(Keyring::newest)
    }

    fn with<T>(&self, read: impl FnOnce(&Keyring) -> T) -> T {
        read(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn refresh(&self) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        if let Some(ring) = file.read_changed().map_err(unavailable)? {
            self.set(ring);
        }
        Ok(())
    }

    fn set(&self, ring: Keyring) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn unavailable(error: KeyError) -> Error {
    tracing::error!(%error, "keys cannot be had");
    Error::Unavailable("key_store_unavailable")
}

/// Makes a key and keeps it, before anything that it seals: a crash in between leaves a key that nothing needs.
///
/// # Errors
/// When the key store does not keep it.
pub fn make(ctx: &Context, id: Uuid) -> Result<CaseKey> {
    let key = CaseKey::new(CaseId(id), ctx.random_bytes());
    let wrapped = ctx
        .keys
        .wrap(Wrapping::CaseKeys, ctx.nonce(), &place(id), key.bytes())?;
    ctx.key_store.put(id, &wrapped).map_err(unavailable)?;
    Ok(key)
}

/// A key.
///
/// # Errors
/// [`Error::Gone`] `key_destroyed` when there is none (any more); when the key store does not answer.
pub fn find(ctx: &Context, id: Uuid) -> Result<CaseKey> {
    let wrapped = ctx.key_store.get(id).map_err(unavailable)?;
    let wrapped = wrapped.ok_or(Error::Gone("key_destroyed"))?;
    let opened = ctx.keys.unwrap(Wrapping::CaseKeys, &place(id), &wrapped)?;
    let bytes = <[u8; 32]>::try_from(opened.as_slice()).map_err(Error::internal)?;
    Ok(CaseKey::new(CaseId(id), bytes))
}

/// Destroys a key, and with it all that it sealed, wherever copies of that are. When it fails, the sweep of keys that
/// nothing needs does it later.
pub fn destroy(ctx: &Context, id: Uuid) {
    if let Err(error) = ctx.key_store.destroy(id) {
        tracing::warn!(%error, "a key could not be destroyed yet");
    }
}

fn place(id: Uuid) -> String {
    id.to_string()
}
