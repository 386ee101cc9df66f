//! What staff do by hand, at a desk and on a telephone.

use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;

use super::erasure::{PASSWORD, account};
use super::staff::log_in;
use crate::manual::with_archive;
use crate::support::browser::{DESKTOP, PHONE};
use crate::support::site::Site;
use crate::support::world::World;

#[test]
fn looks_for_a_person_where_no_machine_does() {
    let site = Site::around(World::of_organisation(with_archive()));
    let email = account(&site, Role::Agent);
    site.aside(|world| {
        let case = world.asks("erasure", &world.host.people()[0]);
        let method = "in_person".to_owned();
        let agent = world.staff(Role::Agent);
        world
            .act(&agent, &case.reference, &Action::AcceptIdentity { method })
            .unwrap();
    });
    site.visit(DESKTOP, async |browser| {
        log_in(&site, browser, &email, PASSWORD).await;
        browser.click_text("Att göra").await;
        browser.see("Pappersarkivet").await;
        browser.screenshot("tasks-desktop").await;
        browser.resize(PHONE).await;
        browser.screenshot("tasks-phone").await;
        assert!(!browser.scrolls_sideways().await);
        browser.click_text("Leta").await;
        browser.see("skåp B").await;
        browser.click_text("Klart").await;
        browser.see("Skriv ett tal från 0").await;
        browser.screenshot("task-wrong-phone").await;
        assert!(!browser.scrolls_sideways().await);
        browser.resize(DESKTOP).await;
        browser.screenshot("task-wrong-desktop").await;
        browser.fill("Antal poster", "2").await;
        browser.fill("Vad du gjorde", "Två avtal i pärm 7.").await;
        browser.click_text("Klart").await;
        browser.see("Inget väntar").await;
        browser.screenshot("tasks-done-desktop").await;
        browser.click_text("Leta").await;
        browser.see("Två avtal i pärm 7.").await;
        browser.screenshot("task-done-desktop").await;
    });
}
