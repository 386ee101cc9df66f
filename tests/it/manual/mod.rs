//! Systems that no machine reaches: staff look, copy, mark, erase and check by hand, and the case waits.

mod erasing;
mod granting;

use std::sync::Arc;

use dataratt::adapters::profiles;
use dataratt::domain::data_map::System;
use dataratt::domain::organisation::Organisation;
use dataratt::domain::staff::Actor;
use dataratt::services::handling::Action;
use dataratt::services::manual::{self, Done, SeenTask};
use dataratt::store::cases::StoredCase;
use serde::Deserialize;

use crate::support::world::World;

const ARCHIVE: &str = r#"
id = "archive"
name = { sv = "Pappersarkivet", en = "The paper archive" }
connector = "manual"
backups_expire_after_days = 0
by_hand = { within_days = 5, instructions = { sv = "Källaren, skåp B. Sök på kundnummer.", en = "Basement, cabinet B." } }
[[tables]]
name = "contracts"
category = "contact"
origin = "provided"
erase = "delete"
"#;

/// ADMAX, with contracts on paper.
pub fn with_archive() -> Arc<Organisation> {
    let mut organisation = profiles::load("admax").unwrap();
    let archive = System::deserialize(toml::Deserializer::parse(ARCHIVE).unwrap()).unwrap();
    organisation.map.systems.push(archive);
    Arc::new(organisation)
}

fn world() -> World {
    World::of_organisation(with_archive())
}

/// A case of the person of that right, whose identity the agent is sure of.
fn assessed(world: &World, agent: &Actor, right: &str, at: usize) -> StoredCase {
    let case = world.asks(right, &world.host.people()[at]);
    let method = "in_person".to_owned();
    world
        .act(agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap();
    world.find(&case.reference)
}

/// The only task that waits.
fn waiting(world: &World, kind: &str) -> SeenTask {
    let mut open = manual::list(world, &Actor::System).unwrap().open;
    assert_eq!(open.len(), 1, "{open:?}");
    let task = open.remove(0);
    assert_eq!(task.kind.name(), kind);
    task
}

fn done(world: &World, by: &Actor, kind: &str, amount: i64, text: &str) {
    let text = text.to_owned();
    let task = waiting(world, kind).row.id;
    manual::do_task(world, by, task, &Done { amount, text }).unwrap();
}
