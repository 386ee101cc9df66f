//! What the form of an erasure plan offers.

use super::parts::Typed;

/// What staff decide with a plan.
#[derive(Clone, Debug, Default)]
pub struct PlanForm {
    /// The grounds of Art. 17(1).
    pub grounds: Vec<GroundChoice>,
    /// What can be refused: its id, and its name.
    pub items: Vec<(String, String)>,
    /// On which grounds, after `refusal-`.
    pub refusal_grounds: Vec<&'static str>,
    /// Whether services of the person run.
    pub services_run: bool,
    /// What a running contract needs, by name.
    pub contract_needs: Vec<String>,
}

impl PlanForm {
    /// The places for parts that are refused.
    #[must_use]
    pub fn places(&self) -> std::ops::RangeInclusive<usize> {
        1..=3
    }
}

/// A ground of Art. 17(1).
#[derive(Clone, Debug)]
pub struct GroundChoice {
    /// Its name, after `erasure-ground-`.
    pub name: &'static str,
    /// How far what is known speaks for it, after `ground-standing-`.
    pub standing: &'static str,
}

impl Typed {
    /// What was typed of a part that is refused, if it was in a plan.
    #[must_use]
    pub fn refused(&self, place: &usize, field: &str) -> &str {
        self.more_of("plan", &format!("refuse{place}_{field}"))
    }

    /// Whether that was chosen of a part that is refused.
    #[must_use]
    pub fn refuses(&self, place: &usize, field: &str, value: &str) -> bool {
        self.refused(place, field) == value
    }

    /// Whether the contract was to go on.
    #[must_use]
    pub fn keeps_contract(&self) -> bool {
        self.more_of("plan", "contract") == "goes_on"
    }
}
