//! Human review of an automated decision (Art. 22(3)).

use dataratt::domain::case::State;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::granting::{Asked, AskedRefusal, AskedReview};
use dataratt::services::handling::Action;
use dataratt::services::{Error, accounts};
use dataratt::store::cases::StoredCase;

use crate::support::world::World;

const REASONS: &str = "Spärren byggde på en gammal adress och är hävd.";

fn review(outcome: &str, reasons: &str) -> Action {
    Action::Grant(Asked {
        human_review: Some(AskedReview {
            outcome: outcome.into(),
            reasons: reasons.into(),
        }),
        ..Asked::default()
    })
}

fn asked(world: &World, agent: &Actor) -> StoredCase {
    let person = &world.host.people()[0];
    let case = world.asks("human_review", person);
    let method = "in_person".to_owned();
    world
        .act(agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap_or(case)
}

#[test]
fn a_person_reviews_and_answers_at_once() {
    let world = World::of("iso27001-host");
    let agent = world.staff(Role::Agent);
    let case = asked(&world, &agent);
    let after = world
        .act(&agent, &case.reference, &review("changed", REASONS))
        .unwrap();
    assert!(
        matches!(after.case.state, State::Answered { .. } | State::Closed { .. }),
        "{after:?}"
    );
    world.work();
    let letter = world.sink.wait_for(|mail| mail.text().contains(REASONS));
    assert!(letter.text().contains("beslutet är ändrat"), "{}", letter.text());
    assert!(letter.text().contains("domstol") && letter.text().contains("imy.se"));
    assert!(!letter.subject().contains("Spärren"));
}

#[test]
fn without_outcome_or_reasons_nothing_is_answered() {
    let world = World::of("iso27001-host");
    let agent = world.staff(Role::Agent);
    let case = asked(&world, &agent);
    for (wrong, field) in [
        (review("", REASONS), "outcome"),
        (review("perhaps", REASONS), "outcome"),
        (review("upheld", "  "), "reasons"),
        (Action::Grant(Asked::default()), "outcome"),
    ] {
        let error = world.act(&agent, &case.reference, &wrong).unwrap_err();
        assert!(
            matches!(&error, Error::Invalid(fields) if fields[0].field == field),
            "{error:?}"
        );
    }
    let Action::Grant(whole) = review("upheld", REASONS) else {
        unreachable!()
    };
    let in_part = Action::Grant(Asked {
        refused: vec![AskedRefusal {
            item: "x".into(),
            ground: "excessive".into(),
            reason: "y".into(),
        }],
        ..whole
    });
    assert!(world.act(&agent, &case.reference, &in_part).is_err());
    assert_eq!(world.find(&case.reference).case.state, State::Assessing);
}

#[test]
fn a_machine_reviews_nothing() {
    let world = World::of("iso27001-host");
    let agent = world.staff(Role::Agent);
    let case = asked(&world, &agent);
    let key = accounts::add_key(&world, &Actor::System, "robot", Role::Agent).unwrap();
    let robot = Actor::Staff {
        id: key.staff,
        role: Role::Agent,
    };
    let error = world
        .act(&robot, &case.reference, &review("upheld", REASONS))
        .unwrap_err();
    assert_eq!(error.code(), "person_needed");
}

#[test]
fn the_database_answers_nothing_at_once_that_is_to_be_carried_out() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = &world.host.people()[1];
    let access = world.asks("access", person);
    let method = "in_person".to_owned();
    world
        .act(&agent, &access.reference, &Action::AcceptIdentity { method })
        .unwrap();
    let reviewed = asked(&world, &agent);
    let mut owner = world.database.owner();
    for case in [access.id, reviewed.id] {
        let set = owner.execute("UPDATE cases SET state = 'answered' WHERE id = $1", &[&case.0]);
        assert!(set.is_err(), "{case}");
    }
}
