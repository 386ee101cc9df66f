//! A part that is refused: by two people, with reasons, complaint and court; and a contract that goes on.

use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;
use dataratt::services::planning::{self, AskedPlan};
use dataratt::services::{Error, answer};
use dataratt::store::cases::StoredCase;
use rstest::rstest;
use serde_json::json;

use super::{approver, facts, identified, plan, refusal, with_tickets};
use crate::api::client::Api;
use crate::desk::{Staff, case_path};
use crate::pages::site::Site;
use crate::support::world::World;

const REASON: &str = "Vi är oense om en faktura, och ärendena är bevis.";

fn dispute() -> AskedPlan {
    AskedPlan {
        refused: vec![refusal("support", "legal_claims_17_3_e", REASON)],
        ..AskedPlan::default()
    }
}

fn tickets(world: &World, person: &SamplePerson) -> i64 {
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    let sql = "SELECT count(*) FROM tickets WHERE customer_no = $1";
    crm.query_one(sql, &[&person.customer_number]).unwrap().get(0)
}

fn approved(world: &World, case: &StoredCase) {
    world
        .act(&approver(world), &case.reference, &Action::Approve)
        .unwrap();
    world.work();
}

#[test]
fn what_is_refused_stays_and_the_answer_says_why_and_where_to_go() {
    let world = World::new();
    let agent = world.staff(Role::Approver);
    let person = with_tickets(&world);
    let before = tickets(&world, &person);
    let case = identified(&world, &person, &agent);
    let case = plan(&world, &agent, &case, dispute()).unwrap();
    assert!(facts(&world, &case).systems.iter().any(|part| {
        let mut lines = part.lines.iter();
        lines.any(|line| line.operation == "refuse" && line.ground.as_deref() == Some("legal_claims_17_3_e"))
    }));
    planning::confirm(&world, case.id, None).unwrap();
    let own = world.act(&agent, &case.reference, &Action::Approve).unwrap_err();
    assert_eq!(own.code(), "four_eyes");
    approved(&world, &case);

    let case = world.find(&case.reference);
    assert_eq!(case.case.state.name(), "answered", "{:?}", case.attention);
    assert_eq!(tickets(&world, &person), before, "what is refused stays");
    assert!(!world.host.people().contains(&person), "the rest is gone");
    let facts = answer::make(&world, &mut world.store.get().unwrap(), &case).unwrap();
    assert_eq!(facts.refused[0].reason, REASON);
    assert!(
        facts.kept.iter().all(|kept| kept.system != "crm"),
        "it is refused, not kept by law"
    );
    let letter = world.sink.wait_for(|mail| {
        mail.is_to(person.email.as_deref().unwrap()) && mail.text().contains("Det här är borta")
    });
    for needed in [
        "Kundtjänst",
        "artikel 17.3 e",
        REASON,
        "IMY",
        "imy.se",
        "prövad i domstol",
    ] {
        assert!(letter.text().contains(needed), "{needed}: {}", letter.text());
    }
}

#[rstest]
#[case::no_reason(refusal("support", "legal_claims_17_3_e", " "), ("reason", "required"))]
#[case::no_ground(refusal("support", "because", REASON), ("ground", "unknown"))]
#[case::a_ground_of_another_right(refusal("support", "accuracy_not_shown", REASON), ("ground", "not_for_erasure"))]
#[case::no_such_item(refusal("hobbies", "legal_claims_17_3_e", REASON), ("item", "unknown"))]
#[case::kept_by_law(refusal("accounting", "legal_obligation_17_3_b", REASON), ("item", "kept_anyway"))]
#[case::half_of_a_pair(refusal("crm.ticket_messages", "legal_claims_17_3_e", REASON), ("item", "hangs_on_erased"))]
fn what_makes_no_sense_is_refused(
    #[case] asked: dataratt::services::granting::AskedRefusal,
    #[case] expected: (&str, &str),
) {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = identified(&world, &with_tickets(&world), &agent);
    let refused = vec![asked];
    let asked = AskedPlan {
        refused,
        ..AskedPlan::default()
    };
    match plan(&world, &agent, &case, asked).unwrap_err() {
        Error::Invalid(fields) => assert_eq!((fields[0].field, fields[0].code), expected),
        other => panic!("{other}"),
    }
}

