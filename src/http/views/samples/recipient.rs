//! The pages of a recipient.

use super::super::layout::FieldErrors;
use super::super::recipient::{NoticeGonePage, NoticeOpenPage, NoticePage, NoticeThanksPage, NoticeValues};
use super::{Sample, date, page, sample, words};
use crate::adapters::texts::Texts;

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let mut samples = Vec::new();
    for kind in [
        "erasure",
        "rectification",
        "restriction",
        "restriction_lifted",
        "account_ended",
    ] {
        samples.push(sample(&format!("notice-{kind}"), &notice(t, kind, None)));
    }
    for error in ["code_invalid", "code_too_many"] {
        samples.push(sample(
            &format!("notice-{error}"),
            &notice(t, "erasure", Some(error)),
        ));
    }
    for role in [
        "processor",
        "sub_processor",
        "independent_controller",
        "joint_controller",
    ] {
        samples.push(sample(&format!("notice-open-{role}"), &open(t, role)));
    }
    let errors = FieldErrors::of_fields(&["outcome", "backups_until", "ground", "statute", "comment"]);
    let values = NoticeValues {
        outcome: "refused".to_owned(),
        ground: "legal_obligation".to_owned(),
        ..NoticeValues::default()
    };
    samples.push(sample(
        "notice-open-errors",
        &NoticeOpenPage {
            errors,
            values,
            ..open(t, "processor")
        },
    ));
    samples.push(sample("notice-thanks", &thanks(t)));
    for why in ["settled", "expired"] {
        samples.push(sample(
            &format!("notice-{why}"),
            &NoticeGonePage {
                t,
                page: page("/notices/x"),
                why,
            },
        ));
    }
    samples
}

fn notice(t: Texts, kind: &str, error: Option<&str>) -> NoticePage {
    NoticePage {
        t,
        page: page("/notices/pQ7x"),
        token: "pQ7x".to_owned(),
        kind: kind.to_owned(),
        reference: "N-4GH2-81KC".to_owned(),
        answer_by: (kind != "restriction_lifted").then(|| date("2026-09-22")),
        error: error.map(str::to_owned),
    }
}

fn open(t: Texts, role: &str) -> NoticeOpenPage {
    NoticeOpenPage {
        t,
        page: page("/notices/pQ7x"),
        token: "pQ7x".to_owned(),
        code: "40718265".to_owned(),
        kind: "erasure".to_owned(),
        reference: "N-4GH2-81KC".to_owned(),
        corrections: vec![("Namn".to_owned(), "Åsa Öberg".to_owned())],
        statements: words(&["Jag heter <i>Öberg</i>."]),
        role: role.to_owned(),
        legal_basis: "Artikel 19 och 28.3 a i dataskyddsförordningen".to_owned(),
        decided_on: date("2026-09-08"),
        answer_by: Some(date("2026-09-22")),
        identifiers: vec![
            ("Domännamn".to_owned(), "skogsblomma.test".to_owned()),
            ("Kontaktnummer".to_owned(), "NDR-11820-SE".to_owned()),
        ],
        categories: words(&["Kontaktuppgifter", "Domäninnehav"]),
        outcomes: words(&[
            "erased",
            "erased_backups_until",
            "no_data_found",
            "restricted",
            "rectified",
            "refused",
            "partly",
            "need_more_identifiers",
            "forwarded_to_subprocessors",
            "wrong_recipient",
        ]),
        grounds: words(&[
            "own_controller",
            "legal_obligation",
            "legal_claims",
            "active_service",
            "technical_impossible",
        ]),
        values: NoticeValues::default(),
        errors: FieldErrors::default(),
    }
}

fn thanks(t: Texts) -> NoticeThanksPage {
    NoticeThanksPage {
        t,
        page: page("/notices/pQ7x"),
        token: "pQ7x".to_owned(),
        reference: "N-4GH2-81KC".to_owned(),
        outcome: "erased".to_owned(),
        answered_on: date("2026-09-09"),
    }
}
