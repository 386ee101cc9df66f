//! What is typed to hand a request in, and what is answered at once.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::grant::stop::Wish;
use crate::services::intake::Typed;
use crate::store::cases::StoredCase;

/// A request, as it is handed in.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// `access`, `rectification`, `erasure`, `restriction`, `portability`, `objection`, `consent_withdrawal` or `human_review`.
    #[schema(example = "erasure")]
    pub right: Option<String>,
    /// Where the code goes.
    #[schema(example = "anna@kund.example")]
    pub email: Option<String>,
    /// The person's name.
    pub name: Option<String>,
    /// Personnummer or samordningsnummer.
    pub personal_number: Option<String>,
    /// The host's customer number.
    pub customer_number: Option<String>,
    /// What the person wants to say.
    pub message: Option<String>,
    /// `sv` or `en`.
    pub language: Option<String>,
    /// Who acts for the person, if somebody does.
    pub acting_for: Option<Acting>,
    /// For a rectification: what is wrong and what is right.
    pub rectification: Option<Wanted>,
    /// `objection`: to what. Without it staff ask, and direct marketing counts as included.
    pub objection: Option<NewObjection>,
    /// `consent_withdrawal`: of which consents. Without it the person chooses on the page of the case.
    pub consent: Option<NewWithdrawal>,
    /// `restriction`: why, when the person knows.
    pub restriction: Option<NamedGround>,
}

/// Why somebody wants the processing restricted (Art. 18(1)).
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedGround {
    /// `accuracy`, `unlawful`, `claims` or `objection` (Art. 18(1)(a) to (d)).
    #[schema(example = "accuracy")]
    pub ground: Option<String>,
}

/// What somebody wants corrected, in their words.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What is wrong or missing.
    pub wrong: Option<String>,
    /// What it should be.
    pub correct: Option<String>,
    /// What shows that.
    pub evidence: Option<String>,
}

/// What somebody objects to (Art. 21).
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjection {
    /// All direct marketing: stopped at once, by the service itself.
    #[serde(default)]
    pub marketing: bool,
    /// Something else, which the message tells: staff weigh it.
    #[serde(default)]
    pub other: bool,
}

/// Which consents somebody withdraws (Art. 7(3)).
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWithdrawal {
    /// Their ids, as `GET /consents` lists them.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Whether the person was shown what stops working, and wants it. It is then stopped by the service itself.
    #[serde(default)]
    pub understood: bool,
}

/// What is to be stopped, by whichever of the two was given.
pub(super) fn wish(objection: Option<NewObjection>, consent: Option<NewWithdrawal>) -> Option<Wish> {
    match (objection, consent) {
        (Some(new), _) => Some(Wish {
            marketing: new.marketing,
            other: new.other,
            ..Wish::default()
        }),
        (None, Some(new)) => Some(Wish {
            purposes: new.purposes,
            confirmed: new.understood,
            ..Wish::default()
        }),
        (None, None) => None,
    }
}

/// Somebody who acts for the person.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acting {
    /// Their name.
    pub name: Option<String>,
    /// What they are to the person.
    pub relation: Option<String>,
}

impl From<NewRequest> for Typed {
    fn from(new: NewRequest) -> Self {
        let acting = new.acting_for.unwrap_or_default();
        let wanted = new.rectification.unwrap_or_default();
        Self {
            right: new.right,
            email: new.email,
            name: new.name,
            personal_number: new.personal_number,
            customer_number: new.customer_number,
            message: new.message,
            language: new.language,
            acting_name: acting.name,
            acting_relation: acting.relation,
            wrong: wanted.wrong,
            correct: wanted.correct,
            evidence: wanted.evidence,
            stop: wish(new.objection, new.consent),
            restriction_ground: new.restriction.and_then(|restriction| restriction.ground),
        }
    }
}

/// A request that was taken in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// The case's name towards people.
    #[schema(example = "DR-7K4M-9QXT-2FHB")]
    pub reference: String,
    /// What is asked for.
    pub right: &'static str,
    /// Where the case stands.
    #[schema(example = "received")]
    pub state: &'static str,
    /// When the clock started.
    pub received_at: DateTime<Utc>,
    /// By when the answer comes.
    pub due_on: NaiveDate,
}

impl From<&StoredCase> for Accepted {
    fn from(case: &StoredCase) -> Self {
        Self {
            reference: case.reference.to_string(),
            right: case.case.right.name(),
            state: case.case.state.name(),
            received_at: case.case.received_at,
            due_on: case.deadline.due_on(),
        }
    }
}
