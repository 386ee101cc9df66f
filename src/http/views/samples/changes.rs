//! Rectification and restriction: what the person and staff see of them.

use super::super::customer::{AnswerView, CasePage};
use super::super::staff::{GrantTerms, RecordedRow, SetRow, StaffCasePage};
use super::{Sample, customer, date, sample, staff, words};
use crate::adapters::templates::changes::{CorrectedField, KeptDocuments, Rectified};
use crate::adapters::templates::mails::RefusedPart;
use crate::adapters::templates::restrictions::{ConsentTo, Restricted};
use crate::adapters::texts::Texts;
use crate::domain::right::Right;

pub(super) fn all(t: Texts) -> Vec<Sample> {
    vec![
        sample("case-rectified", &rectified(t)),
        sample("case-restricted", &restricted(t, "placed")),
        sample("case-restriction-lifted", &restricted(t, "lifted")),
        sample("desk-terms", &terms(t)),
        sample("desk-restricted", &in_force(t)),
    ]
}

/// A rectification in part, whose person may say how they see the rest.
fn rectified(t: Texts) -> CasePage {
    let answer = Rectified {
        corrected: vec![CorrectedField {
            field: "Namn".to_owned(),
            old: "A*** O***".to_owned(),
            new: "Å*** Ö***".to_owned(),
            systems: "Faktureringssystem".to_owned(),
        }],
        kept: vec![KeptDocuments {
            what: "Fakturor".to_owned(),
            system: "Faktureringssystem".to_owned(),
            ground: "7 kap. 2 § bokföringslagen".to_owned(),
            count: 3,
        }],
        on: Some(date("2026-09-08")),
        told: Vec::new(),
        refused: vec![RefusedPart {
            what: "Betalningsanmärkning".to_owned(),
            ground: "accuracy_not_shown".to_owned(),
            reason: "Uppgiften <b>stämmer</b>.".to_owned(),
        }],
    };
    CasePage {
        right: Right::Rectification,
        answer: Some(AnswerView {
            rectified: Some(answer),
            ..AnswerView::default()
        }),
        may_state: true,
        may_withdraw: false,
        ..customer::case(t, "answered")
    }
}

/// A restriction in force, or lifted.
fn restricted(t: Texts, state: &str) -> CasePage {
    let over = state == "lifted";
    let restriction = Restricted {
        ground: "accuracy".to_owned(),
        categories: words(&["Kontaktuppgifter"]),
        from: date("2026-09-08"),
        allowed: words(&["consent"]),
        services: "continue_with_consent".to_owned(),
        state: state.to_owned(),
        lift_reason: over.then(|| "rectified".to_owned()),
        lifted_on: over.then(|| date("2026-09-22")),
        consents: consents(!over),
        ..Restricted::default()
    };
    CasePage {
        right: Right::Restriction,
        answer: Some(AnswerView {
            restricted: Some(restriction),
            ..AnswerView::default()
        }),
        may_withdraw: false,
        ..customer::case(t, "answered")
    }
}

fn consents(given: bool) -> Vec<ConsentTo> {
    let one = |(id, title, given): (&str, &str, bool)| ConsentTo {
        id: id.to_owned(),
        title: title.to_owned(),
        given,
    };
    let both = [
        ("deliver_services", "Tillhandahållande av tjänster", given),
        ("marketing", "Marknadsföring", false),
    ];
    both.map(one).to_vec()
}

/// What a rectification would change, before it is granted.
fn terms(t: Texts) -> StaffCasePage {
    let row = |old: Option<&str>, new: &str| SetRow {
        system: "Faktureringssystem".to_owned(),
        what: "Kontaktuppgifter".to_owned(),
        field: "Namn".to_owned(),
        old: old.map(str::to_owned),
        new: new.to_owned(),
    };
    let terms = GrantTerms {
        hash: "4f".repeat(32),
        needs_another: true,
        set: vec![row(Some("Asa <Oberg>"), "Åsa Öberg"), row(None, "Åsa Öberg")],
        recorded: vec![RecordedRow {
            system: "Faktureringssystem".to_owned(),
            what: "Bokföring".to_owned(),
            field: "Namn".to_owned(),
            old: "Asa Oberg".to_owned(),
            new: "Åsa Öberg".to_owned(),
            ground: "7 kap. 2 § bokföringslagen".to_owned(),
        }],
        marked: vec!["Faktureringssystem (Kontaktuppgifter)".to_owned()],
        by_hand: vec!["Kundvård (Ärenden)".to_owned()],
        refused: vec![(
            "Betalningsanmärkning".to_owned(),
            "Artikel 16".to_owned(),
            "Stämmer.".to_owned(),
        )],
        told: vec!["Molnkontoret".to_owned()],
    };
    StaffCasePage {
        right: Right::Rectification,
        plan: None,
        preview: Some(terms),
        ..staff::case(t, "assessing", vec!["grant", "refuse", "note"], "grant")
    }
}

/// A restriction in force, with the form to lift it, and beside that the form to restrict.
fn in_force(t: Texts) -> StaffCasePage {
    let restriction = Restricted {
        ground: "accuracy".to_owned(),
        categories: vec!["Kontaktuppgifter".to_owned()],
        from: date("2026-09-08"),
        expected_end: Some(date("2026-10-08")),
        services: "pause".to_owned(),
        state: "lift_announced".to_owned(),
        lift_reason: Some("rectified".to_owned()),
        lifts_on: Some(date("2026-09-22")),
        allowed: words(&["consent", "legal_claims"]),
        consents: consents(true),
        by_hand: words(&["Kundvård (Ärenden)"]),
        ..Restricted::default()
    };
    StaffCasePage {
        right: Right::Restriction,
        plan: None,
        restricted: Some(restriction),
        ..staff::case(
            t,
            "answered",
            vec!["grant", "lift_restriction", "note"],
            "lift_restriction",
        )
    }
}
