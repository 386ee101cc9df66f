//! The mails, and what pages and mails share: the organisation's looks and the parts of an answer.

mod announcements;
pub mod answer;
pub mod brand;
pub mod changes;
pub mod course;
pub mod facts;
pub mod look;
pub mod mails;
pub mod recipients;
pub mod remedies;
pub mod render;
pub mod restrictions;
#[cfg(test)]
pub(crate) mod samples;
mod to_staff;
pub mod wording;
