//! Dataratt: the backend that Swedish web hosts use to answer data-subject requests under the GDPR.
//!
//! One chain of layers, each of which knows only those before it:
//! `domain` ← `store` ← `services` ← `adapters` ← `app` ← `http` | `worker` ← `cli`.

pub mod adapters;
pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod http;
pub mod services;
pub mod store;
pub mod telemetry;
pub mod worker;
