//! The sample host: an invented Swedish web host with three databases of its own and a directory of files, for trying out, tests and benches.
//!
//! Everything in it follows from the seed, the number of people and the day; nothing is anybody's.

mod billing;
mod crm;
mod disk;
mod hosting;
mod list;
mod load;
mod names;
mod nasty;
mod people;
mod schema;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;

use chrono::{Datelike, Days, NaiveDate};
use url::Url;

use super::cluster::Cluster;
pub use disk::{FILES_DIRECTORY, SampleFile, list_files, write_files};
pub use list::{SamplePerson, list_people};
pub use load::{SampleCounts, load, write_environment};
pub use names::PUBLISHED_PERSONAL_NUMBERS;
pub use nasty::NastyCase;
pub use people::ORDINARY_PEOPLE;
pub use schema::SampleSystem;

/// The role that connectors use: it reads, changes and deletes rows, and can do nothing to tables.
pub const CONNECTOR_ROLE: &str = "dataratt_connector";
/// The file under the data directory with the connection strings of the sample systems.
pub const ENVIRONMENT_FILE: &str = "systems.env";

/// A failure to load or read the sample host.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// The database refused.
    #[error("the sample database {database}: {source}")]
    Database {
        /// Which.
        database: &'static str,
        /// What the server or the connection said.
        source: postgres::Error,
    },
    /// The address of the server cannot be turned into that of a database on it.
    #[error("not a usable PostgreSQL URL for the sample systems")]
    Address,
    /// A file could not be written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A loader ended early.
    #[error("the loader of {database} stopped")]
    Stopped {
        /// Which.
        database: &'static str,
    },
}

/// A fiscal year of the host, with its actual days: not every year is a calendar year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFiscalYear {
    /// As it is written in the ledger.
    pub label: String,
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// On what day the sample host is looked at, and how it keeps its books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleProfile {
    /// The day up to which there is data.
    pub today: NaiveDate,
    /// In order, without gaps, the last one that of `today`. There are customers and books since the first of them,
    /// or since 1600 days ago if that is earlier.
    pub fiscal_years: Vec<SampleFiscalYear>,
}

impl SampleProfile {
    /// Nine fiscal years: six calendar years, one of eighteen months, and two from July to June, of which the second
    /// is that of `today`.
    #[must_use]
    pub fn at(today: NaiveDate) -> Self {
        let last = if today.month() >= 7 {
            today.year()
        } else {
            today.year() - 1
        };
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(today);
        let mut years: Vec<_> = (last - 8..last - 2)
            .map(|year| (day(year, 1, 1), day(year, 12, 31)))
            .collect();
        years.push((day(last - 2, 1, 1), day(last - 1, 6, 30)));
        years.push((day(last - 1, 7, 1), day(last, 6, 30)));
        years.push((day(last, 7, 1), day(last + 1, 6, 30)));
        Self::with_fiscal_years(today, &years)
    }

    /// The fiscal years of an organisation, by first and last day and in order; those that begin after `today` are
    /// left out. With none, those of `at`.
    #[must_use]
    pub fn with_fiscal_years(today: NaiveDate, years: &[(NaiveDate, NaiveDate)]) -> Self {
        let fiscal_years: Vec<_> = years
            .iter()
            .filter(|(first, _)| *first <= today)
            .map(|&(first, last)| SampleFiscalYear {
                label: label(first, last),
                first,
                last,
            })
            .collect();
        if fiscal_years.is_empty() {
            Self::at(today)
        } else {
            Self { today, fiscal_years }
        }
    }

    /// Since when there are customers: the first fiscal year, and in any case more than four years.
    pub(crate) fn first_day(&self) -> NaiveDate {
        let four_years_ago = self.today - Days::new(1_600);
        self.fiscal_years
            .first()
            .map_or(four_years_ago, |year| year.first.min(four_years_ago))
    }

    /// The label of the fiscal year a day is in; of a day before the first, its calendar year.
    pub(crate) fn label_of(&self, day: NaiveDate) -> String {
        self.fiscal_years
            .iter()
            .find(|year| (year.first..=year.last).contains(&day))
            .map_or_else(|| label(day, day), |year| year.label.clone())
    }
}

fn label(first: NaiveDate, last: NaiveDate) -> String {
    if first.year() == last.year() {
        last.year().to_string()
    } else {
        format!("{}/{}", first.year(), last.year())
    }
}

/// The server on which the sample databases are made.
#[derive(Clone, Copy, Debug)]
pub enum SampleServer<'a> {
    /// The embedded cluster.
    Embedded(&'a Cluster),
    /// A server elsewhere, for whose role databases and roles may be made.
    Elsewhere {
        /// The URL of that role to any database, as `postgresql://user:password@host/database`.
        admin: &'a Url,
        /// The password the connector role gets.
        connector_password: &'a str,
    },
}

impl SampleServer<'_> {
    /// The connection string for the role that makes databases.
    ///
    /// # Errors
    /// `Address` when the URL cannot hold another database.
    pub fn admin_url(&self, database: &str) -> Result<String, SampleError> {
        match self {
            Self::Embedded(cluster) => Ok(cluster.owner_url(database)),
            Self::Elsewhere { admin, .. } => {
                let mut url = (*admin).clone();
                url.set_path(database);
                Ok(url.into())
            }
        }
    }

    /// The connection string for connectors.
    ///
    /// # Errors
    /// `Address` when the URL cannot hold another user.
    pub fn connector_url(&self, system: SampleSystem) -> Result<String, SampleError> {
        match self {
            Self::Embedded(cluster) => Ok(cluster.role_url(CONNECTOR_ROLE, system.database())),
            Self::Elsewhere {
                admin,
                connector_password,
            } => {
                let mut url = (*admin).clone();
                url.set_path(system.database());
                url.set_username(CONNECTOR_ROLE)
                    .map_err(|()| SampleError::Address)?;
                url.set_password(Some(connector_password))
                    .map_err(|()| SampleError::Address)?;
                Ok(url.into())
            }
        }
    }
}
