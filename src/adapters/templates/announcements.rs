//! What is announced to people, in words: a fee, a breach of their data, a change of policy or register.

use super::course::Block;
use crate::adapters::texts::Texts;
use crate::services::course::Course;

/// The letter, part by part; nothing for another one.
pub(super) fn blocks(t: Texts, course: &Course) -> Vec<Block> {
    match course {
        Course::FeeAnnounced {
            right,
            ground,
            amount,
            reason,
        } => {
            let right = t.of("right-law-", right.name());
            vec![
                Block::Words(t.one("fee-lead", "right", right)),
                Block::Words(t.one("fee-of", "amount", t.number(amount))),
                Block::Head(t.get("fee-why")),
                Block::Words(t.of("refusal-", ground.name())),
                reason
                    .clone()
                    .map_or_else(|| Block::Words(t.get("course-read-on-page")), Block::Words),
                Block::Head(t.get("fee-next")),
                Block::Words(t.get("fee-withdraw")),
                Block::Words(t.get("course-not-paused")),
            ]
        }
        Course::IncidentToPerson {
            aware_on,
            text,
            consequences,
            measures,
        } => vec![
            Block::Words(t.one("incident-person-lead", "date", aware_on)),
            Block::Head(t.get("incident-person-what")),
            Block::Words(text.clone()),
            Block::Head(t.get("incident-person-consequences")),
            Block::Words(consequences.clone()),
            Block::Head(t.get("incident-person-measures")),
            Block::Words(measures.clone()),
            Block::Words(t.get("incident-person-contact")),
        ],
        Course::ChangeAnnounced {
            what,
            effective_on,
            text,
        } => vec![
            Block::Words(t.of("change-lead-", what)),
            Block::Words(t.one("change-from", "date", effective_on)),
            Block::Words(text.clone()),
            Block::Words(t.get("change-rights")),
        ],
        _ => vec![],
    }
}

/// One of each, for tests and previews.
#[cfg(test)]
pub(super) fn samples() -> Vec<Course> {
    use crate::domain::case::RefusalGround;
    use crate::domain::right::Right;
    let date = |day| chrono::NaiveDate::from_ymd_opt(2026, 9, day).unwrap_or_default();
    let fee = |reason: Option<&str>| Course::FeeAnnounced {
        right: Right::Access,
        ground: RefusalGround::Excessive,
        amount: 1_200,
        reason: reason.map(str::to_owned),
    };
    let change = |what: &str, text: &str| Course::ChangeAnnounced {
        what: what.to_owned(),
        effective_on: date(24),
        text: text.to_owned(),
    };
    vec![
        fee(Some("Det är sjätte begäran om samma uppgifter den här månaden.")),
        fee(None),
        Course::IncidentToPerson {
            aware_on: date(3),
            text: "Ditt svar skickades till fel <adress>.".to_owned(),
            consequences: "Någon annan kan ha läst dina fakturor.".to_owned(),
            measures: "Mottagaren har raderat filen. Var uppmärksam på bluffmejl.".to_owned(),
        },
        change("policy", "Loggar sparas i tre månader i stället för sex."),
        change("register", "Molnkontoret, Irland, ersätter Kontorsmolnet."),
    ]
}
