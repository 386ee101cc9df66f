//! The integration tests, in one binary: guards over the source, the harness and its own tests, then the service.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail the test, as the tests themselves do"
)]

mod accounts;
mod api;
mod browser;
mod change;
mod connectors;
mod course;
mod desk;
mod ended;
mod grounds;
mod guards;
mod handoff;
mod histories;
mod journeys;
mod keys;
mod kill;
mod mail;
mod mail_tls;
mod manual;
mod maps;
mod notices;
mod pages;
mod replay;
mod retention;
mod rights;
mod store;
mod support;
mod systems;
mod thinning;
mod trail;
mod web;
mod worker;
