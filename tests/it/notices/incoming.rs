//! Mail that comes back: bounces, receipts of machines, and what people write.

use std::io::Write as _;
use std::process::{Command, Stdio};

use chrono::TimeDelta;
use dataratt::adapters::mail::read_incoming;
use dataratt::domain::notice::{Answer, Outcome};
use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;
use dataratt::services::incoming::{Taken, take_in};
use dataratt::services::{notices, overview};
use dataratt::{domain, store};

use super::told::{other_of, row, told, world};
use crate::support::mail::Mail;
use crate::support::world::World;

/// The Message-ID of a mail of ours, with its angle brackets.
fn id_of(mail: &Mail) -> String {
    format!("<{}>", mail.message().message_id().unwrap())
}

/// A bounce as Postfix writes it: the whole mail returned.
fn bounce(mail: &Mail, status: &str, action: &str) -> Vec<u8> {
    let returned = String::from_utf8(mail.raw.clone()).unwrap();
    let text = format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.recipient.example (Mail Delivery System)\nTo: {}\n\
         Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b0/mx\"\n\n\
         --b0/mx\nContent-Type: text/plain; charset=us-ascii\n\nI'm sorry to have to inform you that your message could not\n\
         be delivered.\n\n--b0/mx\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.recipient.example\n\n\
         Final-Recipient: rfc822; {}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n\n\
         --b0/mx\nContent-Type: message/rfc822\n\n{returned}\n--b0/mx--\n",
        mail.from, mail.to[0],
    );
    text.into_bytes()
}

/// The same as Exchange and Exim write it: the headers alone, and to the plain address.
fn bounce_with_headers(mail: &Mail) -> Vec<u8> {
    let text = format!(
        "Return-Path: <>\nFrom: postmaster@mx.recipient.example\nTo: integritet@host.example\nSubject: Undeliverable\n\
         MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n\n\
         --x\nContent-Type: text/plain\n\nNo such mailbox.\n\n--x\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns;mx.recipient.example\n\nFinal-recipient: RFC822;a@b.example\nAction: Failed\nStatus: 5.1.10\n\n\
         --x\nContent-Type: text/rfc822-headers\n\nMessage-ID: {}\nSubject: x\n\n--x--\n",
        id_of(mail),
    );
    text.into_bytes()
}

/// What somebody or something answers to a mail.
fn answer(mail: &Mail, headers: &str, text: &str) -> Vec<u8> {
    let id = id_of(mail);
    format!(
        "Return-Path: <kim@recipient.example>\nFrom: Kim <kim@recipient.example>\nTo: integritet@host.example\n\
         Subject: Re: Notice\nIn-Reply-To: {id}\nReferences: {id}\n{headers}MIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n",
    )
    .into_bytes()
}

fn taken(world: &World, bytes: &[u8]) -> Taken {
    let taken = take_in(world, &read_incoming(bytes, None)).unwrap();
    world.work();
    taken
}

#[test]
fn a_mail_says_in_its_return_path_which_it_is() {
    let world = world();
    let (_, _, it) = told(&world);
    let mail = &world.sink.mails_to(&it.address)[0];
    let id = uuid::Uuid::try_parse(mail.message().message_id().unwrap().split('@').next().unwrap()).unwrap();
    assert_eq!(mail.from, format!("bounces+{}@host.example", id.simple()));
    let nothing_else = b"From: a@b.example\nSubject: x\n\nHello\n";
    let read = read_incoming(nothing_else, Some(&mail.from));
    assert_eq!(read.about, [domain::ids::MailId(id)]);
}

#[test]
fn a_bounce_sends_the_notice_to_the_other_address_once() {
    let world = world();
    let (case, _, it) = told(&world);
    assert_eq!(row(&world, &case, &it).state, "sent");
    let first = world.sink.mails_to(&it.address).remove(0);
    for expected in [Taken::Bounce, Taken::Nothing] {
        assert_eq!(taken(&world, &bounce(&first, "5.1.1", "failed")), expected);
        assert_eq!(world.sink.mails_to(&other_of(&it.id)).len(), 1);
        assert_eq!(row(&world, &case, &it).state, "sent");
    }
    // The other address takes none either: staff must look.
    let second = world.sink.mails_to(&other_of(&it.id)).remove(0);
    assert_eq!(taken(&world, &bounce_with_headers(&second)), Taken::Bounce);
    assert_eq!(row(&world, &case, &it).state, "bounced");
    let attention = world.find(&case.reference).attention;
    assert_eq!(attention.as_deref(), Some("notice_undeliverable"));
}

#[test]
fn the_bounce_of_a_mail_that_another_has_followed_changes_nothing() {
    let world = world();
    let (case, _, it) = told(&world);
    world.advance(TimeDelta::days(8));
    notices::follow_up(&world).unwrap();
    world.work();
    let mails = world.sink.mails_to(&it.address);
    assert_eq!(mails.len(), 2, "the notice and a reminder");
    assert_eq!(
        taken(&world, &bounce(&mails[0], "5.1.1", "failed")),
        Taken::Bounce
    );
    assert_eq!(
        row(&world, &case, &it).state,
        "sent",
        "the reminder has not come back"
    );
}

