//! Customers whom the host's portal hands over.

use dataratt::domain::identity::Level;
use dataratt::domain::ids::Reference;
use dataratt::services::handoff::PortalKey;
use dataratt::services::intake;

use super::site::{Seen, Site};
use crate::handoff::keys::{ED25519, OTHER_ED25519};
use crate::handoff::{ISSUER, claims, signed};

fn site() -> Site {
    Site::with(|world| {
        let portal = PortalKey {
            public_key_pem: ED25519.public_pem(),
            issuer: ISSUER.to_owned(),
        };
        world.app.ctx.policy.portal = Some(portal.clone());
        world.ctx.policy.portal = Some(portal);
    })
}

/// What the portal's page sends, from its own site.
#[track_caller]
fn hand_over(site: &Site, token: &str) -> Seen {
    let request = site
        .raw("POST", "/handoff")
        .header("origin", "https://portal.host.example");
    site.visit(request.form(&[("token", token), ("right", "access")]))
}

#[test]
fn who_they_are_is_what_the_portal_says_whatever_is_typed() {
    let site = site();
    let form = hand_over(&site, &signed(&ED25519, &claims(&site))).expect(200);
    assert!(form.text().contains("anna@kund.example"));
    assert!(form.all("input[name=email]").is_empty());
    assert_eq!(form.value("right"), "access");
    let mut fields = form.form("/requests", &[("message", "Allt, tack.")]);
    for (name, value) in [
        ("email", "mallory@evil.example"),
        ("personal_number", "19900118-9811"),
        ("customer_number", "K-2002"),
        ("acting_name", "Mallory"),
        ("acting_relation", "ombud"),
    ] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    let sent = site.submit("/requests", &fields).leads_to();
    let case = site.find(&Reference::parse(sent.split('/').nth(2).unwrap()).unwrap());
    let (_, file) = intake::open_file(&site, &case).unwrap();
    assert_eq!(file.email.unwrap().as_str(), "anna@kund.example");
    assert_eq!(file.customer_number.as_deref(), Some("K-1001"));
    assert_eq!(file.personal_number.unwrap().as_str(), "200001012384");
    assert_eq!(file.message.unwrap().as_str(), "Allt, tack.");
    assert!(file.acting_for.is_none());
    assert_eq!(case.channel, "portal");
    site.work();
    assert_eq!(site.find(&case.reference).case.identity.reached, Level::A2);
}

#[test]
fn one_token_makes_one_case() {
    let site = site();
    let token = signed(&ED25519, &claims(&site));
    let (one, other) = (
        hand_over(&site, &token).expect(200),
        hand_over(&site, &token).expect(200),
    );
    assert_eq!(site.cases(), 0);
    let place = site.fill(&one, "/requests", &[]).leads_to();
    // The same form again is the same case; another form of the same token is refused.
    assert_eq!(site.fill(&one, "/requests", &[]).leads_to(), place);
    site.fill(&other, "/requests", &[]).expect(410);
    assert_eq!(site.cases(), 1);
}

#[test]
fn mistakes_keep_what_the_portal_said() {
    let site = site();
    let form = hand_over(&site, &signed(&ED25519, &claims(&site))).expect(200);
    let wrong = site.fill(&form, "/requests", &[("right", "")]).expect(422);
    assert_eq!(wrong.marked(), ["right"]);
    assert!(wrong.text().contains("anna@kund.example"));
    site.fill(&wrong, "/requests", &[("right", "access")]).leads_to();
}

#[test]
fn an_hour_is_enough_for_the_form_and_more_is_too_late() {
    let site = site();
    let form = hand_over(&site, &signed(&ED25519, &claims(&site))).expect(200);
    site.advance(chrono::TimeDelta::minutes(59));
    let again = site.see("/").expect(200);
    assert!(!again.title().is_empty());
    site.advance(chrono::TimeDelta::minutes(2));
    site.fill(&form, "/requests", &[]).expect(401);
    assert_eq!(site.cases(), 0);
}

#[test]
fn what_the_portal_did_not_sign_opens_nothing() {
    let site = site();
    let forged = signed(&OTHER_ED25519, &claims(&site));
    for token in ["", "x", forged.as_str()] {
        hand_over(&site, token).expect(401);
    }
    let form = site.see("/requests/new?right=access").expect(200);
    let mut fields = form.form("/requests", &[("email", "anna@kund.example")]);
    fields.push(("handoff".to_owned(), "c2VhbGVk".to_owned()));
    site.submit("/requests", &fields).expect(401);
    assert_eq!(site.cases(), 0);
}

#[test]
fn without_a_portal_nobody_is_handed_over() {
    let site = Site::new();
    hand_over(&site, &signed(&ED25519, &claims(&site))).expect(401);
}
