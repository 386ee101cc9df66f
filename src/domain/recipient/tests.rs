//! Who is told, with which identifiers and no others.

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::domain::data_map::{DataMap, Row};

fn map() -> DataMap {
    let system = "
        id = 's'
        name = { sv = 'S', en = 'S' }
        connector = 'postgres'
        [[tables]]
        name = 'domains'
        category = 'c'
        origin = 'provided'
        erase = 'delete'
        identifiers = { domain_name = 'name', registrant_handle = 'handle' }
        [[tables]]
        name = 'orders'
        category = 'c'
        origin = 'provided'
        erase = 'delete'
        identifiers = { order_id = 'number', email = 'buyer' }
    ";
    DataMap {
        systems: vec![toml::from_str(system).unwrap()],
    }
}

const MAIL: &str = "contact = { channel = 'email', email = 'privacy@r.example' }";

fn recipient(lines: &str) -> Recipient {
    let head = "
        id = 'r'
        name = 'R'
        kind = 'registrar'
        role = 'processor'
        purpose = 'p'
        group = 'other'
        shared = { sv = 'Det', en = 'That' }
    ";
    toml::from_str(&format!("{head}{lines}")).unwrap()
}

fn row(pairs: &[(&str, &str)]) -> Row {
    pairs
        .iter()
        .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
        .collect()
}

fn anna() -> UsageFacts {
    let mut facts = UsageFacts {
        customer_numbers: vec!["1001".to_owned()],
        emails: vec!["anna@post.example".to_owned()],
        ..UsageFacts::default()
    };
    facts.add(
        "s",
        "domains",
        row(&[("name", "b.dk"), ("tld", "dk"), ("handle", "h1")]),
    );
    facts.add(
        "s",
        "domains",
        row(&[("name", "a.dk"), ("tld", "dk"), ("handle", "h1")]),
    );
    facts.add(
        "s",
        "domains",
        row(&[("name", "c.se"), ("tld", "se"), ("handle", "")]),
    );
    facts.add(
        "s",
        "orders",
        row(&[("number", "7"), ("buyer", "other@post.example")]),
    );
    facts
}

fn outcome(lines: &str, facts: &UsageFacts) -> TellOutcome {
    let told = who_is_told(&[recipient(lines)], &map(), facts);
    told.into_iter().next().unwrap().outcome
}

fn values(lines: &str) -> Vec<String> {
    match outcome(&format!("{lines}\n{MAIL}"), &anna()) {
        TellOutcome::Email { identifiers } => identifiers
            .into_iter()
            .map(|it| format!("{}={}", it.kind.name(), it.value))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::sorted_and_once(
    "identifiers = ['registrant_handle', 'domain_name']\nused_when = { system = 's', table = 'domains', field = 'tld', any_of = ['dk'] }",
    &["domain_name=a.dk", "domain_name=b.dk", "registrant_handle=h1"]
)]
#[case::only_what_it_knows_them_by(
    "identifiers = ['registrant_handle']\nused_when = { system = 's', table = 'domains', field = 'tld', any_of = ['dk'] }",
    &["registrant_handle=h1"]
)]
#[case::an_empty_value_is_none(
    "identifiers = ['domain_name', 'registrant_handle']\nused_when = { system = 's', table = 'domains', field = 'tld', none_of = ['dk'] }",
    &["domain_name=c.se"]
)]
#[case::the_customer_number_of_the_person(
    "identifiers = ['customer_number']\nused_when = { system = 's', table = 'orders' }",
    &["customer_number=1001"]
)]
#[case::the_address_it_was_given_not_the_one_on_file(
    "identifiers = ['email']\nused_when = { system = 's', table = 'orders' }",
    &["email=other@post.example"]
)]
#[case::the_address_on_file_when_its_table_has_none(
    "identifiers = ['email']\nused_when = { system = 's', table = 'domains' }",
    &["email=anna@post.example"]
)]
#[case::two_uses(
    "identifiers = ['order_id', 'domain_name']\nused_when = [{ system = 's', table = 'orders' }, { system = 's', table = 'domains', field = 'tld', any_of = ['se'] }]",
    &["domain_name=c.se", "order_id=7"]
)]
#[case::everybody("identifiers = ['customer_number']", &["customer_number=1001"])]
fn identifiers_come_from_the_rows_that_show_the_use(#[case] lines: &str, #[case] expected: &[&str]) {
    assert_eq!(values(lines), expected);
}

const DK: &str = "used_when = { system = 's', table = 'domains', field = 'tld', any_of = ['dk'] }";
const FI: &str = "used_when = { system = 's', table = 'domains', field = 'tld', any_of = ['fi'] }";
const NAME: &str = "identifiers = ['domain_name']";

