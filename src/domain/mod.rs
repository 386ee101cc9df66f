//! Rules as pure functions and types: no I/O, no clock, no randomness.

pub mod calendar;
pub mod deadline;
pub mod identity;
pub mod language;
pub mod right;
