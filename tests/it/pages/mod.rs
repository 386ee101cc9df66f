//! The pages, over HTTP, on the real app and a real database, as a browser without JavaScript uses them.

mod case;
mod codes;
mod form;
mod handoff;
mod outbox;
mod reading;
mod recipient;
pub mod site;
