//! A context for use cases: a clock that stands until it is moved, seeded chance, the ADMAX profile, and systems
//! that refuse unless a test gives its own.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use dataratt::adapters::package::ZipPacking;
use dataratt::adapters::profiles;
use dataratt::adapters::templates::look::OrganisationLook;
use dataratt::domain::filing::Periods;
use dataratt::domain::keyring::Keyring;
use dataratt::domain::organisation::Organisation;
use dataratt::domain::sealing::SecretKey;
use dataratt::services::ports::{Anchor, Clock, KeyError, KeyStore, Random, System, SystemError, Systems};
use dataratt::services::{Context, Keys, PasswordCost, Policy, RetentionPolicy};
use dataratt::store::Store;

/// Where people reach the service under test.
pub const PUBLIC_URL: &str = "https://dataratt.example";

/// A clock that stands still until a test moves it. Copies are the same clock.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    /// A clock that shows `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Moves it on.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }

    /// Sets it, forward or back.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap() = now;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// Chance that is the same in every run.
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// Two with the same seed give the same bytes.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

/// Keys of a service that has no key file; another seed is another deployment.
pub fn keys(seed: u8) -> Keys {
    let at = Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap();
    Keys::fixed(Keyring::new(
        SecretKey::new([seed; 32]),
        SecretKey::new([seed + 100; 32]),
        at,
    ))
}

/// Wrapped keys that are gone with the test.
#[derive(Default)]
pub struct MemoryKeys(Mutex<BTreeMap<uuid::Uuid, Vec<u8>>>);

impl KeyStore for MemoryKeys {
    fn put(&self, id: uuid::Uuid, wrapped: &[u8]) -> Result<(), KeyError> {
        self.0.lock().unwrap().insert(id, wrapped.to_vec());
        Ok(())
    }

    fn get(&self, id: uuid::Uuid) -> Result<Option<Vec<u8>>, KeyError> {
        Ok(self.0.lock().unwrap().get(&id).cloned())
    }

    fn replace(&self, id: uuid::Uuid, wrapped: &[u8]) -> Result<bool, KeyError> {
        let mut keys = self.0.lock().unwrap();
        Ok(keys.get_mut(&id).map(|key| *key = wrapped.to_vec()).is_some())
    }

    fn destroy(&self, id: uuid::Uuid) -> Result<(), KeyError> {
        self.0.lock().unwrap().remove(&id);
        Ok(())
    }

    fn list(&self, each: &mut dyn FnMut(uuid::Uuid)) -> Result<(), KeyError> {
        self.0.lock().unwrap().keys().copied().for_each(each);
        Ok(())
    }
}

/// A checkpoint kept in memory. Copies are the same.
#[derive(Clone, Default)]
pub struct MemoryAnchor(Arc<Mutex<Option<String>>>);

impl MemoryAnchor {
    /// Puts something in its place, as who restores or changes the file would.
    pub fn put(&self, text: Option<String>) {
        *self.0.lock().unwrap() = text;
    }
}

impl Anchor for MemoryAnchor {
    fn read(&self) -> std::io::Result<Option<String>> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn write(&self, text: &str) -> std::io::Result<()> {
        self.put(Some(text.to_owned()));
        Ok(())
    }
}

/// No system is connected.
pub struct NoSystems;

impl Systems for NoSystems {
    fn get(&self, id: &str) -> Result<Arc<dyn System>, SystemError> {
        Err(SystemError::NotConnected {
            system: id.to_owned(),
            reason: "this test connects none".to_owned(),
        })
    }
}

/// A context and the clock that moves it. It dereferences to its [`Context`], whose fields a test may replace.
pub struct TestContext {
    ctx: Context,
    /// Its clock.
    pub clock: TestClock,
    /// Where its trail's newest checkpoint is kept.
    pub anchor: MemoryAnchor,
    instances: Arc<AtomicU64>,
}

