//! Adding, listing, keeping out: who may, what is refused, what is recorded.

use dataratt::domain::ids::StaffId;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;
use uuid::Uuid;

use super::{PASSWORD, World, refusal, wrong_fields};

const OTHER: &str = "Battery-staple-0123456789abcdef";

#[test]
fn everybody_is_listed_without_secrets() {
    let world = World::new();
    let bo = world.person("bo@host.example", Role::Approver);
    let anna = world.person("anna@host.example", Role::Agent);
    accounts::deactivate(&world, &Actor::System, bo.id).unwrap();
    let listed = accounts::list(&world, &Actor::System).unwrap();
    let seen: Vec<_> = listed
        .iter()
        .map(|staff| (staff.id, staff.email.as_str(), staff.active, staff.totp))
        .collect();
    assert_eq!(
        seen,
        [
            (anna.id, "anna@host.example", true, false),
            (bo.id, "bo@host.example", false, false)
        ]
    );
    assert!(
        !format!("{listed:?}").contains("host.example"),
        "no address in logs"
    );
}

#[test]
fn a_person_is_found_by_address_however_it_is_written() {
    let world = World::new();
    let anna = world.person("anna@host.example", Role::Agent);
    let found = accounts::find(&world, &Actor::System, " Anna@HOST.example").unwrap();
    assert_eq!(found, anna);
    let nobody = accounts::find(&world, &Actor::System, "bo@host.example");
    assert_eq!(refusal(nobody), "not_found");
}

#[rstest::rstest]
#[case("anna", Role::Agent, PASSWORD, &[("email", "invalid")])]
#[case("", Role::Agent, PASSWORD, &[("email", "invalid")])]
#[case("anna@host.example", Role::Machine, PASSWORD, &[("role", "machine")])]
#[case("@", Role::Machine, "x", &[("email", "invalid"), ("role", "machine"), ("password", "too_short")])]
fn all_that_is_wrong_is_said_at_once(
    #[case] email: &str,
    #[case] role: Role,
    #[case] password: &str,
    #[case] wrong: &[(&str, &str)],
) {
    let world = World::new();
    let added = accounts::add_staff(&world, &Actor::System, email, role, password);
    assert_eq!(wrong_fields(added), wrong);
    assert_eq!(world.database.count("SELECT count(*) FROM staff"), 0);
}

#[test]
fn an_address_is_taken_once() {
    let world = World::new();
    world.person("anna@host.example", Role::Agent);
    let again = accounts::add_staff(&world, &Actor::System, "ANNA@host.example", Role::Admin, OTHER);
    assert_eq!(refusal(again), "staff_exists");
    assert!(world.login("anna@host.example", PASSWORD).is_ok());
    assert_eq!(refusal(world.login("anna@host.example", OTHER)), "login_failed");
}

#[rstest::rstest]
fn only_who_manages_staff_may(
    #[values(
        Role::Agent,
        Role::Approver,
        Role::Dpo,
        Role::Admin,
        Role::Auditor,
        Role::Machine
    )]
    role: Role,
) {
    let world = World::new();
    let anna = world.person("anna@host.example", Role::Agent);
    let actor = Actor::Staff {
        id: StaffId(Uuid::from_u128(1)),
        role,
    };
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    let outcomes = [
        accounts::add_staff(&world, &actor, "bo@host.example", Role::Agent, PASSWORD).map(drop),
        accounts::list(&world, &actor).map(drop),
        accounts::find(&world, &actor, "anna@host.example").map(drop),
        accounts::reset(&world, &actor, anna.id, OTHER),
        accounts::deactivate(&world, &actor, anna.id),
        accounts::activate(&world, &actor, anna.id),
        accounts::add_key(&world, &actor, "other", Role::Machine).map(drop),
        accounts::list_keys(&world, &actor).map(drop),
        accounts::revoke_key(&world, &actor, key.id),
    ];
    for outcome in outcomes {
        if role == Role::Admin {
            outcome.unwrap();
        } else {
            assert_eq!(refusal(outcome), "not_permitted");
        }
    }
}

#[test]
fn nobody_locks_themselves_out() {
    let world = World::new();
    let root = world.person("root@host.example", Role::Admin);
    let actor = Actor::Staff {
        id: root.id,
        role: Role::Admin,
    };
    assert_eq!(
        refusal(accounts::deactivate(&world, &actor, root.id)),
        "own_account"
    );
    assert!(world.login("root@host.example", PASSWORD).is_ok());
}

#[test]
fn who_does_not_exist_is_not_found() {
    let world = World::new();
    let nobody = StaffId(Uuid::from_u128(1));
    let outcomes = [
        accounts::deactivate(&world, &Actor::System, nobody),
        accounts::activate(&world, &Actor::System, nobody),
        accounts::reset(&world, &Actor::System, nobody, OTHER),
        accounts::revoke_key(&world, &Actor::System, nobody.0),
    ];
    for outcome in outcomes {
        assert_eq!(refusal(outcome), "not_found");
    }
    assert!(world.actions().is_empty(), "what did not happen is not recorded");
}

#[test]
fn a_machine_has_no_password_to_reset() {
    let world = World::new();
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    let reset = accounts::reset(&world, &Actor::System, key.staff, PASSWORD);
    assert_eq!(refusal(reset), "machine_has_no_password");
}

#[test]
fn every_change_is_recorded_without_addresses_and_passwords() {
    let world = World::new();
    let root = world.person("root@host.example", Role::Admin);
    let actor = Actor::Staff {
        id: root.id,
        role: Role::Admin,
    };
    let anna = accounts::add_staff(&world, &actor, "anna@host.example", Role::Agent, PASSWORD).unwrap();
    accounts::reset(&world, &actor, anna.id, OTHER).unwrap();
    accounts::deactivate(&world, &actor, anna.id).unwrap();
    accounts::activate(&world, &actor, anna.id).unwrap();
    let key = accounts::add_key(&world, &actor, "portal", Role::Machine).unwrap();
    accounts::revoke_key(&world, &actor, key.id).unwrap();
    let trail = world.trail();
    let actions: Vec<&str> = trail.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "staff_added",
            "staff_added",
            "staff_reset",
            "staff_deactivated",
            "staff_activated",
            "key_added",
            "key_revoked"
        ]
    );
    assert!(
        trail
            .iter()
            .skip(1)
            .all(|event| event.actor == format!("admin:{}", root.id))
    );
    let text = serde_json::to_string(&trail).unwrap();
    for secret in ["@", "horse", "staple", "portal", "drk_"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains(&anna.id.to_string()) && text.contains(&key.id.to_string()));
}
