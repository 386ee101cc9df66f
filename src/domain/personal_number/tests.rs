//! The published test numbers, what is refused, and what holds for every text.

use super::*;
use proptest::prelude::*;
use rstest::rstest;

const PUBLISHED: [&str; 10] = [
    "189001019802",
    "189112319810",
    "200001012384",
    "200001012392",
    "200002292399",
    "200002292381",
    "200006062392",
    "200009302399",
    "200012312385",
    "200101012391",
];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 16).unwrap()
}

fn canonical(text: &str) -> Result<String, PersonalNumberError> {
    PersonalNumber::parse(text, today()).map(String::from)
}

#[rstest]
#[case("189001019802", "900101+9802")]
#[case("189112319810", "911231+9810")]
#[case("200001012384", "000101-2384")]
#[case("200001012392", "000101-2392")]
#[case("200002292399", "000229-2399")]
#[case("200002292381", "000229-2381")]
#[case("200006062392", "000606-2392")]
#[case("200009302399", "000930-2399")]
#[case("200012312385", "001231-2385")]
#[case("200101012391", "010101-2391")]
fn the_published_test_numbers(#[case] twelve: &str, #[case] ten: &str) {
    assert_eq!(canonical(twelve).as_deref(), Ok(twelve));
    assert_eq!(canonical(ten).as_deref(), Ok(twelve));
    let number = PersonalNumber::parse(ten, today()).unwrap();
    assert_eq!(number.kind(), PersonalNumberKind::Personal);
    assert_eq!(number.ten_digits(), &twelve[2..]);
}

#[rstest]
#[case::tax_agency_example("701063-2391", "197010632391")]
#[case::leap_free_first_of_january("000161-2381", "200001612381")]
fn coordination_numbers(#[case] written: &str, #[case] twelve: &str) {
    let number = PersonalNumber::parse(written, today()).unwrap();
    assert_eq!(number.as_str(), twelve);
    assert_eq!(number.kind(), PersonalNumberKind::Coordination);
    assert_eq!(number.masked(), format!("{}-****", &twelve[..8]));
}

#[rstest]
#[case::bare_ten("0001012384")]
#[case::twelve_with_separator("20000101-2384")]
#[case::spaces(" 2000 01 01 2384 ")]
#[case::no_break_space("000101\u{a0}2384")]
#[case::spaces_about_the_separator("000101 - 2384")]
#[case::en_dash("000101\u{2013}2384")]
#[case::minus_sign("000101\u{2212}2384")]
fn every_way_to_write_one_number(#[case] written: &str) {
    assert_eq!(canonical(written).as_deref(), Ok("200001012384"));
}

#[rstest]
#[case::nothing("", PersonalNumberError::Empty)]
#[case::spaces(" \t", PersonalNumberError::Empty)]
#[case::wrong_check_digit("200001012385", PersonalNumberError::CheckDigit)]
#[case::thirtieth_of_february("200002302390", PersonalNumberError::Date)]
#[case::leap_day_of_1900("190002292390", PersonalNumberError::Date)]
#[case::month_thirteen("200013012384", PersonalNumberError::Date)]
#[case::day_nought("200001002384", PersonalNumberError::Date)]
#[case::between_days_and_coordination("200001602382", PersonalNumberError::Date)]
#[case::coordination_day_92("200001922380", PersonalNumberError::Date)]
#[case::before_anyone_living("170001012384", PersonalNumberError::Date)]
#[case::nine_digits("000101-238", PersonalNumberError::Length)]
#[case::eleven_digits("20000101238", PersonalNumberError::Length)]
#[case::thirteen_digits("2000010123840", PersonalNumberError::Length)]
#[case::only_a_separator("-", PersonalNumberError::Length)]
#[case::letters("20000101abcd", PersonalNumberError::Character)]
#[case::other_digits("２０００01012384", PersonalNumberError::Character)]
#[case::nul("200001012384\0", PersonalNumberError::Character)]
#[case::separator_too_early("0001-012384", PersonalNumberError::Separator)]
#[case::separator_first("-0001012384", PersonalNumberError::Separator)]
#[case::separator_last("0001012384-", PersonalNumberError::Separator)]
#[case::two_separators("000101--2384", PersonalNumberError::Separator)]
#[case::both_separators("000101-+2384", PersonalNumberError::Separator)]
#[case::plus_for_the_young("20000101+2384", PersonalNumberError::Separator)]
#[case::interim("000101-T220", PersonalNumberError::Interim)]
#[case::interim_of_twelve("20000101-t220", PersonalNumberError::Interim)]
#[case::interim_without_separator("000101R220", PersonalNumberError::Interim)]
#[case::letter_elsewhere("000T01-2384", PersonalNumberError::Character)]
#[case::letter_of_no_scheme("000101-A220", PersonalNumberError::Character)]
#[case::interim_too_short("000101-T2", PersonalNumberError::Character)]
#[case::organisation("556036-0793", PersonalNumberError::Date)]
#[case::organisation_of_twelve("165560360793", PersonalNumberError::Date)]
fn what_is_refused(#[case] written: &str, #[case] error: PersonalNumberError) {
    assert_eq!(canonical(written), Err(error));
}

