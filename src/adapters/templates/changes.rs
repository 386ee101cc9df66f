//! What a rectification changed, in words: the parts that its letter and its person's page share (Art. 16, 19).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::answer::Told;
use super::facts::Words;
use super::mails::RefusedPart;
use crate::domain::grant::RefusedItem;
use crate::services::granting::rectification::{Corrected, KeptAsItIs, RectifiedFacts};

/// A field that was corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedField {
    /// The field, in the reader's language.
    pub field: String,
    /// What stood there, masked; empty where it was missing.
    pub old: String,
    /// What stands there now, masked.
    pub new: String,
    /// The systems, by name.
    pub systems: String,
}

/// Documents that stay as they are, as a law demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDocuments {
    /// What they are, in the reader's language.
    pub what: String,
    /// The system that holds them.
    pub system: String,
    /// The statute.
    pub ground: String,
    /// How many.
    pub count: usize,
}

/// The whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rectified {
    /// By field.
    pub corrected: Vec<CorrectedField>,
    /// What stays.
    pub kept: Vec<KeptDocuments>,
    /// The day it was done and read back.
    pub on: Option<NaiveDate>,
    /// Who was told, and what they answered so far.
    pub told: Vec<Told>,
    /// What is refused.
    pub refused: Vec<RefusedPart>,
}

/// The answer to a rectification.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RectifiedMail {
    /// The case number.
    pub reference: String,
    /// What was done.
    pub answer: Rectified,
    /// The page of the case.
    pub link: String,
    /// The form for a restriction, offered where a part is refused.
    pub restriction: String,
}

/// To the address that was on file: another stands there now.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressChangedMail {
    /// The case number.
    pub reference: String,
    /// Since when.
    pub on: NaiveDate,
    /// The new address, masked.
    pub new: String,
}

impl Words<'_> {
    /// The answer to a rectification.
    #[must_use]
    pub fn rectified(&self, facts: &RectifiedFacts) -> Rectified {
        Rectified {
            corrected: facts.corrected.iter().map(|one| self.corrected(one)).collect(),
            kept: facts.kept.iter().map(|one| self.kept_documents(one)).collect(),
            on: facts.on,
            told: facts.told.iter().map(|told| self.told_one(told)).collect(),
            refused: facts.refused.iter().map(refused_part).collect(),
        }
    }

    fn corrected(&self, corrected: &Corrected) -> CorrectedField {
        let systems: Vec<String> = corrected.systems.iter().map(|id| self.system(id)).collect();
        CorrectedField {
            field: self.t.of("field-", corrected.field.name()),
            old: corrected.old.join(", "),
            new: corrected.new.clone(),
            systems: systems.join(", "),
        }
    }

    fn kept_documents(&self, kept: &KeptAsItIs) -> KeptDocuments {
        KeptDocuments {
            what: self.contents(&kept.system, &kept.table),
            system: self.system(&kept.system),
            ground: self.ground(&kept.ground),
            count: kept.documents,
        }
    }
}

/// A part that is refused, as a letter says it.
fn refused_part(item: &RefusedItem) -> RefusedPart {
    RefusedPart {
        what: item.item.clone(),
        ground: item.ground.name().to_owned(),
        reason: item.reason.clone(),
    }
}
