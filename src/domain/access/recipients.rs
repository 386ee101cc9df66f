//! Who got data of one person: those that their use of the services shows, and those that were told of a change.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::recipient::{TellOutcome, Told};

/// A recipient by name, as C-154/21 asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActualRecipient {
    /// Its id in the profile.
    pub recipient: String,
    /// When it was told of a change to the person's data, and what it answered (Art. 19), oldest first.
    pub informed: Vec<Informed>,
}

/// A notice that a recipient got about the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Informed {
    /// The local day.
    pub on: NaiveDate,
    /// What it was about: a notice's kind.
    pub kind: String,
    /// Its answer, if there is one.
    pub outcome: Option<String>,
}

/// Those that the person's use shows, in the order of the profile, then those that only notices of earlier cases show:
/// data that is gone from our systems went there all the same.
#[must_use]
pub fn actual_recipients(used: &[Told], notices: Vec<(String, Informed)>) -> Vec<ActualRecipient> {
    let shown = used
        .iter()
        .filter(|told| !matches!(told.outcome, TellOutcome::NotTold { .. }));
    let mut all: Vec<ActualRecipient> = shown.map(|told| named(&told.recipient)).collect();
    for (recipient, informed) in notices {
        match all.iter_mut().find(|known| known.recipient == recipient) {
            Some(known) => known.informed.push(informed),
            None => all.push(ActualRecipient {
                informed: vec![informed],
                ..named(&recipient)
            }),
        }
    }
    for recipient in &mut all {
        recipient.informed.sort_by_key(|informed| informed.on);
    }
    all
}

fn named(recipient: &str) -> ActualRecipient {
    ActualRecipient {
        recipient: recipient.to_owned(),
        informed: Vec::new(),
    }
}
