//! Each shipped profile is whole.

use std::collections::BTreeSet;

use rstest::rstest;

use super::{STEMS, profile};
use crate::adapters::profiles::shipped;
use crate::domain::country::Country;
use crate::domain::data_map::{EraseRule, RetentionGround};
use crate::domain::language::{Language, Text};
use crate::domain::organisation::{Organisation, Severity, findings};
use crate::domain::recipient::RecipientRole;

#[test]
fn the_five_hosts_ship() {
    assert_eq!(shipped(), STEMS);
}

#[rstest]
#[case("admax", "ADMAX AB", 12)]
#[case("poise", "POISE AB", 8)]
#[case("webbplats-nu", "Webbplats Nu AB", 6)]
#[case("skara-websolution", "Skara Websolution AB", 7)]
#[case("iso27001-host", "ISO-certifierat webbhotell", 3)]
fn a_profile_loads_with_its_recipients_and_the_sample_map(
    #[case] stem: &str,
    #[case] name: &str,
    #[case] recipients: usize,
) {
    let host = profile(stem);
    assert_eq!((host.stem.as_str(), host.name.as_str()), (stem, name));
    assert_eq!(host.recipients.len(), recipients);
    let systems: Vec<_> = host
        .map
        .systems
        .iter()
        .map(|system| {
            (
                system.id.as_str(),
                system.tables.len(),
                system.backups_expire_after_days,
            )
        })
        .collect();
    assert_eq!(
        systems,
        [
            ("billing", 7, Some(35)),
            ("hosting", 9, Some(30)),
            ("crm", 7, Some(14)),
            ("disk", 2, Some(30))
        ]
    );
}

#[rstest]
#[case("admax", &[
    ("google", "Google", None),
    ("facebook", "Facebook", None),
    ("key-systems", "Key Systems GmbH", Some("DE")),
    ("fi-registry", "Kommunikationsverket", Some("FI")),
    ("name-isp", "AB Name ISP", Some("SE")),
    ("dk-hostmaster", "DK Hostmaster", Some("DK")),
    ("microsoft", "Microsoft", Some("IE")),
    ("svea", "Svea Ekonomi AB", Some("SE")),
    ("payson", "Payson AB", Some("SE")),
    ("paypal", "PayPal Inc.", Some("IE")),
    ("soluno", "Soluno BC AB", Some("SE")),
    ("pipedrive", "Pipedrive Osäuhing", Some("EE")),
])]
#[case("poise", &[
    ("google", "Google", None),
    ("facebook", "Facebook", None),
    ("key-systems", "Key Systems GmbH", Some("DE")),
    ("dk-hostmaster", "DK Hostmaster", Some("DK")),
    ("microsoft", "Microsoft", Some("IE")),
    ("watchguard", "WatchGuard", Some("SE")),
    ("payson", "Payson AB", Some("SE")),
    ("paypal", "PayPal Inc", Some("IE")),
])]
#[case("webbplats-nu", &[
    ("ilait", "ilait AB", None),
    ("nameisp", "NameISP", None),
    ("google", "Google", None),
    ("facebook", "Facebook", None),
    ("fortnox", "Fortnox", None),
    ("paypal", "Paypal (Europe)", Some("LU")),
])]
#[case("skara-websolution", &[
    ("google", "Google", None),
    ("facebook", "Facebook", None),
    ("admax", "Admax AB", Some("SE")),
    ("microsoft", "Microsoft", Some("IE")),
    ("prioritet-finans", "Prioritet Finans AB", Some("SE")),
    ("mailchimp", "Mailchimp Inc.", Some("US")),
    ("apsis", "Apsis International AB", Some("SE")),
])]
#[case("iso27001-host", &[
    ("registrar", "Domänregistrator", None),
    ("certificate-authority", "Certifikatutfärdare", None),
    ("livechat", "LiveChat", None),
])]
fn names_and_countries_are_those_of_the_policy(
    #[case] stem: &str,
    #[case] expected: &[(&str, &str, Option<&str>)],
) {
    let host = profile(stem);
    let listed: Vec<_> = host
        .recipients
        .iter()
        .map(|it| {
            (
                it.id.as_str(),
                it.name.as_str(),
                it.country.as_ref().map(Country::code),
            )
        })
        .collect();
    assert_eq!(listed, expected);
}

#[rstest]
fn nothing_in_it_leads_nowhere(
    #[values("admax", "iso27001-host", "poise", "skara-websolution", "webbplats-nu")] stem: &str,
) {
    let errors: Vec<_> = findings(&profile(stem))
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    assert_eq!(errors, []);
}

#[rstest]
fn every_text_is_in_both_languages(
    #[values("admax", "iso27001-host", "poise", "skara-websolution", "webbplats-nu")] stem: &str,
) {
    let host = profile(stem);
    for text in texts(&host) {
        for language in Language::ALL {
            assert!(!text.get(language).trim().is_empty(), "{text:?}");
        }
    }
}

