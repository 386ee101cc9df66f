//! What a person's calls refuse, and that none of them tells who is known.

use chrono::TimeDelta;
use dataratt::domain::staff::Role;
use serde_json::{Value, json};

use super::client::Api;

/// An address that no system knows.
const STRANGER: &str = "stranger@nowhere.example";

#[test]
fn the_answer_is_the_same_for_who_is_known_and_who_is_not() {
    let api = Api::new();
    let known = api.host.people().remove(0);
    let answer = |email: &str| {
        let reply = api.post("/requests", "", &json!({ "right": "erasure", "email": email }));
        let reference = reply.json["reference"].as_str().unwrap().to_owned();
        let mut headers: Vec<String> = reply
            .headers
            .iter()
            .filter(|(name, _)| *name != "date")
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        (
            reply.status,
            reply.text.replace(&reference, "DR"),
            headers,
            reference,
        )
    };
    let (one, other) = (answer(known.email.as_ref().unwrap()), answer(STRANGER));
    assert_eq!((one.0, &one.1, &one.2), (other.0, &other.1, &other.2));
    api.work();
    let status = |reference: &str, email: &str| {
        let token = api.verify(reference, email);
        let mut seen = api.get(&format!("/requests/{reference}"), &token).expect(200);
        seen["reference"] = json!("DR");
        // What proving an address reaches is for who proved it to see.
        seen["level"] = json!("");
        seen["timeline"] = json!([]);
        seen
    };
    assert_eq!(
        status(&one.3, known.email.as_ref().unwrap()),
        status(&other.3, STRANGER)
    );
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let api = Api::new();
    let post = |body: Value| api.post("/requests", "", &body);
    post(json!({})).wrong(&["right: required", "email: required"]);
    post(json!({
        "right": "Erasure", "email": "no address", "personal_number": "123", "language": "de",
        "acting_for": { "name": "Maja Test" },
    }))
    .wrong(&[
        "right: unknown",
        "language: unknown",
        "email: invalid",
        "personal_number: invalid",
        "acting_for.relation: required",
    ]);
    post(json!({ "right": "erasure", "email": STRANGER, "Email": STRANGER }))
        .wrong(&["Email: unknown_field"]);
    post(json!({ "right": "erasure", "email": STRANGER, "acting_for": { "x": 1 } }))
        .wrong(&["acting_for.x: unknown_field"]);
    post(json!({ "right": "erasure", "email": 7 })).wrong(&["email: invalid"]);
}

#[test]
fn somebody_who_acts_for_a_person_is_kept_with_the_case() {
    let api = Api::new();
    let body = json!({
        "right": "access", "email": STRANGER, "language": "en", "message": "All of it, please.",
        "acting_for": { "name": "Maja Test", "relation": "guardian" },
    });
    let sent = api.post("/requests", "", &body).expect(202);
    assert_eq!(
        (&sent["state"], &sent["right"]),
        (&json!("received"), &json!("access"))
    );
    assert_eq!(
        (&sent["received_at"], &sent["due_on"]),
        (&json!("2026-11-23T08:00:00Z"), &json!("2026-12-23"))
    );
    let path = format!("/cases/{}", sent["reference"].as_str().unwrap());
    let case = api.get(&path, &api.token(Role::Agent)).expect(200);
    assert_eq!(case["request"]["acting_for"]["relation"], "guardian");
    assert_eq!(case["language"], "en");
}

#[test]
fn a_code_works_once_and_spaces_do_not_matter() {
    let api = Api::new();
    let sent = api.post("/requests", "", &json!({ "right": "access", "email": STRANGER }));
    let reference = sent.expect(202)["reference"].as_str().unwrap().to_owned();
    let code = api.code(STRANGER, &reference);
    let path = format!("/requests/{reference}/verification");
    let typed = json!({ "code": format!("{} {}", &code[..4], &code[4..]) });
    let verified = api.post(&path, "", &typed).expect(200);
    assert_eq!(verified["level"], "A0");
    assert!(verified["token"].as_str().unwrap().len() >= 40);
    api.post(&path, "", &typed).problem(410, "code_used");
    api.advance(TimeDelta::minutes(11));
    api.post(&path, "", &typed).problem(410, "code_expired");
}

#[test]
fn guessing_ends() {
    let api = Api::new();
    let sent = api.post("/requests", "", &json!({ "right": "access", "email": STRANGER }));
    let reference = sent.expect(202)["reference"].as_str().unwrap().to_owned();
    let path = format!("/requests/{reference}/verification");
    for _ in 0..5 {
        api.post(&path, "", &json!({ "code": "00000000" }))
            .problem(422, "code_invalid");
    }
    let reply = api.post(&path, "", &json!({ "code": "00000000" }));
    assert_eq!(reply.header("retry-after"), "600");
    reply.problem(429, "too_many");
}

#[test]
fn a_case_that_is_not_there_answers_like_one_that_is() {
    let api = Api::new();
    let sent = api.post("/requests", "", &json!({ "right": "access", "email": STRANGER }));
    let real = sent.expect(202)["reference"].as_str().unwrap().to_owned();
    for reference in [real.as_str(), "DR-0000-0000-0000", "nonsense"] {
        let asked = api.post(&format!("/requests/{reference}/code"), "", &Value::Null);
        assert_eq!((asked.status, asked.text.as_str()), (202, "{}"));
        let path = format!("/requests/{reference}");
        api.post(
            &format!("{path}/verification"),
            "",
            &json!({ "code": "00000000" }),
        )
        .problem(422, "code_invalid");
        for token in ["", "wrong"] {
            api.get(&path, token).problem(401, "code_needed");
            api.call("DELETE", &path, token, &Value::Null)
                .problem(401, "code_needed");
            let text = json!({ "text": "Hello" });
            api.post(&format!("{path}/messages"), token, &text)
                .problem(401, "code_needed");
            let accept = json!({ "accept": true });
            api.post(&format!("{path}/confirmation"), token, &accept)
                .problem(401, "code_needed");
        }
    }
}

