//! Each right's own work, through the use cases.

mod human_review;
