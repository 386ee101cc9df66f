//! Erasures that wait for staff.

use chrono::TimeDelta;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::services::manual::{self, Done};
use dataratt::services::planning::{self, AskedPlan};
use dataratt::services::{auditing, overview};
use dataratt::store::cases::StoredCase;

use super::{assessed, done, waiting, world};
use crate::support::world::World;

fn approved(world: &World, agent: &Actor, case: &StoredCase) {
    let reference = &case.reference;
    world
        .act(agent, reference, &Action::Plan(AskedPlan::default()))
        .unwrap();
    planning::confirm(world, case.id, None).unwrap();
    let approver = world.staff(Role::Approver);
    world.act(&approver, reference, &Action::Approve).unwrap();
    world.work();
}

fn state(world: &World, case: &StoredCase) -> (String, Option<String>) {
    let now = world.find(&case.reference);
    (now.case.state.name().to_owned(), now.attention)
}

#[test]
fn an_erasure_waits_until_it_was_done_by_hand_and_somebody_else_saw_that_it_was() {
    let world = world();
    let (agent, other) = (world.staff(Role::Agent), world.staff(Role::Agent));
    let before = world.host.people().len();
    let case = assessed(&world, &agent, "erasure", 0);
    let plan = Action::Plan(AskedPlan::default());
    let early = world.act(&agent, &case.reference, &plan).unwrap_err();
    assert_eq!(early.code(), "manual_tasks_open");
    done(&world, &agent, "find", 2, "Två avtal i pärm 7.");
    approved(&world, &agent, &case);
    let (_, file) = {
        let conn = &mut *world.store.get().unwrap();
        planning::newest(&world, conn, &world.find(&case.reference))
            .unwrap()
            .unwrap()
    };
    let parts: Vec<_> = file
        .plan
        .systems
        .iter()
        .map(|part| part.system.as_str())
        .collect();
    assert!(parts.contains(&"archive"), "{parts:?}");
    assert_eq!(
        state(&world, &case),
        ("executing".into(), Some("manual_task".into()))
    );
    // The systems that machines reach did not wait.
    assert_eq!(world.host.people().len(), before - 1, "the account is erased");
    done(&world, &agent, "erase", 2, "Strimlade.");
    world.work();
    assert_eq!(state(&world, &case).0, "executing");
    let task = waiting(&world, "verify").row.id;
    let seen = Done {
        amount: 0,
        text: "Pärmen är tom.".into(),
    };
    let own = manual::do_task(&world, &agent, task, &seen).unwrap_err();
    assert_eq!(own.code(), "four_eyes");
    manual::do_task(&world, &other, task, &seen).unwrap();
    let again = manual::do_task(&world, &other, task, &seen).unwrap_err();
    assert_eq!(again.code(), "task_done");
    world.work();
    let (state, attention) = state(&world, &case);
    assert!(
        ["answered", "closed"].contains(&state.as_str()),
        "{state} {attention:?}"
    );
    assert_eq!(attention, None);
    assert_eq!(auditing::verify(&world).unwrap().broken, []);
    let trail = overview::staff_case(&world, &agent, &case.reference)
        .unwrap()
        .events;
    let count = |action: &str| trail.iter().filter(|event| event.action == action).count();
    assert_eq!((count("task_given"), count("task_done")), (3, 3));
}

#[test]
fn where_nothing_was_found_nothing_is_erased_by_hand() {
    let world = world();
    let agent = world.staff(Role::Agent);
    let case = assessed(&world, &agent, "erasure", 1);
    done(&world, &agent, "find", 0, "Inget under numret.");
    approved(&world, &agent, &case);
    assert_eq!(manual::list(&world, &agent).unwrap().open.len(), 0);
    assert!(["answered", "closed"].contains(&state(&world, &case).0.as_str()));
}

#[test]
fn what_was_found_is_corrected_until_a_plan_is_made_of_it() {
    let world = world();
    let agent = world.staff(Role::Agent);
    let case = assessed(&world, &agent, "erasure", 0);
    let task = waiting(&world, "find").row.id;
    let found = |amount| {
        let text = "Pärm 7.".to_owned();
        manual::do_task(&world, &agent, task, &Done { amount, text })
    };
    for amount in [-1, 1_000_001] {
        assert_eq!(found(amount).unwrap_err().code(), "invalid");
    }
    found(0).unwrap();
    found(3).unwrap();
    world
        .act(&agent, &case.reference, &Action::Plan(AskedPlan::default()))
        .unwrap();
    assert_eq!(found(0).unwrap_err().code(), "task_done");
    let (seen, place) = manual::look(&world, &agent, task).unwrap();
    assert_eq!(
        (seen.row.amount, seen.text.as_deref()),
        (Some(3), Some("Pärm 7."))
    );
    assert_eq!(place.unwrap().0.id, "archive");
}

#[test]
fn staff_are_reminded_once_a_day_without_a_word_of_whom_it_is_about() {
    let world = world();
    let agent = world.staff(Role::Agent);
    let person = world.host.people()[0].clone();
    let case = assessed(&world, &agent, "erasure", 0);
    world.act(&agent, &case.reference, &Action::Claim).unwrap();
    world.advance(TimeDelta::days(4));
    assert_eq!(manual::remind(&world).unwrap(), 0);
    world.advance(TimeDelta::days(1));
    assert_eq!(manual::remind(&world).unwrap(), 1);
    assert_eq!(manual::remind(&world).unwrap(), 0);
    world.work();
    let mail = world.sink.wait_for(|mail| mail.text().contains("/staff/tasks"));
    assert!(mail.subject().contains("för hand"), "{}", mail.subject());
    for own in [
        person.email.as_deref().unwrap(),
        &person.customer_number,
        &person.name,
    ] {
        assert!(
            !mail.text().contains(own) && !mail.subject().contains(own),
            "{own}"
        );
    }
    world.advance(TimeDelta::days(1));
    assert_eq!(manual::remind(&world).unwrap(), 1);
}

#[test]
fn the_database_keeps_what_was_done() {
    let world = world();
    let agent = world.staff(Role::Agent);
    assessed(&world, &agent, "erasure", 0);
    done(&world, &agent, "find", 2, "Två avtal.");
    let mut owner = world.database.owner();
    for change in [
        "UPDATE manual_tasks SET done_at = NULL, done_by = NULL, amount = NULL, sealed = NULL",
        "UPDATE manual_tasks SET kind = 'erase'",
        "UPDATE manual_tasks SET amount = -1",
        "UPDATE manual_tasks SET done_by = NULL",
    ] {
        assert!(owner.batch_execute(change).is_err(), "{change}");
    }
    let same = "INSERT INTO manual_tasks (id, case_id, system, tbl, kind, created_at, due_on, done_at, done_by, amount)
        SELECT gen_random_uuid(), case_id, system, tbl, 'erase', created_at, due_on, done_at, done_by, 2 FROM manual_tasks;
        INSERT INTO manual_tasks (id, case_id, system, tbl, kind, created_at, due_on)
        SELECT gen_random_uuid(), case_id, system, tbl, 'verify', created_at, due_on FROM manual_tasks WHERE kind = 'erase'";
    owner.batch_execute(same).unwrap();
    let own = "UPDATE manual_tasks v SET done_at = now(), amount = 0, done_by = e.done_by FROM manual_tasks e
        WHERE v.kind = 'verify' AND e.kind = 'erase'";
    assert!(owner.batch_execute(own).is_err(), "who erased does not verify");
    assert!(
        owner
            .batch_execute("UPDATE manual_tasks SET amount = 1 WHERE kind = 'erase'")
            .is_err()
    );
}
