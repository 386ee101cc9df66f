//! Where a person's files lie under the directory of a system: a template that values of theirs complete.
//!
//! What a template leads to must be nobody else's, so a template that two people's values could complete to the same
//! path is refused when the map is read, and a value that is no plain name is refused when it is used.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;

/// A path below a system's directory, such as `{address|domain}/{address|local}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PathTemplate {
    written: String,
    components: Vec<Vec<Piece>>,
}

/// A part of a component of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value { name: String, part: Part },
    Date,
    Number,
    Any,
}

/// What is taken of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Whole,
    Lower,
    Local,
    Domain,
    First,
}

/// A component of a completed template: the name of an entry, or a pattern for such names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryName(Vec<Piece>);

/// Why a value completes no path. It says which, not what it is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a value of {0} is no plain name of a file")]
pub struct UnfitValue(pub String);

/// The longest name that file systems take, in bytes.
const NAME_MAX: usize = 255;
const EXPECTED: &str = "names separated by /, with at least one {value} that leads to one person's files: {name}, \
     {name|lower}, {name|first}, {name|local} together with {name|domain}, at most one in a name; {date} and {number} \
     apart from it; * as a whole name";

impl PathTemplate {
    /// As the map has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The names of the values it needs.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        let pieces = self.components.iter().flatten();
        pieces
            .filter_map(|piece| match piece {
                Piece::Value { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// How many names a path of it has.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.components.len()
    }

    /// The directories that it begins with and that are the same for everybody.
    pub fn shared(&self) -> impl Iterator<Item = &str> {
        self.components
            .iter()
            .map_while(|pieces| match pieces.as_slice() {
                [Piece::Text(text)] => Some(text.as_str()),
                _ => None,
            })
    }

    /// The names that lead to anybody's files.
    #[must_use]
    pub fn anybodys(&self) -> Vec<EntryName> {
        self.components.iter().cloned().map(EntryName).collect()
    }

    /// The values that completed the template to these names; nothing when none could have.
    #[must_use]
    pub fn values_in(&self, names: &[String]) -> Option<BTreeMap<String, String>> {
        let mut values = BTreeMap::new();
        let mut read = self.components.iter().zip(names);
        let all = read.all(|(pieces, name)| {
            let mut found = None;
            let fits = matches(pieces, name, &mut found);
            let whole = pieces.iter().find_map(|piece| match piece {
                Piece::Value {
                    name,
                    part: Part::Whole,
                } => Some(name.clone()),
                _ => None,
            });
            values.extend(whole.zip(found.map(str::to_owned)));
            fits
        });
        (all && names.len() == self.depth()).then_some(values)
    }

    /// Whether the directory so many names down, counted from 1, is called after a person: empty, it still names them.
    #[must_use]
    pub fn names_person_at(&self, depth: usize) -> bool {
        let pieces = depth.checked_sub(1).and_then(|at| self.components.get(at));
        pieces
            .into_iter()
            .flatten()
            .any(|piece| matches!(piece, Piece::Value { part, .. } if *part != Part::First))
    }

    /// Whether a path of this one may lie inside a path of `other`, or be the same.
    #[must_use]
    pub fn lies_in(&self, other: &Self) -> bool {
        let mut pairs = self.components.iter().zip(&other.components);
        self.depth() >= other.depth() && pairs.all(|(one, two)| may_be_same(one, two))
    }

    /// The names that lead to the files of whom `values` belong to; nothing when a value is missing.
    ///
    /// # Errors
    /// When a value could lead somewhere else: it has a `/`, is `..`, is too long, or has no part that is asked for.
    pub fn complete<'a>(
        &self,
        values: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Option<Vec<EntryName>>, UnfitValue> {
        let mut names = Vec::with_capacity(self.components.len());
        for pieces in &self.components {
            let mut name = Vec::with_capacity(pieces.len());
            let mut used = None;
            for piece in pieces {
                let Piece::Value { name: value, part } = piece else {
                    name.push(piece.clone());
                    continue;
                };
                let Some(stored) = values(value).map(str::trim).filter(|stored| !stored.is_empty()) else {
                    return Ok(None);
                };
                let text = part.of(stored).ok_or_else(|| UnfitValue(value.clone()))?;
                name.push(Piece::Text(text));
                used = Some(value);
            }
            let name = EntryName::of(name);
            match (name.is_safe(), used) {
                (true, _) => names.push(name),
                (false, Some(value)) => return Err(UnfitValue(value.clone())),
                (false, None) => return Err(UnfitValue(self.written.clone())),
            }
        }
        Ok(Some(names))
    }
}

impl Part {
    fn of(self, value: &str) -> Option<String> {
        Some(match self {
            Self::Whole => value.to_owned(),
            Self::Lower => value.to_lowercase(),
            Self::Local => value.rsplit_once('@')?.0.to_owned(),
            Self::Domain => value.rsplit_once('@')?.1.to_owned(),
            Self::First => value.chars().next()?.to_string(),
        })
    }
}

impl EntryName {
    /// Texts that stand side by side are one.
    fn of(pieces: Vec<Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (_, piece) => joined.push(piece),
            }
        }
        Self(joined)
    }

    /// The name itself, unless it is a pattern.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether an entry of that name is meant.
    #[must_use]
    pub fn fits(&self, name: &str) -> bool {
        matches(&self.0, name, &mut None)
    }

