//! What tests stand on: a mail server, a browser, waiting.

pub mod browser;
mod browser_tests;
mod chromedriver;
pub mod context;
pub mod database;
pub mod fixtures;
pub mod hooked;
pub mod host;
pub mod invariants;
pub mod kept;
pub mod mail;
pub mod mariadb;
pub mod place;
pub mod server;
pub mod site;
pub mod smtp;
mod smtp_session;
mod smtp_tests;
pub mod smtp_tls;
pub mod world;
