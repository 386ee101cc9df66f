//! A restriction through pages: customer, agent, recipient, the customer's consent, and its end.

use chrono::TimeDelta;
use dataratt::domain::staff::Role;

use super::erasure::{PASSWORD, account};
use super::staff::log_in;
use crate::change::rectification::known_everywhere;
use crate::support::browser::{Browser, DESKTOP, PHONE};
use crate::support::site::Site;

async fn ask(site: &Site, browser: &Browser, email: &str) -> String {
    browser
        .goto(&site.at("/requests/new?right=restriction&lang=sv"))
        .await;
    assert!(
        !browser.shows("Vad är fel eller saknas?").await,
        "that is another right's field"
    );
    browser
        .tick("Uppgifterna är fel, och ni behöver kontrollera dem")
        .await;
    browser.screenshot("restriction-form-phone").await;
    browser.fill("E-postadress", email).await;
    browser.click_text("Skicka begäran").await;
    browser.see("Vi har tagit emot din begäran").await;
    site.do_work();
    let mail = site
        .sink
        .wait_for(|mail| mail.is_to(email) && mail.find_code().is_some());
    browser.fill("Kod", &mail.code()).await;
    browser.click_text("Öppna ärendet").await;
    browser.see("Var ärendet är").await;
    let url = browser.url().await;
    let last = url.rsplit('/').next().unwrap();
    last.split('?').next().unwrap().to_owned()
}

async fn restrict(site: &Site, desk: &Browser, reference: &str) {
    log_in(site, desk, "agent@host.example", PASSWORD).await;
    desk.click_text(reference).await;
    desk.click_text("Bevilja").await;
    // The ground is the one that the person named.
    desk.tick("Kontaktuppgifter").await;
    desk.tick("Rättsliga anspråk").await;
    desk.tick("Fortsätter, om personen samtycker").await;
    desk.screenshot("restriction-form-desktop").await;
    desk.click_text("Begränsa").await;
    desk.see("Gjort.").await;
}

async fn answer_notices(site: &Site, browser: &Browser) -> usize {
    let mails = site.sink.mails();
    let notices = mails.iter().filter(|mail| mail.find_link("/notices/").is_some());
    let mut answered = 0;
    for mail in notices {
        let link = mail.link("/notices/");
        let path = link.split_once("/notices/").unwrap().1;
        browser.goto(&site.at(&format!("/notices/{path}?lang=sv"))).await;
        browser.see("Begäran om begränsning").await;
        browser.fill("Kod", &mail.code()).await;
        browser.click_text("Visa").await;
        browser.tick("Begränsat").await;
        browser.click_text("Skicka svaret").await;
        browser.see("Tack, svaret är mottaget").await;
        answered += 1;
    }
    answered
}

/// What the person lets go on, as the profile calls it.
const PURPOSE: &str = "Leverans av tjänster, med fakturering och betalning";

#[test]
fn goes_from_the_form_to_its_end() {
    let site = Site::of("admax");
    let person = known_everywhere(&site);
    let email = person.email.clone().unwrap();
    account(&site, Role::Agent);
    site.visit(PHONE, async |phone| {
        let reference = ask(&site, phone, &email).await;
        let page = site.at(&format!("/requests/{reference}?lang=sv"));
        let desk = Browser::open(DESKTOP).await.expect("one browser opened already");
        restrict(&site, &desk, &reference).await;
        site.do_work();
        phone.goto(&page).await;
        phone.see("Begränsningen").await;
        phone.see("artikel 18.1 a").await;
        phone.tick(PURPOSE).await;
        phone.click_text("Spara mitt val").await;
        phone.see("Ditt val är sparat").await;
        assert!(!phone.scrolls_sideways().await);
        phone.screenshot("restriction-phone").await;
        desk.goto(&site.at(&format!("/staff/cases/{reference}"))).await;
        desk.see("Personen samtycker till").await;
        desk.screenshot("restriction-consented-desktop").await;
        phone.untick(PURPOSE).await;
        phone.click_text("Spara mitt val").await;
        phone.see("Du tog tillbaka ett samtycke").await;
        assert!(answer_notices(&site, phone).await > 0, "nobody was told");
        desk.goto(&site.at(&format!("/staff/cases/{reference}"))).await;
        desk.see("Gäller").await;
        desk.click_text("Häv begränsningen").await;
        desk.tick("Uppgifterna är rättade").await;
        desk.screenshot("restriction-lift-desktop").await;
        desk.click_text("Skicka brevet, och häv sedan").await;
        desk.see("Hävning meddelad").await;
        site.do_work();
        site.aside(|world| {
            world.advance(TimeDelta::hours(7 * 24 + 1));
            world.work();
        });
    });
    let letter = |words: &str| {
        site.sink
            .wait_for(|mail| mail.is_to(&email) && mail.subject().contains(words))
    };
    assert!(letter("upphör snart").text().contains("18.3"));
    assert!(letter("har upphört").text().contains("rättade"));
    assert_eq!(
        site.database
            .count("SELECT count(*) FROM restrictions WHERE state = 'lifted'"),
        1
    );
}
