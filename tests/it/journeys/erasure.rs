//! An erasure from the request to the answer, for each of the five hosts.

use chrono::TimeDelta;
use dataratt::adapters::sample::SampleSystem;
use dataratt::domain::notice::{Answer, Outcome};
use dataratt::domain::staff::Role;
use dataratt::services::handling::{self, Action};
use dataratt::services::planning::AskedPlan;
use dataratt::services::{Error, answer, auditing, notices};
use dataratt::store;

use crate::support::mail::Mail;
use crate::support::world::World;

/// Everything in the billing database but the rows of one customer, as one checksum.
fn others(world: &World, customer_number: &str) -> String {
    let mut client = world.host.database(SampleSystem::Billing).owner();
    let sql = "SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM ( \
         SELECT c::text AS t FROM customers c WHERE customer_no <> $1 \
         UNION ALL SELECT i::text FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE c.customer_no <> $1 \
         UNION ALL SELECT o::text FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.customer_no <> $1) t";
    client.query_one(sql, &[&customer_number]).unwrap().get(0)
}

/// The invoices of one customer, as one checksum.
fn invoices(world: &World, customer_number: &str) -> String {
    let mut client = world.host.database(SampleSystem::Billing).owner();
    let sql = "SELECT md5(string_agg(i::text, ',' ORDER BY i.id)) FROM invoices i \
         JOIN customers c ON c.id = i.customer_id WHERE c.customer_no = $1";
    client.query_one(sql, &[&customer_number]).unwrap().get(0)
}

#[rstest::rstest]
#[case("admax")]
#[case("poise")]
#[case("webbplats-nu")]
#[case("skara-websolution")]
#[case("iso27001-host")]
fn it_goes_all_the_way(#[case] profile: &str) {
    let world = World::of(profile);
    let people = world.host.people();
    let person = &people[0];
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let (others_before, invoices_before) = (
        others(&world, &person.customer_number),
        invoices(&world, &person.customer_number),
    );

    let case = world.planned(person, &agent);
    assert_eq!(case.case.state.name(), "assessing");
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();

    let case = world.find(&case.reference);
    assert!(
        ["answered", "closed"].contains(&case.case.state.name()),
        "{}",
        case.case.state.name()
    );
    assert_eq!(
        others(&world, &person.customer_number),
        others_before,
        "somebody else's rows changed"
    );
    assert_eq!(
        invoices(&world, &person.customer_number),
        invoices_before,
        "a retained row changed"
    );
    let gone: Vec<_> = people
        .iter()
        .filter(|p| !world.host.people().contains(p))
        .collect();
    assert_eq!(gone, [person]);

    let told = answer::make(&world, &mut world.store.get().unwrap(), &case)
        .unwrap()
        .told;
    assert!(
        told.iter().any(|told| told.sent_at.is_some()),
        "{profile} told nobody"
    );
    let letter = world.sink.wait_for(|mail| {
        mail.is_to(person.email.as_deref().unwrap()) && mail.text().to_lowercase().contains("bokföringslagen")
    });
    assert!(!letter.subject().contains(&person.name));
    assert_eq!(auditing::verify(&world).unwrap().broken, []);
}

/// An answer that says the outcome and nothing more.
const fn only(outcome: Outcome) -> Answer {
    Answer {
        outcome,
        ground: None,
        statute: None,
        backups_until: None,
    }
}

/// The mails that recipients got.
fn notice_mails(world: &World) -> Vec<Mail> {
    let mails = world.sink.mails();
    mails
        .into_iter()
        .filter(|mail| mail.find_link("/notices/").is_some())
        .collect()
}

