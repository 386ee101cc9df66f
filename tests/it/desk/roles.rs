//! Who is let through to which page: every address, as everybody.

use std::collections::BTreeMap;

use dataratt::domain::staff::Role;
use dataratt::http::auth::csrf_token;
use dataratt::http::staff::ADDRESSES;

use super::browser;
use crate::pages::site::{Seen, Site};

const READERS: &[Role] = &[Role::Agent, Role::Approver, Role::Dpo, Role::Auditor];

/// Whom an address lets through, of those who are logged in; `None` when nobody needs to be.
fn open_to(method: &str, path: &str) -> Option<Option<&'static [Role]>> {
    use Role::{Admin, Agent, Approver, Auditor, Dpo};
    Some(match (method, path) {
        (_, "/staff/login") => None,
        ("POST", "/staff/logout")
        | (_, "/staff/account" | "/staff/account/password" | "/staff/account/second-factor") => {
            Some(&[Agent, Approver, Dpo, Admin, Auditor])
        }
        ("GET", "/staff" | "/staff/cases/{reference}")
        | ("POST", "/staff/search")
        | (_, "/staff/handled") => Some(READERS),
        ("GET", "/staff/purges" | "/staff/purges/{id}") => Some(READERS),
        ("POST", "/staff/purges/{id}") => Some(&[Approver]),
        ("GET", "/staff/standing" | "/staff/tasks" | "/staff/tasks/{id}") => Some(READERS),
        ("POST", "/staff/tasks/{id}") => Some(&[Agent, Approver]),
        ("POST", "/staff/standing") => Some(&[Approver]),
        // No letter waits; who may open one is told so.
        ("GET", "/staff/cases/{reference}/letters/{letter}") => Some(&[Agent, Approver]),
        ("GET", "/staff/incidents") | ("POST", "/staff/incidents/{id}") => Some(&[Approver, Dpo, Admin]),
        ("GET", "/staff/stats") => Some(&[Dpo, Admin, Auditor]),
        ("GET", "/staff/cases/{reference}/records/{system}/{table}") => Some(&[Agent, Approver]),
        (_, "/staff/cases/new") => Some(&[Agent, Approver]),
        // A note, which is what most may do.
        ("POST", "/staff/cases/{reference}/actions") => Some(&[Agent, Approver, Dpo]),
        (_, "/staff/changes") => Some(&[Admin]),
        (_, "/staff/members")
        | (
            "POST",
            "/staff/members/{id}/reset" | "/staff/members/{id}/deactivate" | "/staff/members/{id}/activate",
        ) => Some(&[Admin]),
        _ => return None,
    })
}

/// Whoever asks: nobody, or by the cookie of a login.
fn ask(site: &Site, method: &str, path: &str, token: Option<&str>) -> Seen {
    let address = format!("{}{path}", site.base);
    // The site's own browser keeps the cookies of whoever logged in last.
    let mut request = browser().request(method.parse().unwrap(), address);
    let csrf = token.map(|token| csrf_token(site, token)).unwrap_or_default();
    if let Some(token) = token {
        request = request.header("Cookie", format!("session={token}"));
    }
    if method == "POST" {
        let note = [
            ("csrf", csrf.as_str()),
            ("action", "note"),
            ("version", "1"),
            ("text", "Hej"),
        ];
        request = request.form(&note);
    }
    site.visit(request)
}

/// What an address could change. Who may read a case is shown it with the refusal, and that look is recorded.
fn changed(site: &Site, template: &str) -> String {
    let state = site.state();
    let lines = state.lines();
    let looks = template.ends_with("/actions");
    let counted = lines.filter(|line| !(looks && line.starts_with("audit_")));
    counted.collect::<Vec<_>>().join("\n")
}

/// A letter on paper that waits to be posted: its case and its id.
fn letter(site: &Site) -> (String, uuid::Uuid) {
    let agent = site.staff(Role::Agent);
    let typed = dataratt::services::intake::Typed {
        right: Some("access".into()),
        customer_number: Some("nobody".into()),
        ..Default::default()
    };
    let case =
        dataratt::services::intake::submit_for_person(site, agent, &typed, "letter", None, None).unwrap();
    let text = "Hej.".to_owned();
    let message = dataratt::services::handling::Action::Message { text };
    site.act(&agent, &case.reference, &message).unwrap();
    let letters = dataratt::store::paper_letters::list(&mut site.store.get().unwrap(), case.id).unwrap();
    (case.reference.to_string(), letters[0].id)
}

/// A personal data breach that is open.
fn breach(site: &Site, reference: &str) -> uuid::Uuid {
    let agent = site.staff(Role::Agent);
    let reference = dataratt::domain::ids::Reference::parse(reference).unwrap();
    let (what, text) = ("other".to_owned(), "Hej.".to_owned());
    let report = dataratt::services::handling::Action::ReportIncident { what, text };
    let case = site.act(&agent, &reference, &report).unwrap();
    let found = dataratt::store::incidents::list(&mut site.store.get().unwrap(), case.id).unwrap();
    found[0].id
}