fn texts(host: &Organisation) -> Vec<&Text> {
    let mut texts: Vec<&Text> = host.purposes.iter().map(|purpose| &purpose.title).collect();
    texts.extend(
        host.categories
            .iter()
            .flat_map(|it| [&it.name, &it.description, &it.source]),
    );
    texts.extend(
        host.retention
            .iter()
            .flat_map(|rule| std::iter::once(&rule.text).chain(&rule.statute)),
    );
    texts.extend(host.recipients.iter().map(|recipient| &recipient.shared));
    texts.extend(host.map.systems.iter().map(|system| &system.name));
    texts
}

#[rstest]
fn every_address_is_invented_and_no_two_recipients_share_one(
    #[values("admax", "iso27001-host", "poise", "skara-websolution", "webbplats-nu")] stem: &str,
) {
    let host = profile(stem);
    let addresses: Vec<&str> = host
        .recipients
        .iter()
        .filter_map(|recipient| recipient.address(false))
        .collect();
    let distinct: BTreeSet<&&str> = addresses.iter().collect();
    assert_eq!(distinct.len(), addresses.len());
    assert!(!addresses.is_empty());
    for address in addresses.into_iter().chain([host.contact.email.as_str()]) {
        assert!(address.ends_with(".example"), "{address}");
    }
}

#[rstest]
fn the_books_are_all_that_is_retained(
    #[values("admax", "iso27001-host", "poise", "skara-websolution", "webbplats-nu")] stem: &str,
) {
    let host = profile(stem);
    let retained: Vec<String> = host
        .map
        .tables()
        .filter(|(_, table)| matches!(table.erase, EraseRule::Retain { .. }))
        .map(|(system, table)| table.full_name(system))
        .collect();
    assert_eq!(
        retained,
        ["billing.invoices", "billing.payments", "billing.ledger_entries"]
    );
    let rule = host.retention_for(RetentionGround::Bookkeeping).unwrap();
    assert!(
        rule.statute
            .as_ref()
            .unwrap()
            .sv
            .starts_with("7 kap. 2 § bokföringslagen")
    );
}

#[rstest]
#[case("admax", 9, "2024-01-01", "2025-06-30")]
#[case("poise", 10, "2024-01-01", "2024-12-31")]
#[case("skara-websolution", 10, "2024-01-01", "2024-12-31")]
fn financial_years_follow_each_other_without_a_gap(
    #[case] stem: &str,
    #[case] count: usize,
    #[case] start: &str,
    #[case] end: &str,
) {
    let organisation = profile(stem);
    let years = organisation.fiscal_years.listed();
    assert_eq!(years.len(), count);
    assert!(
        years
            .windows(2)
            .all(|pair| pair[0].end.succ_opt() == Some(pair[1].start))
    );
    let seventh = years[6];
    assert_eq!(
        (seventh.start.to_string(), seventh.end.to_string()),
        (start.to_owned(), end.to_owned())
    );
}

#[test]
fn a_company_account_is_never_a_person_and_a_contact_person_is_found_alone() {
    let host = profile("admax");
    let customers = host.map.table("billing", "customers").unwrap();
    let only_when = customers.only_when.as_ref().unwrap();
    for (kind, is_person) in [("private", true), ("sole_trader", true), ("company", false)] {
        let row = [("kind".to_owned(), kind.to_owned())].into();
        assert_eq!(only_when.holds(&row), is_person, "{kind}");
    }
    assert!(customers.register);
    let accounts = host.map.table("hosting", "accounts").unwrap();
    assert_eq!(accounts.person.columns().collect::<Vec<_>>(), ["customer_no"]);
}

#[test]
fn tables_are_emptied_before_those_they_point_at() {
    let host = profile("admax");
    for system in &host.map.systems {
        let order: Vec<&str> = system
            .erasure_order()
            .unwrap()
            .iter()
            .map(|table| table.name.as_str())
            .collect();
        let place = |name: &str| order.iter().position(|other| *other == name).unwrap();
        for table in &system.tables {
            for above in table
                .parent
                .iter()
                .map(|parent| &parent.table)
                .chain(&table.references)
            {
                assert!(place(&table.name) < place(above), "{} before {above}", table.name);
            }
        }
    }
}

#[test]
fn a_host_that_lists_another_host_says_so() {
    let names: Vec<(String, String)> = STEMS
        .iter()
        .map(|stem| (profile(stem).name.to_lowercase(), (*stem).to_owned()))
        .collect();
    for stem in STEMS {
        for recipient in profile(stem).recipients {
            let other = names
                .iter()
                .find(|(name, _)| *name == recipient.name.to_lowercase());
            assert_eq!(
                recipient.same_name_as.as_ref(),
                other.map(|(_, stem)| stem),
                "{stem}"
            );
        }
    }
}

#[test]
fn registries_payers_and_lenders_decide_for_themselves() {
    let host = profile("admax");
    let independent: Vec<&str> = host
        .recipients
        .iter()
        .filter(|recipient| recipient.role == RecipientRole::IndependentController)
        .map(|recipient| recipient.id.as_str())
        .collect();
    assert_eq!(
        independent,
        ["fi-registry", "dk-hostmaster", "svea", "payson", "paypal"]
    );
}