    fn is_safe(&self) -> bool {
        let mut pieces = self.0.iter();
        let plain = pieces.all(|piece| match piece {
            Piece::Text(text) => !text.contains(['/', '\0']) && text.len() <= NAME_MAX,
            _ => true,
        });
        plain && !matches!(self.exact(), Some("" | "." | ".."))
    }
}

/// Whether a name fits; what stands where a value does is put into `value`.
fn matches<'a>(pieces: &[Piece], name: &'a str, value: &mut Option<&'a str>) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return name.is_empty();
    };
    match piece {
        Piece::Text(text) => name
            .strip_prefix(text.as_str())
            .is_some_and(|name| matches(rest, name, value)),
        Piece::Any => rest.is_empty() && !name.is_empty() && !name.starts_with('.'),
        Piece::Date => [10, 8].into_iter().any(|length| {
            let (Some(date), Some(after)) = (name.get(..length), name.get(length..)) else {
                return false;
            };
            is_date(date) && matches(rest, after, value)
        }),
        Piece::Number => {
            let digits = name.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0
                && name
                    .get(digits..)
                    .is_some_and(|after| matches(rest, after, value))
        }
        Piece::Value { .. } => {
            let ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.rev().any(|end| {
                let (taken, after) = name.split_at(end);
                let fits = matches(rest, after, value);
                if fits {
                    *value = Some(taken);
                }
                fits
            })
        }
    }
}

/// Whether some values complete both to one name: texts at either end tell them apart.
fn may_be_same(one: &[Piece], two: &[Piece]) -> bool {
    fn text(piece: Option<&Piece>) -> &str {
        match piece {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }
    if let ([Piece::Text(one)], [Piece::Text(two)]) = (one, two) {
        return one == two;
    }
    let (begins, begins_too) = (text(one.first()), text(two.first()));
    let (ends, ends_too) = (text(one.last()), text(two.last()));
    (begins.starts_with(begins_too) || begins_too.starts_with(begins))
        && (ends.ends_with(ends_too) || ends_too.ends_with(ends))
}

/// `2026-11-21` or `20261121`.
fn is_date(text: &str) -> bool {
    let digits = text.replace('-', "");
    let dashed = text.len() == 8 || (text.get(4..5) == Some("-") && text.get(7..8) == Some("-"));
    dashed && digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl TryFrom<String> for PathTemplate {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let expected = || format!("{written:?} is no path of files; expected {EXPECTED}");
        let components: Option<Vec<Vec<Piece>>> = written.split('/').map(component).collect();
        let components = components.ok_or_else(expected)?;
        if !leads_to_one(&components) {
            return Err(expected());
        }
        Ok(Self { written, components })
    }
}

fn component(written: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = written;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '{' => {
                let (inside, after) = rest.get(1..)?.split_once('}')?;
                pieces.push(placeholder(inside)?);
                after
            }
            '}' => return None,
            '*' => {
                pieces.push(Piece::Any);
                rest.get(1..)?
            }
            _ => {
                let (text, after) = rest.split_at(rest.find(['{', '}', '*']).unwrap_or(rest.len()));
                pieces.push(Piece::Text(text.to_owned()));
                after
            }
        };
    }
    let whole = pieces.len() == 1 || !pieces.contains(&Piece::Any);
    let name = EntryName(pieces);
    (whole && !name.0.is_empty() && name.is_safe() && is_unambiguous(&name.0)).then_some(name.0)
}

fn placeholder(inside: &str) -> Option<Piece> {
    let (name, part) = match inside.split_once('|') {
        None => match inside {
            "date" => return Some(Piece::Date),
            "number" => return Some(Piece::Number),
            name => (name, Part::Whole),
        },
        Some((name, part)) => {
            let part = match part {
                "lower" => Part::Lower,
                "local" => Part::Local,
                "domain" => Part::Domain,
                "first" => Part::First,
                _ => return None,
            };
            (name, part)
        }
    };
    let plain = |c: char| c.is_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(plain)).then(|| Piece::Value {
        name: name.to_owned(),
        part,
    })
}

/// Whether no two values can complete a name to the same one: one value at most, and what varies stands apart from it
/// and from its like.
fn is_unambiguous(pieces: &[Piece]) -> bool {
    let values = pieces.iter().filter(|piece| matches!(piece, Piece::Value { .. }));
    let varies = |piece: &Piece| !matches!(piece, Piece::Text(_));
    let parts = |text: &str| text.chars().any(|c| !c.is_alphanumeric());
    let touching = pieces.windows(2).any(|pair| pair.iter().all(varies));
    let separated = pieces.iter().enumerate().all(|(at, piece)| match piece {
        Piece::Text(text) if at > 0 && at + 1 < pieces.len() => parts(text),
        _ => true,
    });
    values.count() <= 1 && !touching && separated
}

/// Whether a whole value, or both halves of an address, stand in the template: less leads to others' files too.
fn leads_to_one(components: &[Vec<Piece>]) -> bool {
    let pieces = components.iter().flatten();
    let used: BTreeSet<(&str, Part)> = pieces
        .filter_map(|piece| match piece {
            Piece::Value { name, part } => Some((name.as_str(), *part)),
            _ => None,
        })
        .collect();
    let whole = |(name, part): &(&str, Part)| match part {
        Part::Whole | Part::Lower => true,
        Part::Local => used.contains(&(name, Part::Domain)),
        Part::Domain | Part::First => false,
    };
    used.iter().any(whole)
}

#[cfg(test)]
mod tests;
