//! The contradictions inside the five policies come out for the hosts whose policies hold them, and for no other.

use rstest::rstest;

use super::{STEMS, profile};
use crate::domain::organisation::{FindingCode, Severity, findings};

const TEMPLATE: [&str; 4] = ["admax", "poise", "skara-websolution", "webbplats-nu"];

#[rstest]
#[case(1, &["skara-websolution"])]
#[case(2, &TEMPLATE)]
#[case(3, &["admax"])]
#[case(4, &["admax", "poise", "webbplats-nu"])]
#[case(5, &["poise", "skara-websolution", "webbplats-nu"])]
#[case(6, &["iso27001-host"])]
#[case(7, &["iso27001-host"])]
#[case(8, &["iso27001-host"])]
#[case(9, &TEMPLATE)]
#[case(10, &TEMPLATE)]
#[case(11, &["admax", "poise", "skara-websolution"])]
#[case(12, &["skara-websolution"])]
fn a_contradiction_is_reported_for_exactly_its_hosts(#[case] number: u8, #[case] hosts: &[&str]) {
    let reported: Vec<&str> = STEMS
        .into_iter()
        .filter(|stem| {
            findings(&profile(stem))
                .iter()
                .any(|it| it.code.contradiction() == Some(number))
        })
        .collect();
    assert_eq!(reported, hosts);
}

fn report(stem: &str) -> String {
    findings(&profile(stem))
        .into_iter()
        .map(|it| {
            assert_eq!(it.severity, Severity::Warning);
            let number = it
                .code
                .contradiction()
                .map_or("-".to_owned(), |number| format!("X{number}"));
            format!("{number} {}: {}\n", it.key, it.about.join(", "))
        })
        .collect()
}

#[test]
fn all_that_is_said_of_admax() {
    insta::assert_snapshot!(report("admax"), @"
    - purposes.marketing: marketing
    X10 policy.rights_named: erasure, restriction, portability, objection, complaint
    X11 policy.outdated_terms: Office 365, Microsoft 365
    - purposes.communication_support.legal_bases: communication_support
    - purposes.development.legal_bases: development
    - purposes.marketing.legal_bases: marketing
    - purposes.security.legal_bases: security
    X2 recipients.google.country: Google
    X2 recipients.facebook.country: Facebook
    X11 recipients.fi-registry.name: Kommunikationsverket, Transport- och kommunikationsverket Traficom
    X9 recipients.fi-registry.role: Kommunikationsverket
    X3 recipients.name-isp.registries: AB Name ISP, no, bo
    X11 recipients.dk-hostmaster.name: DK Hostmaster, Punktum dk A/S
    X9 recipients.dk-hostmaster.role: DK Hostmaster
    X11 recipients.svea.name: Svea Ekonomi AB, Svea Bank AB
    X9 recipients.svea.role: Svea Ekonomi AB
    X9 recipients.payson.role: Payson AB
    X4 recipients.paypal.name: PayPal Inc., PayPal (Europe) S.à r.l. et Cie, S.C.A.
    X9 recipients.paypal.role: PayPal Inc.
    ");
}

#[test]
fn all_that_is_said_of_poise() {
    insta::assert_snapshot!(report("poise"), @"
    - purposes.marketing: marketing
    X5 policy.says: 
    X10 policy.rights_named: erasure, restriction, portability, objection, complaint
    X11 policy.outdated_terms: Office 365, Microsoft 365
    - purposes.communication_support.legal_bases: communication_support
    - purposes.development.legal_bases: development
    - purposes.marketing.legal_bases: marketing
    - purposes.security.legal_bases: security
    X2 recipients.google.country: Google
    X2 recipients.facebook.country: Facebook
    X11 recipients.dk-hostmaster.name: DK Hostmaster, Punktum dk A/S
    X9 recipients.dk-hostmaster.role: DK Hostmaster
    X9 recipients.payson.role: Payson AB
    X4 recipients.paypal.name: PayPal Inc, PayPal (Europe) S.à r.l. et Cie, S.C.A.
    X9 recipients.paypal.role: PayPal Inc
    ");
}

#[test]
fn all_that_is_said_of_webbplats_nu() {
    insta::assert_snapshot!(report("webbplats-nu"), @"
    - purposes.marketing: marketing
    X5 policy.says: 
    X10 policy.rights_named: erasure, restriction, portability, objection, complaint
    - purposes.communication_support.legal_bases: communication_support
    - purposes.development.legal_bases: development
    - purposes.marketing.legal_bases: marketing
    - purposes.security.legal_bases: security
    X2 recipients.ilait.country: ilait AB
    X2 recipients.nameisp.country: NameISP
    X2 recipients.google.country: Google
    X2 recipients.facebook.country: Facebook
    X2 recipients.fortnox.country: Fortnox
    X4 recipients.paypal.name: Paypal (Europe), PayPal (Europe) S.à r.l. et Cie, S.C.A.
    X9 recipients.paypal.role: Paypal (Europe)
    ");
}

#[test]
fn all_that_is_said_of_skara_websolution() {
    insta::assert_snapshot!(report("skara-websolution"), @"
    - purposes.marketing: marketing
    X5 policy.says: 
    X10 policy.rights_named: erasure, restriction, portability, objection, complaint
    X11 policy.outdated_terms: Office 365, Microsoft 365
    - purposes.communication_support.legal_bases: communication_support
    - purposes.development.legal_bases: development
    - purposes.marketing.legal_bases: marketing
    - purposes.security.legal_bases: security
    X2 recipients.google.country: Google
    X2 recipients.facebook.country: Facebook
    X12 recipients.admax.name: Admax AB, admax
    X9 recipients.prioritet-finans.role: Prioritet Finans AB
    X1 recipients.mailchimp.country: Mailchimp Inc., US
    - recipients.mailchimp.safeguard: Mailchimp Inc., US
    ");
}

#[test]
fn all_that_is_said_of_the_certified_host() {
    insta::assert_snapshot!(report("iso27001-host"), @"
    - systems.hosting.tables.accounts.purposes: usage_analysis, development
    - systems.crm.tables.people.purposes: offers, communication_support
    - systems.crm.tables.newsletter.purposes: newsletter, communication_support
    X6 policy.says: 
    X7 policy.says: 
    X8 policy.authority: Datainspektionen, Integritetsskyddsmyndigheten (IMY)
    ");
}

#[test]
fn a_purpose_with_one_basis_is_not_remarked_on() {
    let remarked = |stem: &str| {
        let found = findings(&profile(stem));
        found
            .into_iter()
            .filter(|it| it.code == FindingCode::SeveralLegalBases)
            .count()
    };
    assert_eq!(remarked("admax"), 4);
    assert_eq!(remarked("iso27001-host"), 0);
}

#[test]
fn a_profile_that_says_nothing_of_its_policy_hears_that_and_of_no_rights_left_out() {
    let mut organisation = crate::adapters::profiles::load("admax").unwrap();
    organisation.policy = crate::domain::organisation::Policy::default();
    let found: Vec<FindingCode> = findings(&organisation).into_iter().map(|it| it.code).collect();
    assert!(found.contains(&FindingCode::PolicyUnknown), "{found:?}");
    assert!(!found.contains(&FindingCode::RightsNotNamed), "{found:?}");
}
