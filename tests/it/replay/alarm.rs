//! A system that went back in time is found by its marker row.

use dataratt::domain::staff::Actor;
use dataratt::services::replaying;

use super::{BILLING, erased, gone_back, replayed};
use crate::support::world::World;

#[test]
fn a_restore_is_told_of_on_the_case_until_it_was_replayed() {
    let (world, _, case) = gone_back();
    assert_eq!(world.find(&case.reference).attention, None);
    assert_eq!(replaying::look(&world).unwrap(), 1);
    assert_eq!(replaying::look(&world).unwrap(), 0, "it is told once");
    assert_eq!(
        world.find(&case.reference).attention.as_deref(),
        Some(replaying::ATTENTION)
    );
    assert_eq!(replaying::count_undone(&world).unwrap(), 1);
    let backs = replaying::backs(&world).unwrap();
    assert_eq!(
        (backs[0].system.as_str(), backs[0].to, backs.len()),
        ("billing", None, 1)
    );

    assert_eq!(replayed(&world).people, 1);
    assert_eq!(world.find(&case.reference).attention, None);
    assert_eq!(replaying::backs(&world).unwrap(), []);
    assert_eq!(replaying::look(&world).unwrap(), 0, "it is where it was");
    for action in ["system_went_back", "erasure_undone", "erasures_replayed"] {
        let told = format!("SELECT count(*) FROM audit_events WHERE action = '{action}'");
        assert_eq!(world.database.count(&told), 1, "{action}");
    }
}

#[test]
fn what_was_erased_before_the_backup_stays_done() {
    let mut world = World::new();
    let people = world.host.people();
    let before = erased(&world, &people[0]);
    let backup = {
        // Nobody may be connected to what is copied.
        world.ctx.systems = std::sync::Arc::new(world.host.connected(&Default::default()));
        world.app.ctx.systems = std::sync::Arc::clone(&world.ctx.systems);
        world.host.back_up(BILLING)
    };
    super::reconnect(&mut world);
    world.advance(chrono::TimeDelta::hours(1));
    let after = erased(&world, &people[1]);
    world.host.restore(BILLING, backup);
    super::reconnect(&mut world);

    assert_eq!(replaying::look(&world).unwrap(), 1);
    assert_eq!(world.find(&before.reference).attention, None);
    assert_eq!(
        world.find(&after.reference).attention.as_deref(),
        Some(replaying::ATTENTION)
    );
    let done = replayed(&world);
    assert_eq!((done.people, done.gone_since.is_some()), (1, true));
}

#[test]
fn a_system_without_a_restore_is_never_told_of() {
    let world = World::new();
    assert_eq!(
        replaying::look(&world).unwrap(),
        0,
        "nothing was erased in it yet"
    );
    let person = world.host.people()[0].clone();
    erased(&world, &person);
    assert_eq!(replaying::look(&world).unwrap(), 0);
    let unknown = replaying::Asked {
        system: "bilbing".to_owned(),
        backup_of: None,
        dry_run: true,
    };
    let refused = replaying::replay(&world, &Actor::System, &unknown).unwrap_err();
    assert_eq!(refused.code(), "not_found");
}
