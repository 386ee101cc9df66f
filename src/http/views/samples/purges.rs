//! The pages of retained data whose time has passed.

use super::super::purges::{PurgeLineRow, PurgePage, PurgeRow, PurgesPage};
use super::{Sample, date, sample, staff_page};
use crate::adapters::texts::Texts;

const STATES: [&str; 6] = ["proposed", "approved", "running", "done", "failed", "rejected"];
const LINES: [&str; 6] = ["listed", "taken_out", "held", "running", "done", "failed"];

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let lists = PurgesPage {
        t,
        page: staff_page("/staff/purges", "purges"),
        lists: STATES.map(row).to_vec(),
    };
    let empty = PurgesPage {
        lists: Vec::new(),
        ..lists.clone()
    };
    let mut samples = vec![sample("purges", &lists), sample("purges-empty", &empty)];
    for state in STATES {
        samples.push(sample(&format!("purge-{state}"), &list(t, state)));
    }
    for error in ["reason", "invalid", "stale", "decided"] {
        let wrong = PurgePage {
            error: Some(error),
            typed: "Tvist".to_owned(),
            typed_for: Some("line-0".to_owned()),
            ..list(t, "proposed")
        };
        samples.push(sample(&format!("purge-error-{error}"), &wrong));
    }
    samples
}

fn row(state: &'static str) -> PurgeRow {
    PurgeRow {
        id: "0198c0de".to_owned(),
        state,
        proposed_on: date("2034-01-01"),
        decided: (state != "proposed").then(|| "2034-01-03 09:12 ingrid@nordhamn.example".to_owned()),
        rows: 44,
        purged: if state == "done" { 44 } else { 0 },
    }
}

fn list(t: Texts, state: &'static str) -> PurgePage {
    let line = |(place, line): (usize, &&'static str)| PurgeLineRow {
        id: format!("line-{place}"),
        case: (place != 4).then(|| "DR-7K2M-94QX-0002".to_owned()),
        system: "Faktureringssystem".to_owned(),
        what: "Bokföring".to_owned(),
        table: "invoices".to_owned(),
        ground: "7 kap. 2 § bokföringslagen (1999:1078)".to_owned(),
        until: date("2033-12-31"),
        rows: 4,
        reduced: place == 2,
        state: line,
        why: match *line {
            "failed" => Some("row_changed".to_owned()),
            "taken_out" => Some("Tvist om beloppet".to_owned()),
            _ => None,
        },
        restricted_by: match *line {
            "held" => vec!["DR-7K2M-94QX-0003".to_owned()],
            _ => vec![],
        },
        awaited_by: match *line {
            "waiting" => vec!["DR-7K2M-94QX-0005".to_owned()],
            _ => vec![],
        },
    };
    PurgePage {
        t,
        page: staff_page("/staff/purges/0198c0de", "purges"),
        list: row(state),
        version: 2,
        reason: (state == "rejected").then(|| "Tvist om beloppet".to_owned()),
        lines: LINES.iter().enumerate().map(line).collect(),
        decides: true,
        error: None,
        typed: String::new(),
        typed_for: None,
    }
}
