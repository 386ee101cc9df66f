//! Before the person says yes to an erasure they are offered to take their data and their domain names along.

use dataratt::domain::staff::Role;
use dataratt::services::handling::{self, Action};
use dataratt::services::planning::{self, AskedPlan};
use dataratt::store::cases::StoredCase;

use super::{identified, plan};
use crate::support::world::World;

/// An erasure that waits for its person's yes; a domain name would end if `domain`.
fn unconfirmed(world: &World, domain: bool) -> StoredCase {
    let agent = world.staff(Role::Agent);
    let mut people = world.host.people().into_iter();
    let person = people.find(|person| {
        person.email.is_some() && person.services.iter().any(|kind| kind == "domain") == domain
    });
    let case = identified(world, &person.expect("such a person"), &agent);
    plan(world, &agent, &case, AskedPlan::default()).unwrap()
}

fn may_ask(world: &World, case: &StoredCase) -> bool {
    let case = world.find(&case.reference);
    handling::may_ask_for_transfer(world, &mut world.store.get().unwrap(), &case).unwrap()
}

#[test]
fn the_codes_for_domain_names_can_be_asked_for_until_the_person_says_yes() {
    let world = World::new();
    let case = unconfirmed(&world, true);
    let attention = || world.find(&case.reference).attention;
    assert!(may_ask(&world, &case));
    handling::ask_for_transfer(&world, case.id).unwrap();
    assert_eq!(attention().as_deref(), Some("transfer_asked"));
    assert!(!may_ask(&world, &case));
    let refused = handling::ask_for_transfer(&world, case.id).unwrap_err();
    assert_eq!(refused.code(), "transition_refused", "once, until staff wrote");

    let agent = world.staff(Role::Agent);
    let text = "Koden är i kundportalen.".to_owned();
    world
        .act(&agent, &case.reference, &Action::Message { text })
        .unwrap();
    assert_eq!(attention(), None, "what was asked for is written");
    assert!(may_ask(&world, &case));

    planning::confirm(&world, case.id, None).unwrap();
    assert!(!may_ask(&world, &case));
    assert!(handling::ask_for_transfer(&world, case.id).is_err());
}

#[test]
fn what_has_no_domain_name_offers_no_transfer() {
    let world = World::new();
    let case = unconfirmed(&world, false);
    assert!(!may_ask(&world, &case));
    assert!(handling::ask_for_transfer(&world, case.id).is_err());
}

#[test]
fn the_letter_offers_both_before_it_says_what_ends() {
    let world = World::new();
    let case = unconfirmed(&world, true);
    world.work();
    let letter = world.sink.wait_for(|mail| {
        let text = mail.text();
        text.contains(case.reference.as_str()) && text.contains("Tjänster som upphör")
    });
    for body in [letter.text(), letter.html()] {
        let at = |words: &str| body.find(words).unwrap_or_else(|| panic!("{words}: {body}"));
        assert!(at("Hämta dina uppgifter först") < at("Vill du behålla en domän"));
        assert!(at("Vill du behålla en domän") < at("Tjänster som upphör"));
    }
}
