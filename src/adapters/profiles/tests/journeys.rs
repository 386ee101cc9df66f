//! Whom each host tells about a person, given what the person used.

use rstest::rstest;

use super::profile;
use crate::domain::recipient::{TellOutcome, UsageFacts, who_is_told};

type SampleRow = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Sample rows that a person can have, by a word for each.
const ROWS: [(&str, SampleRow); 17] = [
    ("account", ("hosting", "accounts", &[("upstream_account", "u-7")])),
    (
        "office",
        (
            "hosting",
            "accounts",
            &[("upstream_account", "u-7"), ("tenant_id", "t-7")],
        ),
    ),
    (
        "firewall",
        (
            "hosting",
            "accounts",
            &[("upstream_account", "u-7"), ("firewall_serial", "f-7")],
        ),
    ),
    (
        "se",
        (
            "hosting",
            "domains",
            &[("name", "anna.se"), ("tld", "se"), ("registrant_handle", "h-se")],
        ),
    ),
    (
        "dk",
        (
            "hosting",
            "domains",
            &[("name", "anna.dk"), ("tld", "dk"), ("registrant_handle", "h-dk")],
        ),
    ),
    (
        "fi",
        (
            "hosting",
            "domains",
            &[("name", "anna.fi"), ("tld", "fi"), ("registrant_handle", "h-fi")],
        ),
    ),
    (
        "no",
        (
            "hosting",
            "domains",
            &[("name", "anna.no"), ("tld", "no"), ("registrant_handle", "h-no")],
        ),
    ),
    (
        "credit",
        (
            "billing",
            "services",
            &[("kind", "web"), ("payment", "invoice_credit")],
        ),
    ),
    (
        "payson",
        (
            "billing",
            "payments",
            &[("method", "payson"), ("transaction_ref", "ps-1")],
        ),
    ),
    (
        "paypal",
        (
            "billing",
            "payments",
            &[("method", "paypal"), ("transaction_ref", "pp-1")],
        ),
    ),
    (
        "transfer",
        (
            "billing",
            "payments",
            &[("method", "transfer"), ("transaction_ref", "tr-1")],
        ),
    ),
    (
        "deal",
        (
            "crm",
            "people",
            &[("email", "anna@post.example"), ("deal_id", "d-1")],
        ),
    ),
    ("lead", ("crm", "people", &[("email", "anna@post.example")])),
    (
        "newsletter",
        (
            "crm",
            "newsletter",
            &[("email", "anna@post.example"), ("provider_member", "m-1")],
        ),
    ),
    (
        "call",
        (
            "crm",
            "call_recordings",
            &[("call_id", "c-1"), ("phone", "+46701740605")],
        ),
    ),
    ("chat", ("crm", "chats", &[("chat_id", "chat-1")])),
    ("certificate", ("hosting", "certificates", &[("ca_order", "o-1")])),
];

fn person(used: &[&str]) -> UsageFacts {
    let mut facts = UsageFacts {
        customer_numbers: vec!["1001".to_owned()],
        emails: vec!["anna@post.example".to_owned()],
        ..UsageFacts::default()
    };
    for thing in used {
        let (_, (system, table, row)) = ROWS.iter().find(|(word, _)| word == thing).unwrap();
        let row = row
            .iter()
            .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
            .collect();
        facts.add(system, table, row);
    }
    facts
}

/// Each recipient that is told, as `id route: identifiers`.
fn told(stem: &str, used: &[&str]) -> Vec<String> {
    let host = profile(stem);
    who_is_told(&host.recipients, &host.map, &person(used))
        .into_iter()
        .filter_map(|told| {
            let (route, identifiers) = match told.outcome {
                TellOutcome::Email { identifiers } => ("mail", identifiers),
                TellOutcome::Manual { identifiers } => ("hand", identifiers),
                TellOutcome::Impossible { why } => return Some(format!("{} {why:?}", told.recipient)),
                TellOutcome::NotTold { .. } => return None,
            };
            let values: Vec<String> = identifiers.into_iter().map(|it| it.value).collect();
            Some(format!("{} {route}: {}", told.recipient, values.join(" ")))
        })
        .collect()
}

const COOKIES: [&str; 2] = ["google NoIdentifier", "facebook NoIdentifier"];

