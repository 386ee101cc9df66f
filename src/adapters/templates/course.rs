//! The letters of a case's course in words: what each must say, in the order in which it says it.

use serde::{Deserialize, Serialize};

use super::announcements;
use super::to_staff;
use crate::adapters::texts::Texts;
use crate::domain::identity::Method;
use crate::domain::right::Right;
use crate::services::course::Course;

/// A letter made of paragraphs: one layout for all of them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseMail {
    /// The case number.
    pub reference: String,
    /// Which letter it is, after `course-subject-`, `course-title-` and `course-link-`.
    pub name: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// The page that it leads to.
    pub link: Option<String>,
    /// Eight digits.
    pub code: Option<String>,
    /// Whether it says where to complain (Art. 12(4)).
    pub rights: bool,
}

/// A part of a letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    Head(String),
    /// Words of ours or of staff.
    Words(String),
    /// A list.
    Items(Vec<String>),
}

/// The letter in words. `public_url`: where people reach the service.
#[must_use]
pub fn mail(t: Texts, reference: String, course: &Course, public_url: &str) -> CourseMail {
    let of_case = format!("{public_url}/requests/{reference}");
    let (link, code) = match course {
        Course::AtRisk { .. } | Course::Silent { .. } => {
            (Some(format!("{public_url}/staff/cases/{reference}")), None)
        }
        Course::Incident { .. } => (Some(format!("{public_url}/staff/incidents")), None),
        Course::TasksDue { .. } => (Some(format!("{public_url}/staff/tasks")), None),
        Course::ChangeAnnounced { .. } => (Some(format!("{public_url}/register")), None),
        Course::ToController { token, code, .. } => (
            Some(format!("{public_url}/forwarded/{token}")),
            Some(code.clone()),
        ),
        Course::Unanswered { .. } => (None, None),
        _ => (Some(of_case), None),
    };
    CourseMail {
        reference,
        name: course.template().to_owned(),
        blocks: blocks(t, course),
        link,
        code,
        rights: matches!(
            course,
            Course::Unanswered { .. }
                | Course::Extended { .. }
                | Course::Held { .. }
                | Course::FeeAnnounced { .. }
                | Course::IncidentToPerson { .. }
        ),
    }
}

fn blocks(t: Texts, course: &Course) -> Vec<Block> {
    match course {
        Course::Clarification { .. } | Course::IdentityRequest { .. } | Course::Reminder { .. } => {
            asked(t, course)
        }
        Course::Held { .. } | Course::HoldLifted | Course::Extended { .. } => time(t, course),
        Course::Forwarded { .. } | Course::ToController { .. } => forwarded(t, course),
        Course::AtRisk { .. } | Course::Silent { .. } | Course::TasksDue { .. } | Course::Incident { .. } => {
            to_staff::blocks(t, course)
        }
        Course::FeeAnnounced { .. } | Course::IncidentToPerson { .. } | Course::ChangeAnnounced { .. } => {
            announcements::blocks(t, course)
        }
        Course::Unanswered { .. } | Course::Split { .. } | Course::Reopened { .. } => turned(t, course),
    }
}

pub(super) fn right_of(t: Texts, right: Right) -> String {
    t.of("right-law-", right.name())
}

fn asked(t: Texts, course: &Course) -> Vec<Block> {
    let (lead, text, paused_from, answer_by) = match course {
        Course::Clarification {
            text,
            paused_from,
            answer_by,
            ..
        } => (t.get("course-clarification-lead"), text, paused_from, answer_by),
        Course::IdentityRequest {
            text,
            paused_from,
            answer_by,
            ..
        } => (t.get("course-identity-lead"), text, paused_from, answer_by),
        Course::Reminder { identity, answer_by } => {
            let lead = if *identity {
                t.get("course-reminder-identity")
            } else {
                t.get("course-reminder-clarification")
            };
            return vec![
                Block::Words(lead),
                Block::Words(t.one("course-lapses", "date", answer_by)),
            ];
        }
        _ => return vec![],
    };
    let mut blocks = vec![Block::Words(lead)];
    blocks.push(Block::Words(match text {
        Some(text) => text.clone(),
        None => t.get("course-read-on-page"),
    }));
    if let Course::Clarification { reason, .. } = course
        && *reason == crate::domain::question::Reason::LargeRequest
    {
        blocks.push(Block::Words(t.get("course-clarification-large")));
    }
    if let Course::IdentityRequest { evidence, .. } = course {
        blocks.push(Block::Head(t.get("course-identity-choose")));
        let methods = evidence
            .iter()
            .map(|method: &Method| t.of("course-evidence-", method.name()));
        blocks.push(Block::Items(methods.collect()));
        blocks.push(Block::Words(t.get("course-identity-use")));
    }
    blocks.push(Block::Words(match paused_from {
        Some(from) => t.one("course-paused", "date", from),
        None => t.get("course-not-paused"),
    }));
    blocks.push(Block::Words(t.one("course-lapses", "date", answer_by)));
    blocks
}

fn time(t: Texts, course: &Course) -> Vec<Block> {
    match course {
        Course::Extended { reason, due_on } => vec![
            Block::Words(t.one("course-extended-lead", "date", due_on)),
            Block::Head(t.get("course-extended-why")),
            Block::Words(reason.clone()),
            Block::Words(t.get("course-extended-law")),
        ],
        Course::Held { reason, authority } => {
            let mut blocks = vec![Block::Words(t.get("course-held-lead"))];
            if let Some(authority) = authority {
                blocks.push(Block::Words(t.one("course-held-authority", "name", authority)));
            }
            blocks.extend(reason.clone().map(Block::Words));
            blocks.push(Block::Words(t.get("course-held-next")));
            blocks
        }
        _ => vec![Block::Words(t.get("course-hold-lifted-lead"))],
    }
}

