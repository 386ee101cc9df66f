//! What an erasure means for its person, before and after.

use super::super::customer::{AnswerView, PlanView};
use super::{date, desk, words};
use crate::adapters::templates::answer::{Gone, Kept, Reply, Told};

pub(super) fn plan(confirmed: bool) -> PlanView {
    PlanView {
        services: words(&[
            "Webbhotell Bas – skogsblomma.test",
            "E-post, 3 brevlådor – skogsblomma.test",
        ]),
        domains: words(&["skogsblomma.test"]),
        gone: gone(false),
        kept: kept(),
        told: words(&["Norddomän Registry", "Brevduvan Utskick", "Molnkontoret"]),
        backups_until: Some(date("2026-10-13")),
        ground: ("no_longer_needed_17_1_a".to_owned(), None),
        refused: if confirmed { vec![desk::refused()] } else { vec![] },
        hash: "5e1f".to_owned(),
        confirmed,
        awaits_approval: confirmed,
    }
}

fn gone(done: bool) -> Vec<Gone> {
    let part = |system: &str, what: &[&str]| Gone {
        system: system.to_owned(),
        what: words(what),
        on: done.then(|| date("2026-09-08")),
        backups_until: done.then(|| date("2026-10-13")),
    };
    vec![
        part(
            "Webbhotell",
            &[
                "Konto",
                "Domännamn",
                "Webbplatser",
                "E-postlådor och meddelanden",
                "Inloggningshistorik",
            ],
        ),
        part("Kundvård", &["Supportärenden", "Nyhetsbrev", "Inspelade samtal"]),
        part("Faktureringssystem", &["Kontaktuppgifter", "Beställningar"]),
    ]
}

fn kept() -> Vec<Kept> {
    vec![
        Kept {
            what: "Fakturor och bokföring".to_owned(),
            system: "Faktureringssystem".to_owned(),
            ground: "7 kap. 2 § bokföringslagen".to_owned(),
            until: Some(date("2033-12-31")),
        },
        Kept {
            what: "Spärr mot reklam".to_owned(),
            system: "Kundvård".to_owned(),
            ground: "Så att din invändning gäller också framöver (artikel 21.3)".to_owned(),
            until: None,
        },
    ]
}

pub(super) fn answer() -> AnswerView {
    let told = |recipient: &str, on: Option<&str>, answer: Reply, note: Option<&str>| Told {
        recipient: recipient.to_owned(),
        about: "Irland; Personuppgiftsbiträde; Leverans av tjänster".to_owned(),
        on: on.map(date),
        answer,
        note: note.map(str::to_owned),
    };
    AnswerView {
        ground: Some(desk::ground()),
        refused: vec![desk::refused()],
        suppressed: true,
        gone: gone(true),
        kept: kept(),
        told: vec![
            told(
                "Molnkontoret",
                Some("2026-09-08"),
                Reply::Outcome("erased".to_owned()),
                None,
            ),
            told("Norddomän Registry", Some("2026-09-08"), Reply::Informed, None),
            told("Brevduvan Utskick", Some("2026-09-08"), Reply::Awaited, None),
            told(
                "Klickmätarna",
                None,
                Reply::Impossible,
                Some("Det finns inget att känna igen dig på hos dem."),
            ),
        ],
        text: None,
        rectified: None,
        restricted: None,
    }
}
