//! Each right's own work, through the use cases.

mod access;
mod human_review;