#[test]
fn guessing_goes_alike_for_a_case_that_is_there_and_one_that_is_not() {
    let api = Api::new();
    let sent = api.post("/requests", "", &json!({ "right": "access", "email": STRANGER }));
    let real = sent.expect(202)["reference"].as_str().unwrap().to_owned();
    let guess = |reference: &str| {
        let wrong = json!({ "code": "00000000" });
        let reply = api.post(&format!("/requests/{reference}/verification"), "", &wrong);
        let body: Value = serde_json::from_str(&reply.text).unwrap();
        (
            reply.status,
            reply.header("retry-after").to_owned(),
            body["code"].clone(),
        )
    };
    let ask = |reference: &str| {
        api.post(&format!("/requests/{reference}/code"), "", &Value::Null)
            .expect(202);
    };
    // Through a round, past its end, and through more new ones than there are in an hour.
    let history = |reference: &str| -> Vec<_> { (0..7).map(|_| guess(reference)).collect() };
    let both = |step: &str| {
        let seen = [real.as_str(), "DR-0000-0000-0000"].map(history);
        assert_eq!(seen[0], seen[1], "{step}");
        let statuses: Vec<u16> = seen[0].iter().map(|(status, ..)| *status).collect();
        statuses
    };
    let fresh = [422, 422, 422, 422, 422, 429, 429];
    assert_eq!(both("at first"), fresh);
    api.advance(TimeDelta::minutes(9));
    assert_eq!(both("in the same round"), [429; 7]);
    api.advance(TimeDelta::minutes(2));
    assert_eq!(both("after its end"), fresh);
    for round in 1..=4 {
        for reference in ["DR-0000-0000-0000", &real] {
            ask(reference);
        }
        let expected = if round <= 3 { fresh } else { [429; 7] };
        assert_eq!(both("after a new code"), expected, "round {round}");
    }
}

#[test]
fn a_token_opens_its_own_case_for_a_day() {
    let api = Api::new();
    let (one, token) = api.verified("access", STRANGER);
    let (other, _) = api.verified("access", "another@nowhere.example");
    api.get(&format!("/requests/{one}"), &token).expect(200);
    api.get(&format!("/requests/{other}"), &token)
        .problem(401, "code_needed");
    api.get(&format!("/requests/{}", one.to_lowercase()), &token)
        .problem(401, "code_needed");
    api.get(&format!("/cases/{one}"), &token)
        .problem(401, "session_invalid");
    api.advance(TimeDelta::hours(25));
    api.get(&format!("/requests/{one}"), &token)
        .problem(401, "code_needed");
}

#[test]
fn a_person_writes_and_takes_the_request_back() {
    let api = Api::new();
    let (reference, token) = api.verified("erasure", STRANGER);
    let path = format!("/requests/{reference}");
    let messages = format!("{path}/messages");
    api.post(&messages, &token, &json!({ "text": "  " }))
        .wrong(&["text: required"]);
    let seen = api
        .post(&messages, &token, &json!({ "text": "Keep the invoices." }))
        .expect(201);
    assert_eq!(seen["messages"][0]["text"], "Keep the invoices.");
    assert_eq!(seen["messages"][0]["from"], "person");
    assert_eq!(seen["asked"], json!(["identity"]));
    api.post(
        &format!("{path}/confirmation"),
        &token,
        &json!({ "accept": true }),
    )
    .problem(409, "transition_refused");
    let gone = api.call("DELETE", &path, &token, &Value::Null).expect(200);
    assert_eq!(gone["state"], "withdrawn");
    api.call("DELETE", &path, &token, &Value::Null)
        .problem(409, "transition_refused");
}

#[test]
fn one_network_hands_in_sixty_requests_an_hour() {
    let api = Api::new();
    let body = json!({ "right": "access", "email": STRANGER });
    for _ in 0..60 {
        api.post("/requests", "", &body).expect(202);
    }
    api.post("/requests", "", &json!({}))
        .wrong(&["right: required", "email: required"]);
    let refused = api.post("/requests", "", &body);
    assert_eq!(refused.header("retry-after"), "3600");
    refused.problem(429, "too_many");
    let forged = api.raw("POST", "/api/v1/requests").json(&body);
    api.send(forged.header("X-Forwarded-For", "203.0.113.9"))
        .problem(429, "too_many");
    api.advance(TimeDelta::hours(1));
    api.post("/requests", "", &body).expect(202);
}

#[test]
fn behind_a_trusted_proxy_clients_are_counted_apart() {
    let api =
        Api::with(|world| world.app.web.trusted_proxies = vec!["127.0.0.0/8".to_owned().try_into().unwrap()]);
    let body = json!({ "right": "access", "email": STRANGER });
    let from = |address: &str| {
        let request = api.raw("POST", "/api/v1/requests").json(&body);
        api.send(request.header("X-Forwarded-For", address)).status
    };
    for _ in 0..60 {
        assert_eq!(from("203.0.113.9"), 202);
    }
    assert_eq!(from("203.0.113.10"), 429, "a neighbour");
    assert_eq!(
        from("192.0.2.1, 203.0.113.9"),
        429,
        "what the client wrote itself does not count"
    );
    assert_eq!(from("198.51.100.1"), 202, "somebody else");
}

#[test]
fn limits_can_be_lifted() {
    let api = Api::with(|world| world.app.ctx.policy.limits = false);
    for _ in 0..61 {
        let body = json!({ "right": "access", "email": STRANGER });
        api.post("/requests", "", &body).expect(202);
    }
}
