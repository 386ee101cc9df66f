//! Each right's own work, through the use cases.

use dataratt::adapters::sample::SamplePerson;
use dataratt::domain::staff::Actor;
use dataratt::services::granting::Asked;
use dataratt::services::handling::Action;
use dataratt::services::{overview, packages};
use dataratt::store::cases::StoredCase;

use crate::support::world::World;

mod access;
mod human_review;
mod recipient_list;

/// A person asks; the agent is sure of them and collects.
pub fn collected(
    world: &World,
    agent: &Actor,
    right: &str,
    person: &SamplePerson,
    asked: Asked,
) -> StoredCase {
    let case = assessed(world, agent, right, person);
    world
        .act(agent, &case.reference, &Action::Collect(asked))
        .unwrap();
    world.work();
    world.find(&case.reference)
}

/// A person asks, and the agent is sure of them.
pub fn assessed(world: &World, agent: &Actor, right: &str, person: &SamplePerson) -> StoredCase {
    let case = world.asks(right, person);
    let method = "in_person".to_owned();
    world
        .act(agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap()
}

/// Ticks all free text off, as staff do who have read it.
pub fn reviewed(world: &World, agent: &Actor, case: &StoredCase) {
    let seen = overview::staff_case(world, agent, &case.reference).unwrap();
    for part in seen
        .package
        .unwrap()
        .parts
        .iter()
        .filter(|part| part.needs_review)
    {
        packages::look(world, agent, &case.reference, (&part.system, &part.table), 0).unwrap();
        let table = format!("{}.{}", part.system, part.table);
        world
            .act(agent, &case.reference, &Action::Review { table })
            .unwrap();
    }
}

/// Read through, and released.
pub fn released(world: &World, agent: &Actor, case: &StoredCase) -> StoredCase {
    reviewed(world, agent, case);
    let after = world.act(agent, &case.reference, &Action::Release).unwrap();
    world.work();
    after
}
