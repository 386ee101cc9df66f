//! A case as staff see it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::course_view::{self, CourseView, MailView};
use super::written_view::{MessageView, messages};
use super::{
    grant_view::{GrantView, RestrictionView},
    package_view::StaffPackage,
    plan_view::ErasurePlan,
};
use crate::domain::case::{Proposal, State};
use crate::domain::contact::FreeText;
use crate::domain::matching::{FoundRow, Match, PersonKeys, Standing};
use crate::domain::personal_number::PersonalNumber;
use crate::domain::restriction::Ground;
use crate::services::Context;
use crate::services::codes::level_name;
use crate::services::intake::CaseFile;
use crate::services::overview::{self, StaffCase};
use crate::services::searching::{self, Subject};

/// A case as staff see it.
#[derive(Serialize, ToSchema)]
pub struct CaseView {
    /// Its name towards people.
    pub reference: String,
    /// What is asked for.
    pub right: &'static str,
    /// Where it stands.
    pub state: &'static str,
    /// What an action must name, so that it is done to what was seen.
    pub version: i64,
    /// How it came.
    pub channel: String,
    /// The person's language.
    pub language: &'static str,
    /// When the clock started.
    pub received_at: DateTime<Utc>,
    /// The last day of the first month.
    pub due_on: NaiveDate,
    /// The last day when extended.
    pub extended_due_on: Option<NaiveDate>,
    /// The planning day to answer by.
    pub internal_target_on: NaiveDate,
    /// Whether the clock waits for the person.
    pub paused: bool,
    /// Days until the limit in force; negative when it has passed.
    pub days_left: i64,
    /// Since when it is in its state.
    pub state_since: DateTime<Utc>,
    /// Until when an approved erasure can be stopped.
    pub cool_off_until: Option<DateTime<Utc>>,
    /// Why it was refused, when it was.
    pub refusal_ground: Option<&'static str>,
    /// Whether a legal hold is in force.
    pub on_hold: bool,
    /// Who works on it.
    pub assignee: Option<String>,
    /// What staff must look at, as a code; the alarm when there is nothing else.
    pub attention: Option<String>,
    /// Whether the person wrote and staff have neither written back nor noted anything since.
    pub message_waits: bool,
    /// Who asks, and how sure that is.
    pub identity: IdentityView,
    /// What the person wrote.
    pub request: RequestView,
    /// Whom the systems know, once they were searched.
    pub subject: Option<SubjectView>,
    /// Rows found under the identifiers.
    pub matches: Vec<MatchView>,
    /// What waits for another person's decision, or was approved.
    pub proposal: Option<ProposalView>,
    /// What is granted, or prepared to be.
    pub grant: Option<GrantView>,
    /// The restriction in force, or that was.
    pub restriction: Option<RestrictionView>,
    /// Other cases of the person's in which a restriction is in force: to be read before anything is erased.
    pub restricted_by: Vec<String>,
    /// Open requests of access and portability of the same person: the erasure begins when they are answered.
    pub awaited_by: Vec<String>,
    /// The newest plan.
    pub plan: Option<ErasurePlan>,
    /// What was collected for the person.
    pub package: Option<StaffPackage>,
    /// Messages and notes, oldest first.
    pub messages: Vec<MessageView>,
    /// Mails, without their contents.
    pub mails: Vec<MailView>,
    /// What happened on its way.
    #[serde(flatten)]
    pub course: CourseView,
    /// What the caller may do now.
    pub actions: Vec<&'static str>,
}

/// Who asks.
#[derive(Serialize, ToSchema)]
pub struct IdentityView {
    /// The level reached: `A0` to `A3`.
    pub level: &'static str,
    /// The level that the right needs.
    pub required_level: &'static str,
    /// What proves it.
    pub proofs: Vec<ProofView>,
}

/// A proof of identity.
#[derive(Serialize, ToSchema)]
pub struct ProofView {
    /// How.
    pub method: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// Who accepted it, when staff did.
    pub accepted_by: Option<String>,
}

