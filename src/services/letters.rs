//! The letters the service writes, as facts; `adapters` puts them into words and languages.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::answer::{AnswerFacts, ToldRecipient};
use super::course::Course;
use super::granting::rectification::RectifiedFacts;
use super::planning::PlanFacts;
use super::restricting::RestrictionFacts;
use super::stopping::StopFacts;
use super::{Context, Result};
use crate::domain::case::RefusalGround;
use crate::domain::grant::{HumanReview, RefusedItem};
use crate::domain::ids::{CaseId, MailId, NoticeId};
use crate::domain::language::Language;
use crate::domain::notice;
use crate::domain::restriction::{Ground, LiftReason};
use crate::domain::right::Right;
use crate::store::Conn;
use crate::store::keys::CaseKey;
use crate::store::mails::{self, NewMail};

/// A letter, without its address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// The code to the typed address, with what we understood.
    Code {
        /// What is asked for.
        right: Right,
        /// The local day of receipt.
        received_on: NaiveDate,
        /// The deadline.
        due_on: NaiveDate,
        /// Eight digits.
        code: String,
    },
    /// The code to the address on file.
    CodeOnFile {
        /// What is asked for.
        right: Right,
        /// Eight digits.
        code: String,
    },
    /// What an erasure ends, to be confirmed.
    ConfirmPlan {
        /// What is planned.
        plan: PlanFacts,
    },
    /// What was erased, what remains, and who was told.
    Erased {
        /// The facts.
        answer: AnswerFacts,
    },
    /// Why not, and what the person can do (Art. 12(4)).
    Refused {
        /// What was asked for.
        right: Right,
        /// The ground.
        ground: RefusalGround,
        /// Staff's reasons, in their words.
        reason: String,
    },
    /// What was granted and done, and what was not and why.
    Granted {
        /// What was asked for.
        right: Right,
        /// What is refused.
        refused: Vec<RefusedItem>,
    },
    /// A package waits to be fetched.
    PackageReady {
        /// What was asked for.
        right: Right,
        /// The last day to fetch it.
        until: NaiveDate,
        /// Whether something is withheld, with reasons that stand on the case's page.
        partly: bool,
    },
    /// No system holds anything about the person.
    NoData,
    /// A person has reviewed an automated decision.
    HumanReviewed {
        /// What they found.
        review: HumanReview,
    },
    /// What was corrected, what stays as it is, and who was told.
    Rectified {
        /// The facts.
        facts: RectifiedFacts,
    },
    /// To the address that was on file: another stands there now.
    AddressChanged {
        /// Since when, as a local day.
        on: NaiveDate,
        /// The new one, masked.
        new: String,
    },
    /// An account ended.
    AccountEnded {
        /// What the letter is about.
        stage: EndedStage,
    },
    /// What was stopped: marketing, other processing that was objected to, consents that were withdrawn.
    PurposesStopped {
        /// What was asked for.
        right: Right,
        /// What stopped.
        facts: StopFacts,
    },
    /// Data is restricted from now on.
    Restricted {
        /// The facts.
        facts: RestrictionFacts,
        /// What is refused.
        refused: Vec<RefusedItem>,
    },
    /// A restriction will be lifted (Art. 18(3)).
    LiftAnnounced {
        /// Why it was placed.
        ground: Ground,
        /// Why it will be lifted.
        reason: LiftReason,
        /// Since when it is in force.
        from: NaiveDate,
        /// The earliest day on which it is lifted.
        on: NaiveDate,
    },
    /// A restriction is lifted.
    RestrictionLifted {
        /// Why.
        reason: LiftReason,
        /// Since when.
        on: NaiveDate,
    },
    /// The recipients that were told, on demand (Art. 19).
    Recipients {
        /// Who, when, and what they answered so far.
        told: Vec<ToldRecipient>,
    },
    /// An older case goes on with this one.
    Merged {
        /// What was asked for.
        right: Right,
        /// The older case's reference.
        into: String,
    },
    /// The request is taken back.
    Withdrawn {
        /// What was asked for.
        right: Right,
    },
    /// An approved erasure was stopped; the case goes on.
    Stopped,
    /// The case ended because nobody proved who they are (Art. 11(2), 12(4)).
    Lapsed {
        /// What was asked for.
        right: Right,
    },
    /// What happens on a case's way.
    Course(Course),
    /// A message from staff.
    Message {
        /// The text.
        text: String,
    },
    /// A notice to a recipient.
    Notice {
        /// The recipient's id in the profile.
        recipient: String,
        /// The locator for its link.
        token: String,
        /// Eight digits.
        code: String,
        /// What it is about.
        kind: notice::Kind,
        /// When it was decided, as a local day.
        decided_on: NaiveDate,
        /// By when an answer is asked for.
        answer_by: Option<NaiveDate>,
        /// Whether it was sent before.
        #[serde(default)]
        reminder: bool,
    },
}

