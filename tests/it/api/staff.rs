//! What staff's calls give and refuse.

use dataratt::domain::staff::Role;
use serde_json::{Value, json};

use super::client::Api;

fn typed(email: &str) -> Value {
    json!({ "right": "erasure", "email": email, "channel": "phone" })
}

/// A case that staff typed in.
#[track_caller]
fn open(api: &Api, token: &str, email: &str) -> String {
    let case = api.post("/cases", token, &typed(email)).expect(201);
    case["reference"].as_str().unwrap().to_owned()
}

#[test]
fn the_clock_of_a_letter_starts_when_it_came() {
    let api = Api::new();
    let token = api.token(Role::Agent);
    let mut body = typed("anna@kund.example");
    body["received_at"] = json!("2026-11-02T23:30:00+01:00");
    body["channel"] = json!("letter");
    let case = api.post("/cases", &token, &body).expect(201);
    assert_eq!(
        (&case["received_at"], &case["due_on"]),
        (&json!("2026-11-02T22:30:00Z"), &json!("2026-12-02"))
    );
    assert_eq!(
        (&case["channel"], &case["state"], &case["paused"]),
        (&json!("letter"), &json!("received"), &json!(false))
    );
    body["received_at"] = json!("2026-11-23T08:00:01Z");
    api.post("/cases", &token, &body)
        .wrong(&["received_at: in_future"]);
    body["received_at"] = json!("2026-11-02");
    api.post("/cases", &token, &body).wrong(&["received_at: invalid"]);
    body["received_at"] = Value::Null;
    body["channel"] = json!("web");
    api.post("/cases", &token, &body).wrong(&["channel: unknown"]);
    let nobody = json!({ "right": "erasure", "channel": "phone", "name": "Anna" });
    api.post("/cases", &token, &nobody)
        .wrong(&["email: some_identifier_required"]);
}

#[test]
fn a_machine_hands_in_and_sees_no_case() {
    let api = Api::new();
    let token = api.token(Role::Machine);
    let accepted = api
        .post("/cases", &token, &typed("anna@kund.example"))
        .expect(201);
    let keys: Vec<&String> = accepted.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["due_on", "received_at", "reference", "right", "state"]);
}

