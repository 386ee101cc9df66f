//! Who may make which call: every call of the document, as everybody.

use std::collections::BTreeMap;

use dataratt::domain::staff::Role;
use serde_json::{Value, json};

use super::client::Api;
use super::openapi;

/// To whom a call is open.
#[derive(Clone, Copy)]
enum Open {
    /// Everybody; what else is needed is in the body or the address.
    Everybody,
    /// Who holds the token of the case.
    Person,
    /// These roles.
    Roles(&'static [Role]),
}

const READERS: &[Role] = &[Role::Agent, Role::Approver, Role::Dpo, Role::Auditor];

/// What is expected of each call, with a body that is right.
#[expect(clippy::too_many_lines, reason = "one table, a row for each call")]
fn expectation(method: &str, path: &str) -> Option<(Open, Value)> {
    use Role::{Admin, Agent, Approver, Auditor, Dpo, Machine};
    let email = json!({ "right": "access", "email": "anna@kund.example" });
    let none = Value::Null;
    Some(match (method, path) {
        ("POST", "/requests") => (Open::Everybody, email),
        ("POST", "/requests/{reference}/code") => (Open::Everybody, none),
        ("POST", "/requests/{reference}/verification") => (Open::Everybody, json!({ "code": "00000000" })),
        ("GET" | "DELETE", "/requests/{reference}") | ("GET", "/requests/{reference}/downloads/{name}") => {
            (Open::Person, none)
        }
        ("POST", "/requests/{reference}/confirmation") => (Open::Person, json!({ "accept": true })),
        ("POST", "/requests/{reference}/restriction-consent") => (Open::Person, json!({ "purposes": [] })),
        ("GET" | "POST", "/requests/{reference}/recipients") => (Open::Person, none),
        ("POST", "/requests/{reference}/copy" | "/requests/{reference}/transfer") => (Open::Person, none),
        ("GET", "/consents") => (Open::Everybody, none),
        ("POST", "/requests/{reference}/erasure") => (Open::Person, none),
        ("POST", "/suppressions/check") => {
            let addresses = json!({ "emails": ["anna@kund.example"] });
            (Open::Roles(&[Agent, Approver, Machine]), addresses)
        }
        ("POST", "/requests/{reference}/statement") => (Open::Person, json!({ "text": "My view" })),
        ("POST", "/requests/{reference}/messages") => (Open::Person, json!({ "text": "Hello" })),
        ("POST", "/session") => {
            let login = json!({ "email": "nobody@host.example", "password": "x" });
            (Open::Everybody, login)
        }
        ("DELETE", "/session") => (Open::Roles(&Role::ALL), none),
        ("POST", "/cases") => {
            let typed = json!({ "right": "access", "email": "anna@kund.example", "channel": "phone" });
            (Open::Roles(&[Agent, Approver, Machine]), typed)
        }
        ("POST", "/cases/{reference}/actions") => {
            let note = json!({ "action": "note", "version": 1, "text": "Called back." });
            (Open::Roles(&[Agent, Approver, Dpo]), note)
        }
        ("POST", "/cases/{reference}/terms") => {
            let grant = json!({ "action": "grant", "version": 1 });
            (Open::Roles(&[Agent, Approver]), grant)
        }
        ("DELETE", "/cases/{reference}") => (Open::Roles(&[Machine]), none),
        ("GET", "/tasks" | "/tasks/{id}") => (Open::Roles(READERS), none),
        ("POST", "/tasks/{id}") => {
            let done = json!({ "amount": 1, "text": "Burned." });
            (Open::Roles(&[Agent, Approver]), done)
        }
        ("GET", "/standing-approvals") => (Open::Roles(READERS), none),
        ("POST", "/standing-approvals") => {
            let given = json!({ "valid_until": "2027-06-30", "sample_every": 10, "most_in_30_days": 300 });
            (Open::Roles(&[Approver]), given)
        }
        ("DELETE", "/standing-approvals/{id}") => (Open::Roles(&[Approver]), none),
        ("GET", "/incidents") => (Open::Roles(&[Approver, Dpo, Admin]), none),
        ("POST", "/incidents/{id}") => {
            let notified = json!({ "action": "notified" });
            (Open::Roles(&[Approver, Dpo, Admin]), notified)
        }
        ("POST", "/purges/{id}/actions") => {
            let approve = json!({ "action": "approve", "version": 1 });
            (Open::Roles(&[Approver]), approve)
        }
        ("GET", "/purges" | "/purges/{id}") => (Open::Roles(READERS), none),
        (
            "GET",
            "/cases"
            | "/cases/{reference}"
            | "/cases/{reference}/events"
            | "/cases/{reference}/plan"
            | "/cases/{reference}/notices",
        ) => (Open::Roles(READERS), none),
        ("GET" | "POST", "/notices/{token}") | ("POST", "/notices/{token}/open") => {
            let open = json!({ "code": "00000000" });
            let answer = json!({ "code": "00000000", "outcome": "erased" });
            (
                Open::Everybody,
                if path.ends_with("open") { open } else { answer },
            )
        }
        ("POST", "/register/changes") => {
            let change = json!({ "what": "policy", "effective_on": "2027-01-01", "text_sv": "Nytt.", "text_en": "New." });
            (Open::Roles(&[Admin]), change)
        }
        ("GET", "/register") => (Open::Everybody, none),
        ("GET", "/register/systems") => (Open::Roles(&[Admin, Auditor]), none),
        ("GET", "/register/staff") => (Open::Roles(&[Admin]), none),
        ("GET", "/register/stats") => (Open::Roles(&[Dpo, Admin, Auditor]), none),
        _ => return None,
    })
}

/// Fails the test unless `reply` lets through, or does not, as expected.
#[track_caller]
fn judge(what: &str, open: Open, role: Option<Role>, status: u16, code: &str) {
    let expected = match (open, role) {
        (Open::Everybody, _) => None,
        (Open::Person, _) | (Open::Roles(_), None) => Some(401),
        (Open::Roles(roles), Some(role)) => (!roles.contains(&role)).then_some(403),
    };
    match expected {
        Some(expected) => assert_eq!(status, expected, "{what}: {code}"),
        None => assert!(
            status != 403 && (status != 401 || code == "login_failed") && code != "method_not_allowed",
            "{what}: {status} {code}"
        ),
    }
}

#[test]
fn every_call_lets_through_exactly_whom_it_should() {
    let api = Api::with(|world| world.app.ctx.policy.limits = false);
    let (reference, person) = api.verified("erasure", "anna@kund.example");
    let tokens: BTreeMap<Role, String> = Role::ALL
        .into_iter()
        .map(|role| (role, api.token(role)))
        .collect();
    for (method, template, _) in openapi::calls() {
        let path = template.strip_prefix("/api/v1").unwrap();
        let (open, body) =
            expectation(&method, path).unwrap_or_else(|| panic!("{method} {path} is expected of nobody"));
        let path = path
            .replace("{reference}", &reference)
            .replace("{token}", "unknown");
        let ends_session = (method.as_str(), path.as_str()) == ("DELETE", "/session");
        for role in [None].into_iter().chain(Role::ALL.map(Some)) {
            let token = match role {
                Some(role) if ends_session => api.token(role).clone(),
                Some(role) => tokens[&role].clone(),
                None => String::new(),
            };
            let reply = api.call(
                &method,
                &path,
                &token,
                if method == "GET" { &Value::Null } else { &body },
            );
            let code = reply.json["code"].as_str().unwrap_or_default();
            judge(
                &format!("{method} {path} as {role:?}"),
                open,
                role,
                reply.status,
                code,
            );
        }
        if matches!(open, Open::Roles(_)) {
            let reply = api.call(
                &method,
                &path,
                &person,
                if method == "GET" { &Value::Null } else { &body },
            );
            assert_eq!(reply.status, 401, "{method} {path} as a person");
        }
    }
}

#[test]
fn what_is_not_let_through_is_not_explained() {
    let api = Api::new();
    let token = api.token(Role::Machine);
    api.get("/cases?x=1", &token).problem(403, "role");
    api.get("/cases?x=1", "").problem(401, "login_needed");
    api.get("/cases/nonsense", &token).problem(404, "not_found");
}
