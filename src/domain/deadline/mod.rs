//! When an answer is due: one calendar month from receipt (GDPR Art. 12(3)), counted by Regulation 1182/71.
//!
//! A case stores the time of receipt, the pauses and whether it was extended; every date follows from those.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::{
    add_working_days, end_of_day_exclusive, last_planning_day_on_or_before, next_statutory_day_on_or_after,
    next_working_day_on_or_after, stockholm_date,
};

mod alarm;

pub use alarm::{AT_RISK_DAYS, Alarm, alarm};

/// Working days after receipt within which a question must be asked to stop the clock: "without undue delay" in
/// EDPB guidelines 01/2022, which give no number.
pub const PAUSE_WINDOW_WORKING_DAYS: u32 = 3;

/// A time in which the clock stood still because a necessary question lay with the person (EDPB 01/2022).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// The local date on which the person was asked.
    pub asked_on: NaiveDate,
    /// The local date of the answer; `None` while it is awaited.
    #[serde(default)]
    pub answered_on: Option<NaiveDate>,
}

/// Why a time limit cannot be extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionError {
    /// It is extended already, and Art. 12(3) allows that once.
    #[error("extended already")]
    Already,
    /// The first month is over; the person had to be told within it.
    #[error("the first month is over")]
    TooLate,
}

/// The time limit of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    received_at: DateTime<Utc>,
    #[serde(default)]
    pauses: Vec<Pause>,
    #[serde(default)]
    extended: bool,
}

/// What a time limit shows: every date derived from a [`Deadline`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// When the request reached the controller.
    pub received_at: DateTime<Utc>,
    /// The last day of the first month, with pauses, without any extension.
    pub due_on: NaiveDate,
    /// The same had there been no pause.
    pub due_without_pause_on: NaiveDate,
    /// The last day when extended: three months from receipt.
    pub extended_due_on: Option<NaiveDate>,
    /// The last day by the stricter reading, two months from the end of the first; alarms go by this one.
    pub extended_due_early_on: Option<NaiveDate>,
    /// The planning day to answer by, for the limit in force.
    pub internal_target_on: NaiveDate,
    /// The first instant that is too late, for the limit in force.
    pub ends_at: DateTime<Utc>,
    /// Whether a question awaits the person's answer.
    pub paused: bool,
    /// Every pause, in the order asked.
    pub pauses: Vec<Pause>,
}

impl Deadline {
    /// The limit of a request that reached the controller at `received_at`, on whatever day and hour.
    #[must_use]
    pub const fn from_receipt(received_at: DateTime<Utc>) -> Self {
        Self {
            received_at,
            pauses: Vec::new(),
            extended: false,
        }
    }

    /// The limit of a stored case.
    #[must_use]
    pub fn from_parts(received_at: DateTime<Utc>, mut pauses: Vec<Pause>, extended: bool) -> Self {
        pauses.sort_by_key(|pause| pause.asked_on);
        Self {
            received_at,
            pauses,
            extended,
        }
    }

    /// Adds a pause. Whether one may be taken is for [`pause_allowed`] to say.
    #[must_use]
    pub fn with_pause(self, pause: Pause) -> Self {
        let pauses = self.pauses.into_iter().chain([pause]).collect();
        Self::from_parts(self.received_at, pauses, self.extended)
    }

    /// The same, extended or not.
    #[must_use]
    pub fn with_extension(&self, extended: bool) -> Self {
        Self {
            extended,
            ..self.clone()
        }
    }

    /// The same without the pauses of an earlier clock, for a case that was reopened.
    #[must_use]
    pub fn in_force(self) -> Self {
        let started_on = self.received_on();
        let pauses = self
            .pauses
            .into_iter()
            .filter(|pause| pause.asked_on >= started_on);
        Self {
            pauses: pauses.collect(),
            ..self
        }
    }

    /// Extends by two further months (Art. 12(3)); `told_on` is the local date on which the person is told.
    ///
    /// # Errors
    /// When it is extended already, or the first month is over.
    pub fn extend(&mut self, told_on: NaiveDate) -> Result<(), ExtensionError> {
        if self.extended {
            return Err(ExtensionError::Already);
        }
        if told_on > self.as_of(told_on).first_due_on() {
            return Err(ExtensionError::TooLate);
        }
        self.extended = true;
        Ok(())
    }

    /// When the request reached the controller.
    #[must_use]
    pub const fn received_at(&self) -> DateTime<Utc> {
        self.received_at
    }

    /// The local date of receipt, from which every month is counted.
    #[must_use]
    pub fn received_on(&self) -> NaiveDate {
        stockholm_date(self.received_at)
    }

    /// Every pause, in the order asked.
    #[must_use]
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// Whether the two further months were taken.
    #[must_use]
    pub const fn is_extended(&self) -> bool {
        self.extended
    }

