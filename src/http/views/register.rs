//! The page of the public register.

use askama::Template;
use chrono::NaiveDate;

use super::layout::Page;
use crate::adapters::texts::Texts;

/// `/register`: the public register of recipients.
#[derive(Clone, Debug, Template)]
#[template(path = "customer/register.html")]
pub struct RegisterPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The recipients, by purpose.
    pub groups: Vec<RegisterGroup>,
    /// The day of the last change, where known.
    pub updated_on: Option<NaiveDate>,
    /// What was announced, the newest first.
    pub changes: Vec<RegisterChange>,
}

/// A change of the privacy policy or of the register.
#[derive(Clone, Debug)]
pub struct RegisterChange {
    /// After `change-what-`: `policy` or `register`.
    pub what: String,
    /// When it was announced.
    pub announced_on: NaiveDate,
    /// From when it holds.
    pub effective_on: NaiveDate,
    /// What changes, in the reader's language.
    pub text: String,
}

/// The recipients that share a purpose.
#[derive(Clone, Debug)]
pub struct RegisterGroup {
    /// The purpose, in the reader's language.
    pub purpose: String,
    /// They.
    pub recipients: Vec<RegisterRecipient>,
}

/// One recipient.
#[derive(Clone, Debug)]
pub struct RegisterRecipient {
    /// Its name.
    pub name: String,
    /// Its country, in the reader's language.
    pub country: String,
    /// Its role, as in the API: `processor` and so on.
    pub role: String,
    /// What it is used for or receives, in the reader's language.
    pub data: String,
}

impl RegisterPage {
    fn count(&self) -> usize {
        self.groups.iter().map(|group| group.recipients.len()).sum()
    }
}
