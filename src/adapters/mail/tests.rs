//! Messages and files; sending to a server is tried in `tests/it/mail.rs`.

use std::fs;

use chrono::{TimeDelta, TimeZone, Utc};
use mail_parser::MessageParser;
use proptest::prelude::*;
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::services::ports::{MailError, Mailer, OutgoingMail, RenderedMail};

fn sender() -> Sender {
    Sender::new("Värdbolaget, AB", "integritet@host.example").unwrap()
}

fn mail(number: u128) -> OutgoingMail {
    OutgoingMail {
        id: Uuid::from_u128(number),
        to: "anna@kund.example".to_owned(),
        rendered: RenderedMail {
            subject: "Din begäran DR-7K4M-9QXT-2FHB".to_owned(),
            text: "Hej!\n\nDin kod är:\n\n12345678\n\nHälsningar på ett långt sätt så att raden måste brytas i överföringen.\n".to_owned(),
            html: "<p>Hej! Din kod är <strong>12345678</strong></p>".to_owned(),
        },
        at: Utc.with_ymd_and_hms(2026, 11, 21, 9, 30, 0).unwrap(),
    }
}

fn formatted(mail: &OutgoingMail) -> Result<Vec<u8>, MailError> {
    message::message(&sender(), mail).map(|message| message.formatted())
}

fn header_names(bytes: &[u8]) -> Vec<String> {
    let message = MessageParser::default().parse(bytes).unwrap();
    let mut names: Vec<String> = message
        .headers()
        .iter()
        .map(|header| header.name.as_str().to_owned())
        .collect();
    names.sort();
    names
}

const HEADERS: [&str; 8] = [
    "Auto-Submitted",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
];

#[test]
fn a_message_has_these_headers_and_both_parts() {
    let bytes = formatted(&mail(7)).unwrap();
    assert_eq!(header_names(&bytes), HEADERS);
    assert!(bytes.is_ascii(), "every server can carry it");
    let message = MessageParser::default().parse(&bytes).unwrap();
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("Värdbolaget, AB"), Some("integritet@host.example"))
    );
    assert_eq!(
        message.to().unwrap().first().unwrap().address(),
        Some("anna@kund.example")
    );
    assert_eq!(message.subject(), Some("Din begäran DR-7K4M-9QXT-2FHB"));
    assert_eq!(message.date().unwrap().to_rfc3339(), "2026-11-21T09:30:00Z");
    assert_eq!(
        message.message_id(),
        Some("00000000-0000-0000-0000-000000000007@host.example")
    );
    let automatic = message.header_raw("Auto-Submitted").unwrap();
    assert_eq!(automatic.trim(), "auto-generated");
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), mail(7).rendered.text.trim_end());
    assert!(
        text.lines().any(|line| line == "12345678"),
        "the code stands alone"
    );
    assert_eq!(message.body_html(0).unwrap().trim_end(), mail(7).rendered.html);
}

#[test]
fn every_attempt_has_the_same_bytes() {
    assert_eq!(formatted(&mail(7)).unwrap(), formatted(&mail(7)).unwrap());
    assert_ne!(formatted(&mail(7)).unwrap(), formatted(&mail(8)).unwrap());
}

#[rstest]
#[case::line_feed("anna@kund.example\nBcc: eva@kund.example")]
#[case::carriage_return("anna@kund.example\r\nBcc: eva@kund.example")]
#[case::two("anna@kund.example, eva@kund.example")]
#[case::named("Anna <anna@kund.example>")]
#[case::none("")]
#[case::half("anna@")]
fn an_address_that_is_none_is_refused_for_good(#[case] to: &str) {
    let to = OutgoingMail {
        to: to.to_owned(),
        ..mail(7)
    };
    assert_eq!(
        formatted(&to),
        Err(MailError::Never("address_invalid".to_owned()))
    );
}

#[rstest]
#[case("a\r\nBcc: eva@kund.example")]
#[case("a\nb")]
#[case("a\0b")]
fn a_subject_of_several_lines_is_refused_for_good(#[case] subject: &str) {
    let mut broken = mail(7);
    broken.rendered.subject = subject.to_owned();
    assert_eq!(
        formatted(&broken),
        Err(MailError::Never("subject_invalid".to_owned()))
    );
}

#[rstest]
#[case("Värd\r\nBcc: x@y.example", "a@host.example", SenderError::Name)]
#[case("Värd", "no address", SenderError::Address)]
#[case("Värd", "a@host.example\r\nBcc: x@y.example", SenderError::Address)]
fn a_sender_that_is_none_is_refused(
    #[case] name: &str,
    #[case] address: &str,
    #[case] expected: SenderError,
) {
    assert_eq!(Sender::new(name, address).unwrap_err(), expected);
}

