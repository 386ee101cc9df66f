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
