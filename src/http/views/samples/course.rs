//! What happened on a case's way.

use super::super::customer::{AskedItem, Download, PersonCourse};
use super::super::staff::{
    AskedRow, CourseView, HeldView, IncidentRow, IncidentsPage, LetterPage, LetterRow, LinkedRow, NoteRow,
    TypedIncident,
};
use super::{date, staff_page};
use crate::adapters::texts::Texts;

const REFERENCE: &str = "R-7K2M-94QX";

pub(super) fn course() -> CourseView {
    let linked = |reference: &str, right: &str| LinkedRow {
        reference: reference.to_owned(),
        right: right.to_owned(),
        state: "assessing".to_owned(),
    };
    CourseView {
        alarm: Some("at_risk"),
        ended: Some((
            "unusual".to_owned(),
            vec!["unpaid".to_owned(), "open_case".to_owned()],
        )),
        due_without_pause_on: Some(date("2026-09-17")),
        due_early_on: Some(date("2026-11-22")),
        reopened: Some((date("2026-08-24"), date("2026-07-01"))),
        asked: vec![AskedRow {
            reason: "large_request",
            at: "2026-08-26 10:15".to_owned(),
            answer_by: date("2026-09-25"),
            pauses: true,
            text: Some("Gäller det <alla> år?".to_owned()),
        }],
        hold: Some(HeldView {
            told: false,
            reason: Some("Förundersökning.".to_owned()),
            authority: Some("Åklagarmyndigheten".to_owned()),
        }),
        forwarded: Some((
            "2026-08-26 10:15".to_owned(),
            "Skogsblomma AB, dso@skogsblomma.test".to_owned(),
            false,
        )),
        from_controller: vec![],
        from_recipients: vec![],
        linked: vec![linked("R-2H9T-03BD", "access")],
        incidents: vec![incident(false), incident(true)],
        letters: vec![
            LetterRow {
                id: "7f1c".to_owned(),
                letter: "refused".to_owned(),
                at: "2026-08-26 10:15".to_owned(),
                is_sent: false,
            },
            LetterRow {
                id: "7f1d".to_owned(),
                letter: "extended".to_owned(),
                at: "2026-08-26 10:15".to_owned(),
                is_sent: true,
            },
        ],
        advice: vec![NoteRow {
            at: "2026-08-26 10:15".to_owned(),
            by: "ombud@nordhamn.example".to_owned(),
            text: "Pröva om hela loggen behövs.".to_owned(),
        }],
    }
}

fn incident(closed: bool) -> IncidentRow {
    let at = || "2026-08-26 10:15".to_owned();
    IncidentRow {
        id: if closed { "i2" } else { "i1" }.to_owned(),
        reference: REFERENCE.to_owned(),
        kind: "wrong_recipient".to_owned(),
        aware_at: at(),
        notify_by: at(),
        notified_at: closed.then(at),
        told_at: closed.then(at),
        closed_at: closed.then(at),
        text: Some("Svaret gick till fel adress.".to_owned()),
        done: closed.then(|| "Mottagaren har raderat det.".to_owned()),
    }
}

pub(super) fn incidents(t: Texts) -> IncidentsPage {
    IncidentsPage {
        t,
        page: staff_page("/staff/incidents", "incidents"),
        incidents: vec![incident(false), incident(true)],
        reads_cases: true,
        error: Some("text".to_owned()),
        typed: TypedIncident {
            id: "i1".to_owned(),
            action: "tell".to_owned(),
            text: "Det <b>här</b>".to_owned(),
            ..TypedIncident::default()
        },
    }
}

pub(super) fn letter(t: Texts) -> LetterPage {
    LetterPage {
        t,
        page: staff_page("/staff/cases/R-7K2M-94QX/letters/7f1c", "queue"),
        reference: "/staff/cases/R-7K2M-94QX".to_owned(),
        subject: "Svaret på din begäran (R-7K2M-94QX)".to_owned(),
        text: "Hej!\n\nVi har prövat din begäran.".to_owned(),
    }
}

pub(super) fn person() -> PersonCourse {
    let item = |is_identity: bool| AskedItem {
        is_identity,
        text: (!is_identity).then(|| "Gäller det <alla> år?".to_owned()),
        evidence: if is_identity {
            vec!["call_back", "letter"]
        } else {
            vec![]
        },
        pauses: is_identity,
        answer_by: date("2026-09-25"),
    };
    PersonCourse {
        asked: vec![item(true), item(false)],
        is_held: true,
        forwarded_to: Some(None),
        linked: vec![("R-2H9T-03BD".to_owned(), "access".to_owned())],
        reopened: Some((date("2026-08-24"), date("2026-07-01"))),
        may_ask_for_copy: true,
        may_ask_for_transfer: true,
        has_told: true,
        waits_for_data: true,
    }
}

pub(super) fn downloads() -> Vec<Download> {
    vec![Download {
        name: "uppgifter.zip".to_owned(),
        href: "/requests/R-7K2M-94QX/files/1".to_owned(),
        size: "2,4 MB".to_owned(),
        until: date("2026-10-08"),
    }]
}
