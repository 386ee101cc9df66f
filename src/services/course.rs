//! The letters that follow a case on its way: what is asked, put off, passed on, joined, held, reopened; and the mails
//! to staff that a case raises by itself.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::case::RefusalGround;
use crate::domain::identity::Method;
use crate::domain::incident;
use crate::domain::question::Reason;
use crate::domain::right::Right;

/// A letter of a case's course, as facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "course", rename_all = "snake_case")]
pub enum Course {
    /// Staff ask the person to say more.
    Clarification {
        /// Why.
        reason: Reason,
        /// The question; left out where the address is not proved, and read on the case's page.
        text: Option<String>,
        /// From when the clock stands still, if it does.
        paused_from: Option<NaiveDate>,
        /// The last day to answer.
        answer_by: NaiveDate,
    },
    /// Staff ask for more proof of who asks (Art. 12(6)).
    IdentityRequest {
        /// Why it is doubtful, in staff's words; as with [`Self::Clarification`].
        text: Option<String>,
        /// What would be enough; the person chooses.
        evidence: Vec<Method>,
        /// From when the clock stands still, if it does.
        paused_from: Option<NaiveDate>,
        /// The last day to answer.
        answer_by: NaiveDate,
    },
    /// What is asked still waits.
    Reminder {
        /// Whether it is proof of identity, or an answer.
        identity: bool,
        /// The last day to answer.
        answer_by: NaiveDate,
    },
    /// The case ended because a question was not answered (Art. 12(4)).
    Unanswered {
        /// What was asked for.
        right: Right,
    },
    /// Two further months (Art. 12(3)).
    Extended {
        /// The concrete reason.
        reason: String,
        /// The new last day.
        due_on: NaiveDate,
    },
    /// A legal hold, where the person may be told.
    Held {
        /// The reason.
        reason: Option<String>,
        /// Who ordered it.
        authority: Option<String>,
    },
    /// The hold is lifted.
    HoldLifted,
    /// We are processor: the request was passed on.
    Forwarded {
        /// What was asked for.
        right: Right,
        /// The controller, where it may be named.
        controller: Option<String>,
    },
    /// To the controller: somebody asks of you.
    ToController {
        /// What is asked for.
        right: Right,
        /// When it reached us.
        received_on: NaiveDate,
        /// When the month from then ends.
        due_on: NaiveDate,
        /// What staff write.
        text: String,
        /// The locator of the page that says who asks.
        token: String,
        /// Eight digits.
        code: String,
    },
    /// A request that names several rights goes on in several cases.
    Split {
        /// The new cases: the right and the reference of each.
        others: Vec<(Right, String)>,
    },
    /// An ended case is taken up again.
    Reopened {
        /// What was asked for.
        right: Right,
        /// From when the clock counts.
        reopened_on: NaiveDate,
        /// The last day.
        due_on: NaiveDate,
    },
    /// A fee will be charged (Art. 12(5)(a)), announced before, so that the person can take the request back.
    FeeAnnounced {
        /// What is asked for.
        right: Right,
        /// Manifestly unfounded, or excessive.
        ground: RefusalGround,
        /// Whole kronor.
        amount: u32,
        /// Why, in staff's words; left out where the address is not proved, and read on the case's page.
        reason: Option<String>,
    },
    /// A personal data breach that is a high risk to the person (Art. 34).
    IncidentToPerson {
        /// Since when it is known, as a local day.
        aware_on: NaiveDate,
        /// What happened, in plain words.
        text: String,
        /// What it may lead to.
        consequences: String,
        /// What was and will be done about it, and what the person can do.
        measures: String,
    },
    /// The privacy policy or the register of recipients changes.
    ChangeAnnounced {
        /// `policy` or `register`.
        what: String,
        /// From when.
        effective_on: NaiveDate,
        /// What changes.
        text: String,
    },
    /// To staff: the time of a case runs out.
    AtRisk {
        /// What is asked for.
        right: Right,
        /// The last day, by the earlier reading.
        due_on: NaiveDate,
        /// Whether it has passed.
        overdue: bool,
        /// Whether somebody works on it.
        is_handled: bool,
    },
    /// To who answers for an agreement and to the data protection officer: a recipient does not answer.
    Silent {
        /// The recipient's name.
        recipient: String,
        /// When the notice was sent.
        sent_on: NaiveDate,
        /// By when an answer was asked for.
        answer_by: NaiveDate,
        /// Whether the waiting is over.
        given_up: bool,
        /// Its telephone number.
        phone: Option<String>,
    },
    /// To staff: what they do by hand for a case is due.
    TasksDue {
        /// How many tasks.
        count: usize,
        /// The last day of the first of them.
        due_on: NaiveDate,
    },
    /// To the data protection officer: a personal data breach was reported.
    Incident {
        /// What kind.
        kind: incident::Kind,
        /// By when the authority must be notified.
        notify_by: DateTime<Utc>,
    },
}

impl Course {
    /// The template's name.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        match self {
            Self::Clarification { .. } => "clarification",
            Self::IdentityRequest { .. } => "identity_request",
            Self::Reminder { .. } => "reminder",
            Self::Unanswered { .. } => "unanswered",
            Self::Extended { .. } => "extended",
            Self::Held { .. } => "held",
            Self::HoldLifted => "hold_lifted",
            Self::Forwarded { .. } => "forwarded",
            Self::ToController { .. } => "to_controller",
            Self::Split { .. } => "split",
            Self::Reopened { .. } => "reopened",
            Self::FeeAnnounced { .. } => "fee_announced",
            Self::IncidentToPerson { .. } => "incident_to_person",
            Self::ChangeAnnounced { .. } => "change_announced",
            Self::AtRisk { .. } => "at_risk",
            Self::Silent { given_up: false, .. } => "silent",
            Self::Silent { given_up: true, .. } => "never_answered",
            Self::TasksDue { .. } => "tasks_due",
            Self::Incident { .. } => "incident",
        }
    }

    /// The same for an address that nobody has proved: without what staff wrote.
    #[must_use]
    pub fn without_words(self) -> Self {
        match self {
            Self::Clarification {
                reason,
                paused_from,
                answer_by,
                ..
            } => Self::Clarification {
                reason,
                text: None,
                paused_from,
                answer_by,
            },
            Self::IdentityRequest {
                evidence,
                paused_from,
                answer_by,
                ..
            } => Self::IdentityRequest {
                text: None,
                evidence,
                paused_from,
                answer_by,
            },
            Self::FeeAnnounced {
                right,
                ground,
                amount,
                ..
            } => Self::FeeAnnounced {
                right,
                ground,
                amount,
                reason: None,
            },
            Self::Held { authority, .. } => Self::Held {
                reason: None,
                authority,
            },
            other => other,
        }
    }
}
