//! What staff sent after their login was over is not lost; and what waits for them is not hidden.

use chrono::TimeDelta;
use dataratt::domain::staff::Role;
use dataratt::services::{accounts, handling};
use dataratt::store::cases;

use super::{Staff, case_path};
use crate::api::client::Api;
use crate::pages::site::{Seen, Site};

const TEXT: &str = "Ringde <b>Anna</b>\r\nåterkommer \"i morgon\"";

/// The page of a case, from before the login was over.
fn stale_page(site: &Site, agent: &Staff) -> (String, Seen) {
    let (reference, _) = site.verified("erasure", "anna@kund.example");
    let page = agent.case(&reference);
    site.advance(TimeDelta::hours(accounts::ABSOLUTE_HOURS));
    (reference, page)
}

fn log_in(agent: &Staff, page: &Seen, password: &str) -> Seen {
    let fill = [("email", agent.email.as_str()), ("password", password)];
    agent.submit("/staff/login", &page.form("/staff/login", &fill))
}

#[test]
fn what_was_written_comes_back_after_the_login_and_is_sent_once_more() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let (reference, page) = stale_page(&site, &agent);
    let asked = agent.act(&page, "note", &[("text", TEXT)]).expect(403);
    assert!(asked.text().contains("Du har loggats ut."), "{}", asked.text());
    let wrong = log_in(&agent, &asked, "Wrong-horse-0123456789abcdef").expect(422);
    let back = log_in(&agent, &wrong, Api::password()).expect(200);
    assert_eq!(back.all(".kept-text").len(), 1);
    assert!(back.all(".kept-text b").is_empty() && back.text().contains("Ringde <b>Anna</b>"));
    assert!(
        !agent.case(&reference).text().contains("Ringde"),
        "nothing is done before"
    );
    let action = format!("{}/actions", case_path(&reference));
    let done = agent
        .follow(&agent.submit(&action, &back.form(&action, &[])))
        .expect(200);
    assert!(done.text().contains("Anteckningen är sparad."), "{}", done.text());
    assert!(done.text().contains("Ringde <b>Anna</b>"));
}

#[test]
fn nothing_is_kept_of_what_another_site_sent_or_for_another_page() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let (reference, page) = stale_page(&site, &agent);
    let action = format!("{}/actions", case_path(&reference));
    let fields = [
        ("csrf", page.value("csrf")),
        ("action", "note".to_owned()),
        ("text", "x".to_owned()),
    ];
    for header in [None, Some("cross-site")] {
        let mut request = super::browser()
            .post(format!("{}{action}", site.base))
            .form(&fields);
        if let Some(value) = header {
            request = request.header("sec-fetch-site", value);
        }
        assert!(
            site.visit(request).leads_to().starts_with("/staff/login?"),
            "{header:?}"
        );
    }
    for elsewhere in [
        "/staff/members",
        "https://elsewhere.example/staff/cases/x",
        "/staff/cases/../logout",
    ] {
        let form = agent.see("/staff/login").expect(200);
        let mut fields = form.form(
            "/staff/login",
            &[("email", agent.email.as_str()), ("password", Api::password())],
        );
        fields.push(("kept_action".to_owned(), elsewhere.to_owned()));
        fields.push(("kept_fields".to_owned(), "{\"text\":\"x\"}".to_owned()));
        assert_eq!(
            agent.submit("/staff/login", &fields).leads_to(),
            "/staff",
            "{elsewhere}"
        );
    }
}

#[test]
fn a_message_waits_beside_what_else_asks_for_attention_until_staff_answer() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let (reference, _) = site.verified("erasure", "anna@kund.example");
    let id = site
        .find(&dataratt::domain::ids::Reference::parse(&reference).unwrap())
        .id;
    handling::write_to_staff(&site, id, "Hur går det?").unwrap();
    let attend = |code| cases::set_attention(&mut site.store.get().unwrap(), id, code).unwrap();
    let (message, failure) = ("Nytt meddelande", "system");
    for code in [Some("system_failed"), None] {
        attend(code);
        for page in [agent.see("/staff").expect(200), agent.case(&reference)] {
            assert!(page.text().contains(message), "{code:?}: {}", page.text());
            assert!(code.is_none() || page.text().contains(failure), "{}", page.text());
        }
    }
    let page = agent.acts(&agent.case(&reference), "message", &[("text", "Snart klart.")]);
    assert!(!page.text().contains(message), "{}", page.text());
    assert!(!agent.see("/staff").text().contains(message));
}
