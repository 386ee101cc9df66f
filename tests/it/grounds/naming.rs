//! Every plan names its ground, or is none.

use dataratt::domain::erasure::ErasureGround;
use dataratt::domain::ids::Reference;
use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;
use dataratt::services::planning::{self, AskedPlan};
use dataratt::services::{Error, stopping};
use serde_json::json;

use super::{facts, identified, plan};
use crate::api::client::Api;
use crate::pages::site::Site;
use crate::support::world::World;

fn on(ground: &str, reason: Option<&str>) -> AskedPlan {
    AskedPlan {
        ground: Some(ground.into()),
        reason: reason.map(str::to_owned),
        ..AskedPlan::default()
    }
}

fn wrong(error: Error) -> (&'static str, &'static str) {
    match error {
        Error::Invalid(fields) => (fields[0].field, fields[0].code),
        other => panic!("{other}"),
    }
}

#[test]
fn without_a_name_the_ground_is_that_nobody_needs_the_data_once_the_services_end() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = identified(&world, &world.host.people()[0], &agent);
    let case = plan(&world, &agent, &case, AskedPlan::default()).unwrap();
    let shown = facts(&world, &case);
    assert_eq!(shown.basis.ground(), ErasureGround::NoLongerNeeded);
    let events = "SELECT count(*) FROM audit_events WHERE action = 'plan_made' \
                  AND detail->>'ground' = 'no_longer_needed_17_1_a'";
    assert_eq!(world.database.count(events), 1);
    assert_eq!(
        world
            .database
            .count("SELECT count(*) FROM plans WHERE ground = 'no_longer_needed_17_1_a' AND NOT refuses"),
        1
    );
}

#[test]
fn a_ground_that_nothing_shows_needs_a_reason_which_is_under_the_hash() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = identified(&world, &world.host.people()[1], &agent);
    for ground in ErasureGround::ALL.into_iter().skip(1) {
        let refused = plan(&world, &agent, &case, on(ground.name(), Some("  "))).unwrap_err();
        assert_eq!(
            wrong(refused),
            ("reason", "ground_not_shown"),
            "{}",
            ground.name()
        );
    }
    let unknown = plan(&world, &agent, &case, on("17(1)(z)", Some("So."))).unwrap_err();
    assert_eq!(wrong(unknown), ("ground", "unknown"));
    assert_eq!(
        world.database.count("SELECT count(*) FROM plans"),
        0,
        "none was kept"
    );

    let mut hashes = std::collections::BTreeSet::new();
    for (ground, reason) in [
        ("no_longer_needed_17_1_a", None),
        ("unlawful_17_1_d", Some("A list that was sold.")),
        ("unlawful_17_1_d", Some("Another list.")),
        ("legal_duty_17_1_e", Some("Another list.")),
    ] {
        let case = plan(&world, &agent, &world.find(&case.reference), on(ground, reason)).unwrap();
        hashes.insert(facts(&world, &case).hash);
    }
    assert_eq!(hashes.len(), 4);
}

#[test]
fn what_was_withdrawn_or_objected_to_is_the_ground_of_the_erasure_that_came_of_it() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    // Somebody whose services all ended, so that nothing else keeps the data.
    let person = &world.host.people()[2];
    let mut billing = world
        .host
        .database(dataratt::adapters::sample::SampleSystem::Billing)
        .owner();
    billing
        .execute(
            "UPDATE services SET status = 'ended' WHERE customer_id = (SELECT id FROM customers WHERE customer_no = $1)",
            &[&person.customer_number],
        )
        .unwrap();
    for (right, ground) in [
        ("objection", ErasureGround::Objected),
        ("consent_withdrawal", ErasureGround::ConsentWithdrawn),
    ] {
        let typed = dataratt::services::intake::Typed {
            right: Some(right.into()),
            email: person.email.clone(),
            customer_number: Some(person.customer_number.clone()),
            stop: Some(dataratt::domain::grant::stop::Wish {
                marketing: right == "objection",
                purposes: vec!["newsletter".to_owned()]
                    .into_iter()
                    .filter(|_| right != "objection")
                    .collect(),
                confirmed: true,
                ..Default::default()
            }),
            ..Default::default()
        };
        let stopped = world.submit(&typed);
        let (begun, _) = stopping::begin_erasure(&world, stopped.id).unwrap();
        world.work();
        let case = world.find(&begun.reference);
        let method = "in_person".to_owned();
        world
            .act(&agent, &case.reference, &Action::AcceptIdentity { method })
            .unwrap();
        let case = world.find(&case.reference);
        let case = plan(&world, &agent, &case, AskedPlan::default()).unwrap();
        assert_eq!(facts(&world, &case).basis.ground(), ground, "{right}");
    }
}

