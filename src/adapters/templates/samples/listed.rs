//! The list of recipients.

use super::super::course::CourseMail;
use super::super::recipients;
use super::{LINK, REFERENCE};
use crate::adapters::texts::Texts;

pub(crate) fn recipient_list(t: Texts) -> CourseMail {
    let lines = [
        "Registret <DK> (Danmark; egen personuppgiftsansvarig). Meddelad 2026-09-01.",
        "Molnkontoret. Inte meddelad.",
    ];
    let lines = lines.map(str::to_owned).to_vec();
    recipients::letter(t, REFERENCE.to_owned(), lines, LINK.to_owned())
}
