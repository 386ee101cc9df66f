//! The pages of what staff do by hand.

use askama::Template;
use chrono::NaiveDate;

use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;

/// `/staff/tasks`: what waits, and what was done in the last 30 days.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/tasks.html")]
pub struct TasksPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// Those that wait, the most urgent first.
    pub open: Vec<TaskLine>,
    /// Those that were done, the newest first.
    pub done: Vec<TaskLine>,
}

/// A task in a list.
#[derive(Clone, Debug)]
pub struct TaskLine {
    /// Its id.
    pub id: String,
    /// What it asks for, after `task-kind-`.
    pub kind: &'static str,
    /// Where.
    pub place: String,
    /// Its case.
    pub reference: String,
    /// The last day.
    pub due_on: NaiveDate,
    /// Whether that has passed.
    pub late: bool,
    /// When it was done, local time, and by whom.
    pub done: Option<(String, String)>,
}

/// `/staff/tasks/{id}`: one task. Posts `amount` and `text` to the same address.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/task.html")]
pub struct TaskPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The task.
    pub task: TaskLine,
    /// What the map says of how it is done.
    pub instructions: String,
    /// How many records it was about.
    pub found: Option<i32>,
    /// What was written when it was done.
    pub written: Option<String>,
    /// Whether this member of staff may do it now.
    pub does: bool,
    /// What was wrong with the form.
    pub errors: FieldErrors,
    /// Why it was refused, after `staff-error-`.
    pub error: Option<String>,
    /// The number as typed.
    pub amount: String,
    /// The text as typed.
    pub text: String,
}
