//! The second factor.

use std::sync::Arc;

use chrono::TimeDelta;
use dataratt::adapters::keys::FileOfKeys;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts::{self, LoggedIn};
use dataratt::services::{Context, Keys, Result, keys};
use totp_rs::{Builder, Secret, Totp};

use super::{NETWORK, PASSWORD, World, refusal, wrong_fields};
use crate::support::context::SeededRandom;

const ANNA: &str = "anna@host.example";

/// A world in which Anna has an authenticator, whose first code is used up and over.
fn world() -> (World, Totp) {
    let world = World::new();
    let totp = equipped(&world);
    (world, totp)
}

fn equipped(world: &World) -> Totp {
    let anna = world.person(ANNA, Role::Agent);
    let who = accounts::authenticate(world, &world.token(ANNA)).unwrap();
    let offer = accounts::offer_totp(world, &anna, None).unwrap();
    let totp = authenticator(&offer.secret);
    accounts::enable_totp(world, &who, PASSWORD, &offer.secret, &code(world, &totp)).unwrap();
    world.advance(TimeDelta::minutes(2));
    totp
}

fn authenticator(secret: &str) -> Totp {
    let secret = Secret::try_from_base32(secret).unwrap();
    Builder::new().with_secret(secret).build().unwrap()
}

fn code(ctx: &Context, totp: &Totp) -> String {
    totp.generate(ctx.now().timestamp().unsigned_abs()).to_string()
}

fn login(ctx: &Context, password: &str, code: Option<&str>) -> Result<LoggedIn> {
    accounts::login(ctx, ANNA, password, code, NETWORK)
}

#[test]
fn it_outlives_the_master_key_that_sealed_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new();
    let file = FileOfKeys::open(
        &folder.path().join("secret.key"),
        &SeededRandom::new(9),
        world.now(),
    )
    .unwrap();
    world.keys = Keys::of_file(Arc::new(file)).unwrap();
    let totp = equipped(&world);
    let sealed = || -> Vec<u8> {
        let sql = "SELECT totp_sealed FROM staff WHERE totp_sealed IS NOT NULL";
        world.database.owner().query_one(sql, &[]).unwrap().get(0)
    };
    let before = sealed();
    assert_eq!(keys::rotate(&world, &Actor::System).unwrap(), 2);
    let retire = || keys::retire(&world, &Actor::System, 1).map_err(|error| error.code());
    assert_eq!(retire(), Err("master_key_in_use"));
    login(&world, PASSWORD, Some(&code(&world, &totp))).unwrap();
    keys::rewrap(&world).unwrap();
    assert_ne!(sealed(), before, "the new key seals it");
    world.advance(TimeDelta::hours(2));
    retire().unwrap();
    login(&world, PASSWORD, Some(&code(&world, &totp))).unwrap();
}

#[test]
fn a_code_is_asked_for_after_the_right_password_only() {
    let (world, totp) = world();
    let wrong = "Wrong-horse-0123456789abcdef";
    let good = code(&world, &totp);
    assert_eq!(refusal(login(&world, wrong, None)), "login_failed");
    assert_eq!(refusal(login(&world, wrong, Some(&good))), "login_failed");
    assert_eq!(refusal(login(&world, PASSWORD, None)), "totp_required");
    assert_eq!(refusal(login(&world, PASSWORD, Some(" "))), "totp_required");
    assert!(login(&world, PASSWORD, Some(&good)).is_ok());
    assert!(accounts::find(&world, &Actor::System, ANNA).unwrap().totp);
}

#[rstest::rstest]
#[case::now(0, true)]
#[case::before(-30, true)]
#[case::after(30, true)]
#[case::two_before(-60, false)]
#[case::two_after(60, false)]
fn a_code_is_good_for_its_step_and_the_ones_beside_it(#[case] seconds: i64, #[case] good: bool) {
    let (world, totp) = world();
    let at = world.now() + TimeDelta::seconds(seconds);
    let code = totp.generate(at.timestamp().unsigned_abs()).to_string();
    assert_eq!(login(&world, PASSWORD, Some(&code)).is_ok(), good);
}

#[rstest::rstest]
#[case("")]
#[case("000")]
#[case("abcdef")]
#[case("0000000000")]
#[case("å1🦀")]
fn what_is_no_code_does_not_pass(#[case] typed: &str) {
    let (world, _) = world();
    let outcome = login(&world, PASSWORD, Some(&format!("{typed}x")));
    assert_eq!(refusal(outcome), "totp_invalid");
}

#[test]
fn spaces_in_a_code_are_forgiven() {
    let (world, totp) = world();
    let code = code(&world, &totp);
    let typed = format!(" {} {} ", &code[..3], &code[3..]);
    assert!(login(&world, PASSWORD, Some(&typed)).is_ok());
}

#[test]
fn a_code_works_once_and_so_do_those_before_it() {
    let (world, totp) = world();
    let (earlier, now) = (
        totp.generate(world.now().timestamp().unsigned_abs() - 30)
            .to_string(),
        code(&world, &totp),
    );
    assert!(login(&world, PASSWORD, Some(&now)).is_ok());
    assert_eq!(refusal(login(&world, PASSWORD, Some(&now))), "totp_invalid");
    assert_eq!(refusal(login(&world, PASSWORD, Some(&earlier))), "totp_invalid");
    world.advance(TimeDelta::seconds(30));
    assert!(login(&world, PASSWORD, Some(&code(&world, &totp))).is_ok());
}

