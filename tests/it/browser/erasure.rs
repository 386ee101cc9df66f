//! The whole erasure through pages: customer, agent, approver, recipient, and the customer again.

use dataratt::adapters::sample::SamplePerson;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;

use super::customer::ask;
use super::staff::log_in;
use crate::support::browser::{Browser, DESKTOP, PHONE};
use crate::support::site::Site;

pub const PASSWORD: &str = "Correct-horse-0123456789abcdef";

/// A member of staff with a password; their address.
pub fn account(site: &Site, role: Role) -> String {
    let email = format!("{}@host.example", role.name());
    accounts::add_staff(site, &Actor::System, &email, role, PASSWORD).unwrap();
    email
}

/// The agent takes the case, accepts a meeting as proof, and makes the plan.
async fn prepare(site: &Site, browser: &Browser, reference: &str) {
    log_in(site, browser, "agent@host.example", PASSWORD).await;
    browser.click_text(reference).await;
    browser.see("Var personen finns").await;
    browser.click_text("Möte på plats").await;
    browser.see("räcker").await;
    browser.click_text("Gör en plan").await;
    browser.see("Raderingsplan").await;
    browser.see("bokföringslagen").await;
    browser.see("Personen måste säga ja").await;
    assert!(
        !browser.text().await.contains("Godkänn\n"),
        "the agent is offered what only another may do"
    );
    browser.screenshot("plan-desktop").await;
    browser.click_text("Logga ut").await;
}

async fn confirm(site: &Site, browser: &Browser, reference: &str) {
    browser
        .goto(&site.at(&format!("/requests/{reference}?lang=sv")))
        .await;
    browser.see("Det här händer om du säger ja").await;
    browser.screenshot("consequences-phone").await;
    browser.tick("Jag har läst och förstått vad som försvinner").await;
    browser.click_text("Ja, radera").await;
    browser.see("Nu ska en person till hos oss godkänna").await;
}

async fn approve(site: &Site, browser: &Browser, reference: &str) {
    log_in(site, browser, "approver@host.example", PASSWORD).await;
    browser.click_text(reference).await;
    browser.tick("Jag har läst planen").await;
    browser.click_text("Godkänn raderingen").await;
    browser.see("Godkänt.").await;
}

async fn answer_notices(site: &Site, browser: &Browser, person: &SamplePerson) -> usize {
    let mails: Vec<_> = site
        .sink
        .mails()
        .into_iter()
        .filter(|mail| mail.find_link("/notices/").is_some())
        .collect();
    for mail in &mails {
        let link = mail.link("/notices/");
        let path = link.split_once("/notices/").unwrap().1;
        browser.goto(&site.at(&format!("/notices/{path}?lang=sv"))).await;
        browser.see("Begäran om radering").await;
        let email = person.email.as_deref().unwrap();
        assert!(
            !browser.shows(email).await,
            "the link alone shows who it is about"
        );
        browser.fill("Kod", &mail.code()).await;
        browser.click_text("Visa").await;
        browser.see("Så hittar ni personen").await;
        browser.tick("Raderat").await;
        browser.click_text("Skicka svaret").await;
        browser.see("Tack, svaret är mottaget").await;
    }
    mails.len()
}

#[rstest::rstest]
#[case("admax")]
#[case("poise")]
#[case("webbplats-nu")]
#[case("skara-websolution")]
#[case("iso27001-host")]
fn goes_all_the_way(#[case] profile: &str) {
    let site = Site::of(profile);
    let people = site.host.people();
    let person = &people[0];
    let email = person.email.clone().unwrap();
    account(&site, Role::Agent);
    account(&site, Role::Approver);
    let mut reference = String::new();
    // The customer's phone stays open all the while, as a browser of its own.
    site.visit(PHONE, async |phone| {
        reference = ask(&site, phone, &email).await;
        let desk = Browser::open(DESKTOP).await.expect("one browser opened already");
        prepare(&site, &desk, &reference).await;
        confirm(&site, phone, &reference).await;
        approve(&site, &desk, &reference).await;
        site.do_work();
        phone
            .goto(&site.at(&format!("/requests/{reference}?lang=sv")))
            .await;
        phone.see("Det här är borta").await;
        phone.see("bokföringslagen").await;
        assert!(!phone.scrolls_sideways().await);
        phone.screenshot(&format!("answer-phone-{profile}")).await;
        assert!(
            answer_notices(&site, phone, person).await > 0,
            "{profile} told nobody"
        );
        desk.goto(&site.at(&format!("/staff/cases/{reference}"))).await;
        desk.see("Raderat").await;
        desk.screenshot(&format!("case-answered-desktop-{profile}")).await;
    });
    let left = site.host.people();
    assert_eq!(
        people.iter().filter(|p| !left.contains(p)).collect::<Vec<_>>(),
        [person]
    );
}