/// Today, as written, and the number or why not: the separator turns at the year of the hundredth birthday.
#[rstest]
#[case::alive_now("2026-09-16", "900101-9802", Ok("199001019802"))]
#[case::before_the_year_comes_round("1989-12-31", "900101-9802", Ok("189001019802"))]
#[case::from_the_year_of_the_hundredth("1990-12-31", "900101+9802", Ok("189001019802"))]
#[case::minus_in_that_year_is_the_newborn("1990-12-31", "900101-9802", Ok("199001019802"))]
#[case::born_today("2000-01-01", "000101-2384", Ok("200001012384"))]
#[case::born_tomorrow("1999-12-31", "200001012384", Err(PersonalNumberError::Future))]
#[case::later_this_year("2000-06-05", "000606-2392", Err(PersonalNumberError::Future))]
#[case::plus_of_twelve_digits("2026-09-16", "18900101+9802", Ok("189001019802"))]
#[case::plus_in_the_year_of_the_hundredth("1990-01-01", "18900101+9802", Ok("189001019802"))]
#[case::plus_the_year_before("1989-12-31", "18900101+9802", Err(PersonalNumberError::Separator))]
fn ten_digits_depend_on_the_day(
    #[case] today: &str,
    #[case] written: &str,
    #[case] expected: Result<&str, PersonalNumberError>,
) {
    let parsed = PersonalNumber::parse(written, today.parse().unwrap());
    assert_eq!(
        parsed
            .as_ref()
            .map(PersonalNumber::as_str)
            .map_err(|error| *error),
        expected
    );
}

#[test]
fn neither_debug_nor_mask_nor_error_tells_the_number() {
    for twelve in PUBLISHED {
        let number = PersonalNumber::parse(twelve, today()).unwrap();
        assert_eq!(number.masked(), format!("{}-****", &twelve[..8]));
        assert_eq!(format!("{number:?}"), "PersonalNumber(****)");
    }
    let error = serde_json::from_str::<PersonalNumber>("\"200001012385\"")
        .unwrap_err()
        .to_string();
    assert!(!error.contains("2385"), "{error}");
}

#[test]
fn stored_as_twelve_digits_and_read_back_only_so() {
    let number = PersonalNumber::parse("000101-2384", today()).unwrap();
    let json = serde_json::to_string(&number).unwrap();
    assert_eq!(json, "\"200001012384\"");
    assert_eq!(serde_json::from_str::<PersonalNumber>(&json).unwrap(), number);
    for bad in ["000101-2384", "0001012384", "", "20000101238x", "200001012385"] {
        assert!(
            serde_json::from_value::<PersonalNumber>(bad.into()).is_err(),
            "{bad}"
        );
    }
}