impl TestContext {
    /// A context over `store`, on Monday 2026-11-23 at 08:00 UTC, with a password hash that costs next to nothing.
    pub fn new(store: Store) -> Self {
        let clock = TestClock::at(Utc.with_ymd_and_hms(2026, 11, 23, 8, 0, 0).unwrap());
        let anchor = MemoryAnchor::default();
        let ctx = Context {
            store,
            clock: Arc::new(clock.clone()),
            random: Arc::new(SeededRandom::new(1)),
            keys: keys(42),
            key_store: Arc::new(MemoryKeys::default()),
            organisation: Arc::clone(&ADMAX),
            systems: Arc::new(NoSystems),
            anchor: Arc::new(anchor.clone()),
            packing: Arc::new(packing(&ADMAX)),
            policy: policy(),
        };
        Self {
            ctx,
            clock,
            anchor,
            instances: Arc::new(AtomicU64::new(1)),
        }
    }

    /// Another instance of the service: same database, keys and clock, chance of its own.
    pub fn another(&self) -> Self {
        let seed = self.instances.fetch_add(1, Ordering::Relaxed) + 1;
        let ctx = Context {
            random: Arc::new(SeededRandom::new(seed)),
            ..self.ctx.clone()
        };
        Self {
            ctx,
            clock: self.clock.clone(),
            anchor: self.anchor.clone(),
            instances: Arc::clone(&self.instances),
        }
    }

    /// Moves the clock on.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }
}

impl Deref for TestContext {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.ctx
    }
}

impl DerefMut for TestContext {
    fn deref_mut(&mut self) -> &mut Context {
        &mut self.ctx
    }
}

/// A profile that ships, read once.
pub fn organisation(profile: &str) -> Arc<Organisation> {
    static READ: Mutex<BTreeMap<String, Arc<Organisation>>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock().unwrap();
    let organisation = read
        .entry(profile.to_owned())
        .or_insert_with(|| Arc::new(profiles::load(profile).expect("the profile ships")));
    Arc::clone(organisation)
}

static ADMAX: LazyLock<Arc<Organisation>> = LazyLock::new(|| organisation("admax"));

/// Packages in the name of an organisation.
pub fn packing(organisation: &Arc<Organisation>) -> ZipPacking {
    ZipPacking {
        organisation: Arc::clone(organisation),
        look: OrganisationLook {
            name: organisation.name.clone(),
            legal_name: organisation.name.clone(),
            organisation_number: organisation.organisation_number.clone().unwrap_or_default(),
            email: organisation.contact.email.clone(),
            phone: None,
            dpo: None,
            colour: organisation.colour.css().to_owned(),
            public_url: PUBLIC_URL.to_owned(),
        },
    }
}

/// Settings as a deployment has them, but for the cost of passwords.
pub fn policy() -> Policy {
    Policy {
        cool_off: Duration::from_hours(24),
        lift_lead: Duration::from_hours(7 * 24),
        account_end_quarantine_days: 14,
        limits: true,
        public_url: PUBLIC_URL.to_owned(),
        portal: None,
        retention: RetentionPolicy {
            purge_approval: true,
            propose_again_after_days: 30,
        },
        filing: Periods::default(),
        password_cost: PasswordCost {
            memory_kib: 8,
            passes: 1,
        },
    }
}

#[test]
fn a_clock_moves_only_when_told() {
    let clock = TestClock::at(Utc.with_ymd_and_hms(2026, 11, 23, 8, 0, 0).unwrap());
    let copy = clock.clone();
    let before = copy.now();
    clock.advance(TimeDelta::minutes(5));
    assert_eq!(copy.now() - before, TimeDelta::minutes(5));
}

#[test]
fn a_seed_repeats_and_another_does_not() {
    let bytes = |seed| {
        let mut bytes = [0; 16];
        SeededRandom::new(seed).fill(&mut bytes);
        bytes
    };
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}