fn forwarded(t: Texts, course: &Course) -> Vec<Block> {
    match course {
        Course::Forwarded { right, controller } => {
            let to = match controller {
                Some(name) => t.one("course-forwarded-to", "name", name),
                None => t.get("course-forwarded-unnamed"),
            };
            vec![
                Block::Words(t.one("course-forwarded-lead", "right", right_of(t, *right))),
                Block::Words(to),
                Block::Words(t.get("course-forwarded-next")),
            ]
        }
        Course::ToController {
            right,
            received_on,
            due_on,
            text,
            ..
        } => vec![
            Block::Words(t.two(
                "course-controller-lead",
                "right",
                right_of(t, *right),
                "date",
                received_on,
            )),
            Block::Words(text.clone()),
            Block::Words(t.one("course-controller-due", "date", due_on)),
            Block::Words(t.get("course-controller-help")),
            Block::Words(t.get("course-controller-open")),
        ],
        _ => vec![],
    }
}

fn turned(t: Texts, course: &Course) -> Vec<Block> {
    match course {
        Course::Unanswered { right } => vec![
            Block::Words(t.one("course-unanswered-lead", "right", right_of(t, *right))),
            Block::Words(t.get("course-unanswered-again")),
        ],
        Course::Split { others } => {
            let line = |(right, reference): &(Right, String)| format!("{}: {reference}", right_of(t, *right));
            vec![
                Block::Words(t.get("course-split-lead")),
                Block::Items(others.iter().map(line).collect()),
                Block::Words(t.get("course-split-next")),
            ]
        }
        Course::Reopened {
            right,
            reopened_on,
            due_on,
        } => vec![
            Block::Words(t.one("course-reopened-lead", "right", right_of(t, *right))),
            Block::Words(t.two("course-reopened-due", "date", reopened_on, "due", due_on)),
        ],
        _ => vec![],
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// One of each, for tests and previews.
    #[expect(clippy::too_many_lines, reason = "a table of samples")]
    pub fn samples() -> Vec<Course> {
        use crate::domain::incident::Kind;
        use crate::domain::question::Reason;
        let date = |day| chrono::NaiveDate::from_ymd_opt(2026, 9, day).unwrap_or_default();
        let clarification = |reason, text: Option<&str>, paused| Course::Clarification {
            reason,
            text: text.map(str::to_owned),
            paused_from: Some(date(2)).filter(|_| paused),
            answer_by: date(30),
        };
        let identity = |text: Option<&str>| Course::IdentityRequest {
            text: text.map(str::to_owned),
            evidence: Method::BY_STAFF.to_vec(),
            paused_from: Some(date(2)),
            answer_by: date(30),
        };
        let right = Right::Access;
        let at_risk = |overdue, is_handled| Course::AtRisk {
            right,
            due_on: date(24),
            overdue,
            is_handled,
        };
        let silent = |given_up| Course::Silent {
            recipient: "Molnkontoret AB".to_owned(),
            sent_on: date(1),
            answer_by: date(15),
            given_up,
            phone: Some("+46 8 465 004 00".to_owned()),
        };
        let mut samples = super::announcements::samples();
        samples.extend([
            clarification(
                Reason::LargeRequest,
                Some("Vill du ha <alla> loggar, eller ett visst år?"),
                true,
            ),
            clarification(Reason::Other, None, false),
            identity(Some("Adressen du skrev från är ny för oss.")),
            identity(None),
            Course::Reminder {
                identity: true,
                answer_by: date(30),
            },
            Course::Reminder {
                identity: false,
                answer_by: date(30),
            },
            Course::Unanswered { right },
            Course::Extended {
                reason: "Vi måste gå igenom arton års ärenden.".to_owned(),
                due_on: date(30),
            },
            Course::Held {
                reason: Some("En tvist om fakturan pågår.".to_owned()),
                authority: Some("Lunds tingsrätt".to_owned()),
            },
            Course::Held {
                reason: None,
                authority: None,
            },
            Course::HoldLifted,
            Course::Forwarded {
                right,
                controller: Some("Skogsblomma AB".to_owned()),
            },
            Course::Forwarded {
                right,
                controller: None,
            },
            Course::ToController {
                right,
                received_on: date(1),
                due_on: date(30),
                text: "Begäran gäller formuläret på er webbplats.".to_owned(),
                token: "pQ7x".to_owned(),
                code: "40718265".to_owned(),
            },
            Course::Split {
                others: vec![
                    (Right::Erasure, "R-2H9T-03BD".to_owned()),
                    (Right::Objection, "R-9K2M-77AA".to_owned()),
                ],
            },
            Course::Reopened {
                right,
                reopened_on: date(1),
                due_on: date(30),
            },
            at_risk(false, true),
            at_risk(false, false),
            at_risk(true, true),
            silent(false),
            silent(true),
            Course::TasksDue {
                count: 2,
                due_on: date(24),
            },
            Course::Incident {
                kind: Kind::WrongRecipient,
                notify_by: chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default(),
            },
        ]);
        samples
    }

    #[test]
    fn every_letter_is_whole_in_both_languages() {
        for language in crate::domain::language::Language::ALL {
            for course in samples() {
                let mail = mail(
                    Texts::new(language),
                    "R-1".to_owned(),
                    &course,
                    "https://host.example",
                );
                let text = serde_json::to_string(&mail).unwrap();
                assert!(!text.contains(crate::adapters::texts::MISSING), "{text}");
                assert!(!mail.blocks.is_empty(), "{}", mail.name);
            }
        }
    }
}
