//! `dataratt audit`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::config::Settings;
use crate::services::auditing;

/// Commands about the audit trail.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Verify every chain; names the first bad event of each that does not hold.
    Verify,
}

/// Something in the trail was altered; 1 is any failure to look.
const ALTERED: u8 = 2;

/// Runs one.
///
/// # Errors
/// When the service cannot be put together or the database fails.
pub fn run(settings: &Settings, command: &AuditCommand) -> anyhow::Result<ExitCode> {
    let AuditCommand::Verify = command;
    let verdict = super::with_app(settings, |app| Ok(auditing::verify(&app.ctx)?))?;
    for broken in &verdict.broken {
        let stream = if broken.stream.is_nil() {
            "service".to_owned()
        } else {
            format!("case {}", broken.stream)
        };
        match broken.error {
            Some(error) => eprintln!("{stream}: {error}"),
            None => eprintln!("{stream}: its recorded head was removed"),
        }
    }
    println!(
        "{} events in {} streams, {} broken",
        verdict.events,
        verdict.streams,
        verdict.broken.len()
    );
    Ok(if verdict.broken.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(ALTERED)
    })
}
