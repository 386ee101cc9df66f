//! What people type about how to reach them: addresses, telephone numbers, names and free text, each checked once.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest address, in characters (the path limit of RFC 5321 4.5.3.1.3 without its brackets).
pub const MAX_EMAIL_CHARS: usize = 254;
/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// Longest free text, in characters.
pub const MAX_TEXT_CHARS: usize = 4000;

/// Why a text cannot be taken. None of these repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Nothing but spaces.
    #[error("empty")]
    Empty,
    /// Longer than the type allows.
    #[error("too long")]
    TooLong,
    /// Shorter than any telephone number.
    #[error("too short")]
    TooShort,
    /// A control or invisible character, or one that has no place here.
    #[error("unexpected character")]
    Character,
    /// No `@`, or more than one.
    #[error("not exactly one @")]
    At,
    /// Nothing before the `@`, or dots that stand first, last or together.
    #[error("bad local part")]
    LocalPart,
    /// No domain name after the `@`.
    #[error("bad domain")]
    Domain,
    /// A number that begins with neither `0` nor `+`, or with no country.
    #[error("no country or area code")]
    Prefix,
}

/// An e-mail address: trimmed and lower-cased, a plus-address kept. Letters beyond ASCII are allowed on both sides.
///
/// Quoted local parts and address literals are refused: they serve forgers more than people.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let address = text.trim().to_lowercase();
        if address.is_empty() {
            return Err(ContactError::Empty);
        }
        if address.chars().count() > MAX_EMAIL_CHARS {
            return Err(ContactError::TooLong);
        }
        if address
            .chars()
            .any(|character| is_hidden(character) || is_no_address_character(character))
        {
            return Err(ContactError::Character);
        }
        let (local, domain) = address.split_once('@').ok_or(ContactError::At)?;
        if domain.contains('@') {
            return Err(ContactError::At);
        }
        if local.split('.').any(str::is_empty) {
            return Err(ContactError::LocalPart);
        }
        if !is_domain_name(domain) {
            return Err(ContactError::Domain);
        }
        Ok(Self(address))
    }

    /// The normalised address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The form for screens of others: first letter and domain.
    #[must_use]
    pub fn masked(&self) -> String {
        let first: String = self.0.chars().take(1).collect();
        format!("{first}***@{}", self.domain())
    }
}

/// Whether `domain` is a host name of two labels or more, the last of which is no number.
fn is_domain_name(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.chars().count())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|character| {
                !character.is_ascii() || character.is_ascii_alphanumeric() || character == '-'
            })
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    domain.split('.').all(is_label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.len() >= 2 && !is_number(last))
}

/// Characters that only quoting would allow in an address.
fn is_no_address_character(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '[' | '\\' | ']'
        )
}

/// Control characters, and those that show nothing or turn the text around.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || is_bidi_control(character)
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{2029}' | '\u{2060}' | '\u{feff}')
}

/// Characters that make text read in another order than it is stored.
fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A telephone number in E.164: `+`, country, number. Without a country it is Swedish.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads a Swedish number (`070-…`) or one with its country (`+46 …`, `0046 …`, `+46 (0)…`).
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ContactError::Empty);
        }
        let compact = without_separators(text)?;
        let international = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"));
        let digits = match (international, compact.strip_prefix('0')) {
            // The area code's own 0 is often written after the country, and never dialled there.
            (Some(digits), _) => match digits.strip_prefix("460") {
                Some(national) => format!("46{national}"),
                None => digits.to_owned(),
            },
            (None, Some(national)) => format!("46{national}"),
            (None, None) => return Err(ContactError::Prefix),
        };
        Self::from_digits(&digits)
    }

    /// Country and number, without the `+`.
    fn from_digits(digits: &str) -> Result<Self, ContactError> {
        if digits.starts_with('0') || digits.starts_with("460") {
            return Err(ContactError::Prefix);
        }
        match digits.len() {
            0..=7 => Err(ContactError::TooShort),
            8..=15 => Ok(Self(format!("+{digits}"))),
            _ => Err(ContactError::TooLong),
        }
    }

    /// The number in E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form for screens of others: the last two digits.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = self.0.len().saturating_sub(2);
        format!("***{}", self.0.get(hidden..).unwrap_or_default())
    }
}

/// Digits and a leading `+`; the national `(0)` of an international number goes with the separators.
fn without_separators(text: &str) -> Result<String, ContactError> {
    let foreign = text.starts_with('+') || text.starts_with("00");
    let text = if foreign {
        text.replacen("(0)", "", 1)
    } else {
        text.to_owned()
    };
    let mut compact = String::with_capacity(text.len());
    for (place, character) in text.char_indices() {
        match character {
            '0'..='9' => compact.push(character),
            '+' if place == 0 => compact.push(character),
            '-' | '(' | ')' | '.' | '/' | '\u{2010}'..='\u{2013}' | '\u{2212}' => {}
            ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' => {}
            _ => return Err(ContactError::Character),
        }
    }
    Ok(compact)
}

/// A person's or company's name: one line of at most [`MAX_NAME_CHARS`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name, trimmed.
    ///
    /// # Errors
    /// When it is empty, too long, or holds control characters or such as turn the text around.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let name = bounded(text, MAX_NAME_CHARS)?;
        if name.chars().any(|character| {
            character.is_control()
                || is_bidi_control(character)
                || matches!(character, '\u{2028}' | '\u{2029}')
        }) {
            return Err(ContactError::Character);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Some lines of a person's own words, at most [`MAX_TEXT_CHARS`]. Lines end in `\n`, tabs are spaces.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FreeText(String);

impl FreeText {
    /// Reads a text, trimmed, with line ends as browsers send them (`\r\n`) or any other.
    ///
    /// # Errors
    /// When it is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let lines = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
        let text = bounded(&lines, MAX_TEXT_CHARS)?;
        if text
            .chars()
            .any(|character| character.is_control() && character != '\n')
        {
            return Err(ContactError::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn bounded(text: &str, max_chars: usize) -> Result<&str, ContactError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(ContactError::Empty),
        count if count > max_chars => Err(ContactError::TooLong),
        _ => Ok(text),
    }
}

/// What every type here has: a `Debug` that tells nothing, and its checked form as stored string.
macro_rules! checked_text {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(***)"))
            }
        }

        impl TryFrom<String> for $name {
            type Error = ContactError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    )+};
}

checked_text!(Email, Phone, PersonName, FreeText);

#[cfg(test)]
mod tests;
