//! What is taken, what is refused, and what holds for every text.

use super::*;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case::plain("anna@kund.example", "anna@kund.example")]
#[case::trimmed_and_lower_cased("  Anna.Berg@Kund.Example\n", "anna.berg@kund.example")]
#[case::plus_address("anna+faktura@kund.example", "anna+faktura@kund.example")]
#[case::swedish_letters("ÅSA@blåbär.example", "åsa@blåbär.example")]
#[case::punycode("asa@xn--blbr-roah.example", "asa@xn--blbr-roah.example")]
#[case::marks_of_other_scripts("नमस्ते@उदाहरण.example", "नमस्ते@उदाहरण.example")]
#[case::apostrophe("o'hara@kund.example", "o'hara@kund.example")]
#[case::one_letter("a@b.test", "a@b.test")]
#[case::many_labels("a@b.c.d.test", "a@b.c.d.test")]
#[case::digits_in_the_domain("a@24.123.test", "a@24.123.test")]
fn addresses_taken(#[case] text: &str, #[case] normal: &str) {
    let email = Email::parse(text).unwrap();
    assert_eq!(email.as_str(), normal);
    assert_eq!(Some(email.domain()), normal.split('@').nth(1));
}

#[rstest]
#[case::nothing("", ContactError::Empty)]
#[case::spaces(" \u{a0}\t", ContactError::Empty)]
#[case::no_at("anna.kund.example", ContactError::At)]
#[case::two_at("anna@berg@kund.example", ContactError::At)]
#[case::no_local("@kund.example", ContactError::LocalPart)]
#[case::dot_first(".anna@kund.example", ContactError::LocalPart)]
#[case::dot_last("anna.@kund.example", ContactError::LocalPart)]
#[case::two_dots("anna..berg@kund.example", ContactError::LocalPart)]
#[case::no_domain("anna@", ContactError::Domain)]
#[case::one_label("anna@localhost", ContactError::Domain)]
#[case::final_dot("anna@kund.example.", ContactError::Domain)]
#[case::empty_label("anna@kund..example", ContactError::Domain)]
#[case::hyphen_first("anna@-kund.example", ContactError::Domain)]
#[case::hyphen_last("anna@kund-.example", ContactError::Domain)]
#[case::underscore("anna@kund_1.example", ContactError::Domain)]
#[case::ip_address("anna@127.0.0.1", ContactError::Domain)]
#[case::address_literal("anna@[127.0.0.1]", ContactError::Character)]
#[case::header_injection("anna@kund.example\r\nBcc: b@kund.example", ContactError::Character)]
#[case::line_feed("anna\n@kund.example", ContactError::Character)]
#[case::nul("anna@kund\0.example", ContactError::Character)]
#[case::space_within("anna berg@kund.example", ContactError::Character)]
#[case::with_a_name("Anna <anna@kund.example>", ContactError::Character)]
#[case::list("a@kund.example,b@kund.example", ContactError::Character)]
#[case::quoted("\"anna\"@kund.example", ContactError::Character)]
#[case::zero_width("an\u{200b}na@kund.example", ContactError::Character)]
#[case::turned_around("anna@\u{202e}kund.example", ContactError::Character)]
fn addresses_refused(#[case] text: &str, #[case] error: ContactError) {
    assert_eq!(Email::parse(text), Err(error));
}

#[rstest]
#[case::fits(254, true)]
#[case::one_too_many(255, false)]
fn an_address_has_a_greatest_length(#[case] chars: usize, #[case] taken: bool) {
    let domain = "@kund.example";
    let email = Email::parse(&format!("{}{domain}", "å".repeat(chars - domain.len())));
    assert_eq!(email.err(), (!taken).then_some(ContactError::TooLong));
}

#[rstest]
#[case::label_fits(63, true)]
#[case::label_too_long(64, false)]
fn a_label_has_a_greatest_length(#[case] chars: usize, #[case] taken: bool) {
    assert_eq!(
        Email::parse(&format!("a@{}.test", "b".repeat(chars))).is_ok(),
        taken
    );
}