#[test]
fn a_case_shows_what_was_written_and_masks_the_number() {
    let api = Api::new();
    let token = api.token(Role::Agent);
    let person = api
        .host
        .people()
        .into_iter()
        .find(|person| person.personal_number.is_some())
        .unwrap();
    let number = person.personal_number.unwrap();
    let mut body = typed(&person.email.unwrap());
    body["personal_number"] = json!(number);
    let reference = api.post("/cases", &token, &body).expect(201)["reference"].clone();
    api.work();
    let case = api.get(&format!("/cases/{}", reference.as_str().unwrap()), &token);
    assert!(
        !case.text.contains(&number[8..]),
        "the number is masked everywhere"
    );
    let case = case.expect(200);
    assert_eq!(case["state"], "identity_pending");
    assert_eq!(case["identity"]["required_level"], "A3");
    assert_eq!(case["subject"]["live_services"], true);
    let theirs = case["matches"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| found["standing"] == "theirs");
    assert!(theirs.count() > 0);
    assert_eq!(case["days_left"], 30);
    let actions = case["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("accept_identity")) && !actions.contains(&json!("approve")));
}

#[test]
fn the_queue_is_filtered_sorted_and_paged() {
    let api = Api::new();
    let token = api.token(Role::Agent);
    let references: Vec<String> = ["a@x.example", "b@x.example", "c@x.example"]
        .map(|email| open(&api, &token, email))
        .into();
    let list = |query: &str| {
        let page = api.get(&format!("/cases{query}"), &token).expect(200);
        let items = page["items"].as_array().unwrap().clone();
        let found: Vec<String> = items
            .iter()
            .map(|item| item["reference"].as_str().unwrap().to_owned())
            .collect();
        (found, page)
    };
    let (mut all, page) = list("");
    assert_eq!(
        (page["total_estimate"].as_i64(), &page["next_cursor"]),
        (Some(3), &Value::Null)
    );
    let (first, page) = list("?limit=2");
    let (rest, last) = list(&format!(
        "?limit=2&cursor={}",
        page["next_cursor"].as_str().unwrap()
    ));
    assert_eq!([first, rest].concat(), all);
    assert_eq!(last["next_cursor"], Value::Null);
    all.sort();
    let mut sorted = references.clone();
    sorted.sort();
    assert_eq!(all, sorted);
    for (query, expected) in [
        ("?q=b%40x.example", &references[1..2]),
        ("?q=B%40X.example", &references[1..2]),
        (format!("?q={}", references[2]).as_str(), &references[2..]),
        ("?q=nobody%40x.example", &[]),
        ("?right=access", &[]),
        ("?due_before=2026-12-01", &[]),
        ("?assignee=me", &[]),
        ("?state=closed", &[]),
    ] {
        let (found, page) = list(query);
        assert_eq!(found, expected, "{query}");
        assert_eq!(page["total_estimate"], expected.len(), "{query}");
    }
    open(&api, &token, "b@x.example");
    let (found, page) = list("?q=b%40x.example&limit=1");
    assert_eq!(
        (found.len(), &page["total_estimate"]),
        (1, &json!(2)),
        "of the search, not of all"
    );
    api.acts(&references[0], &token, "claim", json!({})).expect(200);
    assert_eq!(list("?assignee=me").0, references[..1]);
    assert_eq!(list("?state=all&sort=newest").0.len(), 4);
}

#[rstest::rstest]
#[case("?state=open", "state: unknown")]
#[case("?state=Received", "state: unknown")]
#[case("?right=delete", "right: unknown")]
#[case("?assignee=anna", "assignee: invalid")]
#[case("?due_before=tomorrow", "due_before: invalid")]
#[case("?recipient=nobody%00", "recipient: unknown")]
#[case("?sort=age", "sort: unknown")]
#[case("?limit=0", "limit: invalid")]
#[case("?limit=101", "limit: invalid")]
#[case("?cursor=x", "cursor: invalid")]
#[case("?x=1", "x: unknown_field")]
#[case("?limit=1&limit=2", "limit: duplicate")]
fn a_query_that_makes_no_sense_is_refused(#[case] query: &str, #[case] wrong: &str) {
    let api = Api::new();
    let token = api.token(Role::Agent);
    api.get(&format!("/cases{query}"), &token).wrong(&[wrong]);
}

#[test]
fn an_action_is_done_to_what_was_seen() {
    let api = Api::new();
    let token = api.token(Role::Agent);
    let path = format!("/cases/{}/actions", open(&api, &token, "anna@kund.example"));
    let claim = json!({ "action": "claim", "version": 1 });
    let case = api.post(&path, &token, &claim).expect(200);
    assert_ne!(case["version"], 1);
    api.post(&path, &token, &claim).problem(409, "version_stale");
}

#[test]
fn an_action_that_the_state_does_not_allow_names_those_that_it_does() {
    let api = Api::new();
    let token = api.token(Role::Agent);
    let reference = open(&api, &token, "anna@kund.example");
    for action in ["stop", "lift_hold", "reopen"] {
        let problem = api
            .acts(&reference, &token, action, json!({}))
            .problem(409, "transition_refused");
        let allowed = problem["allowed"].as_array().unwrap();
        assert!(
            allowed.contains(&json!("claim")) && !allowed.contains(&json!(action)),
            "{action}"
        );
        assert!(problem["detail"].is_string());
    }
}

#[test]
fn an_action_takes_its_own_fields_and_no_others() {
    let api = Api::new();
    let token = api.token(Role::Agent);
    let reference = open(&api, &token, "anna@kund.example");
    let act = |action: &str, fields: Value| api.acts(&reference, &token, action, fields);
    act("vanish", json!({})).wrong(&["action: unknown"]);
    act("Claim", json!({})).wrong(&["action: unknown"]);
    act("claim", json!({ "reason": "x", "text": "y" }))
        .wrong(&["reason: unknown_field", "text: unknown_field"]);
    act("claim", json!({ "x": 1 })).wrong(&["x: unknown_field"]);
    act("accept_identity", json!({})).wrong(&["method: required"]);
    act("accept_identity", json!({ "method": "portal" })).wrong(&["method: unknown"]);
    act("assign", json!({ "assignee": "anna" })).wrong(&["assignee: invalid"]);
    act("refuse", json!({ "ground": "boredom", "reason": "x" })).wrong(&["ground: unknown"]);
    act("note", json!({})).wrong(&["text: required"]);
    act("record_answer", json!({ "recipient": "x", "outcome": "gone" })).wrong(&["outcome: unknown"]);
    act("record_answer", json!({ "recipient": "x", "outcome": "erased" })).problem(404, "not_found");
    let statute =
        json!({ "recipient": "x", "outcome": "refused", "ground": "legal_obligation", "statute": "a\u{0}b" });
    act("record_answer", statute).wrong(&["statute: invalid"]);
    let comment = json!({ "recipient": "x", "outcome": "erased", "comment": "å".repeat(4001) });
    act("record_answer", comment).wrong(&["comment: invalid"]);
    let path = format!("/cases/{reference}/actions");
    api.post(&path, &token, &json!({ "action": "claim" }))
        .wrong(&["version: required"]);
}

#[test]
fn what_is_not_there_is_not_found() {
    let api = Api::new();
    let token = api.token(Role::Agent);
    let reference = open(&api, &token, "anna@kund.example");
    for path in [
        "/cases/DR-0000-0000-0000".to_owned(),
        "/cases/nonsense".to_owned(),
        format!("/cases/{}", reference.to_lowercase()),
        "/cases/DR-0000-0000-0000/events".to_owned(),
        "/cases/DR-0000-0000-0000/notices".to_owned(),
        format!("/cases/{reference}/plan"),
        "/notices/nothing".to_owned(),
    ] {
        api.get(&path, &token).problem(404, "not_found");
    }
    let notices = api
        .get(&format!("/cases/{reference}/notices"), &token)
        .expect(200);
    assert_eq!(notices, json!({ "items": [] }));
}

#[test]
fn a_refusal_is_prepared_by_one_and_approved_by_another() {
    let api = Api::new();
    let (agent, approver) = (api.token(Role::Agent), api.token(Role::Approver));
    let reference = open(&api, &agent, "anna@kund.example");
    let method = json!({ "method": "in_person" });
    api.work();
    api.acts(&reference, &agent, "accept_identity", method)
        .expect(200);
    let fields = json!({ "ground": "no_data_held", "reason": "Vi har inget om dig." });
    let case = api.acts(&reference, &agent, "refuse", fields).expect(200);
    assert_eq!(
        (&case["proposal"]["kind"], &case["proposal"]["ground"]),
        (&json!("refusal"), &json!("no_data_held"))
    );
    api.acts(&reference, &agent, "approve", json!({}))
        .problem(403, "four_eyes");
    let case = api.acts(&reference, &approver, "approve", json!({})).expect(200);
    assert_eq!(
        (&case["state"], &case["refusal_ground"]),
        (&json!("refused"), &json!("no_data_held"))
    );
}

#[test]
fn the_register_is_public_and_says_no_more_than_it_should() {
    let api = Api::new();
    let register = api.get("/register", "");
    for recipient in &api.organisation.recipients {
        assert!(register.text.contains(&recipient.name), "{}", recipient.name);
        if let Some(email) = recipient.address(false) {
            assert!(!register.text.contains(email), "{email} is for notices");
        }
    }
    let items = register.expect(200)["items"].clone();
    let roles = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["role"].as_str().unwrap());
    assert!(
        roles.clone().any(|role| role == "processor")
            && roles.clone().any(|role| role == "independent_controller")
    );
}