#[test]
fn of_the_same_code_many_times_at_once_one_gets_in() {
    let (world, totp) = world();
    let code = code(&world, &totp);
    let outcomes: Vec<Result<LoggedIn>> = std::thread::scope(|scope| {
        let logins: Vec<_> = (0..8)
            .map(|_| {
                let (instance, code) = (world.another(), &code);
                scope.spawn(move || login(&instance, PASSWORD, Some(code)))
            })
            .collect();
        logins.into_iter().map(|login| login.join().unwrap()).collect()
    });
    let (passed, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((passed.len(), refused.len()), (1, 7));
    for outcome in refused {
        assert_eq!(refusal(outcome), "totp_invalid");
    }
}

#[test]
fn wrong_codes_are_counted_as_failures() {
    let (world, totp) = world();
    for _ in 0..10 {
        assert_eq!(refusal(login(&world, PASSWORD, Some("x"))), "totp_invalid");
    }
    let good = code(&world, &totp);
    assert_eq!(refusal(login(&world, PASSWORD, Some(&good))), "too_many");
}

#[test]
fn being_asked_for_the_code_is_no_failure() {
    let (world, totp) = world();
    for _ in 0..12 {
        assert_eq!(refusal(login(&world, PASSWORD, None)), "totp_required");
    }
    assert!(login(&world, PASSWORD, Some(&code(&world, &totp))).is_ok());
}

#[test]
fn only_who_shows_a_code_enables_it() {
    let world = World::new();
    let anna = world.person(ANNA, Role::Agent);
    let who = accounts::authenticate(&world, &world.token(ANNA)).unwrap();
    let offer = accounts::offer_totp(&world, &anna, None).unwrap();
    assert!(offer.url.starts_with("otpauth://totp/") && offer.url.contains(&offer.secret));
    let wrong = accounts::enable_totp(&world, &who, PASSWORD, &offer.secret, "x");
    assert_eq!(wrong_fields(wrong), [("code", "invalid")]);
    for secret in ["", "not base 32!", "JBSWY3DP"] {
        let weak = accounts::enable_totp(&world, &who, PASSWORD, secret, "000000");
        assert_eq!(wrong_fields(weak), [("secret", "invalid")], "{secret}");
    }
    assert!(
        world.login(ANNA, PASSWORD).is_ok(),
        "an offer asks for nothing yet"
    );
}

#[test]
fn the_code_that_enabled_it_is_used_up() {
    let world = World::new();
    let anna = world.person(ANNA, Role::Agent);
    let who = accounts::authenticate(&world, &world.token(ANNA)).unwrap();
    let offer = accounts::offer_totp(&world, &anna, None).unwrap();
    let code = code(&world, &authenticator(&offer.secret));
    accounts::enable_totp(&world, &who, PASSWORD, &offer.secret, &code).unwrap();
    assert_eq!(refusal(login(&world, PASSWORD, Some(&code))), "totp_invalid");
    assert_eq!(world.actions().pop().unwrap(), "totp_enabled");
}

/// Who got hold of a session cannot put an authenticator of their own in the place of the person's.
#[test]
fn it_cannot_be_exchanged_from_within_a_session() {
    let (world, totp) = world();
    let token = login(&world, PASSWORD, Some(&code(&world, &totp))).unwrap().token;
    let who = accounts::authenticate(&world, &token).unwrap();
    let offer = accounts::offer_totp(&world, &who.staff, None).unwrap();
    let other = code(&world, &authenticator(&offer.secret));
    let outcome = accounts::enable_totp(&world, &who, PASSWORD, &offer.secret, &other);
    assert_eq!(refusal(outcome), "totp_enabled");
}

#[test]
fn a_reset_takes_it_away() {
    let (world, _) = world();
    let anna = accounts::find(&world, &Actor::System, ANNA).unwrap();
    accounts::reset(&world, &Actor::System, anna.id, PASSWORD).unwrap();
    assert!(world.login(ANNA, PASSWORD).is_ok());
    let reset = world
        .trail()
        .into_iter()
        .find(|event| event.action == "staff_reset")
        .unwrap();
    assert_eq!(reset.detail["totp_removed"], true);
}

#[test]
fn the_secret_is_sealed_for_its_person() {
    let (world, totp) = world();
    world.person("bo@host.example", Role::Agent);
    let mut owner = world.database.owner();
    let sealed: Vec<u8> = owner
        .query_one("SELECT totp_sealed FROM staff WHERE email = $1", &[&ANNA])
        .unwrap()
        .get(0);
    let secret = totp.secret().as_bytes();
    assert!(!sealed.windows(secret.len()).any(|window| window == secret));
    owner
        .execute("UPDATE staff SET totp_sealed = $1", &[&sealed])
        .unwrap();
    let code = code(&world, &totp);
    let moved = accounts::login(&world, "bo@host.example", PASSWORD, Some(&code), NETWORK);
    assert_eq!(
        refusal(moved),
        "internal",
        "a secret moved to another row does not open"
    );
}

#[test]
fn a_machine_has_none() {
    let world = World::new();
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    let who = accounts::authenticate_key(&world, &key.secret).unwrap();
    let offer = accounts::offer_totp(&world, &who.staff, None).unwrap();
    let code = code(&world, &authenticator(&offer.secret));
    let outcome = accounts::enable_totp(&world, &who, PASSWORD, &offer.secret, &code);
    assert_eq!(refusal(outcome), "machine_has_no_password");
}
