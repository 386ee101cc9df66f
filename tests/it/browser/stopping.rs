//! An objection and a withdrawn consent, as the customer says them.

use crate::support::browser::{DESKTOP, PHONE};
use crate::support::site::Site;

#[test]
fn a_customer_stops_all_marketing_on_a_phone_without_explaining_it() {
    let site = Site::of("admax");
    let email = site.host.people()[0].email.clone().unwrap();
    site.visit(PHONE.without_scripts(), async |browser| {
        browser.goto(&site.at("/requests/new?lang=sv")).await;
        assert!(!browser.shows("Vad invänder du mot?").await);
        browser.choose("Jag vill", "Invända (Invändning)").await;
        browser.see("All direktmarknadsföring till mig").await;
        assert!(!browser.shows("Vilka samtycken tar du tillbaka?").await);
        assert!(!browser.scrolls_sideways().await);
        browser.screenshot("objection-form-phone").await;
        // Something else needs to be said in words.
        browser.tick("Något annat").await;
        browser.fill("E-postadress", &email).await;
        browser.click_text("Skicka begäran").await;
        browser.see("Berätta i meddelandet vad vi ska sluta med").await;
        browser.tick("All direktmarknadsföring till mig").await;
        browser.click_text("Skicka begäran").await;
        browser.see("Vi har tagit emot din begäran").await;
        site.do_work();
        let mail = site
            .sink
            .wait_for(|mail| mail.is_to(&email) && mail.find_code().is_some());
        site.sink
            .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("slutat med direktmarknadsf"));
        browser.fill("Kod", &mail.code()).await;
        browser.click_text("Öppna ärendet").await;
        browser.see("Det här har upphört").await;
        browser.see("All direktmarknadsföring, i alla kanaler").await;
        browser.see("spärrlista").await;
        assert!(!browser.scrolls_sideways().await);
        browser.screenshot("objection-done-phone").await;
    });
}

#[test]
fn a_customer_sees_what_stops_working_and_ends_a_consent() {
    let site = Site::of("admax");
    let email = site.host.people()[0].email.clone().unwrap();
    site.visit(DESKTOP, async |browser| {
        browser
            .goto(&site.at("/requests/new?right=consent_withdrawal&lang=en"))
            .await;
        browser.see("You no longer get the newsletter").await;
        browser.screenshot("consent-form-desktop").await;
        browser.fill("E-mail address", &email).await;
        browser.click_text("Send the request").await;
        browser.see("We have received your request").await;
        site.do_work();
        let mail = site
            .sink
            .wait_for(|mail| mail.is_to(&email) && mail.find_code().is_some());
        browser.fill("Code", &mail.code()).await;
        browser.click_text("Open the case").await;
        browser.see("Consents to withdraw").await;
        browser.click_text("Withdraw the chosen consents").await;
        browser.see("Choose at least one consent").await;
        browser.tick("The newsletter").await;
        browser.click_text("Withdraw the chosen consents").await;
        browser.see("You have withdrawn the consent").await;
        site.do_work();
        let url = browser.url().await;
        browser.goto(&url).await;
        browser.see("What has ended").await;
        browser.screenshot("consent-done-desktop").await;
        browser.click_text("Ask for erasure").await;
        browser.see("We have received your request for erasure").await;
    });
    assert_eq!(
        site.database
            .count("SELECT count(*) FROM cases WHERE \"right\" = 'erasure'"),
        1
    );
}
