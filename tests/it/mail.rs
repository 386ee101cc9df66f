//! Mail to a real server, which accepts, defers, refuses, or is cut off.

use std::net::TcpListener;
use std::sync::Barrier;
use std::thread;

use chrono::{TimeZone, Utc};
use dataratt::adapters::mail::{Sender, SmtpMailer};
use dataratt::services::ports::{MailError, Mailer, OutgoingMail, RenderedMail};
use rstest::rstest;
use uuid::Uuid;

use crate::support::fixtures::{eventually, free_port};
use crate::support::smtp::{Failure, Sink};

fn sender() -> Sender {
    Sender::new("Värdbolaget", "integritet@host.example").unwrap()
}

fn mailer(url: &str) -> SmtpMailer {
    SmtpMailer::new(sender(), url, None, 4).unwrap()
}

fn mail(number: u128) -> OutgoingMail {
    OutgoingMail {
        id: Uuid::from_u128(number),
        to: "anna@kund.example".to_owned(),
        rendered: RenderedMail {
            subject: "Din begäran".to_owned(),
            text: "Kod:\n\n12345678\n\n.en punkt först\n".to_owned(),
            html: "<p>åäö</p>".to_owned(),
        },
        at: Utc.with_ymd_and_hms(2026, 11, 21, 9, 30, 0).unwrap(),
    }
}

fn later(code: &str) -> Result<(), MailError> {
    Err(MailError::Later(code.to_owned()))
}

fn never(code: &str) -> Result<(), MailError> {
    Err(MailError::Never(code.to_owned()))
}

#[test]
fn a_mail_arrives_whole_and_once() {
    let sink = Sink::start();
    mailer(&sink.url()).send(&mail(7)).unwrap();
    assert_eq!(sink.count(), 1);
    let arrived = sink.wait_for_mail_to("anna@kund.example");
    assert_eq!(
        (arrived.from.as_str(), arrived.to.len()),
        ("integritet@host.example", 1)
    );
    assert_eq!(arrived.subject(), "Din begäran");
    assert_eq!(arrived.code(), "12345678");
    assert!(arrived.text().contains("\n.en punkt först") || arrived.text().contains("\r\n.en punkt först"));
    assert_eq!(arrived.html().trim(), "<p>åäö</p>");
    let id = "00000000-0000-0000-0000-000000000007@host.example";
    assert_eq!(arrived.header("Message-ID").as_deref(), Some(id));
    assert_eq!(
        arrived.header("Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    assert!(!arrived.authenticated);
}

#[test]
fn an_address_beyond_ascii_arrives() {
    let sink = Sink::start();
    let to = OutgoingMail {
        to: "åsa@räksmörgås.example".to_owned(),
        ..mail(7)
    };
    mailer(&sink.url()).send(&to).unwrap();
    assert_eq!(sink.mails_to("åsa@räksmörgås.example").len(), 1);
}

#[test]
fn a_login_in_the_address_is_used() {
    let sink = Sink::start();
    let url = sink.url().replace("smtp://", "smtp://anna:p%40ss@");
    mailer(&url).send(&mail(7)).unwrap();
    assert!(sink.wait_for_mail_to("anna@kund.example").authenticated);
}

#[rstest]
#[case::try_again(Failure::Code(451), later("smtp_451"))]
#[case::full(Failure::Code(452), later("smtp_452"))]
#[case::going_down(Failure::Code(421), later("smtp_421"))]
#[case::no_such_mailbox(Failure::Code(550), never("smtp_550"))]
#[case::too_large(Failure::Code(552), never("smtp_552"))]
#[case::spam(Failure::Code(554), never("smtp_554"))]
#[case::not_logged_in(Failure::Code(530), later("smtp_530"))]
#[case::cut_off(Failure::Drop, later("smtp_cut_off"))]
fn a_failure_after_the_contents_is_told_by_its_code_and_the_next_attempt_works(
    #[case] failure: Failure,
    #[case] expected: Result<(), MailError>,
) {
    let sink = Sink::start();
    let mailer = mailer(&sink.url());
    sink.fail_next(failure);
    assert_eq!(mailer.send(&mail(7)), expected);
    assert_eq!(sink.count(), 0);
    mailer.send(&mail(7)).unwrap();
    assert_eq!(sink.count(), 1);
}

#[rstest]
#[case::try_again(Failure::Code(450), later("smtp_450"))]
#[case::no_such_mailbox(Failure::Code(550), never("smtp_550"))]
#[case::cut_off(Failure::Drop, later("smtp_cut_off"))]
fn a_failure_at_the_address_concerns_that_address_alone(
    #[case] failure: Failure,
    #[case] expected: Result<(), MailError>,
) {
    let sink = Sink::start();
    let mailer = mailer(&sink.url());
    sink.fail_address("anna@kund.example", failure);
    assert_eq!(mailer.send(&mail(7)), expected);
    let other = OutgoingMail {
        to: "eva@kund.example".to_owned(),
        ..mail(8)
    };
    mailer.send(&other).unwrap();
    assert_eq!(sink.mails_to("eva@kund.example").len(), 1);
}

#[test]
fn after_a_lost_reply_the_mail_comes_twice_under_one_message_id() {
    let sink = Sink::start();
    let mailer = mailer(&sink.url());
    sink.fail_next(Failure::LoseReply);
    assert_eq!(mailer.send(&mail(7)), later("smtp_cut_off"));
    mailer.send(&mail(7)).unwrap();
    let mails = sink.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].raw, mails[1].raw, "byte for byte the same");
}

#[test]
fn a_server_that_is_away_is_waited_for() {
    let port = free_port();
    let mailer = mailer(&format!("smtp://127.0.0.1:{port}"));
    assert_eq!(mailer.send(&mail(7)), later("smtp_unreachable"));
    let sink = Sink::start_on(port);
    mailer.send(&mail(7)).unwrap();
    assert_eq!(sink.count(), 1);
}

#[test]
fn a_connection_that_the_server_closed_meanwhile_is_opened_anew() {
    let sink = Sink::start();
    let mailer = mailer(&sink.url());
    mailer.send(&mail(7)).unwrap();
    let port = sink.port();
    drop(sink);
    eventually("the port is free again", || {
        TcpListener::bind(("127.0.0.1", port)).ok()
    });
    let sink = Sink::start_on(port);
    mailer.send(&mail(8)).unwrap();
    assert_eq!(sink.count(), 1);
}

#[test]
fn a_server_without_encryption_gets_nothing_when_that_is_required() {
    let sink = Sink::start();
    let mailer = mailer(&format!("{}?tls=required", sink.url()));
    assert_eq!(mailer.send(&mail(7)), later("smtp_unsupported"));
    assert_eq!(sink.count(), 0);
}

#[test]
fn many_at_once_share_few_connections() {
    const THREADS: u128 = 8;
    let sink = Sink::start();
    let (mailer, barrier) = (mailer(&sink.url()), Barrier::new(8));
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (mailer, barrier) = (&mailer, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for turn in 0..5 {
                    mailer.send(&mail(number * 100 + turn)).unwrap();
                }
            });
        }
    });
    assert_eq!(sink.count(), 40);
    // More than the pool keeps may be open for a moment, but not one a mail.
    assert!(sink.sessions() <= 20, "{} sessions", sink.sessions());
}

#[test]
fn errors_never_tell_the_address() {
    let sink = Sink::start();
    sink.fail_address("anna@kund.example", Failure::Code(550));
    let error = mailer(&sink.url()).send(&mail(7)).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("anna"));
}
