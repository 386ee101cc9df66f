//! A first draft of a system's part of the map, made from the schema of its database for a person to finish.
//!
//! Names alone decide what looks personal, so every rule is a guess; what the draft leaves out, it says.

mod guess;
#[cfg(test)]
mod tests;
mod write;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::ConnectorKind;
use guess::Guess;

/// A table as its database describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenTable {
    /// Its name, as a map would give it.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<SeenColumn>,
    /// The columns of each unique index, all of which must have values.
    pub unique: Vec<BTreeSet<String>>,
    /// What its rows refer to.
    pub refers: Vec<SeenReference>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
}

/// What a column holds, as far as a draft cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// Numbers.
    Number,
    /// Days.
    Date,
    /// Something else.
    Other,
}

/// A constraint by which rows refer to those of another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenReference {
    /// The other table.
    pub to: String,
    /// Column here and column there.
    pub on: Vec<(String, String)>,
}

/// Which system the draft is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted<'a> {
    /// Its id in the map.
    pub id: &'a str,
    /// How it is reached.
    pub connector: ConnectorKind,
}

/// What is drafted of a table.
struct Part<'a> {
    table: &'a SeenTable,
    guess: Guess<'a>,
    key: Vec<&'a str>,
    /// What its rows belong to, and whether a constraint says so.
    parent: Option<Link<'a>>,
    references: BTreeSet<&'a str>,
    /// Tables that it refers to and that refer back: left out of the map.
    back: BTreeSet<&'a str>,
    register: bool,
    /// Whether a table that the law keeps belongs to it.
    is_kept: bool,
}

#[derive(Clone)]
struct Link<'a> {
    to: &'a str,
    on: Vec<(&'a str, &'a str)>,
    is_guessed: bool,
}

/// The draft, as a file that a profile includes.
#[must_use]
pub fn draft(system: &Drafted<'_>, tables: &[SeenTable]) -> String {
    let (keyed, keyless): (Vec<&SeenTable>, Vec<&SeenTable>) =
        tables.iter().partition(|table| key(table).is_some());
    let parts = linked(&keyed);
    let taken: BTreeSet<&str> = parts.iter().map(|part| part.table.name.as_str()).collect();
    let left = keyed.iter().map(|table| table.name.as_str());
    let left: Vec<&str> = left.filter(|name| !taken.contains(name)).collect();
    let keyless = keyless.into_iter().filter(|table| Guess::of(table).is_personal());
    let keyless: Vec<&str> = keyless.map(|table| table.name.as_str()).collect();
    write::file(system, &parts, &left, &keyless)
}

/// The columns that name a row: `id` where there is such a key, else the fewest.
fn key(table: &SeenTable) -> Option<Vec<&str>> {
    let best = table
        .unique
        .iter()
        .min_by_key(|columns| (columns.len(), !columns.contains("id"), *columns))?;
    let in_order = table.columns.iter().map(|column| column.name.as_str());
    let key: Vec<&str> = in_order.filter(|name| best.contains(*name)).collect();
    (!key.is_empty()).then_some(key)
}

/// The tables that speak of people, and those that hang on them, each with the one that it belongs to.
fn linked<'a>(tables: &[&'a SeenTable]) -> Vec<Part<'a>> {
    let guesses: BTreeMap<&str, Guess<'a>> = tables
        .iter()
        .map(|table| (table.name.as_str(), Guess::of(table)))
        .collect();
    let links: BTreeMap<&str, Vec<Link<'a>>> = tables
        .iter()
        .map(|table| (table.name.as_str(), links(table, tables)))
        .collect();
    let parents = parents(tables, &guesses, &links);
    let register = register(tables, &guesses, &parents);
    let mut parts = Vec::new();
    for table in tables {
        let name = table.name.as_str();
        let Some(parent) = parents.get(name) else { continue };
        let others: BTreeSet<&str> = links
            .get(name)
            .into_iter()
            .flatten()
            .map(|link| link.to)
            .filter(|to| parents.contains_key(to) && *to != name)
            .filter(|to| parent.as_ref().is_none_or(|parent| parent.to != *to))
            .collect();
        let (back, references) = others.into_iter().partition(|to| leads(&links, to, name));
        parts.push(Part {
            table,
            guess: Guess::of(table),
            key: key(table).unwrap_or_default(),
            parent: parent.clone(),
            references,
            back,
            register: register == Some(name),
            is_kept: false,
        });
    }
    keep_what_is_referred_to(&mut parts);
    parts
}

