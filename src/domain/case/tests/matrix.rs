//! The rules as one page to read: what every event does in every state, for every right.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::world::{Alphabet, Cell, World, column, world};
use super::*;

/// Columns of one block: as many as fit side by side.
const ABREAST: usize = 6;

fn columns() -> Vec<&'static str> {
    let mut columns: Vec<_> = Alphabet::new().events.iter().map(column).collect();
    let mut seen = BTreeSet::new();
    columns.retain(|name| seen.insert(*name));
    columns
}

/// `-` never, `stays` for what changes a fact of the case and not its state.
fn shown(cell: Option<&Cell>, state: &str) -> String {
    let Some(cell) = cell else {
        return "(never here)".into();
    };
    if cell.next.is_empty() {
        return "-".into();
    }
    let mut next: Vec<&str> = cell.next.iter().copied().filter(|next| *next != state).collect();
    if cell.next.contains(state) {
        next.insert(0, "stays");
    }
    next.join(" or ")
}

fn table(world: &World) -> String {
    let mut page = String::new();
    for block in columns().chunks(ABREAST) {
        let widths: Vec<usize> = block
            .iter()
            .map(|event| {
                let cells = State::NAMES
                    .iter()
                    .map(|state| shown(world.cells.get(&(*state, *event)), state).len());
                cells.chain([event.len()]).max().unwrap_or_default()
            })
            .collect();
        let mut line = |first: &str, cells: &[String]| {
            let padded: Vec<String> = cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            writeln!(
                page,
                "{}",
                format!("{first:22}| {}", padded.join(" | ")).trim_end()
            )
            .unwrap();
        };
        line(
            "",
            &block.iter().map(|event| (*event).to_owned()).collect::<Vec<_>>(),
        );
        for state in State::NAMES {
            let cells: Vec<String> = block
                .iter()
                .map(|event| shown(world.cells.get(&(state, *event)), state))
                .collect();
            line(state, &cells);
        }
        page.push('\n');
    }
    page
}

fn notes(world: &World) -> String {
    let mut page = String::from("Refused, although the state allows it or another case could:\n");
    for state in State::NAMES {
        for event in columns() {
            if let Some(cell) = world
                .cells
                .get(&(state, event))
                .filter(|cell| !cell.reasons.is_empty())
            {
                let reasons: Vec<&str> = cell.reasons.iter().map(String::as_str).collect();
                writeln!(page, "  {state}, {event}: {}", reasons.join("; ")).unwrap();
            }
        }
    }
    page.push_str("\nWhat is committed with it:\n");
    for state in State::NAMES {
        for event in columns() {
            for (next, effects) in world
                .cells
                .get(&(state, event))
                .iter()
                .flat_map(|cell| &cell.effects)
            {
                writeln!(page, "  {state}, {event} → {next}: {effects}").unwrap();
            }
        }
    }
    page
}

#[test]
fn the_whole_matrix() {
    let mut pages: Vec<(Vec<&str>, String)> = Vec::new();
    for right in Right::ALL {
        let world = world(right);
        let page = format!("{}{}", table(world), notes(world));
        match pages.iter_mut().find(|(_, same)| *same == page) {
            Some((rights, _)) => rights.push(right.name()),
            None => pages.push((vec![right.name()], page)),
        }
    }
    let text: Vec<String> = pages
        .into_iter()
        .map(|(rights, page)| format!("== {} ==\n\n{page}", rights.join(", ")))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn every_state_that_a_right_has_is_reached_and_no_other() {
    for right in Right::ALL {
        let never: Vec<&str> = State::NAMES
            .into_iter()
            .filter(|state| !world(right).reached.contains(state))
            .collect();
        let own = path::OWN.iter().find(|(of, _)| *of == right).unwrap().1;
        let has = |state: &&str| path::SHARED.contains(state) || own.contains(state);
        let foreign: Vec<&str> = State::NAMES.into_iter().filter(|state| !has(state)).collect();
        assert_eq!(never, foreign, "{right:?}");
    }
}

#[test]
fn every_state_has_a_way_out() {
    for right in Right::ALL {
        let world = world(right);
        for state in &world.reached {
            let mut next = world.cells.iter().filter(|((from, _), _)| from == state);
            let leaves = next.any(|(_, cell)| cell.next.iter().any(|next| next != state));
            assert!(leaves, "{state} of {right:?}");
        }
    }
}
