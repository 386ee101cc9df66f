//! The pages of staff.

use super::super::customer::{MessageItem, RequestValues};
use super::super::layout::{FieldErrors, Page};
use super::super::staff::{
    IntakePage, Kept, LoginPage, NoteRow, ProofView, QueueFilters, QueuePage, QueueRow, STATES,
    SendAgainPage, StaffCasePage, StaffPlanView, Typed, WhoView,
};
use super::course::{course, incidents, letter};
use super::desk::{candidates, clock, events, excluded, found, mails, notices, plan, steps};
use super::{Sample, date, desk, page, sample, staff_page};
use crate::adapters::texts::Texts;
use crate::domain::identity::Level;
use crate::domain::language::Language;
use crate::domain::right::Right;
use crate::services::handling::ACTIONS;

#[expect(clippy::too_many_lines, reason = "a table of samples")]
pub(super) fn all(t: Texts) -> Vec<Sample> {
    let login = |error: Option<&'static str>| LoginPage {
        t,
        page: page("/staff/login"),
        email: "maja@nordhamn.example".to_owned(),
        error,
        wait_minutes: None,
        next: "/staff".to_owned(),
        kept: error.filter(|error| *error == "ended").map(|_| Kept {
            action: "/staff/cases/R-7K2M-94QX/actions".to_owned(),
            fields: "{}".to_owned(),
        }),
    };
    let again = SendAgainPage {
        t,
        page: staff_page("/staff/cases/R-7K2M-94QX", ""),
        action: "/staff/cases/R-7K2M-94QX/actions".to_owned(),
        fields: [("action", "message"), ("text", "Hej!\nVi har fått ditt brev.")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        next: "/staff/cases/R-7K2M-94QX".to_owned(),
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
        typed: Typed {
            action: "note".to_owned(),
            text: "Det <b>här</b> skrevs.".to_owned(),
            ..Typed::default()
        },
        plan: None,
        on_hold: true,
        ..case(t, "assessing", ACTIONS.to_vec(), "claim")
    };
    let mut samples = vec![
        sample(
            "case-objection",
            &super::customer_stop::objection(case(t, "assessing", ACTIONS.to_vec(), "grant")),
        ),
        sample("login", &login(None)),
        sample("login-failed", &login(Some("failed"))),
        sample("login-totp", &login(Some("totp"))),
        sample("login-busy", &login(Some("busy"))),
        sample(
            "login-throttled",
            &LoginPage {
                wait_minutes: Some(15),
                ..login(None)
            },
        ),
        sample("login-ended", &login(Some("ended"))),
        sample("login-again", &again),
        sample("queue", &queue(t)),
        sample("queue-empty", &empty),
        sample(
            "desk",
            &case(
                t,
                "assessing",
                vec!["approve", "reject", "message", "note", "hold", "extend"],
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
                    vec!["claim", "accept_identity", "message", "note"],
                    "claim",
                )
            },
        ),
        sample("desk-refusal", &refusal),
        sample(
            "desk-choice",
            &StaffCasePage {
                plan: None,
                notices: Vec::new(),
                matches: Vec::new(),
                candidates: candidates(),
                attention: super::words(&["ambiguous_match", "message_from_person"]),
                ..case(t, "assessing", vec!["plan", "refuse", "note"], "plan")
            },
        ),
        sample(
            "desk-running",
            &StaffCasePage {
                plan: Some(StaffPlanView {
                    steps: steps(),
                    ..plan()
                }),
                attention: super::words(&["system_failed"]),
                ..case(t, "executing", vec!["retry", "record_answer", "note"], "retry")
            },
        ),
        sample("incidents", &incidents(t)),
        sample("letter", &letter(t)),
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
            &case(t, state, vec!["note", "stop"], "stop"),
        ));
    }
    samples
}

