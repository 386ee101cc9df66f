//! `dataratt sample`: the sample host.

use std::process::ExitCode;

use clap::Subcommand;

use crate::adapters::connectors::addresses;
use crate::adapters::profiles;
use crate::adapters::sample::{self, FILES_DIRECTORY, SampleProfile, SampleServer};
use crate::app::{Database, Tenancy};
use crate::config::Settings;
use crate::domain::calendar::stockholm_date;

/// Commands about the sample host.
#[derive(Subcommand)]
pub enum SampleCommand {
    /// Make the sample host's databases anew.
    Load {
        /// How many people.
        #[arg(long, default_value_t = 2000)]
        people: u64,
        /// The same seed makes the same people.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// List its people, those with live services first.
    People {
        /// How many at most.
        #[arg(long)]
        limit: Option<u32>,
        /// As JSON.
        #[arg(long)]
        json: bool,
        /// Also those whom an erasure reduced.
        #[arg(long)]
        all: bool,
    },
}

/// Runs one.
///
/// # Errors
/// What to fix.
pub fn run(settings: &Settings, command: &SampleCommand) -> anyhow::Result<ExitCode> {
    let database = Database::open(settings, Tenancy::Borrow)?;
    match command {
        SampleCommand::Load { people, seed } => load(settings, &database, *people, *seed)?,
        SampleCommand::People { limit, json, all } => people(settings, *limit, *json, *all)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn load(settings: &Settings, database: &Database, people: u64, seed: u64) -> anyhow::Result<()> {
    database.prepare()?;
    let organisation = profiles::load(&settings.organisation)?;
    let years: Vec<_> = organisation
        .fiscal_years
        .listed()
        .iter()
        .map(|year| (year.start, year.end))
        .collect();
    let profile = SampleProfile::with_fiscal_years(stockholm_date(super::now()), &years);
    let Some(cluster) = &database.cluster else {
        anyhow::bail!(
            "sample load fills the embedded PostgreSQL only: unset database.url (DATARATT_DATABASE__URL)"
        );
    };
    let server = SampleServer::Embedded(cluster);
    let counts = sample::load(&server, people, seed, &profile)?;
    sample::write_files(
        &settings.data_dir.join(FILES_DIRECTORY),
        &sample::list_files(&server)?,
    )?;
    sample::write_environment(&server, &settings.data_dir)?;
    say!("{} people, {} rows", counts.people, counts.rows);
    Ok(())
}

fn people(settings: &Settings, limit: Option<u32>, json: bool, all: bool) -> anyhow::Result<()> {
    let Some(url) = addresses(settings.data_dir.clone())("BILLING_DATABASE_URL") else {
        anyhow::bail!("there is no sample host here yet: run `dataratt sample load`");
    };
    let people = sample::list_people(&url, limit, all)?;
    if json {
        say!("{}", serde_json::to_string_pretty(&people)?);
        return Ok(());
    }
    for person in people {
        let email = person.email.unwrap_or_default();
        say!(
            "{}\t{email}\t{}\t{}",
            person.customer_number,
            person.name,
            person.services.join(" ")
        );
    }
    Ok(())
}
