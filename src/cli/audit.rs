//! `dataratt audit`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use super::staff::explain;
use crate::config::Settings;
use crate::domain::staff::Actor;
use crate::services::Context;
use crate::services::auditing::{self, Broken, Standing, Verdict};

/// Commands about the audit trail.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Verify every chain and checkpoint; names the first bad event of each stream. Ends with 0 when all holds, 2 when
    /// something was altered, 4 when the database is older than the exported checkpoint, 3 when events wait too long
    /// for their seal.
    Verify {
        /// Print the verdict as JSON.
        #[arg(long)]
        json: bool,
        /// A copy of an exported checkpoint, kept elsewhere, instead of the one in the data directory.
        #[arg(long)]
        checkpoint: Option<PathBuf>,
    },
    /// Seal what is not sealed yet and print the newest checkpoint, to be kept elsewhere.
    Seal,
    /// Go on from a database that is older than the exported checkpoint, after a restore; the trail says so.
    AcceptRestore,
}

/// Runs one.
///
/// # Errors
/// When the service cannot be put together, or the database or the export fails.
pub fn run(settings: &Settings, command: &AuditCommand) -> anyhow::Result<ExitCode> {
    super::with_app(settings, |app| match command {
        AuditCommand::Verify { json, checkpoint } => verify(&app.ctx, *json, checkpoint.as_deref()),
        AuditCommand::Seal => {
            auditing::seal(&app.ctx).map_err(explain)?;
            if let Some(checkpoint) = auditing::latest(&app.ctx)? {
                say!("{}", checkpoint.trim_end());
            }
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::AcceptRestore => {
            auditing::accept_restore(&app.ctx, &Actor::System).map_err(explain)?;
            Ok(ExitCode::SUCCESS)
        }
    })
}

fn verify(ctx: &Context, json: bool, checkpoint: Option<&Path>) -> anyhow::Result<ExitCode> {
    let verdict = match checkpoint {
        None => auditing::verify(ctx)?,
        Some(path) => {
            let copy = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            auditing::verify_against(ctx, &copy)?
        }
    };
    if json {
        let mut value = serde_json::to_value(&verdict)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("standing".to_owned(), serde_json::to_value(verdict.standing())?);
        }
        say!("{value:#}");
    } else {
        explain_verdict(&verdict)?;
    }
    Ok(ExitCode::from(exit_code(verdict.standing())))
}

/// 1 is any failure to look.
const fn exit_code(standing: Standing) -> u8 {
    match standing {
        Standing::Ok => 0,
        Standing::Altered => 2,
        Standing::Lagging => 3,
        Standing::RolledBack => 4,
    }
}

fn explain_verdict(verdict: &Verdict) -> anyhow::Result<()> {
    for broken in &verdict.broken {
        eprintln!("{}: {}", place(broken), broken.fault);
    }
    if verdict.rolled_back {
        let number = |number: Option<i64>| number.map_or_else(|| "none".to_owned(), |it| it.to_string());
        eprintln!(
            "the exported checkpoint {} is not in the database, whose newest is {}: it was restored to an earlier time",
            number(verdict.exported),
            number(verdict.latest),
        );
    }
    if verdict.lagging {
        match verdict.unsealed_since {
            Some(since) => eprintln!("events wait for their seal since {since}: does a worker run?"),
            None => eprintln!("no checkpoint is exported: does a worker run?"),
        }
    }
    say!(
        "{} events in {} streams, {} disposed, {} checkpoints, {} events unsealed, {} broken",
        verdict.events,
        verdict.streams,
        verdict.disposed,
        verdict.checkpoints,
        verdict.unsealed,
        verdict.broken_total,
    );
    Ok(())
}

fn place(broken: &Broken) -> String {
    let stream = broken.stream.map(|stream| {
        if stream.is_nil() {
            "service".to_owned()
        } else {
            format!("case {stream}")
        }
    });
    match (stream, broken.seq, broken.checkpoint) {
        (Some(stream), Some(seq), _) => format!("{stream}: event {seq}"),
        (_, _, Some(number)) => format!("checkpoint {number}"),
        _ => "export".to_owned(),
    }
}
