//! Passwords of staff: what they must be (OWASP ASVS 5.0, 6.2), and hashing them within bounds.

use std::num::NonZero;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use zxcvbn::Score;

use crate::services::{Context, Error, FieldError, PasswordCost, Result};

/// Fewest characters of a password.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// Most characters of a password.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// Shorter words than this are parts of anything.
const KNOWN_WORD_CHARS: usize = 4;
/// Fewest characters beside known words.
const REST_CHARS: usize = 8;
const SALT_BYTES: usize = 16;
/// How long a hash waits for its turn before the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// As many hashes at once as there are cores: more would only take memory.
static GATE: LazyLock<Gate> =
    LazyLock::new(|| Gate::new(std::thread::available_parallelism().map_or(1, NonZero::get)));

/// What is wrong with a password that somebody wants to have. No composition is asked for; length and being hard to
/// guess are, also for who knows the address, the organisation and the product.
pub(super) fn refusal(ctx: &Context, password: &str, email: &str) -> Option<FieldError> {
    let code = match password.chars().count() {
        0..MIN_PASSWORD_CHARS => "too_short",
        MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS => {
            let known = known_words(ctx, email);
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let is_strong = zxcvbn::zxcvbn(password, &known).score() >= Score::Three;
            if is_strong && has_rest(password, &known) {
                return None;
            }
            "too_weak"
        }
        _ => "too_long",
    };
    Some(FieldError {
        field: "password",
        code,
    })
}

/// Words that who attacks this account tries first, in lower case, longest first.
fn known_words(ctx: &Context, email: &str) -> Vec<String> {
    let organisation = &ctx.organisation;
    let texts = ["dataratt", email, &organisation.name, &organisation.stem];
    let parts = texts.into_iter().flat_map(|text| {
        text.split(|c: char| !c.is_alphanumeric())
            .chain([text])
            .map(str::to_lowercase)
    });
    let mut words: Vec<String> = parts
        .filter(|word| word.chars().count() >= KNOWN_WORD_CHARS)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// Whether enough of the password is left without the known words: two of them side by side look stronger to an
/// estimate than they are.
fn has_rest(password: &str, known: &[&str]) -> bool {
    let rest = known
        .iter()
        .fold(password.to_lowercase(), |rest, word| rest.replace(word, ""));
    rest.chars().count() >= REST_CHARS
}

/// The argon2id hash of a password, in PHC form.
pub(super) fn hash(ctx: &Context, password: &str) -> Result<String> {
    let salt: [u8; SALT_BYTES] = ctx.random_bytes();
    let hasher = hasher(ctx.policy.password_cost)?;
    let hash = GATE.within(PATIENCE, || {
        hasher.hash_password_with_salt(password.as_bytes(), &salt)
    })?;
    Ok(hash
        .map_err(|error| Error::internal(error.to_string()))?
        .to_string())
}

/// Whether the password is the one `stored`. When none is stored, the same work is done in vain, so that time does
/// not tell who has an account.
pub(super) fn verify(ctx: &Context, password: &str, stored: Option<&str>) -> Result<bool> {
    let Some(stored) = stored else {
        return hash(ctx, password).map(|_| false);
    };
    let stored = PasswordHash::new(stored).map_err(|error| Error::internal(error.to_string()))?;
    // The cost is the stored hash's own.
    let right = GATE.within(PATIENCE, || {
        Argon2::default()
            .verify_password(password.as_bytes(), &stored)
            .is_ok()
    })?;
    Ok(right)
}

fn hasher(cost: PasswordCost) -> Result<Argon2<'static>> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None)
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Lets so many in at once.
struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Gate {
    const fn new(places: usize) -> Self {
        Self {
            free: Mutex::new(places),
            freed: Condvar::new(),
        }
    }

    /// Does `work` when it is its turn, or says that it is not within `patience`.
    fn within<T>(&self, patience: Duration, work: impl FnOnce() -> T) -> Result<T> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut free, _) = self
            .freed
            .wait_timeout_while(free, patience, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        if *free == 0 {
            return Err(Error::Unavailable("busy"));
        }
        *free -= 1;
        drop(free);
        let _place = Place(self);
        Ok(work())
    }
}

/// A place behind the gate, given back also when the work panics.
struct Place<'a>(&'a Gate);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn the_gate_lets_in_no_more_than_it_has_places() {
        let gate = Gate::new(2);
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let work = || {
                            let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
                            most.fetch_max(now, Ordering::SeqCst);
                            std::thread::yield_now();
                            inside.fetch_sub(1, Ordering::SeqCst);
                        };
                        gate.within(Duration::from_secs(10), work).unwrap();
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert_eq!(*gate.free.lock().unwrap(), 2, "every place was given back");
    }

    #[test]
    fn who_waits_too_long_is_told_to_come_back() {
        let gate = Gate::new(1);
        let inner = gate
            .within(Duration::ZERO, || gate.within(Duration::from_millis(1), || ()))
            .unwrap();
        assert_eq!(inner.unwrap_err().code(), "busy");
        assert!(gate.within(Duration::ZERO, || ()).is_ok());
    }

    #[test]
    fn work_that_panics_gives_its_place_back() {
        let gate = Gate::new(1);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            gate.within(Duration::ZERO, || panic!("as tests do")).ok();
        }));
        assert!(panicked.is_err());
        assert!(gate.within(Duration::ZERO, || ()).is_ok());
    }

    #[test]
    fn the_default_cost_is_what_the_hash_says() {
        let hash = hasher(PasswordCost::default())
            .unwrap()
            .hash_password_with_salt(b"a password", &[7; SALT_BYTES])
            .unwrap()
            .to_string();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }
}
