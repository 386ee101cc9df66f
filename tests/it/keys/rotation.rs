//! The master key is exchanged while two instances take requests in.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use chrono::TimeDelta;
use dataratt::adapters::keys::{DirectoryKeys, FileOfKeys};
use dataratt::domain::keyring::wrapped_by;
use dataratt::domain::staff::Actor;
use dataratt::services::intake::{self, Arrival, Request, Typed};
use dataratt::services::{Keys, keys};
use dataratt::store::cases::{self, StoredCase};

use crate::support::context::{SeededRandom, TestContext};
use crate::support::database::database;

/// An instance with the key file and the key store in `folder`.
fn with_file(mut ctx: TestContext, folder: &Path) -> TestContext {
    let file = FileOfKeys::open(&folder.join("secret.key"), &SeededRandom::new(9), ctx.now()).unwrap();
    ctx.keys = Keys::of_file(Arc::new(file)).unwrap();
    ctx.key_store = Arc::new(DirectoryKeys::open(folder.join("keys")).unwrap());
    ctx
}

fn submit(ctx: &TestContext, email: &str) -> StoredCase {
    let typed = Typed {
        right: Some("access".into()),
        email: Some(email.into()),
        ..Typed::default()
    };
    let arrival = Arrival {
        channel: "web",
        received_at: ctx.now(),
        actor: Actor::Person,
        idempotency: None,
        proofs: vec![],
    };
    intake::submit(ctx, &Request::parse(&typed, ctx.now(), true).unwrap(), &arrival).unwrap()
}

/// How many keys each master key wraps.
fn wraps(ctx: &TestContext) -> BTreeMap<u32, usize> {
    let mut wraps = BTreeMap::new();
    let mut count = |id| {
        let wrapped = ctx.key_store.get(id).unwrap().unwrap();
        *wraps.entry(wrapped_by(&wrapped).unwrap()).or_default() += 1;
    };
    ctx.key_store.list(&mut count).unwrap();
    wraps
}

#[test]
fn requests_come_in_on_two_instances_while_the_master_key_is_exchanged() {
    let (database, folder) = (database(), tempfile::tempdir().unwrap());
    let one = with_file(TestContext::new(database.pool(8)), folder.path());
    let other = with_file(one.another(), folder.path());
    let before = submit(&one, "forst@kund.example");
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for (name, ctx) in [("ett", &one), ("tva", &other)] {
            let stop = &stop;
            scope.spawn(move || {
                let mut taken = 0;
                while !stop.load(Ordering::Relaxed) || taken < 10 {
                    let email = format!("{name}-{taken}@kund.example");
                    let case = submit(ctx, &email);
                    let (_, file) = intake::open_file(ctx, &case).unwrap();
                    assert_eq!(file.email.unwrap().as_str(), email);
                    taken += 1;
                }
            });
        }
        for expected in 2..=4 {
            assert_eq!(keys::rotate(&one, &Actor::System).unwrap(), expected);
            thread::scope(|both| {
                both.spawn(|| keys::rewrap(&one).unwrap());
                both.spawn(|| keys::rewrap(&other).unwrap());
            });
        }
        stop.store(true, Ordering::Relaxed);
    });
    keys::rewrap(&other).unwrap();
    let all = usize::try_from(database.count("SELECT count(*) FROM cases")).unwrap();
    assert_eq!(wraps(&one), BTreeMap::from([(4, all)]));
    assert!(all > 20);
    for ctx in [&one, &other] {
        let (_, file) = intake::open_file(ctx, &before).unwrap();
        assert_eq!(file.email.unwrap().as_str(), "forst@kund.example");
    }
}

#[test]
fn an_old_master_key_goes_when_nothing_uses_it() {
    let (database, folder) = (database(), tempfile::tempdir().unwrap());
    let ctx = with_file(TestContext::new(database.store()), folder.path());
    let case = submit(&ctx, "anna@kund.example");
    let digests = "SELECT encode(digest, 'hex') FROM case_digests";
    let before: String = database.owner().query_one(digests, &[]).unwrap().get(0);
    let retire = |id| keys::retire(&ctx, &Actor::System, id).map_err(|error| error.code());
    assert_eq!(retire(1), Err("master_key_in_use"));
    keys::rotate(&ctx, &Actor::System).unwrap();
    assert_eq!(retire(1), Err("master_key_in_use"));
    assert_eq!(keys::rewrap(&ctx).unwrap(), 1);
    assert_eq!(retire(1), Err("master_key_just_replaced"));
    ctx.advance(TimeDelta::hours(1) + TimeDelta::seconds(1));
    assert_eq!(retire(2), Err("master_key_in_use"));
    assert_eq!(retire(3), Err("not_found"));
    assert_eq!(retire(1), Ok(()));
    let (masters, unknown) = keys::masters(&ctx).unwrap();
    assert_eq!(
        (masters.len(), masters[0].id, masters[0].wraps, unknown),
        (1, 2, 1, 0)
    );

    // Another instance, started afterwards, opens the case and finds it by the same keyed hash.
    let later = with_file(ctx.another(), folder.path());
    let found = cases::find(&mut later.store.get().unwrap(), &case.reference).unwrap();
    intake::open_file(&later, &found).unwrap();
    submit(&later, "anna@kund.example");
    let same = format!("SELECT count(*) FROM case_digests WHERE encode(digest, 'hex') = '{before}'");
    assert_eq!(database.count(&same), 2);
}

#[test]
fn a_key_wrapped_by_a_master_key_that_is_missing_here_is_unavailable_not_lost() {
    let (database, folder, elsewhere) = (
        database(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let one = with_file(TestContext::new(database.store()), folder.path());
    std::fs::copy(
        folder.path().join("secret.key"),
        elsewhere.path().join("secret.key"),
    )
    .unwrap();
    let mut other = with_file(one.another(), elsewhere.path());
    other.key_store = Arc::clone(&one.key_store);
    keys::rotate(&one, &Actor::System).unwrap();
    let case = submit(&one, "anna@kund.example");
    let error = intake::open_file(&other, &case).unwrap_err();
    assert_eq!((error.code(), error.retryable()), ("master_key_missing", true));
    // Once the file has been copied, no restart is needed.
    let copied = std::fs::read(folder.path().join("secret.key")).unwrap();
    std::fs::write(elsewhere.path().join("secret.key"), copied).unwrap();
    intake::open_file(&other, &case).unwrap();
}