/// Something to do by hand for the case.
fn give_task(site: &Site, id: &str, reference: &str) {
    let task = format!(
        "INSERT INTO manual_tasks (id, case_id, system, tbl, kind, created_at, due_on)
         SELECT '{id}', id, 'archive', 'contracts', 'find', now(), now() FROM cases WHERE reference = '{reference}'"
    );
    site.database.owner().batch_execute(&task).unwrap();
}

#[test]
fn every_address_lets_through_exactly_whom_it_should() {
    let site = Site::with(|world| world.app.ctx.policy.limits = false);
    let (reference, _) = site.verified("erasure", "anna@kund.example");
    let other = site.account(Role::Agent);
    let actor = dataratt::domain::staff::Actor::System;
    let (by_post, letter) = letter(&site);
    let breach = breach(&site, &by_post);
    let other = dataratt::services::accounts::find(&site, &actor, &other)
        .unwrap()
        .id;
    let list = "00000000-0000-7000-8000-000000000001";
    give_task(&site, list, &reference);
    let begun = format!("INSERT INTO purges (id, proposed_at, proposed_on) VALUES ('{list}', now(), now())");
    site.database.owner().batch_execute(&begun).unwrap();
    let staff = || Role::ALL.into_iter().filter(|role| *role != Role::Machine);
    let tokens: BTreeMap<Role, String> = staff().map(|role| (role, site.token(role))).collect();
    for (template, methods) in ADDRESSES {
        for method in methods {
            let open = open_to(method, template);
            let open = open.unwrap_or_else(|| panic!("{method} {template} is expected of nobody"));
            let path = template
                .replace("{reference}", &reference)
                .replace("/purges/{id}", &format!("/purges/{list}"))
                .replace("/tasks/{id}", &format!("/tasks/{list}"))
                .replace("/incidents/{id}", &format!("/incidents/{breach}"))
                .replace("{id}", &other.to_string());
            let path = match path.strip_suffix("{letter}") {
                Some(_) => format!("/staff/cases/{by_post}/letters/{letter}"),
                None => path,
            };
            let state = site.state();
            let seen = ask(&site, method, &path, None);
            assert_eq!(site.state(), state, "{method} {path} by nobody changes something");
            match open {
                None => assert!([200, 422].contains(&seen.reply.status), "{method} {path}"),
                Some(_) => assert!(seen.leads_to().starts_with("/staff/login"), "{method} {path}"),
            }
            let Some(roles) = open else { continue };
            for role in staff() {
                let token = if template == "/staff/logout" {
                    site.token(role)
                } else {
                    tokens[&role].clone()
                };
                let state = changed(&site, template);
                let status = ask(&site, method, &path, Some(&token)).reply.status;
                let what = format!("{method} {path} as {role:?}");
                // Nothing has been collected: who may look is told so.
                if roles.contains(&role) && template.contains("/records/") {
                    assert_eq!(status, 404, "{what}");
                } else if roles.contains(&role) {
                    assert!(![401, 403, 404, 405, 500].contains(&status), "{what}: {status}");
                } else {
                    assert_eq!(status, 403, "{what}");
                    assert_eq!(changed(&site, template), state, "{what} changes something");
                }
            }
        }
    }
}

#[test]
fn a_machines_key_opens_no_page() {
    let site = Site::new();
    let key = site.token(Role::Machine);
    for path in ["/staff", "/staff/cases/new", "/staff/members", "/staff/stats"] {
        let seen = site.visit(site.raw("GET", path).bearer_auth(&key));
        assert!(seen.leads_to().starts_with("/staff/login"), "{path}");
    }
}

#[test]
fn what_is_no_address_of_staff_is_not_there() {
    let site = Site::new();
    let token = site.token(Role::Admin);
    for (method, path) in [
        ("GET", "/staff/"),
        ("GET", "/staff/cases"),
        ("GET", "/staff/cases/nothing/actions"),
        ("POST", "/staff/stats"),
        ("GET", "/staff/members/1/reset"),
        ("POST", "/staff/members/1/reset"),
        ("DELETE", "/staff"),
    ] {
        let status = ask(&site, method, path, Some(&token)).reply.status;
        assert!([404, 405].contains(&status), "{method} {path}: {status}");
    }
    let agent = site.token(Role::Agent);
    for path in ["/staff/cases/DR-0000-0000-0000", "/staff/cases/nothing"] {
        assert_eq!(ask(&site, "GET", path, Some(&agent)).reply.status, 404, "{path}");
    }
}
