//! What keeps a line from going: a legal hold, a row that changed, a row that refers to it, a system that is away or
//! killed in the middle.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use dataratt::adapters::sample::{NastyCase, SamplePerson, SampleSystem};
use dataratt::domain::ids::PurgeId;
use dataratt::domain::purge::{LineState, ListState};
use dataratt::domain::staff::Role;
use dataratt::services::execution::Run;
use dataratt::services::handling::Action as CaseAction;
use dataratt::services::purging::{self, Action};
use dataratt::store::cases::StoredCase;

use super::{approve, books, decide, erased, noon, person, proposed, rows, show};
use crate::kill::faults::{Fault, FaultySystems, How};
use crate::support::fixtures::eventually;
use crate::support::world::World;

/// An erasure whose books may all go, and the list of them.
fn due() -> (World, SamplePerson, StoredCase, PurgeId) {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    let case = erased(&world, &person);
    world.clock.set(noon("2035-01-01"));
    let list = proposed(&world).unwrap();
    (world, person, case, list)
}

fn states(world: &World, list: PurgeId, table: &str) -> Vec<(LineState, Option<String>)> {
    let lines = show(world, list).lines.into_iter();
    lines
        .filter(|line| line.table == table)
        .map(|line| (line.state, line.failure))
        .collect()
}

#[test]
fn a_legal_hold_stops_lines_that_are_listed_and_keeps_others_from_being_listed() {
    let (world, person, case, list) = due();
    let before = books(&world, &person.customer_number);
    let agent = world.staff(Role::Agent);
    approve(&world, list);
    let held = CaseAction::Hold {
        reason: String::new(),
        told: true,
        authority: String::new(),
    };
    world.act(&agent, &case.reference, &held).unwrap();
    world.work();
    let held = show(&world, list);
    assert_eq!(held.state, ListState::Done);
    assert!(
        held.lines.iter().all(|line| line.state == LineState::Held),
        "{:?}",
        held.lines
    );
    assert_eq!(books(&world, &person.customer_number), before);
    assert_eq!(proposed(&world), None);
    world.act(&agent, &case.reference, &CaseAction::LiftHold).unwrap();
    let again = proposed(&world).unwrap();
    approve(&world, again);
    world.work();
    assert_eq!(books(&world, &person.customer_number), 0);
}

#[test]
fn a_row_that_changed_stops_its_line_and_what_hangs_on_it_and_asks_staff() {
    let (world, person, case, list) = due();
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let change = "UPDATE invoices SET amount = amount + 1 WHERE id = (SELECT max(i.id) FROM invoices i \
         JOIN customers c ON c.id = i.customer_id WHERE c.customer_no = $1)";
    billing.execute(change, &[&person.customer_number]).unwrap();
    approve(&world, list);
    world.work();
    let stopped = show(&world, list);
    assert_eq!(stopped.state, ListState::Failed);
    assert!(states(&world, list, "invoices").contains(&(LineState::Failed, Some("row_changed".into()))));
    assert_eq!(
        states(&world, list, "customers"),
        [(LineState::Failed, Some("referred_to".into()))],
        "the customer stays as long as an invoice does"
    );
    assert_eq!(
        rows(&world, "payments", &person.customer_number),
        0,
        "the others went"
    );
    assert_eq!(
        world.find(&case.reference).attention.as_deref(),
        Some("purge_failed")
    );
    // Mended by the host, it goes on.
    let mend = "UPDATE invoices SET amount = amount - 1 WHERE id = (SELECT max(i.id) FROM invoices i \
         JOIN customers c ON c.id = i.customer_id WHERE c.customer_no = $1)";
    billing.execute(mend, &[&person.customer_number]).unwrap();
    decide(&world, list, &Action::Retry).unwrap();
    world.work();
    assert_eq!(show(&world, list).state, ListState::Done);
    assert_eq!(books(&world, &person.customer_number), 0);
    assert_eq!(world.find(&case.reference).attention, None);
}

#[test]
fn a_new_row_that_refers_to_retained_ones_stops_their_line() {
    let (world, person, _, list) = due();
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let new = "INSERT INTO payments (customer_id, invoice_id, method, paid_on, amount) \
         SELECT c.id, max(i.id), 'transfer', '2033-06-01', 1 FROM invoices i JOIN customers c ON c.id = i.customer_id \
         WHERE c.customer_no = $1 GROUP BY c.id";
    billing.execute(new, &[&person.customer_number]).unwrap();
    approve(&world, list);
    world.work();
    assert_eq!(show(&world, list).state, ListState::Failed);
    assert!(states(&world, list, "invoices").contains(&(LineState::Failed, Some("referred_to".into()))));
    assert_eq!(rows(&world, "payments", &person.customer_number), 1);
    // What cannot go is taken out, and the list ends.
    let failed: Vec<_> = show(&world, list)
        .lines
        .into_iter()
        .filter(|l| l.state == LineState::Failed)
        .collect();
    for line in failed {
        let out = Action::TakeOut {
            line: line.id,
            reason: "Paid again in 2033".into(),
        };
        decide(&world, list, &out).unwrap();
    }
    world.work();
    assert_eq!(show(&world, list).state, ListState::Done);
}

#[test]
fn a_row_that_is_gone_already_is_not_counted_as_purged() {
    let (world, person, _, list) = due();
    let before = books(&world, &person.customer_number);
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let gone = "DELETE FROM payments p USING customers c WHERE c.id = p.customer_id AND c.customer_no = $1";
    let gone = billing.execute(gone, &[&person.customer_number]).unwrap();
    approve(&world, list);
    world.work();
    let done = show(&world, list);
    assert_eq!((done.state, done.rows), (ListState::Done, before));
    assert_eq!(done.purged, before - i64::try_from(gone).unwrap());
}

/// Whichever call to a system is the one at which all ends, told or not: the rest is done afterwards, each row once.
#[rstest::rstest]
fn a_purge_cut_off_at_any_call_is_taken_up_and_its_figures_are_true(
    #[values(How::FailsAfterwards, How::PanicsAfterwards)] how: How,
    #[values(1, 2, 3, 4, 7)] nth: i64,
) {
    let (mut world, person, _, list) = due();
    let before = books(&world, &person.customer_number);
    approve(&world, list);
    let fault = Arc::new(Fault::default());
    world.ctx.systems = Arc::new(FaultySystems {
        inner: Arc::clone(&world.ctx.systems),
        fault: Arc::clone(&fault),
    });
    fault.arm(nth, how);
    let ran = catch_unwind(AssertUnwindSafe(|| purging::run(&world, list)));
    match how {
        How::FailsAfterwards => assert!(matches!(ran, Ok(Ok(Run::TryAgain(_)))), "{ran:?}"),
        _ => assert!(ran.is_err(), "{ran:?}"),
    }
    assert!(fault.disarm());
    assert_ne!(show(&world, list).state, ListState::Done);
    // The lock of what panicked goes with its connection, at which the pool looks when it can.
    eventually("the list is free", || {
        (purging::run(&world, list).unwrap() == Run::Finished).then_some(())
    });
    let done = show(&world, list);
    assert_eq!((done.state, done.purged), (ListState::Done, before));
    assert_eq!(books(&world, &person.customer_number), 0);
}
