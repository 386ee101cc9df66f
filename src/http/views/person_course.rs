//! What happened on a case's way, as its person sees it.

use chrono::NaiveDate;

/// What happened on a case's way, as its person sees it.
#[derive(Clone, Debug, Default)]
pub struct PersonCourse {
    /// What waits for an answer.
    pub asked: Vec<AskedItem>,
    /// Whether a legal hold is in force that may be told.
    pub is_held: bool,
    /// To whom the request was passed on, where that may be told; none when it was not passed on.
    pub forwarded_to: Option<Option<String>>,
    /// Cases of theirs that belong to this one: number and right.
    pub linked: Vec<(String, String)>,
    /// When it was reopened, and the deadline of its first clock.
    pub reopened: Option<(NaiveDate, NaiveDate)>,
    /// Whether they can ask for a copy before the erasure.
    pub may_ask_for_copy: bool,
    /// Whether recipients were told, so that the list of them can be asked for.
    pub has_told: bool,
    /// Whether they can ask to move domain names before the erasure.
    pub may_ask_for_transfer: bool,
    /// Whether the erasure waits until they have their data.
    pub waits_for_data: bool,
}

/// What waits for the person's answer.
#[derive(Clone, Debug)]
pub struct AskedItem {
    /// Whether it is proof of identity.
    pub is_identity: bool,
    /// What was asked, in our words.
    pub text: Option<String>,
    /// Proofs that would be enough, after `course-evidence-`.
    pub evidence: Vec<&'static str>,
    /// Whether the clock stands still for it.
    pub pauses: bool,
    /// The last day to answer.
    pub answer_by: NaiveDate,
}
