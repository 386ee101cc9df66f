//! The pages and the JSON API.

pub mod views;
