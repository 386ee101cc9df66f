//! Keys that nothing needs are cleared away, and no others.

use chrono::TimeDelta;
use dataratt::domain::staff::Actor;
use dataratt::services::intake::{self, Arrival, Request, Typed};
use dataratt::services::keys;
use uuid::Uuid;

use crate::support::context::TestContext;
use crate::support::database::database;

fn ids(ctx: &TestContext) -> Vec<Uuid> {
    let mut ids = Vec::new();
    ctx.key_store.list(&mut |id| ids.push(id)).unwrap();
    ids
}

fn submit(ctx: &TestContext, idempotency: Option<(&str, &[u8])>) -> dataratt::services::Result<Uuid> {
    let typed = Typed {
        right: Some("access".into()),
        email: Some("anna@kund.example".into()),
        ..Typed::default()
    };
    let arrival = Arrival {
        channel: "web",
        received_at: ctx.now(),
        actor: Actor::Person,
        idempotency,
        proofs: vec![],
    };
    let request = Request::parse(&typed, ctx.now(), true).unwrap();
    Ok(intake::submit(ctx, &request, &arrival)?.id.0)
}

#[test]
fn a_key_without_its_case_goes_after_an_hour_and_nothing_else_does() {
    let database = database();
    let ctx = TestContext::new(database.store());
    let case = submit(&ctx, None).unwrap();
    // As if the process had been killed before the case was written.
    let orphan = ctx.new_id();
    keys::make(&ctx, orphan).unwrap();
    ctx.advance(TimeDelta::minutes(59));
    assert_eq!(keys::sweep_orphans(&ctx).unwrap(), 0);
    ctx.advance(TimeDelta::minutes(2));
    assert_eq!(keys::sweep_orphans(&ctx).unwrap(), 1);
    assert_eq!(ids(&ctx), [case]);
    assert_eq!(keys::sweep_orphans(&ctx).unwrap(), 0);
}

#[test]
fn a_store_of_another_database_is_left_alone() {
    let (one, other) = (database(), database());
    let mut ctx = TestContext::new(one.store());
    for _ in 0..3 {
        submit(&ctx, None).unwrap();
    }
    ctx.store = other.store();
    ctx.advance(TimeDelta::hours(2));
    submit(&ctx, None).unwrap();
    assert_eq!(keys::sweep_orphans(&ctx).unwrap(), 0);
    assert_eq!(ids(&ctx).len(), 4);
}

#[test]
fn a_repeated_or_refused_submission_leaves_no_key() {
    let database = database();
    let ctx = TestContext::new(database.store());
    let case = submit(&ctx, Some(("k", b"one"))).unwrap();
    assert_eq!(submit(&ctx, Some(("k", b"one"))).unwrap(), case);
    assert_eq!(
        submit(&ctx, Some(("k", b"another"))).unwrap_err().code(),
        "idempotency_mismatch"
    );
    assert_eq!(ids(&ctx), [case]);
}

#[test]
fn no_case_is_made_when_its_key_cannot_be_kept() {
    let database = database();
    let mut ctx = TestContext::new(database.store());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("keys");
    ctx.key_store = std::sync::Arc::new(dataratt::adapters::keys::DirectoryKeys::open(root.clone()).unwrap());
    std::fs::remove_dir(&root).unwrap();
    std::fs::write(&root, "a file in the way").unwrap();
    assert_eq!(submit(&ctx, None).unwrap_err().code(), "key_store_unavailable");
    assert_eq!(database.count("SELECT count(*) FROM cases"), 0);
}
