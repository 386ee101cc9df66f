//! Each rule about a whole profile, seen to speak and seen to be silent.

use rstest::rstest;

use super::*;

/// A small host with which nothing is wrong.
const HOST: &str = "
name = 'Host AB'
colour = '#102030'
fiscal_years = [{ start = '2025-01-01', end = '2025-12-31' }]
[contact]
email = 'privacy@host.example'
[policy]
says = ['no_sharing_outside_eu', 'agreements_with_all', 'crm_erased', 'recipients_are_subcontractors']
rights_named = ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection']
names_complaint = true
authority = 'IMY'
[[purposes]]
id = 'deliver'
title = { sv = 'Leverera', en = 'Deliver' }
legal_bases = ['contract']
[[categories]]
id = 'contact'
name = { sv = 'Kontakt', en = 'Contact' }
description = { sv = 'Namn', en = 'Name' }
source = { sv = 'Du', en = 'You' }
purposes = ['deliver']
retention = 'books'
[[retention]]
id = 'books'
ground = 'bookkeeping'
text = { sv = 'Sju år', en = 'Seven years' }
[[recipients]]
id = 'crm'
name = 'CRM AB'
kind = 'crm'
role = 'processor'
group = 'other'
purpose = 'deliver'
categories = ['contact']
shared = { sv = 'Namn', en = 'Name' }
country = 'SE'
used_when = { system = 's', table = 'people' }
identifiers = ['deal_id', 'email']
contact = { channel = 'email', email = 'privacy@crm.example' }
[[systems]]
id = 's'
name = { sv = 'S', en = 'S' }
connector = 'postgres'
url = 'env:S_URL'
freeze = { table = 'people', set = { state = 'frozen' } }
[[systems.tables]]
name = 'people'
person = { email = 'email' }
category = 'contact'
origin = 'provided'
erase = 'delete'
identifiers = { deal_id = 'deal' }
[[systems.tables]]
name = 'invoices'
parent = { table = 'people', on = { person_id = 'id' } }
references = ['people']
category = 'contact'
origin = 'observed'
erase = { retain = 'bookkeeping', fiscal_date = 'day' }
";

fn host(toml: &str) -> Organisation {
    toml::from_str(toml).unwrap()
}

fn changed(from: &str, to: &str) -> Organisation {
    assert!(HOST.contains(from), "{from}");
    host(&HOST.replacen(from, to, 1))
}

fn lines(organisation: &Organisation) -> Vec<String> {
    findings(organisation)
        .into_iter()
        .map(|it| {
            format!(
                "{:?} {:?} {} [{}]",
                it.severity,
                it.code,
                it.key,
                it.about.join(", ")
            )
        })
        .collect()
}

#[test]
fn nothing_is_said_of_a_profile_that_holds_together() {
    assert_eq!(lines(&host(HOST)), Vec::<String>::new());
}

#[rstest]
#[case(
    "purposes = ['deliver']",
    "purposes = []",
    "CategoryWithoutPurpose categories.contact.purposes [contact]"
)]
#[case(
    "purposes = ['deliver']",
    "purposes = ['sell']",
    "UnknownPurpose categories.contact.purposes [sell]"
)]
#[case(
    "retention = 'books'",
    "",
    "CategoryWithoutRetention categories.contact.retention [contact]"
)]
#[case(
    "retention = 'books'",
    "retention = 'x'",
    "UnknownRetentionRule categories.contact.retention [x]"
)]
#[case(
    "ground = 'bookkeeping'",
    "",
    "GroundWithoutRule systems.s.tables.invoices.erase [bookkeeping]"
)]
#[case(
    "\npurpose = 'deliver'",
    "\npurpose = 'sell'",
    "UnknownPurpose recipients.crm.purpose [sell]"
)]
#[case(
    "categories = ['contact']",
    "categories = ['x']",
    "UnknownCategory recipients.crm.categories [x]"
)]
#[case(
    "email' }\ncategory = 'contact'",
    "email' }\ncategory = 'x'",
    "UnknownCategory systems.s.tables.people.category [x]"
)]
#[case(
    "s', table = 'people' }",
    "s', table = 'x' }",
    "UnknownTable recipients.crm.used_when [s.x]"
)]
#[case(
    "freeze = { table = 'people'",
    "freeze = { table = 'x'",
    "UnknownTable systems.s.freeze.table [x]"
)]
#[case(
    "parent = { table = 'people'",
    "parent = { table = 'x'",
    "UnknownTable systems.s.tables.invoices.parent [x]"
)]
#[case(
    "references = ['people']",
    "references = ['x']",
    "UnknownTable systems.s.tables.invoices.references [x]"
)]
#[case(
    "person = { email = 'email' }\n",
    "",
    "TableOutOfReach systems.s.tables.people.person [people]"
)]
#[case(
    "references = ['people']",
    "references = ['invoices']",
    "TablesInRing systems.s.tables [people, invoices]"
)]
#[case(
    "'deal_id', 'email'",
    "'call_id', 'email'",
    "IdentifierNotInTable recipients.crm.identifiers [call_id]"
)]
#[case(
    "email = 'privacy@crm.example'",
    "email = 'privacy'",
    "RecipientWithoutRoute recipients.crm.contact [CRM AB]"
)]
#[case(
    ", email = 'privacy@crm.example'",
    "",
    "RecipientWithoutRoute recipients.crm.contact [CRM AB]"
)]
#[case(
    "['deal_id', 'email']",
    "[]",
    "RecipientWithoutRoute recipients.crm.contact [CRM AB]"
)]
#[case(
    "name = 'invoices'",
    "name = 'people'",
    "DuplicateId systems.s.tables.people [people]"
)]
fn what_leads_nowhere_is_an_error(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let expected = format!("Error {expected}");
    let found = lines(&changed(from, to));
    assert!(found.contains(&expected), "{found:#?}");
}

