//! Restriction (Art. 18) through the use cases, and past them.

use chrono::TimeDelta;
use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::notice::{Answer, Outcome};
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::granting::Asked;
use dataratt::services::granting::restriction::AskedRestriction;
use dataratt::services::handling::Action;
use dataratt::services::intake::Typed;
use dataratt::services::{auditing, notices, overview, restricting};
use dataratt::store::cases::StoredCase;
use dataratt::store::restrictions;
use dataratt::worker;

use super::interrupted::{faulty, work_it_off};
use super::rectification::known_everywhere;
use crate::kill::faults::How;
use crate::support::fixtures::soaking;
use crate::support::invariants;
use crate::support::world::World;

/// What staff ask for who restrict everything while the accuracy is verified.
pub fn restrict(items: &[&str]) -> Asked {
    Asked {
        restriction: Some(AskedRestriction {
            ground: "accuracy".into(),
            items: items.iter().map(|item| (*item).to_owned()).collect(),
            expected_end: "2026-12-31".parse().ok(),
            allowed: vec!["legal_claims".into()],
            services: "continue_with_consent".into(),
        }),
        ..Asked::default()
    }
}

fn asked(world: &World, agent: &Actor, person: &SamplePerson) -> StoredCase {
    let typed = Typed {
        right: Some("restriction".into()),
        email: person.email.clone(),
        ..Typed::default()
    };
    let case = world.submit(&typed);
    let method = "in_person".to_owned();
    let accepted = world.act(agent, &case.reference, &Action::AcceptIdentity { method });
    accepted.unwrap_or_else(|_| world.find(&case.reference))
}

/// A restriction that is in force.
pub fn placed(world: &World, agent: &Actor, person: &SamplePerson) -> StoredCase {
    let case = asked(world, agent, person);
    let grant = Action::Grant(restrict(&["contact", "sales", "marketing"]));
    world.act(agent, &case.reference, &grant).unwrap();
    world.work();
    world.find(&case.reference)
}

/// The marks of the person: in the register, in the CRM's deals and its newsletter.
fn marks(world: &World, person: &SamplePerson) -> Vec<Option<bool>> {
    let email = person.email.clone().unwrap();
    let one = |system, table: &str, column: &str, value: &str| {
        let sql = format!("SELECT restricted FROM {table} WHERE {column} = $1");
        let mut client = world.host.database(system).owner();
        client
            .query_one(&sql, &[&value])
            .unwrap()
            .get::<_, Option<bool>>(0)
    };
    vec![
        one(
            SampleSystem::Billing,
            "customers",
            "customer_no",
            &person.customer_number,
        ),
        one(SampleSystem::Crm, "people", "email", &email),
        one(SampleSystem::Crm, "newsletter", "email", &email),
    ]
}

/// Announces that it is lifted.
pub fn lift(world: &World, agent: &Actor, case: &StoredCase) -> dataratt::services::Result<StoredCase> {
    let reason = "claim_unfounded".to_owned();
    world.act(agent, &case.reference, &Action::LiftRestriction { reason })
}

fn state(world: &World, case: &StoredCase) -> (&'static str, &'static str) {
    let conn = &mut *world.store.get().unwrap();
    let stored = restrictions::find(conn, case.id).unwrap().unwrap();
    (
        world.find(&case.reference).case.state.name(),
        stored.standing.state.name(),
    )
}

fn answer_all(world: &World, outcome: Outcome) {
    for mail in world.sink.mails() {
        let Some(link) = mail.find_link("/notices/") else {
            continue;
        };
        let answer = Answer {
            outcome,
            ground: None,
            statute: None,
            backups_until: None,
        };
        let token = link.rsplit('/').next().unwrap().to_owned();
        let _settled = notices::answer(world, &token, &mail.code(), &answer, None);
    }
}

#[test]
fn marks_every_system_tells_everybody_and_keeps_the_case_open() {
    let world = World::of("skara-websolution");
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let email = person.email.clone().unwrap();
    let case = placed(&world, &agent, &person);
    assert_eq!(
        state(&world, &case),
        ("answered", "placed"),
        "{:?}",
        case.attention
    );
    assert_eq!(marks(&world, &person), [Some(true); 3]);
    let text = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("begränsade"))
        .text();
    for part in ["18.1 a", "2026-12-31", "lagras", "18.3", "samtycker"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Answers of all recipients do not close a case whose restriction is in force.
    let told = "SELECT count(*) FROM notices WHERE kind = 'restriction' AND state <> 'impossible'";
    assert!(world.database.count(told) > 0);
    answer_all(&world, Outcome::Restricted);
    let open = "SELECT count(*) FROM notices WHERE kind = 'restriction' AND state = 'sent'";
    assert_eq!(world.database.count(open), 0);
    assert_eq!(state(&world, &case), ("answered", "placed"));
    let close = Action::Close {
        reason: "Nej.".into(),
    };
    let error = world.act(&agent, &case.reference, &close).unwrap_err();
    assert_eq!(error.code(), "restriction_in_force");
}