#[rstest]
#[case::no_use(&[FI, NAME, MAIL], TellOutcome::NotTold { why: WhyNotTold::NoUse })]
#[case::no_use_though_nothing_could_name_them(&[FI, "impossible = 'no_identifier'"], TellOutcome::NotTold { why: WhyNotTold::NoUse })]
#[case::nothing_could_name_them(&[DK, "impossible = 'no_identifier'"], TellOutcome::Impossible { why: WhyImpossible::NoIdentifier })]
#[case::its_identifier_is_nowhere(&[DK, "identifiers = ['tenant_id']", MAIL], TellOutcome::Impossible { why: WhyImpossible::IdentifierMissing })]
#[case::no_route(&[DK, NAME], TellOutcome::Impossible { why: WhyImpossible::NoContact })]
#[case::unknown_table(&["used_when = { system = 's', table = 'nothing' }", NAME, MAIL], TellOutcome::NotTold { why: WhyNotTold::NoUse })]
fn who_is_not_told_has_a_reason(#[case] lines: &[&str], #[case] expected: TellOutcome) {
    assert_eq!(outcome(&lines.join("\n"), &anna()), expected);
}

#[rstest]
#[case("email", true)]
#[case("api", false)]
#[case("portal", false)]
#[case("manual", false)]
fn what_is_not_mail_is_done_by_hand(#[case] channel: &str, #[case] by_mail: bool) {
    let contact = format!("contact = {{ channel = '{channel}', email = 'privacy@r.example' }}");
    let lines = [DK, "identifiers = ['registrant_handle']", &contact].join("\n");
    let identifiers = vec![Identifier {
        kind: IdentifierKind::RegistrantHandle,
        value: "h1".to_owned(),
    }];
    let expected = if by_mail {
        TellOutcome::Email { identifiers }
    } else {
        TellOutcome::Manual { identifiers }
    };
    assert_eq!(outcome(&lines, &anna()), expected);
    assert_eq!(
        recipient(&lines).address(false),
        by_mail.then_some("privacy@r.example")
    );
}

proptest! {
    #[test]
    fn a_notice_holds_nothing_of_rows_that_do_not_show_the_use(
        rows in prop::collection::vec(("[a-z]{1,6}", "dk|se|fi"), 0..8)
    ) {
        let mut facts = UsageFacts::default();
        for (name, tld) in &rows {
            facts.add("s", "domains", row(&[("name", &format!("{name}.{tld}")), ("tld", tld), ("handle", "h")]));
        }
        match outcome(&[DK, NAME, MAIL].join("\n"), &facts) {
            TellOutcome::Email { identifiers } => {
                prop_assert!(identifiers.iter().all(|it| it.value.ends_with(".dk")));
                for (name, _) in rows.iter().filter(|(_, tld)| tld == "dk") {
                    let named = identifiers.iter().filter(|it| it.value == format!("{name}.dk")).count();
                    prop_assert_eq!(named, 1);
                }
            }
            other => {
                prop_assert_eq!(other, TellOutcome::NotTold { why: WhyNotTold::NoUse });
                prop_assert!(rows.iter().all(|(_, tld)| tld != "dk"));
            }
        }
    }
}

#[rstest]
#[case("", None)]
#[case("country = 'NO'", Some(true))]
#[case("country = 'US'", Some(false))]
fn whether_it_is_in_the_eea_follows_from_its_country(#[case] lines: &str, #[case] expected: Option<bool>) {
    assert_eq!(recipient(lines).is_in_eea(), expected);
}

#[test]
fn an_identifier_is_written_as_it_is_read() {
    for kind in IdentifierKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        assert_eq!(
            serde_json::from_value::<IdentifierKind>(kind.name().into()).unwrap(),
            kind
        );
    }
}

#[rstest]
#[case("used_when = []")]
#[case("used_when = 'always'")]
#[case("used_when = { system = 's' }")]
#[case("used_when = { system = 's', table = 't', any_of = ['a'] }")]
#[case("used_when = { system = 's', table = 't', field = 'f' }")]
#[case("used_when = [{ system = 's', table = 't', field = 'f', any_of = ['a'], none_of = ['b'] }]")]
#[case("impossible = 'too_much_work'")]
#[case("country = 'sweden'")]
#[case("identifiers = ['personal_number']")]
fn what_makes_no_sense_is_refused(#[case] lines: &str) {
    let whole = format!(
        "id = 'r'\nname = 'R'\nkind = 'chat'\nrole = 'processor'\npurpose = 'p'\ngroup = 'other'\nshared = {{ sv = 'a', en = 'a' }}\n{lines}"
    );
    assert!(toml::from_str::<Recipient>(&whole).is_err());
}
