//! Notices to recipients after they have left.

mod incoming;
mod silence;
mod told;
