//! Handing in twice under one key is handing in once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::{Api, Reply};

fn submit(api: &Api, key: &str, body: &Value) -> Reply {
    api.send(
        api.raw("POST", "/api/v1/requests")
            .header("Idempotency-Key", key)
            .json(body),
    )
}

fn body(email: &str) -> Value {
    json!({ "right": "erasure", "email": email })
}

#[test]
fn the_same_key_and_body_give_the_same_case() {
    let api = Api::new();
    let first = submit(&api, "key-1", &body("anna@kund.example")).expect(202);
    let second = submit(&api, "key-1", &body("anna@kund.example")).expect(202);
    assert_eq!(first, second);
    let other = submit(&api, "key-2", &body("anna@kund.example")).expect(202);
    assert_ne!(first["reference"], other["reference"]);
    assert_eq!(api.database.count("SELECT count(*) FROM cases"), 2);
}

#[test]
fn the_same_key_with_another_body_is_refused() {
    let api = Api::new();
    submit(&api, "key-1", &body("anna@kund.example")).expect(202);
    submit(&api, "key-1", &body("bo@kund.example")).problem(409, "idempotency_mismatch");
    let spaced = "{\"right\": \"erasure\",\"email\":\"anna@kund.example\"}";
    let request = api
        .raw("POST", "/api/v1/requests")
        .header("Idempotency-Key", "key-1");
    let request = request.header("Content-Type", "application/json").body(spaced);
    api.send(request).problem(409, "idempotency_mismatch");
    assert_eq!(api.database.count("SELECT count(*) FROM cases"), 1);
}

#[test]
fn many_at_once_under_one_key_make_one_case() {
    let api = Api::new();
    let references: BTreeSet<String> = std::thread::scope(|scope| {
        let send = || submit(&api, "key-1", &body("anna@kund.example")).expect(202)["reference"].to_string();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(references.len(), 1);
    assert_eq!(api.database.count("SELECT count(*) FROM cases"), 1);
    assert_eq!(api.database.count("SELECT count(*) FROM mails"), 1);
}

#[test]
fn a_key_that_is_none_is_refused() {
    let api = Api::new();
    let long = "k".repeat(256);
    for key in ["", long.as_str()] {
        submit(&api, key, &body("anna@kund.example")).wrong(&["Idempotency-Key: invalid"]);
    }
    let twice = api
        .raw("POST", "/api/v1/requests")
        .json(&body("anna@kund.example"));
    let twice = twice
        .header("Idempotency-Key", "a")
        .header("Idempotency-Key", "b");
    api.send(twice).wrong(&["Idempotency-Key: invalid"]);
    assert_eq!(api.database.count("SELECT count(*) FROM cases"), 0);
}
