//! Human review of an automated decision: asked for on a phone, answered by a person at the desk.

use dataratt::domain::staff::Role;

use super::erasure::{PASSWORD, account};
use super::staff::log_in;
use crate::support::browser::{Browser, DESKTOP, PHONE};
use crate::support::site::Site;

#[test]
fn is_asked_for_and_answered() {
    let site = Site::of("iso27001-host");
    let email = site.host.people()[0].email.clone().unwrap();
    account(&site, Role::Agent);
    site.visit(PHONE, async |phone| {
        let reference =
            super::customer::ask_for(&site, phone, "Få ett automatiskt beslut prövat", &email).await;
        let desk = Browser::open(DESKTOP).await.expect("one browser opened already");
        log_in(&site, &desk, "agent@host.example", PASSWORD).await;
        desk.click_text(&reference).await;
        desk.tick("Ändrat").await;
        desk.fill("Skälen, så att personen förstår dem", "Adressen var gammal.")
            .await;
        desk.screenshot("human-review-desktop").await;
        desk.click_text("Svara personen").await;
        desk.see("Avslutat").await;
        site.do_work();
        phone
            .goto(&site.at(&format!("/requests/{reference}?lang=sv")))
            .await;
        phone.see("En människa har prövat beslutet").await;
        phone.see("Adressen var gammal.").await;
        phone.screenshot("human-review-phone").await;
        assert!(!phone.scrolls_sideways().await);
    });
}

#[test]
fn is_not_offered_where_no_machine_decides() {
    let site = Site::of("admax");
    site.visit(PHONE, async |phone| {
        phone.goto(&site.at("/?lang=sv")).await;
        phone.see("Se mina uppgifter").await;
        assert!(!phone.shows("Få ett automatiskt beslut prövat").await);
    });
}
