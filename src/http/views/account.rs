//! The page of one's own account.

use askama::Template;
use qrcodegen::{QrCode, QrCodeEcc};

use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;

/// Light modules around a code (ISO/IEC 18004).
const MARGIN: i32 = 4;

/// `/staff/account`. Posts `old_password` and `new_password` to `…/password`, and `own_password`, `totp` and, to switch it
/// on, `secret` to `…/second-factor`.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/account.html")]
pub struct AccountPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// Whose account.
    pub email: String,
    /// What to add to an authenticator; none when the second factor is on.
    pub offer: Option<Authenticator>,
    /// What is wrong with the form that was sent.
    pub errors: FieldErrors,
    /// Why nothing was done, after `account-error-`: `too_many` or `changed`.
    pub error: Option<&'static str>,
}

/// What somebody adds to their authenticator.
#[derive(Clone, Debug)]
pub struct Authenticator {
    /// The secret, in base 32.
    pub secret: String,
    /// The same as an address, which a telephone opens.
    pub url: String,
    /// The same as a square to scan, when it fits into one.
    pub square: Option<Square>,
}

/// A QR code.
#[derive(Clone, Debug)]
pub struct Square {
    /// Modules a side, margin included.
    pub side: i32,
    /// The dark ones, as an SVG path.
    pub path: String,
}

impl Authenticator {
    /// The secret in groups of four, to be typed.
    fn groups(&self) -> String {
        let letters: Vec<char> = self.secret.chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }
}

/// The QR code of a text.
#[must_use]
pub fn square(text: &str) -> Option<Square> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let modules = 0..code.size();
    let dark = modules
        .clone()
        .flat_map(|y| modules.clone().map(move |x| (x, y)))
        .filter(|(x, y)| code.get_module(*x, *y));
    let path = dark
        .map(|(x, y)| format!("M{},{}h1v1h-1z", x + MARGIN, y + MARGIN))
        .collect();
    Some(Square {
        side: code.size() + 2 * MARGIN,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_its_three_corners_and_a_margin() {
        let square = square("otpauth://totp/Dataratt:anna%40host.example?secret=ABC").unwrap();
        let last = square.side - MARGIN - 1;
        for (x, y) in [(MARGIN, MARGIN), (last, MARGIN), (MARGIN, last)] {
            assert!(square.path.contains(&format!("M{x},{y}h")), "{x},{y}");
        }
        assert!(!square.path.contains("M3,") && !square.path.contains(&format!("M{},", last + 1)));
        assert!(
            super::square(&"x".repeat(4000)).is_none(),
            "more than any code holds"
        );
    }
}
