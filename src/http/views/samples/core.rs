//! Core records, and finding one.

use super::super::layout::FieldErrors;
use super::super::staff::{CorePage, DecisionRow, EarlierRow, HandledPage, ProofView};
use super::desk::{events, mails, notices, plan, steps};
use super::{Sample, date, sample, staff_page};
use crate::adapters::texts::Texts;
use crate::domain::right::Right;

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let bare = CorePage {
        right: Right::Access,
        state: "withdrawn".to_owned(),
        proofs: Vec::new(),
        decisions: Vec::new(),
        planned: Vec::new(),
        steps: Vec::new(),
        notices: Vec::new(),
        mails: Vec::new(),
        ..core(t)
    };
    let found = HandledPage {
        email: "asa.oberg@skogsblomma.test".to_owned(),
        earlier: Some(earlier()),
        ..handled(t)
    };
    let wrong = HandledPage {
        errors: FieldErrors::of_fields(&["email", "personal_number"]),
        ..handled(t)
    };
    vec![
        sample("core", &core(t)),
        sample("core-bare", &bare),
        sample("handled", &handled(t)),
        sample("handled-found", &found),
        sample(
            "handled-none",
            &HandledPage {
                earlier: Some(Vec::new()),
                ..handled(t)
            },
        ),
        sample("handled-errors", &wrong),
    ]
}

fn core(t: Texts) -> CorePage {
    let decision = |kind: &'static str, state: &str, ground: Option<&str>| DecisionRow {
        kind,
        state: state.to_owned(),
        ground: ground.map(str::to_owned),
        prepared_by: "maja@nordhamn.example".to_owned(),
        prepared_at: "2026-08-26 11:20".to_owned(),
        decided: (state == "approved")
            .then(|| ("ville@nordhamn.example".to_owned(), "2026-08-27 08:02".to_owned())),
    };
    CorePage {
        t,
        page: staff_page("/staff/cases/R-7K2M-94QX", "queue"),
        reference: "R-7K2M-94QX".to_owned(),
        right: Right::Erasure,
        state: "closed".to_owned(),
        channel: "web".to_owned(),
        received_on: date("2026-08-24"),
        due_on: date("2026-09-24"),
        ended_on: date("2026-09-10"),
        thinned_on: date("2027-09-11"),
        until: date("2029-09-10"),
        proofs: vec![ProofView {
            at: "2026-08-25 09:02".to_owned(),
            method: "call_back".to_owned(),
            by: Some("Maja Ek".to_owned()),
        }],
        decisions: vec![
            decision("refusal", "superseded", Some("Orimlig (artikel 12.5)")),
            decision("erasure", "approved", None),
        ],
        planned: plan().rows,
        steps: steps(),
        notices: notices(),
        mails: mails(),
        events: events(),
    }
}

pub(super) fn earlier() -> Vec<EarlierRow> {
    let row = |reference: &str, right, ended_on: Option<&str>| EarlierRow {
        reference: reference.to_owned(),
        right,
        received_on: date("2026-02-02"),
        ended_on: ended_on.map(date),
    };
    vec![
        row("R-2B8V-33KD", Right::Access, Some("2026-02-20")),
        row("R-9QXW-71TM", Right::Objection, None),
    ]
}

fn handled(t: Texts) -> HandledPage {
    HandledPage {
        t,
        page: staff_page("/staff/handled", "queue"),
        errors: FieldErrors::default(),
        email: String::new(),
        personal_number: String::new(),
        customer_number: String::new(),
        earlier: None,
    }
}