/// What a table's rows refer to: by constraint, else by a column that is called after another table.
fn links<'a>(table: &'a SeenTable, all: &[&'a SeenTable]) -> Vec<Link<'a>> {
    let mut links: Vec<Link<'a>> = table
        .refers
        .iter()
        .map(|reference| Link {
            to: &reference.to,
            on: reference
                .on
                .iter()
                .map(|(here, there)| (here.as_str(), there.as_str()))
                .collect(),
            is_guessed: false,
        })
        .collect();
    for column in &table.columns {
        let known = links
            .iter()
            .any(|link| link.on.iter().any(|(here, _)| *here == column.name));
        let other = all
            .iter()
            .find(|other| guess::is_called_after(&column.name, &other.name));
        let Some(other) = other.filter(|other| !known && other.name != table.name) else {
            continue;
        };
        if let Some([there]) = key(other).as_deref() {
            links.push(Link {
                to: &other.name,
                on: vec![(&column.name, there)],
                is_guessed: true,
            });
        }
    }
    links
}

/// Each table that is taken, with what its rows belong to: from those that a person is found in, outwards.
fn parents<'a>(
    tables: &[&'a SeenTable],
    guesses: &BTreeMap<&'a str, Guess<'a>>,
    links: &BTreeMap<&'a str, Vec<Link<'a>>>,
) -> BTreeMap<&'a str, Option<Link<'a>>> {
    let mut parents: BTreeMap<&str, Option<Link<'a>>> = BTreeMap::new();
    let finds = |name: &str| guesses.get(name).is_some_and(Guess::finds_a_person);
    let refers_to_a_finder = |name: &str| {
        let mut to = links
            .get(name)
            .into_iter()
            .flatten()
            .filter(|link| !link.is_guessed);
        to.any(|link| link.to != name && finds(link.to))
    };
    let mut next: VecDeque<&str> = tables
        .iter()
        .map(|table| table.name.as_str())
        .filter(|name| finds(name))
        .collect();
    let referring = |name: &str| {
        let others = links.iter().filter(|(from, _)| **from != name);
        others
            .filter(|(_, links)| links.iter().any(|link| link.to == name))
            .count()
    };
    // Those that belong to nobody else's first; in a ring, whoever most others refer to.
    next.make_contiguous()
        .sort_by_key(|name| (refers_to_a_finder(name), Reverse(referring(name))));
    for name in &next {
        let owner = links
            .get(name)
            .into_iter()
            .flatten()
            .find(|link| !link.is_guessed && link.to != *name && parents.contains_key(link.to));
        parents.insert(name, owner.cloned());
    }
    while let Some(above) = next.pop_front() {
        for table in tables {
            let name = table.name.as_str();
            let link = links
                .get(name)
                .into_iter()
                .flatten()
                .find(|link| link.to == above);
            if let (false, Some(link)) = (parents.contains_key(name), link) {
                parents.insert(name, Some(link.clone()));
                next.push_back(name);
            }
        }
    }
    parents
}

/// The table that most others belong to, among those in which a person is found: that of the accounts.
fn register<'a>(
    tables: &[&'a SeenTable],
    guesses: &BTreeMap<&'a str, Guess<'a>>,
    parents: &BTreeMap<&'a str, Option<Link<'a>>>,
) -> Option<&'a str> {
    let belonging = |name: &str| {
        let owners = parents.values().flatten();
        owners.filter(|link| link.to == name).count()
    };
    let names = tables.iter().map(|table| table.name.as_str());
    let found = names.filter(|name| guesses.get(name).is_some_and(Guess::finds_a_person));
    // Of equals the first counts.
    found.rev().max_by_key(|name| belonging(name))
}

/// Whether one table leads to another, over whatever it refers to.
fn leads(links: &BTreeMap<&str, Vec<Link<'_>>>, from: &str, to: &str) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(here) = next.pop() {
        if here == to {
            return true;
        }
        if seen.insert(here) {
            next.extend(links.get(here).into_iter().flatten().map(|link| link.to));
        }
    }
    false
}

/// What a table that the law keeps belongs to is reduced instead of deleted, and so on upwards.
fn keep_what_is_referred_to(parts: &mut [Part<'_>]) {
    let owners: BTreeMap<String, String> = parts
        .iter()
        .filter_map(|part| Some((part.table.name.clone(), part.parent.as_ref()?.to.to_owned())))
        .collect();
    let kept: Vec<String> = parts
        .iter()
        .filter(|part| part.guess.books().is_some())
        .map(|part| part.table.name.clone())
        .collect();
    let mut above = BTreeSet::new();
    for name in kept {
        let mut here = &name;
        while let Some(owner) = owners.get(here) {
            if !above.insert(owner.clone()) {
                break;
            }
            here = owner;
        }
    }
    for part in parts {
        part.is_kept = above.contains(&part.table.name);
    }
}
