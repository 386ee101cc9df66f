//! What was written in a case: messages and notes.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::services::overview::{self, StaffCase};

/// A message or a note.
#[derive(Serialize, ToSchema)]
pub struct MessageView {
    /// When.
    pub at: DateTime<Utc>,
    /// A pseudonym.
    pub author: String,
    /// `from_person`, `to_person`, `statement`, `note`, `advice`, `from_controller` or `from_recipient`.
    pub kind: String,
    /// The text.
    pub text: String,
}

pub(super) fn messages(seen: &StaffCase) -> Vec<MessageView> {
    let view = |message: &overview::Message| MessageView {
        at: message.at,
        author: message.author.clone(),
        kind: message.kind.clone(),
        text: message.text.clone(),
    };
    seen.messages.iter().map(view).collect()
}
