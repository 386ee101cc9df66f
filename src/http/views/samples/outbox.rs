//! The local mail viewer.

use super::super::outbox::{OutboxMail, OutboxMailPage, OutboxPage};
use super::{Sample, page, sample};
use crate::adapters::texts::Texts;

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let mail = |id: &str| OutboxMail {
        id: id.to_owned(),
        to: "asa.oberg@skogsblomma.test".to_owned(),
        subject: "Vi har tagit emot din begäran R-7K2M-94QX".to_owned(),
        at: "2026-08-24 14:03".to_owned(),
    };
    let text = "Hej!\n\nDin kod:\n\n40718265\n\nhttps://data.nordhamn.example/requests/R-7K2M-94QX\n\n<b>Hälsningar</b>";
    vec![
        sample(
            "outbox",
            &OutboxPage {
                t,
                page: page("/outbox"),
                mails: vec![mail("2"), mail("1")],
            },
        ),
        sample(
            "outbox-empty",
            &OutboxPage {
                t,
                page: page("/outbox"),
                mails: Vec::new(),
            },
        ),
        sample(
            "outbox-mail",
            &OutboxMailPage {
                t,
                page: page("/outbox/1"),
                mail: mail("1"),
                from: "Nordhamn <dataskydd@nordhamn.example>".to_owned(),
                text: text.to_owned(),
            },
        ),
    ]
}
