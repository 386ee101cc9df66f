//! The grounds on which a request may be refused, in whole or in part, and what is refused.

use serde::{Deserialize, Serialize};

macro_rules! grounds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// Why a request is refused. Every refusal names one; there is no other way to refuse.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RefusalGround {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl RefusalGround {
            /// All grounds.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in the API, in the database and as key of texts.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

grounds! {
    /// The person could not be identified (Art. 11(2), 12(2)).
    NotIdentified = "not_identified",
    /// Manifestly unfounded (Art. 12(5)).
    ManifestlyUnfounded = "manifestly_unfounded",
    /// Excessive, in particular repetitive (Art. 12(5)).
    Excessive = "excessive",
    /// Kept by legal obligation (Art. 17(3)(b)).
    LegalObligation = "legal_obligation_17_3_b",
    /// Needed for legal claims (Art. 17(3)(e)).
    LegalClaims = "legal_claims_17_3_e",
    /// Freedom of expression and information (Art. 17(3)(a)).
    FreedomOfExpression = "freedom_of_expression_17_3_a",
    /// Public health (Art. 17(3)(c)).
    PublicHealth = "public_health_17_3_c",
    /// Archiving or research (Art. 17(3)(d)).
    ArchivingResearch = "archiving_research_17_3_d",
    /// None of the grounds of Art. 17(1) applies, as while a contract runs.
    NoErasureGround = "no_erasure_ground_17_1",
    /// It would hurt the rights of others (Art. 15(4), 20(4)).
    RightsOfOthers = "rights_of_others_15_4_or_20_4",
    /// Secrecy (lag 2018:218, 5 kap. 1 §).
    Secrecy = "secrecy_dsl_5_1",
    /// Draft or memory note (lag 2018:218, 5 kap. 2 §).
    DraftOrMemo = "draft_or_memo_dsl_5_2",
    /// The data is not shown to be wrong (Art. 16).
    AccuracyNotShown = "accuracy_not_shown",
    /// None of the grounds of Art. 18(1) applies.
    RestrictionGroundMissing = "restriction_ground_missing_18_1",
    /// Outside the scope of portability (Art. 20(1)).
    PortabilityScope = "portability_scope_20_1",
    /// Compelling legitimate grounds override the objection (Art. 21(1)).
    OverridingGrounds = "overriding_grounds_21_1",
    /// We process for a customer, who is the controller (Art. 28).
    WeAreProcessor = "we_are_processor",
    /// We hold nothing about the person.
    NoDataHeld = "no_data_held",
}

impl RefusalGround {
    /// The ground of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|ground| ground.name() == name)
    }
}

impl RefusalGround {
    /// Whether a part of an erasure can be refused on it: an exception of Art. 17(3), a contract that goes on and needs
    /// the data (Art. 17(1)(a)), or data that another is controller of. The others are about a request as a whole, or
    /// about another right.
    #[must_use]
    pub const fn refuses_erasure_in_part(self) -> bool {
        matches!(
            self,
            Self::LegalObligation
                | Self::LegalClaims
                | Self::FreedomOfExpression
                | Self::PublicHealth
                | Self::ArchivingResearch
                | Self::NoErasureGround
                | Self::WeAreProcessor
        )
    }
}

impl RefusalGround {
    /// Whether a fee may be charged on it instead of a refusal (Art. 12(5)).
    #[must_use]
    pub const fn allows_fee(self) -> bool {
        matches!(self, Self::ManifestlyUnfounded | Self::Excessive)
    }
}

/// A part of a request that is refused, with the ground that Art. 12(4) asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedItem {
    /// What: a category, a table, a field or a purpose, in the words that the decision uses.
    pub item: String,
    /// Why.
    pub ground: RefusalGround,
    /// The reasons, for the person to read.
    pub reason: String,
}
