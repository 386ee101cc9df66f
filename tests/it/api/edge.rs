//! What holds for every answer, and requests that are no calls.

use dataratt::domain::staff::Role;
use dataratt::http::MAX_BODY;
use dataratt::http::headers::CONTENT_SECURITY_POLICY;
use serde_json::{Value, json};

use super::client::{Api, Reply};
use crate::support::context::NoSystems;

#[track_caller]
fn has_headers(reply: &Reply) {
    for (name, value) in [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("strict-transport-security", ""),
    ] {
        assert_eq!(reply.header(name), value, "{name} of a {}", reply.status);
    }
    assert!(reply.header("permissions-policy").contains("camera=()"));
}

fn json_body(api: &Api, text: impl Into<reqwest::blocking::Body>) -> Reply {
    let request = api.raw("POST", "/api/v1/requests").body(text);
    api.send(request.header("Content-Type", "application/json"))
}

#[test]
fn every_answer_carries_the_headers_whatever_it_is() {
    let api = Api::new();
    let get = |path: &str| api.send(api.raw("GET", path));
    let request = json!({ "right": "access", "email": "anna@kund.example" });
    for (reply, status) in [
        (api.get("/register", ""), 200),
        (api.post("/requests", "", &request), 202),
        (json_body(&api, "{"), 400),
        (api.get("/cases", ""), 401),
        (get("/nothing/here"), 404),
        (get("/api/v1/nothing"), 404),
        (get("/api/nothing"), 404),
        (get("/assets/nothing.css"), 404),
        (api.call("DELETE", "/register", "", &Value::Null), 405),
        (api.send(api.raw("POST", "/api/v1/requests").body("x")), 415),
        (api.post("/requests", "", &json!({})), 422),
        (get("/healthz"), 200),
        (get("/api/v1/openapi.json"), 200),
    ] {
        assert_eq!(reply.status, status, "{}", reply.text);
        has_headers(&reply);
    }
}

#[test]
fn browsers_are_held_to_https_only_where_there_is_https() {
    let api = Api::with(|world| world.app.web.secure = true);
    let reply = api.get("/register", "");
    assert_eq!(reply.header("strict-transport-security"), "max-age=63072000");
}

#[test]
fn static_files_may_be_kept_for_good() {
    let api = Api::new();
    let sheet = api.send(api.raw("GET", "/assets/app.css"));
    assert_eq!(sheet.status, 200);
    assert_eq!(
        sheet.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    let again = api
        .raw("GET", "/assets/app.css")
        .header("If-None-Match", sheet.header("etag"));
    let again = api.send(again);
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let brand = api.send(api.raw("GET", "/assets/brand.css?v=1"));
    assert_eq!(
        (brand.status, brand.header("content-type")),
        (200, "text/css; charset=utf-8")
    );
    assert_eq!(brand.header("cache-control"), sheet.header("cache-control"));
}

#[test]
fn the_documentation_alone_may_style_itself() {
    let api = Api::new();
    let moved = api.send(api.raw("GET", "/api/docs"));
    assert_eq!((moved.status, moved.header("location")), (303, "/api/docs/"));
    let page = api.send(api.raw("GET", "/api/docs/"));
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("style-src 'self' 'unsafe-inline'") && policy.contains("script-src 'self';"));
    let script = api.send(api.raw("GET", "/api/docs/swagger-initializer.js"));
    assert!(script.text.contains("/api/v1/openapi.json"), "{}", script.text);
    assert_eq!(api.send(api.raw("GET", "/api/docs/nothing.js")).status, 404);
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let api = Api::new();
    for (method, path, allowed) in [
        ("PUT", "/requests", "POST"),
        ("GET", "/session", "POST, DELETE"),
        ("POST", "/requests/DR-0000-0000-0000", "GET, DELETE"),
        ("PATCH", "/cases", "GET, POST"),
        ("DELETE", "/notices/x", "GET, POST"),
        ("OPTIONS", "/register", "GET"),
    ] {
        let reply = api.call(method, path, "", &Value::Null);
        assert_eq!(reply.header("allow"), allowed, "{method} {path}");
        reply.problem(405, "method_not_allowed");
    }
}

#[test]
fn addresses_are_exact() {
    let api = Api::new();
    for path in ["/Register", "/register/", "/requests//code", "/cases/x/y/z", ""] {
        api.get(path, "").problem(404, "not_found");
    }
}

#[test]
fn a_body_is_read_up_to_its_limit() {
    let api = Api::new();
    let filler = |length: usize| format!("{{\"x\":\"{}\"}}", "a".repeat(length - 8));
    json_body(&api, filler(MAX_BODY)).wrong(&["x: unknown_field"]);
    json_body(&api, filler(MAX_BODY + 1)).problem(413, "payload_too_large");
    let endless = std::io::Cursor::new(filler(2 * MAX_BODY));
    json_body(&api, reqwest::blocking::Body::new(endless)).problem(413, "payload_too_large");
}

#[test]
fn a_body_that_is_no_json_is_refused_as_what_it_is() {
    let api = Api::new();
    for text in [
        "",
        "{",
        "nonsense",
        "{\"right\":\"erasure\",}",
        "\u{feff}{}",
        "{}{}",
    ] {
        json_body(&api, text).problem(400, "malformed_json");
    }
    json_body(&api, b"{\"right\":\"\xff\"}".to_vec()).problem(400, "malformed_json");
    for text in ["[]", "\"x\"", "null", "[\"erasure\",\"anna@kund.example\"]"] {
        json_body(&api, text).wrong(&[": not_an_object"]);
    }
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let request = api
            .raw("POST", "/api/v1/requests")
            .header("Content-Type", media)
            .body("{}");
        api.send(request).problem(415, "unsupported_media_type");
    }
    let request = api.raw("POST", "/api/v1/requests").body("{}");
    let request = request.header("Content-Type", "application/json; charset=utf-8");
    api.send(request).wrong(&["right: required", "email: required"]);
}

#[test]
fn a_fault_of_ours_shows_a_number_and_nothing_else() {
    let api = Api::new();
    let (reference, _) = api.verified("access", "anna@kund.example");
    let token = api.token(Role::Agent);
    let garbage = "UPDATE cases SET sealed = '\\x00'";
    api.database.owner().batch_execute(garbage).unwrap();
    let path = format!("/cases/{reference}");
    let (one, other) = (api.get(&path, &token), api.get(&path, &token));
    has_headers(&one);
    let keys: Vec<&String> = one.json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["code", "incident", "status", "title", "type"]);
    let (one, other) = (one.problem(500, "internal"), other.problem(500, "internal"));
    assert_ne!(one["incident"], other["incident"]);
}

#[test]
fn a_system_that_is_not_connected_is_somebody_elses_failure() {
    let api = Api::with(|world| world.app.ctx.systems = std::sync::Arc::new(NoSystems));
    let person = api.host.people().remove(0);
    let token = api.token(Role::Agent);
    let body = json!({ "right": "erasure", "email": person.email, "channel": "letter" });
    let case = api.post("/cases", &token, &body).expect(201);
    let reference = case["reference"].as_str().unwrap();
    // The worker's systems are there; those of the pages are not.
    api.work();
    let method = json!({ "method": "in_person" });
    api.acts(reference, &token, "accept_identity", method).expect(200);
    api.acts(reference, &token, "plan", json!({}))
        .problem(502, "system_not_connected");
}
