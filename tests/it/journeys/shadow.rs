//! A system in shadow mode: it is planned for, staff erase by hand, and both are compared.

use std::sync::Arc;

use dataratt::domain::data_map::Mode;
use dataratt::domain::erasure::Operation;
use dataratt::domain::organisation::Organisation;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::services::ports::Systems;
use dataratt::services::{answer, planning};
use dataratt::store::cases::StoredCase;
use dataratt::store::shadow::{self, ByHand};

use crate::support::context;
use crate::support::world::World;

const SYSTEM: &str = "crm";

/// A host whose support system is in shadow mode, and an erasure there that waits for staff.
fn waiting() -> (World, Actor, StoredCase) {
    let mut organisation = Organisation::clone(&context::organisation("admax"));
    let systems = organisation.map.systems.iter_mut();
    systems
        .filter(|system| system.id == SYSTEM)
        .for_each(|system| system.mode = Mode::Shadow);
    let world = World::of_organisation(Arc::new(organisation));
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let people = world.host.people();
    let planned = people.iter().map(|person| world.planned(person, &agent));
    let case = planned
        .into_iter()
        .find(|case| planned_rows(&world, case) > 2)
        .expect("somebody has rows there");
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    let case = world.find(&case.reference);
    (world, agent, case)
}

fn planned_rows(world: &World, case: &StoredCase) -> usize {
    deleted(world, case).iter().map(|(_, rows)| rows.len()).sum()
}

/// What the plan erases there, by table.
fn deleted(world: &World, case: &StoredCase) -> Vec<(String, Vec<dataratt::domain::matching::RowKey>)> {
    let (_, file) = planning::newest(world, &mut world.store.get().unwrap(), case)
        .unwrap()
        .unwrap();
    let parts = file.plan.systems.into_iter().filter(|part| part.system == SYSTEM);
    parts
        .flat_map(|part| part.tables)
        .filter(|table| table.operation == Operation::Erase)
        .map(|table| (table.table, table.rows.into_iter().map(|row| row.key).collect()))
        .collect()
}

/// What staff do in the system by hand; all but the last `but` rows.
fn by_hand(world: &World, case: &StoredCase, but: usize) {
    let live = world.host.connected(&context::organisation("admax").map);
    let mut left = planned_rows(world, case) - but;
    for (table, rows) in deleted(world, case) {
        let now = &rows[..rows.len().min(left)];
        left -= now.len();
        live.get(SYSTEM).unwrap().delete(&table, now).unwrap();
    }
}

fn compared(world: &World) -> ByHand {
    shadow::by_hand(&mut world.store.get().unwrap(), SYSTEM).unwrap()
}

#[test]
fn staff_erase_by_hand_and_the_plan_is_held_against_it() {
    let (world, agent, case) = waiting();
    assert_eq!(case.case.state.name(), "executing");
    assert_eq!(case.attention.as_deref(), Some("erase_by_hand"));
    let rows = planned_rows(&world, &case);
    assert_eq!(
        compared(&world),
        ByHand {
            cases: 0,
            agreeing: 0,
            waiting: 1
        }
    );

    by_hand(&world, &case, 1);
    world.act(&agent, &case.reference, &Action::Retry).unwrap();
    world.work();
    assert_eq!(
        world.find(&case.reference).attention.as_deref(),
        Some("erase_by_hand")
    );

    by_hand(&world, &case, 0);
    world.act(&agent, &case.reference, &Action::Retry).unwrap();
    world.work();
    let case = world.find(&case.reference);
    assert!(
        ["answered", "closed"].contains(&case.case.state.name()),
        "{:?}",
        case.case.state
    );
    assert_eq!(
        compared(&world),
        ByHand {
            cases: 1,
            agreeing: 1,
            waiting: 0
        }
    );
    assert_eq!(erased_there(&world, &case), rows);
}

#[test]
fn what_staff_did_otherwise_stands_with_a_reason_and_is_counted() {
    let (world, agent, case) = waiting();
    let rows = planned_rows(&world, &case);
    by_hand(&world, &case, 1);
    world.act(&agent, &case.reference, &Action::Retry).unwrap();
    world.work();
    let settle = |reason: &str| {
        let reason = reason.to_owned();
        world.act(&agent, &case.reference, &Action::Settle { reason })
    };
    assert!(settle(" ").is_err(), "not without a reason");
    settle("The ticket is about somebody else.").unwrap();
    world.work();
    let case = world.find(&case.reference);
    assert!(
        ["answered", "closed"].contains(&case.case.state.name()),
        "{:?}",
        case.case.state
    );
    assert_eq!(
        compared(&world),
        ByHand {
            cases: 1,
            agreeing: 0,
            waiting: 0
        }
    );
    assert_eq!(
        erased_there(&world, &case),
        rows - 1,
        "the person is told what is gone, and no more"
    );
    let reason = String::new();
    let again = world.act(&agent, &case.reference, &Action::Settle { reason });
    assert!(again.is_err(), "there is nothing to settle any more");
}

/// How many rows the person is told were erased there.
fn erased_there(world: &World, case: &StoredCase) -> usize {
    let told = answer::make(world, &mut world.store.get().unwrap(), case).unwrap();
    let parts = told.erased.iter().filter(|part| part.system == SYSTEM);
    let rows: i64 = parts.flat_map(|part| &part.tables).map(|table| table.rows).sum();
    usize::try_from(rows).unwrap()
}