/// What the person is told of an account that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum EndedStage {
    /// It ended, and its data is erased from a day on.
    Begins {
        /// That day.
        erased_from: NaiveDate,
    },
    /// The data is erased.
    Done {
        /// The facts.
        answer: AnswerFacts,
    },
    /// Nothing is erased after all.
    Undone,
}

impl Letter {
    /// The template's name, which is all that logs and lists show.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        match self {
            Self::Code { .. } => "code",
            Self::CodeOnFile { .. } => "code_on_file",
            Self::ConfirmPlan { .. } => "plan_confirm",
            Self::Erased { .. } => "erasure_done",
            Self::Refused { .. } => "refused",
            Self::Granted { .. } => "granted",
            Self::PackageReady { .. } => "package_ready",
            Self::NoData => "no_data",
            Self::HumanReviewed { .. } => "human_review",
            Self::Rectified { .. } => "rectified",
            Self::AddressChanged { .. } => "address_changed",
            Self::AccountEnded { .. } => "account_ended",
            Self::PurposesStopped { right, facts } => match right {
                Right::ConsentWithdrawal => "consent_withdrawn",
                _ if facts.marketing => "objection_marketing",
                _ => "objection_other",
            },
            Self::Restricted { .. } => "restricted",
            Self::LiftAnnounced { .. } => "lift_announced",
            Self::RestrictionLifted { .. } => "restriction_lifted",
            Self::Recipients { .. } => "recipient_list",
            Self::Merged { .. } => "merged",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Stopped => "erasure_stopped",
            Self::Lapsed { .. } => "lapsed",
            Self::Course(course) => course.template(),
            Self::Message { .. } => "message",
            Self::Notice { .. } => "notice",
        }
    }
}

/// A letter in its envelope, as it is sealed in the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// To whom.
    pub to: String,
    /// The case's reference.
    pub reference: String,
    /// The letter.
    pub letter: Letter,
}

/// Where a sealed envelope belongs.
pub const ENVELOPE: &str = "mails.sealed";

/// What a letter is about and in which language it is written.
#[derive(Clone, Debug)]
pub struct Post<'a> {
    /// The case.
    pub case: CaseId,
    /// The name by which the reader can refer to it: the case's, or the notice's own.
    pub reference: &'a str,
    /// The reader's language.
    pub language: Language,
    /// The notice, when the letter is one.
    pub notice: Option<NoticeId>,
}

/// Puts a letter into the outbox, in the transaction of its cause.
///
/// # Errors
/// When the database fails.
pub fn post(
    ctx: &Context,
    conn: &mut Conn,
    key: &CaseKey,
    post: &Post<'_>,
    to: &str,
    letter: Letter,
) -> Result<MailId> {
    let template = letter.template();
    let id = MailId(ctx.new_id());
    let envelope = Envelope {
        to: to.to_owned(),
        reference: post.reference.to_owned(),
        letter,
    };
    let mail = NewMail {
        id,
        case: Some(post.case),
        notice: post.notice,
        template,
        language: post.language,
        sealed: key.seal(ENVELOPE, ctx.nonce(), &envelope),
    };
    mails::enqueue(conn, mail, ctx.now())?;
    Ok(id)
}
