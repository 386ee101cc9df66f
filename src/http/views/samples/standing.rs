//! The pages of accounts that ended: for staff, and for whose account it was.

use super::super::customer::CasePage;
use super::super::layout::FieldErrors;
use super::super::standing::{CurrentApproval, EndedRow, StandingPage};
use super::customer::case;
use super::{Sample, date, sample, staff_page};
use crate::adapters::texts::Texts;

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let row = |reference: &str, state: &str, outcome: &str, why: &[&str]| EndedRow {
        reference: reference.to_owned(),
        state: state.to_owned(),
        at: "2026-11-23 09:30".to_owned(),
        outcome: outcome.to_owned(),
        why: why.iter().map(|&why| why.to_owned()).collect(),
    };
    let full = StandingPage {
        t,
        page: staff_page("/staff/standing", "standing"),
        current: Some(CurrentApproval {
            id: "0192-7f3a".to_owned(),
            until: date("2027-06-30"),
            approver: "bo.ek@host.example".to_owned(),
            every: 10,
            most: 300,
        }),
        decides: true,
        month: "2026-11".to_owned(),
        accounts: vec![
            row("R-7K2M-94QX", "approved", "approved", &[]),
            row("R-3F9C-11AB", "assessing", "sampled", &[]),
            row("R-9D4E-77CD", "assessing", "unusual", &["unpaid", "open_case"]),
            row("R-1A2B-33EF", "assessing", "none", &[]),
        ],
        errors: FieldErrors::default(),
        until: String::new(),
        every: "10".to_owned(),
        most: "300".to_owned(),
    };
    let wrong = StandingPage {
        current: None,
        accounts: vec![],
        errors: FieldErrors::of_fields(&["until", "every", "most"]),
        every: "500".to_owned(),
        ..full.clone()
    };
    let read = StandingPage {
        decides: false,
        ..full.clone()
    };
    let ended = CasePage {
        account_ended: true,
        may_stop_until: Some("2026-12-07 10:15".to_owned()),
        ..case(t, "approved")
    };
    let kept = CasePage {
        account_ended: true,
        may_withdraw: false,
        ..case(t, "withdrawn")
    };
    vec![
        sample("case-ended", &ended),
        sample("case-kept", &kept),
        sample("standing", &full),
        sample("standing-wrong", &wrong),
        sample("standing-read", &read),
    ]
}
