//! `dataratt replay-erasures`: what a restored backup brought back, erased again.

use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;

use super::staff::explain;
use crate::config::Settings;
use crate::domain::staff::Actor;
use crate::services::Error;
use crate::services::replaying::{self, Asked, Report};

/// How erasures are carried out again.
#[derive(Args)]
pub struct ReplayCommand {
    /// The system that was restored, by its id in the data map.
    #[arg(long)]
    system: String,
    /// When the backup was taken, such as 2026-11-21T03:00:00Z. When absent: the time that the system's marker went
    /// back to, else every erasure that any of its backups may hold.
    #[arg(long)]
    backup_of: Option<DateTime<Utc>>,
    /// Only show how many people came back, and what of theirs would be erased.
    #[arg(long)]
    dry_run: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Finds and erases again everyone whose erasure is younger than the backup.
///
/// # Errors
/// What to fix.
pub fn run(settings: &Settings, command: &ReplayCommand) -> anyhow::Result<ExitCode> {
    super::with_app(settings, |app| {
        let asked = Asked {
            system: command.system.clone(),
            backup_of: command.backup_of,
            dry_run: command.dry_run,
        };
        let report = match replaying::replay(&app.ctx, &Actor::System, &asked) {
            Err(Error::NotFound) => Err(anyhow::anyhow!(
                "the data map has no such system: {}",
                command.system
            )),
            done => done
                .map_err(explain)
                .context("the replay did not come to its end; run it again"),
        }?;
        say(&report, command.json)?;
        if report.failed > 0 {
            eprintln!(
                "dataratt: {} could not be erased again; see the log, mend it and run this again",
                report.failed
            );
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn say(report: &Report, as_json: bool) -> anyhow::Result<()> {
    let figures = [
        ("people", report.people),
        ("erased", report.erased),
        ("reduced", report.reduced),
        ("purged", report.purged),
        ("unclear", report.unclear),
        ("held", report.held),
        ("failed", report.failed),
    ];
    if as_json {
        let mut line = serde_json::Map::from_iter([("system".to_owned(), json!(report.system))]);
        line.extend(figures.map(|(name, count)| (name.to_owned(), json!(count))));
        say!("{}", serde_json::Value::from(line));
        return Ok(());
    }
    for (name, count) in figures {
        say!("{name}\t{count}");
    }
    Ok(())
}