#[rstest]
#[case(
    "country = 'SE'",
    "country = 'US'",
    1,
    "SharedOutsideEea recipients.crm.country [CRM AB, US]"
)]
#[case("country = 'SE'", "", 2, "CountryMissing recipients.crm.country [CRM AB]")]
#[case(
    "kind = 'crm'",
    "kind = 'crm'\nown_name = { name = 'CRM Oy' }",
    4,
    "NamedOtherwise recipients.crm.name [CRM AB, CRM Oy]"
)]
#[case(
    "kind = 'crm'",
    "kind = 'crm'\nown_name = { name = 'CRM AB', country = 'FI' }",
    4,
    "NamedOtherwise recipients.crm.name [CRM AB, CRM AB]"
)]
#[case("kind = 'crm'", "kind = 'chat'", 5, "CrmSupplierMissing policy.says []")]
#[case(
    "'crm_erased'",
    "'agreements_with_selected'",
    6,
    "AgreementsContradict policy.says []"
)]
#[case("'crm_erased'", "'consent_by_use'", 7, "ConsentByUse policy.says []")]
#[case(
    "authority = 'IMY'",
    "authority = 'Datainspektionen'",
    8,
    "AuthorityRenamed policy.authority [Datainspektionen, Integritetsskyddsmyndigheten (IMY)]"
)]
#[case(
    "role = 'processor'",
    "role = 'independent_controller'",
    9,
    "ControllerAsSubcontractor recipients.crm.role [CRM AB]"
)]
#[case("'erasure', ", "", 10, "RightsNotNamed policy.rights_named [erasure]")]
#[case(
    "names_complaint = true",
    "",
    10,
    "RightsNotNamed policy.rights_named [complaint]"
)]
#[case(
    "['contract']",
    "['consent']",
    10,
    "RightsNotNamed policy.rights_named [consent_withdrawal]"
)]
#[case(
    "kind = 'crm'",
    "kind = 'crm'\nformer_names = ['CRM AB']\nown_name = { name = 'CRM Oy' }",
    11,
    "OutdatedName recipients.crm.name [CRM AB, CRM Oy]"
)]
#[case(
    "names_complaint",
    "outdated_terms = [{ term = 'Fax', now = 'E-post' }]\nnames_complaint",
    11,
    "OutdatedName policy.outdated_terms [Fax, E-post]"
)]
#[case(
    "kind = 'crm'",
    "kind = 'crm'\nsame_name_as = 'other'",
    12,
    "SameNameAsController recipients.crm.name [CRM AB, other]"
)]
fn a_contradiction_of_the_policy_is_a_warning_with_its_number(
    #[case] from: &str,
    #[case] to: &str,
    #[case] number: u8,
    #[case] expected: &str,
) {
    let organisation = changed(from, to);
    let numbers: Vec<Option<u8>> = findings(&organisation)
        .iter()
        .map(|finding| finding.code.contradiction())
        .collect();
    assert!(numbers.contains(&Some(number)), "{numbers:?}");
    assert!(
        lines(&organisation).contains(&format!("Warning {expected}")),
        "{:#?}",
        lines(&organisation)
    );
}

