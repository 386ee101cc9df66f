//! Swedish identity numbers of people (personnummer and samordningsnummer) and of organisations.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// Letters that other schemes put for the first serial digit; no authority issues such numbers.
const INTERIM_LETTERS: &str = "TRSUWXJKLMN";

/// The first century digits a birth date may have; nobody who asks was born before.
const EARLIEST_YEAR: i32 = 1800;

/// Which kind of number a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalNumberKind {
    /// Personnummer (18 § folkbokföringslagen, 1991:481).
    Personal,
    /// Samordningsnummer (lag 2022:1697): the day of birth plus 60.
    Coordination,
}

/// Why a text is no number. None of these repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonalNumberError {
    /// Nothing but spaces.
    #[error("empty")]
    Empty,
    /// Something that is neither digit, space nor separator.
    #[error("unexpected character")]
    Character,
    /// Neither 10 nor 12 digits.
    #[error("wrong number of digits")]
    Length,
    /// A separator elsewhere than before the last four digits, a second one, or a `+` for somebody under 100.
    #[error("separator in the wrong place")]
    Separator,
    /// No such date.
    #[error("no such date")]
    Date,
    /// A date of birth after today.
    #[error("date of birth in the future")]
    Future,
    /// The check digit does not fit.
    #[error("wrong check digit")]
    CheckDigit,
    /// An interim number, such as a T-number: a letter for the first serial digit.
    #[error("interim number")]
    Interim,
}

/// A personnummer or samordningsnummer, kept as its 12 digits. Compares by those; never shown whole by `Debug`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonalNumber(String);

impl PersonalNumber {
    /// Reads 10 or 12 digits, spaces anywhere, `-` or `+` before the last four.
    ///
    /// `today` is the local date: ten digits mean the latest possible year, and `+` one hundred before that
    /// (18 § folkbokföringslagen: from the year in which the person turns 100).
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, PersonalNumberError> {
        let Written { digits, separator } = Written::read(text)?;
        let canonical = if digits.len() == 12 {
            digits
        } else {
            with_century(&digits, separator, today)?
        };
        let number = Self::from_canonical(&canonical)?;
        let born = number.born_on().ok_or(PersonalNumberError::Date)?;
        if born > today {
            return Err(PersonalNumberError::Future);
        }
        if separator == Some('+') && born.year() > today.year() - 100 {
            return Err(PersonalNumberError::Separator);
        }
        Ok(number)
    }

    /// Reads the stored form: exactly 12 digits. Cannot tell a date in the future.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn from_canonical(digits: &str) -> Result<Self, PersonalNumberError> {
        if digits.is_empty() {
            return Err(PersonalNumberError::Empty);
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PersonalNumberError::Character);
        }
        if digits.len() != 12 {
            return Err(PersonalNumberError::Length);
        }
        let number = Self(digits.to_owned());
        number
            .born_on()
            .filter(|born| born.year() >= EARLIEST_YEAR)
            .ok_or(PersonalNumberError::Date)?;
        if !check_digit_fits(number.ten_digits()) {
            return Err(PersonalNumberError::CheckDigit);
        }
        Ok(number)
    }

    /// The 12 digits, for storage and comparison only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last ten digits, as older systems store them.
    #[must_use]
    pub fn ten_digits(&self) -> &str {
        self.0.get(2..).unwrap_or_default()
    }

    /// Personnummer or samordningsnummer.
    #[must_use]
    pub fn kind(&self) -> PersonalNumberKind {
        if self.day() > 60 {
            PersonalNumberKind::Coordination
        } else {
            PersonalNumberKind::Personal
        }
    }

    /// The form people may be shown: date of birth, the rest hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}-****", self.0.get(..8).unwrap_or_default())
    }

    /// The date in the number. The true birthday may be a nearby day, so never an age to decide by.
    fn born_on(&self) -> Option<NaiveDate> {
        let number = |range| {
            self.0
                .get(range)
                .and_then(|digits: &str| digits.parse::<u32>().ok())
        };
        let day = self.day();
        let day = if day > 60 { day - 60 } else { day };
        NaiveDate::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(4..6)?, day)
    }

    fn day(&self) -> u32 {
        self.0
            .get(6..8)
            .and_then(|digits| digits.parse().ok())
            .unwrap_or_default()
    }
}

impl fmt::Debug for PersonalNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonalNumber(****)")
    }
}

impl TryFrom<String> for PersonalNumber {
    type Error = PersonalNumberError;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        Self::from_canonical(&digits)
    }
}

impl From<PersonalNumber> for String {
    fn from(number: PersonalNumber) -> Self {
        number.0
    }
}

/// The number of an organisation; that of a sole trader is the owner's own and so personal data.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrganisationNumber(Number);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Number {
    /// Ten digits, the third at least 2.
    Legal(String),
    /// A sole trader.
    Personal(PersonalNumber),
}

