//! Who is asking: codes, levels, and people who are hard to tell apart.

use chrono::TimeDelta;
use dataratt::adapters::sample::{NastyCase, SamplePerson};
use dataratt::domain::identity::Level;
use dataratt::domain::staff::Role;
use dataratt::services::Error;
use dataratt::services::codes;
use dataratt::services::handling::Action;
use dataratt::services::intake::Typed;
use dataratt::services::planning::AskedPlan;
use dataratt::services::searching;
use dataratt::store::cases::StoredCase;

use crate::support::world::World;

fn typed(email: &str, customer_number: Option<&str>) -> Typed {
    Typed {
        right: Some("erasure".into()),
        email: Some(email.into()),
        customer_number: customer_number.map(Into::into),
        ..Typed::default()
    }
}

fn person(world: &World, case: NastyCase) -> SamplePerson {
    let number = case.customer_number().expect("the case is a customer");
    let found = world
        .host
        .people()
        .into_iter()
        .find(|person| person.customer_number == number);
    found.expect("the person is listed")
}

fn level(world: &World, case: &StoredCase) -> Level {
    world.find(&case.reference).case.identity.reached
}

#[test]
fn the_known_and_the_unknown_get_the_same_mail() {
    let world = World::new();
    let known = world.host.people()[0].email.clone().unwrap();
    let masked = |email: &str| {
        let case = world.submit(&typed(email, None));
        assert_eq!(case.case.state.name(), "identity_pending");
        assert_eq!(case.case.identity.required, Level::A3);
        let mails = world.sink.mails_to(email);
        assert_eq!(mails.len(), 1);
        mails[0]
            .text()
            .replace(case.reference.as_str(), "REF")
            .replace(&mails[0].code(), "CODE")
    };
    assert_eq!(masked(&known), masked("nobody.at.all@unknown.example"));
}

#[test]
fn another_address_gets_nowhere_without_the_code_sent_to_the_one_on_file() {
    let world = World::new();
    let victim = world.host.people()[1].clone();
    let case = world.submit(&typed(
        "attacker@elsewhere.example",
        Some(&victim.customer_number),
    ));
    let to_attacker = world.sink.mails_to("attacker@elsewhere.example");
    let to_victim = world.sink.mails_to(victim.email.as_deref().unwrap());
    assert_eq!((to_attacker.len(), to_victim.len()), (1, 1));

    codes::verify(&world, &case.reference, &to_attacker[0].code()).unwrap();
    assert_eq!(
        level(&world, &case),
        Level::A0,
        "a typed address proves itself alone"
    );
    codes::verify(&world, &case.reference, &to_victim[0].code()).unwrap();
    assert_eq!(level(&world, &case), Level::A1);
}

#[test]
fn an_address_in_a_domain_we_host_and_would_erase_proves_nothing_alone() {
    let world = World::new();
    let person = person(&world, NastyCase::HostedAddress);
    let case = world.asks("erasure", &person);
    assert_eq!(level(&world, &case), Level::A0);
}

#[rstest::rstest]
#[case(NastyCase::UpperCase)]
#[case(NastyCase::PlusAddress)]
#[case(NastyCase::SwedishLetters)]
fn an_address_is_the_same_however_it_is_written(#[case] which: NastyCase) {
    let world = World::new();
    let person = person(&world, which);
    let email = person.email.clone().unwrap();
    let shouted = SamplePerson {
        email: Some(email.to_uppercase()),
        ..person.clone()
    };
    let case = world.submit(&typed(shouted.email.as_deref().unwrap(), None));
    let mail = world.sink.wait_for(|mail| mail.find_code().is_some());
    codes::verify(&world, &case.reference, &mail.code()).unwrap();
    assert_eq!(level(&world, &case), Level::A1);
    let stored = world.find(&case.reference);
    let subject = searching::find_subject(&world, &mut world.store.get().unwrap(), &stored)
        .unwrap()
        .unwrap();
    assert_eq!(
        subject.keys.customer_number.as_deref(),
        Some(person.customer_number.as_str())
    );
}

