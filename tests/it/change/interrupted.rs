//! Rectifications that are interrupted: by failing systems, by killed workers, by a value that changed meanwhile.

use std::sync::Arc;

use dataratt::adapters::sample::SampleSystem;
use dataratt::domain::staff::Role;
use dataratt::services::auditing;
use dataratt::services::handling::Action;
use dataratt::worker;

use super::rectification::{asked, correct, known_everywhere, on_file, taken_up};
use crate::kill::faults::{Fault, FaultySystems, How};
use crate::support::invariants;
use crate::support::world::World;

/// A world in which one call to a system goes wrong.
pub fn faulty() -> (World, Arc<Fault>) {
    let mut world = World::new();
    let fault = Arc::new(Fault::default());
    world.ctx.systems = Arc::new(FaultySystems {
        inner: Arc::clone(&world.ctx.systems),
        fault: Arc::clone(&fault),
    });
    (world, fault)
}

/// Works on over lost leases and waits, until nothing is left to do.
pub fn work_it_off(world: &World) {
    let mut owner = world.database.owner();
    for _ in 0..40 {
        let _ended = worker::run_due(world, &worker::handlers(&world.app));
        owner
            .execute(
                "UPDATE jobs SET leased_until = now() WHERE state = 'running'",
                &[],
            )
            .unwrap();
        if world.database.count("SELECT count(*) FROM jobs") == 0 {
            return;
        }
        world.advance(chrono::TimeDelta::hours(9));
    }
    let left = "SELECT string_agg((kind, state, failures, failure)::text, ';') FROM jobs";
    let row = owner.query_one(left, &[]).unwrap();
    panic!("work that never ends: {:?}", row.get::<_, Option<String>>(0));
}

#[test]
fn any_call_to_a_system_may_go_wrong() {
    for how in How::ALL {
        let (world, fault) = faulty();
        let agent = world.staff(Role::Agent);
        for nth in 1.. {
            let person = known_everywhere(&world);
            let case = taken_up(&world, &agent, &person);
            let name = format!("Åsa Nummer {nth}");
            let grant = Action::Grant(correct(&[("name", &name)]));
            world.act(&agent, &case.reference, &grant).unwrap();
            fault.arm(nth, how);
            work_it_off(&world);
            let struck = fault.disarm();
            assert_eq!(
                world.find(&case.reference).case.state.name(),
                "answered",
                "{nth} {how:?}"
            );
            assert_eq!(on_file(&world, "name", &person.customer_number), Some(name));
            let open = "SELECT count(*) FROM grant_steps WHERE state <> 'done'";
            assert_eq!(world.database.count(open), 0);
            if !struck {
                assert!(nth > 5, "a rectification makes more than {nth} calls");
                break;
            }
        }
        let mut owner = world.database.owner();
        invariants::histories_hold(&mut owner);
        invariants::mails_have_causes(&mut owner, &world.sink, 1);
        assert_eq!(auditing::verify(&world).unwrap().broken, []);
    }
}

#[test]
fn a_value_that_changed_meanwhile_goes_back_to_staff_and_all_is_told_in_the_end() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let email = person.email.clone().unwrap();
    let case = asked(&world, &agent, &person);
    let grant = Action::Grant(correct(&[("name", "Åsa Rättad")]));
    world.act(&agent, &case.reference, &grant).unwrap();
    let sql = "UPDATE customers SET name = 'Nyss Ändrad' WHERE customer_no = $1";
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    billing.execute(sql, &[&person.customer_number]).unwrap();
    world.work();
    let back = world.find(&case.reference);
    assert_eq!(
        (back.case.state.name(), back.case.partly_done),
        ("assessing", true)
    );
    assert_eq!(back.attention.as_deref(), Some("plan_outdated"));
    assert_eq!(
        on_file(&world, "name", &person.customer_number).as_deref(),
        Some("Nyss Ändrad")
    );
    let told = |kind: &str| {
        let mails = world.sink.mails();
        mails.iter().filter(|mail| mail.find_link(kind).is_some()).count()
    };
    assert_eq!(told("/notices/"), 0, "nobody is told before it is done");

    world.act(&agent, &case.reference, &grant).unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "answered");
    assert_eq!(
        on_file(&world, "name", &person.customer_number).as_deref(),
        Some("Åsa Rättad")
    );
    let answer = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("rättelse"));
    let text = answer.text();
    // What the first run had set in the CRM is told with the rest.
    let crm = world.organisation.map.system("crm").unwrap().name.sv.clone();
    assert!(text.contains(&crm) && text.contains("N*** Ä***"), "{text}");
}
