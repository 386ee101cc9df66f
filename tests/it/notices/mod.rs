//! Notices to recipients after they have left.

mod silence;
