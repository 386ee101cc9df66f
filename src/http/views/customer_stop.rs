//! What a person ends, on the form and on the page of their case.

use chrono::NaiveDate;

use crate::adapters::templates::mails::{RefusedPart, StoppedUse};

/// A box for one consent.
#[derive(Clone, Debug, Default)]
pub struct ConsentChoice {
    /// The name of its field.
    pub field: String,
    /// What people call it.
    pub title: String,
    /// What stops working with it.
    pub stops: Option<String>,
    /// Whether it is ticked.
    pub chosen: bool,
}

/// What ends or has ended in a case.
#[derive(Clone, Debug, Default)]
pub struct StopView {
    /// Whether the person is asked which consents they withdraw.
    pub asks: bool,
    /// The consents to choose from.
    pub choices: Vec<ConsentChoice>,
    /// Whether they have chosen, and it is being stopped.
    pub confirmed: bool,
    /// What has ended.
    pub done: Option<StoppedView>,
}

/// What has ended.
#[derive(Clone, Debug)]
pub struct StoppedView {
    /// From which day.
    pub from: NaiveDate,
    /// Until when a campaign that was under way may still arrive.
    pub campaigns_until: NaiveDate,
    /// Whether all direct marketing has.
    pub marketing: bool,
    /// What, by name.
    pub uses: Vec<StoppedUse>,
    /// What was refused.
    pub refused: Vec<RefusedPart>,
    /// Whether the erasure of what is left over is offered.
    pub erasable: bool,
}
