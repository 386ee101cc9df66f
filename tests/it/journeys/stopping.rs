//! Objections and withdrawn consents, from the request to the systems and the ledger.

use std::sync::Arc;

use chrono::TimeDelta;
use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::case::RefusalGround;
use dataratt::domain::grant::stop::Wish;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::granting::{Asked, AskedRefusal, AskedStop};
use dataratt::services::handling::Action;
use dataratt::services::intake::Typed;
use dataratt::services::planning::AskedPlan;
use dataratt::services::{Error, auditing, codes, planning, stopping, suppressions};
use dataratt::store::cases::StoredCase;
use dataratt::worker;

use crate::kill::faults::{Fault, FaultySystems, How};
use crate::support::fixtures::soaking;
use crate::support::invariants;
use crate::support::world::World;

/// An objection to all direct marketing.
pub fn marketing() -> Wish {
    Wish {
        marketing: true,
        ..Wish::default()
    }
}

fn wants(world: &World, right: &str, email: &str, wish: Wish) -> StoredCase {
    world.submit(&Typed {
        right: Some(right.into()),
        email: Some(email.into()),
        message: Some("Det räcker nu.".into()),
        stop: Some(wish),
        ..Typed::default()
    })
}

/// Somebody whom every marketing table knows.
pub fn marketed(world: &World) -> SamplePerson {
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    let sql = "SELECT 1 FROM newsletter n JOIN people p ON lower(p.email) = lower(n.email) WHERE lower(n.email) = lower($1)";
    let people = world.host.people();
    let known = people.into_iter().find(|person| {
        let email = person.email.clone().unwrap_or_default();
        crm.query(sql, &[&email]).unwrap().len() == 1
    });
    known.expect("somebody has a deal and the newsletter")
}

/// Whether the newsletter and offers go to an address; `None` where it has no row.
pub fn served(world: &World, email: &str) -> (Option<bool>, Option<bool>) {
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    let mut one = |sql: &str| {
        crm.query(sql, &[&email])
            .unwrap()
            .first()
            .map(|row| row.get::<_, bool>(0))
    };
    (
        one("SELECT subscribed FROM newsletter WHERE lower(email) = lower($1)"),
        one("SELECT offers FROM people WHERE lower(email) = lower($1)"),
    )
}

fn others_served(world: &World, email: &str) -> i64 {
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    let sql = "SELECT count(*) FROM newsletter WHERE subscribed AND lower(email) <> lower($1)";
    crm.query_one(sql, &[&email]).unwrap().get(0)
}

/// Whether marketing must leave an address alone.
pub fn is_suppressed(world: &World, email: &str) -> bool {
    let standings = suppressions::check(world, &Actor::System, &[email.to_owned()], &[]).unwrap();
    !standings[0].purposes.is_empty()
}

#[test]
fn marketing_that_is_objected_to_stops_at_once_without_staff_or_proof() {
    let world = World::new();
    let person = marketed(&world);
    let email = person.email.clone().unwrap();
    let others = others_served(&world, &email);
    assert_eq!(served(&world, &email), (Some(true), Some(true)));
    let case = wants(&world, "objection", &email, marketing());
    assert!(["answered", "closed"].contains(&case.case.state.name()));
    assert_eq!(served(&world, &email), (Some(false), Some(false)));
    assert_eq!(
        others_served(&world, &email),
        others,
        "nobody else's newsletter stops"
    );
    assert!(is_suppressed(&world, &email.to_uppercase()));
    let mail = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("slutat med direktmarknadsf"));
    assert!(mail.text().contains("2026-11-26"), "{}", mail.text());
    assert!(mail.text().contains("fakturor"), "{}", mail.text());
    // Pipedrive follows deals up for us.
    let told = "SELECT count(*) FROM notices WHERE kind = 'objection' AND recipient = 'pipedrive' AND state <> 'planned'";
    assert_eq!(world.database.count(told), 1);
    let mut owner = world.database.owner();
    invariants::histories_hold(&mut owner);
    invariants::two_decide(&mut owner);
    assert_eq!(auditing::verify(&world).unwrap().broken, []);
}

#[test]
fn an_address_that_nobody_knows_is_left_alone_all_the_same() {
    let world = World::new();
    let case = wants(&world, "objection", "okand@kund.example", marketing());
    assert_eq!(case.case.state.name(), "closed");
    assert!(is_suppressed(&world, "okand@kund.example"));
    assert!(!is_suppressed(&world, "annan@kund.example"));
    let subject = |email: &str| {
        let mail = world
            .sink
            .wait_for(|mail| mail.is_to(email) && mail.subject().contains("slutat"));
        mail.text().replace(case.reference.as_str(), "")
    };
    // The same words as somebody gets whom the systems know.
    let known = marketed(&world).email.unwrap();
    let other = wants(&world, "objection", &known, marketing());
    let text = subject(&known).replace(other.reference.as_str(), "");
    assert_eq!(subject("okand@kund.example"), text);
}

