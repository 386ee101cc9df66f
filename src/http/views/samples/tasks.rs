//! The pages of what staff do by hand.

use super::super::layout::FieldErrors;
use super::super::tasks::{TaskLine, TaskPage, TasksPage};
use super::{Sample, date, sample, staff_page};
use crate::adapters::texts::Texts;
use crate::domain::manual::TaskKind;

fn line(kind: TaskKind, late: bool, done: Option<(&str, &str)>) -> TaskLine {
    TaskLine {
        id: "0192-7f3a".to_owned(),
        kind: kind.name(),
        place: "Pappersarkivet (Avtal)".to_owned(),
        reference: "R-7K2M-94QX".to_owned(),
        due_on: date("2026-11-27"),
        late,
        done: done.map(|(at, by)| (at.to_owned(), by.to_owned())),
    }
}

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let done = Some(("2026-11-24 10:12", "bo.ek@host.example"));
    let page = || staff_page("/staff/tasks", "tasks");
    let list = TasksPage {
        t,
        page: page(),
        open: TaskKind::ALL
            .map(|kind| line(kind, kind == TaskKind::Find, None))
            .into(),
        done: vec![line(TaskKind::Erase, false, done)],
    };
    let none = TasksPage {
        open: vec![],
        done: vec![],
        ..list.clone()
    };
    let one = |kind| TaskPage {
        t,
        page: page(),
        task: line(kind, false, None),
        instructions: "Källaren, skåp B.\nSök på kundnummer.".to_owned(),
        found: None,
        written: None,
        does: true,
        errors: FieldErrors::default(),
        error: None,
        amount: String::new(),
        text: String::new(),
    };
    let wrong = TaskPage {
        errors: FieldErrors::of_fields(&["amount", "text"]),
        amount: "många".to_owned(),
        error: Some("four_eyes".to_owned()),
        ..one(TaskKind::Erase)
    };
    let over = TaskPage {
        task: line(TaskKind::Verify, false, done),
        found: Some(2),
        written: Some("Strimlade två pärmar.".to_owned()),
        does: false,
        ..one(TaskKind::Verify)
    };
    let mut samples: Vec<Sample> = TaskKind::ALL
        .into_iter()
        .map(|kind| sample(&format!("task-{}", kind.name()), &one(kind)))
        .collect();
    samples.extend([
        sample("tasks", &list),
        sample("tasks-none", &none),
        sample("task-wrong", &wrong),
        sample("task-done", &over),
    ]);
    samples
}
