//! The pages of staff.

use super::super::customer::{MessageItem, RequestValues};
use super::super::layout::{FieldErrors, Page};
use super::super::staff::{
    ClockView, IntakePage, LoginPage, MatchView, NoteRow, ProofView, QueueFilters, QueuePage, QueueRow,
    STATES, StaffCasePage, WhoView,
};
use super::desk::{events, notices, plan};
use super::{Sample, date, page, sample, staff_page, words};
use crate::adapters::texts::Texts;
use crate::domain::identity::Level;
use crate::domain::language::Language;
use crate::domain::right::Right;

const REFERENCE: &str = "R-7K2M-94QX";

#[expect(clippy::too_many_lines, reason = "a table of samples")]
pub(super) fn all(t: Texts) -> Vec<Sample> {
    let login = |error: Option<&str>| LoginPage {
        t,
        page: page("/staff/login"),
        email: "maja@nordhamn.example".to_owned(),
        error: error.map(str::to_owned),
        next: "/staff".to_owned(),
    };
    let empty = QueuePage {
        rows: Vec::new(),
        total: 0,
        next_href: None,
        ..queue(t)
    };
    let refusal = StaffCasePage {
        prepared_refusal: Some((
            "Artikel 12.5".to_owned(),
            "Samma begäran för fjärde gången.".to_owned(),
        )),
        error: Some("four_eyes".to_owned()),
        plan: None,
        ..case(t, "assessing", every_action(), "claim")
    };
    let mut samples = vec![
        sample("login", &login(None)),
        sample("login-failed", &login(Some("failed"))),
        sample("login-throttled", &login(Some("throttled"))),
        sample("login-ended", &login(Some("ended"))),
        sample("queue", &queue(t)),
        sample("queue-empty", &empty),
        sample(
            "desk",
            &case(
                t,
                "assessing",
                words(&["approve", "reject", "message", "note", "hold", "extend"]),
                "approve",
            ),
        ),
        sample(
            "desk-identity",
            &StaffCasePage {
                plan: None,
                notices: Vec::new(),
                matches: Vec::new(),
                level: Level::A1,
                ..case(
                    t,
                    "identity_pending",
                    words(&["claim", "accept_identity", "request_identity", "message", "note"]),
                    "claim",
                )
            },
        ),
        sample("desk-refusal", &refusal),
        sample("intake", &intake(t, FieldErrors::default())),
        sample(
            "intake-errors",
            &intake(
                t,
                FieldErrors::of_fields(&["channel", "received_at", "right", "email"]),
            ),
        ),
    ];
    for state in STATES {
        samples.push(sample(
            &format!("desk-{state}"),
            &case(t, state, words(&["note", "stop"]), "stop"),
        ));
    }
    samples
}

fn every_action() -> Vec<String> {
    words(&[
        "claim",
        "assign",
        "accept_identity",
        "request_identity",
        "request_clarification",
        "extend",
        "plan",
        "collect",
        "grant",
        "refuse",
        "approve",
        "reject",
        "stop",
        "forward",
        "release",
        "message",
        "note",
        "hold",
        "lift_hold",
        "lift_restriction",
        "retry",
        "reopen",
        "close",
    ])
}

#[expect(clippy::too_many_lines, reason = "a table of samples")]
fn queue(t: Texts) -> QueuePage {
    let row = |reference: &str, right: Right, state: &str, days_left: i64, due: &str, name: &str| QueueRow {
        reference: reference.to_owned(),
        right,
        state: state.to_owned(),
        days_left,
        due_on: date(due),
        received_on: date("2026-08-24"),
        paused: state == "clarification_pending",
        name: (!name.is_empty()).then(|| name.to_owned()),
        assignee: (days_left % 2 == 0).then(|| "Maja Ek".to_owned()),
        marks: Vec::new(),
    };
    let marked = |marks: &[&str], row: QueueRow| QueueRow {
        marks: words(marks),
        ..row
    };
    QueuePage {
        t,
        page: staff_page("/staff?state=assessing", "queue"),
        rows: vec![
            marked(
                &["recipient_silent"],
                row(
                    "R-2F8W-11KD",
                    Right::Access,
                    "assessing",
                    -2,
                    "2026-09-08",
                    "Ola Brink",
                ),
            ),
            marked(
                &["awaiting_approval"],
                row(
                    "R-7K2M-94QX",
                    Right::Erasure,
                    "assessing",
                    1,
                    "2026-09-11",
                    "Åsa Öberg",
                ),
            ),
            marked(
                &["new_message", "extended"],
                row(
                    "R-9PLA-55TT",
                    Right::Rectification,
                    "assessing",
                    6,
                    "2026-09-16",
                    "Aino Rask",
                ),
            ),
            row(
                "R-0QNB-73HS",
                Right::Erasure,
                "identity_pending",
                14,
                "2026-09-24",
                "",
            ),
            marked(
                &["held"],
                row(
                    "R-5MXE-20VC",
                    Right::Objection,
                    "clarification_pending",
                    19,
                    "2026-09-29",
                    "Per Lund",
                ),
            ),
            row(
                "R-8DTU-46RJ",
                Right::Portability,
                "executing",
                22,
                "2026-10-02",
                "Liv Tangen",
            ),
            marked(
                &["job_parked"],
                row(
                    "R-3ZHG-68WN",
                    Right::ConsentWithdrawal,
                    "answered",
                    25,
                    "2026-10-05",
                    "Nils Ståhl",
                ),
            ),
        ],
        filters: QueueFilters {
            state: "assessing".to_owned(),
            q: "a b&c".to_owned(),
            ..QueueFilters::default()
        },
        total: 214,
        next_href: Some("/staff?state=assessing&cursor=abc".to_owned()),
    }
}