#[expect(clippy::too_many_lines, reason = "a table of samples")]
fn queue(t: Texts) -> QueuePage {
    let row = |reference: &str, right: Right, state: &str, days_left: i64, due: &str| QueueRow {
        reference: reference.to_owned(),
        right,
        state: state.to_owned(),
        days_left,
        due_on: date(due),
        received_on: date("2026-08-24"),
        paused: state == "clarification_pending",
        assignee: (days_left % 2 == 0).then(|| "maja@nordhamn.example".to_owned()),
        marks: Vec::new(),
        attention: None,
    };
    let marked = |marks: &[&'static str], attention: &str, row: QueueRow| QueueRow {
        marks: marks.to_vec(),
        attention: Some(attention.to_owned()).filter(|code| !code.is_empty()),
        ..row
    };
    QueuePage {
        t,
        page: staff_page("/staff?state=assessing", "queue"),
        purges_waiting: 1,
        erasures_undone: 2,
        rows: vec![
            marked(
                &["at_risk"],
                "message_from_person",
                row("DR-2F8W-11KD-0001", Right::Access, "assessing", -2, "2026-09-08"),
            ),
            marked(
                &["awaiting_approval", "at_risk"],
                "",
                row("DR-7K2M-94QX-0002", Right::Erasure, "assessing", 1, "2026-09-11"),
            ),
            marked(
                &["extended"],
                "no_reply_address",
                row(
                    "DR-9PLA-55TT-0003",
                    Right::Rectification,
                    "assessing",
                    6,
                    "2026-09-16",
                ),
            ),
            row(
                "DR-0QNB-73HS-0004",
                Right::Erasure,
                "identity_pending",
                14,
                "2026-09-24",
            ),
            marked(
                &["held"],
                "",
                row(
                    "DR-5MXE-20VC-0005",
                    Right::Objection,
                    "clarification_pending",
                    19,
                    "2026-09-29",
                ),
            ),
            row(
                "DR-8DTU-46RJ-0006",
                Right::Portability,
                "executing",
                22,
                "2026-10-02",
            ),
            row(
                "DR-3ZHG-68WN-0007",
                Right::ConsentWithdrawal,
                "answered",
                25,
                "2026-10-05",
            ),
        ],
        filters: QueueFilters {
            state: "assessing".to_owned(),
            ..QueueFilters::default()
        },
        total: 214,
        is_more: false,
        recipients: vec![("norddoman".to_owned(), "Norddomän Registry".to_owned())],
        searched: String::new(),
        next_href: Some("/staff?state=assessing&cursor=abc".to_owned()),
    }
}

#[expect(clippy::too_many_lines, reason = "a table of samples")]
pub(super) fn case(
    t: Texts,
    state: &str,
    actions: Vec<&'static str>,
    primary: &'static str,
) -> StaffCasePage {
    StaffCasePage {
        t,
        page: Page {
            flash: Some("flash-claimed".to_owned()),
            ..staff_page("/staff/cases/R-7K2M-94QX", "queue")
        },
        reference: "R-7K2M-94QX".to_owned(),
        right: Right::Erasure,
        state: state.to_owned(),
        stop: None,
        collect: desk::collect(),
        package: Some(desk::package()),
        version: 7,
        channel: "web".to_owned(),
        who: who(),
        clock: clock(state),
        assignee: Some("maja@nordhamn.example".to_owned()),
        colleagues: vec![("0192".to_owned(), "maja@nordhamn.example".to_owned())],
        attention: Vec::new(),
        on_hold: false,
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
        searched: true,
        live_services: true,
        matches: vec![
            found(
                "Faktureringssystem",
                "Kontaktuppgifter",
                "customers",
                &["email", "customer_number", "personal_number"],
                1,
            ),
            found("Webbhotell", "Tjänster", "accounts", &["customer_number"], 1),
            found("Kundvård", "Marknadsföring", "newsletter", &["email", "phone"], 9),
        ],
        excluded: excluded(),
        candidates: Vec::new(),
        plan: Some(plan()),
        plan_form: Some(desk::plan_form()),
        prepared_refusal: None,
        grant: None,
        preview: None,
        restricted: None,
        restricted_beside: "DR-1111-1111-1111".to_owned(),
        awaited_by: vec!["DR-2222-2222-2222".to_owned()],
        restrictable: vec![("contact".to_owned(), "Kontaktuppgifter".to_owned())],
        rectifies: vec!["name", "email"],
        notices: notices(),
        mails: mails(),
        earlier: super::core::earlier(),
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
        primary: Some(primary),
        error: None,
        course: course(),
        typed: Typed::default(),
    }
}

fn who() -> WhoView {
    WhoView {
        name: Some("Åsa Öberg".to_owned()),
        email: "asa.oberg@skogsblomma.test".to_owned(),
        personal_number: Some("20000101-****".to_owned()),
        customer_number: Some("N-10482".to_owned()),
        acting: Some(("Per Öberg".to_owned(), "fullmakt".to_owned())),
        restriction_ground: Some("accuracy"),
        wish: vec![("wrong", "Efternamnet <i>stavas</i> fel.".to_owned())],
        message: Some("Jag lägger ner firman och vill att ni tar bort allt.".to_owned()),
        language: Language::Sv,
    }
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
