//! Accounts that end: an approver says what is let through, looks at what is not, and a person changes their mind.

use dataratt::adapters::sample::SampleSystem;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::account_end::CHANNEL;
use dataratt::services::intake::{self, Typed};

use super::erasure::{PASSWORD, account};
use super::staff::log_in;
use crate::support::browser::{DESKTOP, PHONE};
use crate::support::site::Site;
use crate::support::world::World;

/// The host's machine says that the account of the person at `at` has ended.
fn ends(world: &World, at: usize) -> String {
    let typed = Typed {
        customer_number: Some(world.host.people()[at].customer_number.clone()),
        ..Typed::default()
    };
    let case = intake::submit_for_person(world, Actor::System, &typed, CHANNEL, None, None).unwrap();
    world.work();
    case.reference.to_string()
}

#[test]
fn an_approver_approves_in_advance_looks_at_the_sample_and_the_person_changes_their_mind() {
    let site = Site::of("admax");
    let email = account(&site, Role::Approver);
    let person = site.host.people()[1].clone();
    let address = person.email.clone().unwrap();
    let reference = site.aside(|world| {
        let mut billing = world.host.database(SampleSystem::Billing).owner();
        billing
            .batch_execute("UPDATE services SET status = 'ended'; UPDATE invoices SET paid_on = voucher_date")
            .unwrap();
        ends(world, 1)
    });
    gives_it_and_looks(&site, &email, &reference);
    changes_their_mind(&site, &address, &reference);
}

/// An approver approves in advance, then the one that came before, which nobody had approved so.
fn gives_it_and_looks(site: &Site, email: &str, reference: &str) {
    site.visit(DESKTOP, async |browser| {
        log_in(site, browser, email, PASSWORD).await;
        browser.click_text("Avslutade konton").await;
        browser.see("Inget gäller").await;
        browser.fill("Stickprov: minst ett av", "x").await;
        browser.click_text("Godkänn i förväg").await;
        browser.see("Välj en dag inom ett år").await;
        browser.see("Skriv ett tal från 1 till 100").await;
        browser.screenshot("standing-wrong-desktop").await;
        browser.fill("Stickprov: minst ett av", "1").await;
        browser.fill("Till och med", "06302027").await;
        browser.click_text("Godkänn i förväg").await;
        browser.see("Gäller till och med 2027-06-30").await;
        site.aside(|world| ends(world, 2));
        browser.goto(&site.at("/staff/standing")).await;
        browser.see("Stickprov").await;
        browser.screenshot("standing-desktop").await;
        browser.resize(PHONE).await;
        browser.screenshot("standing-phone").await;
        assert!(!browser.scrolls_sideways().await);
        browser.resize(DESKTOP).await;
        // The one that came before, which nobody had approved in advance.
        browser.click_text(reference).await;
        browser.see("Kontot är avslutat. Inget godkännande gällde").await;
        browser.screenshot("account-end-desktop").await;
        browser.tick("Jag har läst planen").await;
        browser.click_text("Godkänn raderingen").await;
        browser.see("Godkänt.").await;
    });
}

/// The person is told, gets a code at the address on file, and stops it.
fn changes_their_mind(site: &Site, address: &str, reference: &str) {
    site.do_work();
    let mail = site
        .sink
        .wait_for(|mail| mail.is_to(address) && mail.subject().contains("avslutat"));
    assert!(mail.text().contains(&format!("/requests/{reference}")));
    site.visit(PHONE.without_scripts(), async |browser| {
        browser
            .goto(&site.at(&format!("/requests/{reference}?lang=sv")))
            .await;
        browser.screenshot("account-end-code-phone").await;
        browser.click_text("Skicka en ny kod").await;
        browser.see("skickat en ny kod").await;
        site.do_work();
        let mail = site
            .sink
            .wait_for(|mail| mail.is_to(address) && mail.find_code().is_some());
        browser.fill("Kod", &mail.code()).await;
        browser.click_text("Öppna ärendet").await;
        browser.see("Ditt konto är avslutat").await;
        browser.screenshot("account-end-phone").await;
        assert!(!browser.scrolls_sideways().await);
        browser.click_text("Stoppa raderingen").await;
        browser.see("inställd").await;
        browser.screenshot("account-end-undone-phone").await;
    });
}
