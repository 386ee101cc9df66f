//! The forms of a case's course, and what its page shows of it.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::case_page::Reader;
use crate::domain::calendar::stockholm_date;
use crate::http::pages::local_time;
use crate::http::views::staff::{AskedRow, CourseView, HeldView, IncidentRow, LetterRow, LinkedRow, NoteRow};
use crate::services::handling::{Action, Controller, Question};
use crate::services::incidents::Incident;
use crate::services::overview::StaffCase;
use crate::store::links::Linked;

/// What a form of a case's course asks for; none for another action. Choices are fields of their own: `evidence_letter`.
pub(super) fn read(
    action: &str,
    text: &str,
    reason: &str,
    recipient: &str,
    more: &BTreeMap<String, String>,
) -> Option<Action> {
    let (text, reason) = (text.to_owned(), reason.to_owned());
    let field = |name: &str| more.get(name).cloned().unwrap_or_default();
    let chosen = |prefix: &str| -> Vec<String> {
        more.keys()
            .filter_map(|name| name.strip_prefix(prefix).map(str::to_owned))
            .collect()
    };
    Some(match action {
        "advise" => Action::Advise { text },
        "record_clarification" => Action::RecordClarification { text },
        "request_clarification" => Action::RequestClarification { text, reason },
        "request_identity" => Action::RequestIdentity {
            text,
            evidence: chosen("evidence_"),
        },
        "forward" => Action::Forward {
            controller: Controller {
                name: field("controller_name"),
                email: field("controller_email"),
            },
            text,
            may_name: field("may_name") == "true",
        },
        "merge" => Action::Merge {
            into: field("into").trim().to_owned(),
        },
        "split" => Action::Split {
            rights: chosen("right_"),
        },
        "report_incident" => Action::ReportIncident {
            what: field("what"),
            text,
        },
        "hold" => Action::Hold {
            reason,
            told: field("silent") != "true",
            authority: field("authority"),
        },
        "record_told" => Action::RecordTold {
            recipient: recipient.to_owned(),
        },
        "record_unreachable" => Action::RecordUnreachable {
            recipient: recipient.to_owned(),
        },
        "letter_sent" => Action::LetterSent {
            letter: field("letter").parse().unwrap_or(Uuid::nil()),
        },
        _ => return None,
    })
}

/// What the page of a case shows of its course.
pub(super) fn view(reader: &Reader<'_>, case: &StaffCase) -> CourseView {
    let (stored, course, clock) = (&case.case, &case.course, &case.clock);
    let advice = case.messages.iter().filter(|message| message.kind == "advice");
    let from_controller = case
        .messages
        .iter()
        .filter(|message| message.kind == "from_controller");
    let from_recipients = case
        .messages
        .iter()
        .filter(|message| message.kind == "from_recipient");
    let note = |message: &crate::services::overview::Message| NoteRow {
        at: local_time(message.at),
        by: reader.actor(&message.author),
        text: message.text.clone(),
    };
    CourseView {
        alarm: stored.alarm.name(),
        ended: course.ended.as_ref().map(|ended| {
            let why = ended.why.split_whitespace().map(str::to_owned);
            (ended.outcome.clone(), why.collect())
        }),
        due_without_pause_on: Some(clock.due_without_pause_on)
            .filter(|_| !stored.deadline.pauses().is_empty()),
        due_early_on: clock.extended_due_early_on,
        reopened: stored.reopened.map(|(at, first)| (stockholm_date(at), first)),
        asked: course.questions.iter().map(asked).collect(),
        hold: course.hold.as_ref().map(|(file, told)| HeldView {
            told: *told,
            reason: file.reason.clone(),
            authority: file.authority.clone(),
        }),
        forwarded: course.forwarding.as_ref().map(|(row, file)| {
            let controller = format!("{}, {}", file.controller.name, file.controller.email);
            (local_time(row.at), controller, row.may_name)
        }),
        from_controller: from_controller.map(note).collect(),
        from_recipients: from_recipients.map(note).collect(),
        linked: course.linked.iter().chain(&course.merged).map(linked).collect(),
        incidents: course.incidents.iter().map(self::incident).collect(),
        letters: course
            .letters
            .iter()
            .map(|letter| LetterRow {
                id: letter.id.to_string(),
                letter: letter.template.clone(),
                at: local_time(letter.sent_at.unwrap_or(letter.written_at)),
                is_sent: letter.sent_at.is_some(),
            })
            .collect(),
        advice: advice.map(note).collect(),
    }
}

fn asked(question: &Question) -> AskedRow {
    AskedRow {
        reason: question.reason.name(),
        at: local_time(question.asked_at),
        answer_by: question.answer_by,
        pauses: question.pauses,
        text: question.file.text.clone(),
    }
}

fn linked(linked: &Linked) -> LinkedRow {
    LinkedRow {
        reference: linked.reference.clone(),
        right: linked.right.clone(),
        state: linked.state.clone(),
    }
}

/// A breach in words.
pub(super) fn incident(incident: &Incident) -> IncidentRow {
    let row = &incident.row;
    IncidentRow {
        id: row.id.to_string(),
        reference: incident.reference.clone(),
        kind: row.kind.clone(),
        aware_at: local_time(row.aware_at),
        notify_by: local_time(row.notify_by),
        notified_at: row.notified_at.map(local_time),
        told_at: row.told_at.map(local_time),
        closed_at: row.closed_at.map(local_time),
        text: incident.text.clone(),
        done: incident.done.clone(),
    }
}