#[rstest]
#[case(&[], &[])]
#[case(&["account", "se"], &["key-systems mail: anna.se h-se"])]
#[case(&["se", "dk", "fi", "no"], &[
    "key-systems mail: anna.se h-se",
    "fi-registry mail: anna.fi h-fi",
    "name-isp mail: anna.no h-no",
    "dk-hostmaster mail: anna.dk h-dk",
])]
#[case(&["office"], &["microsoft mail: t-7"])]
#[case(&["credit"], &["svea mail: 1001"])]
#[case(&["payson", "paypal"], &["payson mail: ps-1", "paypal hand: pp-1"])]
#[case(&["call"], &["soluno mail: c-1"])]
#[case(&["deal"], &["pipedrive mail: d-1"])]
#[case(&["lead", "transfer", "newsletter", "chat", "certificate"], &[])]
fn admax_tells_those_whose_services_were_used(#[case] used: &[&str], #[case] expected: &[&str]) {
    assert_eq!(told("admax", used), [&COOKIES, expected].concat());
}

#[rstest]
#[case(&["account", "se", "fi", "no"], &["key-systems mail: anna.fi anna.no anna.se h-fi h-no h-se"])]
#[case(&["dk"], &["dk-hostmaster mail: anna.dk h-dk"])]
#[case(&["office", "firewall"], &["microsoft mail: t-7", "watchguard mail: f-7"])]
#[case(&["credit"], &[])]
#[case(&["payson", "paypal"], &["payson mail: ps-1", "paypal hand: pp-1"])]
fn poise_tells_those_whose_services_were_used(#[case] used: &[&str], #[case] expected: &[&str]) {
    assert_eq!(told("poise", used), [&COOKIES, expected].concat());
}

#[rstest]
#[case(&["account"], &["ilait mail: u-7"], &[])]
#[case(&["account", "se", "dk"], &["ilait mail: u-7", "nameisp mail: anna.dk anna.se h-dk h-se"], &[])]
#[case(&["credit", "paypal"], &[], &["fortnox mail: 1001", "paypal hand: pp-1"])]
fn webbplats_nu_tells_those_whose_services_were_used(
    #[case] used: &[&str],
    #[case] before: &[&str],
    #[case] after: &[&str],
) {
    assert_eq!(told("webbplats-nu", used), [before, &COOKIES, after].concat());
}

#[rstest]
#[case(&["account", "se"], &["admax mail: anna.se h-se u-7"])]
#[case(&["office"], &["admax mail: u-7", "microsoft mail: t-7"])]
#[case(&["credit"], &["prioritet-finans mail: 1001"])]
#[case(&["newsletter"], &["mailchimp mail: anna@post.example", "apsis mail: anna@post.example"])]
#[case(&["paypal", "deal"], &[])]
fn skara_websolution_tells_those_whose_services_were_used(#[case] used: &[&str], #[case] expected: &[&str]) {
    assert_eq!(told("skara-websolution", used), [&COOKIES, expected].concat());
}

#[rstest]
#[case(&["account"], &[])]
#[case(&["se", "dk"], &["registrar mail: anna.dk anna.se h-dk h-se"])]
#[case(&["certificate", "chat"], &["certificate-authority mail: o-1", "livechat mail: chat-1"])]
fn the_certified_host_tells_those_whose_services_were_used(#[case] used: &[&str], #[case] expected: &[&str]) {
    assert_eq!(told("iso27001-host", used), expected);
}

#[test]
fn a_service_whose_identifier_is_gone_is_said_to_be_impossible() {
    let mut facts = UsageFacts::default();
    facts.add(
        "billing",
        "services",
        [("kind".to_owned(), "office".to_owned())].into(),
    );
    let host = profile("admax");
    let microsoft = host.recipient("microsoft").cloned().unwrap();
    let told = who_is_told(&[microsoft], &host.map, &facts);
    insta::assert_debug_snapshot!(told, @r#"
    [
        Told {
            recipient: "microsoft",
            outcome: Impossible {
                why: IdentifierMissing,
            },
        },
    ]
    "#);
}

#[rstest]
fn an_ordinary_customer_has_someone_to_be_told_by_mail(
    #[values("admax", "iso27001-host", "poise", "skara-websolution", "webbplats-nu")] stem: &str,
) {
    let by_mail = told(stem, &["account", "se"])
        .into_iter()
        .filter(|line| line.contains(" mail: "))
        .count();
    assert!(by_mail >= 1);
}
