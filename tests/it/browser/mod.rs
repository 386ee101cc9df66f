//! Whole journeys through the pages in a real browser: what the customer, staff and recipients see and press.

mod access;
mod account_end;
mod by_hand;
mod customer;
pub mod erasure;
mod human_review;
mod rectification;
mod restriction;
pub mod staff;
mod stopping;
