//! What every page and mail shares: the organisation's looks and the parts of an answer.

pub mod answer;
pub mod brand;
pub mod look;
