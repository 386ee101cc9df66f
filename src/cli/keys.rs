//! `dataratt keys`: the master keys, which wrap the keys of cases.

use std::process::ExitCode;

use clap::Subcommand;

use crate::config::Settings;
use crate::domain::staff::Actor;
use crate::services::{Context, Error, keys};

/// Commands about master keys.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// List the master keys, the newest first: number, since when, how much each wraps.
    List,
    /// Add a master key to the key file. Instances that run take it up; their workers wrap again what the older wrap.
    Rotate,
    /// Wrap all with the newest master key now, instead of waiting for the workers.
    Rewrap,
    /// Take a master key that wraps nothing any more out of the key file.
    Retire {
        /// Its number.
        id: u32,
    },
}

/// Runs one.
///
/// # Errors
/// What to fix.
pub fn run(settings: &Settings, command: &KeysCommand) -> anyhow::Result<ExitCode> {
    super::with_app(settings, |app| {
        let ctx = &app.ctx;
        match command {
            KeysCommand::List => list(ctx)?,
            KeysCommand::Rotate => {
                say!("{}", keys::rotate(ctx, &Actor::System)?);
                eprintln!("keep a copy of the key file as it is now: new cases cannot be read without it");
            }
            KeysCommand::Rewrap => {
                let mut total = 0;
                while let done @ 1.. = keys::rewrap(ctx)? {
                    total += done;
                }
                say!("{total}");
            }
            KeysCommand::Retire { id } => keys::retire(ctx, &Actor::System, *id).map_err(explain)?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn list(ctx: &Context) -> anyhow::Result<()> {
    let (masters, unknown) = keys::masters(ctx)?;
    for master in masters {
        let since = master.since.format("%Y-%m-%d %H:%M");
        say!("{}\t{since}\t{}", master.id, master.wraps);
    }
    if unknown > 0 {
        anyhow::bail!("{unknown} keys are wrapped by master keys that the key file does not hold");
    }
    Ok(())
}

fn explain(error: Error) -> anyhow::Error {
    match error {
        Error::Conflict("master_key_in_use") => {
            anyhow::anyhow!("it still wraps keys: run `dataratt keys rewrap` first")
        }
        Error::Conflict("master_key_newest") => {
            anyhow::anyhow!("it is the newest: run `dataratt keys rotate` first")
        }
        Error::Conflict("master_key_just_replaced") => {
            anyhow::anyhow!("the key that follows it is less than an hour old: try again later")
        }
        Error::NotFound => anyhow::anyhow!("there is no such master key: see `dataratt keys list`"),
        other => anyhow::Error::new(other),
    }
}
