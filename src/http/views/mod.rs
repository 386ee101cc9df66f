//! What each page shows, as plain data, and the templates that show it.

pub mod account;
pub mod admin;
pub mod assets;
pub mod changes;
pub mod customer;
pub mod customer_stop;
pub mod forwarded;
pub mod layout;
pub mod outbox;
mod person_course;
pub mod purges;
pub mod recipient;
pub mod register;
pub mod staff;
pub mod standing;
pub mod tasks;

#[cfg(test)]
mod checklist_tests;
#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod tests;
