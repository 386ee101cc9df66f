//! What does not hold together in a profile, or between it and the host's own policy.

use serde::Serialize;

use super::Organisation;

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether the service may start with it.
    pub severity: Severity,
    /// Where in the profile, such as `recipients.mailchimp.country`.
    pub key: String,
    /// What is wrong.
    pub code: FindingCode,
    /// What it is about: names and values that a message mentions.
    pub about: Vec<String>,
}

/// Whether a finding stops the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The profile contradicts itself: nothing may run on it.
    Error,
    /// The host should look at it; the service runs.
    Warning,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// A category serves no purpose.
    CategoryWithoutPurpose,
}

/// Everything that `organisation` should be looked over for, errors first.
#[must_use]
pub fn findings(_organisation: &Organisation) -> Vec<Finding> {
    Vec::new()
}