    /// Whether a question awaits the person's answer.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.pauses.iter().any(|pause| pause.answered_on.is_none())
    }

    /// The same limit as though every open question were answered on `today`: how it stands while paused.
    /// Without this an open pause moves nothing, which errs on the safe side.
    #[must_use]
    pub fn as_of(&self, today: NaiveDate) -> Self {
        let answered = |pause: &Pause| Pause {
            answered_on: pause.answered_on.or(Some(today)),
            ..*pause
        };
        Self {
            pauses: self.pauses.iter().map(answered).collect(),
            ..*self
        }
    }

    /// The last day in force: of the first month, or of the third when extended.
    #[must_use]
    pub fn due_on(&self) -> NaiveDate {
        self.extended_due_on().unwrap_or_else(|| self.first_due_on())
    }

    /// The last day in force had there been no pause, which staff see beside [`Self::due_on`].
    #[must_use]
    pub fn due_without_pause(&self) -> NaiveDate {
        Self {
            pauses: Vec::new(),
            ..*self
        }
        .due_on()
    }

    /// The last day of the first month, within which an extension must be told.
    #[must_use]
    pub fn first_due_on(&self) -> NaiveDate {
        next_working_day_on_or_after(self.nominal(&[1]))
    }

    /// The last day when extended: three months from receipt, never from the clamped or rolled date.
    #[must_use]
    pub fn extended_due_on(&self) -> Option<NaiveDate> {
        self.extended
            .then(|| next_working_day_on_or_after(self.nominal(&[3])))
    }

    /// The last day when extended and counted as two months from the end of the first, by at most some days earlier.
    #[must_use]
    pub fn extended_due_early_on(&self) -> Option<NaiveDate> {
        self.extended
            .then(|| next_working_day_on_or_after(self.nominal(&[1, 2])))
    }

    /// The planning day to answer by: the last on or before the unrolled end, eves free, of the earlier reading.
    #[must_use]
    pub fn internal_target_on(&self) -> NaiveDate {
        last_planning_day_on_or_before(self.nominal(if self.extended { &[1, 2] } else { &[1] }))
    }

    /// The first instant that is too late: local midnight after [`Self::due_on`].
    #[must_use]
    pub fn ends_at(&self) -> DateTime<Utc> {
        end_of_day_exclusive(self.due_on())
    }

    /// Every date at once, as pages and the API show them.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock {
            received_at: self.received_at,
            due_on: self.first_due_on(),
            due_without_pause_on: Self::from_receipt(self.received_at).first_due_on(),
            extended_due_on: self.extended_due_on(),
            extended_due_early_on: self.extended_due_early_on(),
            internal_target_on: self.internal_target_on(),
            ends_at: self.ends_at(),
            paused: self.is_paused(),
            pauses: self.pauses.clone(),
        }
    }

    /// The end before it is rolled: receipt plus each number of months in turn, then the paused days.
    fn nominal(&self, months: &[u32]) -> NaiveDate {
        let end = months
            .iter()
            .fold(self.received_on(), |date, count| add_months(date, *count));
        end.checked_add_days(Days::new(self.paused_days()))
            .unwrap_or(NaiveDate::MAX)
    }

    /// Days on which the clock stood still. Pauses add up; a day that two of them cover counts once.
    fn paused_days(&self) -> u64 {
        let (days, _) = self
            .pauses
            .iter()
            .fold((0, self.received_on()), |(days, counted_to), pause| {
                let from = pause.asked_on.max(counted_to);
                let to = pause.answered_on.unwrap_or(from).max(from);
                (days + to.signed_duration_since(from).num_days(), to)
            });
        u64::try_from(days).unwrap_or_default()
    }
}

/// Whether a question asked on the local date `asked_on` may stop the clock: asked at once, that is within
/// [`PAUSE_WINDOW_WORKING_DAYS`] of receipt. That it is the first and a necessary one, staff judge.
#[must_use]
pub fn pause_allowed(received_at: DateTime<Utc>, asked_on: NaiveDate) -> bool {
    let received_on = stockholm_date(received_at);
    (received_on..=add_working_days(received_on, PAUSE_WINDOW_WORKING_DAYS)).contains(&asked_on)
}

/// The last day of a period of `months` that a Swedish statute sets, from the local date `from` (lag 1930:173):
/// eves move it. Never for the periods of the GDPR.
#[must_use]
pub fn statutory_due_on(from: NaiveDate, months: u32) -> NaiveDate {
    next_statutory_day_on_or_after(add_months(from, months))
}

/// The same day of a later month, or its last when it has no such day (Regulation 1182/71 Art. 3(2)(c)).
fn add_months(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months))
        .unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
