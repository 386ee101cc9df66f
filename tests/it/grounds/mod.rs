//! On which ground data is erased, what of it is refused, and what waits until the person has had their copy.

mod naming;
mod offered;
mod refusing;
mod waiting;

use dataratt::adapters::sample::SamplePerson;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::Result;
use dataratt::services::granting::AskedRefusal;
use dataratt::services::handling::Action;
use dataratt::services::planning::{self, AskedPlan, PlanFacts};
use dataratt::store::cases::StoredCase;

use crate::support::world::World;

/// An erasure whose person is known well enough.
fn identified(world: &World, person: &SamplePerson, agent: &Actor) -> StoredCase {
    let case = world.asks("erasure", person);
    let method = "in_person".to_owned();
    let accept = Action::AcceptIdentity { method };
    world.act(agent, &case.reference, &accept).unwrap()
}

fn plan(world: &World, agent: &Actor, case: &StoredCase, asked: AskedPlan) -> Result<StoredCase> {
    world.act(agent, &case.reference, &Action::Plan(asked))
}

/// The newest plan.
fn facts(world: &World, case: &StoredCase) -> PlanFacts {
    let mut conn = world.store.get().unwrap();
    let (_, file) = planning::newest(world, &mut conn, case).unwrap().unwrap();
    planning::facts(world, &file.plan)
}

fn refusal(item: &str, ground: &str, reason: &str) -> AskedRefusal {
    AskedRefusal {
        item: item.into(),
        ground: ground.into(),
        reason: reason.into(),
    }
}

/// Somebody with tickets and running services.
fn with_tickets(world: &World) -> SamplePerson {
    use dataratt::adapters::sample::SampleSystem;
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    let sql = "SELECT 1 FROM tickets WHERE customer_no = $1 LIMIT 1";
    let people = world.host.people().into_iter();
    let mut known = people.filter(|person| !person.services.is_empty() && person.email.is_some());
    let found = known.find(|person| !crm.query(sql, &[&person.customer_number]).unwrap().is_empty());
    found.expect("somebody wrote to support")
}

fn approver(world: &World) -> Actor {
    world.staff(Role::Approver)
}
