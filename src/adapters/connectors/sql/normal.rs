//! A person's keys as systems store them: which stored forms can mean the same, and whether they do.

use crate::domain::contact::{Email, Phone};
use crate::domain::matching::KeyKind;

/// What stored values look like, in that form, that may mean `value`.
pub fn forms_of(kind: KeyKind, value: &str) -> Vec<String> {
    match kind {
        KeyKind::Email | KeyKind::CustomerNumber => vec![value.to_owned()],
        KeyKind::PersonalNumber => vec![last_ten(&digits(value)).to_owned()],
        KeyKind::Phone => {
            let number = digits(value);
            let mut forms = vec![number.clone(), format!("00{number}")];
            if let Some(national) = number.strip_prefix("46") {
                forms.extend(["0", "460", "00460"].map(|prefix| format!("{prefix}{national}")));
            }
            forms
        }
    }
}

/// A stored value in its normalised form, or trimmed and lower-cased when it is none of its kind; nothing when blank.
///
/// `asked` is the value looked for: a stored personal number without its century takes that of the one asked for.
pub fn normalised(kind: KeyKind, stored: &str, asked: Option<&str>) -> Option<String> {
    let trimmed = stored.trim();
    if trimmed.is_empty() {
        return None;
    }
    let parsed = match kind {
        KeyKind::CustomerNumber => Some(trimmed.to_owned()),
        KeyKind::Email => Email::parse(trimmed).ok().map(Into::into),
        KeyKind::Phone => Phone::parse(trimmed).ok().map(Into::into),
        KeyKind::PersonalNumber => personal_number(trimmed, asked),
    };
    Some(parsed.unwrap_or_else(|| trimmed.to_lowercase()))
}

/// Twelve digits, or ten where only the person's own statement could tell the century and does not.
fn personal_number(stored: &str, asked: Option<&str>) -> Option<String> {
    let number = digits(stored);
    if !matches!(number.len(), 10 | 12) || stored.chars().any(char::is_alphabetic) {
        return None;
    }
    let asked = asked.filter(|asked| {
        // A plus says that the person is a hundred years old or more.
        let too_young = stored.contains('+') && asked.starts_with("20") && asked.len() == 12;
        last_ten(asked) == last_ten(&number) && asked.len() != number.len() && !too_young
    });
    Some(asked.map_or(number, ToOwned::to_owned))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn last_ten(digits: &str) -> &str {
    digits.get(digits.len().saturating_sub(10)..).unwrap_or(digits)
}
