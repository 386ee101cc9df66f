//! What is wrong about a person is corrected, in every system and with everybody who got it.

mod interrupted;
pub mod rectification;
pub mod restriction;
mod wishes;