#[test]
fn what_somebody_else_typed_reaches_no_further_than_the_address() {
    let world = World::new();
    let people = world.host.people();
    let victim = marketed(&world);
    let typed = Typed {
        right: Some("objection".into()),
        email: Some("stranger@kund.example".into()),
        customer_number: Some(victim.customer_number.clone()),
        stop: Some(marketing()),
        ..Typed::default()
    };
    let case = world.submit(&typed);
    assert_eq!(case.case.state.name(), "closed");
    assert_eq!(
        served(&world, victim.email.as_deref().unwrap()),
        (Some(true), Some(true))
    );
    assert!(!is_suppressed(&world, victim.email.as_deref().unwrap()));
    assert_eq!(world.host.people(), people);
}

#[test]
fn rows_that_come_back_with_an_import_are_stopped_again_and_a_new_consent_stands() {
    let world = World::new();
    let email = marketed(&world).email.unwrap();
    wants(&world, "objection", &email, marketing());
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    crm.execute(
        "INSERT INTO newsletter (email, name, consented_at) VALUES (upper($1), 'Åter', '2025-01-01')",
        &[&email],
    )
    .unwrap();
    worker::run_sweeps(&world, &worker::sweeps());
    let still = "SELECT count(*) FROM newsletter WHERE subscribed AND lower(email) = lower($1)";
    assert_eq!(crm.query_one(still, &[&email]).unwrap().get::<_, i64>(0), 0);
    let recorded = "SELECT count(*) FROM audit_events WHERE action = 'suppressed_again'";
    assert_eq!(world.database.count(recorded), 1);
    // Twice is once.
    worker::run_sweeps(&world, &worker::sweeps());
    assert_eq!(world.database.count(recorded), 1);
    // Who agrees anew after the objection gets the newsletter.
    crm.execute(
        "UPDATE newsletter SET subscribed = true, consented_at = '2026-11-30' WHERE lower(email) = lower($1)",
        &[&email],
    )
    .unwrap();
    worker::run_sweeps(&world, &worker::sweeps());
    assert!(crm.query_one(still, &[&email]).unwrap().get::<_, i64>(0) > 0);
}

#[test]
fn the_ledger_survives_the_erasure_which_names_it() {
    let world = World::new();
    let person = marketed(&world);
    let email = person.email.clone().unwrap();
    wants(&world, "objection", &email, marketing());
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.submit(&Typed {
        right: Some("erasure".into()),
        email: Some(email.clone()),
        customer_number: Some(person.customer_number),
        ..Typed::default()
    });
    let method = "in_person".to_owned();
    for action in [
        Action::AcceptIdentity { method },
        Action::Plan(AskedPlan::default()),
    ] {
        world.act(&agent, &case.reference, &action).unwrap();
    }
    planning::confirm(&world, case.id, None).unwrap();
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    assert_eq!(served(&world, &email), (None, None));
    assert!(is_suppressed(&world, &email));
    let mail = world.sink.wait_for(|mail| {
        mail.is_to(&email) && mail.text().contains("spärrlista") && mail.text().contains("raderat")
    });
    assert!(mail.text().contains("marknadsföring igen"), "{}", mail.text());
}

#[test]
fn marketing_is_never_refused_and_other_processing_is_weighed_by_two() {
    let world = World::new();
    let email = marketed(&world).email.unwrap();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let both = Wish {
        other: true,
        ..marketing()
    };
    let case = wants(&world, "objection", &email, both);
    assert_eq!(case.case.state.name(), "assessing", "staff weigh the rest");
    let ground = RefusalGround::OverridingGrounds.name().to_owned();
    let refuse = Action::Refuse {
        ground: ground.clone(),
        reason: "Nej.".into(),
    };
    let refused = world.act(&agent, &case.reference, &refuse).unwrap_err();
    assert_eq!(refused.code(), "marketing_never_refused");
    let part = |item: &str| {
        let refused = AskedRefusal {
            item: item.into(),
            ground: ground.clone(),
            reason: "Analysen skyddar andra kunder.".into(),
        };
        Action::Grant(Asked {
            refused: vec![refused],
            ..Asked::default()
        })
    };
    for item in ["newsletter", "offers", "*"] {
        let refused = world.act(&agent, &case.reference, &part(item)).unwrap_err();
        assert_eq!(refused.code(), "marketing_never_refused", "{item}");
    }
    let prepared = world
        .act(&agent, &case.reference, &part("usage_analysis"))
        .unwrap();
    assert_eq!(prepared.case.state.name(), "assessing");
    assert!(matches!(
        world.act(&agent, &case.reference, &Action::Approve),
        Err(Error::Forbidden(_))
    ));
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    assert_eq!(served(&world, &email), (Some(false), Some(false)));
    let mail = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.text().contains("Analysen skyddar andra kunder."));
    assert!(mail.text().contains("imy.se"), "{}", mail.text());
}