#[test]
fn recipients_answer_by_link_and_code_and_the_case_closes() {
    let world = World::of("skara-websolution");
    let person = &world.host.people()[0];
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(person, &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    let notice_mails = notice_mails(&world);
    assert!(!notice_mails.is_empty());
    for mail in &notice_mails {
        let text = mail.text();
        assert!(
            !text.contains(person.email.as_deref().unwrap()),
            "an identifier is in the mail"
        );
        let link = mail.link("/notices/");
        let token = link.rsplit('/').next().unwrap();
        let wrong = notices::open(&world, token, "00000000");
        assert!(matches!(wrong, Err(Error::Rejected("code_invalid"))));
        let opened = notices::open(&world, token, &mail.code()).unwrap();
        assert!(!opened.identifiers.is_empty());
        let erased = only(Outcome::Erased);
        notices::answer(&world, token, &mail.code(), &erased, None).unwrap();
    }
    // What staff tell by hand is recorded by staff.
    let rows = store::notices::list(&mut world.store.get().unwrap(), case.id).unwrap();
    for row in rows.iter().filter(|row| !row.state().unwrap().is_settled()) {
        let done = only(Outcome::NoDataFound);
        let version = world.find(&case.reference).version;
        let (recipient, given) = (&row.recipient, (&done, Some("per telefon")));
        let stale = notices::answer_for_recipient(&world, &agent, case.id, version - 1, recipient, given);
        assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
        notices::answer_for_recipient(&world, &agent, case.id, version, recipient, given).unwrap();
    }
    assert_eq!(world.find(&case.reference).case.state.name(), "closed");
    let late = only(Outcome::NoDataFound);
    let token = notice_mails[0].link("/notices/");
    let token = token.rsplit('/').next().unwrap();
    assert!(matches!(
        notices::answer(&world, token, &notice_mails[0].code(), &late, None),
        Err(Error::Gone(_))
    ));
}

#[test]
fn who_prepared_a_plan_cannot_approve_it_nor_talk_the_database_into_it() {
    let world = World::new();
    let person = &world.host.people()[1];
    let both = world.staff(Role::Approver);
    let case = world.planned(person, &both);
    let refused = world.act(&both, &case.reference, &Action::Approve).unwrap_err();
    assert_eq!(refused.code(), "four_eyes");
    let mut owner = world.database.owner();
    let forged = owner.execute(
        "UPDATE proposals SET state = 'approved', decided_by = prepared_by, decided_at = now()",
        &[],
    );
    assert!(format!("{:?}", forged.unwrap_err()).contains("four_eyes"));
    let jumped = owner.execute("UPDATE cases SET state = 'approved', cool_off_until = now()", &[]);
    assert!(format!("{:?}", jumped.unwrap_err()).contains("an erasure needs an approved plan"));
}

#[test]
fn nothing_is_erased_before_the_cool_off_and_the_person_can_stop_it_until_then() {
    let mut world = World::new();
    world.ctx.policy.cool_off = std::time::Duration::from_hours(24);
    let before = world.host.people();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(&before[2], &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.later(TimeDelta::hours(23));
    assert_eq!(world.find(&case.reference).case.state.name(), "approved");
    handling::withdraw(&world, case.id).unwrap();
    world.later(TimeDelta::hours(2));
    assert_eq!(world.find(&case.reference).case.state.name(), "withdrawn");
    assert_eq!(world.host.people(), before);
}

#[test]
fn a_plan_is_not_approved_before_the_person_has_confirmed_what_ends() {
    let world = World::new();
    let person = &world.host.people()[3];
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.asks("erasure", person);
    let early = world
        .act(&agent, &case.reference, &Action::Plan(AskedPlan::default()))
        .unwrap_err();
    assert_eq!(
        early.code(),
        "transition_refused",
        "an e-mail code alone plans nothing"
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
    world
        .act(&agent, &case.reference, &Action::Plan(AskedPlan::default()))
        .unwrap();
    let unconfirmed = world
        .act(&approver, &case.reference, &Action::Approve)
        .unwrap_err();
    assert_eq!(unconfirmed.code(), "transition_refused");
}

#[test]
fn the_trail_cannot_be_changed_even_by_the_owner_and_an_altered_row_is_named() {
    let world = World::new();
    let case = world.asks("access", &world.host.people()[0]);
    let mut owner = world.database.owner();
    for attempt in [
        "UPDATE audit_events SET actor = 'x'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
    ] {
        assert!(owner.batch_execute(attempt).is_err(), "{attempt} was let through");
    }
    // Past the trigger, as only a superuser can: the chain tells.
    owner
        .batch_execute(
            "SET session_replication_role = replica; \
             UPDATE audit_events SET actor = 'somebody' WHERE action = 'case_received'",
        )
        .unwrap();
    let verdict = auditing::verify(&world).unwrap();
    assert_eq!(verdict.broken.len(), 1);
    assert_eq!(verdict.broken[0].stream, Some(case.id.0));
}