/// What the person wrote.
#[derive(Serialize, ToSchema)]
pub struct RequestView {
    /// Address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// The personal number, masked.
    pub personal_number: Option<String>,
    /// Customer number.
    pub customer_number: Option<String>,
    /// Their words.
    pub message: Option<String>,
    /// Who acts for them.
    pub acting_for: Option<ActingView>,
    /// For a rectification: what they say is wrong.
    pub wrong: Option<String>,
    /// What they say is right.
    pub correct: Option<String>,
    /// What they say shows that.
    pub evidence: Option<String>,
    /// For a restriction: the ground that they name.
    pub restriction_ground: Option<&'static str>,
}

/// Who acts for the person.
#[derive(Serialize, ToSchema)]
pub struct ActingView {
    /// Their name.
    pub name: String,
    /// What they are to the person.
    pub relation: String,
}

/// Whom the systems know.
#[derive(Serialize, ToSchema)]
pub struct SubjectView {
    /// Whether staff must choose between accounts.
    pub ambiguous: bool,
    /// Whether services still run.
    pub live_services: bool,
    /// Whether the typed address is on file.
    pub typed_is_on_file: bool,
    /// Whether the address on file proves nothing alone.
    pub on_file_is_weak: bool,
    /// The account, when one fits.
    pub account: Option<RowView>,
    /// The accounts that fit, when several do.
    pub candidates: Vec<RowView>,
}

/// A row of a system.
#[derive(Serialize, ToSchema)]
pub struct RowView {
    /// The system.
    pub system: String,
    /// The table.
    pub table: String,
    /// Its key; what the action `plan` takes as `account`.
    pub key: Vec<String>,
    /// What it is, such as `private` or `company`.
    pub kind: Option<String>,
    /// The identifying values it holds; personal numbers masked.
    pub identifiers: IdentifiersView,
}

