//! The document of the API: what others build on, so that a change of it is seen.

use std::collections::BTreeSet;

use dataratt::http::docs::OPENAPI;
use serde_json::{Value, json};

use super::client::Api;

/// Every call of the document: method, path with placeholders, operation.
pub fn calls() -> Vec<(String, String, Value)> {
    let document = serde_json::to_value(&*OPENAPI).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let of_path = |(path, item): (String, Value)| {
        let methods = item.as_object().unwrap().clone();
        let call =
            move |(method, operation): (String, Value)| (method.to_uppercase(), path.clone(), operation);
        methods.into_iter().map(call).collect::<Vec<_>>()
    };
    paths.into_iter().flat_map(of_path).collect()
}

#[test]
fn the_document_is_the_one_agreed() {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_json_snapshot!("openapi", &*OPENAPI);
    });
}

#[test]
fn it_is_served_as_it_stands() {
    let api = Api::new();
    let served = api.get("/openapi.json", "");
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.json, serde_json::to_value(&*OPENAPI).unwrap());
    assert_eq!(served.json["openapi"], "3.1.0");
}

#[test]
fn every_call_has_a_name_of_its_own_and_says_how_it_fails() {
    let mut names = BTreeSet::new();
    for (method, path, operation) in calls() {
        let name = operation["operationId"].as_str().unwrap().to_owned();
        assert!(names.insert(name.clone()), "{name} twice");
        assert!(
            operation["summary"].as_str().is_some_and(|text| !text.is_empty()),
            "{name}"
        );
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{method} {path}"
        );
        if operation["security"].is_array() {
            let denied = &responses["401"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(denied, &json!("#/components/schemas/Problem"), "{method} {path}");
        }
    }
    assert!(names.len() >= 23, "{names:?}");
}

#[test]
fn every_call_of_the_contract_is_there() {
    let have: BTreeSet<String> = calls()
        .into_iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    for call in [
        "POST /requests",
        "POST /requests/{reference}/code",
        "POST /requests/{reference}/verification",
        "GET /requests/{reference}",
        "POST /requests/{reference}/confirmation",
        "DELETE /requests/{reference}",
        "POST /session",
        "DELETE /session",
        "POST /cases",
        "GET /cases",
        "GET /cases/{reference}",
        "POST /cases/{reference}/actions",
        "GET /cases/{reference}/events",
        "GET /cases/{reference}/plan",
        "GET /cases/{reference}/notices",
        "GET /notices/{token}",
        "POST /notices/{token}/open",
        "POST /notices/{token}",
        "GET /register",
        "GET /register/systems",
        "GET /register/staff",
        "GET /register/stats",
    ] {
        let (method, path) = call.split_once(' ').unwrap();
        assert!(have.contains(&format!("{method} /api/v1{path}")), "{call}");
    }
}

#[test]
fn whatever_is_refered_to_is_described() {
    let document = serde_json::to_value(&*OPENAPI).unwrap();
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
}