#[test]
fn two_accounts_with_one_address_are_never_erased_before_staff_choose() {
    let world = World::new();
    let (a, b) = (
        person(&world, NastyCase::SameEmailA),
        person(&world, NastyCase::SameEmailB),
    );
    assert_eq!(a.email, b.email);
    let agent = world.staff(Role::Agent);
    let case = world.asks("erasure", &a);
    assert_eq!(
        level(&world, &case),
        Level::A0,
        "a shared address proves nothing alone"
    );
    assert_eq!(
        world.find(&case.reference).attention.as_deref(),
        Some("ambiguous_match")
    );
    world
        .act(
            &agent,
            &case.reference,
            &Action::AcceptIdentity {
                method: "in_person".into(),
            },
        )
        .unwrap();
    let undecided = world
        .act(&agent, &case.reference, &Action::Plan(AskedPlan::default()))
        .unwrap_err();
    assert_eq!(undecided.code(), "ambiguous_match");

    let stored = world.find(&case.reference);
    let subject = searching::find_subject(&world, &mut world.store.get().unwrap(), &stored)
        .unwrap()
        .unwrap();
    let chosen = subject
        .candidates
        .iter()
        .find(|row| row.keys.customer_number.as_deref() == Some(&b.customer_number));
    let account = Some(chosen.unwrap().key.clone());
    world
        .act(
            &agent,
            &case.reference,
            &Action::Plan(AskedPlan {
                account,
                ..AskedPlan::default()
            }),
        )
        .unwrap();
    dataratt::services::planning::confirm(&world, case.id, None).unwrap();
    let before = world.host.people();
    world
        .act(&world.staff(Role::Approver), &case.reference, &Action::Approve)
        .unwrap();
    world.work();
    let after = world.host.people();
    let gone: Vec<_> = before.iter().filter(|p| !after.contains(p)).collect();
    assert_eq!(gone, [&b], "the account that staff chose, and no other");
}

#[test]
fn somebody_of_the_same_name_is_left_alone() {
    let world = World::new();
    let (a, b) = (
        person(&world, NastyCase::SameNameA),
        person(&world, NastyCase::SameNameB),
    );
    let agent = world.staff(Role::Agent);
    let case = world.planned(&a, &agent);
    world
        .act(&world.staff(Role::Approver), &case.reference, &Action::Approve)
        .unwrap();
    world.work();
    let left = world.host.people();
    assert!(left.contains(&b) && !left.contains(&a));
}

#[test]
fn five_tries_are_compared_and_no_more_however_many_come_at_once() {
    let world = World::new();
    let case = world.submit(&typed("someone@unknown.example", None));
    let right = world.sink.mails_to("someone@unknown.example")[0].code();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..32)
            .map(|n| {
                let (world, reference) = (&world.app.ctx, &case.reference);
                let guess = format!("{n:08}");
                scope.spawn(move || {
                    codes::verify(world, reference, &guess)
                        .map(|_| ())
                        .unwrap_err()
                        .code()
                })
            })
            .collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let compared = outcomes.iter().filter(|code| **code == "code_invalid").count();
    assert_eq!(compared, 5, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|code| **code == "too_many").count(), 27);
    // The right code is no use any more: the round is spent.
    assert!(matches!(
        codes::verify(&world, &case.reference, &right),
        Err(Error::TooMany { .. })
    ));
}

#[test]
fn a_code_works_once_and_for_ten_minutes() {
    let world = World::new();
    let case = world.submit(&typed("someone@unknown.example", None));
    let code = world.sink.mails_to("someone@unknown.example")[0].code();
    codes::verify(&world, &case.reference, &code).unwrap();
    assert!(matches!(
        codes::verify(&world, &case.reference, &code),
        Err(Error::Gone("code_used"))
    ));

    let late = world.submit(&typed("late@unknown.example", None));
    let code = world.sink.mails_to("late@unknown.example")[0].code();
    world.advance(TimeDelta::minutes(11));
    assert!(matches!(
        codes::verify(&world, &late.reference, &code),
        Err(Error::Gone("code_expired"))
    ));
    codes::ask_again(&world, &late.reference).unwrap();
    world.work();
    let again = world.sink.mails_to("late@unknown.example")[1].code();
    codes::verify(&world, &late.reference, &again).unwrap();
}

