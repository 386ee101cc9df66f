//! What happened on a case's way, as staff see it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::identity::Method;
use crate::services::handling::Question;
use crate::services::incidents::Incident;
use crate::services::overview::StaffCase;
use crate::store::links::Linked;
use crate::store::mails::{Mail, MailState};
use crate::store::paper_letters::PaperLetter;

/// What happened on a case's way, beside the case itself.
#[derive(Serialize, ToSchema)]
pub struct CourseView {
    /// `at_risk` or `overdue`, when time runs out.
    pub alarm: Option<&'static str>,
    /// The last day of the first month had the clock never stood still.
    pub due_without_pause_on: NaiveDate,
    /// The earlier reading of an extension; alarms go by it.
    pub extended_due_early_on: Option<NaiveDate>,
    /// When the case was last reopened: the clock in force starts then.
    pub reopened_at: Option<DateTime<Utc>>,
    /// The deadline of the first clock, when the case was reopened.
    pub first_due_on: Option<NaiveDate>,
    /// When the clock stood still.
    pub pauses: Vec<PauseView>,
    /// What waits for the person's answer.
    pub questions: Vec<QuestionView>,
    /// The legal hold in force.
    pub hold: Option<HoldView>,
    /// To whom the request was passed on.
    pub forwarded: Option<ForwardedView>,
    /// Cases that were split off this one, or that it was split off.
    pub linked: Vec<LinkedView>,
    /// The case that goes on with this one, and those that this one goes on with.
    pub merged: Vec<LinkedView>,
    /// Personal data breaches.
    pub incidents: Vec<IncidentView>,
    /// Letters on paper.
    pub letters: Vec<LetterView>,
}

/// A time in which the clock stood still.
#[derive(Serialize, ToSchema)]
pub struct PauseView {
    /// The day the person was asked.
    pub asked_on: NaiveDate,
    /// The day they answered.
    pub answered_on: Option<NaiveDate>,
}

/// A question that waits for the person.
#[derive(Serialize, ToSchema)]
pub struct QuestionView {
    /// `identity`, `large_request` or `other`.
    pub reason: &'static str,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// The last day to answer before the case lapses.
    pub answer_by: NaiveDate,
    /// Whether the clock stands still for it.
    pub pauses: bool,
    /// What was asked.
    pub text: Option<String>,
    /// For `identity`: the proofs that would be enough.
    pub evidence: Vec<&'static str>,
}

/// A legal hold.
#[derive(Serialize, ToSchema)]
pub struct HoldView {
    /// Whether the person was told; else an order forbids it.
    pub told: bool,
    /// Why.
    pub reason: Option<String>,
    /// Who ordered it.
    pub authority: Option<String>,
}

/// To whom a request was passed on.
#[derive(Serialize, ToSchema)]
pub struct ForwardedView {
    /// When.
    pub at: DateTime<Utc>,
    /// The controller's name.
    pub name: String,
    /// Its address.
    pub email: String,
    /// Whether the person may be told who it is.
    pub may_name: bool,
}

/// A case that belongs to another.
#[derive(Serialize, ToSchema)]
pub struct LinkedView {
    /// Its name.
    pub reference: String,
    /// What it asks for.
    pub right: String,
    /// Where it stands.
    pub state: String,
}

/// A personal data breach.
#[derive(Serialize, ToSchema)]
pub struct IncidentView {
    /// Its id.
    pub id: Uuid,
    /// The case it was reported on.
    pub reference: String,
    /// `wrong_recipient`, `wrong_erasure` or `other`.
    pub kind: String,
    /// Since when it is known.
    pub aware_at: DateTime<Utc>,
    /// By when the authority must be notified.
    pub notify_by: DateTime<Utc>,
    /// When it was.
    pub notified_at: Option<DateTime<Utc>>,
    /// When the person was told (Art. 34).
    pub told_at: Option<DateTime<Utc>>,
    /// `open` or `closed`.
    pub state: String,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// What happened, for who may read cases.
    pub text: Option<String>,
    /// What was done, for the same.
    pub done: Option<String>,
}

/// A letter on paper.
#[derive(Serialize, ToSchema)]
pub struct LetterView {
    /// Its id: what `letter_sent` takes.
    pub id: Uuid,
    /// What it is.
    pub template: String,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// When it was posted.
    pub sent_at: Option<DateTime<Utc>>,
}

impl CourseView {
    /// The view of `seen`.
    #[must_use]
    pub fn of(seen: &StaffCase) -> Self {
        let (stored, course) = (&seen.case, &seen.course);
        let pauses = stored.deadline.pauses().iter().map(|pause| PauseView {
            asked_on: pause.asked_on,
            answered_on: pause.answered_on,
        });
        Self {
            alarm: stored.alarm.name(),
            due_without_pause_on: seen.clock.due_without_pause_on,
            extended_due_early_on: seen.clock.extended_due_early_on,
            reopened_at: stored.reopened.map(|(at, _)| at),
            first_due_on: stored.reopened.map(|(_, first)| first),
            pauses: pauses.collect(),
            questions: course.questions.iter().map(question).collect(),
            hold: course.hold.as_ref().map(|(file, told)| HoldView {
                told: *told,
                reason: file.reason.clone(),
                authority: file.authority.clone(),
            }),
            forwarded: course.forwarding.as_ref().map(|(row, file)| ForwardedView {
                at: row.at,
                name: file.controller.name.clone(),
                email: file.controller.email.clone(),
                may_name: row.may_name,
            }),
            linked: course.linked.iter().map(linked).collect(),
            merged: course.merged.iter().map(linked).collect(),
            incidents: course.incidents.iter().map(IncidentView::of).collect(),
            letters: course.letters.iter().map(letter).collect(),
        }
    }
}

/// A question as its person and staff see it.
pub fn question(question: &Question) -> QuestionView {
    QuestionView {
        reason: question.reason.name(),
        asked_at: question.asked_at,
        answer_by: question.answer_by,
        pauses: question.pauses,
        text: question.file.text.clone(),
        evidence: question
            .file
            .evidence
            .iter()
            .map(|method: &Method| method.name())
            .collect(),
    }
}

/// A linked case.
pub fn linked(linked: &Linked) -> LinkedView {
    LinkedView {
        reference: linked.reference.clone(),
        right: linked.right.clone(),
        state: linked.state.clone(),
    }
}

impl IncidentView {
    /// The view of `incident`.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        let row = &incident.row;
        Self {
            id: row.id,
            reference: incident.reference.clone(),
            kind: row.kind.clone(),
            aware_at: row.aware_at,
            notify_by: row.notify_by,
            notified_at: row.notified_at,
            told_at: row.told_at,
            state: row.state.clone(),
            closed_at: row.closed_at,
            text: incident.text.clone(),
            done: incident.done.clone(),
        }
    }
}

fn letter(letter: &PaperLetter) -> LetterView {
    LetterView {
        id: letter.id,
        template: letter.template.clone(),
        written_at: letter.written_at,
        sent_at: letter.sent_at,
    }
}

/// A mail, without its contents.
#[derive(Serialize, ToSchema)]
pub struct MailView {
    /// What it is.
    pub template: String,
    /// `queued`, `sent` or `failed`.
    pub state: &'static str,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
}

/// A mail of the case.
pub fn mail(mail: &Mail) -> MailView {
    MailView {
        template: mail.template.clone(),
        state: match mail.state {
            MailState::Queued => "queued",
            MailState::Sent => "sent",
            MailState::Failed => "failed",
        },
        queued_at: mail.queued_at,
    }
}