#[test]
fn to_refuse_everything_is_a_refusal_and_no_plan() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = identified(&world, &with_tickets(&world), &agent);
    let all = [
        "contact",
        "services",
        "domains",
        "hosted",
        "usage",
        "support",
        "sales",
        "marketing",
        "calls",
    ];
    let refused = all
        .map(|item| refusal(item, "legal_claims_17_3_e", REASON))
        .to_vec();
    let asked = AskedPlan {
        refused,
        ..AskedPlan::default()
    };
    match plan(&world, &agent, &case, asked).unwrap_err() {
        Error::Invalid(fields) => assert_eq!((fields[0].field, fields[0].code), ("refused", "all_refused")),
        other => panic!("{other}"),
    }
}

#[test]
fn a_contract_that_goes_on_keeps_what_it_needs_and_nothing_else() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = with_tickets(&world);
    let case = identified(&world, &person, &agent);
    let why = "Du vill behålla webbhotellet.";
    let asked = AskedPlan {
        contract_goes_on: Some(why.into()),
        ..AskedPlan::default()
    };
    let case = plan(&world, &agent, &case, asked).unwrap();
    let shown = facts(&world, &case);
    assert_eq!(shown.services, [], "no service ends");
    assert!(shown.refused.iter().all(|item| item.reason == why));
    // Nothing ends, so there is nothing to confirm.
    let mut hosting = world.host.database(SampleSystem::Hosting).owner();
    let account = "SELECT count(*) FROM accounts WHERE customer_no = $1 AND status <> 'frozen'";
    let count = |client: &mut postgres::Client, sql: &str| -> i64 {
        client.query_one(sql, &[&person.customer_number]).unwrap().get(0)
    };
    let before = count(&mut hosting, account);
    assert!(before > 0);
    approved(&world, &case);
    let case = world.find(&case.reference);
    assert_eq!(case.case.state.name(), "answered", "{:?}", case.attention);
    assert_eq!(
        count(&mut hosting, account),
        before,
        "the account goes on, and is not frozen"
    );
    assert!(
        world.host.people().contains(&person),
        "the customer stays a customer"
    );
    assert_eq!(tickets(&world, &person), 0, "what no contract needs is gone");
    let letter = world.sink.wait_for(|mail| {
        mail.is_to(person.email.as_deref().unwrap()) && mail.text().contains("Det här är borta")
    });
    assert!(letter.text().contains(why), "{}", letter.text());
}

#[test]
fn a_service_that_began_after_the_confirmation_is_not_erased_without_another() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = with_tickets(&world);
    let case = world.planned(&person, &agent);
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let order = "INSERT INTO services SELECT (jsonb_populate_record(s, jsonb_build_object('id', (SELECT max(id) + 1 FROM services), \
                 'label', 'ny.example'))).* FROM services s JOIN customers c ON c.id = s.customer_id \
                 WHERE c.customer_no = $1 AND s.status = 'active' LIMIT 1";
    assert_eq!(billing.execute(order, &[&person.customer_number]).unwrap(), 1);
    approved(&world, &case);
    let back = world.find(&case.reference);
    assert_eq!(back.case.state.name(), "assessing");
    assert_eq!(back.attention.as_deref(), Some("plan_outdated"));
    assert!(
        world
            .host
            .people()
            .iter()
            .any(|one| one.customer_number == person.customer_number)
    );
    assert!(tickets(&world, &person) > 0, "nothing was erased");
}

#[test]
fn the_database_lets_nobody_refuse_a_part_alone() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = identified(&world, &with_tickets(&world), &agent);
    plan(&world, &agent, &case, dispute()).unwrap();
    let mut owner = world.database.owner();
    let by_the_service = "UPDATE proposals SET state = 'superseded'; \
         INSERT INTO proposals (id, case_id, kind, prepared_at, hash, plan_id, confirmation) \
         SELECT gen_random_uuid(), case_id, 'erasure', now(), hash, plan_id, 'not_needed' FROM proposals";
    let refused = owner.batch_execute(by_the_service).unwrap_err();
    assert_eq!(
        refused.as_db_error().unwrap().message(),
        "a refusal in part needs two people"
    );
}

