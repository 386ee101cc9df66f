//! A list from its proposal to its end.

use dataratt::adapters::sample::NastyCase;
use dataratt::domain::purge::{LineState, ListState};
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::purging::{self, Action};
use dataratt::services::{Error, auditing};

use super::{approve, books, decide, erased, noon, person, proposed, purge_at, rows, show};
use crate::support::world::World;

#[test]
fn nothing_is_proposed_before_the_first_day_and_then_all_that_may_go() {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    erased(&world, &person);
    world.clock.set(noon("2029-12-31"));
    assert_eq!(proposed(&world), None);
    world.clock.set(noon("2030-01-01"));
    let list = proposed(&world).unwrap();
    let shown = show(&world, list);
    assert_eq!(shown.state, ListState::Proposed);
    assert!(
        shown
            .lines
            .iter()
            .all(|line| line.until.to_string() == "2029-12-31")
    );
    assert_eq!(proposed(&world), Some(list), "proposing again changes nothing");
    assert_eq!(show(&world, list).lines.len(), shown.lines.len());
    // A year later the same list waits, and has more on it.
    world.clock.set(noon("2031-01-01"));
    assert_eq!(proposed(&world), Some(list));
    assert!(show(&world, list).lines.len() > shown.lines.len());
}

#[test]
fn an_approved_list_goes_line_by_line_and_the_reduced_customer_with_the_last() {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    let number = person.customer_number.clone();
    let case = erased(&world, &person);
    let before = books(&world, &number);
    world.clock.set(noon("2030-01-01"));
    let list = proposed(&world).unwrap();
    world.work();
    assert_eq!(
        books(&world, &number),
        before,
        "nothing goes before it is approved"
    );
    approve(&world, list);
    world.work();
    let done = show(&world, list);
    assert_eq!(done.state, ListState::Done, "{:?}", done.lines);
    assert_eq!(
        (done.rows, done.purged),
        (before - books(&world, &number), done.rows)
    );
    assert_eq!(rows(&world, "customers", &number), 1);
    let events = format!(
        "SELECT count(*) FROM audit_events WHERE stream = '{}' AND action = 'retained_purged'",
        case.id
    );
    assert_eq!(world.database.count(&events), done.lines.len() as i64);
    for year in 2031..=2035 {
        purge_at(&world, &format!("{year}-01-01"));
    }
    assert_eq!(books(&world, &number), 0);
    assert_eq!(
        world
            .database
            .count("SELECT count(*) FROM retained_rows WHERE purged_at IS NULL"),
        0
    );
    assert_eq!(auditing::verify(&world).unwrap().broken, []);
}

#[test]
fn only_an_approver_decides_and_only_what_they_saw() {
    let world = World::new();
    erased(&world, &person(&world, NastyCase::OneStopShopSale));
    world.clock.set(noon("2031-02-01"));
    let list = proposed(&world).unwrap();
    let version = show(&world, list).version;
    for role in [Role::Agent, Role::Dpo, Role::Admin, Role::Auditor] {
        let refused = purging::act(&world, &world.staff(role), list, version, &Action::Approve);
        assert!(
            matches!(refused, Err(Error::Forbidden("role"))),
            "{}",
            role.name()
        );
    }
    let refused = purging::act(&world, &Actor::System, list, version, &Action::Approve);
    assert!(matches!(refused, Err(Error::Forbidden("role"))));
    let approver = world.staff(Role::Approver);
    let stale = purging::act(&world, &approver, list, version - 1, &Action::Approve);
    assert!(matches!(stale, Err(Error::Stale)));
    purging::act(&world, &approver, list, version, &Action::Approve).unwrap();
    let again = decide(&world, list, &Action::Approve).unwrap_err();
    assert_eq!(again.code(), "purge_decided");
    let reject = Action::Reject {
        reason: "too late".into(),
    };
    assert_eq!(decide(&world, list, &reject).unwrap_err().code(), "purge_decided");
}

