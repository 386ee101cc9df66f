//! The JSON API, over HTTP, on the real app and a real database.

pub mod client;
mod csrf;
mod edge;
mod health;
mod idempotency;
mod journey;
mod openapi;
mod requests;
mod roles;
mod staff;