#[test]
fn ends_after_the_letter_and_its_lead_time_with_everybody_told_again() {
    let world = World::of("skara-websolution");
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let email = person.email.clone().unwrap();
    let case = placed(&world, &agent, &person);
    lift(&world, &agent, &case).unwrap();
    world.work();
    assert_eq!(
        marks(&world, &person),
        [Some(true); 3],
        "not before the lead time"
    );
    let before = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("upphör snart"));
    assert!(before.text().contains("2026-11-30") && before.text().contains("18.3"));
    assert_eq!(
        lift(&world, &agent, &case).unwrap_err().code(),
        "restriction_not_in_force"
    );
    world.later(TimeDelta::days(6));
    assert_eq!(state(&world, &case), ("answered", "lift_announced"));
    world.later(TimeDelta::hours(25));
    world.work();
    assert_eq!(
        marks(&world, &person),
        [None; 3],
        "what stood there before stands there again"
    );
    assert_eq!(state(&world, &case).1, "lifted");
    let lifted =
        "SELECT count(*) FROM notices WHERE kind = 'restriction_lifted' AND state IN ('informed', 'queued')";
    assert!(world.database.count(lifted) > 0, "recipients hear of the end too");
    world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("har upphört"));
    assert_eq!(auditing::verify(&world).unwrap().broken, []);
}

#[test]
fn nothing_is_lifted_before_the_letter_has_left() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let case = placed(&world, &agent, &person);
    lift(&world, &agent, &case).unwrap();
    // The letter waits in the outbox for weeks.
    world.advance(TimeDelta::days(21));
    let ran = restricting::run_lift(&world, case.id).unwrap();
    assert!(
        matches!(ran, dataratt::services::execution::Run::NotBefore(_)),
        "{ran:?}"
    );
    assert_eq!(marks(&world, &person), [Some(true); 3]);
    world.work();
    // Its lead time runs from when it left, not from when it was written.
    world.later(TimeDelta::days(6));
    assert_eq!(state(&world, &case).1, "lift_announced");
    world.later(TimeDelta::days(2));
    assert_eq!(state(&world, &case).1, "lifted");
}

#[test]
fn the_database_refuses_to_lift_untold_or_too_early_or_to_close() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let case = placed(&world, &agent, &person);
    let mut owner = world.database.owner();
    let mut refused = |sql: &str| {
        let error = owner.execute(sql, &[]).unwrap_err();
        let code = error.code().map(|code| code.code().to_owned());
        assert_eq!(code.as_deref(), Some("23514"), "{sql}: {error}");
    };
    refused(
        "UPDATE restrictions SET state = 'lifted', lift_reason = 'ended', lift_mail = gen_random_uuid(), lifted_at = now()",
    );
    refused("UPDATE cases SET state = 'closed' WHERE state = 'answered'");
    refused(
        "INSERT INTO restrictions SELECT gen_random_uuid(), case_id, ground, scope, allowed, services, placed_at, expected_end, 0, 'lift_announced', 'ended', gen_random_uuid() FROM restrictions",
    );
    lift(&world, &agent, &case).unwrap();
    refused("UPDATE restrictions SET state = 'lifted', lifted_at = now() + interval '1 year'");
    refused("UPDATE restrictions SET lift_notice_sent_at = now() - interval '1 year'");
    refused("UPDATE restrictions SET lead_seconds = 0");
    world.work();
    restricting::run_lift(&world, case.id).unwrap();
    refused("UPDATE restrictions SET state = 'lifted', lifted_at = lift_notice_sent_at + interval '1 day'");
    refused("UPDATE restrictions SET lift_notice_sent_at = NULL");
    assert_eq!(state(&world, &case), ("answered", "lift_announced"));
}

#[test]
fn its_file_goes_like_any_other_once_it_is_lifted() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let case = placed(&world, &agent, &person);
    lift(&world, &agent, &case).unwrap();
    world.work();
    world.later(TimeDelta::days(8));
    answer_all(&world, Outcome::Restricted);
    world.work();
    let close = Action::Close {
        reason: "Alla har fått veta.".into(),
    };
    let _closed = world.act(&agent, &case.reference, &close);
    assert_eq!(state(&world, &case), ("closed", "lifted"));
    world.advance(TimeDelta::days(3 * 366));
    worker::run_sweeps(&world, &worker::sweeps());
    assert!(world.find(&case.reference).thinned_at.is_some());
}

