//! What each mail says: plain data that can be stored sealed, and is rendered when the mail is sent.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::answer::{Gone, Kept, Told};
use crate::domain::right::Right;

/// To the typed address, the same whether or not the person is known: received, and the code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeMail {
    /// The case number.
    pub reference: String,
    /// The right as understood.
    pub right: Right,
    /// The day it was received.
    pub received_on: NaiveDate,
    /// The last day for the answer.
    pub due_on: NaiveDate,
    /// Eight digits.
    pub code: String,
    /// The page of the case.
    pub link: String,
}

/// To the address on file: somebody asked, and the code that proves it is them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOnFileMail {
    /// The case number.
    pub reference: String,
    /// The right as understood.
    pub right: Right,
    /// Eight digits.
    pub code: String,
    /// The page of the case.
    pub link: String,
}

/// The consequences of an erasure are ready to be confirmed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanConfirmMail {
    /// The case number.
    pub reference: String,
    /// Services that end, in words.
    pub services: Vec<String>,
    /// Domain names that become free.
    pub domains: Vec<String>,
    /// The page of the case.
    pub link: String,
}

/// An erasure was stopped before it began.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureStoppedMail {
    /// The case number.
    pub reference: String,
    /// Whether the person stopped it, or staff.
    pub by_person: bool,
    /// The page of the case.
    pub link: String,
}

/// The answer to an erasure (Art. 12(3), 17, 19).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureDoneMail {
    /// The case number.
    pub reference: String,
    /// What is gone, per system.
    pub gone: Vec<Gone>,
    /// What remains.
    pub kept: Vec<Kept>,
    /// Who was told, and what they answered so far.
    pub told: Vec<Told>,
    /// Whether an address stays in the ledger of those that marketing leaves alone.
    #[serde(default)]
    pub suppressed: bool,
    /// The ground of the erasure (Art. 17(1)), by name, and why it applies in staff's words.
    #[serde(default)]
    pub ground: Option<(String, Option<String>)>,
    /// What is refused, and why (Art. 17(3), 12(4)).
    #[serde(default)]
    pub refused: Vec<RefusedPart>,
}

/// A refusal, in whole or in part: reasons, complaint, court, what next (Art. 12(4)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedMail {
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// The grounds, by the names of the domain: `excessive`; the texts name the article.
    pub grounds: Vec<String>,
    /// The reasons in this case, as staff wrote them.
    pub reason: String,
    /// What the person can do next, as staff wrote it.
    pub next: String,
}

/// What was granted and done; where a part is refused, its reasons, complaint and court (Art. 12(3), 12(4)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedMail {
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// What is refused.
    pub refused: Vec<RefusedPart>,
    /// The page of the case.
    pub link: String,
}

/// A package waits to be fetched; what is in it stands nowhere in the mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageReadyMail {
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// The last day to fetch it.
    pub until: NaiveDate,
    /// Whether something is withheld, with reasons on the page of the case.
    pub partly: bool,
    /// The page of the case.
    pub link: String,
}

/// A person has reviewed an automated decision: outcome, reasons, how to contest it (Art. 22(3)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HumanReviewMail {
    /// The case number.
    pub reference: String,
    /// `changed` or `upheld`.
    pub outcome: String,
    /// Why, as staff wrote it.
    pub reasons: String,
    /// The page of the case.
    pub link: String,
}

/// An account ended: that it did, that its data is erased, or that nothing is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEndedMail {
    /// The case number.
    pub reference: String,
    /// `begins`, `done` or `undone`.
    pub stage: String,
    /// The day from which the data is erased.
    pub erased_from: Option<NaiveDate>,
    /// What is gone, per system.
    pub gone: Vec<Gone>,
    /// What remains.
    pub kept: Vec<Kept>,
    /// Who was told, and what they answered so far.
    pub told: Vec<Told>,
    /// Whether an address stays in the ledger of those that marketing leaves alone.
    pub suppressed: bool,
    /// The page of the case, where it can still be stopped.
    pub link: Option<String>,
}

/// What was stopped: marketing (Art. 21(3)), other processing (Art. 21(1)), consent (Art. 7(3)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppedMail {
    /// The case number.
    pub reference: String,
    /// From which day.
    pub from: NaiveDate,
    /// Until when a campaign that is under way may still arrive.
    pub campaigns_until: NaiveDate,
    /// What stopped: its name, and what stops working for the person.
    pub uses: Vec<StoppedUse>,
    /// What is refused.
    pub refused: Vec<RefusedPart>,
    /// Whether data is left whose erasure is offered.
    pub erasable: bool,
    /// The page of the case.
    pub link: String,
}

/// Something that stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppedUse {
    /// What people call it.
    pub title: String,
    /// What stops working.
    pub stops: Option<String>,
}

/// A part of a request that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedPart {
    /// What.
    pub what: String,
    /// The ground, by its name in the domain; the text names the article.
    pub ground: String,
    /// The reasons in this case, as staff wrote them.
    pub reason: String,
}

/// An older case of the person goes on with this one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedMail {
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
    /// The older case's number.
    pub into: String,
    /// The page of the older case.
    pub link: String,
}

/// The person withdrew.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawnMail {
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
}

/// The case ended because nobody proved who they are (Art. 11(2), 12(4)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LapsedMail {
    /// The case number.
    pub reference: String,
    /// The right.
    pub right: Right,
}

/// Nothing is held about the person: that, too, is an answer (Art. 15(1)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoDataMail {
    /// The case number.
    pub reference: String,
    /// The systems that were searched, in words.
    pub systems: Vec<String>,
}

/// What staff wrote to the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageMail {
    /// The case number.
    pub reference: String,
    /// The message.
    pub text: String,
    /// The page of the case, to answer on.
    pub link: String,
}

/// A notice to a recipient (Art. 19, 28(3)(a)); never holds what identifies the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeMail {
    /// The reference of this notice, not of the case.
    pub reference: String,
    /// `erasure`, `rectification`, `restriction`, `restriction_lifted` or `account_ended`.
    pub kind: String,
    /// The recipient's role, as in the register.
    pub role: String,
    /// The legal basis in words.
    pub legal_basis: String,
    /// The day it was decided.
    pub decided_on: NaiveDate,
    /// The last day for an answer; none where none is awaited.
    pub answer_by: Option<NaiveDate>,
    /// The page of the notice.
    pub link: String,
    /// Eight digits.
    pub code: String,
    /// Whether it was sent before.
    pub reminder: bool,
}

impl NoticeMail {
    /// Whether data is to go, in backups too, and not only to be changed.
    pub(super) fn erases(&self) -> bool {
        matches!(self.kind.as_str(), "erasure" | "account_ended")
    }
}

/// Thanks to a recipient for the answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerThanksMail {
    /// The reference of the notice.
    pub reference: String,
    /// The outcome given, as in the API.
    pub outcome: String,
    /// The day it was given.
    pub answered_on: NaiveDate,
}