#[rstest]
#[case::published_company("556036-0793", "5560360793", "556036-0793", false)]
#[case::published_foundation("802405-0190", "8024050190", "802405-0190", false)]
#[case::twelve_digits("165560360793", "5560360793", "556036-0793", false)]
#[case::twelve_with_separator("16556036-0793", "5560360793", "556036-0793", false)]
#[case::bare("5560360793", "5560360793", "556036-0793", false)]
#[case::sole_trader("000101-2384", "200001012384", "20000101-****", true)]
#[case::old_sole_trader("900101+9802", "189001019802", "18900101-****", true)]
#[case::sole_trader_of_twelve("200001012384", "200001012384", "20000101-****", true)]
#[case::sole_trader_with_coordination_number("701063-2391", "197010632391", "19701063-****", true)]
fn organisation_numbers(
    #[case] written: &str,
    #[case] stored: &str,
    #[case] masked: &str,
    #[case] personal: bool,
) {
    let number = OrganisationNumber::parse(written, today()).unwrap();
    assert_eq!(number.as_str(), stored);
    assert_eq!(number.masked(), masked);
    assert_eq!(number.is_personal(), personal);
    assert_eq!(number.as_personal().is_some(), personal);
    assert_eq!(format!("{number:?}").contains("****"), personal);
    let json = serde_json::to_value(&number).unwrap();
    assert_eq!(json, stored);
    assert_eq!(
        serde_json::from_value::<OrganisationNumber>(json).unwrap(),
        number
    );
}

#[rstest]
#[case::nothing("", PersonalNumberError::Empty)]
#[case::wrong_check_digit("556036-0794", PersonalNumberError::CheckDigit)]
#[case::wrong_check_digit_of_a_person("000101-2385", PersonalNumberError::CheckDigit)]
#[case::plus("556036+0793", PersonalNumberError::Date)]
#[case::person_after_16("160001012384", PersonalNumberError::Date)]
#[case::too_short("556036-079", PersonalNumberError::Length)]
#[case::interim("000101-T220", PersonalNumberError::Interim)]
#[case::vat_number("SE556036079301", PersonalNumberError::Character)]
fn organisation_numbers_refused(#[case] written: &str, #[case] error: PersonalNumberError) {
    assert_eq!(OrganisationNumber::parse(written, today()).unwrap_err(), error);
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = PersonalNumber::parse(&text, today());
        let _ = PersonalNumber::from_canonical(&text);
        let _ = OrganisationNumber::parse(&text, today());
        let _ = OrganisationNumber::try_from(text);
    }

    #[test]
    fn every_spelling_is_the_same_number_and_parses_again(
        which in 0..PUBLISHED.len(), twelve: bool, separated: bool, space_at in 0usize..10
    ) {
        let expected = PUBLISHED[which];
        let old = expected.starts_with("18");
        let mut written = if twelve { expected.to_owned() } else { expected[2..].to_owned() };
        if separated || (old && !twelve) {
            written.insert(written.len() - 4, if old { '+' } else { '-' });
        }
        written.insert(space_at, ' ');
        let number = PersonalNumber::parse(&written, today()).unwrap();
        prop_assert_eq!(number.as_str(), expected);
        prop_assert_eq!(PersonalNumber::parse(number.as_str(), today()), Ok(number.clone()));
        prop_assert_eq!(PersonalNumber::from_canonical(number.as_str()), Ok(number));
    }

    #[test]
    fn any_single_wrong_digit_is_found(which in 0..PUBLISHED.len(), place in 2usize..12, add in 1u8..10) {
        let mut digits = PUBLISHED[which].as_bytes().to_vec();
        digits[place] = b'0' + (digits[place] - b'0' + add) % 10;
        let wrong = String::from_utf8(digits).unwrap();
        prop_assert!(PersonalNumber::parse(&wrong, today()).is_err());
    }
}
