//! What lies outside the process: the private PostgreSQL, the systems of the host, texts, mail, packages, keys and files.

pub mod anchor;
pub mod clock;
pub mod cluster;
pub mod connectors;
pub mod keys;
pub mod mail;
pub mod package;
pub mod profiles;
pub mod random;
pub mod sample;
pub mod templates;
pub mod texts;
pub mod wakeups;
