//! What a person has asked to see is not purged before they have their answer, and goes by itself afterwards.

use dataratt::adapters::sample::NastyCase;
use dataratt::domain::purge::{LineState, ListState};
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::{self, Action};
use dataratt::services::intake::Typed;
use dataratt::services::purging;
use dataratt::store::cases::StoredCase;
use dataratt::worker;

use super::{approve, books, erased, noon, person, proposed, show};
use crate::support::world::World;

/// Somebody who gives the customer number asks to see what there is.
fn asked(world: &World, right: &str, customer_number: &str) -> StoredCase {
    let case = world.submit(&Typed {
        right: Some(right.into()),
        email: Some("anna@kund.example".into()),
        customer_number: Some(customer_number.into()),
        ..Typed::default()
    });
    let agent = world.staff(Role::Agent);
    let method = "in_person".to_owned();
    world
        .act(&agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap()
}

#[rstest::rstest]
#[case::access("access", false)]
#[case::portability("portability", false)]
// Nothing is left of the erasure's case but what was retained: the rows themselves tell whose they are.
#[case::long_after("access", true)]
fn lines_wait_until_the_answer_and_go_on_by_themselves(#[case] right: &str, #[case] long_after: bool) {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    let erasure = erased(&world, &person);
    let before = books(&world, &person.customer_number);
    if long_after {
        // Notices that nobody answered keep the case open: close it, so that its file and its record can go.
        let mut owner = world.database.owner();
        owner
            .batch_execute("UPDATE notices SET state = 'cancelled' WHERE state NOT IN ('answered', 'informed', 'impossible')")
            .ok();
        for day in ["2029-01-01", "2032-01-01", "2034-06-01"] {
            world.clock.set(noon(day));
            worker::run_sweeps(&world, &worker::sweeps());
        }
    }
    world.clock.set(noon("2035-01-01"));
    let list = proposed(&world).unwrap();
    let case = asked(&world, right, &person.customer_number);
    let by = [case.reference.to_string()];
    let shown = show(&world, list).lines;
    assert!(shown.iter().all(|line| line.awaited_by == by), "{shown:?}");
    approve(&world, list);
    for _ in 0..2 {
        world.later(chrono::TimeDelta::hours(7));
        let waits = show(&world, list);
        assert_eq!(waits.state, ListState::Running);
        assert!(
            waits.lines.iter().all(|line| line.state == LineState::Waiting),
            "{:?}",
            waits.lines
        );
    }
    assert_eq!(books(&world, &person.customer_number), before);
    let told = "SELECT count(*) FROM audit_events WHERE action = 'purge_line_waits'";
    let lines = i64::try_from(shown.len()).unwrap();
    assert_eq!(world.database.count(told), lines, "each once");
    assert_eq!(proposed(&world), None, "what waits is not proposed again");

    handling::withdraw(&world, case.id).unwrap();
    world.work();
    let gone = show(&world, list);
    assert_eq!(gone.state, ListState::Done);
    assert!(
        gone.lines
            .iter()
            .all(|line| line.state == LineState::Done && line.awaited_by.is_empty())
    );
    assert_eq!(books(&world, &person.customer_number), 0);
    let _ = erasure;
}

#[test]
fn what_is_asked_for_shows_in_the_outlook_and_the_database_purges_none_of_it() {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    erased(&world, &person);
    world.clock.set(noon("2035-01-01"));
    let case = asked(&world, "access", &person.customer_number);
    let outlook = purging::outlook(&world, "2035-01-01".parse().unwrap()).unwrap();
    assert!(!outlook.lines.is_empty());
    let by = [case.reference.to_string()];
    assert!(
        outlook.lines.iter().all(|line| line.awaited_by == by),
        "{outlook:?}"
    );
    let list = proposed(&world).unwrap();
    approve(&world, list);
    let mut owner = world.database.owner();
    owner
        .batch_execute("UPDATE purges SET state = 'running'")
        .unwrap();
    let refused = owner
        .batch_execute("UPDATE purge_lines SET state = 'running'")
        .unwrap_err();
    assert_eq!(
        refused.as_db_error().unwrap().message(),
        "the person waits for their data"
    );
    assert!(purging::show(&world, &Actor::System, list).is_ok());
}