/// The first guard is the type of a plan; the second the use case above; this is the third.
#[test]
fn the_database_proposes_and_approves_no_erasure_without_a_ground() {
    let world = World::new();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = identified(&world, &world.host.people()[3], &agent);
    let case = plan(&world, &agent, &case, AskedPlan::default()).unwrap();
    let mut owner = world.database.owner();
    for rewriting in [
        "UPDATE plans SET ground = NULL",
        "UPDATE plans SET ground = 'unlawful_17_1_d'",
        "UPDATE plans SET hash = repeat('0', 64)",
        "UPDATE plans SET refuses = true",
        "UPDATE plans SET summary = '{}'",
        "UPDATE plans SET sealed = '\\x00'",
        "INSERT INTO plans (id, case_id, made_at, hash, summary, ground) \
         SELECT gen_random_uuid(), case_id, made_at, hash, summary, 'whim' FROM plans",
    ] {
        let refused = owner.batch_execute(rewriting).unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "23514", "{rewriting}");
    }
    // A plan of before grounds were named is no plan any more, whoever writes the proposal.
    owner
        .batch_execute(
            "INSERT INTO plans (id, case_id, made_at, hash, summary, sealed) \
             SELECT gen_random_uuid(), case_id, made_at + interval '1 second', hash, summary, sealed FROM plans; \
             UPDATE proposals SET state = 'superseded'",
        )
        .unwrap();
    let copy = "INSERT INTO proposals (id, case_id, kind, prepared_by, prepared_at, hash, plan_id, confirmation) \
         SELECT gen_random_uuid(), p.case_id, 'erasure', p.prepared_by, now(), p.hash, l.id, 'not_needed' \
         FROM proposals p, plans l WHERE l.ground IS NULL";
    let refused = owner.batch_execute(copy).unwrap_err();
    assert_eq!(
        refused.as_db_error().unwrap().message(),
        "an erasure needs a ground"
    );
    let stale = world.act(&approver, &case.reference, &Action::Approve);
    assert!(stale.is_err());
    // Nor does it show as one.
    let mut conn = world.store.get().unwrap();
    let case = world.find(&case.reference);
    assert!(planning::newest(&world, &mut conn, &case).unwrap().is_none());
}

#[test]
fn agent_approver_person_and_answer_all_read_the_ground() {
    let site = Site::new();
    let person = site.host.people()[4].clone();
    let email = person.email.clone().unwrap();
    let agent = site.staff(Role::Agent);
    let (reference, _) = site.open_case("erasure", &email);
    let reference = Reference::parse(&reference).unwrap();
    let method = "in_person".to_owned();
    site.act(&agent, &reference, &Action::AcceptIdentity { method })
        .unwrap();
    let asked = on("unlawful_17_1_d", Some("Listan fick inte säljas till oss."));
    site.act(&agent, &reference, &Action::Plan(asked)).unwrap();
    let said = ["artikel 17.1 d", "Listan fick inte säljas till oss."];

    let page = site.see(&format!("/requests/{reference}")).expect(200).text();
    assert!(said.iter().all(|words| page.contains(words)), "{page}");
    let tokens = [Role::Agent, Role::Approver].map(|role| site.token(role));
    for token in &tokens {
        let plan = site.get(&format!("/cases/{reference}/plan"), token).expect(200);
        assert_eq!(plan["ground"], "unlawful_17_1_d");
        assert_eq!(plan["ground_reason"], said[1]);
        assert_eq!(plan["refused"], json!([]));
    }
    let case = site.find(&reference);
    planning::confirm(&site, case.id, None).unwrap();
    let approver = site.staff(Role::Approver);
    site.act(&approver, &reference, &Action::Approve).unwrap();
    site.work();
    let letter = site
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.text().contains("Det här är borta"));
    assert!(
        said.iter().all(|words| letter.text().contains(words)),
        "{}",
        letter.text()
    );
    let page = site.see(&format!("/requests/{reference}")).expect(200).text();
    assert!(page.contains("Det här är borta"), "{page}");
    assert!(said.iter().all(|words| page.contains(words)), "{page}");
}

#[test]
fn the_call_names_what_is_wrong_with_a_ground() {
    let api = Api::new();
    let agent = api.token(Role::Agent);
    let email = api.host.people()[5].email.clone().unwrap();
    let (reference, person) = api.verified("erasure", &email);
    api.acts(
        &reference,
        &agent,
        "accept_identity",
        json!({ "method": "in_person" }),
    )
    .expect(200);
    api.acts(&reference, &agent, "plan", json!({ "ground": "17(1)(a)" }))
        .wrong(&["ground: unknown"]);
    api.acts(
        &reference,
        &agent,
        "plan",
        json!({ "ground": "child_service_17_1_f" }),
    )
    .wrong(&["reason: ground_not_shown"]);
    api.acts(
        &reference,
        &agent,
        "plan",
        json!({ "ground": "child_service_17_1_f", "reason": "She was eleven." }),
    )
    .expect(200);
    let seen = api.get(&format!("/requests/{reference}"), &person).expect(200);
    assert_eq!(seen["plan"]["ground"], "child_service_17_1_f");
    assert_eq!(seen["plan"]["ground_reason"], "She was eleven.");
}
