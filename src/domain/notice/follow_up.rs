//! What follows a notice that nobody answers: reminders, then the contract's owner and the data protection officer, and
//! in the end a silence that is on record. No statute sets these days; the defaults are good practice.

use chrono::{Days, NaiveDate};
use serde::Deserialize;

use crate::domain::calendar::next_working_day_on_or_after;

/// When a recipient that is to answer and does not is reminded, and what comes then. Days from the sending, each moved to the
/// next working day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Typed")]
pub struct FollowUp {
    /// After how many days it is reminded, each time; none for no reminder.
    pub remind_after_days: Vec<u16>,
    /// After how many days the contract's owner and the data protection officer are told.
    pub escalate_after_days: u16,
    /// After how many days its silence counts as the answer.
    pub give_up_after_days: u16,
}

/// The same as it stands in a profile.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Typed {
    remind_after_days: Vec<u16>,
    escalate_after_days: u16,
    give_up_after_days: u16,
}

impl Default for Typed {
    fn default() -> Self {
        let days = FollowUp::default();
        Self {
            remind_after_days: days.remind_after_days,
            escalate_after_days: days.escalate_after_days,
            give_up_after_days: days.give_up_after_days,
        }
    }
}

/// The days are not such that each comes after the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the days must rise, from 1 on: remind_after_days, then escalate_after_days, then give_up_after_days"
)]
pub struct NotInOrder;

impl TryFrom<Typed> for FollowUp {
    type Error = NotInOrder;

    fn try_from(typed: Typed) -> Result<Self, NotInOrder> {
        let last = [typed.escalate_after_days, typed.give_up_after_days];
        let days: Vec<u16> = typed.remind_after_days.iter().copied().chain(last).collect();
        let rise = days.is_sorted_by(|one, next| one < next);
        if !rise || days.first().is_none_or(|first| *first == 0) {
            return Err(NotInOrder);
        }
        Ok(Self {
            remind_after_days: typed.remind_after_days,
            escalate_after_days: typed.escalate_after_days,
            give_up_after_days: typed.give_up_after_days,
        })
    }
}

impl Default for FollowUp {
    fn default() -> Self {
        Self {
            remind_after_days: vec![7, 14],
            escalate_after_days: 21,
            give_up_after_days: 42,
        }
    }
}

/// How long a notice has gone without an answer, and what was done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The local day on which it was sent.
    pub sent_on: NaiveDate,
    /// The last day for the answer.
    pub answer_by: NaiveDate,
    /// How many reminders are used up.
    pub reminders: usize,
    /// Since when it is escalated, as a local day.
    pub escalated_on: Option<NaiveDate>,
    /// Whether its delay is on record.
    pub overdue: bool,
}

/// What is due now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The recipient is reminded; so many reminders are then used up.
    Remind(usize),
    /// The last day for the answer has passed.
    MarkOverdue,
    /// The contract's owner and the data protection officer are told.
    Escalate,
    /// No answer will come. For a processor that is a breach of its agreement, to be assessed.
    GiveUp,
}

impl FollowUp {
    /// The one thing that is due on `today`, the gravest first. What was missed while nothing ran is not made up for by two
    /// mails on one day; and no silence ends before its escalation had its time.
    #[must_use]
    pub fn due(&self, silence: &Silence, today: NaiveDate) -> Option<Step> {
        let after = |from: NaiveDate, days: u16| {
            next_working_day_on_or_after(from.checked_add_days(Days::new(days.into())).unwrap_or(from))
        };
        if let Some(escalated_on) = silence.escalated_on {
            let time_left = self.give_up_after_days.saturating_sub(self.escalate_after_days);
            return (today >= after(escalated_on, time_left)).then_some(Step::GiveUp);
        }
        if today >= after(silence.sent_on, self.escalate_after_days) {
            return Some(Step::Escalate);
        }
        let reminders = self.remind_after_days.iter();
        let reached = reminders
            .filter(|days| today >= after(silence.sent_on, **days))
            .count();
        if reached > silence.reminders {
            return Some(Step::Remind(reached));
        }
        (!silence.overdue && today > silence.answer_by).then_some(Step::MarkOverdue)
    }
}
