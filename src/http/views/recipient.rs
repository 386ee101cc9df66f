//! The pages of a recipient who got a notice (Art. 19, 28(3)(a)): seeing, and answering.

use askama::Template;
use chrono::NaiveDate;

use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;

/// `/notices/{token}`: who asks what and by when, and the field for the code; no identifiers.
/// Posts `code` to `/notices/{token}/open`.
#[derive(Clone, Debug, Template)]
#[template(path = "recipient/notice.html")]
pub struct NoticePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The locator in the address.
    pub token: String,
    /// What is asked, after `notice-kind-`: `erasure`, `rectification`, `restriction`, `restriction_lifted`.
    pub kind: String,
    /// The reference of this notice.
    pub reference: String,
    /// The last day for an answer; none where none is awaited.
    pub answer_by: Option<NaiveDate>,
    /// What was wrong with the code, after `notice-error-`: `code_invalid` or `code_too_many`.
    pub error: Option<String>,
}

/// The notice after the code: exactly the identifiers needed, and the answer.
/// Posts `code`, `outcome`, `ground`, `statute`, `comment`, `backups_until` to `/notices/{token}`.
#[derive(Clone, Debug, Template)]
#[template(path = "recipient/open.html")]
pub struct NoticeOpenPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The locator in the address.
    pub token: String,
    /// The code, posted again with the answer: opening stores nothing.
    pub code: String,
    /// What is asked, after `notice-kind-`.
    pub kind: String,
    /// The reference of this notice.
    pub reference: String,
    /// The recipient's role, as in the register: it decides what is asked.
    pub role: String,
    /// The legal basis in words: `Artikel 19 och 28.3 a i dataskyddsförordningen`.
    pub legal_basis: String,
    /// The day it was decided.
    pub decided_on: NaiveDate,
    /// The last day for an answer.
    pub answer_by: Option<NaiveDate>,
    /// What to find the person by: kind in words, and value.
    pub identifiers: Vec<(String, String)>,
    /// What is right from now on: field in words, and value.
    pub corrections: Vec<(String, String)>,
    /// How the person sees what was not corrected.
    pub statements: Vec<String>,
    /// The categories of data concerned, in words.
    pub categories: Vec<String>,
    /// The outcomes this role may answer with, after `outcome-`.
    pub outcomes: Vec<String>,
    /// The grounds this role may have for keeping data, after `notice-ground-`.
    pub grounds: Vec<String>,
    /// What was typed.
    pub values: NoticeValues,
    /// What is wrong with it.
    pub errors: FieldErrors,
}

impl NoticeOpenPage {
    /// Whether data is to go, in backups too, and not only to be changed.
    fn erases(&self) -> bool {
        matches!(self.kind.as_str(), "erasure" | "account_ended")
    }
}

/// What a recipient typed.
#[derive(Clone, Debug, Default)]
pub struct NoticeValues {
    /// The outcome.
    pub outcome: String,
    /// The ground, after `notice-ground-`.
    pub ground: String,
    /// The statute.
    pub statute: String,
    /// Free text.
    pub comment: String,
    /// A date as typed.
    pub backups_until: String,
}

impl NoticeValues {
    fn on_ground(&self, ground: &str) -> bool {
        self.ground == ground
    }
}

/// The page after answering; the answer may be corrected until the notice is settled.
#[derive(Clone, Debug, Template)]
#[template(path = "recipient/thanks.html")]
pub struct NoticeThanksPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The locator in the address.
    pub token: String,
    /// The reference of this notice.
    pub reference: String,
    /// The outcome given, after `outcome-`.
    pub outcome: String,
    /// The day it was given.
    pub answered_on: NaiveDate,
}

/// The page of a notice that takes no more answers.
#[derive(Clone, Debug, Template)]
#[template(path = "recipient/gone.html")]
pub struct NoticeGonePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// Why, after `notice-gone-`: `settled` or `expired`.
    pub why: &'static str,
}
