//! The organisation's profile: who the controller is, what it does with personal data and why, and to whom it goes.

mod date;
mod findings;
mod policy;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::data_map::{DataMap, RetentionGround};
use super::identity::Level;
use super::language::{Language, Text};
use super::recipient::Recipient;
use super::retention::{FiscalYear, FiscalYears};
use super::right::Right;

pub use findings::{Finding, FindingCode, Severity, findings};
pub use policy::{OutdatedTerm, Policy, Statement};

/// Everything a deployment knows about the one controller it serves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// The profile's file name without its ending; set by whoever loads it.
    #[serde(skip)]
    pub stem: String,
    /// Name of the controller.
    pub name: String,
    /// Its organisationsnummer, when known.
    pub organisation_number: Option<String>,
    /// How a person reaches it.
    pub contact: Contact,
    /// Its data protection officer, when it has one.
    pub dpo: Option<Dpo>,
    /// The supervisory authority that complaints go to.
    #[serde(default)]
    pub authority: Authority,
    /// Its colour on the pages.
    pub colour: Colour,
    /// The language of a page before the visitor chose one.
    #[serde(default)]
    pub language: Language,
    /// What its published policy says, as far as the profile can be held against it.
    #[serde(default)]
    pub policy: Policy,
    /// Why it processes personal data.
    pub purposes: Vec<Purpose>,
    /// The kinds of personal data it holds.
    pub categories: Vec<Category>,
    /// How long each kind is kept, and by which law.
    pub retention: Vec<RetentionRule>,
    /// To whom the data goes.
    #[serde(default)]
    pub recipients: Vec<Recipient>,
    /// Its financial years, oldest first.
    #[serde(deserialize_with = "fiscal_years")]
    pub fiscal_years: FiscalYears,
    /// Decisions that it makes by machine alone (Art. 22(1)); none when it makes no such.
    #[serde(default)]
    pub automated_decisions: Vec<AutomatedDecision>,
    /// Levels of identity that differ from the defaults.
    #[serde(default)]
    pub levels: Levels,
    /// Days for which a campaign that is under way may still arrive after marketing was stopped.
    #[serde(default = "campaigns_under_way_days")]
    pub campaigns_under_way_days: u32,
    /// Files with parts of the data map, relative to this one.
    #[serde(default)]
    pub include: Vec<String>,
    /// The data map: the profile's own systems, then the included ones.
    #[serde(default, rename = "systems")]
    pub map: DataMap,
    /// A hash of each part of the profile, by the name of its key or of the included file, so that a change is seen.
    #[serde(skip)]
    pub sections: BTreeMap<String, [u8; 32]>,
    /// The file that describes each system, by the system's id.
    #[serde(skip)]
    pub files: BTreeMap<String, String>,
}

const fn campaigns_under_way_days() -> u32 {
    3
}

/// How a person reaches the controller.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Address for questions about personal data.
    pub email: String,
    /// Telephone, as people dial it.
    pub phone: Option<String>,
    /// Postal address on one line.
    pub postal: Option<String>,
    /// Web site.
    pub web: Option<String>,
}

/// The data protection officer (Art. 37).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dpo {
    /// Name or function.
    pub name: String,
    /// Address (Art. 37(7)).
    pub email: String,
}

/// A supervisory authority (Art. 51); Integritetsskyddsmyndigheten unless the profile says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Its name.
    pub name: Text,
    /// Its web site, where complaints are taken.
    pub web: String,
}

impl Default for Authority {
    fn default() -> Self {
        Self {
            name: Text {
                sv: "Integritetsskyddsmyndigheten (IMY)".to_owned(),
                en: "the Swedish Authority for Privacy Protection (IMY)".to_owned(),
            },
            web: "https://www.imy.se".to_owned(),
        }
    }
}

/// A colour as `#rrggbb`: nothing else may reach a stylesheet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour(String);

impl Colour {
    /// As written in a stylesheet.
    #[must_use]
    pub fn css(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        if digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            Ok(Self(text))
        } else {
            Err("expected a colour such as \"#1a5fb4\"")
        }
    }
}

/// One purpose of processing (Art. 13(1)(c)).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Stable name.
    pub id: String,
    /// Its heading.
    pub title: Text,
    /// The bases the policy names; with more than one, no right that hangs on the basis is decided by machine.
    pub legal_bases: Vec<LegalBasis>,
    /// Whether it includes direct marketing, which an objection always stops (Art. 21(2) and (3)).
    #[serde(default)]
    pub marketing: bool,
}

/// A legal basis (Art. 6(1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// Contract with the person (6(1)(b)).
    Contract,
    /// Legal obligation (6(1)(c)).
    LegalObligation,
    /// Legitimate interests (6(1)(f)); gives the right to object.
    LegitimateInterests,
    /// Consent (6(1)(a)); can be withdrawn.
    Consent,
}

impl LegalBasis {
    /// The name in profiles and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::LegitimateInterests => "legitimate_interests",
            Self::Consent => "consent",
        }
    }
}

