//! Recipients that do not answer, or take no mail: reminded, escalated, tried elsewhere, told by hand.

use chrono::TimeDelta;
use dataratt::domain::notice::{Answer, Outcome};
use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;
use dataratt::services::notices;
use dataratt::{services, store};

use super::told::{other_of, refuse, row, told, world};
use crate::support::world::World;

/// Lets days pass, one by one, with two instances that follow up at the same time.
fn days(world: &World, days: i64) {
    for _ in 0..days {
        world.advance(TimeDelta::days(1));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| notices::follow_up(world).unwrap());
            }
        });
        world.work();
    }
}

#[test]
fn silence_is_reminded_of_twice_then_escalated_and_in_the_end_on_record() {
    let world = world();
    let dpo = world.staff(Role::Dpo);
    let (case, _, it) = told(&world);
    assert_eq!(row(&world, &case, &it).state, "sent");
    let first = world.sink.mails_to(&it.address);
    assert_eq!(first.len(), 1);

    days(&world, 20);
    let mails = world.sink.mails_to(&it.address);
    assert_eq!(mails.len(), 3, "one notice, two reminders");
    for reminder in &mails[1..] {
        assert_ne!(reminder.subject(), first[0].subject());
        assert_eq!(reminder.link("/notices/"), first[0].link("/notices/"));
        assert_eq!(reminder.code(), first[0].code());
    }
    assert_eq!(row(&world, &case, &it).state, "overdue");

    days(&world, 10);
    assert_eq!(row(&world, &case, &it).state, "escalated");
    let attention = world.find(&case.reference).attention;
    assert_eq!(attention.as_deref(), Some("notice_escalated"));
    let owner = world.sink.mails_to(&it.owner);
    assert_eq!(owner.len(), 1);
    assert!(
        owner[0].text().contains("+49 30 23125 000"),
        "{}",
        owner[0].text()
    );

    days(&world, 30);
    assert_eq!(row(&world, &case, &it).state, "unanswered");
    assert_eq!(world.sink.mails_to(&it.owner).len(), 2);
    assert_eq!(world.sink.mails_to(&it.address).len(), 3);
    let dpo = store::staff::find(&mut world.store.get().unwrap(), dpo.staff().unwrap()).unwrap();
    assert!(world.sink.mails_to(&dpo.member.email).len() >= 2);
    let waiting = store::notices::list(&mut world.store.get().unwrap(), case.id).unwrap();
    assert!(
        waiting
            .iter()
            .all(|row| row.state != "sent" && row.state != "overdue")
    );
}

#[test]
fn an_answer_ends_the_following_up_even_after_the_escalation() {
    let world = world();
    let (case, _, it) = told(&world);
    days(&world, 25);
    assert_eq!(row(&world, &case, &it).state, "escalated");
    let mail = world.sink.mails_to(&it.address).remove(0);
    let link = mail.link("/notices/");
    let answer = Answer {
        outcome: Outcome::Erased,
        ground: None,
        statute: None,
        backups_until: None,
    };
    notices::answer(
        &world,
        link.rsplit('/').next().unwrap(),
        &mail.code(),
        &answer,
        None,
    )
    .unwrap();
    assert_eq!(row(&world, &case, &it).state, "answered");
    let before = world.sink.mails_to(&it.address).len();
    days(&world, 30);
    assert_eq!(world.sink.mails_to(&it.address).len(), before);
    assert_eq!(world.sink.mails_to(&it.owner).len(), 1);
}

#[test]
fn a_notice_that_the_first_address_refuses_goes_to_the_other_one() {
    let world = world();
    refuse(&world, false);
    let (case, agent, it) = told(&world);
    let rerouted = row(&world, &case, &it);
    assert_eq!(
        (rerouted.state.as_str(), rerouted.uses_other_address),
        ("sent", true)
    );
    let mails = world.sink.mails_to(&other_of(&it.id));
    assert_eq!(mails.len(), 1);
    let link = mails[0].link("/notices/");
    assert!(notices::open(&world, link.rsplit('/').next().unwrap(), &mails[0].code()).is_ok());

    let told = Action::RecordTold { recipient: it.id };
    let nothing = world.act(&agent, &case.reference, &told);
    assert!(matches!(nothing, Err(services::Error::Invalid(_))), "{nothing:?}");
}

#[test]
fn a_recipient_that_no_mail_reaches_is_told_by_hand() {
    let world = world();
    refuse(&world, true);
    let (case, agent, it) = told(&world);
    assert_eq!(row(&world, &case, &it).state, "bounced");
    assert_eq!(case.attention.as_deref(), Some("notice_undeliverable"));
    let seen = services::overview::staff_case(&world, &agent, &case.reference).unwrap();
    assert!(seen.actions.contains(&"record_told"), "{:?}", seen.actions);

    let recipient = it.id.clone();
    world
        .act(&agent, &case.reference, &Action::RecordTold { recipient })
        .unwrap();
    assert_eq!(row(&world, &case, &it).state, "sent");
}

#[test]
fn a_recipient_that_nothing_reaches_is_given_up_and_the_person_is_told_so() {
    let world = world();
    refuse(&world, true);
    let (case, agent, it) = told(&world);
    let rows = store::notices::list(&mut world.store.get().unwrap(), case.id).unwrap();
    for row in rows.into_iter().filter(notices::waits_for_staff) {
        let recipient = row.recipient;
        world
            .act(&agent, &case.reference, &Action::RecordUnreachable { recipient })
            .unwrap();
    }
    let row = row(&world, &case, &it);
    assert_eq!(
        (row.state.as_str(), row.why.as_deref()),
        ("impossible", Some("undeliverable"))
    );
    let case = world.find(&case.reference);
    assert_eq!((case.case.state.name(), case.attention), ("closed", None));
}
