//! Where the person was found, what looks alike, and the accounts to choose between.

use super::case_page::Reader;
use crate::domain::matching::{FoundRow, KeyKind, Match, Standing};
use crate::domain::personal_number::PersonalNumber;
use crate::http::views::staff::{CandidateView, ExcludedView, MatchView};
use crate::services::overview::StaffCase;

/// The person's rows, counted by table and by how they were found.
pub(super) fn matches(reader: &Reader<'_>, case: &StaffCase) -> Vec<MatchView> {
    let groups = grouped(case, |standing| standing == Standing::Theirs);
    groups.iter().map(|group| group.view(reader)).collect()
}

/// What looks like the person's and is left alone, counted likewise.
pub(super) fn excluded(reader: &Reader<'_>, case: &StaffCase) -> Vec<ExcludedView> {
    let groups = grouped(case, |standing| standing != Standing::Theirs);
    let view = |group: &Group<'_>| ExcludedView {
        found: group.view(reader),
        why: match group.first.standing {
            Standing::AnotherPerson => "another_person",
            Standing::NotAPerson => "not_a_person",
            Standing::Shared | Standing::Theirs => "shared",
        },
    };
    groups.iter().map(view).collect()
}

/// Rows that differ in nothing that is shown.
struct Group<'a> {
    first: &'a Match,
    rows: usize,
}

impl Group<'_> {
    fn holds(&self, found: &Match) -> bool {
        let (own, other) = (&self.first.row, &found.row);
        own.system == other.system
            && own.table == other.table
            && own.kind == other.kind
            && self.first.standing == found.standing
            && self.first.by == found.by
    }

    fn view(&self, reader: &Reader<'_>) -> MatchView {
        let row = &self.first.row;
        MatchView {
            system: reader.words.system(&row.system),
            what: reader.words.contents(&row.system, &row.table),
            table: row.table.clone(),
            kind: row.kind.clone(),
            by: self.first.by.iter().map(|kind: &KeyKind| kind.name()).collect(),
            rows: self.rows,
        }
    }
}

fn grouped(case: &StaffCase, wanted: impl Fn(Standing) -> bool) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let matches = case.subject.iter().flat_map(|subject| &subject.matches);
    for found in matches.filter(|found| wanted(found.standing)) {
        match groups.iter_mut().find(|group| group.holds(found)) {
            Some(group) => group.rows += 1,
            None => groups.push(Group {
                first: found,
                rows: 1,
            }),
        }
    }
    groups
}

/// The accounts that fit, when staff must choose one.
pub(super) fn candidates(reader: &Reader<'_>, case: &StaffCase) -> Vec<CandidateView> {
    let subject = case.subject.as_ref().filter(|subject| subject.ambiguous());
    let rows = subject.into_iter().flat_map(|subject| &subject.candidates);
    rows.map(|row| candidate(reader, row)).collect()
}

fn candidate(reader: &Reader<'_>, row: &FoundRow) -> CandidateView {
    let number = row.keys.personal_number.as_deref();
    CandidateView {
        key: serde_json::to_string(&row.key).expect("texts can be written as JSON"),
        system: reader.words.system(&row.system),
        kind: row.kind.clone(),
        customer_number: row.keys.customer_number.clone(),
        // What a system holds may be no number at all, and is not shown then.
        personal_number: number
            .and_then(|digits| PersonalNumber::from_canonical(digits).ok())
            .map(|number| number.masked()),
        email: row.keys.email.clone(),
    }
}
