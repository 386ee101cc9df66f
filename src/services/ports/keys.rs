//! Keys, and where they are kept.

use uuid::Uuid;

use crate::domain::keyring::Keyring;

/// Why the key file or the key store did not do what it was asked. The texts hold no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(pub String);

/// The keys of cases and of what outlives them, wrapped, apart from the database whose rows they seal.
pub trait KeyStore: Send + Sync {
    /// Keeps a new key. When it returns without error, the key outlives a loss of power.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn put(&self, id: Uuid, wrapped: &[u8]) -> Result<(), KeyError>;

    /// A key; `None` when it was destroyed, or never kept.
    ///
    /// # Errors
    /// When the store does not answer.
    fn get(&self, id: Uuid) -> Result<Option<Vec<u8>>, KeyError>;

    /// Puts `wrapped` in the place of a key that is there, and outlives a loss of power; one that was destroyed
    /// meanwhile stays so. Says whether it was there.
    ///
    /// # Errors
    /// When it cannot be kept; the old one is then still there.
    fn replace(&self, id: Uuid, wrapped: &[u8]) -> Result<bool, KeyError>;

    /// Destroys a key for good; doing so again is no error.
    ///
    /// # Errors
    /// When it cannot be destroyed.
    fn destroy(&self, id: Uuid) -> Result<(), KeyError>;

    /// Hands the id of every key to `each`, in no order, and those of keys that were never wholly written; keys that
    /// come or go meanwhile may be among them or not.
    ///
    /// # Errors
    /// When the store does not answer.
    fn list(&self, each: &mut dyn FnMut(Uuid)) -> Result<(), KeyError>;
}

/// The key file, which all instances on one machine share.
pub trait KeyFile: Send + Sync {
    /// Its keys; `None` while it is the same as when this was last asked.
    ///
    /// # Errors
    /// When it cannot be read, is open to others, or holds something else.
    fn read_changed(&self) -> Result<Option<Keyring>, KeyError>;

    /// Its keys after `change` was made to them, by one process at a time; `None` leaves it as it is.
    ///
    /// # Errors
    /// When it cannot be read or written.
    fn change(&self, change: &mut dyn FnMut(&Keyring) -> Option<Keyring>) -> Result<Keyring, KeyError>;
}