#[rstest]
#[case::mobile("070-174 06 05", "+46701740605")]
#[case::bare("0701740605", "+46701740605")]
#[case::stockholm("08-465 004 00", "+46846500400")]
#[case::area_in_brackets("(031) 390 06 00", "+46313900600")]
#[case::slash("031/3900600", "+46313900600")]
#[case::plus("+46 70 174 06 05", "+46701740605")]
#[case::double_nought("0046701740605", "+46701740605")]
#[case::bracketed_nought("+46 (0)70 174 06 05", "+46701740605")]
#[case::superfluous_nought("+46 070 174 06 05", "+46701740605")]
#[case::double_and_bracketed_nought("0046 (0)70-1740605", "+46701740605")]
#[case::no_break_space("070\u{a0}174\u{202f}06\u{2009}05", "+46701740605")]
#[case::dash("070\u{2013}1740605", "+46701740605")]
#[case::norwegian("+47 22 00 00 00", "+4722000000")]
#[case::italian_keeps_its_nought("+39 06 0000 0000", "+390600000000")]
#[case::british_bracketed("+44 (0)20 7946 0000", "+442079460000")]
#[case::greatest("+123456789012345", "+123456789012345")]
fn telephone_numbers_taken(#[case] text: &str, #[case] e164: &str) {
    assert_eq!(Phone::parse(text).map(String::from).as_deref(), Ok(e164));
}

#[rstest]
#[case::nothing(" ", ContactError::Empty)]
#[case::no_prefix("70 174 06 05", ContactError::Prefix)]
#[case::three_noughts("000701740605", ContactError::Prefix)]
#[case::country_nought("+0701740605", ContactError::Prefix)]
#[case::two_noughts_after_country("+46 00 70 174 06 05", ContactError::Prefix)]
#[case::only_a_plus("+", ContactError::TooShort)]
#[case::only_separators("()-", ContactError::Prefix)]
#[case::too_short("08-1234", ContactError::TooShort)]
#[case::too_long("+1234567890123456", ContactError::TooLong)]
#[case::letters("070-ABC 06 05", ContactError::Character)]
#[case::extension("08-465 004 00 ankn 12", ContactError::Character)]
#[case::plus_within("070+1740605", ContactError::Character)]
#[case::two_numbers("070-1740605, 070-1740606", ContactError::Character)]
#[case::line_feed("070\n1740605", ContactError::Character)]
#[case::other_digits("０70-1740605", ContactError::Character)]
fn telephone_numbers_refused(#[case] text: &str, #[case] error: ContactError) {
    assert_eq!(Phone::parse(text), Err(error));
}

#[rstest]
#[case::plain("  Anna Berg ", Ok("Anna Berg"))]
#[case::any_script("Åsa 李 O’Hara-D'Élan", Ok("Åsa 李 O’Hara-D'Élan"))]
#[case::joiner("می\u{200c}خواهم", Ok("می\u{200c}خواهم"))]
#[case::markup_is_text("<b>Anna</b>", Ok("<b>Anna</b>"))]
#[case::nothing(" \n", Err(ContactError::Empty))]
#[case::line_feed("Anna\nBerg", Err(ContactError::Character))]
#[case::header("Anna\r\nBcc: x", Err(ContactError::Character))]
#[case::nul("An\0na", Err(ContactError::Character))]
#[case::turned_around("Anna \u{202e}greB", Err(ContactError::Character))]
#[case::line_separator("Anna\u{2028}Berg", Err(ContactError::Character))]
fn names(#[case] text: &str, #[case] expected: Result<&str, ContactError>) {
    assert_eq!(
        PersonName::parse(text).map(String::from),
        expected.map(String::from)
    );
}

#[rstest]
#[case::plain("  Hej! \n", Ok("Hej!"))]
#[case::lines_of_a_browser("rad ett\r\nrad två\r\n\r\nrad fyra", Ok("rad ett\nrad två\n\nrad fyra"))]
#[case::old_line_ends("rad ett\rrad två", Ok("rad ett\nrad två"))]
#[case::tab("a\tb", Ok("a b"))]
#[case::emoji("tack 🙏🏽", Ok("tack 🙏🏽"))]
#[case::nothing("\r\n\t ", Err(ContactError::Empty))]
#[case::nul("a\0b", Err(ContactError::Character))]
#[case::escape("a\u{1b}[31mb", Err(ContactError::Character))]
#[case::c1_control("a\u{9b}b", Err(ContactError::Character))]
fn free_texts(#[case] text: &str, #[case] expected: Result<&str, ContactError>) {
    assert_eq!(
        FreeText::parse(text).map(String::from),
        expected.map(String::from)
    );
}

