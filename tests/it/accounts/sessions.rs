//! What keeps a session alive and what ends it.

use chrono::TimeDelta;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;
use dataratt::store::sessions;

use super::{PASSWORD, World, refusal};

const ANNA: &str = "anna@host.example";
const NEW_PASSWORD: &str = "Battery-staple-0123456789abcdef";

fn world() -> (World, String) {
    let world = World::new();
    world.person(ANNA, Role::Agent);
    let token = world.token(ANNA);
    (world, token)
}

#[test]
fn half_an_hour_without_use_ends_it() {
    let (world, token) = world();
    world.advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
    assert!(accounts::authenticate(&world, &token).is_ok());
    world.advance(TimeDelta::minutes(29));
    assert!(accounts::authenticate(&world, &token).is_ok(), "use was noted");
    world.advance(TimeDelta::minutes(30));
    assert_eq!(refusal(accounts::authenticate(&world, &token)), "session_invalid");
}

#[test]
fn twelve_hours_end_it_however_much_it_is_used() {
    let (world, token) = world();
    for _ in 0..12 * 3 - 1 {
        world.advance(TimeDelta::minutes(20));
        assert!(accounts::authenticate(&world, &token).is_ok());
    }
    world.advance(TimeDelta::minutes(20));
    assert_eq!(refusal(accounts::authenticate(&world, &token)), "session_invalid");
}

#[test]
fn use_is_noted_at_most_once_a_minute() {
    let (world, token) = world();
    let seen = || {
        let query = "SELECT extract(epoch FROM last_seen_at - created_at)::bigint FROM sessions";
        world.database.count(query)
    };
    world.advance(TimeDelta::seconds(59));
    accounts::authenticate(&world, &token).unwrap();
    assert_eq!(seen(), 0);
    world.advance(TimeDelta::seconds(1));
    accounts::authenticate(&world, &token).unwrap();
    assert_eq!(seen(), 60);
}

#[test]
fn logging_out_ends_this_login_alone_and_everywhere() {
    let (world, token) = world();
    let kept = world.token(ANNA);
    let who = accounts::authenticate(&world, &token).unwrap();
    accounts::logout(&world, &who).unwrap();
    for instance in [&*world, &world.another()] {
        assert_eq!(
            refusal(accounts::authenticate(instance, &token)),
            "session_invalid"
        );
        assert!(accounts::authenticate(instance, &kept).is_ok());
    }
    assert_eq!(world.actions().pop().unwrap(), "logged_out");
}

#[test]
fn a_token_holds_on_another_instance() {
    let (world, token) = world();
    assert!(accounts::authenticate(&world.another(), &token).is_ok());
}

#[test]
fn who_is_deactivated_is_out_at_once() {
    let (world, token) = world();
    let who = accounts::authenticate(&world, &token).unwrap();
    accounts::deactivate(&world, &Actor::System, who.staff.id).unwrap();
    assert_eq!(refusal(accounts::authenticate(&world, &token)), "session_invalid");
    accounts::activate(&world, &Actor::System, who.staff.id).unwrap();
    assert_eq!(
        refusal(accounts::authenticate(&world, &token)),
        "session_invalid",
        "an old login stays ended"
    );
    assert!(world.login(ANNA, PASSWORD).is_ok());
}

/// Even when the sessions are left as they are, somebody inactive is refused.
#[test]
fn the_person_is_looked_at_each_time() {
    let (world, token) = world();
    world
        .database
        .owner()
        .batch_execute("UPDATE staff SET active = false")
        .unwrap();
    assert_eq!(refusal(accounts::authenticate(&world, &token)), "session_invalid");
}

#[test]
fn the_role_is_the_one_of_now() {
    let (world, token) = world();
    world
        .database
        .owner()
        .batch_execute("UPDATE staff SET role = 'auditor'")
        .unwrap();
    let who = accounts::authenticate(&world, &token).unwrap();
    assert_eq!(who.staff.role, Role::Auditor);
    assert!(matches!(
        who.actor,
        Actor::Staff {
            role: Role::Auditor,
            ..
        }
    ));
}

#[test]
fn a_reset_ends_all_logins_and_the_old_password() {
    let (world, token) = world();
    let second = world.token(ANNA);
    let id = accounts::authenticate(&world, &token).unwrap().staff.id;
    accounts::reset(&world, &Actor::System, id, NEW_PASSWORD).unwrap();
    for token in [&token, &second] {
        assert_eq!(refusal(accounts::authenticate(&world, token)), "session_invalid");
    }
    assert_eq!(refusal(world.login(ANNA, PASSWORD)), "login_failed");
    assert!(world.login(ANNA, NEW_PASSWORD).is_ok());
}

#[test]
fn ended_sessions_are_removed_and_live_ones_stay() {
    let (world, token) = world();
    let ended = world.token(ANNA);
    let who = accounts::authenticate(&world, &ended).unwrap();
    accounts::logout(&world, &who).unwrap();
    world.advance(TimeDelta::minutes(10));
    let mut conn = world.store.get().unwrap();
    let before = world.now();
    assert_eq!(sessions::delete_ended(&mut conn, before).unwrap(), 1);
    assert!(accounts::authenticate(&world, &token).is_ok());
    let over = before + TimeDelta::hours(12);
    assert_eq!(sessions::delete_ended(&mut conn, over).unwrap(), 1);
}
