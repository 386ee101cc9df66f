//! The fields of a person that can be corrected (Art. 16), whatever a system calls its columns.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::contact::{Email, PersonName, Phone};
use crate::domain::personal_number::PersonalNumber;

/// A field of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalField {
    /// The name.
    Name,
    /// Street and number.
    Address,
    /// The postal code.
    PostalCode,
    /// The town.
    City,
    /// The e-mail address.
    Email,
    /// The telephone number.
    Phone,
    /// Personnummer or samordningsnummer.
    PersonalNumber,
}

impl PersonalField {
    /// All fields, in the order they are shown.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::Address,
        Self::PostalCode,
        Self::City,
        Self::Email,
        Self::Phone,
        Self::PersonalNumber,
    ];

    /// The name in the data map, in the API and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::PostalCode => "postal_code",
            Self::City => "city",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::PersonalNumber => "personal_number",
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// A value of the field in its normalised form; nothing when it is none. `today` tells the century of a personal
    /// number written without one.
    #[must_use]
    pub fn normalised(self, text: &str, today: NaiveDate) -> Option<String> {
        match self {
            Self::Name | Self::Address | Self::PostalCode | Self::City => {
                PersonName::parse(text).ok().map(Into::into)
            }
            Self::Email => Email::parse(text).ok().map(Into::into),
            Self::Phone => Phone::parse(text).ok().map(Into::into),
            Self::PersonalNumber => PersonalNumber::parse(text, today)
                .ok()
                .map(|number| number.as_str().to_owned()),
        }
    }

    /// Whether two values say the same, however they are written.
    #[must_use]
    pub fn says_the_same(self, one: &str, other: &str, today: NaiveDate) -> bool {
        one == other
            || matches!(
                (self.normalised(one, today), self.normalised(other, today)),
                (Some(one), Some(other)) if one == other
            )
    }

    /// The form for letters and for screens of others: enough to recognise a value one knows, not to learn it.
    #[must_use]
    pub fn masked(self, value: &str) -> String {
        let email = || Email::parse(value).ok().map(|email| email.masked());
        let phone = || Phone::parse(value).ok().map(|phone| phone.masked());
        let known = match self {
            Self::Email => email(),
            Self::Phone => phone(),
            Self::PersonalNumber => PersonalNumber::from_canonical(value)
                .ok()
                .map(|number| number.masked()),
            Self::Name | Self::Address | Self::PostalCode | Self::City => None,
        };
        known.unwrap_or_else(|| {
            let words = value.split_whitespace();
            let masked: Vec<String> = words
                .map(|word| word.chars().take(1).chain("***".chars()).collect())
                .collect();
            masked.join(" ")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        "2026-11-21".parse().unwrap()
    }

    #[test]
    fn the_name_is_the_serialised_form_and_leads_back() {
        for field in PersonalField::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
            assert_eq!(PersonalField::from_name(field.name()), Some(field));
        }
    }

    #[rstest::rstest]
    #[case(PersonalField::Name, "  Åsa Öberg ", Some("Åsa Öberg"))]
    #[case(PersonalField::Name, " ", None)]
    #[case(PersonalField::Address, "Storgatan 1\nläg 2", None)]
    #[case(PersonalField::Email, "Asa@Kund.Example", Some("asa@kund.example"))]
    #[case(PersonalField::Email, "asa@", None)]
    #[case(PersonalField::Phone, "070-174 06 05", Some("+46701740605"))]
    #[case(PersonalField::Phone, "4711", None)]
    #[case(PersonalField::PersonalNumber, "20000101-2384", Some("200001012384"))]
    #[case(PersonalField::PersonalNumber, "20000101-2385", None)]
    fn a_value_is_read_by_the_rules_of_its_field(
        #[case] field: PersonalField,
        #[case] typed: &str,
        #[case] read: Option<&str>,
    ) {
        assert_eq!(field.normalised(typed, today()).as_deref(), read);
    }

    #[rstest::rstest]
    #[case(PersonalField::Phone, "070-174 06 05", "+46701740605", true)]
    #[case(PersonalField::Email, "ASA@kund.example", "asa@kund.example", true)]
    #[case(PersonalField::Name, "Åsa Öberg", "Åsa öberg", false)]
    fn spelling_alone_is_no_difference(
        #[case] field: PersonalField,
        #[case] one: &str,
        #[case] other: &str,
        #[case] same: bool,
    ) {
        assert_eq!(field.says_the_same(one, other, today()), same);
    }

    #[rstest::rstest]
    #[case(PersonalField::Name, "Åsa Öberg", "Å*** Ö***")]
    #[case(PersonalField::Address, "Storgatan 1", "S*** 1***")]
    #[case(PersonalField::Email, "asa@kund.example", "a***@kund.example")]
    #[case(PersonalField::Email, "no address", "n*** a***")]
    #[case(PersonalField::Phone, "+46701740605", "***05")]
    #[case(PersonalField::PersonalNumber, "200001012384", "20000101-****")]
    fn a_letter_shows_no_value(#[case] field: PersonalField, #[case] value: &str, #[case] shown: &str) {
        assert_eq!(field.masked(value), shown);
    }
}