#[test]
fn lengths_count_characters_after_trimming() {
    let of = |count| format!(" {} ", "å".repeat(count));
    assert!(PersonName::parse(&of(MAX_NAME_CHARS)).is_ok());
    assert_eq!(
        PersonName::parse(&of(MAX_NAME_CHARS + 1)),
        Err(ContactError::TooLong)
    );
    assert!(FreeText::parse(&of(MAX_TEXT_CHARS)).is_ok());
    assert_eq!(
        FreeText::parse(&of(MAX_TEXT_CHARS + 1)),
        Err(ContactError::TooLong)
    );
    let lines = |count| format!("a{}b", "\r\n".repeat(count - 2));
    assert!(FreeText::parse(&lines(MAX_TEXT_CHARS)).is_ok());
    assert_eq!(
        FreeText::parse(&lines(MAX_TEXT_CHARS + 1)),
        Err(ContactError::TooLong)
    );
}

#[test]
fn debug_tells_nothing_and_masks_tell_little() {
    let email = Email::parse("anna.berg@kund.example").unwrap();
    let phone = Phone::parse("070-1740605").unwrap();
    assert_eq!(format!("{email:?} {phone:?}"), "Email(***) Phone(***)");
    assert_eq!(email.masked(), "a***@kund.example");
    assert_eq!(phone.masked(), "***05");
    assert_eq!(
        format!("{:?}", PersonName::parse("Anna").unwrap()),
        "PersonName(***)"
    );
    assert_eq!(format!("{:?}", FreeText::parse("Hej").unwrap()), "FreeText(***)");
}

#[test]
fn what_is_stored_is_checked_again_and_errors_do_not_repeat_it() {
    assert_eq!(
        serde_json::to_value(Email::parse("A@B.test").unwrap()).unwrap(),
        "a@b.test"
    );
    assert_eq!(
        serde_json::from_str::<Phone>("\"+46701740605\"")
            .unwrap()
            .as_str(),
        "+46701740605"
    );
    let error = serde_json::from_str::<Email>("\"anna at kund.example\"")
        .unwrap_err()
        .to_string();
    assert!(!error.contains("anna"), "{error}");
    assert!(serde_json::from_str::<PersonName>("\"\"").is_err());
    assert!(serde_json::from_str::<FreeText>("\"a\\u0000b\"").is_err());
}

proptest! {
    #[test]
    fn no_text_panics_and_what_parses_parses_to_itself(text in any::<String>()) {
        if let Ok(email) = Email::parse(&text) {
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
        }
        if let Ok(phone) = Phone::parse(&text) {
            prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
        }
        if let Ok(name) = PersonName::parse(&text) {
            prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
        }
        if let Ok(text) = FreeText::parse(&text) {
            prop_assert_eq!(FreeText::parse(text.as_str()), Ok(text));
        }
    }

    #[test]
    fn likely_addresses_parse_to_themselves(local in "\\PC{1,12}", domain in "[a-zåäöA-ZİΣ0-9-]{1,9}\\.[a-z]{2,6}") {
        if let Ok(email) = Email::parse(&format!("{local}@{domain}")) {
            prop_assert_eq!(email.as_str().matches('@').count(), 1);
            prop_assert!(!email.as_str().chars().any(|character| character.is_whitespace() || character.is_control()));
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
        }
    }

    #[test]
    fn likely_telephone_numbers_are_e164_and_parse_to_themselves(text in "(\\+|00|0)?[0-9 ()./-]{6,18}") {
        if let Ok(phone) = Phone::parse(&text) {
            let digits = phone.as_str().strip_prefix('+').unwrap();
            prop_assert!((8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
            prop_assert!(!digits.starts_with('0'));
            prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
        }
    }

    #[test]
    fn free_text_holds_no_control_character_but_line_feed(text in "[ -~\\r\\n\\tåäö\\x00]{0,40}") {
        if let Ok(text) = FreeText::parse(&text) {
            prop_assert!(!text.as_str().chars().any(|character| character.is_control() && character != '\n'));
            prop_assert_eq!(text.as_str().trim(), text.as_str());
        }
    }
}