#[test]
fn a_rejected_list_comes_again_and_a_line_taken_out_too() {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    let number = person.customer_number.clone();
    erased(&world, &person);
    let before = books(&world, &number);
    world.clock.set(noon("2030-01-10"));
    let list = proposed(&world).unwrap();
    let unsaid = decide(&world, list, &Action::Reject { reason: "  ".into() }).unwrap_err();
    assert_eq!(unsaid.code(), "invalid");
    let reason = "A dispute about these invoices is likely";
    decide(
        &world,
        list,
        &Action::Reject {
            reason: reason.into(),
        },
    )
    .unwrap();
    world.work();
    let rejected = show(&world, list);
    assert_eq!(
        (rejected.state, rejected.reason.as_deref()),
        (ListState::Rejected, Some(reason))
    );
    assert_eq!(books(&world, &number), before);
    assert_eq!(proposed(&world), None, "not the same day again");
    world.clock.set(noon("2030-02-09"));
    let again = proposed(&world).unwrap();
    assert_ne!(again, list);
    let line = show(&world, again).lines[0].clone();
    let out = Action::TakeOut {
        line: line.id,
        reason: "Look at it first".into(),
    };
    decide(&world, again, &out).unwrap();
    approve(&world, again);
    world.work();
    let done = show(&world, again);
    let of = |state| done.lines.iter().filter(|line| line.state == state).count();
    assert_eq!(
        (of(LineState::TakenOut), of(LineState::Done)),
        (1, done.lines.len() - 1)
    );
    world.clock.set(noon("2030-03-12"));
    let third = show(&world, proposed(&world).unwrap());
    assert_eq!(
        third.lines.iter().map(|line| line.id).collect::<Vec<_>>(),
        [line.id]
    );
    let plain =
        "SELECT count(*) FROM purges WHERE position('dispute' in encode(reason_sealed, 'escape')) > 0";
    assert_eq!(world.database.count(plain), 0, "a reason is sealed");
}

#[test]
fn without_approval_the_service_approves_by_itself() {
    let mut world = World::new();
    world.ctx.policy.retention.purge_approval = false;
    let person = person(&world, NastyCase::CreditedOverNewYear);
    erased(&world, &person);
    world.clock.set(noon("2035-01-01"));
    let list = proposed(&world).unwrap();
    world.work();
    let done = show(&world, list);
    assert_eq!((done.state, done.decided_by), (ListState::Done, None));
    assert_eq!(books(&world, &person.customer_number), 0);
}

#[test]
fn the_database_itself_refuses_what_was_not_approved() {
    let world = World::new();
    erased(&world, &person(&world, NastyCase::OneStopShopSale));
    world.clock.set(noon("2031-02-01"));
    proposed(&world).unwrap();
    let mut owner = world.database.owner();
    for forged in [
        "UPDATE purges SET state = 'running', decided_at = now()",
        "UPDATE purges SET state = 'done', decided_at = now(), finished_at = now()",
        "UPDATE purge_lines SET state = 'running'",
        "UPDATE purge_lines SET state = 'done', purged = 1, finished_at = now()",
        "INSERT INTO purges (id, proposed_at, proposed_on) VALUES (gen_random_uuid(), now(), now())",
    ] {
        assert!(owner.batch_execute(forged).is_err(), "{forged} was let through");
    }
}

#[test]
fn two_instances_at_once_make_one_list_and_purge_each_row_once() {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    let number = person.customer_number.clone();
    erased(&world, &person);
    world.clock.set(noon("2035-01-01"));
    let before = books(&world, &number);
    let instances: Vec<_> = (0..4).map(|_| world.another()).collect();
    std::thread::scope(|scope| {
        for instance in &instances {
            scope.spawn(|| purging::propose(instance).unwrap());
        }
    });
    assert_eq!(world.database.count("SELECT count(*) FROM purges"), 1);
    let list = proposed(&world).unwrap();
    approve(&world, list);
    std::thread::scope(|scope| {
        for instance in &instances {
            scope.spawn(|| purging::run(instance, list).unwrap());
        }
    });
    world.work();
    let done = show(&world, list);
    assert_eq!((done.state, done.purged), (ListState::Done, before));
    assert_eq!(books(&world, &number), 0);
    let twice = "SELECT count(*) FROM (SELECT detail->>'table', detail->>'until', detail->>'ground' FROM audit_events \
         WHERE action = 'retained_purged' GROUP BY 1, 2, 3 HAVING count(*) > 1) t";
    assert_eq!(world.database.count(twice), 0, "a line was purged twice");
}
