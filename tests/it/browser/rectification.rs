//! The whole rectification through pages: customer, agent, recipient, and the customer again.

use dataratt::domain::staff::Role;

use super::erasure::{PASSWORD, account};
use super::staff::log_in;
use crate::change::rectification::{known_everywhere, on_file};
use crate::support::browser::{Browser, DESKTOP, PHONE};
use crate::support::site::Site;

/// Hands in what is wrong and what is right, and opens the case with the code from the mail.
async fn ask(site: &Site, browser: &Browser, email: &str) -> String {
    browser
        .goto(&site.at("/requests/new?right=rectification&lang=sv"))
        .await;
    browser
        .fill("Vad är fel eller saknas?", "Namnet är felstavat.")
        .await;
    browser.fill("Hur ska det vara?", "Åsa Rättad").await;
    browser
        .fill("Hur kan vi se att det stämmer?", "Folkbokföringen.")
        .await;
    browser.fill("E-postadress", email).await;
    assert!(!browser.scrolls_sideways().await);
    browser.screenshot("rectification-form-phone").await;
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

/// The agent reads what is wrong, sees old against new, and only then corrects.
async fn correct(site: &Site, desk: &Browser, reference: &str, name: &str) {
    log_in(site, desk, "agent@host.example", PASSWORD).await;
    desk.click_text(reference).await;
    desk.see("Namnet är felstavat.").await;
    if desk.shows("Möte på plats").await {
        desk.click_text("Möte på plats").await;
        desk.see("räcker").await;
    }
    desk.click_text("Bevilja").await;
    desk.fill("Namn", "Åsa Rättad").await;
    desk.click_text("Visa vad som ändras").await;
    desk.see("Det här ändras").await;
    desk.see(name).await;
    desk.see("Åsa Rättad").await;
    desk.see("rättas med ny handling").await;
    desk.screenshot("rectification-terms-desktop").await;
    desk.resize(PHONE).await;
    assert!(!desk.scrolls_sideways().await);
    desk.screenshot("rectification-terms-phone").await;
    desk.resize(DESKTOP).await;
    desk.click_text("Rätta nu").await;
    desk.see("Gjort.").await;
}

async fn answer_notices(site: &Site, browser: &Browser) -> usize {
    let mails = site.sink.mails();
    let notices: Vec<_> = mails
        .iter()
        .filter(|mail| mail.find_link("/notices/").is_some())
        .collect();
    for mail in &notices {
        let link = mail.link("/notices/");
        let path = link.split_once("/notices/").unwrap().1;
        browser.goto(&site.at(&format!("/notices/{path}?lang=sv"))).await;
        browser.see("Begäran om rättelse").await;
        assert!(
            !browser.shows("Åsa Rättad").await,
            "the link alone shows the value"
        );
        browser.fill("Kod", &mail.code()).await;
        browser.click_text("Visa").await;
        browser.see("Så ska det stå").await;
        browser.see("Åsa Rättad").await;
        browser.screenshot("rectification-notice-phone").await;
        browser.tick("Rättat").await;
        browser.click_text("Skicka svaret").await;
        browser.see("Tack, svaret är mottaget").await;
    }
    notices.len()
}

#[test]
fn goes_from_the_form_to_the_letter() {
    let site = Site::of("admax");
    let person = known_everywhere(&site);
    let email = person.email.clone().unwrap();
    account(&site, Role::Agent);
    site.visit(PHONE, async |phone| {
        let reference = ask(&site, phone, &email).await;
        let desk = Browser::open(DESKTOP).await.expect("one browser opened already");
        correct(&site, &desk, &reference, &person.name).await;
        site.do_work();
        phone
            .goto(&site.at(&format!("/requests/{reference}?lang=sv")))
            .await;
        phone.see("Det här är rättat").await;
        phone.see("Å*** R***").await;
        phone.see("bokföringslagen").await;
        assert!(!phone.scrolls_sideways().await);
        phone.screenshot("rectification-answer-phone").await;
        assert!(answer_notices(&site, phone).await > 0, "nobody was told");
        desk.goto(&site.at(&format!("/staff/cases/{reference}"))).await;
        desk.see("Rättat").await;
        desk.screenshot("rectification-answered-desktop").await;
    });
    let letter = site
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("begäran om rättelse"));
    assert!(letter.text().contains("Å*** R***"));
    let now = site.aside(|world| on_file(world, "name", &person.customer_number));
    assert_eq!(now.as_deref(), Some("Åsa Rättad"));
}
