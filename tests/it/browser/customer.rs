//! The customer, on a phone.

use crate::support::browser::{Browser, DESKTOP, PHONE};
use crate::support::site::Site;

/// Hands a request in and opens its case with the code from the mail.
pub async fn ask(site: &Site, browser: &Browser, email: &str) -> String {
    ask_for(site, browser, "Radera mina uppgifter", email).await
}

/// As [`ask`], for the right of that name on the start page.
pub async fn ask_for(site: &Site, browser: &Browser, right: &str, email: &str) -> String {
    browser.goto(&site.at("/?lang=sv")).await;
    browser.click_text(right).await;
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
    url.rsplit('/')
        .next()
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn asks_in_swedish_without_scripts_and_loses_nothing_to_a_mistake() {
    let site = Site::of("admax");
    site.visit(PHONE.without_scripts(), async |browser| {
        browser.goto(&site.at("/?lang=sv")).await;
        browser.see("Dina uppgifter, dina rättigheter").await;
        browser.click_text("Radera mina uppgifter").await;
        browser.fill("Namn", "Åsa Öberg").await;
        browser.fill("E-postadress", "asa@").await;
        browser.fill("Vill du berätta mer?", "Allt ska bort, tack.").await;
        browser.click_text("Skicka begäran").await;
        browser.see("Skriv en fullständig e-postadress").await;
        let kept = browser.field("Namn").await.prop("value").await.unwrap().unwrap();
        assert_eq!(kept, "Åsa Öberg");
        assert!(!browser.scrolls_sideways().await);
        browser.screenshot("form-error-phone").await;
        browser.fill("E-postadress", "asa.oberg@okand.example").await;
        browser.click_text("Skicka begäran").await;
        browser.see("Vi har tagit emot din begäran").await;
        browser.see("2026-12-23").await;
        browser.screenshot("submitted-phone").await;
    });
    assert_eq!(site.database.count("SELECT count(*) FROM cases"), 1);
}

#[test]
fn asks_in_english_opens_the_case_writes_and_takes_the_request_back() {
    let site = Site::of("poise");
    let email = site.host.people()[0].email.clone().unwrap();
    site.visit(DESKTOP, async |browser| {
        browser.goto(&site.at("/?lang=en")).await;
        browser.click_text("See my data").await;
        browser.fill("E-mail address", &email).await;
        browser.click_text("Send the request").await;
        browser.see("We have received your request").await;
        site.do_work();
        let mail = site.sink.wait_for(|mail| mail.is_to(&email));
        assert!(mail.subject().contains("received"), "{}", mail.subject());
        browser.fill("Code", "12345678").await;
        browser.click_text("Open the case").await;
        browser.see("The code is not right").await;
        browser.fill("Code", &mail.code()).await;
        browser.click_text("Open the case").await;
        browser.see("Where the case is").await;
        browser
            .fill("Write to us about the case", "Only my invoices, please.")
            .await;
        browser.click_text("Send").await;
        browser.see("Only my invoices, please.").await;
        browser.screenshot("case-desktop").await;
        browser.tick("Yes, close the case").await;
        browser.click_text("Withdraw the request").await;
        browser.see("You have withdrawn the request").await;
    });
    let state = site
        .database
        .owner()
        .query_one("SELECT state FROM cases", &[])
        .unwrap();
    assert_eq!(state.get::<_, String>(0), "withdrawn");
}

#[test]
fn reads_who_gets_data_in_both_languages() {
    let site = Site::of("skara-websolution");
    site.visit(PHONE, async |browser| {
        browser.goto(&site.at("/register?lang=sv")).await;
        browser.see("Vilka vi delar uppgifter med").await;
        for name in ["Mailchimp Inc.", "Admax AB", "Prioritet Finans AB", "Google"] {
            browser.see(name).await;
        }
        assert!(!browser.scrolls_sideways().await);
        browser.click_text("In English").await;
        browser.see("Mailchimp Inc.").await;
        browser.see("Sweden").await;
    });
}