impl OrganisationNumber {
    /// Reads 10 digits, or 12 of which the first two are `16`; else a sole trader's number, as
    /// [`PersonalNumber::parse`] does with `today`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, PersonalNumberError> {
        let Written { digits, separator } = Written::read(text)?;
        let ten = if digits.len() == 12 {
            digits.strip_prefix("16")
        } else {
            Some(digits.as_str())
        };
        match ten {
            Some(ten) if third_digit_is_of_an_organisation(ten) && separator != Some('+') => Self::legal(ten),
            _ => PersonalNumber::parse(text, today).map(Number::Personal).map(Self),
        }
    }

    /// Whether it is a person's own number: a sole trader's.
    #[must_use]
    pub const fn is_personal(&self) -> bool {
        matches!(self.0, Number::Personal(_))
    }

    /// The number of the person, for a sole trader.
    #[must_use]
    pub const fn as_personal(&self) -> Option<&PersonalNumber> {
        match &self.0 {
            Number::Personal(number) => Some(number),
            Number::Legal(_) => None,
        }
    }

    /// The stored form: 10 digits of a legal person, 12 of a sole trader.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Number::Legal(digits) => digits,
            Number::Personal(number) => number.as_str(),
        }
    }

    /// The form people may be shown: `NNNNNN-NNNN` of a legal person, masked of a sole trader.
    #[must_use]
    pub fn masked(&self) -> String {
        match &self.0 {
            Number::Legal(digits) => {
                let (left, right) = digits.split_at_checked(6).unwrap_or((digits, ""));
                format!("{left}-{right}")
            }
            Number::Personal(number) => number.masked(),
        }
    }

    fn legal(ten: &str) -> Result<Self, PersonalNumberError> {
        if check_digit_fits(ten) {
            Ok(Self(Number::Legal(ten.to_owned())))
        } else {
            Err(PersonalNumberError::CheckDigit)
        }
    }
}

impl fmt::Debug for OrganisationNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Number::Legal(_) => write!(formatter, "OrganisationNumber({})", self.masked()),
            Number::Personal(_) => formatter.write_str("OrganisationNumber(****)"),
        }
    }
}

impl TryFrom<String> for OrganisationNumber {
    type Error = PersonalNumberError;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        if all_digits && digits.len() == 10 && third_digit_is_of_an_organisation(&digits) {
            return Self::legal(&digits);
        }
        PersonalNumber::from_canonical(&digits)
            .map(Number::Personal)
            .map(Self)
    }
}

impl From<OrganisationNumber> for String {
    fn from(number: OrganisationNumber) -> Self {
        number.as_str().to_owned()
    }
}

/// A number as somebody wrote it, without its spaces.
struct Written {
    digits: String,
    separator: Option<char>,
}

impl Written {
    fn read(text: &str) -> Result<Self, PersonalNumberError> {
        let mut digits = String::with_capacity(12);
        let mut separator = None;
        let mut digits_before_separator = None;
        let mut interim = false;
        for character in text.chars().filter(|character| !character.is_whitespace()) {
            match character {
                '0'..='9' => digits.push(character),
                // Hyphens and dashes that word processors put instead.
                '-' | '+' | '\u{2010}'..='\u{2013}' | '\u{2212}' => {
                    let earlier = separator.replace(if character == '+' { '+' } else { '-' });
                    if earlier.is_some() {
                        return Err(PersonalNumberError::Separator);
                    }
                    digits_before_separator = Some(digits.len());
                }
                _ if is_interim_letter(character) && matches!(digits.len(), 6 | 8) && !interim => {
                    interim = true;
                    digits.push('0');
                }
                _ => return Err(PersonalNumberError::Character),
            }
        }
        match (digits.len(), separator) {
            (0, None) => Err(PersonalNumberError::Empty),
            (10 | 12, _) if interim => Err(PersonalNumberError::Interim),
            _ if interim => Err(PersonalNumberError::Character),
            (10 | 12, _) if digits_before_separator.is_some_and(|before| before + 4 != digits.len()) => {
                Err(PersonalNumberError::Separator)
            }
            (10 | 12, _) => Ok(Self { digits, separator }),
            _ => Err(PersonalNumberError::Length),
        }
    }
}

fn is_interim_letter(character: char) -> bool {
    INTERIM_LETTERS.contains(character.to_ascii_uppercase())
}

fn third_digit_is_of_an_organisation(ten: &str) -> bool {
    ten.as_bytes().get(2).is_some_and(|digit| *digit >= b'2')
}

/// Puts the century before ten digits: the latest year that is not after `today`'s, a hundred less with `+`.
fn with_century(ten: &str, separator: Option<char>, today: NaiveDate) -> Result<String, PersonalNumberError> {
    let in_century: i32 = ten
        .get(..2)
        .and_then(|digits| digits.parse().ok())
        .ok_or(PersonalNumberError::Length)?;
    let latest = today.year() - (today.year() - in_century).rem_euclid(100);
    let century = if separator == Some('+') {
        latest - 100
    } else {
        latest
    }
    .div_euclid(100);
    Ok(format!("{century:02}{ten}"))
}

/// Modulus 10 over ten digits, weights 2, 1, 2, 1 …, the check digit last; century digits take no part.
fn check_digit_fits(ten: &str) -> bool {
    let sum: u32 = ten
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 } else { digit })
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests;
