//! An erasure waits until the person has the data that they asked for, and then goes on by itself.

use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::case::{Case, State};
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::granting::Asked;
use dataratt::services::handling::{self, Action};
use dataratt::services::intake::Typed;
use dataratt::services::overview;
use dataratt::store::cases::StoredCase;
use rstest::rstest;

use crate::rights::{assessed, collected, released};
use crate::support::world::World;

/// An erasure that could begin, were it not for what the person asked for beside it.
fn approved(world: &World, person: &SamplePerson) -> StoredCase {
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(person, &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.find(&case.reference)
}

/// Somebody asks for access; nobody has proved anything yet.
fn typed_in(world: &World, typed: Typed) -> StoredCase {
    world.submit(&Typed {
        right: Some("access".into()),
        ..typed
    })
}

/// Somebody asks for access, and is who they say.
fn asked_for_access(world: &World, typed: Typed) -> StoredCase {
    let case = typed_in(world, typed);
    let method = "in_person".to_owned();
    let agent = world.staff(Role::Agent);
    world
        .act(&agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap()
}

fn state(world: &World, case: &StoredCase) -> &'static str {
    world.find(&case.reference).case.state.name()
}

fn rows(world: &World, person: &SamplePerson) -> i64 {
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let sql =
        "SELECT count(*) FROM services s JOIN customers c ON c.id = s.customer_id WHERE c.customer_no = $1";
    billing.query_one(sql, &[&person.customer_number]).unwrap().get(0)
}

/// How a request of access ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Released,
    Withdrawn,
    Refused,
}

impl End {
    fn make(self, world: &World, agent: &Actor, access: &StoredCase) {
        match self {
            Self::Released => {
                released(world, agent, access);
            }
            Self::Withdrawn => {
                handling::withdraw(world, access.id).unwrap();
            }
            Self::Refused => {
                let ground = "excessive".to_owned();
                let reason = "Den femte på en vecka.".to_owned();
                world
                    .act(agent, &access.reference, &Action::Stop)
                    .and_then(|_| world.act(agent, &access.reference, &Action::Refuse { ground, reason }))
                    .unwrap();
                let approver = world.staff(Role::Approver);
                world.act(&approver, &access.reference, &Action::Approve).unwrap();
            }
        }
    }
}

#[rstest]
#[case::released(End::Released)]
#[case::withdrawn(End::Withdrawn)]
#[case::refused(End::Refused)]
fn it_waits_until_the_answer_and_no_longer(#[case] end: End) {
    let world = World::new();
    let person = world.host.people()[0].clone();
    let agent = world.staff(Role::Agent);
    let access = collected(&world, &agent, "access", &person, Asked::default());
    assert_eq!(access.case.state, State::ReadyForRelease);
    let erasure = approved(&world, &person);
    let before = rows(&world, &person);
    for _ in 0..3 {
        world.later(chrono::TimeDelta::hours(7));
        assert_eq!(state(&world, &erasure), "approved");
    }
    assert_eq!(rows(&world, &person), before);
    // Who decides, and who asks, see what it waits for; the trail says it once.
    let seen = overview::staff_case(&world, &agent, &erasure.reference).unwrap();
    assert_eq!(seen.awaited_by, [access.reference.to_string()]);
    let told = "SELECT count(*) FROM audit_events WHERE action = 'erasure_waits'";
    assert_eq!(world.database.count(told), 1);
    assert_eq!(
        world.find(&erasure.reference).attention,
        None,
        "nobody has to do anything"
    );

    end.make(&world, &agent, &access);
    world.work();
    assert!(
        ["answered", "closed"].contains(&state(&world, &erasure)),
        "{end:?}"
    );
    assert_eq!(rows(&world, &person), 0);
}

#[test]
fn the_same_person_is_recognised_by_the_account_that_was_found() {
    let world = World::new();
    let person = world.host.people()[1].clone();
    // By number and from another address than the erasure's.
    let access = asked_for_access(
        &world,
        Typed {
            email: Some("annan@kund.example".into()),
            customer_number: Some(person.customer_number.clone()),
            ..Typed::default()
        },
    );
    let erasure = approved(&world, &person);
    world.work();
    assert_eq!(state(&world, &erasure), "approved");
    handling::withdraw(&world, access.id).unwrap();
    world.work();
    assert!(["answered", "closed"].contains(&state(&world, &erasure)));
}

