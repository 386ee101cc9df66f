//! A machine's word: whom it names, said twice, and what it does not prove.

use std::process::Command;

use chrono::TimeDelta;
use dataratt::adapters::sample::NastyCase;
use dataratt::domain::identity::Level;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::account_end::CHANNEL;
use dataratt::services::handling::{self, Action};
use dataratt::services::intake::{self, Typed};
use dataratt::services::{account_end, codes};
use serde_json::{Value, json};

use super::{by_number, ends, gone, in_advance, is_there, nasty, numbered, said, state};
use crate::api::client::Api;
use crate::support::database::database;
use crate::support::world::World;

#[test]
fn an_account_that_still_runs_and_one_that_nobody_has_are_left_to_staff() {
    let world = World::new();
    in_advance(&world, 100);
    let case = ends(&world, &world.host.people()[0].clone());
    assert_eq!(case.case.state.name(), "assessing");
    assert_eq!(case.attention.as_deref(), Some("account_still_active"));
    let stranger = Typed {
        customer_number: Some("K-does-not-exist".into()),
        ..Typed::default()
    };
    let nobody = said(&world, &stranger);
    assert_eq!(nobody.attention.as_deref(), Some("account_end_unclear"));
}

/// Whatever a machine names, only an account that has all of it is planned, and nobody else hears of it.
#[test]
fn nobody_is_erased_who_is_named_by_more_or_less_than_their_own() {
    let world = World::new();
    in_advance(&world, 100);
    let (anna, bo) = (gone(&world, 1), gone(&world, 2));
    let (one, other) = (
        nasty(&world, NastyCase::SameEmailA),
        nasty(&world, NastyCase::SameEmailB),
    );
    let typed = |number: Option<&str>, email: Option<&str>, personal: Option<&str>| Typed {
        customer_number: number.map(Into::into),
        email: email.map(Into::into),
        personal_number: personal.map(Into::into),
        ..Typed::default()
    };
    let number = anna.customer_number.as_str();
    for (named, attention) in [
        (typed(None, one.email.as_deref(), None), "ambiguous_match"),
        (
            typed(Some(number), bo.email.as_deref(), None),
            "account_end_unclear",
        ),
        (
            typed(Some(number), Some("stranger@elsewhere.example"), None),
            "account_end_unclear",
        ),
        (
            typed(Some(number), None, bo.personal_number.as_deref()),
            "account_end_unclear",
        ),
        (
            typed(None, Some(NastyCase::NewsletterOnly.email()), None),
            "account_end_unclear",
        ),
    ] {
        let case = said(&world, &named);
        assert_eq!(case.case.state.name(), "assessing", "{attention}");
        assert_eq!(case.attention.as_deref(), Some(attention));
        assert!(case.case.proposal.is_none());
        // Not even a code goes out: there is no address that is known to be theirs.
        codes::ask_again(&world, &case.reference).unwrap();
        world.later(TimeDelta::days(40));
    }
    assert_eq!(world.sink.mails().len(), 0);
    for person in [&anna, &bo, &one, &other] {
        assert!(is_there(&world, person));
    }
    assert_eq!(world.database.count("SELECT count(*) FROM plans"), 0);
}

#[test]
fn who_is_named_by_all_that_is_theirs_is_written_to_at_the_address_on_file() {
    let world = World::new();
    let person = gone(&world, 1);
    let email = person.email.clone().unwrap();
    let named = Typed {
        email: Some(email.clone()),
        personal_number: person.personal_number.clone(),
        ..by_number(&person)
    };
    let case = said(&world, &named);
    assert!(case.case.proposal.is_some());
    codes::ask_again(&world, &case.reference).unwrap();
    world.work();
    let mail = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.find_code().is_some());
    codes::verify(&world, &case.reference, &mail.code()).unwrap();
    // The machine's word is no proof of who asks for a copy.
    let copy = handling::ask_for_copy(&world, case.id).unwrap();
    world.work();
    let copy = world.find(&copy.reference);
    assert_eq!(copy.channel, "web");
    assert!(copy.case.identity.reached < Level::A2, "{:?}", copy.case.identity);
    assert!(!copy.case.identity.is_enough());
    let agent = world.staff(Role::Agent);
    let split = Action::Split {
        rights: vec!["access".into()],
    };
    let refused = world.act(&agent, &case.reference, &split);
    assert_eq!(refused.unwrap_err().code(), "nobody_asked");
}

#[test]
fn said_twice_it_is_one_case_until_it_is_undone() {
    let world = World::new();
    let person = gone(&world, 1);
    let first = ends(&world, &person);
    assert_eq!(ends(&world, &person).reference, first.reference);
    account_end::undo(&world, &Actor::System, &first.reference).unwrap();
    let second = ends(&world, &person);
    assert_ne!(second.reference, first.reference);
    assert_eq!(state(&world, &second), "assessing");
    let other = numbered(&world, NastyCase::PlusAddress.customer_number().unwrap());
    assert_ne!(ends(&world, &other).reference, second.reference);
}

