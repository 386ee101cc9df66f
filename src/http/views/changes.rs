//! The page on which changes of the privacy policy and of the register are announced.

use askama::Template;

use super::customer::RegisterChange;
use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;

/// `/staff/changes`: what was announced, and the form for another. Posts `what`, `effective_on`, `text_sv` and `text_en`.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/changes.html")]
pub struct ChangesPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// What was announced, the newest first.
    pub changes: Vec<RegisterChange>,
    /// What was typed.
    pub typed: TypedChange,
    /// What is wrong with it.
    pub errors: FieldErrors,
}

/// What was typed into the form.
#[derive(Clone, Debug, Default)]
pub struct TypedChange {
    /// `policy` or `register`.
    pub what: String,
    /// From when it holds.
    pub effective_on: String,
    /// What changes, in Swedish.
    pub text_sv: String,
    /// What changes, in English.
    pub text_en: String,
}

impl ChangesPage {
    fn whats(&self) -> [&'static str; 2] {
        crate::services::changes::WHAT
    }

    fn is_chosen(&self, what: &str) -> bool {
        self.typed.what == what
    }
}
