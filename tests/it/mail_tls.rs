//! Mail to servers that encrypt and ask who sends: nothing goes to one that does not prove who it is.

use dataratt::adapters::mail::{Sender, SmtpMailer};
use dataratt::services::ports::{MailError, Mailer, OutgoingMail, RenderedMail};
use rstest::rstest;
use uuid::Uuid;

use crate::support::smtp::{Encryption, Manner, Sink};
use crate::support::smtp_tls::{Authority, Certificate};

const TO: &str = "anna@kund.example";
const ALL: &[&str] = &["PLAIN", "LOGIN"];

/// How the service is told to encrypt.
#[derive(Clone, Copy)]
enum Told {
    StartTls,
    Smtps,
}

impl Told {
    /// A server that does as the service is told to expect.
    fn server(self, certificate: Certificate) -> Encryption {
        match self {
            Self::StartTls => Encryption::OnRequest(certificate),
            Self::Smtps => Encryption::FromTheStart(certificate),
        }
    }

    fn url(self, sink: &Sink, login: &str) -> String {
        let server = format!("{login}127.0.0.1:{}", sink.port());
        match self {
            Self::StartTls => format!("smtp://{server}?tls=required"),
            Self::Smtps => format!("smtps://{server}"),
        }
    }
}

fn send(url: &str, trusted: Option<&Authority>) -> Result<(), MailError> {
    let sender = Sender::new("Värdbolaget", "integritet@host.example").unwrap();
    let mail = OutgoingMail {
        id: Uuid::from_u128(7),
        to: TO.to_owned(),
        rendered: RenderedMail {
            subject: "Din begäran".to_owned(),
            text: "Kod:\n\n12345678\n".to_owned(),
            html: "<p>åäö</p>".to_owned(),
        },
        at: "2026-11-21T09:30:00Z".parse().unwrap(),
    };
    let mailer = SmtpMailer::new(sender, url, trusted.map(Authority::pem), 4).unwrap();
    mailer.send(&mail)
}

fn later(code: &str) -> Result<(), MailError> {
    Err(MailError::Later(code.to_owned()))
}

fn encrypting(encryption: Encryption) -> Sink {
    Sink::start_with(Manner {
        encryption,
        ..Manner::default()
    })
}

#[rstest]
#[case::starttls_plain(Told::StartTls, &["PLAIN"])]
#[case::starttls_login(Told::StartTls, &["LOGIN"])]
#[case::starttls_either(Told::StartTls, ALL)]
#[case::tls_plain(Told::Smtps, &["PLAIN"])]
#[case::tls_login(Told::Smtps, &["LOGIN"])]
fn a_mail_leaves_encrypted_and_logged_in(#[case] told: Told, #[case] mechanisms: &'static [&'static str]) {
    let authority = Authority::new();
    let sink = Sink::start_with(Manner {
        encryption: told.server(authority.certify("127.0.0.1")),
        mechanisms,
        login: Some(("värd@host.example", "p@ss:ord/å")),
    });
    let url = told.url(&sink, "v%C3%A4rd%40host.example:p%40ss%3Aord%2F%C3%A5@");
    send(&url, Some(&authority)).unwrap();
    let mail = sink.wait_for_mail_to(TO);
    assert!(mail.encrypted && mail.authenticated);
    let clear: &[&str] = match told {
        Told::StartTls => &["EHLO", "STARTTLS"],
        Told::Smtps => &[],
    };
    assert_eq!(sink.heard_in_clear(), clear);
}

#[rstest]
fn a_wrong_password_is_a_matter_of_settings_and_sends_nothing(
    #[values(Told::StartTls, Told::Smtps)] told: Told,
) {
    let authority = Authority::new();
    let sink = Sink::start_with(Manner {
        encryption: told.server(authority.certify("127.0.0.1")),
        login: Some(("host", "right")),
        ..Manner::default()
    });
    let refused = send(&told.url(&sink, "host:wrong@"), Some(&authority));
    assert_eq!((refused, sink.count()), (later("smtp_535"), 0));
    let refused = send(&told.url(&sink, ""), Some(&authority));
    assert_eq!((refused, sink.count()), (later("smtp_530"), 0));
}

#[rstest]
fn a_server_that_cannot_prove_who_it_is_gets_nothing(#[values(Told::StartTls, Told::Smtps)] told: Told) {
    let (trusted, other) = (Authority::new(), Authority::new());
    let doubtful = [
        (other.certify("127.0.0.1"), Some(&trusted)),
        (trusted.certify("127.0.0.1"), None),
        (trusted.certify("mail.elsewhere.example"), Some(&trusted)),
        (trusted.certify_until("127.0.0.1", 2021), Some(&trusted)),
    ];
    for (number, (certificate, trusting)) in doubtful.into_iter().enumerate() {
        let sink = encrypting(told.server(certificate));
        let refused = send(&told.url(&sink, "host:secret@"), trusting);
        assert_eq!(refused, later("smtp_tls"), "{number}");
        let said = sink.heard_in_clear();
        assert!(
            said.iter().all(|verb| verb == "EHLO" || verb == "STARTTLS"),
            "{number}: {said:?}"
        );
        assert_eq!(sink.count(), 0, "{number}");
    }
}

#[test]
fn a_server_that_does_not_offer_encryption_hears_neither_password_nor_mail() {
    let (sink, authority) = (Sink::start(), Authority::new());
    let url = Told::StartTls.url(&sink, "host:secret@");
    for trusted in [None, Some(&authority)] {
        assert_eq!(send(&url, trusted), later("smtp_unsupported"));
    }
    let said = sink.heard_in_clear();
    assert!(
        !said.iter().any(|verb| verb == "AUTH" || verb == "MAIL"),
        "{said:?}"
    );
    assert_eq!(sink.count(), 0);
}

#[test]
fn trusting_an_authority_changes_nothing_for_a_server_without_encryption() {
    let (sink, authority) = (Sink::start(), Authority::new());
    send(&sink.url(), Some(&authority)).unwrap();
    send(&format!("{}?tls=opportunistic", sink.url()), Some(&authority)).unwrap();
    assert!(sink.mails().iter().all(|mail| !mail.encrypted));
    let sink = encrypting(Encryption::OnRequest(authority.certify("127.0.0.1")));
    send(&format!("{}?tls=opportunistic", sink.url()), Some(&authority)).unwrap();
    assert!(sink.wait_for_mail_to(TO).encrypted);
}