#[rstest]
#[case::listed_for_certain_domains("any_of = ['no', 'bo']", "", true)]
#[case::listed_for_all_but_some("none_of = ['dk']", "", false)]
#[case::says_who_is_behind("any_of = ['no', 'bo']", "registries = ['Norid', 'NIC Bolivia']", false)]
fn a_reseller_for_certain_domains_hides_a_registry(
    #[case] test: &str,
    #[case] registries: &str,
    #[case] expected: bool,
) {
    let toml = HOST
        .replace("kind = 'crm'", &format!("kind = 'registrar'\n{registries}"))
        .replace(
            "table = 'people' }\n",
            &format!("table = 'people', field = 'tld', {test} }}\n"),
        );
    let found = lines(&host(&toml));
    let line = "Warning RegistryUnknown recipients.crm.registries [CRM AB, no, bo]".to_owned();
    assert_eq!(found.contains(&line), expected, "{found:#?}");
}

#[test]
fn without_the_claim_there_is_no_contradiction() {
    let toml = HOST
        .replace(
            "'no_sharing_outside_eu', 'agreements_with_all', 'crm_erased', 'recipients_are_subcontractors'",
            "",
        )
        .replace("country = 'SE'", "")
        .replace("kind = 'crm'", "kind = 'chat'")
        .replace("role = 'processor'", "role = 'independent_controller'");
    assert_eq!(lines(&host(&toml)), Vec::<String>::new());
}

#[test]
fn a_transfer_outside_the_eea_needs_a_tool_whatever_the_policy_says() {
    let there = changed("country = 'SE'", "country = 'US'");
    let tool =
        "country = 'US'\nsafeguard = { sv = 'Standardavtalsklausuler', en = 'Standard contractual clauses' }";
    let with_tool = changed("country = 'SE'", tool);
    let missing = |it: &Organisation| {
        lines(it)
            .iter()
            .any(|line| line.contains("TransferWithoutSafeguard"))
    };
    assert!(missing(&there) && !missing(&with_tool));
}

#[test]
fn errors_come_before_warnings() {
    let toml = HOST
        .replace("country = 'SE'", "")
        .replace("email = 'privacy@crm.example'", "email = 'x'");
    let severities: Vec<Severity> = findings(&host(&toml)).iter().map(|it| it.severity).collect();
    assert_eq!(severities, [Severity::Error, Severity::Warning]);
}

#[rstest]
#[case(Right::Access, Level::A2, Level::A2)]
#[case(Right::Portability, Level::A2, Level::A2)]
#[case(Right::Erasure, Level::A2, Level::A3)]
#[case(Right::Rectification, Level::A1, Level::A1)]
#[case(Right::Restriction, Level::A1, Level::A1)]
#[case(Right::Objection, Level::A0, Level::A0)]
#[case(Right::ConsentWithdrawal, Level::A0, Level::A0)]
#[case(Right::HumanReview, Level::A1, Level::A1)]
fn erasure_asks_for_more_while_services_run(#[case] right: Right, #[case] idle: Level, #[case] live: Level) {
    let organisation = host(HOST);
    assert_eq!(organisation.required_level(right, false), idle);
    assert_eq!(organisation.required_level(right, true), live);
}

#[test]
fn a_profile_sets_the_level_of_any_right_and_of_that_alone() {
    for right in Right::ALL {
        let set = changed(
            "[contact]",
            &format!("[levels]\n{} = 'A3'\n[contact]", right.name()),
        );
        for other in Right::ALL {
            let expected = if other == right {
                Level::A3
            } else {
                host(HOST).required_level(other, false)
            };
            assert_eq!(set.required_level(other, false), expected);
        }
    }
}

#[rstest]
#[case("#a1B2c3", true)]
#[case("#a1b2c", false)]
#[case("a1b2c3", false)]
#[case("#a1b2c3;", false)]
#[case("red; background: url(x)", false)]
#[case("#ggg000", false)]
fn only_a_plain_colour_reaches_the_stylesheet(#[case] text: &str, #[case] accepted: bool) {
    let colour = Colour::try_from(text.to_owned());
    assert_eq!(
        colour.map(|colour| colour.css().to_owned()).ok(),
        accepted.then(|| text.to_owned())
    );
}

#[test]
fn complaints_go_to_the_swedish_authority_unless_the_profile_says_otherwise() {
    assert_eq!(host(HOST).authority, Authority::default());
    let other = "[authority]\nname = { sv = 'Datatilsynet', en = 'Datatilsynet' }\nweb = 'https://a.example'\n[contact]";
    assert_eq!(changed("[contact]", other).authority.name.sv, "Datatilsynet");
}