fn case(t: Texts, state: &str, actions: Vec<String>, primary: &str) -> StaffCasePage {
    StaffCasePage {
        t,
        page: Page {
            flash: Some("flash-claimed".to_owned()),
            ..staff_page("/staff/cases/R-7K2M-94QX", "queue")
        },
        reference: REFERENCE.to_owned(),
        right: Right::Erasure,
        state: state.to_owned(),
        version: 7,
        channel: "form".to_owned(),
        who: who(),
        clock: clock(state),
        assignee: Some("Maja Ek".to_owned()),
        level: Level::A3,
        required_level: Level::A2,
        proofs: vec![
            ProofView {
                at: "2026-08-24 14:09".to_owned(),
                method: "typed_address".to_owned(),
                by: None,
            },
            ProofView {
                at: "2026-08-25 09:02".to_owned(),
                method: "call_back".to_owned(),
                by: Some("Maja Ek".to_owned()),
            },
        ],
        matches: matches(),
        plan: Some(plan()),
        prepared_refusal: None,
        notices: notices(),
        events: events(),
        messages: vec![MessageItem {
            at: "2026-08-25 08:51".to_owned(),
            from_person: true,
            text: "Ja, det går bra.".to_owned(),
        }],
        notes: vec![NoteRow {
            at: "2026-08-25 09:05".to_owned(),
            by: "Maja Ek".to_owned(),
            text: "Ringde numret i kundregistret.".to_owned(),
        }],
        actions,
        primary: Some(primary.to_owned()),
        error: None,
    }
}

fn who() -> WhoView {
    WhoView {
        name: Some("Åsa Öberg".to_owned()),
        email: "asa.oberg@skogsblomma.test".to_owned(),
        personal_number: Some("20000101-****".to_owned()),
        customer_number: Some("N-10482".to_owned()),
        acting: Some(("Per Öberg".to_owned(), "fullmakt".to_owned())),
        message: Some("Jag lägger ner firman och vill att ni tar bort allt.".to_owned()),
        language: Language::Sv,
    }
}

fn clock(state: &str) -> ClockView {
    ClockView {
        received_at: "2026-08-24 14:03".to_owned(),
        due_on: date("2026-09-24"),
        extended_due_on: (state == "executing").then(|| date("2026-11-24")),
        internal_target_on: Some(date("2026-09-17")),
        days_left: 14,
        paused: state == "clarification_pending",
        cool_off_until: (state == "approved").then(|| "2026-09-08 10:15".to_owned()),
    }
}

fn matches() -> Vec<MatchView> {
    let found = |system: &str, kind: &str, by: &[&str], rows: u64, services: &[&str]| MatchView {
        system: system.to_owned(),
        kind: kind.to_owned(),
        by: words(by),
        rows,
        services: words(services),
    };
    vec![
        found(
            "Faktureringssystem",
            "sole_trader",
            &["email", "customer_number", "personal_number"],
            61,
            &[],
        ),
        found(
            "Webbhotell",
            "user",
            &["customer_number"],
            12_804,
            &["Webbhotell Bas – skogsblomma.test"],
        ),
        found("Kundvård", "subscriber", &["email", "phone"], 9, &[]),
    ]
}

fn intake(t: Texts, errors: FieldErrors) -> IntakePage {
    IntakePage {
        t,
        page: staff_page("/staff/cases/new", "new"),
        values: RequestValues {
            right: Some(Right::Access),
            acting: !errors.is_empty(),
            ..RequestValues::default()
        },
        received_at: "2026-08-24T14:03".to_owned(),
        channel: "letter".to_owned(),
        errors,
    }
}

#[test]
fn what_is_late_is_loudest_and_what_waits_is_quiet() {
    let rows = queue(Texts::default()).rows;
    let tones: Vec<_> = rows.iter().map(QueueRow::tone).collect();
    assert_eq!(tones, ["late", "soon", "soon", "calm", "done", "calm", "done"]);
}
