//! A mail as a test sees it: envelope, raw bytes, and what a reader finds in them.

use mail_parser::{HeaderValue, Message, MessageParser};

/// A message that a mail server accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's sender, empty for a bounce.
    pub from: String,
    /// The envelope's recipients that were accepted.
    pub to: Vec<String>,
    /// Whether the client had logged in.
    pub authenticated: bool,
    /// Whether it came encrypted.
    pub encrypted: bool,
    /// The message as it came, with dots unstuffed.
    pub raw: Vec<u8>,
}

impl Mail {
    /// Whether the envelope names `address`, whatever its case.
    pub fn is_to(&self, address: &str) -> bool {
        self.to.iter().any(|to| to.eq_ignore_ascii_case(address))
    }

    /// The parsed message.
    #[track_caller]
    pub fn message(&self) -> Message<'_> {
        MessageParser::default()
            .parse(&self.raw)
            .expect("an accepted mail parses")
    }

    /// The decoded subject, empty when there is none.
    pub fn subject(&self) -> String {
        self.message().subject().unwrap_or_default().to_owned()
    }

    /// The text part; fails the test when there is only HTML.
    #[track_caller]
    pub fn text(&self) -> String {
        let message = self.message();
        let part = message
            .text_bodies()
            .find(|part| part.is_text() && !part.is_text_html());
        part.and_then(|part| part.text_contents())
            .expect("the mail has a text part")
            .to_owned()
    }

    /// The HTML part; fails the test when there is only text.
    #[track_caller]
    pub fn html(&self) -> String {
        let message = self.message();
        let part = message.html_bodies().find(|part| part.is_text_html());
        part.and_then(|part| part.text_contents())
            .expect("the mail has an HTML part")
            .to_owned()
    }

    /// A header: decoded when it holds words, else as written; white space at the ends removed.
    pub fn header(&self, name: &str) -> Option<String> {
        let message = self.message();
        let text = match message.header(name)? {
            HeaderValue::Text(text) => text.to_string(),
            _ => message.header_raw(name)?.trim().to_owned(),
        };
        Some(text)
    }

    /// The eight digits that stand alone on a line of the text part, if any do.
    pub fn find_code(&self) -> Option<String> {
        let text = self.text();
        let is_code = |line: &&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
        text.lines().map(str::trim).find(is_code).map(str::to_owned)
    }

    /// The code of the mail; fails the test when there is none.
    #[track_caller]
    pub fn code(&self) -> String {
        self.find_code()
            .unwrap_or_else(|| panic!("no code alone on a line of:\n{}", self.text()))
    }

    /// The link holding `part` that stands alone on a line of the text part, if any does.
    pub fn find_link(&self, part: &str) -> Option<String> {
        let text = self.text();
        let is_link = |line: &&str| {
            let link = line.starts_with("http://") || line.starts_with("https://");
            link && line.contains(part) && !line.contains(char::is_whitespace)
        };
        text.lines().map(str::trim).find(is_link).map(str::to_owned)
    }

    /// The link holding `part`; fails the test when there is none.
    #[track_caller]
    pub fn link(&self, part: &str) -> String {
        let missing = || panic!("no link with {part:?} alone on a line of:\n{}", self.text());
        self.find_link(part).unwrap_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(raw: &str) -> Mail {
        let raw = raw.replace('\n', "\r\n").into_bytes();
        Mail {
            from: "a@host.example".into(),
            to: vec!["Kund@host.example".into()],
            authenticated: false,
            encrypted: false,
            raw,
        }
    }

    fn text(body: &str) -> Mail {
        mail(&format!(
            "Subject: Kod\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
        ))
    }

    #[test]
    fn a_code_counts_only_alone_on_its_line_and_with_eight_digits() {
        assert_eq!(text("Din kod är 87654321.\n\n  12345678  \n").code(), "12345678");
        assert_eq!(text("1234567\n123456789\n1234567a").find_code(), None);
    }

    #[test]
    fn a_link_counts_only_alone_on_its_line() {
        let mail = text("Se https://a.example/requests/1 här\nhttps://a.example/notices/2\n");
        assert_eq!(mail.link("/notices/"), "https://a.example/notices/2");
        assert_eq!(mail.find_link("/requests/"), None);
    }

    #[test]
    fn both_parts_and_encoded_headers_are_read() {
        let mail = mail(concat!(
            "Subject: =?utf-8?q?Beg=C3=A4ran?=\nMessage-ID: <1@host.example>\nX-Case: r=C3\nMIME-Version: 1.0\n",
            "Content-Type: multipart/alternative; boundary=b\n\n",
            "--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n",
            "R=C3=A4tt\n--b\nContent-Type: text/html\n\n<p>Right</p>\n--b--\n",
        ));
        assert_eq!(mail.subject(), "Begäran");
        assert_eq!(mail.text().trim(), "Rätt");
        assert_eq!(mail.html().trim(), "<p>Right</p>");
        assert_eq!(mail.header("x-case").as_deref(), Some("r=C3"));
        assert_eq!(mail.header("Message-ID").as_deref(), Some("1@host.example"));
        assert_eq!(mail.header("X-None"), None);
        assert!(mail.is_to("kund@host.example") && !mail.is_to("und@host.example"));
    }
}
