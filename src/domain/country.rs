//! Countries as the GDPR sees them: inside the European Economic Area, or third countries.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::language::Language;

/// An ISO 3166-1 alpha-2 code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// Not two upper-case letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a country code of two upper-case letters, such as SE")]
pub struct NotACountry;

/// Code, Swedish and English name, whether in the EEA. The states of the EEA are those for which the GDPR makes no
/// transfer (chapter V); the rest are those that hosts' suppliers commonly sit in.
const NAMES: [(&str, &str, &str, bool); 36] = [
    ("AT", "Österrike", "Austria", true),
    ("BE", "Belgien", "Belgium", true),
    ("BG", "Bulgarien", "Bulgaria", true),
    ("CA", "Kanada", "Canada", false),
    ("CH", "Schweiz", "Switzerland", false),
    ("CY", "Cypern", "Cyprus", true),
    ("CZ", "Tjeckien", "Czechia", true),
    ("DE", "Tyskland", "Germany", true),
    ("DK", "Danmark", "Denmark", true),
    ("EE", "Estland", "Estonia", true),
    ("ES", "Spanien", "Spain", true),
    ("FI", "Finland", "Finland", true),
    ("FR", "Frankrike", "France", true),
    ("GB", "Storbritannien", "United Kingdom", false),
    ("GR", "Grekland", "Greece", true),
    ("HR", "Kroatien", "Croatia", true),
    ("HU", "Ungern", "Hungary", true),
    ("IE", "Irland", "Ireland", true),
    ("IN", "Indien", "India", false),
    ("IS", "Island", "Iceland", true),
    ("IT", "Italien", "Italy", true),
    ("JP", "Japan", "Japan", false),
    ("LI", "Liechtenstein", "Liechtenstein", true),
    ("LT", "Litauen", "Lithuania", true),
    ("LU", "Luxemburg", "Luxembourg", true),
    ("LV", "Lettland", "Latvia", true),
    ("MT", "Malta", "Malta", true),
    ("NL", "Nederländerna", "Netherlands", true),
    ("NO", "Norge", "Norway", true),
    ("PL", "Polen", "Poland", true),
    ("PT", "Portugal", "Portugal", true),
    ("RO", "Rumänien", "Romania", true),
    ("SE", "Sverige", "Sweden", true),
    ("SI", "Slovenien", "Slovenia", true),
    ("SK", "Slovakien", "Slovakia", true),
    ("US", "USA", "USA", false),
];

impl Country {
    /// The two letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether data may go there without a transfer tool (Art. 44-49).
    #[must_use]
    pub fn is_eea(self) -> bool {
        self.entry().is_some_and(|(_, _, _, eea)| *eea)
    }

    /// What people call it; `None` for one that is not in our list, for which the code stands.
    #[must_use]
    pub fn name(self, language: Language) -> Option<&'static str> {
        let (_, swedish, english, _) = self.entry()?;
        Some(match language {
            Language::Sv => swedish,
            Language::En => english,
        })
    }

    fn entry(self) -> Option<&'static (&'static str, &'static str, &'static str, bool)> {
        NAMES.iter().find(|(code, ..)| *code == self.code())
    }
}

impl TryFrom<String> for Country {
    type Error = NotACountry;

    fn try_from(code: String) -> Result<Self, NotACountry> {
        match code.as_bytes() {
            [first, second] if first.is_ascii_uppercase() && second.is_ascii_uppercase() => {
                Ok(Self([*first, *second]))
            }
            _ => Err(NotACountry),
        }
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl fmt::Display for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn country(code: &str) -> Result<Country, NotACountry> {
        code.to_owned().try_into()
    }

    #[rstest]
    #[case("SE", true)]
    #[case("NO", true)]
    #[case("IS", true)]
    #[case("LI", true)]
    #[case("US", false)]
    #[case("GB", false)]
    #[case("CH", false)]
    #[case("BO", false)]
    fn the_eea_is_the_union_and_three_more(#[case] code: &str, #[case] eea: bool) {
        assert_eq!(country(code).unwrap().is_eea(), eea);
    }

    #[rstest]
    #[case("se")]
    #[case("SWE")]
    #[case("S")]
    #[case("")]
    #[case("Å")]
    #[case("S1")]
    fn anything_but_two_capitals_is_refused(#[case] code: &str) {
        assert_eq!(country(code), Err(NotACountry));
    }

    #[test]
    fn every_state_of_the_eea_has_both_names() {
        assert_eq!(NAMES.iter().filter(|(.., eea)| *eea).count(), 30);
        assert_eq!(country("DE").unwrap().name(Language::Sv), Some("Tyskland"));
        assert_eq!(country("DE").unwrap().name(Language::En), Some("Germany"));
        assert_eq!(country("BO").unwrap().name(Language::Sv), None);
        assert!(NAMES.iter().all(|(code, ..)| country(code).is_ok()));
    }
}
