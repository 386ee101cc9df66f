//! Erasures that are interrupted: by a failing system, by drift, by a second run.

use dataratt::adapters::sample::SampleSystem;
use dataratt::domain::staff::Role;
use dataratt::services::execution;
use dataratt::services::handling::Action;

use crate::support::world::World;

fn approved(world: &World, at: usize) -> (dataratt::store::cases::StoredCase, String) {
    let person = world.host.people()[at].clone();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(&person, &agent);
    let case = world.act(&approver, &case.reference, &Action::Approve).unwrap();
    (case, person.customer_number)
}

#[test]
fn a_failing_system_leaves_the_others_done_and_the_case_open_with_the_reason() {
    let world = World::new();
    let (case, _) = approved(&world, 4);
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    crm.batch_execute("REVOKE DELETE ON ALL TABLES IN SCHEMA public FROM dataratt_connector")
        .unwrap();
    world.work();
    let open = world.find(&case.reference);
    assert_eq!(open.case.state.name(), "executing");
    assert_eq!(open.attention.as_deref(), Some("system_failed"));
    let failed = world
        .database
        .count("SELECT count(*) FROM erasure_steps WHERE state = 'failed'");
    assert_eq!(failed, 1);
    let billing = "SELECT count(*) FROM erasure_steps WHERE system = 'billing' AND state <> 'done'";
    assert_eq!(world.database.count(billing), 0, "the other systems are done");

    crm.batch_execute("GRANT DELETE ON ALL TABLES IN SCHEMA public TO dataratt_connector")
        .unwrap();
    let agent = world.staff(Role::Agent);
    world.act(&agent, &case.reference, &Action::Retry).unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "answered");
}

#[test]
fn a_new_invoice_stops_the_erasure_before_anything_is_gone() {
    let world = World::new();
    let (case, customer) = approved(&world, 5);
    let people = world.host.people();
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let sql = "INSERT INTO invoices (customer_id, number, issued_on, voucher_date, due_on, buyer_name, amount, vat) \
         SELECT id, 'NEW-1', '2026-11-20', '2026-11-20', '2026-12-20', name, 100, 25 FROM customers WHERE customer_no = $1";
    billing.execute(sql, &[&customer]).unwrap();
    world.work();
    let back = world.find(&case.reference);
    assert_eq!(back.case.state.name(), "assessing");
    assert_eq!(back.attention.as_deref(), Some("plan_outdated"));
    assert_eq!(world.host.people(), people, "nothing was erased");
    assert_eq!(
        world
            .sink
            .mails()
            .iter()
            .filter(|mail| mail.find_link("/notices/").is_some())
            .count(),
        0
    );
}

#[test]
fn a_new_login_is_erased_as_a_declared_delta() {
    let world = World::new();
    let (case, customer) = approved(&world, 6);
    let mut hosting = world.host.database(SampleSystem::Hosting).owner();
    let sql = "INSERT INTO logins (account_id, at, ip, user_agent) \
         SELECT id, now(), '192.0.2.1', 'late' FROM accounts WHERE customer_no = $1";
    hosting.execute(sql, &[&customer]).unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "answered");
    let appeared = world
        .database
        .count("SELECT appeared FROM erasure_steps WHERE tbl = 'logins'");
    assert_eq!(appeared, 1);
    let left = hosting
        .query_one("SELECT count(*) FROM logins WHERE user_agent = 'late'", &[])
        .unwrap();
    assert_eq!(left.get::<_, i64>(0), 0);
}

#[test]
fn running_an_erasure_again_erases_nothing_twice() {
    let world = World::new();
    let (case, _) = approved(&world, 7);
    world.work();
    let ledger = "SELECT sum(done)::bigint FROM erasure_steps";
    let done = world.database.count(ledger);
    let events = "SELECT count(*) FROM audit_events";
    let recorded = world.database.count(events);
    assert_eq!(execution::run(&world, case.id).unwrap(), execution::Run::Finished);
    assert_eq!(world.database.count(ledger), done);
    assert_eq!(world.database.count(events), recorded);
}
