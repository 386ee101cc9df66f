//! The list of recipients in words: who they are, when they were told, and what they answered (Art. 19).

use super::course::{Block, CourseMail};
use super::facts::Words;
use crate::adapters::texts::Texts;
use crate::services::answer::ToldRecipient;

/// The letter.
#[must_use]
pub fn mail(words: &Words<'_>, reference: String, told: &[ToldRecipient], link: String) -> CourseMail {
    let lines = told.iter().map(|one| line(words, one));
    letter(words.t, reference, lines.collect(), link)
}

pub(super) fn letter(t: Texts, reference: String, lines: Vec<String>, link: String) -> CourseMail {
    CourseMail {
        reference,
        name: "recipient_list".to_owned(),
        blocks: vec![
            Block::Words(t.get("recipient-list-lead")),
            Block::Items(lines),
            Block::Words(t.get("recipient-list-later")),
        ],
        link: Some(link),
        code: None,
        rights: true,
    }
}

fn line(words: &Words<'_>, told: &ToldRecipient) -> String {
    let t = words.t;
    let about = words.recipient_about(&told.recipient);
    let told = words.told_one(told);
    let name = match about.as_str() {
        "" => told.recipient,
        about => format!("{} ({about})", told.recipient),
    };
    let on = match told.on {
        Some(on) => t.one("recipient-list-on", "date", on),
        None => t.get("answer-told-not"),
    };
    let answer = t.of("", told.answer.key());
    match told.note {
        Some(note) => format!("{name}. {on}. {answer} ({note})."),
        None => format!("{name}. {on}. {answer}."),
    }
}
