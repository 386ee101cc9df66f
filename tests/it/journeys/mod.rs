//! Whole journeys through the use cases, against real databases, with real mail.

mod erasure;
mod identity;
mod interrupted;
mod shadow;
mod stopping;
mod telephone;
