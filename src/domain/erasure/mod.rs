//! Erasure: what a person's rows are, what becomes of each, in which order, and whether it came true.
//!
//! A [`Survey`] says what the systems hold; [`Draft::make`] decides each row's fate, and on a [`Basis`] it becomes a
//! [`Plan`]; [`Plan::steps`]
//! puts the work in order; [`compare`] holds a later survey against the plan.

mod compare;
mod fates;
mod ground;
mod plan;
mod refused;
mod steps;
mod survey;
#[cfg(test)]
mod tests;

pub use compare::{Deviation, Drift, compare, drift};
pub use ground::{Basis, ErasureGround, GroundMissing, Known, Standing, assess};
pub use plan::{Draft, EndingService, Operation, Plan, PlanError, PlannedRow, SystemPlan, TablePlan};
pub use refused::{RefusalError, Refusals};
pub use steps::{Step, StepKind};
pub use survey::{Survey, SurveyRequest, SurveyedRow, TableSurvey};