#[test]
fn other_processing_stops_in_all_rows_of_who_proved_who_they_are() {
    let world = World::new();
    let person = world.host.people()[0].clone();
    let agent = world.staff(Role::Agent);
    let email = person.email.clone().unwrap();
    let other = Wish {
        other: true,
        ..Wish::default()
    };
    let case = wants(&world, "objection", &email, other);
    let mail = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.find_code().is_some());
    codes::verify(&world, &case.reference, &mail.code()).unwrap();
    let grant = Action::Grant(Asked {
        objection: Some(AskedStop {
            marketing: false,
            purposes: vec!["usage_analysis".into()],
        }),
        ..Asked::default()
    });
    let nothing = Action::Grant(Asked::default());
    assert_eq!(
        world.act(&agent, &case.reference, &nothing).unwrap_err().code(),
        "invalid"
    );
    world.act(&agent, &case.reference, &grant).unwrap();
    world.work();
    let mut hosting = world.host.database(SampleSystem::Hosting).owner();
    let stopped = |client: &mut postgres::Client| -> i64 {
        let sql = "SELECT count(*) FROM accounts WHERE NOT usage_analysis AND customer_no = $1";
        client.query_one(sql, &[&person.customer_number]).unwrap().get(0)
    };
    assert_eq!(stopped(&mut hosting), 1);
    assert_ne!(served(&world, &email).0, Some(false), "marketing was not meant");
    world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("Svaret på din invändning"));
}

#[test]
fn a_consent_ends_when_the_person_has_seen_what_stops_working() {
    let world = World::new();
    let email = marketed(&world).email.unwrap();
    let case = wants(&world, "consent_withdrawal", &email, Wish::default());
    assert_eq!(case.case.state.name(), "assessing", "it waits for the person");
    assert_eq!(served(&world, &email).0, Some(true));
    assert!(stopping::confirm(&world, case.id, Some(&["offers".to_owned()])).is_err());
    stopping::confirm(&world, case.id, Some(&["newsletter".to_owned()])).unwrap();
    world.work();
    let case = world.find(&case.reference);
    assert!(["answered", "closed"].contains(&case.case.state.name()));
    assert_eq!(
        served(&world, &email),
        (Some(false), Some(true)),
        "offers rest on something else"
    );
    let mail = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("samtycke"));
    assert!(mail.text().contains("nyhetsbrevet med tips"), "{}", mail.text());
    assert!(mail.text().contains("tillåtet"), "{}", mail.text());
    // What is left over is erased if they want: one case, however often they ask.
    let (erasure, _) = stopping::begin_erasure(&world, case.id).unwrap();
    let (again, _) = stopping::begin_erasure(&world, case.id).unwrap();
    assert_eq!(erasure.reference, again.reference);
    world.work();
    assert_eq!(world.find(&erasure.reference).case.right.name(), "erasure");
}

#[test]
fn a_consent_named_and_understood_with_the_request_needs_nobody() {
    let world = World::new();
    let email = marketed(&world).email.unwrap();
    let wish = Wish {
        purposes: vec!["newsletter".into()],
        confirmed: true,
        ..Wish::default()
    };
    let case = wants(&world, "consent_withdrawal", &email, wish);
    assert!(["answered", "closed"].contains(&case.case.state.name()));
    assert_eq!(served(&world, &email).0, Some(false));
}

#[test]
fn a_call_that_fails_or_panics_keeps_nothing_from_stopping() {
    let mut struck = 0;
    let step = if soaking() { 1 } else { 4 };
    for (first, how) in (1..).zip(How::ALL) {
        let mut world = World::new();
        let fault = Arc::new(Fault::default());
        world.ctx.systems = Arc::new(FaultySystems {
            inner: Arc::clone(&world.ctx.systems),
            fault: Arc::clone(&fault),
        });
        let email = marketed(&world).email.unwrap();
        for nth in (first..60).step_by(step) {
            let mut crm = world.host.database(SampleSystem::Crm).owner();
            crm.batch_execute("UPDATE newsletter SET subscribed = true; UPDATE people SET offers = true")
                .unwrap();
            fault.arm(nth, how);
            let case = wants(&world, "objection", &email, marketing());
            for _ in 0..6 {
                if world.database.count("SELECT count(*) FROM jobs") == 0 {
                    break;
                }
                world.later(TimeDelta::hours(7));
            }
            let hit = fault.disarm();
            let state = world.find(&case.reference).case.state.name();
            assert!(
                ["answered", "closed"].contains(&state),
                "{how:?} at call {nth}: {state}"
            );
            assert_eq!(
                served(&world, &email),
                (Some(false), Some(false)),
                "{how:?} at call {nth}"
            );
            struck += u32::from(hit);
            if !hit {
                break;
            }
        }
        assert_eq!(auditing::verify(&world).unwrap().broken, []);
    }
    assert!(struck > 20, "only {struck} calls went wrong");
}