/// Identifying values.
#[derive(Serialize, ToSchema)]
pub struct IdentifiersView {
    /// Customer number.
    pub customer_number: Option<String>,
    /// Personal number, masked.
    pub personal_number: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// A row that was found.
#[derive(Serialize, ToSchema)]
pub struct MatchView {
    /// The row.
    #[serde(flatten)]
    pub row: RowView,
    /// What it is to the person: `theirs`, `shared`, `another_person` or `not_a_person`.
    pub standing: &'static str,
    /// By which identifiers it was found.
    pub by: Vec<&'static str>,
}

/// What was prepared.
#[derive(Serialize, ToSchema)]
pub struct ProposalView {
    /// `erasure` or `refusal`.
    pub kind: &'static str,
    /// Who may not decide it; `system` where the service made it by itself.
    pub prepared_by: String,
    /// The ground of a refusal.
    pub ground: Option<&'static str>,
    /// The hash of the plan of an erasure.
    pub plan: Option<String>,
}

impl CaseView {
    /// The view of `seen`.
    #[must_use]
    pub fn of(ctx: &Context, seen: &StaffCase) -> Self {
        let stored = &seen.case;
        let case = &stored.case;
        let matches = seen.subject.iter().flat_map(|subject| &subject.matches);
        Self {
            reference: stored.reference.to_string(),
            right: case.right.name(),
            state: case.state.name(),
            version: stored.version,
            channel: stored.channel.clone(),
            language: stored.language.tag(),
            received_at: case.received_at,
            due_on: seen.clock.due_on,
            extended_due_on: seen.clock.extended_due_on,
            internal_target_on: seen.clock.internal_target_on,
            // The clock is told as though every question were answered today.
            paused: stored.deadline.is_paused(),
            days_left: overview::days_left(ctx, seen.clock.extended_due_on.unwrap_or(seen.clock.due_on)),
            state_since: stored.state_since,
            cool_off_until: match case.state {
                State::Approved { cool_off_until } => Some(cool_off_until),
                _ => None,
            },
            refusal_ground: match case.state {
                State::Refused { ground, .. } => Some(ground.name()),
                _ => None,
            },
            on_hold: case.on_hold,
            assignee: stored.assignee.map(|staff| staff.to_string()),
            attention: stored
                .attention
                .clone()
                .or_else(|| stored.alarm.name().map(str::to_owned)),
            message_waits: stored.message_waits,
            identity: identity(seen),
            request: request(&seen.file),
            subject: seen.subject.as_ref().map(subject),
            matches: matches.map(found).collect(),
            proposal: case.proposal.as_ref().map(proposal),
            grant: seen.grant.as_ref().map(GrantView::of),
            restriction: seen.restricted.as_ref().map(Into::into),
            restricted_by: seen.restricted_beside.clone(),
            awaited_by: seen.awaited_by.clone(),
            plan: seen.plan.as_ref().map(|plan| ErasurePlan::of(ctx, plan)),
            package: seen.package.as_ref().map(StaffPackage::of),
            messages: messages(seen),
            mails: seen.mails.iter().map(course_view::mail).collect(),
            course: CourseView::of(seen),
            actions: seen.actions.clone(),
        }
    }
}

fn identity(seen: &StaffCase) -> IdentityView {
    let standing = seen.case.case.identity;
    let proofs = seen.proofs.iter().map(|proof| ProofView {
        method: proof.method.name(),
        at: proof.at,
        accepted_by: proof.accepted_by.map(|staff| staff.to_string()),
    });
    IdentityView {
        level: level_name(standing.reached),
        required_level: level_name(standing.required),
        proofs: proofs.collect(),
    }
}

fn request(file: &CaseFile) -> RequestView {
    RequestView {
        email: file.email.as_ref().map(|email| email.as_str().to_owned()),
        name: file.name.as_ref().map(|name| name.as_str().to_owned()),
        personal_number: file.personal_number.as_ref().map(PersonalNumber::masked),
        customer_number: file.customer_number.clone(),
        message: words(file.message.as_ref()),
        acting_for: file.acting_for.as_ref().map(|acting| ActingView {
            name: acting.name.as_str().to_owned(),
            relation: acting.relation.as_str().to_owned(),
        }),
        wrong: words(file.wish.wrong.as_ref()),
        correct: words(file.wish.correct.as_ref()),
        evidence: words(file.wish.evidence.as_ref()),
        restriction_ground: file.restriction_ground.map(Ground::name),
    }
}

fn words(text: Option<&FreeText>) -> Option<String> {
    text.map(|text| text.as_str().to_owned())
}

fn subject(subject: &Subject) -> SubjectView {
    SubjectView {
        ambiguous: subject.ambiguous(),
        live_services: subject.live_services,
        typed_is_on_file: subject.typed_is_on_file,
        on_file_is_weak: subject.on_file_is_weak,
        account: subject.account.as_ref().map(row),
        candidates: subject.candidates.iter().map(row).collect(),
    }
}

fn row(found: &FoundRow) -> RowView {
    RowView {
        system: found.system.clone(),
        table: found.table.clone(),
        key: found.key.0.clone(),
        kind: found.kind.clone(),
        identifiers: identifiers(&found.keys),
    }
}

fn identifiers(keys: &PersonKeys) -> IdentifiersView {
    let number = keys.personal_number.as_deref();
    let masked = number.map(|digits| {
        // What a system holds may be no number at all, and is not shown then.
        PersonalNumber::from_canonical(digits).map_or_else(|_| "*".to_owned(), |number| number.masked())
    });
    IdentifiersView {
        customer_number: keys.customer_number.clone(),
        personal_number: masked,
        email: keys.email.clone(),
        phone: keys.phone.clone(),
    }
}

fn found(found: &Match) -> MatchView {
    MatchView {
        row: row(&found.row),
        standing: match found.standing {
            Standing::Theirs => "theirs",
            Standing::Shared => "shared",
            Standing::AnotherPerson => "another_person",
            Standing::NotAPerson => "not_a_person",
        },
        by: searching::reasons(found),
    }
}

fn proposal(proposal: &Proposal) -> ProposalView {
    let prepared_by = proposal.prepared_by();
    let prepared_by = prepared_by.map_or_else(|| "system".to_owned(), |staff| staff.to_string());
    let (kind, ground, plan) = match proposal {
        Proposal::Erasure { hash, .. } => ("erasure", None, Some(hash.clone())),
        Proposal::Refusal { ground, .. } => ("refusal", Some(ground.name()), None),
        Proposal::Grant { hash, .. } => ("grant", None, Some(hash.clone())),
    };
    ProposalView {
        kind,
        prepared_by,
        ground,
        plan,
    }
}
