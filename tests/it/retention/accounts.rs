//! Accounts that an erasure froze are given back when it does not go on; the ledger of one that was cut off is true.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::staff::Role;
use dataratt::services::execution;
use dataratt::services::handling::{self, Action};
use dataratt::services::planning::AskedPlan;
use dataratt::store::cases::StoredCase;

use crate::kill::faults::{Fault, FaultySystems, How};
use crate::support::fixtures::eventually;
use crate::support::world::World;

fn approved(world: &World) -> (SamplePerson, StoredCase) {
    let person = world.host.people()[0].clone();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(&person, &agent);
    (
        person,
        world.act(&approver, &case.reference, &Action::Approve).unwrap(),
    )
}

fn status(world: &World, person: &SamplePerson) -> String {
    let mut hosting = world.host.database(SampleSystem::Hosting).owner();
    let sql = "SELECT status FROM accounts WHERE customer_no = $1";
    hosting.query_one(sql, &[&person.customer_number]).unwrap().get(0)
}

/// An invoice that no plan speaks of: the erasure is found outdated after its accounts are frozen.
fn new_invoice(world: &World, person: &SamplePerson) {
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let sql = "INSERT INTO invoices (customer_id, number, issued_on, voucher_date, due_on, buyer_name, amount, vat) \
         SELECT id, 'NEW-1', '2026-11-20', '2026-11-20', '2026-12-20', name, 100, 25 FROM customers WHERE customer_no = $1";
    billing.execute(sql, &[&person.customer_number]).unwrap();
}

#[test]
fn an_account_is_given_back_as_it_was_when_the_plan_is_outdated() {
    let world = World::new();
    let (person, case) = approved(&world);
    let mut hosting = world.host.database(SampleSystem::Hosting).owner();
    let odd = "UPDATE accounts SET status = 'closed' WHERE customer_no = $1";
    hosting.execute(odd, &[&person.customer_number]).unwrap();
    new_invoice(&world, &person);
    execution::run(&world, case.id).unwrap();
    assert_eq!(world.find(&case.reference).case.state.name(), "assessing");
    assert_eq!(status(&world, &person), "frozen");
    world.work();
    assert_eq!(
        status(&world, &person),
        "closed",
        "as it was before, not as most are"
    );
    let given = "SELECT count(*) FROM audit_events WHERE action = 'accounts_given_back'";
    assert_eq!(
        world.database.count(given),
        2,
        "the account, and the site's permissions"
    );
    world.work();
    assert_eq!(world.database.count(given), 2);
}

#[test]
fn what_the_host_changed_meanwhile_is_left_alone() {
    let world = World::new();
    let (person, case) = approved(&world);
    new_invoice(&world, &person);
    execution::run(&world, case.id).unwrap();
    let mut hosting = world.host.database(SampleSystem::Hosting).owner();
    let by_hand = "UPDATE accounts SET status = 'closed' WHERE customer_no = $1";
    hosting.execute(by_hand, &[&person.customer_number]).unwrap();
    world.work();
    assert_eq!(status(&world, &person), "closed");
}

/// A system that is away when the account is to be given back: it is given back later, also after a withdrawal.
#[test]
fn an_account_is_given_back_however_long_its_system_is_away() {
    let world = World::new();
    let (person, case) = approved(&world);
    new_invoice(&world, &person);
    execution::run(&world, case.id).unwrap();
    let mut hosting = world.host.database(SampleSystem::Hosting).owner();
    hosting
        .batch_execute("REVOKE UPDATE ON accounts FROM dataratt_connector")
        .unwrap();
    world.work();
    assert_eq!(status(&world, &person), "frozen");
    hosting
        .batch_execute("GRANT UPDATE ON accounts TO dataratt_connector")
        .unwrap();
    handling::withdraw(&world, case.id).unwrap();
    world.work();
    assert_eq!(status(&world, &person), "active");
}

#[test]
fn a_second_erasure_does_not_take_the_frozen_state_for_what_the_account_held() {
    let world = World::new();
    let (person, case) = approved(&world);
    new_invoice(&world, &person);
    execution::run(&world, case.id).unwrap();
    // Planned, confirmed and approved anew before the account was given back; then outdated again.
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    world
        .act(&agent, &case.reference, &Action::Plan(AskedPlan::default()))
        .unwrap();
    dataratt::services::planning::confirm(&world, case.id, None).unwrap();
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    billing
        .batch_execute("UPDATE invoices SET amount = amount + 1")
        .unwrap();
    execution::run(&world, case.id).unwrap();
    assert_eq!(world.find(&case.reference).case.state.name(), "assessing");
    world.work();
    assert_eq!(status(&world, &person), "active");
}

/// The first attempt erases rows and is cut off before that is recorded; the second finds them gone.
#[rstest::rstest]
fn the_ledger_counts_what_an_attempt_erased_that_was_cut_off(
    #[values(How::FailsAfterwards, How::PanicsAfterwards)] how: How,
    #[values(12, 13, 14, 16)] nth: i64,
) {
    let mut world = World::new();
    let (_, case) = approved(&world);
    let fault = Arc::new(Fault::default());
    world.ctx.systems = Arc::new(FaultySystems {
        inner: Arc::clone(&world.ctx.systems),
        fault: Arc::clone(&fault),
    });
    fault.arm(nth, how);
    let _cut = catch_unwind(AssertUnwindSafe(|| execution::run(&world, case.id)));
    assert!(fault.disarm(), "the erasure has fewer calls");
    eventually("the case is free", || {
        (execution::run(&world, case.id).unwrap() == execution::Run::Finished).then_some(())
    });
    assert_eq!(world.find(&case.reference).case.state.name(), "answered");
    let untrue = "SELECT count(*) FROM erasure_steps WHERE kind = 'delete' AND done <> planned + appeared";
    assert_eq!(world.database.count(untrue), 0);
}
