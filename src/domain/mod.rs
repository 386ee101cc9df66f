//! Rules as pure functions and types: no I/O, no clock, no randomness.

pub mod audit;
pub mod calendar;
pub mod case;
pub mod contact;
pub mod country;
pub mod data_map;
pub mod deadline;
pub mod erasure;
pub mod filing;
pub mod grant;
pub mod identity;
pub mod ids;
pub mod keyring;
pub mod language;
pub mod ledgers;
pub mod matching;
pub mod notice;
pub mod organisation;
pub mod personal_number;
pub mod purge;
pub mod recipient;
pub mod retention;
pub mod right;
pub mod sealing;
pub mod staff;
