//! Adding staff, giving new passwords, keeping out; and the page of figures.

use dataratt::domain::right::Right;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;

use super::{Staff, browser};
use crate::api::client::Api;
use crate::pages::site::{Seen, Site};

const PATH: &str = "/staff/members";

/// The password that a page shows.
#[track_caller]
fn issued(page: &Seen) -> String {
    let shown = page.all(".issued dd");
    shown
        .first()
        .unwrap_or_else(|| panic!("{}", page.text()))
        .text()
        .collect()
}

fn at_the_door<'a>(site: &'a Site, email: &str) -> Staff<'a> {
    Staff {
        site,
        browser: browser(),
        email: email.to_owned(),
    }
}

fn path_of(site: &Site, email: &str, what: &str) -> String {
    let member = accounts::find(site, &Actor::System, email).unwrap();
    format!("{PATH}/{}/{what}", member.id)
}

#[test]
fn who_is_added_logs_in_with_a_password_shown_once() {
    let site = Site::new();
    let admin = Staff::of(&site, Role::Admin);
    let page = admin.see(PATH).expect(200);
    let fill = [("email", "Ny@Host.example"), ("role", "approver")];
    let added = admin.submit(PATH, &page.form(PATH, &fill)).expect(201);
    let password = issued(&added);
    assert!(password.len() >= 20, "{password}");
    assert!(!admin.see(PATH).reply.text.contains(&password), "only once");
    let new = at_the_door(&site, "ny@host.example");
    assert_eq!(new.log_in(&password).leads_to(), "/staff");
    let page = admin.see(PATH).expect(200);
    assert!(page.text().contains("ny@host.example"));
    assert!(
        page.text().contains("2026-11-23 09:00"),
        "when they were last there: {}",
        page.text()
    );
    let again = admin.submit(PATH, &page.form(PATH, &fill)).expect(409);
    assert!(
        again.text().contains("Den adressen har redan en användare."),
        "{}",
        again.text()
    );
    assert_eq!(again.value("email"), "Ny@Host.example");
    let wrong = admin.submit(
        PATH,
        &page.form(PATH, &[("email", "nobody"), ("role", "machine")]),
    );
    assert_eq!(wrong.expect(422).marked(), ["email", "role"]);
}

#[test]
fn a_new_password_ends_the_old_one_and_its_logins() {
    let site = Site::new();
    let (admin, agent) = (Staff::of(&site, Role::Admin), Staff::of(&site, Role::Agent));
    let reset = path_of(&site, &agent.email, "reset");
    let page = admin.see(PATH).expect(200);
    let done = admin.submit(&reset, &page.form(&reset, &[])).expect(200);
    let password = issued(&done);
    assert!(agent.see("/staff").leads_to().contains("ended=1"));
    let door = at_the_door(&site, &agent.email);
    door.log_in(Api::password()).expect(422);
    door.log_in(&password).leads_to();
}

#[test]
fn who_is_kept_out_is_out_at_once_and_nobody_keeps_themselves_out() {
    let site = Site::new();
    let (admin, agent) = (Staff::of(&site, Role::Admin), Staff::of(&site, Role::Agent));
    let out = path_of(&site, &agent.email, "deactivate");
    let page = admin.see(PATH).expect(200);
    let page = admin
        .follow(&admin.submit(&out, &page.form(&out, &[])))
        .expect(200);
    assert!(page.text().contains("Användaren är avstängd."));
    assert!(agent.see("/staff").leads_to().contains("ended=1"));
    let back = path_of(&site, &agent.email, "activate");
    let page = admin
        .follow(&admin.submit(&back, &page.form(&back, &[])))
        .expect(200);
    at_the_door(&site, &agent.email)
        .log_in(Api::password())
        .leads_to();
    let own = path_of(&site, &admin.email, "deactivate");
    assert!(!page.reply.text.contains(&own), "not offered");
    let fields = [("csrf".to_owned(), page.value("csrf"))];
    let refused = admin.submit(&own, &fields).expect(409);
    assert!(
        refused.text().contains("Du kan inte stänga av dig själv."),
        "{}",
        refused.text()
    );
}

#[test]
fn a_machine_is_listed_without_what_only_people_have() {
    let site = Site::new();
    let admin = Staff::of(&site, Role::Admin);
    site.token(Role::Machine);
    let page = admin.see(PATH).expect(200);
    assert!(page.text().contains("Maskin"), "{}", page.text());
    let reset = path_of(&site, "portal", "reset");
    assert!(!page.reply.text.contains(&reset));
    let fields = [("csrf".to_owned(), page.value("csrf"))];
    let refused = admin.submit(&reset, &fields).expect(409);
    assert!(refused.text().contains("En maskin har inget lösenord."));
}

#[test]
fn figures_are_shown_in_both_languages() {
    let site = Site::new();
    let auditor = Staff::of(&site, Role::Auditor);
    site.verified("erasure", "anna@okand.example");
    let page = auditor.see("/staff/stats").expect(200);
    let figures: Vec<String> = page
        .all(".figures-row dd")
        .iter()
        .map(|figure| figure.text().collect::<String>().trim().to_owned())
        .collect();
    assert_eq!(figures, ["1", "0", "0", "–", "0"]);
    let rows = page.all("table.stats tbody tr").len();
    assert_eq!(rows, Right::ALL.len(), "every right has a row");
    assert_eq!(auditor.see("/staff/stats?lang=en").expect(200).title(), "Figures");
}
