//! The database's table of moves between states, held against the rules.

use std::collections::BTreeSet;

use super::world::world;
use super::*;

const CREATED: &str = include_str!("../../../../migrations/2026-11-21-000200_create_cases/up.sql");
const GRANTED: &str = include_str!("../../../../migrations/2026-11-22-000190_grant_rights/up.sql");

const REVIEWED: &str =
    include_str!("../../../../migrations/2026-11-22-000801_review_automated_decisions/up.sql");

/// The pairs of names that a migration inserts into a table.
fn pairs(migration: &str, insert: &str) -> Vec<(String, String)> {
    let (_, rest) = migration
        .split_once(insert)
        .expect("the migration fills the table");
    let (values, _) = rest.split_once(';').expect("the statement ends");
    values
        .split('(')
        .skip(1)
        .map(|pair| {
            let mut names = pair.split('\'');
            let mut name = || names.nth(1).expect("a quoted name").to_owned();
            (name(), name())
        })
        .collect()
}

fn moves_in_the_database() -> BTreeSet<(String, String)> {
    let insert = "INSERT INTO case_transitions (from_state, to_state) VALUES";
    let pairs: Vec<_> = [CREATED, GRANTED, REVIEWED]
        .into_iter()
        .flat_map(|migration| pairs(migration, insert))
        .collect();
    let distinct: BTreeSet<_> = pairs.iter().cloned().collect();
    assert_eq!(distinct.len(), pairs.len(), "no pair stands twice");
    distinct
}

#[test]
fn the_database_allows_exactly_the_moves_that_the_rules_make() {
    let by_rules: BTreeSet<(String, String)> = Right::ALL
        .into_iter()
        .flat_map(|right| &world(right).cells)
        .flat_map(|((from, _), cell)| cell.next.iter().map(move |to| (*from, *to)))
        .filter(|(from, to)| from != to)
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .collect();
    assert_eq!(by_rules, moves_in_the_database());
}

#[test]
fn the_database_knows_the_same_states() {
    let names = State::NAMES.map(|name| format!("'{name}'")).join(", ");
    assert!(CREATED.contains(&format!("CHECK (state IN ({names}))")));
}

#[test]
fn the_database_gives_each_right_the_same_states() {
    let own: BTreeSet<(String, String)> = path::OWN
        .iter()
        .flat_map(|(right, states)| {
            states
                .iter()
                .map(|state| (right.name().to_owned(), (*state).to_owned()))
        })
        .collect();
    let inserted = pairs(GRANTED, "INSERT INTO case_states (of_right, state) VALUES");
    assert_eq!(inserted.into_iter().collect::<BTreeSet<_>>(), own);
    let listed = |names: &[&str]| {
        let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        quoted.join(", ")
    };
    let shared = format!("unnest(ARRAY[{}])", listed(&path::SHARED));
    assert!(GRANTED.contains(&shared) && REVIEWED.contains(&shared));
    let rights = Right::ALL.map(Right::name);
    let (last, earlier) = rights.split_last().unwrap();
    assert!(GRANTED.contains(&format!("unnest(ARRAY[{}])", listed(earlier))));
    assert!(REVIEWED.contains(&format!("SELECT '{last}', s")));
    assert!(REVIEWED.contains(&format!("\"right\" IN ({})", listed(&rights))));
}

#[test]
fn grounds_have_names_that_lead_back() {
    for ground in RefusalGround::ALL {
        assert_eq!(RefusalGround::from_name(ground.name()), Some(*ground));
        assert_eq!(serde_json::to_value(ground).unwrap(), ground.name());
    }
    assert_eq!(RefusalGround::from_name("because"), None);
}
