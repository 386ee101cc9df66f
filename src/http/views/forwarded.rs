//! The page of a controller to whom a request was passed on.

use askama::Template;
use chrono::NaiveDate;

use super::layout::{FieldErrors, Page};
use crate::adapters::texts::Texts;
use crate::domain::right::Right;

/// `/forwarded/{token}`: posts `code` to `…/open`, then `code` and `text` to `…/instruction`.
#[derive(Clone, Debug, Template)]
#[template(path = "recipient/forwarded.html")]
pub struct ForwardedPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The locator.
    pub token: String,
    /// What is asked for.
    pub right: Right,
    /// When the request reached us.
    pub received_on: NaiveDate,
    /// Whether nothing is awaited any more.
    pub is_settled: bool,
    /// Whether the instruction was just taken down.
    pub is_sent: bool,
    /// What was wrong: `code_invalid`, `code_too_many` or `settled`, after `forwarded-error-`.
    pub error: Option<&'static str>,
    /// Who asks, once the code was right.
    pub request: Option<ForwardedRequest>,
    /// The instruction as typed.
    pub text: String,
    /// What was wrong with it.
    pub errors: FieldErrors,
}

/// The request, with the code.
#[derive(Clone, Debug)]
pub struct ForwardedRequest {
    /// The code, for the next form.
    pub code: String,
    /// When the month from receipt ends.
    pub due_on: NaiveDate,
    /// The person's name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their personal number, masked.
    pub personal_number: Option<String>,
    /// Their customer number with us.
    pub customer_number: Option<String>,
    /// Their words.
    pub message: Option<String>,
    /// What we write.
    pub text: String,
}
