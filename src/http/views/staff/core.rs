//! What is left of a case: its core record, and finding one.

use askama::Template;
use chrono::NaiveDate;

use super::super::layout::{FieldErrors, Page};
use super::{EventRow, MailRow, NoticeRow, PlanRow, ProofView, StepRow};
use crate::adapters::texts::Texts;
use crate::domain::right::Right;

/// `/staff/cases/{reference}` of a case that has been thinned.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/core.html")]
pub struct CorePage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// The state, as in the API.
    pub state: String,
    /// How it came in.
    pub channel: String,
    /// When it was received.
    pub received_on: NaiveDate,
    /// The deadline.
    pub due_on: NaiveDate,
    /// When it ended.
    pub ended_on: NaiveDate,
    /// When it was thinned.
    pub thinned_on: NaiveDate,
    /// The last day of the record.
    pub until: NaiveDate,
    /// What proved who the person was.
    pub proofs: Vec<ProofView>,
    /// What was decided.
    pub decisions: Vec<DecisionRow>,
    /// What was planned, per system and table.
    pub planned: Vec<PlanRow>,
    /// What was done of it.
    pub steps: Vec<StepRow>,
    /// Who was told.
    pub notices: Vec<NoticeRow>,
    /// Which letters left.
    pub mails: Vec<MailRow>,
    /// The audit trail, newest first.
    pub events: Vec<EventRow>,
}

/// Something that was proposed.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    /// After `decision-`: `erasure`, `refusal`, `grant` or `grant_in_part`.
    pub kind: &'static str,
    /// After `decision-state-`.
    pub state: String,
    /// The ground of a refusal, in words.
    pub ground: Option<String>,
    /// Who prepared it.
    pub prepared_by: String,
    /// When, local time.
    pub prepared_at: String,
    /// Who decided it, and when.
    pub decided: Option<(String, String)>,
}

/// `/staff/handled`: posts `email`, `personal_number` and `customer_number`, so that none stands in an address.
#[derive(Clone, Debug, Template)]
#[template(path = "staff/handled.html")]
pub struct HandledPage {
    /// The texts.
    pub t: Texts,
    /// The frame.
    pub page: Page,
    /// What is wrong with the fields.
    pub errors: FieldErrors,
    /// As typed.
    pub email: String,
    /// As typed.
    pub personal_number: String,
    /// As typed.
    pub customer_number: String,
    /// The person's cases, once asked for.
    pub earlier: Option<Vec<EarlierRow>>,
}

/// Another case of a person.
#[derive(Clone, Debug)]
pub struct EarlierRow {
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// When it was received.
    pub received_on: NaiveDate,
    /// When it ended; none while it is open.
    pub ended_on: Option<NaiveDate>,
}