proptest! {
    #[test]
    fn no_text_adds_a_header_or_a_recipient(subject: String, text: String, html: String, to: String) {
        let mut fuzzed = mail(7);
        fuzzed.rendered = RenderedMail { subject, text, html };
        if let Ok(message) = message::message(&sender(), &fuzzed) {
            prop_assert_eq!(header_names(&message.formatted()), HEADERS);
            prop_assert_eq!(message.envelope().to().len(), 1);
        }
        fuzzed.to = to;
        if let Ok(message) = message::message(&sender(), &fuzzed) {
            prop_assert_eq!(header_names(&message.formatted()), HEADERS);
            prop_assert_eq!(message.envelope().to().len(), 1);
        }
    }

    #[test]
    fn whatever_hides_in_a_subject_reads_back_or_is_refused(subject in "[a-zå\\r\\n:=?@,; <>\"\\t\u{2028}\u{85}]{0,120}") {
        let mut fuzzed = mail(7);
        fuzzed.rendered.subject.clone_from(&subject);
        if let Ok(bytes) = formatted(&fuzzed) {
            prop_assert_eq!(header_names(&bytes), HEADERS);
        } else {
            prop_assert!(subject.chars().any(char::is_control));
        }
    }
}

#[test]
fn a_mail_becomes_one_file_however_often_it_is_sent_and_reads_back() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("data/mail");
    assert_eq!(list(&place, 9).unwrap(), [], "before the first mail");
    let mailer = FileMailer::new(sender(), place.clone());
    for number in [7, 7, 9, 8] {
        let mut mail = mail(number);
        mail.at += TimeDelta::minutes(i64::try_from(number).unwrap());
        mailer.send(&mail).unwrap();
    }
    let names: Vec<_> = fs::read_dir(&place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let numbers = |limit| -> Vec<u128> {
        list(&place, limit)
            .unwrap()
            .iter()
            .map(|mail| mail.id.as_u128())
            .collect()
    };
    assert_eq!(numbers(9), [9, 8, 7], "newest first");
    assert_eq!(numbers(1), [9]);

    let read_back = read(&place, Uuid::from_u128(7)).unwrap().unwrap();
    assert_eq!(read_back.mail.to, "anna@kund.example");
    assert_eq!(read_back.mail.subject, mail(7).rendered.subject);
    assert_eq!(read_back.mail.at, Some(mail(7).at + TimeDelta::minutes(7)));
    assert!(read_back.text.contains("12345678") && read_back.html.contains("<strong>12345678</strong>"));
    assert_eq!(read(&place, Uuid::from_u128(1)).unwrap(), None);
}

#[test]
fn files_are_for_the_service_alone_and_strangers_are_not_listed() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("mail");
    FileMailer::new(sender(), place.clone()).send(&mail(7)).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place), 0o700);
    assert_eq!(
        mode(&place.join("00000000-0000-0000-0000-000000000007.eml")),
        0o600
    );
    fs::write(place.join("notes.eml"), "x").unwrap();
    fs::write(place.join("00000000-0000-0000-0000-000000000008.new"), "half").unwrap();
    assert_eq!(list(&place, 9).unwrap().len(), 1);
}

#[test]
fn a_place_that_cannot_be_written_is_tried_again_later() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mail");
    fs::write(&file, "a file where a directory should be").unwrap();
    let refused = FileMailer::new(sender(), file).send(&mail(7));
    assert_eq!(refused, Err(MailError::Later("file_unwritable".to_owned())));
}

#[rstest]
#[case("smtp://127.0.0.1:25", true)]
#[case("smtp://user:p%40ss@mail.host.example:587?tls=required", true)]
#[case("smtps://mail.host.example", true)]
#[case("http://mail.host.example", false)]
#[case("smtp://mail.host.example?tls=maybe", false)]
#[case("mail.host.example", false)]
fn an_address_of_a_server_is_one_of_these(#[case] url: &str, #[case] fits: bool) {
    assert_eq!(SmtpMailer::new(sender(), url, None, 1).is_ok(), fits);
}

#[rstest]
#[case("")]
#[case("no certificate")]
#[case("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
#[case("-----BEGIN CERTIFICATE-----\n!\n")]
fn authorities_that_are_none_are_refused(#[case] pem: &str) {
    let made = SmtpMailer::new(sender(), "smtps://mail.host.example", Some(pem.as_bytes()), 1);
    assert_eq!(made.err(), Some(SmtpSetupError::Authority));
}
