//! The local mail viewer: what the file transport wrote, for trying the service out.

use askama::Template;

use super::layout::Page;
use crate::adapters::texts::Texts;

/// `/outbox`: the mails, newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "outbox/list.html")]
pub struct OutboxPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// They.
    pub mails: Vec<OutboxMail>,
}

/// One mail in the list.
#[derive(Clone, Debug)]
pub struct OutboxMail {
    /// The id in its address: `/outbox/{id}`.
    pub id: String,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// When, local time.
    pub at: String,
}

/// `/outbox/{id}`: one mail.
#[derive(Clone, Debug, Template)]
#[template(path = "outbox/mail.html")]
pub struct OutboxMailPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// What the list shows of it.
    pub mail: OutboxMail,
    /// From whom.
    pub from: String,
    /// The text part.
    pub text: String,
}

/// A line of a mail's text part, as the viewer shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A code alone on its line.
    Code(&'a str),
    /// A link alone on its line.
    Link(&'a str),
    /// Anything else.
    Text(&'a str),
}

impl<'a> Line<'a> {
    /// What a line is.
    #[must_use]
    pub fn of(line: &'a str) -> Self {
        let line = line.trim_end();
        if line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Code(line)
        } else if (line.starts_with("http://") || line.starts_with("https://")) && !line.contains(' ') {
            Self::Link(line)
        } else {
            Self::Text(line)
        }
    }
}

impl OutboxMailPage {
    fn lines(&self) -> Vec<Line<'_>> {
        self.text.lines().map(Line::of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_links_are_told_from_text() {
        assert_eq!(Line::of("12345678\r"), Line::Code("12345678"));
        assert_eq!(Line::of("https://a.test/x"), Line::Link("https://a.test/x"));
        for text in [
            "1234567",
            "123456789",
            "1234 678",
            "see https://a.test",
            "javascript:alert(1)",
            "https://a b",
        ] {
            assert_eq!(Line::of(text), Line::Text(text), "{text}");
        }
    }
}
