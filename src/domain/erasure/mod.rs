//! Erasure: what a person's rows are, what becomes of each, in which order, and whether it came true.
//!
//! A [`Survey`] says what the systems hold; [`Plan::make`] decides each row's fate; [`Plan::steps`]
//! puts the work in order; [`compare`] holds a later survey against the plan.

mod compare;
mod fates;
mod plan;
mod steps;
mod survey;
#[cfg(test)]
mod tests;

pub use compare::{Deviation, Drift, compare, drift};
pub use plan::{EndingService, Operation, Plan, PlanError, PlannedRow, SystemPlan, TablePlan};
pub use steps::{Step, StepKind};
pub use survey::{Survey, SurveyRequest, SurveyedRow, TableSurvey};