#[test]
fn a_request_of_nobody_known_holds_nothing_back() {
    let world = World::new();
    let person = world.host.people()[1].clone();
    let access = typed_in(
        &world,
        Typed {
            email: person.email.clone(),
            customer_number: Some(person.customer_number.clone()),
            ..Typed::default()
        },
    );
    let erasure = approved(&world, &person);
    world.work();
    assert_eq!(
        world.find(&access.reference).case.state.name(),
        "identity_pending"
    );
    assert!(["answered", "closed"].contains(&state(&world, &erasure)));
}

#[test]
fn another_persons_request_holds_nothing_back() {
    let world = World::new();
    let people = world.host.people();
    let other = people[5].clone();
    asked_for_access(
        &world,
        Typed {
            email: other.email,
            ..Typed::default()
        },
    );
    let erasure = approved(&world, &people[0]);
    world.work();
    assert!(["answered", "closed"].contains(&state(&world, &erasure)));
}

#[test]
fn a_copy_that_was_asked_for_comes_before_the_erasure() {
    let world = World::new();
    let person = world.host.people()[2].clone();
    let agent = world.staff(Role::Agent);
    let case = world.planned(&person, &agent);
    let copy = handling::ask_for_copy(&world, case.id).unwrap();
    world.work();
    let approver = world.staff(Role::Approver);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    assert_eq!(state(&world, &case), "approved");
    assert_eq!(world.find(&copy.reference).case.state.name(), "assessing");
    world
        .act(&agent, &copy.reference, &Action::Collect(Asked::default()))
        .unwrap();
    world.work();
    assert_eq!(state(&world, &case), "approved", "collected is not answered");
    released(&world, &agent, &world.find(&copy.reference));
    assert!(["answered", "closed"].contains(&state(&world, &case)));
}

#[test]
fn a_legal_hold_and_a_request_hold_it_back_each_by_itself() {
    let world = World::new();
    let person = world.host.people()[3].clone();
    let agent = world.staff(Role::Agent);
    let access = assessed(&world, &agent, "access", &person);
    let erasure = approved(&world, &person);
    let hold = Action::Hold {
        reason: String::new(),
        told: true,
        authority: String::new(),
    };
    world.act(&agent, &erasure.reference, &hold).unwrap();
    world.work();
    handling::withdraw(&world, access.id).unwrap();
    world.work();
    assert_eq!(state(&world, &erasure), "approved", "the hold is in force");
    let again = assessed(&world, &agent, "access", &person);
    world.act(&agent, &erasure.reference, &Action::LiftHold).unwrap();
    world.work();
    assert_eq!(
        state(&world, &erasure),
        "approved",
        "they wait for their data again"
    );
    handling::withdraw(&world, again.id).unwrap();
    world.work();
    assert!(["answered", "closed"].contains(&state(&world, &erasure)));
}

#[test]
fn the_database_starts_no_erasure_of_what_was_asked_for() {
    let world = World::new();
    let person = world.host.people()[4].clone();
    assessed(&world, &world.staff(Role::Agent), "portability", &person);
    let erasure = approved(&world, &person);
    let mut owner = world.database.owner();
    let start = "UPDATE cases SET state = 'executing' WHERE id = $1::text::uuid";
    let refused = owner.execute(start, &[&erasure.id.to_string()]).unwrap_err();
    assert_eq!(
        refused.as_db_error().unwrap().message(),
        "the person waits for their data"
    );
}

#[test]
fn the_database_and_the_code_agree_on_who_waits_for_data() {
    let world = World::new();
    let case = world.asks("access", &world.host.people()[0]);
    let mut owner = world.database.owner();
    let at = world.now();
    let day = case.deadline.received_on();
    let states = [
        State::Received,
        State::IdentityPending,
        State::Assessing,
        State::ClarificationPending { asked_on: day },
        State::Approved { cool_off_until: at },
        State::Executing,
        State::ReadyForRelease,
        State::Answered { at },
        State::Closed { at },
        State::Refused {
            at,
            ground: dataratt::domain::case::RefusalGround::Excessive,
        },
        State::Withdrawn { at },
        State::Lapsed { at },
        State::Forwarded { at },
    ];
    assert_eq!(states.map(|state| state.name()), State::NAMES);
    for right in dataratt::domain::right::Right::ALL {
        for state in states {
            let sql = "SELECT waits_for_answer(jsonb_populate_record(c, jsonb_build_object('right', $1::text, 'state', $2::text))) \
                       FROM cases c LIMIT 1";
            let said: bool = owner
                .query_one(sql, &[&right.name(), &state.name()])
                .unwrap()
                .get(0);
            let known = Case {
                right,
                state,
                ..case.case.clone()
            };
            assert_eq!(said, known.waits_for_data(), "{} {}", right.name(), state.name());
        }
    }
}
