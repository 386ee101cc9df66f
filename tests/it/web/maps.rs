//! Maps of services over HTTP, and of what staff see to by hand, that do not hold together.

use dataratt::adapters::profiles;
use dataratt::domain::data_map::{EraseRule, System};
use dataratt::domain::organisation::findings;
use serde::Deserialize;

use super::{MAP, mapped};
use crate::manual::with_archive;

/// What is wrong with ADMAX together with a system, as far as it is about that.
fn wrong(system: System) -> Vec<String> {
    let mut organisation = profiles::load("admax").unwrap();
    let start = format!("systems.{}.", system.id);
    organisation.map.systems.push(system);
    let found = findings(&organisation).into_iter();
    let own = found.filter(|finding| finding.key.starts_with(&start));
    own.map(|finding| format!("{:?} {}", finding.code, &finding.key[start.len()..]))
        .collect()
}

#[test]
fn a_map_that_lacks_a_call_or_asks_for_what_no_call_does_is_refused() {
    let whole = || mapped("https://api.example");
    assert_eq!(wrong(whole()), Vec::<String>::new());
    let mut bare = whole();
    bare.tables[0].http = None;
    bare.tables[1].http.as_mut().unwrap().list = None;
    let calls =
        ["find", "read", "erase", "change"].map(|call| format!("CallMissing tables.contacts.http.{call}"));
    let mut expected = calls.to_vec();
    expected.push("CallMissing tables.events.http.list".to_owned());
    assert_eq!(wrong(bare), expected);
    let mut too_much = whole();
    too_much.marker = Some("marker".to_owned());
    too_much.tables[0].register = true;
    too_much.tables[0].erase = EraseRule::DeleteOrReduce { keep: vec![] };
    assert_eq!(
        wrong(too_much),
        [
            "NotForConnector marker",
            "NotForConnector tables.contacts.register",
            "NotForConnector tables.contacts.erase"
        ]
    );
}

#[test]
fn what_staff_see_to_needs_instructions_and_has_no_columns() {
    let archive = || with_archive().map.system("archive").unwrap().clone();
    assert_eq!(wrong(archive()), Vec::<String>::new());
    let mut silent = archive();
    silent.by_hand = None;
    silent.tables[0].person.email = Some("email".to_owned());
    silent.url = Some("https://archive.example".to_owned());
    let mut expected = [
        "InstructionsMissing by_hand",
        "NotForConnector url",
        "NotForConnector tables.contracts.person",
    ];
    let mut said = wrong(silent);
    said.sort();
    expected.sort_unstable();
    assert_eq!(said, expected);
}

#[rstest::rstest]
#[case(
    "path = \"/contacts/{id}\"",
    "path = \"contacts/{id}\"",
    "such as /people/{id}"
)]
#[case("method = \"PATCH\"", "method = \"PURGE\"", "unknown variant `PURGE`")]
#[case("\"127.0.0.0/8\"", "\"localhost\"", "10.0.0.0/8")]
#[case("rows = \"/data\"", "rows = \"data\"", "a JSON pointer")]
#[case("max_pages = 5", "max_page = 5", "unknown field `max_page`")]
fn what_is_written_wrong_says_what_was_expected(#[case] from: &str, #[case] to: &str, #[case] why: &str) {
    let written = MAP.replacen(from, to, 1);
    let read = System::deserialize(toml::Deserializer::parse(&written).unwrap());
    let error = read.unwrap_err().to_string();
    assert!(error.contains(why), "{error}");
}
