//! Failed logins are counted by account and by network, for all instances together.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dataratt::domain::staff::Role;
use dataratt::services::accounts::{self, LoggedIn};
use dataratt::services::{Context, Error, Result};
use dataratt::store::throttles;

use super::{NETWORK, PASSWORD, World, refusal};

const WRONG: &str = "Wrong-horse-0123456789abcdef";
const ANNA: &str = "anna@host.example";

fn world() -> World {
    let world = World::new();
    world.person(ANNA, Role::Agent);
    world
}

fn from(ctx: &Context, email: &str, password: &str, network: &str) -> Result<LoggedIn> {
    accounts::login(ctx, email, password, None, network)
}

#[test]
fn ten_failures_close_an_account_on_every_instance_for_a_quarter_of_an_hour() {
    let world = world();
    let other = world.another();
    for number in 0..10 {
        let instance: &Context = if number % 2 == 0 { &world } else { &other };
        let network = format!("192.0.2.{number}");
        assert_eq!(refusal(from(instance, ANNA, WRONG, &network)), "login_failed");
        world.advance(TimeDelta::seconds(1));
    }
    for instance in [&*world, &other] {
        let refused = from(instance, ANNA, PASSWORD, "198.51.100.1").unwrap_err();
        assert!(
            matches!(refused, Error::TooMany { retry_after: 890 }),
            "{refused:?}"
        );
    }
    world.person("bo@host.example", Role::Agent);
    assert!(world.login("bo@host.example", PASSWORD).is_ok());
    world.advance(TimeDelta::seconds(890));
    assert!(from(&other, ANNA, PASSWORD, NETWORK).is_ok());
}

#[test]
fn how_an_address_is_written_makes_no_new_budget() {
    let world = world();
    for spelling in [
        ANNA,
        "ANNA@host.example",
        " anna@HOST.example",
        "Anna@host.example ",
    ] {
        for _ in 0..3 {
            world.login(spelling, WRONG).unwrap_err();
        }
    }
    assert_eq!(refusal(world.login(ANNA, PASSWORD)), "too_many");
}

#[test]
fn unknown_addresses_close_as_known_ones_do() {
    let world = world();
    let codes = |email: &str, network: &str| -> Vec<&str> {
        (0..12)
            .map(|_| refusal(from(&world, email, WRONG, network)))
            .collect()
    };
    assert_eq!(
        codes(ANNA, "192.0.2.1"),
        codes("nobody@host.example", "192.0.2.2")
    );
}

#[test]
fn fifty_failures_close_a_network_and_spare_the_accounts() {
    let world = world();
    for number in 0..50 {
        let email = format!("nobody{number}@host.example");
        assert_eq!(refusal(world.login(&email, WRONG)), "login_failed");
    }
    for _ in 0..20 {
        assert_eq!(refusal(world.login(ANNA, WRONG)), "too_many");
    }
    assert!(from(&world, ANNA, PASSWORD, "198.51.100.1").is_ok());
}

#[test]
fn who_succeeds_is_not_counted() {
    let world = world();
    for _ in 0..60 {
        world.login(ANNA, PASSWORD).unwrap();
    }
}

#[test]
fn a_success_does_not_wipe_out_failures() {
    let world = world();
    for _ in 0..9 {
        world.login(ANNA, WRONG).unwrap_err();
    }
    world.login(ANNA, PASSWORD).unwrap();
    assert_eq!(refusal(world.login(ANNA, WRONG)), "login_failed");
    assert_eq!(refusal(world.login(ANNA, PASSWORD)), "too_many");
}

/// Counts one more of at most two; says whether it was allowed.
fn take(world: &World) -> bool {
    let mut conn = world.store.get().unwrap();
    let window = Duration::from_mins(15);
    throttles::take(&mut conn, "tried", &[7; 32], 2, window, world.now())
        .unwrap()
        .allowed
}

fn give_back(world: &World, taken_at: DateTime<Utc>) {
    let mut conn = world.store.get().unwrap();
    throttles::give_back(&mut conn, "tried", &[7; 32], 2, taken_at).unwrap();
}

#[test]
fn what_is_given_back_can_be_taken_once_more_whoever_was_refused_meanwhile() {
    let world = World::new();
    let at = world.now();
    assert_eq!([take(&world), take(&world), take(&world)], [true, true, false]);
    give_back(&world, at);
    assert_eq!([take(&world), take(&world)], [true, false]);
}

#[test]
fn what_another_window_counted_is_not_given_back() {
    let world = World::new();
    let at = world.now();
    assert!(take(&world));
    world.advance(TimeDelta::minutes(15));
    assert_eq!([take(&world), take(&world)], [true, true]);
    give_back(&world, at);
    assert!(!take(&world));
}

#[test]
fn there_is_no_more_to_give_back_than_was_taken() {
    let world = World::new();
    let at = world.now();
    give_back(&world, at);
    assert!(take(&world));
    for _ in 0..3 {
        give_back(&world, at);
    }
    assert_eq!([take(&world), take(&world), take(&world)], [true, true, false]);
}

#[test]
fn many_guesses_at_once_have_one_budget() {
    let world = world();
    let codes: Vec<&str> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..30)
            .map(|_| {
                let instance = world.another();
                scope.spawn(move || refusal(from(&instance, ANNA, WRONG, NETWORK)))
            })
            .collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let of = |code: &str| codes.iter().filter(|found| **found == code).count();
    assert_eq!((of("login_failed"), of("too_many")), (10, 20));
}

#[test]
fn limits_can_be_lifted_for_load_tests() {
    let mut world = world();
    world.policy.limits = false;
    for _ in 0..60 {
        assert_eq!(refusal(world.login(ANNA, WRONG)), "login_failed");
    }
    assert_eq!(world.database.count("SELECT count(*) FROM throttles"), 0);
}

#[test]
fn counters_hold_neither_address_nor_network() {
    let world = world();
    world.login(ANNA, WRONG).unwrap_err();
    let readable = format!(
        "SELECT count(*) FROM throttles WHERE encode(subject, 'escape') LIKE '%anna%' \
         OR encode(subject, 'escape') LIKE '%{NETWORK}%'"
    );
    assert_eq!(world.database.count(&readable), 0);
    assert_eq!(world.database.count("SELECT count(*) FROM throttles"), 2);
}
