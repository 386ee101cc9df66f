//! Cookies: what they are, and what a page of somebody else's cannot do with them.

use chrono::TimeDelta;
use dataratt::domain::staff::Role;
use dataratt::http::auth;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};

use super::client::{Api, Reply};
use crate::support::context::PUBLIC_URL;

fn log_in(api: &Api, email: &str, password: &str) -> Reply {
    api.post("/session", "", &json!({ "email": email, "password": password }))
}

/// The name and value of the cookie that an answer sets.
fn cookie(reply: &Reply) -> String {
    let set = reply.header("set-cookie");
    set.split(';').next().unwrap().to_owned()
}

#[test]
fn the_cookie_of_a_login_is_for_this_site_alone() {
    let api = Api::new();
    let reply = log_in(&api, &api.account(Role::Agent), Api::password());
    let token = reply.json["token"].as_str().unwrap();
    let expected = format!("session={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200");
    assert_eq!(reply.header("set-cookie"), expected);
    assert_eq!(reply.json["role"], "agent");
    assert_eq!(reply.json["expires_at"], "2026-11-23T20:00:00Z");
}

#[test]
fn with_https_the_cookie_is_bound_to_the_host() {
    let api = Api::with(|world| world.app.web.secure = true);
    let reply = log_in(&api, &api.account(Role::Agent), Api::password());
    let set = reply.header("set-cookie");
    assert!(
        set.starts_with("__Host-session=") && set.contains("; Secure"),
        "{set}"
    );
    assert!(set.contains("Path=/;") && !set.contains("Domain"), "{set}");
    let plain = cookie(&reply).replace("__Host-session", "session");
    let request = api.raw("GET", "/api/v1/cases").header("Cookie", plain);
    api.send(request).problem(401, "login_needed");
}

#[test]
fn changes_by_cookie_must_come_from_our_own_pages() {
    let api = Api::new();
    let cookie = cookie(&log_in(&api, &api.account(Role::Agent), Api::password()));
    let post = |with: &dyn Fn(RequestBuilder) -> RequestBuilder| {
        let body = json!({ "right": "access", "email": "anna@kund.example", "channel": "phone" });
        let request = api
            .raw("POST", "/api/v1/cases")
            .header("Cookie", &cookie)
            .json(&body);
        api.send(with(request))
    };
    post(&|request| request).problem(403, "cross_origin");
    post(&|request| request.header("Origin", "https://elsewhere.example")).problem(403, "cross_origin");
    post(&|request| request.header("Origin", "null")).problem(403, "cross_origin");
    let site =
        |site: &'static str| post(&move |request: RequestBuilder| request.header("Sec-Fetch-Site", site));
    site("cross-site").problem(403, "cross_origin");
    site("same-site").problem(403, "cross_origin");
    site("none").problem(403, "cross_origin");
    assert_eq!(api.database.count("SELECT count(*) FROM cases"), 0);
    site("same-origin").expect(201);
    post(&|request| request.header("Origin", PUBLIC_URL)).expect(201);
    post(&|request| request.header("Origin", &api.base)).expect(201);
    let read = api.raw("GET", "/api/v1/cases").header("Cookie", &cookie);
    api.send(read).expect(200);
}

#[test]
fn logging_out_ends_the_session_everywhere() {
    let api = Api::new();
    let reply = log_in(&api, &api.account(Role::Agent), Api::password());
    let token = reply.json["token"].as_str().unwrap().to_owned();
    api.get("/cases", &token).expect(200);
    let out = api.call("DELETE", "/session", &token, &Value::Null);
    assert_eq!(out.status, 204);
    assert!(
        out.header("set-cookie").starts_with("session=; "),
        "{}",
        out.header("set-cookie")
    );
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    api.get("/cases", &token).problem(401, "session_invalid");
    let by_cookie = api.raw("GET", "/api/v1/cases").header("Cookie", cookie(&reply));
    api.send(by_cookie).problem(401, "session_invalid");
}

#[test]
fn a_login_that_fails_says_why_only_to_who_knows_the_password() {
    let api = Api::new();
    let email = api.account(Role::Agent);
    let wrong = log_in(&api, &email, "Wrong-horse-0123456789abcdef");
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
    assert_eq!(wrong.header("set-cookie"), "");
    let unknown = log_in(&api, "nobody@host.example", Api::password());
    assert_eq!(wrong.text, unknown.text);
    wrong.problem(401, "login_failed");
    for email in ["a\u{0}b", "a\nb"] {
        log_in(&api, email, "x").wrong(&["email: invalid"]);
    }
    for _ in 0..9 {
        log_in(&api, &email, "Wrong-horse-0123456789abcdef").problem(401, "login_failed");
    }
    log_in(&api, &email, Api::password()).problem(429, "too_many");
    api.advance(TimeDelta::minutes(16));
    log_in(&api, &email, Api::password()).expect(200);
}

#[test]
fn a_token_of_a_form_belongs_to_one_login() {
    let api = Api::new();
    let token = auth::csrf_token(&api, "session-1");
    assert!(auth::check_csrf(&api, "session-1", &token).is_ok());
    for (session, field) in [
        ("session-2", token.as_str()),
        ("session-1", ""),
        ("session-1", "x"),
    ] {
        let refused = auth::check_csrf(&api, session, field).unwrap_err();
        assert_eq!(refused.code(), "csrf");
    }
}