#[test]
fn only_a_machines_word_proves_it_and_only_for_an_erasure() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let typed = Typed {
        right: Some("erasure".into()),
        ..by_number(&gone(&world, 1))
    };
    let case = intake::submit_for_person(&world, agent, &typed, CHANNEL, None, None).unwrap();
    world.work();
    let case = world.find(&case.reference);
    assert_eq!(case.case.state.name(), "identity_pending");
    assert_eq!(case.case.identity.reached, Level::A0);
    let access = Typed {
        right: Some("access".into()),
        ..typed
    };
    let refused = intake::submit_for_person(&world, Actor::System, &access, CHANNEL, None, None);
    assert_eq!(refused.unwrap_err().code(), "invalid");
}

fn post(api: &Api, path: &str, token: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = api
        .raw("POST", &format!("/api/v1{path}"))
        .bearer_auth(token)
        .header("Idempotency-Key", key)
        .json(body);
    let reply = api.send(request);
    (reply.status, reply.json)
}

#[test]
fn over_the_api_the_same_key_is_the_same_case_and_the_machine_takes_it_back() {
    let api = Api::new();
    let person = gone(&api, 1);
    let (machine, agent) = (api.token(Role::Machine), api.token(Role::Agent));
    let body = json!({ "channel": "account_end", "customer_number": person.customer_number });
    let (status, first) = post(&api, "/cases", &machine, "ended-1", &body);
    assert_eq!((status, &first["right"]), (201, &json!("erasure")), "{first}");
    assert_eq!(post(&api, "/cases", &machine, "ended-1", &body).1, first);
    let other = json!({ "channel": "account_end", "customer_number": "K-2" });
    let (status, problem) = post(&api, "/cases", &machine, "ended-1", &other);
    assert_eq!((status, &problem["code"]), (409, &json!("idempotency_mismatch")));
    // The key of one caller is not another's.
    let phoned = json!({ "channel": "phone", "right": "access", "customer_number": "K-2" });
    assert_eq!(post(&api, "/cases", &agent, "ended-1", &phoned).0, 201);
    api.work();
    let path = format!("/cases/{}", first["reference"].as_str().unwrap());
    api.call("DELETE", &path, &agent, &Value::Null)
        .problem(403, "role");
    let undone = api.call("DELETE", &path, &machine, &Value::Null).expect(200);
    assert_eq!(undone["state"], "withdrawn");
    api.call("DELETE", &path, &machine, &Value::Null).expect(200);
    api.call("DELETE", "/cases/DR-0000-0000-0000", &machine, &Value::Null)
        .problem(404, "not_found");
    let nobody = json!({ "channel": "account_end" });
    api.call("POST", "/cases", &machine, &nobody)
        .wrong(&["customer_number: some_identifier_required"]);
}

#[test]
fn approvers_give_it_over_the_api_and_look_over_the_month() {
    let api = Api::new();
    let person = gone(&api, 1);
    let case = ends(&api, &person);
    let (approver, agent) = (api.token(Role::Approver), api.token(Role::Agent));
    let new = json!({ "valid_until": "2027-06-30", "sample_every": 10, "most_in_30_days": 300 });
    let path = "/standing-approvals";
    api.call("POST", path, &agent, &new).problem(403, "role");
    let given = api.call("POST", path, &approver, &new).expect(201);
    assert_eq!(
        (&given["last_day"], &given["holds"]),
        (&json!("2027-06-30"), &json!(true))
    );
    let wrong = json!({ "valid_until": "2029-06-30", "sample_every": 10, "most_in_30_days": 300 });
    api.call("POST", path, &approver, &wrong)
        .wrong(&["valid_until: invalid"]);
    let seen = api.get(path, &agent).expect(200);
    assert_eq!(
        seen["accounts"][0]["reference"],
        json!(case.reference.to_string())
    );
    assert_eq!(seen["accounts"][0]["outcome"], "none");
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    let before = api.get(&format!("{path}?month=2026-10"), &agent).expect(200);
    assert_eq!(before["accounts"], json!([]));
    let one = format!("{path}/{}", given["id"].as_str().unwrap());
    api.call("DELETE", &one, &agent, &Value::Null)
        .problem(403, "role");
    api.call("DELETE", &one, &approver, &Value::Null).expect(200);
    api.call("DELETE", &one, &approver, &Value::Null)
        .problem(404, "not_found");
}

#[test]
fn the_command_line_says_it_too() {
    let database = database();
    let data = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_dataratt"))
            .args(arguments)
            .env("DATARATT_DATA_DIR", data.path())
            .env("DATARATT_DATABASE__URL", database.url())
            .env("DATARATT_DATABASE__OWNER_URL", database.owner_url())
            .output()
            .unwrap()
    };
    let opened = run(&["case", "open", "--account-end", "--customer-number", "10001"]);
    assert!(opened.status.success(), "{opened:?}");
    let reference = String::from_utf8(opened.stdout).unwrap();
    let sql = "SELECT \"right\", channel FROM cases WHERE reference = $1";
    let row = database.owner().query_one(sql, &[&reference.trim()]).unwrap();
    let case: (String, String) = (row.get(0), row.get(1));
    assert_eq!(case, ("erasure".to_owned(), "account_end".to_owned()));
    for wrong in [
        vec!["case", "open", "--account-end"],
        vec![
            "case",
            "open",
            "--account-end",
            "--right",
            "access",
            "--customer-number",
            "1",
        ],
        vec!["case", "open", "--customer-number", "1"],
    ] {
        assert!(!run(&wrong).status.success(), "{wrong:?}");
    }
}
