//! API keys: shown once, kept as keyed hashes, revoked at once.

use chrono::TimeDelta;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;

use super::{World, refusal, wrong_fields};
use crate::support::context::keys;

#[test]
fn a_key_stands_for_its_machine_until_it_is_revoked() {
    let world = World::new();
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    let other = world.another();
    let who = accounts::authenticate_key(&other, &key.secret).unwrap();
    assert_eq!((who.staff.id, who.staff.email.as_str()), (key.staff, "portal"));
    assert_eq!(
        who.actor,
        Actor::Staff {
            id: key.staff,
            role: Role::Machine
        }
    );
    world.advance(TimeDelta::days(400));
    assert!(
        accounts::authenticate_key(&other, &key.secret).is_ok(),
        "keys do not age"
    );
    accounts::revoke_key(&world, &Actor::System, key.id).unwrap();
    assert_eq!(
        refusal(accounts::authenticate_key(&other, &key.secret)),
        "key_invalid"
    );
    let again = accounts::revoke_key(&world, &Actor::System, key.id);
    assert_eq!(refusal(again), "not_found");
}

#[test]
fn the_secret_has_256_random_bits_and_is_not_kept() {
    let world = World::new();
    let one = accounts::add_key(&world, &Actor::System, "one", Role::Machine).unwrap();
    let other = accounts::add_key(&world, &Actor::System, "other", Role::Machine).unwrap();
    for key in [&one, &other] {
        let random = key.secret.strip_prefix("drk_").unwrap();
        assert_eq!(random.len(), 43);
        assert!(
            random
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
        assert!(!format!("{key:?}").contains(random));
    }
    assert_ne!(one.secret, other.secret);
    let plain = format!(
        "SELECT count(*) FROM api_keys WHERE digest = sha256('{0}') OR encode(digest, 'escape') LIKE '%{0}%'",
        one.secret
    );
    assert_eq!(world.database.count(&plain), 0, "kept as keyed hash");
}

#[test]
fn a_machine_may_have_two_keys_while_they_are_exchanged() {
    let world = World::new();
    let old = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    world.advance(TimeDelta::seconds(1));
    let new = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    assert_eq!(old.staff, new.staff);
    let listed = accounts::list_keys(&world, &Actor::System).unwrap();
    let ids: Vec<_> = listed.iter().map(|key| key.id).collect();
    assert_eq!(ids, [old.id, new.id]);
    accounts::revoke_key(&world, &Actor::System, old.id).unwrap();
    assert!(accounts::authenticate_key(&world, &old.secret).is_err());
    assert!(accounts::authenticate_key(&world, &new.secret).is_ok());
}

#[test]
fn who_deactivates_the_machine_stops_all_its_keys() {
    let world = World::new();
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    accounts::deactivate(&world, &Actor::System, key.staff).unwrap();
    assert_eq!(
        refusal(accounts::authenticate_key(&world, &key.secret)),
        "key_invalid"
    );
    let more = accounts::add_key(&world, &Actor::System, "portal", Role::Machine);
    assert_eq!(refusal(more), "staff_exists");
}

#[test]
fn a_name_keeps_its_role() {
    let world = World::new();
    accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    let more = accounts::add_key(&world, &Actor::System, "portal", Role::Admin);
    assert_eq!(refusal(more), "staff_exists");
}

#[rstest::rstest]
#[case("")]
#[case("Portal")]
#[case("two words")]
#[case("anna@host.example")]
#[case("pörtal")]
#[case(&"a".repeat(65))]
fn a_name_is_no_address(#[case] name: &str) {
    let world = World::new();
    world.person("anna@host.example", Role::Agent);
    let added = accounts::add_key(&world, &Actor::System, name, Role::Agent);
    assert_eq!(wrong_fields(added), [("name", "invalid")]);
}

#[test]
fn a_key_is_of_one_deployment() {
    let mut world = World::new();
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    world.keys = keys(43);
    assert_eq!(
        refusal(accounts::authenticate_key(&world, &key.secret)),
        "key_invalid"
    );
}

#[rstest::rstest]
#[case(|secret: &str| secret.to_uppercase())]
#[case(|secret: &str| format!("{secret} "))]
#[case(|secret: &str| secret[..secret.len() - 1].to_owned())]
#[case(|secret: &str| secret["drk_".len()..].to_owned())]
#[case(|_: &str| "drk_".to_owned())]
#[case(|_: &str| String::new())]
fn almost_a_key_is_none(#[case] change: fn(&str) -> String) {
    let world = World::new();
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    assert_eq!(
        refusal(accounts::authenticate_key(&world, &change(&key.secret))),
        "key_invalid"
    );
}

#[test]
fn a_key_has_no_login_to_end() {
    let world = World::new();
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    let who = accounts::authenticate_key(&world, &key.secret).unwrap();
    accounts::logout(&world, &who).unwrap();
    assert!(accounts::authenticate_key(&world, &key.secret).is_ok());
}
