//! An erasure from the first request to the recipients' answers, as every part's own client does it.

use dataratt::domain::staff::Role;
use serde_json::{Value, json};

use super::client::Api;

#[test]
fn an_erasure_goes_all_the_way_through_the_api() {
    let api = Api::new();
    let (agent, approver) = (api.token(Role::Agent), api.token(Role::Approver));
    let person = api.host.people().remove(0);
    let email = person.email.clone().unwrap();
    let (reference, token) = api.verified("erasure", &email);
    let case_path = format!("/cases/{reference}");

    let case = api
        .acts(
            &reference,
            &agent,
            "accept_identity",
            json!({ "method": "in_person" }),
        )
        .expect(200);
    assert_eq!(case["state"], "assessing");
    assert_eq!(case["identity"]["level"], "A3");
    let methods = case["identity"]["proofs"].as_array().unwrap();
    assert!(methods.iter().any(|proof| proof["method"] == "in_person"));
    assert!(!case["matches"].as_array().unwrap().is_empty());

    api.acts(&reference, &agent, "plan", json!({})).expect(200);
    plan_shows_what_goes_and_what_stays(&api.get(&format!("{case_path}/plan"), &agent).expect(200));
    api.acts(&reference, &approver, "approve", json!({}))
        .problem(409, "transition_refused");

    let request = format!("/requests/{reference}");
    let seen = api.get(&request, &token).expect(200);
    assert_eq!(seen["asked"], json!(["confirmation"]));
    assert_eq!(seen["plan"]["confirmation"], "awaited");
    let confirmation = format!("{request}/confirmation");
    api.post(&confirmation, &token, &json!({ "accept": false }))
        .wrong(&["accept: must_be_true"]);
    let hash = &seen["plan"]["hash"];
    api.post(&confirmation, &token, &json!({ "accept": true, "plan": hash }))
        .expect(200);

    api.acts(&reference, &agent, "approve", json!({}))
        .problem(403, "four_eyes");
    api.acts(&reference, &approver, "approve", json!({})).expect(200);
    api.work();
    let answered = api.get(&request, &token).expect(200);
    assert!(["answered", "closed"].contains(&answered["state"].as_str().unwrap()));
    assert!(!answered["answer"]["erased"].as_array().unwrap().is_empty());
    assert!(answered["answer"]["retained"].to_string().contains("bookkeeping"));
    api.call("DELETE", &request, &token, &Value::Null)
        .problem(409, "transition_refused");

    a_recipient_answers(&api, &reference, &agent, &email);
    let events = api.get(&format!("{case_path}/events"), &agent).expect(200);
    let first = &events["items"][0];
    assert_eq!(
        (&first["seq"], &first["action"]),
        (&json!(1), &json!("case_received"))
    );
    assert!(!events.to_string().contains(&email), "the trail holds no values");
}

fn plan_shows_what_goes_and_what_stays(plan: &Value) {
    let systems = plan["systems"].as_array().unwrap();
    let tables = systems
        .iter()
        .flat_map(|system| system["tables"].as_array().unwrap());
    let rows: i64 = tables.clone().map(|table| table["erase"].as_i64().unwrap()).sum();
    assert!(rows > 0);
    let retained = tables.flat_map(|table| table["retained"].as_array().unwrap());
    let kept: Vec<_> = retained.filter(|kept| kept["ground"] == "bookkeeping").collect();
    assert!(!kept.is_empty() && kept.iter().all(|kept| kept["until"].is_string()));
    assert!(!plan["consequences"].as_array().unwrap().is_empty());
    assert!(!plan["backups"].as_array().unwrap().is_empty());
}

fn a_recipient_answers(api: &Api, reference: &str, agent: &str, email: &str) {
    let mail = api.sink.wait_for(|mail| mail.text().contains("/notices/"));
    let link = mail.link("/notices/");
    let token = link.rsplit('/').next().unwrap();
    let path = format!("/notices/{token}");
    let public = api.get(&path, "");
    assert!(!public.text.contains(email), "identifiers need the code");
    let public = public.expect(200);
    assert_eq!(public["kind"], "erasure");
    assert!(!public.to_string().contains(reference), "the case stays unnamed");

    let open = format!("{path}/open");
    api.post(&open, "", &json!({ "code": "00000000" }))
        .problem(422, "code_invalid");
    let code = mail.code();
    let spaced = format!(" {} {} ", &code[..4], &code[4..]);
    let opened = api.post(&open, "", &json!({ "code": spaced })).expect(200);
    assert!(!opened["identifiers"].as_array().unwrap().is_empty());
    assert!(opened["outcomes"].as_array().unwrap().contains(&json!("erased")));

    let answer = |outcome: &str| api.post(&path, "", &json!({ "code": code, "outcome": outcome }));
    answer("vanished").wrong(&["outcome: unknown"]);
    answer("restricted").wrong(&["outcome: not_offered"]);
    answer("erased_backups_until").wrong(&["backups_until: required"]);
    answer("refused").wrong(&["ground: required"]);
    assert_eq!(answer("erased").expect(200)["outcome"], "erased");
    let notices = api.get(&format!("/cases/{reference}/notices"), agent).expect(200);
    let items = notices["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|notice| notice["outcome"] == "erased" && notice["answered_at"].is_string())
    );

    let open = items
        .iter()
        .find(|notice| notice["outcome"].is_null() && notice["sent_at"].is_string());
    let Some(open) = open else { return };
    let fields = json!({ "recipient": open["recipient"], "outcome": "no_data_found" });
    let case = api.acts(reference, agent, "record_answer", fields);
    assert!([200, 410].contains(&case.status), "{}", case.text);
}
