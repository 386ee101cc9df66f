//! Rules as pure functions and types: no I/O, no clock, no randomness.

pub mod calendar;
pub mod contact;
pub mod country;
pub mod data_map;
pub mod deadline;
pub mod identity;
pub mod language;
pub mod organisation;
pub mod personal_number;
pub mod recipient;
pub mod retention;
pub mod right;
