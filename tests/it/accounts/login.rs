//! Logging in: who gets in, who does not, and that the two look alike from outside.

use chrono::TimeDelta;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;
use dataratt::services::{Context, PasswordCost};

use super::{NETWORK, PASSWORD, World, refusal};
use crate::support::fixtures::eventually;

#[test]
fn the_right_password_opens_a_session_of_twelve_hours() {
    let world = World::new();
    let anna = world.person("Anna@Host.example", Role::Agent);
    let logged_in = world.login(" ANNA@host.example ", PASSWORD).unwrap();
    assert_eq!((logged_in.staff, logged_in.role), (anna.id, Role::Agent));
    assert_eq!(logged_in.expires_at - world.now(), TimeDelta::hours(12));
    let who = accounts::authenticate(&world, &logged_in.token).unwrap();
    assert_eq!(who.staff, anna);
    assert_eq!(
        who.actor,
        Actor::Staff {
            id: anna.id,
            role: Role::Agent
        }
    );
}

#[test]
fn each_login_has_a_token_of_its_own() {
    let world = World::new();
    world.person("anna@host.example", Role::Agent);
    let (one, other) = (world.token("anna@host.example"), world.token("anna@host.example"));
    assert_ne!(one, other);
    assert!(!format!("{:?}", world.login("anna@host.example", PASSWORD)).contains("eyJ"));
}

#[rstest::rstest]
#[case::wrong_password("anna@host.example", "Wrong-horse-0123456789abcdef")]
#[case::empty_password("anna@host.example", "")]
#[case::other_case("anna@host.example", "correct-horse-0123456789abcdef")]
#[case::unknown("nobody@host.example", PASSWORD)]
#[case::inactive("gone@host.example", PASSWORD)]
#[case::machine("portal", PASSWORD)]
#[case::machine_without_password("portal", "")]
#[case::no_address("anna", PASSWORD)]
#[case::nothing("", "")]
fn everybody_else_gets_one_and_the_same_answer(#[case] email: &str, #[case] password: &str) {
    let world = World::new();
    world.person("anna@host.example", Role::Agent);
    let gone = world.person("gone@host.example", Role::Agent);
    accounts::deactivate(&world, &Actor::System, gone.id).unwrap();
    accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    assert_eq!(refusal(world.login(email, password)), "login_failed");
    assert_eq!(world.database.count("SELECT count(*) FROM sessions"), 0);
}

/// With a cost that cannot be hashed at, every hash fails: so where no stored hash is looked at, one is made.
#[rstest::rstest]
#[case::unknown("nobody@host.example")]
#[case::inactive("gone@host.example")]
#[case::machine("portal")]
#[case::no_address("?")]
fn a_hash_is_made_in_vain_for_who_has_no_password(#[case] email: &str) {
    let mut world = World::new();
    let gone = world.person("gone@host.example", Role::Agent);
    accounts::deactivate(&world, &Actor::System, gone.id).unwrap();
    accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    impossible_cost(&mut world);
    assert_eq!(refusal(world.login(email, PASSWORD)), "internal");
}

fn impossible_cost(ctx: &mut Context) {
    ctx.policy.password_cost = PasswordCost {
        memory_kib: 0,
        passes: 0,
    };
}

#[test]
fn a_stored_hash_is_checked_at_its_own_cost() {
    let mut world = World::new();
    world.person("anna@host.example", Role::Agent);
    impossible_cost(&mut world);
    assert!(world.login("anna@host.example", PASSWORD).is_ok());
    let wrong = world.login("anna@host.example", "Wrong-horse-0123456789abcdef");
    assert_eq!(refusal(wrong), "login_failed");
}

#[test]
fn hashes_are_argon2id_with_salts_of_their_own() {
    let world = World::new();
    world.person("anna@host.example", Role::Agent);
    world.person("bo@host.example", Role::Agent);
    let good = "SELECT count(DISTINCT password_hash) FROM staff \
                WHERE password_hash LIKE '$argon2id$v=19$m=8,t=1,p=1$%'";
    assert_eq!(world.database.count(good), 2);
}

/// The password is checked before the session is opened; a reset between the two must not leave a session behind.
#[test]
fn a_reset_in_the_middle_of_a_login_wins() {
    let world = World::new();
    world.person("anna@host.example", Role::Agent);
    let mut owner = world.database.owner();
    let mut reset = owner.transaction().unwrap();
    reset
        .batch_execute("UPDATE staff SET password_hash = password_hash || 'x'")
        .unwrap();
    let outcome = std::thread::scope(|scope| {
        let login = scope.spawn(|| world.login("anna@host.example", PASSWORD));
        let waiting = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("the login waits for the reset", || {
            (world.database.count(waiting) == 1).then_some(())
        });
        reset.commit().unwrap();
        login.join().unwrap()
    });
    assert_eq!(refusal(outcome), "login_failed");
    assert_eq!(world.database.count("SELECT count(*) FROM sessions"), 0);
}

#[test]
fn a_login_is_recorded_without_the_address() {
    let world = World::new();
    let anna = world.person("anna@host.example", Role::Agent);
    accounts::login(&world, "anna@host.example", PASSWORD, None, NETWORK).unwrap();
    let event = world.trail().pop().unwrap();
    assert_eq!(event.action, "logged_in");
    assert_eq!(event.actor, format!("agent:{}", anna.id));
    assert!(!event.detail.to_string().contains('@'));
}
