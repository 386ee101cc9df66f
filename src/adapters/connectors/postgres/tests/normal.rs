//! Stored forms of a key, and what they mean.

use rstest::rstest;

use crate::adapters::connectors::sql::normal::{forms_of, normalised};
use crate::domain::matching::KeyKind;

const NUMBER: &str = "200001012384";

#[rstest]
#[case("200001012384", Some(NUMBER), Some(NUMBER))]
#[case("20000101-2384", Some(NUMBER), Some(NUMBER))]
#[case(" 000101-2384 ", Some(NUMBER), Some(NUMBER))]
#[case("0001012384", None, Some("0001012384"))]
#[case("0001012384", Some("200001012392"), Some("0001012384"))]
#[case("20000101-2384", Some("0001012384"), Some("0001012384"))]
#[case("20000101-2384", None, Some(NUMBER))]
#[case("190001012384", Some(NUMBER), Some("190001012384"))]
#[case("000101+2384", Some(NUMBER), Some("0001012384"))]
#[case("000101+2384", Some("190001012384"), Some("190001012384"))]
#[case("000101-T384", Some(NUMBER), Some("000101-t384"))]
#[case("12345", Some(NUMBER), Some("12345"))]
#[case("  ", Some(NUMBER), None)]
fn personal_numbers(#[case] stored: &str, #[case] asked: Option<&str>, #[case] meant: Option<&str>) {
    assert_eq!(
        normalised(KeyKind::PersonalNumber, stored, asked).as_deref(),
        meant
    );
}

#[rstest]
#[case(KeyKind::Email, " Åsa.Ek+Shop@X.Example\r\n", Some("åsa.ek+shop@x.example"))]
#[case(KeyKind::Email, "Not An Address ", Some("not an address"))]
#[case(KeyKind::Email, "", None)]
#[case(KeyKind::Phone, "070-174 06 05", Some("+46701740605"))]
#[case(KeyKind::Phone, "+46 (0)70 174 06 05", Some("+46701740605"))]
#[case(KeyKind::Phone, "004570123456", Some("+4570123456"))]
#[case(KeyKind::Phone, "Växel", Some("växel"))]
#[case(KeyKind::CustomerNumber, " K-100a ", Some("K-100a"))]
#[case(KeyKind::CustomerNumber, "\t", None)]
fn others(#[case] kind: KeyKind, #[case] stored: &str, #[case] meant: Option<&str>) {
    assert_eq!(normalised(kind, stored, None).as_deref(), meant);
}

/// What the statement looks for must contain every form that means the number.
#[rstest]
#[case("+46701740605", "070-174 06 05")]
#[case("+46701740605", "+46701740605")]
#[case("+46701740605", "0046 70 174 06 05")]
#[case("+46701740605", "+46 (0)70-174 06 05")]
#[case("+46701740605", "0046 (0)70-174 06 05")]
#[case("+4570123456", "+45 70 12 34 56")]
#[case("+4570123456", "0045 70 12 34 56")]
fn stored_phones_are_looked_for(#[case] asked: &str, #[case] stored: &str) {
    let digits: String = stored.chars().filter(char::is_ascii_digit).collect();
    assert!(forms_of(KeyKind::Phone, asked).contains(&digits));
    assert_eq!(
        normalised(KeyKind::Phone, stored, Some(asked)).as_deref(),
        Some(asked)
    );
}
