//! The outbox: a mail and its job together, emptied once sent, kept while it is not.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use dataratt::domain::ids::{CaseId, MailId};
use dataratt::domain::language::Language;
use dataratt::store::mails::{self, Mail, MailState, NewMail, SEND_MAIL};
use dataratt::store::{Conn, Error, jobs};
use serde_json::json;
use uuid::Uuid;

use super::bare_case;
use crate::support::database::{Database, database};

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn id(number: u128) -> MailId {
    MailId(Uuid::from_u128(number))
}

fn enqueue(conn: &mut Conn, number: u128, case: Option<CaseId>) -> MailId {
    let mail = NewMail {
        id: id(number),
        case,
        notice: None,
        template: "code",
        language: Language::En,
        sealed: vec![1, 2, 3],
    };
    mails::enqueue(conn, mail, noon()).unwrap();
    id(number)
}

fn waiting_jobs(database: &Database) -> i64 {
    database.count("SELECT count(*) FROM jobs WHERE state = 'ready'")
}

#[test]
fn a_mail_is_written_with_the_job_that_sends_it() {
    let database = database();
    let case = bare_case(&database);
    let mut conn = database.store().get().unwrap();
    let mail = enqueue(&mut conn, 5, Some(case));
    let lease = Uuid::from_u128(1);
    let held = jobs::claim(
        &mut conn,
        &[SEND_MAIL],
        9,
        lease,
        noon(),
        std::time::Duration::ZERO,
    )
    .unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(
        (&held[0].payload, held[0].case),
        (
            &json!({"mail": "00000000-0000-0000-0000-000000000005"}),
            Some(case)
        )
    );
    let expected = Mail {
        id: mail,
        case: Some(case),
        notice: None,
        template: "code".to_owned(),
        language: Language::En,
        sealed: Some(vec![1, 2, 3]),
        state: MailState::Queued,
        queued_at: noon(),
        sent_at: None,
        attempts: 0,
        failure: None,
    };
    assert_eq!(mails::find(&mut conn, mail).unwrap(), expected);
}

#[test]
fn neither_mail_nor_job_outlives_a_transaction_that_fails() {
    let database = database();
    let undone: Result<(), Error> = database.store().transaction(|conn| {
        enqueue(conn, 5, None);
        Err(Error::Stale)
    });
    assert!(undone.is_err());
    assert_eq!(database.count("SELECT count(*) FROM mails"), 0);
    assert_eq!(waiting_jobs(&database), 0);
}

#[test]
fn a_sent_mail_is_empty_and_sending_it_again_changes_nothing() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    let mail = enqueue(&mut conn, 5, None);
    mails::mark_deferred(&mut conn, mail, "smtp_451").unwrap();
    let at = noon() + TimeDelta::seconds(3);
    mails::mark_sent(&mut conn, mail, at).unwrap();
    let sent = mails::find(&mut conn, mail).unwrap();
    assert_eq!(
        (sent.state, sent.sent_at, sent.attempts),
        (MailState::Sent, Some(at), 2)
    );
    assert_eq!((&sent.sealed, &sent.failure), (&None, &None));
    mails::mark_sent(&mut conn, mail, at + TimeDelta::days(1)).unwrap();
    assert_eq!(mails::find(&mut conn, mail).unwrap(), sent);
    assert!(matches!(
        mails::mark_failed(&mut conn, mail, "late"),
        Err(Error::NotFound)
    ));
}

#[test]
fn a_refused_mail_keeps_its_contents_and_can_be_queued_again() {
    let database = database();
    let case = bare_case(&database);
    let mut conn = database.store().get().unwrap();
    let refused = enqueue(&mut conn, 5, Some(case));
    let fine = enqueue(&mut conn, 6, Some(case));
    mails::mark_failed(&mut conn, refused, "smtp_550").unwrap();
    mails::mark_sent(&mut conn, fine, noon()).unwrap();
    let failed = mails::find(&mut conn, refused).unwrap();
    assert_eq!(
        (failed.state, failed.failure.as_deref()),
        (MailState::Failed, Some("smtp_550"))
    );
    assert!(failed.sealed.is_some());

    let before = waiting_jobs(&database);
    assert_eq!(mails::requeue_failed(&mut conn, case, noon()).unwrap(), 1);
    assert_eq!(mails::requeue_failed(&mut conn, case, noon()).unwrap(), 0);
    assert_eq!(waiting_jobs(&database), before + 1);
    assert_eq!(mails::find(&mut conn, refused).unwrap().state, MailState::Queued);
}

#[test]
fn a_case_lists_its_mails_oldest_first_and_no_others() {
    let database = database();
    let case = bare_case(&database);
    let mut conn = database.store().get().unwrap();
    let mine = [
        enqueue(&mut conn, 7, Some(case)),
        enqueue(&mut conn, 8, Some(case)),
    ];
    enqueue(&mut conn, 1, None);
    let listed = mails::list_by_case(&mut conn, case).unwrap();
    assert_eq!(listed.iter().map(|mail| mail.id).collect::<Vec<_>>(), mine);
}

#[test]
fn what_is_not_there_is_not_found() {
    let database = database();
    let mut conn = database.store().get().unwrap();
    assert!(matches!(mails::find(&mut conn, id(1)), Err(Error::NotFound)));
    assert!(matches!(
        mails::mark_sent(&mut conn, id(1), noon()),
        Err(Error::NotFound)
    ));
    assert!(matches!(
        mails::mark_deferred(&mut conn, id(1), "x"),
        Err(Error::NotFound)
    ));
}
