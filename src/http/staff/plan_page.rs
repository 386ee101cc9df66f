//! The plan of a case, how far it has come, and who is told.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::case_page::{Reader, Seen};
use crate::domain::audit::Event;
use crate::domain::calendar::stockholm_date;
use crate::domain::case::Confirmation;
use crate::domain::notice::{KeepGround, Outcome};
use crate::domain::recipient::Identifier;
use crate::http::pages::local_time;
use crate::http::views::staff::{NoticeRow, PlanRow, StaffPlanView, StepRow};
use crate::services::notices as notices_of_case;
use crate::services::overview::{PlanView, StaffCase};
use crate::services::planning::PlanSystem;
use crate::store::notices;
use crate::store::plans::{StepState, StoredStep};

/// Characters of a plan's hash that tell it from the others of a case.
pub(super) const SHORT_HASH: usize = 8;

/// The start of a plan's hash, as people see it.
pub(super) fn short(hash: &str) -> &str {
    hash.get(..SHORT_HASH).unwrap_or(hash)
}

/// The plan.
pub(super) fn plan(reader: &Reader<'_>, case: &StaffCase, plan: &PlanView) -> StaffPlanView {
    let made = last(case, "plan_made");
    let confirmed = last(case, "consequences_confirmed");
    let given = plan.confirmation == Some(Confirmation::Given);
    let backups = plan.facts.systems.iter().filter_map(|part| {
        let days = part.backups_expire_after_days?;
        Some((reader.words.system(&part.system), days))
    });
    let by_hand = plan.facts.systems.iter().filter(|part| part.by_hand);
    StaffPlanView {
        prepared_by: made.map(|event| reader.actor(&event.actor)).unwrap_or_default(),
        prepared_at: made.map(|event| local_time(event.at)).unwrap_or_default(),
        is_current: plan.current,
        rows: rows(reader, &plan.facts.systems),
        services: plan
            .facts
            .services
            .iter()
            .map(|service| reader.words.service(service))
            .collect(),
        ground: reader.words.basis(&plan.facts.basis),
        refused: plan
            .facts
            .refused
            .iter()
            .map(|item| reader.words.refused_item(item))
            .collect(),
        backups: backups.collect(),
        by_hand: by_hand.map(|part| reader.words.system(&part.system)).collect(),
        confirmed_at: confirmed.filter(|_| given).map(|event| local_time(event.at)),
        needs_confirmation: plan
            .confirmation
            .is_some_and(|confirmation| confirmation != Confirmation::NotNeeded),
        hash: short(&plan.facts.hash).to_owned(),
        steps: plan.steps.iter().map(|step| step_row(reader, step)).collect(),
    }
}

fn last<'a>(case: &'a StaffCase, action: &str) -> Option<&'a Event> {
    case.events.iter().rev().find(|event| event.action == action)
}

/// What a plan does, per system and table.
pub(super) fn rows(reader: &Reader<'_>, systems: &[PlanSystem]) -> Vec<PlanRow> {
    let lines = systems.iter().flat_map(|part| {
        let lines = part.lines.iter();
        lines.map(move |line| (part, line))
    });
    lines
        .filter(|(_, line)| line.rows > 0)
        .map(|(part, line)| PlanRow {
            system: reader.words.system(&part.system),
            what: reader.words.contents(&part.system, &line.table),
            table: line.table.clone(),
            effect: line.operation.clone(),
            rows: line.rows,
            size: line.bytes.map(|bytes| reader.words.t.size(bytes)),
            ground: line
                .ground
                .as_deref()
                .map(|ground| match line.operation.as_str() {
                    "refuse" => reader.words.t.or("refusal-", ground),
                    _ => reader.words.ground(ground),
                }),
            until: line.until,
        })
        .collect()
}

/// A step with how far it has come.
pub(super) fn step_row(reader: &Reader<'_>, stored: &StoredStep) -> StepRow {
    StepRow {
        system: reader.words.system(&stored.step.system),
        table: stored.step.table.clone(),
        kind: stored.step.kind.name(),
        state: match stored.state {
            StepState::Pending => "pending",
            StepState::Done { .. } => "done",
            StepState::Failed { .. } => "failed",
        },
        failure: match &stored.state {
            StepState::Failed { why } => Some(why.clone()),
            _ => None,
        },
        done: stored.done,
        planned: stored.step.planned,
    }
}

/// Who is told, and what they answered.
pub(super) fn notices(reader: &Reader<'_>, seen: &Seen) -> Vec<NoticeRow> {
    let rows = seen.case.notices.iter();
    rows.map(|(row, comments)| notice(reader, &seen.beside.tasks, row, comments))
        .collect()
}

/// A notice; `tasks`: what staff tell recipients themselves.
pub(super) fn notice(
    reader: &Reader<'_>,
    tasks: &BTreeMap<Uuid, Vec<Identifier>>,
    row: &notices::NoticeRow,
    comments: &[String],
) -> NoticeRow {
    let task = tasks.get(&row.id).map(|known| {
        let pairs = known.iter();
        pairs
            .map(|identifier| (identifier.kind.name(), identifier.value.clone()))
            .collect()
    });
    let can_be_answered = matches!(
        row.state.as_str(),
        "queued" | "sent" | "overdue" | "escalated" | "unanswered" | "informed" | "bounced" | "answered"
    );
    let kind = row.kind().ok();
    let names = |offered: Vec<&'static str>| if can_be_answered { offered } else { Vec::new() };
    NoticeRow {
        id: row.recipient.clone(),
        recipient: reader.words.recipient(&row.recipient),
        channel: row.channel.clone(),
        state: row.state.clone(),
        sent_on: row.sent_at.map(stockholm_date),
        answer_by: row.answer_by,
        reminded_on: row.reminded_at.map(stockholm_date),
        phone: phone_of(reader, row),
        waits_for_staff: notices_of_case::waits_for_staff(row),
        answered_on: row.answered_at.map(stockholm_date),
        outcome: row.outcome.clone(),
        notes: notes(reader, row, comments),
        task,
        outcomes: names(
            kind.map(Outcome::offered)
                .unwrap_or_default()
                .into_iter()
                .map(Outcome::name)
                .collect(),
        ),
        grounds: names(
            KeepGround::offered(row.independent)
                .into_iter()
                .map(KeepGround::name)
                .collect(),
        ),
    }
}

/// The number to call, when mails did not help.
fn phone_of(reader: &Reader<'_>, row: &notices::NoticeRow) -> Option<String> {
    let silent = matches!(row.state.as_str(), "bounced" | "escalated" | "unanswered");
    let recipient = reader
        .words
        .organisation
        .recipient(&row.recipient)
        .filter(|_| silent)?;
    recipient.contact.as_ref()?.phone.clone()
}

fn notes(reader: &Reader<'_>, row: &notices::NoticeRow, comments: &[String]) -> Vec<String> {
    let t = reader.words.t;
    let ground = row.ground.as_deref().map(|ground| t.or("notice-ground-", ground));
    let ground = match (ground, &row.statute) {
        (Some(ground), Some(statute)) => Some(format!("{ground}: {statute}")),
        (ground, _) => ground,
    };
    let backups = row
        .backups_until
        .map(|until| format!("{} {until}", t.get("case-backups-until")));
    let why = row.why.as_deref().filter(|_| row.state == "impossible");
    let why = why.map(|why| t.or("untold-", why));
    let said = [ground, backups, why].into_iter().flatten();
    said.chain(comments.iter().cloned()).collect()
}
