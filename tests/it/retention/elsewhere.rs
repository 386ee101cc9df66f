//! Systems in which the person had nothing when the plan was made are looked at again before and after.

use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;
use dataratt::services::planning::AskedPlan;
use dataratt::store::cases::StoredCase;

use crate::support::world::World;

/// An approved erasure of somebody of whom the CRM knew nothing.
fn approved(world: &World, person: &SamplePerson) -> StoredCase {
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    crm.batch_execute(
        "TRUNCATE people, activities, newsletter, tickets, ticket_messages, call_recordings, chats",
    )
    .unwrap();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(person, &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap()
}

fn subscribe(world: &World, person: &SamplePerson) {
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    let sql = "INSERT INTO newsletter (email, name) VALUES ($1, 'Ny')";
    crm.execute(sql, &[&person.email]).unwrap();
}

#[test]
fn what_came_up_before_the_erasure_stops_it_with_nothing_gone() {
    let world = World::new();
    let person = world.host.people()[0].clone();
    let case = approved(&world, &person);
    subscribe(&world, &person);
    let people = world.host.people();
    world.work();
    let back = world.find(&case.reference);
    assert_eq!(back.case.state.name(), "assessing");
    assert_eq!(back.attention.as_deref(), Some("plan_outdated"));
    assert_eq!(world.host.people(), people, "something was erased");
}

/// A trigger subscribes the person at the very moment their account is erased.
#[test]
fn what_came_up_during_the_erasure_is_found_at_the_end() {
    let world = World::new();
    let person = world.host.people()[0].clone();
    let case = approved(&world, &person);
    // The last system is away once, so that the end comes in a second run.
    let mut hosting = world.host.database(SampleSystem::Hosting).owner();
    let role = "dataratt_connector";
    hosting
        .batch_execute(&format!("REVOKE DELETE ON accounts FROM {role}"))
        .unwrap();
    world.work();
    assert_eq!(
        world.find(&case.reference).attention.as_deref(),
        Some("system_failed")
    );
    hosting
        .batch_execute(&format!("GRANT DELETE ON accounts TO {role}"))
        .unwrap();
    subscribe(&world, &person);
    let agent = world.staff(Role::Agent);
    world.act(&agent, &case.reference, &Action::Retry).unwrap();
    world.work();
    let back = world.find(&case.reference);
    assert_eq!(back.case.state.name(), "assessing");
    assert_eq!(back.attention.as_deref(), Some("partly_erased"));
    // A new plan covers it.
    world
        .act(&agent, &case.reference, &Action::Plan(AskedPlan::default()))
        .unwrap();
    let approver = world.staff(Role::Approver);
    let _confirmed = dataratt::services::planning::confirm(&world, case.id, None);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "answered");
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    let left: i64 = crm
        .query_one("SELECT count(*) FROM newsletter", &[])
        .unwrap()
        .get(0);
    assert_eq!(left, 0);
}
