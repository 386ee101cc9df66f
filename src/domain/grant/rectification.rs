//! Correcting what is wrong or incomplete about a person (Art. 16): where the wrong value stands, what it becomes, and
//! what a law keeps as it is.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Step, StepKind};
use crate::domain::data_map::{DataMap, PersonalField, Table};
use crate::domain::erasure::{Survey, SurveyedRow};
use crate::domain::matching::RowKey;

/// A field and the value that is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field.
    pub field: PersonalField,
    /// Its value, normalised.
    pub value: String,
}

/// One place in which a field is corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// The category of its data.
    pub category: String,
    /// The row.
    pub key: RowKey,
    /// The field.
    pub field: PersonalField,
    /// The column that holds it.
    pub column: String,
    /// What stood there when it was decided; nothing where data is completed.
    pub old: Option<String>,
    /// What is to stand there.
    pub new: String,
    /// Whether the row is an account of the register, whose address is the one on file.
    pub register: bool,
}

/// A document that a law keeps as it is: the correction is recorded here instead, and made by a new document
/// (bokföringslagen 5 kap. 9 §: a correction must be traceable; 7 kap. 2 §: the old document is kept).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// The row.
    pub key: RowKey,
    /// The field.
    pub field: PersonalField,
    /// What stands there, and stays.
    pub old: String,
    /// What is right.
    pub new: String,
    /// The law, by its name in the data map.
    pub ground: String,
}

/// The terms of a rectification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rectification {
    /// What is right, one value for a field.
    pub changes: Vec<Change>,
    /// Where it is set.
    pub places: Vec<Place>,
    /// Where it is only recorded.
    pub recorded: Vec<Recorded>,
}

/// One value to be set in a system, where the old one is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The row.
    pub key: RowKey,
    /// The column.
    pub column: String,
    /// What must stand there now.
    pub old: Option<String>,
    /// What is to stand there; nothing where a value goes.
    pub new: Option<String>,
}

/// A survey of one system with the rows it started from.
type Found = (Survey, BTreeMap<String, Vec<RowKey>>);

impl Rectification {
    /// Where `changes` are to be made, judged from what the systems hold. A value that already says the same is left
    /// alone. A table in which people are found by themselves is corrected in the rows found to be this person's, not
    /// in others that hang on the account: those may be other people's.
    #[must_use]
    pub fn make(map: &DataMap, found: &[Found], changes: Vec<Change>, today: NaiveDate) -> Self {
        let mut terms = Self::default();
        for (survey, roots) in found {
            let Some(system) = map.system(&survey.system) else {
                continue;
            };
            for table in &system.tables {
                let own = roots.get(&table.name).map(Vec::as_slice).unwrap_or_default();
                let rows = survey.rows(&table.name).iter();
                let rows = rows.filter(|row| table.person.is_empty() || own.contains(&row.key));
                for row in rows {
                    terms.correct(&survey.system, table, row, &changes, today);
                }
            }
        }
        terms.changes = changes;
        terms
    }

    fn correct(
        &mut self,
        system: &str,
        table: &Table,
        row: &SurveyedRow,
        changes: &[Change],
        today: NaiveDate,
    ) {
        for change in changes {
            let Some(column) = table.rectify.get(&change.field) else {
                continue;
            };
            let old = row.values.get(column).cloned();
            let same = |old: &String| change.field.says_the_same(old, &change.value, today);
            if old.as_ref().is_some_and(same) {
                continue;
            }
            match (table.retained(), old) {
                (None, old) => self.places.push(Place {
                    system: system.to_owned(),
                    table: table.name.clone(),
                    category: table.category.clone(),
                    key: row.key.clone(),
                    field: change.field,
                    column: column.clone(),
                    old,
                    new: change.value.clone(),
                    register: table.register,
                }),
                (Some(ground), Some(old)) => self.recorded.push(Recorded {
                    system: system.to_owned(),
                    table: table.name.clone(),
                    key: row.key.clone(),
                    field: change.field,
                    old,
                    new: change.value.clone(),
                    ground: ground.name().to_owned(),
                }),
                // A document that says nothing says nothing wrong.
                (Some(_), None) => {}
            }
        }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty() && self.recorded.is_empty()
    }

    /// Takes over what an earlier grant of the same case had set already when it was found outdated: the systems no
    /// longer show what was wrong there, and the person and the recipients are to hear of it all the same.
    pub fn take_over(&mut self, earlier: &Self) {
        let same = |one: &Place, other: &Place| {
            (&one.system, &one.table, &one.key, &one.column)
                == (&other.system, &other.table, &other.key, &other.column)
        };
        let done = earlier.places.iter().filter(|before| {
            let right = |change: &Change| change.field == before.field && change.value == before.new;
            self.changes.iter().any(right) && !self.places.iter().any(|place| same(place, before))
        });
        let done: Vec<Place> = done.cloned().collect();
        self.places.extend(done);
    }

    /// The address on file before and after, when the terms change it. Whoever takes an account over begins with this.
    #[must_use]
    pub fn address_on_file(&self) -> Option<(&str, &str)> {
        let place = self
            .places
            .iter()
            .find(|place| place.register && place.field == PersonalField::Email && place.old.is_some())?;
        Some((place.old.as_deref()?, &place.new))
    }

    /// What a recipient that gets these categories is told: the new values of what went there.
    #[must_use]
    pub fn told_to(&self, categories: &[String]) -> Vec<Change> {
        let goes = |change: &&Change| {
            let mut places = self.places.iter().filter(|place| place.field == change.field);
            places.any(|place| categories.contains(&place.category))
        };
        self.changes.iter().filter(goes).cloned().collect()
    }

    /// What is to be done: every table, those of the register last, as people are found by what stands there; then
    /// each system is read back.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let step = |system: &str, table: &str, kind| Step {
            system: system.to_owned(),
            table: table.to_owned(),
            kind,
        };
        let mut changed: Vec<Step> = Vec::new();
        let mut verified: Vec<Step> = Vec::new();
        let (register, others): (Vec<&Place>, Vec<&Place>) =
            self.places.iter().partition(|place| place.register);
        for place in others.into_iter().chain(register) {
            let change = step(&place.system, &place.table, StepKind::Change);
            let verify = step(&place.system, &place.table, StepKind::Verify);
            if !changed.contains(&change) {
                changed.push(change);
                verified.push(verify);
            }
        }
        changed.extend(verified);
        changed
    }

    /// What a step sets, or reads back.
    #[must_use]
    pub fn corrections(&self, step: &Step) -> Vec<Correction> {
        let places = self.places.iter();
        let here = places.filter(|place| place.system == step.system && place.table == step.table);
        here.map(|place| Correction {
            key: place.key.clone(),
            column: place.column.clone(),
            old: place.old.clone(),
            new: Some(place.new.clone()),
        })
        .collect()
    }
}

#[cfg(test)]
#[path = "rectification_tests.rs"]
mod tests;
