//! How long bookkeeping must be kept: bokföringslagen (1999:1078) 7 kap. 2 §, and the longer time of OSS sales.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Years after the calendar year in which the fiscal year ended (bokföringslagen 7 kap. 2 §).
const BOOKKEEPING_YEARS: i32 = 7;
/// Years after the calendar year of the transaction (mervärdesskattelagen 2023:200, 22 kap. 76–77 §§).
const OSS_YEARS: i32 = 10;
/// Longest fiscal year, when it is the first or one of change (bokföringslagen 3 kap.).
const LONGEST_MONTHS: u32 = 18;

/// One fiscal year (*räkenskapsår*), by its own first and last day: it may be broken, short or long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiscalYear {
    /// First day.
    pub start: NaiveDate,
    /// Last day, which alone decides how long its records are kept.
    pub end: NaiveDate,
}

impl FiscalYear {
    /// The fiscal year that is the calendar year of `date`.
    fn calendar(date: NaiveDate) -> Option<Self> {
        let (start, end) = (date.with_ordinal(1)?, last_day_of(date.year()));
        Some(Self { start, end })
    }

    fn contains(&self, date: NaiveDate) -> bool {
        (self.start..=self.end).contains(&date)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    fn check(&self) -> Result<(), FiscalYearsError> {
        if self.end < self.start {
            return Err(FiscalYearsError::EndBeforeStart(*self));
        }
        match self.start.checked_add_months(Months::new(LONGEST_MONTHS)) {
            Some(limit) if self.end >= limit => Err(FiscalYearsError::TooLong(*self)),
            _ => Ok(()),
        }
    }
}

/// Why a list of fiscal years cannot be one company's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FiscalYearsError {
    /// A year ends before it begins.
    #[error("fiscal year from {} ends before it begins, on {}", .0.start, .0.end)]
    EndBeforeStart(FiscalYear),
    /// A year is longer than 18 months (bokföringslagen 3 kap.).
    #[error("fiscal year from {} to {} is longer than 18 months", .0.start, .0.end)]
    TooLong(FiscalYear),
    /// Two years share a day.
    #[error("fiscal year from {} overlaps the one to {}", .later.start, .earlier.end)]
    Overlap {
        /// The year that begins first.
        earlier: FiscalYear,
        /// The year that begins before the other has ended.
        later: FiscalYear,
    },
    /// Days between two years belong to none.
    #[error("no fiscal year between {} and {}", .earlier.end, .later.start)]
    Gap {
        /// The year before the gap.
        earlier: FiscalYear,
        /// The year after it.
        later: FiscalYear,
    },
}

/// A company's fiscal years, in order, without gap or overlap.
///
/// Read from a list (`[[fiscal_years]]`) or from a table with `years` and `calendar_years_otherwise`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct FiscalYears {
    years: Vec<FiscalYear>,
    calendar_years_otherwise: bool,
}

impl FiscalYears {
    /// Orders and checks the years. Dates outside them belong to no year.
    ///
    /// # Errors
    /// The first thing wrong, in order of time.
    pub fn new(mut years: Vec<FiscalYear>) -> Result<Self, FiscalYearsError> {
        years.sort_unstable();
        years.iter().try_for_each(FiscalYear::check)?;
        for (earlier, later) in years.iter().copied().zip(years.iter().copied().skip(1)) {
            if later.start <= earlier.end {
                return Err(FiscalYearsError::Overlap { earlier, later });
            }
            if earlier.end.succ_opt() != Some(later.start) {
                return Err(FiscalYearsError::Gap { earlier, later });
            }
        }
        Ok(Self {
            years,
            calendar_years_otherwise: false,
        })
    }

    /// With `true`, dates outside the listed years belong to their calendar year; see [`Self::containing`].
    #[must_use]
    pub fn with_calendar_years_otherwise(self, calendar_years_otherwise: bool) -> Self {
        Self {
            calendar_years_otherwise,
            ..self
        }
    }

    /// The years listed, oldest first.
    #[must_use]
    pub fn listed(&self) -> &[FiscalYear] {
        &self.years
    }

    /// The fiscal year of `date`, or `None` when nobody has said: then nothing may be destroyed.
    ///
    /// A calendar year that a listed year reaches into is never assumed, for the change of year between them may be
    /// shorter or longer than it looks.
    #[must_use]
    pub fn containing(&self, date: NaiveDate) -> Option<FiscalYear> {
        if let Some(year) = self.years.iter().find(|year| year.contains(date)) {
            return Some(*year);
        }
        FiscalYear::calendar(date)
            .filter(|_| self.calendar_years_otherwise)
            .filter(|calendar| !self.years.iter().any(|year| year.overlaps(calendar)))
    }

    /// The last day to keep records that stand together, such as an invoice and its credit note, or an agreement
    /// from its first to its last day: the latest of their years. `None` when a date lies in no known year, or
    /// there is none.
    #[must_use]
    pub fn keep_together_until(&self, dates: &[NaiveDate]) -> Option<NaiveDate> {
        let each: Option<Vec<_>> = dates
            .iter()
            .map(|date| self.containing(*date).map(keep_until))
            .collect();
        each?.into_iter().max()
    }
}

/// The last day to keep the records of `year`: 31 December of the seventh year after the calendar year in which it
/// ended (bokföringslagen 7 kap. 2 §).
#[must_use]
pub fn keep_until(year: FiscalYear) -> NaiveDate {
    last_day_of(year.end.year().saturating_add(BOOKKEEPING_YEARS))
}

/// The last day to keep the record of a sale declared in the one-stop shop, made on `transaction_date`: 31 December
/// of the tenth year after (mervärdesskattelagen 22 kap. 76–77 §§). It adds to [`keep_until`]; the later holds.
#[must_use]
pub fn oss_keep_until(transaction_date: NaiveDate) -> NaiveDate {
    last_day_of(transaction_date.year().saturating_add(OSS_YEARS))
}

/// The first day on which what was kept until `keep_until` may go.
#[must_use]
pub fn erasable_from(keep_until: NaiveDate) -> NaiveDate {
    keep_until
        .checked_add_days(Days::new(1))
        .unwrap_or(NaiveDate::MAX)
}

fn last_day_of(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// Fiscal years as a profile has them.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    List(Vec<FiscalYear>),
    Table(WrittenTable),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTable {
    #[serde(default)]
    years: Vec<FiscalYear>,
    #[serde(default)]
    calendar_years_otherwise: bool,
}

impl TryFrom<Written> for FiscalYears {
    type Error = FiscalYearsError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::List(years) => Self::new(years),
            Written::Table(WrittenTable {
                years,
                calendar_years_otherwise,
            }) => Ok(Self::new(years)?.with_calendar_years_otherwise(calendar_years_otherwise)),
        }
    }
}

impl From<FiscalYears> for Written {
    fn from(
        FiscalYears {
            years,
            calendar_years_otherwise,
        }: FiscalYears,
    ) -> Self {
        if calendar_years_otherwise {
            Self::Table(WrittenTable {
                years,
                calendar_years_otherwise,
            })
        } else {
            Self::List(years)
        }
    }
}

#[cfg(test)]
mod tests;
