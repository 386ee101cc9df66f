//! What people do with their own account.

use chrono::TimeDelta;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::Context;
use dataratt::services::accounts::{self, Authenticated};
use totp_rs::{Builder, Secret};

use super::{NETWORK, PASSWORD, World, refusal, wrong_fields};

const ANNA: &str = "anna@host.example";
const WRONG: &str = "Wrong-horse-0123456789abcdef";
const NEW: &str = "Another-stable-9876543210fedcba";

fn anna(world: &World) -> Authenticated {
    accounts::authenticate(world, &world.token(ANNA)).unwrap()
}

fn code(ctx: &Context, secret: &str) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    totp.generate(ctx.now().timestamp().unsigned_abs()).to_string()
}

#[test]
fn a_new_password_takes_the_old_one_and_ends_the_other_logins() {
    let world = World::new();
    world.person(ANNA, Role::Agent);
    let (here, elsewhere) = (world.token(ANNA), world.token(ANNA));
    let who = accounts::authenticate(&world, &here).unwrap();
    accounts::change_password(&world, &who, PASSWORD, NEW).unwrap();
    assert!(
        accounts::authenticate(&world, &here).is_ok(),
        "who did it goes on"
    );
    let ended = accounts::authenticate(&world, &elsewhere);
    assert_eq!(refusal(ended), "session_invalid");
    assert_eq!(refusal(world.login(ANNA, PASSWORD)), "login_failed");
    assert!(world.login(ANNA, NEW).is_ok());
    let event = world
        .trail()
        .into_iter()
        .find(|it| it.action == "password_changed");
    assert_eq!(event.unwrap().detail["sessions_ended"], 1);
}

#[test]
fn a_password_must_be_one_and_the_old_one_right() {
    let world = World::new();
    world.person(ANNA, Role::Agent);
    let who = anna(&world);
    let wrong = accounts::change_password(&world, &who, WRONG, NEW);
    assert_eq!(wrong_fields(wrong), [("password", "wrong")]);
    for (weak, expected) in [("short", "too_short"), ("aaaaaaaaaaaaaaaa", "too_weak")] {
        let refused = accounts::change_password(&world, &who, PASSWORD, weak);
        assert_eq!(wrong_fields(refused), [("new_password", expected)]);
    }
    assert!(world.login(ANNA, PASSWORD).is_ok());
}

#[test]
fn guessing_from_within_a_session_is_counted_as_at_the_login() {
    let world = World::new();
    world.person(ANNA, Role::Agent);
    let who = anna(&world);
    let offer = accounts::offer_totp(&world, &who.staff, None).unwrap();
    for number in 0..10 {
        let wrong = match number % 3 {
            0 => accounts::change_password(&world, &who, WRONG, NEW),
            1 => accounts::enable_totp(&world, &who, WRONG, &offer.secret, "1"),
            _ => accounts::disable_totp(&world, &who, WRONG, "1"),
        };
        assert_eq!(wrong_fields(wrong), [("password", "wrong")]);
    }
    assert_eq!(
        refusal(accounts::change_password(&world, &who, PASSWORD, NEW)),
        "too_many"
    );
    assert_eq!(refusal(world.login(ANNA, PASSWORD)), "too_many");
    world.advance(TimeDelta::minutes(16));
    accounts::change_password(&world, &who, PASSWORD, NEW).unwrap();
}

#[test]
fn who_has_the_authenticator_takes_it_away_with_a_code_that_works_once() {
    let world = World::new();
    world.person(ANNA, Role::Agent);
    let who = anna(&world);
    assert_eq!(
        refusal(accounts::disable_totp(&world, &who, PASSWORD, "123456")),
        "totp_off"
    );
    let offer = accounts::offer_totp(&world, &who.staff, None).unwrap();
    let again = accounts::offer_totp(&world, &who.staff, Some(&offer.secret)).unwrap();
    assert_eq!((again.secret, again.url), (offer.secret.clone(), offer.url));
    let first = code(&world, &offer.secret);
    accounts::enable_totp(&world, &who, PASSWORD, &offer.secret, &first).unwrap();
    let used = accounts::disable_totp(&world, &who, PASSWORD, &first);
    assert_eq!(wrong_fields(used), [("code", "invalid")]);
    let wrong = accounts::disable_totp(&world, &who, PASSWORD, "x");
    assert_eq!(wrong_fields(wrong), [("code", "invalid")]);
    world.advance(TimeDelta::seconds(60));
    accounts::disable_totp(&world, &who, PASSWORD, &code(&world, &offer.secret)).unwrap();
    assert!(accounts::login(&world, ANNA, PASSWORD, None, NETWORK).is_ok());
    assert!(!accounts::find(&world, &Actor::System, ANNA).unwrap().totp);
}
