//! The parts of an answer to an erasure, shared by the pages and the mails (Art. 12(3), 17, 19).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What is gone, or will go, from one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The system's name in the reader's language.
    pub system: String,
    /// What it was, in the reader's language: `E-postlådor och meddelanden`.
    pub what: Vec<String>,
    /// The day it was erased; none while it is still a plan.
    pub on: Option<NaiveDate>,
    /// The last day it can still be in a backup.
    pub backups_until: Option<NaiveDate>,
}

/// What remains, on which ground and how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is, in the reader's language: `Fakturor`.
    pub what: String,
    /// The system that holds it.
    pub system: String,
    /// The statute or reason in words: `7 kap. 2 § bokföringslagen`.
    pub ground: String,
    /// The last day it is kept; none where only an event ends it.
    pub until: Option<NaiveDate>,
}

/// Who was told (Art. 19) and what they said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The recipient's name.
    pub recipient: String,
    /// Where it is, what it is to us and what for; empty when the profile has it no more.
    #[serde(default)]
    pub about: String,
    /// The day they were told; none when they were not.
    pub on: Option<NaiveDate>,
    /// Where that stands.
    pub answer: Reply,
    /// The recipient's ground, or why they could not be told.
    pub note: Option<String>,
}

/// What came back from a recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Told next.
    Planned,
    /// Told; an answer is awaited.
    Awaited,
    /// Told; decides for itself, so no answer is awaited.
    Informed,
    /// Could not be told.
    Impossible,
    /// Told, and silent past every reminder.
    Unanswered,
    /// Answered with one of the outcomes of the API, such as `erased`.
    Outcome(String),
}

impl Reply {
    /// The key of the text that says it.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Planned => "told-planned".to_owned(),
            Self::Awaited => "told-awaited".to_owned(),
            Self::Informed => "told-informed".to_owned(),
            Self::Impossible => "told-impossible".to_owned(),
            Self::Unanswered => "told-unanswered".to_owned(),
            Self::Outcome(name) => format!("outcome-{name}"),
        }
    }
}
