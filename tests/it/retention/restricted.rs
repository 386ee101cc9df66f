//! A restriction in force keeps what was retained, also past its last day: the person may need it for a claim.

use chrono::TimeDelta;
use dataratt::adapters::sample::NastyCase;
use dataratt::domain::purge::{LineState, ListState};
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::granting::restriction::AskedRestriction;
use dataratt::services::handling::Action;
use dataratt::services::intake::Typed;
use dataratt::services::{codes, purging};
use dataratt::store::cases::StoredCase;

use super::{approve, books, erased, noon, person, proposed, show};
use crate::change::restriction::{lift, restrict};
use crate::support::world::World;

/// Whoever holds the customer number needs the books for a claim.
fn restricted(world: &World, agent: &Actor, customer_number: &str) -> StoredCase {
    let case = world.submit(&Typed {
        right: Some("restriction".into()),
        email: Some("anna@kund.example".into()),
        customer_number: Some(customer_number.into()),
        ..Typed::default()
    });
    let mail = world
        .sink
        .wait_for(|mail| mail.is_to("anna@kund.example") && mail.find_code().is_some());
    codes::verify(world, &case.reference, &mail.code()).unwrap();
    let method = "in_person".to_owned();
    world
        .act(agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap();
    let mut asked = restrict(&["accounting"]);
    asked.restriction = Some(AskedRestriction {
        ground: "claims".into(),
        expected_end: None,
        ..asked.restriction.unwrap()
    });
    world.act(agent, &case.reference, &Action::Grant(asked)).unwrap();
    world.work();
    world.find(&case.reference)
}

#[test]
fn nothing_under_restriction_is_proposed_nor_purged_until_it_is_lifted() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = person(&world, NastyCase::CreditedOverNewYear);
    erased(&world, &person);
    let before = books(&world, &person.customer_number);
    world.clock.set(noon("2035-01-01"));
    let list = proposed(&world).unwrap();
    let case = restricted(&world, &agent, &person.customer_number);
    let by = [case.reference.to_string()];
    let shown = show(&world, list).lines;
    assert!(shown.iter().all(|line| line.restricted_by == by), "{shown:?}");
    approve(&world, list);
    world.work();
    let kept = show(&world, list);
    assert_eq!(kept.state, ListState::Done);
    // The customer's row is not among what is restricted, and what is refers to it.
    assert!(kept.lines.iter().any(|line| line.table == "customers"));
    assert!(
        kept.lines.iter().all(|line| line.state == LineState::Held),
        "{:?}",
        kept.lines
    );
    assert_eq!(books(&world, &person.customer_number), before);
    assert_eq!(proposed(&world), None);
    let outlook = purging::outlook(&world, "2035-01-01".parse().unwrap()).unwrap();
    assert!(!outlook.lines.is_empty() && outlook.lines.iter().all(|line| line.restricted_by == by));

    lift(&world, &agent, &case).unwrap();
    world.work();
    assert_eq!(
        proposed(&world),
        None,
        "it is in force until its lead time has passed"
    );
    world.later(TimeDelta::days(8));
    let again = proposed(&world).unwrap();
    approve(&world, again);
    world.work();
    assert_eq!(books(&world, &person.customer_number), 0);
}

#[test]
fn whose_books_are_not_restricted_are_purged_as_ever() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = person(&world, NastyCase::CreditedOverNewYear);
    erased(&world, &person);
    let mut others = world.host.people().into_iter();
    let other = others
        .find(|one| one.customer_number != person.customer_number)
        .unwrap();
    restricted(&world, &agent, &other.customer_number);
    world.clock.set(noon("2035-01-01"));
    let list = proposed(&world).unwrap();
    assert!(
        show(&world, list)
            .lines
            .iter()
            .all(|line| line.restricted_by.is_empty())
    );
    approve(&world, list);
    world.work();
    assert_eq!(books(&world, &person.customer_number), 0);
}