/// A decision made by machine alone, with legal or similar effect (Art. 22(1)): what Art. 15(1)(h) tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutomatedDecision {
    /// Stable name.
    pub id: String,
    /// What is decided.
    pub title: Text,
    /// The logic involved.
    pub logic: Text,
    /// What it means for the person, and what may follow.
    pub consequences: Text,
}

/// One kind of personal data.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Stable name, which tables of the data map refer to.
    pub id: String,
    /// Its heading.
    pub name: Text,
    /// What belongs to it.
    pub description: Text,
    /// Ids of the purposes it serves.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Where it comes from (Art. 15(1)(g)).
    pub source: Text,
    /// Id of the retention rule it follows.
    pub retention: Option<String>,
    /// Whether it is content that customers store with the host, of which they are the controllers: it is counted in
    /// an answer and never read (Art. 28(3)).
    #[serde(default)]
    pub customer_is_controller: bool,
}

/// How long data is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// Stable name.
    pub id: String,
    /// The law that stands against erasure, when one does.
    pub ground: Option<RetentionGround>,
    /// The time, and the statute if there is one.
    pub text: Text,
    /// The statute alone, as an answer cites it.
    pub statute: Option<Text>,
}

/// Levels of identity that a profile sets itself; the defaults hold for the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// Access (Art. 15).
    pub access: Option<Level>,
    /// Rectification (Art. 16).
    pub rectification: Option<Level>,
    /// Erasure (Art. 17), with or without live services.
    pub erasure: Option<Level>,
    /// Restriction (Art. 18).
    pub restriction: Option<Level>,
    /// Portability (Art. 20).
    pub portability: Option<Level>,
    /// Objection (Art. 21).
    pub objection: Option<Level>,
    /// Withdrawal of consent (Art. 7(3)).
    pub consent_withdrawal: Option<Level>,
    /// Human review of an automated decision (Art. 22(3)).
    pub human_review: Option<Level>,
}

impl Levels {
    /// The level set for a right.
    #[must_use]
    pub const fn of(&self, right: Right) -> Option<Level> {
        match right {
            Right::Access => self.access,
            Right::Rectification => self.rectification,
            Right::Erasure => self.erasure,
            Right::Restriction => self.restriction,
            Right::Portability => self.portability,
            Right::Objection => self.objection,
            Right::ConsentWithdrawal => self.consent_withdrawal,
            Right::HumanReview => self.human_review,
        }
    }
}

/// First and last day of one financial year (bokföringslagen 3 kap.).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FiscalYearEntry {
    #[serde(deserialize_with = "date::deserialize")]
    start: NaiveDate,
    #[serde(deserialize_with = "date::deserialize")]
    end: NaiveDate,
}

/// The years of a profile, each with its own place in an error, and all of them held together.
fn fiscal_years<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<FiscalYears, D::Error> {
    let entries = Vec::<FiscalYearEntry>::deserialize(deserializer)?;
    let years = entries.iter().map(|entry| FiscalYear {
        start: entry.start,
        end: entry.end,
    });
    FiscalYears::new(years.collect()).map_err(serde::de::Error::custom)
}

impl Organisation {
    /// Level of identity that a right needs; erasure needs more while services still run.
    #[must_use]
    pub fn required_level(&self, right: Right, live_services: bool) -> Level {
        self.levels
            .of(right)
            .unwrap_or_else(|| default_level(right, live_services))
    }

    /// The rights that its pages offer: a review of automated decisions only where it makes such.
    #[must_use]
    pub fn rights_offered(&self) -> Vec<Right> {
        let makes_such = !self.automated_decisions.is_empty();
        let offered = |right: &Right| makes_such || *right != Right::HumanReview;
        Right::ALL.into_iter().filter(offered).collect()
    }

    /// The purpose of that id.
    #[must_use]
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == id)
    }

    /// The category of that id.
    #[must_use]
    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// The recipient of that id.
    #[must_use]
    pub fn recipient(&self, id: &str) -> Option<&Recipient> {
        self.recipients.iter().find(|recipient| recipient.id == id)
    }

    /// The retention rule of that id.
    #[must_use]
    pub fn retention_rule(&self, id: &str) -> Option<&RetentionRule> {
        self.retention.iter().find(|rule| rule.id == id)
    }

    /// The rule that speaks for a ground of law.
    #[must_use]
    pub fn retention_for(&self, ground: RetentionGround) -> Option<&RetentionRule> {
        self.retention.iter().find(|rule| rule.ground == Some(ground))
    }
}

const fn default_level(right: Right, live_services: bool) -> Level {
    match (right, live_services) {
        (Right::Access | Right::Portability, _) | (Right::Erasure, false) => Level::A2,
        (Right::Erasure, true) => Level::A3,
        (Right::Rectification | Right::Restriction | Right::HumanReview, _) => Level::A1,
        (Right::Objection | Right::ConsentWithdrawal, _) => Level::A0,
    }
}
