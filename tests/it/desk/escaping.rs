//! Hostile text, in every field that staff are shown: it is text, whatever it says.

use dataratt::domain::staff::Role;
use dataratt::services::handling;
use dataratt::services::intake::Typed;

use super::{Staff, case_path, take_in};
use crate::pages::site::{Seen, Site};

const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}";

#[track_caller]
fn is_harmless(what: &str, page: &Seen) {
    assert!(page.all("script:not([src])").is_empty(), "{what}: a script");
    assert!(page.all("[onerror], img").is_empty(), "{what}: an element");
    assert!(!page.reply.text.contains("<script>alert"), "{what}");
}

/// How often the hostile text is read on a page, as text or in a field.
fn times(page: &Seen) -> usize {
    let inside = page.html.root_element().text().collect::<String>();
    let fields = page.all("input[value]");
    let typed = fields
        .iter()
        .filter(|field| field.attr("value").unwrap().contains("alert(1)"));
    inside.matches("alert(1)").count() + typed.count()
}

#[test]
fn whatever_people_write_staff_read_it_as_text() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let some = || Some(HOSTILE.to_owned());
    let typed = Typed {
        right: Some("erasure".into()),
        email: Some("anna@okand.example".into()),
        name: some(),
        customer_number: Some("\"><script>alert(1)</script>".into()),
        message: some(),
        acting_name: some(),
        acting_relation: some(),
        ..Typed::default()
    };
    let case = take_in(&site, &typed);
    handling::write_to_staff(&site, case.id, HOSTILE).unwrap();
    let page = agent.case(case.reference.as_str());
    is_harmless("case", &page);
    assert_eq!(
        times(&page),
        6,
        "name, number, message, both of who acts, and the mail: {}",
        page.text()
    );
    let page = agent.acts(&page, "note", &[("text", HOSTILE)]);
    is_harmless("note", &page);
    assert_eq!(times(&page), 7);
    let path = format!("{}/actions", case_path(case.reference.as_str()));
    let hostile = [
        "text",
        "reason",
        "ground",
        "recipient",
        "outcome",
        "statute",
        "backups_until",
        "account",
        "assignee",
    ];
    for action in ["note", "refuse", "record_answer", "plan", "assign", HOSTILE] {
        let mut fields = vec![
            ("csrf".to_owned(), page.value("csrf")),
            ("version".to_owned(), "0".to_owned()),
            ("action".to_owned(), action.to_owned()),
        ];
        fields.extend(hostile.map(|name| (name.to_owned(), HOSTILE.to_owned())));
        let again = agent.submit(&path, &fields);
        assert!(
            [409, 422].contains(&again.reply.status),
            "{action}: {}",
            again.reply.status
        );
        is_harmless(action, &again);
    }
}

#[test]
fn what_staff_search_and_type_is_text_too() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let queue = agent.see("/staff").expect(200);
    let found = agent.submit("/staff/search", &queue.form("/staff/search", &[("q", HOSTILE)]));
    is_harmless("search", &found);
    assert_eq!(found.value("q"), HOSTILE);
    let query = url::form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>();
    for name in [
        "state",
        "right",
        "assignee",
        "due",
        "recipient",
        "sort",
        "cursor",
        "q",
        "lang",
    ] {
        is_harmless(name, &agent.see(&format!("/staff?{name}={query}")).expect(200));
    }
    let form = agent.see("/staff/cases/new").expect(200);
    let names = [
        "email",
        "name",
        "customer_number",
        "personal_number",
        "message",
        "acting_name",
        "received_at",
    ];
    let fill = names.map(|name| (name, HOSTILE));
    let again = agent
        .submit("/staff/cases/new", &form.form("/staff/cases/new", &fill))
        .expect(422);
    is_harmless("intake", &again);
    for name in names {
        assert_eq!(again.value(name), HOSTILE, "{name} is not lost");
    }
    let login = agent.see("/staff/login").expect(200);
    let fill = [("email", HOSTILE), ("password", HOSTILE), ("next", HOSTILE)];
    let again = agent
        .submit("/staff/login", &login.form("/staff/login", &fill))
        .expect(422);
    is_harmless("login", &again);
    assert_eq!(
        (again.value("email"), again.value("next")),
        (HOSTILE.to_owned(), "/staff".to_owned())
    );
    let admin = Staff::of(&site, Role::Admin);
    let members = admin.see("/staff/members").expect(200);
    let fill = [("email", HOSTILE), ("role", HOSTILE)];
    let again = admin
        .submit("/staff/members", &members.form("/staff/members", &fill))
        .expect(422);
    is_harmless("members", &again);
    assert_eq!(again.value("email"), HOSTILE);
}
