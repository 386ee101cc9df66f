//! The mail server of the tests, tested with the client that the service uses.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::thread;

use lettre::Transport;
use lettre::message::{Message, MultiPart};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::{Error, SmtpTransport};

use super::smtp::{Failure, Sink};

fn client(sink: &Sink) -> SmtpTransport {
    SmtpTransport::builder_dangerous("127.0.0.1")
        .port(sink.port())
        .build()
}

fn message(to: &str, text: &str) -> Message {
    let mail = Message::builder()
        .from("dataratt@host.example".parse().unwrap())
        .to(to.parse().unwrap());
    mail.subject("Begäran om radering").body(text.to_owned()).unwrap()
}

fn send(sink: &Sink, to: &str) -> Result<(), Error> {
    client(sink).send(&message(to, "Hej")).map(|_| ())
}

#[test]
fn a_sent_mail_is_kept_with_envelope_and_parts() {
    let sink = Sink::start();
    let parts = MultiPart::alternative_plain_html("Kod:\n\n12345678\n".to_owned(), "<p>Kod</p>".to_owned());
    let mail = Message::builder()
        .from("Dataratt <dataratt@host.example>".parse().unwrap())
        .to("kund@host.example".parse().unwrap())
        .subject("Begäran om radering")
        .multipart(parts)
        .unwrap();
    client(&sink).send(&mail).unwrap();
    let kept = sink.wait_for_mail_to("KUND@host.example");
    assert_eq!((kept.from.as_str(), kept.to.len()), ("dataratt@host.example", 1));
    assert_eq!(kept.subject(), "Begäran om radering");
    assert_eq!(
        (kept.code().as_str(), kept.html().trim()),
        ("12345678", "<p>Kod</p>")
    );
    assert!(!kept.authenticated);
    assert_eq!((sink.count(), sink.sessions()), (1, 1));
}

#[test]
fn lines_that_begin_with_a_dot_arrive_as_written() {
    let sink = Sink::start();
    let text = ".\r\n..två\r\n.slut\r\n";
    client(&sink).send(&message("kund@host.example", text)).unwrap();
    assert_eq!(sink.wait_for(|_| true).text(), text);
}

#[test]
fn a_failure_is_told_once_and_keeps_nothing() {
    let sink = Sink::start();
    for failure in [Failure::Code(451), Failure::Code(550), Failure::Drop] {
        sink.fail_next(failure);
    }
    let again = send(&sink, "kund@host.example").unwrap_err();
    let never = send(&sink, "kund@host.example").unwrap_err();
    let gone = send(&sink, "kund@host.example").unwrap_err();
    assert!(
        again.is_transient() && never.is_permanent(),
        "{again:?}, {never:?}"
    );
    assert!(!gone.is_permanent() && gone.status().is_none(), "{gone:?}");
    sink.wait_for_refusals(3);
    assert_eq!(sink.count(), 0);
    send(&sink, "kund@host.example").unwrap();
    assert_eq!(sink.count(), 1);
}

#[test]
fn a_lost_reply_keeps_a_mail_that_the_client_believes_failed() {
    let sink = Sink::start();
    sink.fail_next(Failure::LoseReply);
    send(&sink, "kund@host.example").unwrap_err();
    assert_eq!(sink.count(), 1);
}

#[test]
fn an_address_fails_until_healed_and_alone() {
    let sink = Sink::start();
    sink.fail_address("Trasig@host.example", Failure::Code(550));
    for _ in 0..2 {
        assert!(send(&sink, "trasig@host.example").unwrap_err().is_permanent());
    }
    send(&sink, "hel@host.example").unwrap();
    sink.heal();
    send(&sink, "trasig@host.example").unwrap();
    assert_eq!((sink.count(), sink.refused()), (2, 2));
}

#[test]
fn any_login_is_let_in() {
    let sink = Sink::start();
    for (count, mechanism) in [Mechanism::Plain, Mechanism::Login].into_iter().enumerate() {
        let login = Credentials::new("host".to_owned(), "hemligt".to_owned());
        let client = SmtpTransport::builder_dangerous("127.0.0.1")
            .port(sink.port())
            .credentials(login);
        let client = client.authentication(vec![mechanism]).build();
        client.send(&message("kund@host.example", "Hej")).unwrap();
        assert!(sink.wait_for_after(count, |_| true).authenticated);
    }
}

#[test]
fn many_clients_at_once_lose_nothing() {
    let sink = Sink::start();
    thread::scope(|scope| {
        for client_no in 0..8 {
            let client = client(&sink);
            scope.spawn(move || {
                for mail_no in 0..5 {
                    let to = format!("kund-{client_no}-{mail_no}@host.example");
                    client.send(&message(&to, "Hej")).unwrap();
                }
            });
        }
        sink.wait_for_count(40);
    });
    let to: BTreeSet<String> = sink.mails().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(to.len(), 40);
    assert_eq!(sink.mails_to("kund-7-4@host.example").len(), 1);
    sink.clear();
    assert_eq!(sink.count(), 0);
}

#[test]
fn commands_sent_in_one_go_are_answered_in_order() {
    let sink = Sink::start();
    let mut stream = TcpStream::connect(("127.0.0.1", sink.port())).unwrap();
    let talk = concat!(
        "EHLO a.example\r\nMAIL FROM:<> SIZE=10 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<å@host.example>\r\nDATA\r\n",
        "Subject: x\r\n\r\nhej\r\n.\r\nDATA\r\nMAIL FROM:<a@b.example> SIZE=99999999999\r\nHELP\r\nQUIT\r\n",
    );
    stream.write_all(talk.as_bytes()).unwrap();
    let lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let codes: Vec<String> = lines
        .filter(|line| line.as_bytes()[3] == b' ')
        .map(|line| line[..3].into())
        .collect();
    assert_eq!(
        codes,
        [
            "220", "250", "250", "250", "354", "250", "503", "552", "502", "221"
        ]
    );
    assert_eq!(sink.mails()[0].to, ["å@host.example"]);
}

#[test]
fn a_stopped_server_refuses_and_its_port_serves_again() {
    let sink = Sink::start();
    let port = sink.port();
    let client = client(&sink);
    client.send(&message("kund@host.example", "Hej")).unwrap();
    drop(sink);
    client.send(&message("kund@host.example", "Hej")).unwrap_err();
    let sink = super::fixtures::eventually("the port to be free", || {
        std::panic::catch_unwind(|| Sink::start_on(port)).ok()
    });
    client.send(&message("kund@host.example", "Hej")).unwrap();
    assert_eq!(sink.count(), 1);
}

#[test]
#[should_panic(expected = "Begäran om radering to kund@host.example")]
fn a_mail_that_never_comes_fails_with_what_came() {
    let sink = Sink::start();
    send(&sink, "kund@host.example").unwrap();
    let never = sink.wait(std::time::Duration::from_millis(20), |_| None::<()>);
    panic!("{:?}", never.unwrap_err());
}
