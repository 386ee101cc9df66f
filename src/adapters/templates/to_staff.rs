//! The letters of a case's course that staff get, in words.

use super::course::{Block, right_of};
use crate::adapters::texts::Texts;
use crate::services::course::Course;

pub(super) fn blocks(t: Texts, course: &Course) -> Vec<Block> {
    match course {
        Course::AtRisk {
            right,
            due_on,
            overdue,
            is_handled,
        } => {
            let mut blocks = vec![Block::Words(if *overdue {
                t.two(
                    "course-at-risk-overdue",
                    "right",
                    right_of(t, *right),
                    "date",
                    due_on,
                )
            } else {
                t.two(
                    "course-at-risk-lead",
                    "right",
                    right_of(t, *right),
                    "date",
                    due_on,
                )
            })];
            if !is_handled {
                blocks.push(Block::Words(t.get("course-at-risk-nobody")));
            }
            blocks
        }
        Course::Silent { .. } => silent(t, course),
        Course::TasksDue { count, due_on } => vec![
            Block::Words(t.two("course-tasks-due-lead", "count", *count, "date", due_on)),
            Block::Words(t.get("course-tasks-due-waits")),
        ],
        Course::Incident { kind, notify_by } => {
            let by = notify_by.with_timezone(&chrono_tz::Europe::Stockholm);
            vec![
                Block::Words(t.one(
                    "course-incident-lead",
                    "kind",
                    t.of("incident-kind-", kind.name()),
                )),
                Block::Words(t.one(
                    "course-incident-by",
                    "date",
                    by.format("%Y-%m-%d %H:%M").to_string(),
                )),
            ]
        }
        _ => vec![],
    }
}

fn silent(t: Texts, course: &Course) -> Vec<Block> {
    let Course::Silent {
        recipient,
        sent_on,
        answer_by,
        given_up,
        phone,
    } = course
    else {
        return vec![];
    };
    let (lead, next) = if *given_up {
        let lead = t.two("course-never-answered-lead", "name", recipient, "date", sent_on);
        (lead, t.get("course-never-answered-next"))
    } else {
        let lead = t.two("course-silent-lead", "name", recipient, "date", sent_on);
        (lead, t.get("course-silent-next"))
    };
    let due = t.one("course-silent-due", "date", answer_by);
    let mut blocks = vec![Block::Words(lead), Block::Words(due), Block::Words(next)];
    if let Some(phone) = phone {
        blocks.push(Block::Words(t.one("course-silent-call", "number", phone)));
    }
    blocks
}
