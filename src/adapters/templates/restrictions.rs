//! A restriction in words: the parts that its letters and its person's page share (Art. 18).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::answer::Told;
use super::facts::Words;
use super::mails::RefusedPart;
use crate::domain::grant::ByHand;
use crate::services::restricting::RestrictionFacts;

/// A restriction, as its person sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restricted {
    /// Why, after `restriction-ground-`.
    pub ground: String,
    /// What, in the reader's language.
    pub categories: Vec<String>,
    /// Since when.
    pub from: NaiveDate,
    /// Until when it is expected to last.
    pub expected_end: Option<NaiveDate>,
    /// What may be done beside storing, after `restriction-allowed-`.
    pub allowed: Vec<String>,
    /// What becomes of services, after `restriction-services-`.
    pub services: String,
    /// Where it stands: `placed`, `lift_announced` or `lifted`.
    pub state: String,
    /// Why it ends, after `lift-reason-`.
    pub lift_reason: Option<String>,
    /// The earliest day on which it is lifted.
    pub lifts_on: Option<NaiveDate>,
    /// The day on which it was.
    pub lifted_on: Option<NaiveDate>,
    /// What the person may consent to meanwhile.
    #[serde(default)]
    pub consents: Vec<ConsentTo>,
    /// Tables that staff mark by hand, in the reader's language.
    #[serde(default)]
    pub by_hand: Vec<String>,
    /// Who was told, and what they answered so far.
    pub told: Vec<Told>,
}

/// A purpose that the person may consent to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentTo {
    /// Its id.
    pub id: String,
    /// Its heading, in the reader's language.
    pub title: String,
    /// Whether they consent.
    pub given: bool,
}

impl Restricted {
    /// What the person consents to.
    pub fn given(&self) -> impl Iterator<Item = &ConsentTo> {
        self.consents.iter().filter(|one| one.given)
    }
}

/// A restriction was placed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictedMail {
    /// The case number.
    pub reference: String,
    /// The restriction.
    pub restriction: Restricted,
    /// What is refused.
    pub refused: Vec<RefusedPart>,
    /// The page of the case.
    pub link: String,
}

/// A restriction will be lifted (Art. 18(3)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftAnnouncedMail {
    /// The case number.
    pub reference: String,
    /// Why it was placed.
    pub ground: String,
    /// Why it will be lifted.
    pub reason: String,
    /// Since when it is in force.
    pub from: NaiveDate,
    /// The earliest day on which it is lifted.
    pub on: NaiveDate,
    /// The page of the case.
    pub link: String,
}

/// A restriction is lifted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictionLiftedMail {
    /// The case number.
    pub reference: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub on: NaiveDate,
}

impl Words<'_> {
    /// A restriction.
    #[must_use]
    pub fn restricted(&self, facts: &RestrictionFacts) -> Restricted {
        let consent = |id: &String| ConsentTo {
            id: id.clone(),
            title: self.purpose(id),
            given: facts.consented.contains(id),
        };
        let by_hand = |one: &ByHand| {
            format!(
                "{} ({})",
                self.system(&one.system),
                self.contents(&one.system, &one.table)
            )
        };
        let allowed = facts.allowed.iter().map(|one| one.name().to_owned());
        Restricted {
            ground: facts.ground.name().to_owned(),
            categories: facts.categories.iter().map(|id| self.category(id)).collect(),
            from: facts.from,
            expected_end: facts.expected_end,
            allowed: allowed.collect(),
            services: facts.services.name().to_owned(),
            state: facts.state.clone(),
            lift_reason: facts.lift_reason.map(|reason| reason.name().to_owned()),
            lifts_on: facts.lifts_on,
            lifted_on: facts.lifted_on,
            consents: facts.purposes.iter().map(consent).collect(),
            by_hand: facts.by_hand.iter().map(by_hand).collect(),
            told: facts.told.iter().map(|told| self.told_one(told)).collect(),
        }
    }
}