#[test]
fn a_row_that_changed_meanwhile_is_left_and_staff_are_told() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let case = placed(&world, &agent, &person);
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    crm.execute("DELETE FROM newsletter WHERE email = $1", &[&person.email])
        .unwrap();
    lift(&world, &agent, &case).unwrap();
    world.work();
    world.later(TimeDelta::days(8));
    assert_eq!(state(&world, &case).1, "lifted");
    assert_eq!(
        world.find(&case.reference).attention.as_deref(),
        Some("lift_by_hand")
    );
    let left = "SELECT count(*) FROM people WHERE restricted";
    assert_eq!(
        world.host.database(SampleSystem::Crm).count(left),
        0,
        "the others are given back"
    );
}

#[test]
fn what_no_rule_marks_is_for_staff_and_the_end_is_not_forgotten() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = world.host.people()[0].clone();
    let case = asked(&world, &agent, &person);
    let grant = Action::Grant(restrict(&["support"]));
    world.act(&agent, &case.reference, &grant).unwrap();
    world.work();
    assert_eq!(
        world.find(&case.reference).attention.as_deref(),
        Some("restriction_by_hand")
    );
    world.advance(TimeDelta::days(39));
    worker::run_sweeps(&world, &worker::sweeps());
    assert_eq!(
        world.find(&case.reference).attention.as_deref(),
        Some("restriction_end_passed")
    );
    let reminded = "SELECT count(*) FROM audit_events WHERE action = 'restriction_end_passed'";
    worker::run_sweeps(&world, &worker::sweeps());
    assert_eq!(world.database.count(reminded), 1, "once");
}

#[test]
fn an_erasure_shows_the_restriction() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let case = placed(&world, &agent, &person);
    let typed = Typed {
        right: Some("erasure".into()),
        email: person.email.clone(),
        ..Typed::default()
    };
    let erasure = world.submit(&typed);
    let seen = overview::staff_case(&world, &agent, &erasure.reference).unwrap();
    assert_eq!(seen.restricted_beside, [case.reference.to_string()]);
}

#[rstest::rstest]
#[case(AskedRestriction { ground: "because".into(), ..restrict(&[]).restriction.unwrap() }, "invalid")]
#[case(AskedRestriction { services: String::new(), ..restrict(&[]).restriction.unwrap() }, "invalid")]
#[case(AskedRestriction { allowed: vec!["storage".into()], ..restrict(&[]).restriction.unwrap() }, "invalid")]
#[case(AskedRestriction { items: vec!["no.such".into()], ..restrict(&[]).restriction.unwrap() }, "invalid")]
#[case(AskedRestriction { expected_end: "2026-11-01".parse().ok(), ..restrict(&[]).restriction.unwrap() }, "invalid")]
#[case(AskedRestriction { items: vec!["web_visits".into()], ..restrict(&[]).restriction.unwrap() }, "nothing_to_restrict")]
fn what_makes_no_sense_is_not_granted(#[case] asked_for: AskedRestriction, #[case] code: &str) {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = asked(&world, &agent, &world.host.people()[0]);
    let grant = Action::Grant(Asked {
        restriction: Some(asked_for),
        ..Asked::default()
    });
    assert_eq!(
        world.act(&agent, &case.reference, &grant).unwrap_err().code(),
        code
    );
}

#[test]
fn any_call_to_a_system_may_go_wrong_when_marking_and_when_lifting() {
    // Each way to fail at every call is for `make soak`; else each call fails in one of the ways.
    let ways = if soaking() { How::ALL.len() } else { 1 };
    for offset in 0..ways {
        let (world, fault) = faulty();
        let agent = world.staff(Role::Agent);
        for (nth, how) in (1..).zip(How::ALL.into_iter().cycle().skip(offset)) {
            let person = known_everywhere(&world);
            let case = asked(&world, &agent, &person);
            let mut terms = restrict(&["contact", "sales", "marketing"]);
            terms.restriction.as_mut().unwrap().expected_end = None;
            let grant = Action::Grant(terms);
            world.act(&agent, &case.reference, &grant).unwrap();
            fault.arm(nth, how);
            work_it_off(&world);
            let marking = fault.disarm();
            assert_eq!(marks(&world, &person), [Some(true); 3], "{nth} {how:?}");
            lift(&world, &agent, &case).unwrap();
            fault.arm(nth, how);
            work_it_off(&world);
            let lifting = fault.disarm();
            assert_eq!(marks(&world, &person), [None; 3], "{nth} {how:?}");
            assert_eq!(state(&world, &case).1, "lifted");
            if !marking && !lifting {
                assert!(nth > 3, "{offset}: fewer calls than there are tables");
                break;
            }
        }
        let mut owner = world.database.owner();
        invariants::histories_hold(&mut owner);
        invariants::mails_have_causes(&mut owner, &world.sink, 1);
        assert_eq!(auditing::verify(&world).unwrap().broken, []);
    }
}