#[test]
fn systems_staff_and_figures_are_told_by_role() {
    let api = Api::new();
    let (admin, agent) = (api.token(Role::Admin), api.token(Role::Agent));
    let reference = open(&api, &agent, "anna@kund.example");
    let systems = api.get("/register/systems", &admin).expect(200);
    let ids: Vec<&str> = systems["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["billing", "hosting", "crm", "disk"]);
    assert!(systems["items"][0]["trouble"].is_null());
    let staff = api.get("/register/staff", &admin).expect(200);
    let roles: Vec<&str> = staff["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["admin", "agent"]);
    assert!(!staff.to_string().contains("argon2"));
    let stats = api.get("/register/stats", &admin).expect(200);
    assert_eq!(
        (stats["open"].as_i64(), stats["late"].as_i64()),
        (Some(1), Some(0))
    );
    let by_right = stats["by_right"].as_array().unwrap();
    assert!(by_right.contains(&json!({ "right": "erasure", "open": 1, "all": 1 })));
    assert_eq!(stats["by_state"], json!({ "received": 1 }));
    assert_eq!(stats["median_days"], Value::Null);
    api.advance(chrono::TimeDelta::days(40));
    let admin = api.token(Role::Admin);
    let stats = api.get("/register/stats", &admin).expect(200);
    assert_eq!(stats["late"], 1, "{reference}");
}