#[test]
fn what_machines_write_is_never_an_answer() {
    let world = world();
    let (case, agent, it) = told(&world);
    let mail = world.sink.mails_to(&it.address).remove(0);
    let machines = [
        bounce(&mail, "4.4.1", "delayed"),
        bounce(&mail, "2.0.0", "delivered"),
        answer(&mail, "Auto-Submitted: auto-replied\n", "I am away until Monday."),
        answer(
            &mail,
            "Auto-Submitted: auto-generated\n",
            "Ticket 4711 was opened.",
        ),
        answer(
            &mail,
            "X-Autoreply: yes\n",
            "Thanks! We have received your message.",
        ),
        answer(
            &mail,
            "Precedence: bulk\n",
            "Thanks! We have received your message.",
        ),
    ];
    for machine in machines {
        let wrote = String::from_utf8_lossy(&machine).into_owned();
        assert_eq!(taken(&world, &machine), Taken::Nothing, "{wrote}");
    }
    assert_eq!(
        taken(&world, b"From: a@b.example\nSubject: Buy\n\nBuy this\n"),
        Taken::Stranger
    );
    assert_eq!(row(&world, &case, &it).state, "sent");
    let seen = overview::staff_case(&world, &agent, &case.reference).unwrap();
    assert!(
        seen.messages
            .iter()
            .all(|message| message.kind != "from_recipient")
    );
}

#[test]
fn what_a_person_at_a_recipient_writes_is_for_staff_to_turn_into_an_answer() {
    let world = world();
    let (case, agent, it) = told(&world);
    let mail = world.sink.mails_to(&it.address).remove(0);
    let text = "Hej! Vi har tagit bort allt i går. Åsa\n\n> Who: ADMAX AB\n> the code 12345678";
    assert_eq!(taken(&world, &answer(&mail, "", text)), Taken::Reply);
    assert_eq!(
        row(&world, &case, &it).state,
        "sent",
        "a mail is no answer by itself"
    );
    let seen = overview::staff_case(&world, &agent, &case.reference).unwrap();
    let said = seen
        .messages
        .iter()
        .find(|message| message.kind == "from_recipient")
        .unwrap();
    assert!(
        said.text.contains("Vi har tagit bort allt i går. Åsa"),
        "{}",
        said.text
    );
    assert!(
        !said.text.contains("12345678"),
        "what it quotes is left out: {}",
        said.text
    );
    assert_eq!(seen.case.attention.as_deref(), Some("recipient_wrote"));
}

#[test]
fn what_the_person_answers_by_mail_is_a_message_from_them() {
    let world = world();
    let person = &world.host.people()[0];
    let case = world.asks("access", person);
    let mail = world.sink.mails_to(person.email.as_deref().unwrap()).remove(0);
    assert_eq!(
        taken(&world, &answer(&mail, "", "Glöm inte mitt gamla konto.")),
        Taken::Reply
    );
    let agent = world.staff(Role::Agent);
    let seen = overview::staff_case(&world, &agent, &case.reference).unwrap();
    assert!(
        seen.messages
            .iter()
            .any(|said| said.kind == "from_person" && said.text.contains("gamla konto"))
    );
    assert!(world.find(&case.reference).message_waits);
}

#[test]
fn a_bounced_mail_to_the_person_is_raised_with_staff() {
    let world = world();
    let (agent, person) = (world.staff(Role::Agent), &world.host.people()[0]);
    let case = world.asks("access", person);
    let message = Action::Message {
        text: "Vi återkommer.".into(),
    };
    world.act(&agent, &case.reference, &message).unwrap();
    world.work();
    let mail = world
        .sink
        .mails_to(person.email.as_deref().unwrap())
        .pop()
        .unwrap();
    assert_eq!(taken(&world, &bounce(&mail, "5.2.2", "failed")), Taken::Bounce);
    let attention = world.find(&case.reference).attention;
    assert_eq!(attention.as_deref(), Some("mail_undeliverable"));
    let mails = store::mails::list_by_case(&mut world.store.get().unwrap(), case.id).unwrap();
    assert!(
        mails
            .iter()
            .any(|mail| mail.failure.as_deref() == Some("bounced"))
    );
}

#[test]
fn the_bounce_of_a_reminder_that_crossed_the_answer_asks_nothing_of_staff() {
    let world = world();
    let (case, agent, it) = told(&world);
    let mail = world.sink.mails_to(&it.address).remove(0);
    let done = Answer {
        outcome: Outcome::Erased,
        ground: None,
        statute: None,
        backups_until: None,
    };
    let version = world.find(&case.reference).version;
    notices::answer_for_recipient(&world, &agent, case.id, version, &it.id, (&done, None)).unwrap();
    assert_eq!(taken(&world, &bounce(&mail, "5.1.1", "failed")), Taken::Bounce);
    assert_eq!(row(&world, &case, &it).state, "answered");
    assert_eq!(world.find(&case.reference).attention, None);
    assert_eq!(world.sink.mails_to(&other_of(&it.id)), []);
}

/// Without a database or right settings the mail server is told to keep the mail.
#[rstest::rstest]
#[case::no_database("postgresql://nobody@127.0.0.1:1/none")]
#[case::wrong_settings("no address")]
fn the_command_asks_for_the_mail_again_when_it_cannot_take_it_in(#[case] database: &str) {
    let place = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_dataratt"))
        .args(["mail", "in"])
        .current_dir(place.path())
        .env("DATARATT_DATABASE__URL", database)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"Subject: x\n\nx\n").ok();
    assert_eq!(child.wait().unwrap().code(), Some(75));
}
