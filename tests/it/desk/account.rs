//! The page of one's own account.

use dataratt::domain::staff::Role;
use totp_rs::{Builder, Secret};

use super::Staff;
use crate::api::client::Api;
use crate::pages::site::Site;

const PATH: &str = "/staff/account";
const FACTOR: &str = "/staff/account/second-factor";
const PASSWORD: &str = "/staff/account/password";
const NEW: &str = "Another-stable-9876543210fedcba";

fn code(site: &Site, secret: &str) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    totp.generate(site.now().timestamp().unsigned_abs()).to_string()
}

#[test]
fn the_second_factor_is_switched_on_and_off() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Agent);
    assert!(
        agent.see("/staff").reply.text.contains(PATH),
        "there is a way to it"
    );
    let page = agent.see(PATH).expect(200);
    let secret = page.value("secret");
    assert_eq!(page.all("svg.square path").len(), 1);
    assert!(page.text().contains("otpauth://totp/"), "{}", page.text());
    let fill = |password, code| [("own_password", password), ("totp", code)];
    let wrong = agent.submit(FACTOR, &page.form(FACTOR, &fill("wrong", "1")));
    assert_eq!(wrong.expect(422).marked(), ["own_password"]);
    let wrong = agent.submit(FACTOR, &page.form(FACTOR, &fill(Api::password(), "1")));
    let wrong = wrong.expect(422);
    assert_eq!(wrong.marked(), ["totp"]);
    assert_eq!(
        wrong.value("secret"),
        secret,
        "what was scanned already still holds"
    );
    assert!(!wrong.reply.text.contains(Api::password()));
    let now = code(&site, &secret);
    let on = agent.submit(FACTOR, &wrong.form(FACTOR, &fill(Api::password(), &now)));
    let page = agent.follow(&on).expect(200);
    assert!(
        page.text().contains("Engångskod är på. Den behövs"),
        "{}",
        page.text()
    );
    assert!(!page.reply.text.contains(&secret) && page.all("svg.square").is_empty());
    assert!(agent.log_in(Api::password()).expect(422).text().contains("kod"));

    site.advance(chrono::TimeDelta::minutes(2));
    let now = code(&site, &secret);
    let off = agent.submit(FACTOR, &page.form(FACTOR, &fill(Api::password(), &now)));
    assert!(
        agent
            .follow(&off)
            .expect(200)
            .text()
            .contains("Engångskod är avstängd.")
    );
    agent.log_in(Api::password()).leads_to();
}

#[test]
fn the_password_is_changed_and_other_logins_end() {
    let site = Site::new();
    let agent = Staff::of(&site, Role::Admin);
    let elsewhere = Staff {
        site: &site,
        browser: super::browser(),
        email: agent.email.clone(),
    };
    elsewhere.log_in(Api::password()).leads_to();
    let page = agent.see(PATH).expect(200);
    let fill = |old, new| [("old_password", old), ("new_password", new)];
    let wrong = agent.submit(PASSWORD, &page.form(PASSWORD, &fill("wrong", NEW)));
    assert_eq!(wrong.expect(422).marked(), ["old_password"]);
    let weak = agent.submit(PASSWORD, &page.form(PASSWORD, &fill(Api::password(), "hej")));
    assert_eq!(weak.expect(422).marked(), ["new_password"]);
    let done = agent.submit(PASSWORD, &page.form(PASSWORD, &fill(Api::password(), NEW)));
    assert!(
        agent
            .follow(&done)
            .expect(200)
            .text()
            .contains("Lösenordet är bytt.")
    );
    assert!(elsewhere.see("/staff/members").leads_to().contains("ended=1"));
    elsewhere.log_in(NEW).leads_to();
    for _ in 0..10 {
        agent.submit(PASSWORD, &page.form(PASSWORD, &fill("wrong", NEW)));
    }
    let many = agent
        .submit(PASSWORD, &page.form(PASSWORD, &fill(NEW, NEW)))
        .expect(429);
    assert!(!many.reply.header("retry-after").is_empty());
}
