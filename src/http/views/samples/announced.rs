//! Announced changes, and the page that announces them.

use super::super::changes::{ChangesPage, TypedChange};
use super::super::customer::RegisterChange;
use super::super::layout::FieldErrors;
use super::{Sample, date, sample, staff_page};
use crate::adapters::texts::Texts;

/// Two changes.
pub(super) fn published() -> Vec<RegisterChange> {
    let change = |what: &str, on: &str, from: &str, text: &str| RegisterChange {
        what: what.to_owned(),
        announced_on: date(on),
        effective_on: date(from),
        text: text.to_owned(),
    };
    vec![
        change(
            "register",
            "2026-05-02",
            "2026-06-01",
            "Molnkontoret ersätter <Kontorsmolnet>.",
        ),
        change(
            "policy",
            "2026-01-15",
            "2026-02-01",
            "Loggar sparas i tre månader.",
        ),
    ]
}

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let page = ChangesPage {
        t,
        page: staff_page("/staff/changes", "changes"),
        changes: published(),
        typed: TypedChange::default(),
        errors: FieldErrors::default(),
    };
    let wrong = ChangesPage {
        changes: vec![],
        typed: TypedChange {
            what: "policy".to_owned(),
            effective_on: "snart".to_owned(),
            text_sv: "Något <nytt>.".to_owned(),
            text_en: String::new(),
        },
        errors: FieldErrors::of_fields(&["effective_on", "text_en"]),
        ..page.clone()
    };
    vec![sample("changes", &page), sample("changes-wrong", &wrong)]
}
