//! Staff at their desk.

use dataratt::domain::staff::Role;
use dataratt::services::intake::Typed;

use super::erasure::account;
use crate::support::browser::{Browser, DESKTOP};
use crate::support::site::Site;

/// Logs in; the queue is there afterwards.
pub async fn log_in(site: &Site, browser: &Browser, email: &str, password: &str) {
    browser.goto(&site.at("/staff?lang=sv")).await;
    browser.fill("E-postadress", email).await;
    browser.fill("Lösenord", password).await;
    browser.click_text("Logga in").await;
    browser.see("Kön").await;
}

#[test]
fn is_let_in_with_the_right_password_alone_and_sees_the_most_urgent_first() {
    let site = Site::of("admax");
    let email = account(&site, Role::Agent);
    let ask = |right: &str| {
        let typed = Typed {
            right: Some(right.into()),
            email: Some(format!("{right}@okand.example")),
            ..Typed::default()
        };
        site.submit(&typed).reference.to_string()
    };
    let older = ask("erasure");
    site.advance(chrono::TimeDelta::days(10));
    let newer = ask("access");
    site.visit(DESKTOP, async |browser| {
        browser.goto(&site.at("/staff?lang=sv")).await;
        browser.fill("E-postadress", &email).await;
        browser.fill("Lösenord", "Wrong-horse-0123456789abcdef").await;
        browser.click_text("Logga in").await;
        browser.see("Det stämmer inte").await;
        log_in(&site, browser, &email, "Correct-horse-0123456789abcdef").await;
        let text = browser.text().await;
        assert!(text.find(&older).unwrap() < text.find(&newer).unwrap(), "{text}");
        browser.screenshot("queue-desktop").await;
        browser.choose("Rättighet", "Tillgång").await;
        browser.click_text("Visa").await;
        browser.see("1 ärende").await;
        assert!(browser.shows(&newer).await && !browser.shows(&older).await);
        browser.click_text(&newer).await;
        browser.click_text("Ta ärendet").await;
        browser.see(&email).await;
    });
}