#[test]
fn one_address_gets_three_code_mails_a_day_whatever_is_asked() {
    let world = World::new();
    for _ in 0..6 {
        let case = world.submit(&typed("victim@unknown.example", None));
        codes::ask_again(&world, &case.reference).unwrap();
    }
    world.work();
    assert_eq!(world.sink.mails_to("victim@unknown.example").len(), 3);
    assert_eq!(
        world.database.count("SELECT count(*) FROM cases"),
        6,
        "no case is lost"
    );
}

#[test]
fn a_case_that_nobody_proves_ends_after_thirty_days_and_says_so() {
    let world = World::new();
    let case = world.submit(&typed("someone@unknown.example", None));
    world.advance(TimeDelta::days(31));
    dataratt::worker::run_sweeps(&world, &dataratt::worker::sweeps());
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "lapsed");
    let mails = world.sink.mails_to("someone@unknown.example");
    assert!(mails.iter().any(|mail| mail.text().contains("imy.se")));
}

#[test]
fn what_staff_accept_adds_up_to_the_level_the_right_needs() {
    let world = World::new();
    let person = world.host.people()[2].clone();
    let agent = world.staff(Role::Agent);
    let case = world.asks("erasure", &person);
    assert_eq!(level(&world, &case), Level::A1);
    for (method, reached, state) in [
        ("call_back", Level::A2, "identity_pending"),
        ("letter", Level::A3, "assessing"),
    ] {
        world
            .act(
                &agent,
                &case.reference,
                &Action::AcceptIdentity {
                    method: method.into(),
                },
            )
            .unwrap();
        let now = world.find(&case.reference);
        assert_eq!(
            (now.case.identity.reached, now.case.state.name()),
            (reached, state)
        );
    }
    let copy = world.act(
        &agent,
        &case.reference,
        &Action::AcceptIdentity {
            method: "passport_copy".into(),
        },
    );
    assert!(matches!(copy, Err(Error::Invalid(_))));
}

#[test]
fn a_refusal_takes_two_people_and_tells_the_person_what_they_can_do() {
    let world = World::new();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.asks("access", &world.host.people()[3].clone());
    let refuse = Action::Refuse {
        ground: "excessive".into(),
        reason: "Tredje gången i veckan.".into(),
    };
    world.act(&agent, &case.reference, &refuse).unwrap();
    assert_eq!(
        world
            .act(&agent, &case.reference, &Action::Approve)
            .unwrap_err()
            .code(),
        "four_eyes"
    );
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "refused");
    let letter = world
        .sink
        .wait_for(|mail| mail.text().contains("Tredje gången i veckan."));
    for must in ["12.5", "imy.se", "domstol"] {
        assert!(
            letter.text().contains(must),
            "{must} is missing:\n{}",
            letter.text()
        );
    }
}

#[test]
fn a_case_is_given_to_nobody_who_could_not_work_on_it() {
    let world = World::new();
    let (agent, auditor) = (world.staff(Role::Agent), world.staff(Role::Auditor));
    let case = world.submit(&typed("someone@unknown.example", None));
    for nobody in [uuid::Uuid::from_u128(7), auditor.staff().unwrap().0] {
        let give = Action::Assign {
            assignee: Some(nobody),
        };
        assert!(matches!(
            world.act(&agent, &case.reference, &give),
            Err(Error::Invalid(_))
        ));
    }
    let give = Action::Assign {
        assignee: agent.staff().map(|staff| staff.0),
    };
    assert_eq!(
        world.act(&agent, &case.reference, &give).unwrap().assignee,
        agent.staff()
    );
}
