//! Logging in and out by the pages.

use chrono::TimeDelta;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;

use super::{Staff, browser};
use crate::api::client::Api;
use crate::pages::site::{Seen, Site};

/// Somebody at the form who is not logged in.
fn stranger<'a>(site: &'a Site, email: &str) -> Staff<'a> {
    Staff {
        site,
        browser: browser(),
        email: email.to_owned(),
    }
}

/// What a reader sees, but for the address typed.
fn words(seen: &Seen, email: &str) -> String {
    seen.reply.text.replace(email, "ADDRESS")
}

#[test]
fn the_cookie_is_the_one_of_the_api() {
    let site = Site::new();
    let someone = stranger(&site, &site.account(Role::Agent));
    let seen = someone.log_in(Api::password());
    assert_eq!(seen.leads_to(), "/staff");
    let cookies: Vec<&str> = seen
        .reply
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    let session = cookies
        .iter()
        .find(|cookie| cookie.starts_with("session="))
        .unwrap();
    assert!(
        session.ends_with("; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200"),
        "{session}"
    );
    someone.see("/staff").expect(200);
}

#[test]
fn who_may_not_come_in_is_told_the_same_whoever_they_are() {
    let site = Site::new();
    let known = site.account(Role::Agent);
    let inactive = site.account(Role::Agent);
    let member = accounts::find(&site, &Actor::System, &inactive).unwrap();
    accounts::deactivate(&site, &Actor::System, member.id).unwrap();
    let wrong = stranger(&site, &known)
        .log_in("Wrong-horse-0123456789abcdef")
        .expect(422);
    let unknown = stranger(&site, "nobody@host.example")
        .log_in(Api::password())
        .expect(422);
    let out = stranger(&site, &inactive).log_in(Api::password()).expect(422);
    let expected = words(&wrong, &known);
    assert!(wrong.text().contains("Det stämmer inte."), "{}", wrong.text());
    assert_eq!(words(&unknown, "nobody@host.example"), expected);
    assert_eq!(words(&out, &inactive), expected);
    for seen in [&wrong, &unknown, &out] {
        assert!(
            !seen.reply.text.contains("horse"),
            "a password is never shown again"
        );
        assert!(!seen.reply.header("set-cookie").contains("session="));
    }
    assert_eq!(wrong.value("email"), known);
}

#[test]
fn too_many_tries_are_told_when_to_come_back() {
    let site = Site::new();
    let someone = stranger(&site, &site.account(Role::Agent));
    for _ in 0..10 {
        someone.log_in("Wrong-horse-0123456789abcdef").expect(422);
    }
    let seen = someone.log_in(Api::password()).expect(429);
    let seconds: u32 = seen.reply.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    let minutes = seconds.div_ceil(60);
    let expected = format!("Försök igen om {minutes} min.");
    assert!(seen.text().contains(&expected), "{}", seen.text());
    site.advance(TimeDelta::seconds(seconds.into()));
    someone.log_in(Api::password()).leads_to();
}

#[rstest::rstest]
#[case("/staff/stats?lang=en", "/staff/stats?lang=en")]
#[case("//elsewhere.example/staff", "/staff")]
#[case("https://elsewhere.example/staff", "/staff")]
#[case("/\\elsewhere.example", "/staff")]
#[case("/staff/logout", "/staff")]
#[case("javascript:alert(1)", "/staff")]
fn the_way_back_leads_to_pages_of_staff_alone(#[case] next: &str, #[case] leads_to: &str) {
    let site = Site::new();
    let someone = stranger(&site, &site.account(Role::Agent));
    let form = someone.see("/staff/login");
    let fields = [
        ("email", someone.email.as_str()),
        ("password", Api::password()),
        ("next", next),
    ];
    let seen = someone.submit("/staff/login", &form.form("/staff/login", &fields));
    assert_eq!(seen.leads_to(), leads_to);
}

#[test]
fn one_comes_back_to_the_page_one_asked_for() {
    let site = Site::new();
    let someone = stranger(&site, &site.account(Role::Agent));
    let place = someone.see("/staff?state=assessing&lang=en").leads_to();
    assert!(place.starts_with("/staff/login?lang=en&next="), "{place}");
    let form = someone.see(&place).expect(200);
    assert_eq!(form.title(), "Sign in");
    let fields = [("email", someone.email.as_str()), ("password", Api::password())];
    let seen = someone.submit("/staff/login", &form.form("/staff/login", &fields));
    assert_eq!(seen.leads_to(), "/staff?state=assessing&lang=en");
    assert_eq!(someone.follow(&seen).title(), "Queue");
}

#[test]
fn who_logs_out_is_out_with_every_copy_of_the_cookie() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    let queue = agent.see("/staff").expect(200);
    let token = {
        let seen = agent.log_in(Api::password());
        let set = seen.reply.headers.get_all("set-cookie").iter();
        let mut set = set.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned());
        set.find(|cookie| cookie.starts_with("session=")).unwrap()
    };
    // The log-in above is a new one; the page of the old one no longer fits it.
    agent
        .submit("/staff/logout", &queue.form("/staff/logout", &[]))
        .expect(403);
    let queue = agent.see("/staff").expect(200);
    let seen = agent.submit("/staff/logout", &queue.form("/staff/logout", &[]));
    assert_eq!(seen.leads_to(), "/staff/login");
    assert!(agent.follow(&seen).text().contains("Du är utloggad."));
    assert_eq!(agent.see("/staff").leads_to(), "/staff/login");
    let copied = site.raw("GET", "/staff").header("Cookie", token);
    assert_eq!(site.visit(copied).leads_to(), "/staff/login?ended=1");
}

#[test]
fn a_login_that_has_ended_says_so_and_leads_back() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    site.advance(TimeDelta::hours(accounts::ABSOLUTE_HOURS));
    let seen = agent.see("/staff/cases/new");
    assert_eq!(
        seen.leads_to(),
        "/staff/login?next=%2Fstaff%2Fcases%2Fnew&ended=1"
    );
    let form = agent.follow(&seen).expect(200);
    assert!(form.text().contains("Du har loggats ut."), "{}", form.text());
    assert_eq!(form.value("next"), "/staff/cases/new");
}

#[test]
fn the_page_to_begin_at_is_one_the_role_may_see() {
    let site = Site::new();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Machine) {
        let staff = Staff::of(&site, role);
        let home = staff.log_in(Api::password());
        let page = staff.follow(&home).expect(200);
        for link in page.all("nav a, a.brand") {
            let path = link.attr("href").unwrap();
            staff.see(path).expect(200);
        }
    }
}
