//! `dataratt systems`: the host's systems, and how far they are trusted.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use crate::adapters::connectors::{self, addresses};
use crate::config::Settings;
use crate::store::shadow;

/// What is done with systems.
#[derive(Subcommand)]
pub enum SystemsCommand {
    /// List them: how each is reached, whether it is live, and how plans compare with what staff did by hand.
    List,
    /// Draft the map of a database from its live schema, for a person to finish; needs no database of the service's own.
    Inspect {
        /// Its address, or env:NAME for one that a variable holds: what is typed here, others on this machine can read.
        url: String,
        /// What the system is called in the map.
        #[arg(long, default_value = "host")]
        id: String,
        /// The authorities that its certificate is held against, as a PEM file.
        #[arg(long)]
        ca_file: Option<String>,
    },
}

/// Runs a command.
///
/// # Errors
/// What to fix.
pub fn run(settings: &Settings, command: &SystemsCommand) -> anyhow::Result<ExitCode> {
    match command {
        SystemsCommand::List => list(settings),
        SystemsCommand::Inspect { url, id, ca_file } => inspect(settings, url, id, ca_file.as_deref()),
    }
}

fn inspect(settings: &Settings, url: &str, id: &str, ca_file: Option<&str>) -> anyhow::Result<ExitCode> {
    let url = match url.strip_prefix("env:") {
        Some(name) => {
            addresses(settings.data_dir.clone())(name).with_context(|| format!("{name} is not set"))?
        }
        None => url.to_owned(),
    };
    say!("{}", connectors::inspect(id, &url, ca_file)?);
    Ok(ExitCode::SUCCESS)
}

fn list(settings: &Settings) -> anyhow::Result<ExitCode> {
    super::with_app(settings, |app| {
        say!("system\tconnector\tmode\tcompared\tagreeing\twaiting");
        let mut conn = app.ctx.store.get()?;
        for system in &app.ctx.organisation.map.systems {
            let by_hand = shadow::by_hand(&mut conn, &system.id)?;
            say!(
                "{}\t{}\t{}\t{}\t{}\t{}",
                system.id,
                system.connector.name(),
                system.mode.name(),
                by_hand.cases,
                by_hand.agreeing,
                by_hand.waiting
            );
        }
        Ok(ExitCode::SUCCESS)
    })
}
