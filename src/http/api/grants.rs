//! What a grant names, by right.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::services::granting::{self, rectification, restriction};

/// A part of a request that is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefusal {
    /// What: a category, a field or a purpose.
    pub item: String,
    /// The ground's name.
    pub ground: String,
    /// The reasons, for the person to read.
    pub reason: String,
}

/// What came of the review of an automated decision by a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    /// `changed` or `upheld`.
    pub outcome: String,
    /// Why, for the person to read.
    pub reasons: String,
}

/// What is corrected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRectification {
    /// One value for each field that is wrong.
    pub changes: Vec<NewChange>,
}

/// A field and its right value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChange {
    /// `name`, `address`, `postal_code`, `city`, `email`, `phone` or `personal_number`.
    #[schema(example = "name")]
    pub field: String,
    /// The right value.
    pub value: String,
}

impl From<NewRectification> for rectification::AskedRectification {
    fn from(new: NewRectification) -> Self {
        let change = |new: NewChange| rectification::AskedChange {
            field: new.field,
            value: new.value,
        };
        Self {
            changes: new.changes.into_iter().map(change).collect(),
        }
    }
}

impl From<NewRefusal> for granting::AskedRefusal {
    fn from(new: NewRefusal) -> Self {
        Self {
            item: new.item,
            ground: new.ground,
            reason: new.reason,
        }
    }
}

/// What stops.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStop {
    /// All direct marketing; for an objection.
    #[serde(default)]
    pub marketing: bool,
    /// Ids of the data map's purposes.
    #[serde(default)]
    pub purposes: Vec<String>,
}

impl From<NewStop> for granting::AskedStop {
    fn from(new: NewStop) -> Self {
        Self {
            marketing: new.marketing,
            purposes: new.purposes,
        }
    }
}

/// What counts to portability among the categories that rest on several legal bases.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPortability {
    /// Ids of categories; the others of them are left out.
    pub include: Vec<String>,
}

/// What is restricted, and how (Art. 18).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRestriction {
    /// `accuracy`, `unlawful`, `claims` or `objection` (Art. 18(1)(a) to (d)).
    pub ground: String,
    /// Ids of categories, or `system.table`; everything when empty.
    #[serde(default)]
    pub items: Vec<String>,
    /// Until when it is expected to last.
    pub expected_end: Option<NaiveDate>,
    /// What may be done beside storing: `consent`, `legal_claims`, `rights_of_others`, `public_interest`.
    #[serde(default)]
    pub allowed: Vec<String>,
    /// `continue_with_consent` or `pause`.
    pub services: String,
}

impl From<NewRestriction> for restriction::AskedRestriction {
    fn from(new: NewRestriction) -> Self {
        Self {
            ground: new.ground,
            items: new.items,
            expected_end: new.expected_end,
            allowed: new.allowed,
            services: new.services,
        }
    }
}
