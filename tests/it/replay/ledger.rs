//! The ledger holds what a backup may hold, and no longer; what was kept by law and purged is in it too.

use chrono::{TimeDelta, TimeZone, Utc};
use dataratt::adapters::sample::NastyCase;
use dataratt::domain::staff::Role;
use dataratt::services::{purging, replaying};

use super::{BILLING, contents, erased, gone_back, reconnect, replayed};
use crate::support::world::World;

fn entries(world: &World, system: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM erasure_ledger WHERE system = '{system}'");
    world.database.count(&sql)
}

#[test]
fn it_ends_with_the_last_backup_that_may_hold_the_row() {
    let world = World::new();
    let person = world.host.people()[0].clone();
    erased(&world, &person);
    let kept = |system: &str| entries(&world, system) > 0;
    assert!(kept("billing") && kept("hosting"));
    // The systems' backups expire after 35 and 30 days.
    let left = |days: i64| {
        world.advance(TimeDelta::days(days));
        replaying::forget_expired(&world).unwrap();
        (kept("billing"), kept("hosting"))
    };
    assert_eq!(left(30), (true, true));
    assert_eq!(left(1), (true, false));
    assert_eq!(left(4), (true, false));
    assert_eq!(left(1), (false, false));
}

#[test]
fn what_is_undone_stays_in_it() {
    let (world, _, _) = gone_back();
    replaying::look(&world).unwrap();
    world.advance(TimeDelta::days(100));
    replaying::forget_expired(&world).unwrap();
    assert!(entries(&world, "billing") > 0);
    assert_eq!(replayed(&world).people, 1);
    replaying::forget_expired(&world).unwrap();
    assert!(
        entries(&world, "billing") > 0,
        "a backup of today may hold the person again"
    );
}

#[test]
fn purged_books_that_came_back_are_purged_again() {
    let mut world = World::new();
    let number = NastyCase::CreditedOverNewYear.customer_number().unwrap();
    let mut people = world.host.people().into_iter();
    let person = people.find(|person| person.customer_number == number).unwrap();
    erased(&world, &person);
    world
        .clock
        .set(Utc.with_ymd_and_hms(2035, 1, 1, 11, 0, 0).unwrap());
    let nothing = dataratt::domain::data_map::DataMap::default();
    world.ctx.systems = std::sync::Arc::new(world.host.connected(&nothing));
    world.app.ctx.systems = std::sync::Arc::clone(&world.ctx.systems);
    let backup = world.host.back_up(BILLING);
    reconnect(&mut world);

    let list = purging::propose(&world).unwrap().list.unwrap();
    let approver = world.staff(Role::Approver);
    let version = purging::show(&world, &approver, list).unwrap().version;
    purging::act(&world, &approver, list, version, &purging::Action::Approve).unwrap();
    world.work();
    let after = contents(&world);
    world.host.restore(BILLING, backup);
    reconnect(&mut world);
    assert_ne!(contents(&world), after);
    let done = replayed(&world);
    assert_eq!(contents(&world), after);
    assert!(
        done.purged > 0 && done.failed == 0 && done.unclear == 0,
        "{done:?}"
    );
}