#[test]
fn the_person_reads_the_refusal_in_the_api() {
    let api = Api::new();
    let (agent, approver) = (api.token(Role::Agent), api.token(Role::Approver));
    let person = with_tickets(&api);
    let (reference, token) = api.verified("erasure", person.email.as_deref().unwrap());
    api.acts(
        &reference,
        &agent,
        "accept_identity",
        json!({ "method": "in_person" }),
    )
    .expect(200);
    let refused = json!([{ "item": "support", "ground": "legal_claims_17_3_e", "reason": REASON }]);
    api.acts(&reference, &agent, "plan", json!({ "refused": refused }))
        .expect(200);
    let seen = api.get(&format!("/requests/{reference}"), &token).expect(200);
    assert_eq!(seen["plan"]["refused"], refused);
    assert_eq!(seen["refused"], json!([]), "not before it is decided");
    let plan = api.get(&format!("/cases/{reference}/plan"), &agent).expect(200);
    let tables = plan["systems"].as_array().unwrap().iter();
    let refuse: u64 = tables
        .flat_map(|system| system["tables"].as_array().unwrap())
        .filter_map(|table| table["refuse"].as_u64())
        .sum();
    assert!(refuse > 0, "{plan}");
    api.post(
        &format!("/requests/{reference}/confirmation"),
        &token,
        &json!({ "accept": true }),
    )
    .expect(200);
    api.acts(&reference, &approver, "approve", json!({})).expect(200);
    api.work();
    let seen = api.get(&format!("/requests/{reference}"), &token).expect(200);
    assert_eq!(seen["refused"], refused);
    assert_eq!(seen["answer"]["ground"], "no_longer_needed_17_1_a");
}

#[test]
fn the_form_of_staff_refuses_a_part_and_the_approver_reads_it() {
    let site = Site::new();
    let (agent, approver) = (Staff::of(&site, Role::Agent), Staff::of(&site, Role::Approver));
    let person = with_tickets(&site);
    let (reference, _) = site.open_case("erasure", person.email.as_deref().unwrap());
    let page = agent.acts(&agent.case(&reference), "claim", &[]);
    let page = agent.acts(&page, "accept_identity", &[("method", "in_person")]);
    assert!(
        page.text().contains("gäller när personen sagt ja"),
        "how each ground stands"
    );
    let half = [
        ("ground", ""),
        ("reason", ""),
        ("refuse2_item", "crm.ticket_messages"),
        ("refuse2_ground", "legal_claims_17_3_e"),
        ("refuse2_reason", REASON),
    ];
    let again = agent.act(&page, "plan", &half).expect(422);
    assert!(
        again.text().contains("Ta med det som raderna hör till"),
        "{}",
        again.text()
    );
    assert_eq!(again.value("refuse2_reason"), REASON, "what was typed stays");
    let unshown = agent
        .act(&page, "plan", &[("ground", "legal_duty_17_1_e"), ("reason", "")])
        .expect(422);
    assert!(
        unshown.text().contains("Inget visar att grunden gäller"),
        "{}",
        unshown.text()
    );
    let whole = [
        ("refuse1_item", "support"),
        ("refuse1_ground", "legal_claims_17_3_e"),
        ("refuse1_reason", REASON),
        ("contract", "ends"),
    ];
    agent.acts(&page, "plan", &whole);
    let case = site.find(&dataratt::domain::ids::Reference::parse(&reference).unwrap());
    planning::confirm(&site, case.id, None).unwrap();
    let page = approver.see(&case_path(&reference)).expect(200).text();
    for needed in [REASON, "artikel 17.3 e", "artikel 17.1 a", "Avslår radering av"] {
        assert!(page.contains(needed), "{needed}: {page}");
    }
}
