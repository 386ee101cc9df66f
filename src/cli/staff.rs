//! `dataratt staff` and `dataratt key`: who works with the service.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use chrono::SecondsFormat;
use clap::Subcommand;

use crate::config::Settings;
use crate::domain::staff::{Actor, Role};
use crate::services::{self, accounts};

/// Commands about members of staff.
#[derive(Subcommand)]
pub enum StaffCommand {
    /// Add a member of staff; the password comes on standard input.
    Add {
        /// Their address, which they log in with.
        #[arg(long)]
        email: String,
        /// agent, approver, dpo, admin or auditor.
        #[arg(long)]
        role: String,
    },
    /// List them: address, role, active or not.
    List,
    /// End their access at once, on every instance.
    Deactivate {
        /// Their address.
        #[arg(long)]
        email: String,
    },
    /// Let them in again, with the password they had.
    Activate {
        /// Their address.
        #[arg(long)]
        email: String,
    },
    /// Set a new password, which comes on standard input, end all their sessions and switch their second factor off.
    Reset {
        /// Their address.
        #[arg(long)]
        email: String,
    },
}

/// Commands about machines' keys.
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make a key for a machine; it is printed once.
    Add {
        /// The machine's name.
        #[arg(long)]
        name: String,
        /// Usually machine.
        #[arg(long, default_value = "machine")]
        role: String,
    },
    /// List the keys in force: id, the machine's name, role, since when.
    List,
    /// Revoke a key at once, on every instance.
    Revoke {
        /// Its id, as `key list` shows it.
        #[arg(long)]
        id: uuid::Uuid,
    },
}

/// Runs a command about staff.
///
/// # Errors
/// What to fix.
pub fn run(settings: &Settings, command: &StaffCommand) -> anyhow::Result<ExitCode> {
    super::with_app(settings, |app| {
        let (ctx, me) = (&app.ctx, &Actor::System);
        match command {
            StaffCommand::Add { email, role } => {
                let added =
                    accounts::add_staff(ctx, me, email, parse_role(role)?, &password()?).map_err(explain)?;
                say!("{}", added.id);
            }
            StaffCommand::List => {
                for member in accounts::list(ctx, me)? {
                    let active = if member.active { "active" } else { "inactive" };
                    say!("{}\t{}\t{active}", member.email, member.role.name());
                }
            }
            StaffCommand::Deactivate { email } => {
                let member = accounts::find(ctx, me, email).map_err(explain)?;
                accounts::deactivate(ctx, me, member.id).map_err(explain)?;
            }
            StaffCommand::Activate { email } => {
                let member = accounts::find(ctx, me, email).map_err(explain)?;
                accounts::activate(ctx, me, member.id).map_err(explain)?;
            }
            StaffCommand::Reset { email } => {
                let member = accounts::find(ctx, me, email).map_err(explain)?;
                accounts::reset(ctx, me, member.id, &password()?).map_err(explain)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Runs a command about keys.
///
/// # Errors
/// What to fix.
pub fn run_key(settings: &Settings, command: &KeyCommand) -> anyhow::Result<ExitCode> {
    super::with_app(settings, |app| {
        let (ctx, me) = (&app.ctx, &Actor::System);
        match command {
            KeyCommand::Add { name, role } => {
                let added = accounts::add_key(ctx, me, name, parse_role(role)?).map_err(explain)?;
                say!("{}", added.secret);
            }
            KeyCommand::List => {
                let machines = accounts::list(ctx, me)?;
                for key in accounts::list_keys(ctx, me)? {
                    let Some(machine) = machines.iter().find(|machine| machine.id == key.staff) else {
                        continue;
                    };
                    let since = key.created_at.to_rfc3339_opts(SecondsFormat::Secs, true);
                    say!("{}\t{}\t{}\t{since}", key.id, machine.email, machine.role.name());
                }
            }
            KeyCommand::Revoke { id } => accounts::revoke_key(ctx, me, *id).map_err(explain)?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn parse_role(name: &str) -> anyhow::Result<Role> {
    let known = Role::ALL.map(Role::name).join(", ");
    Role::from_name(name).with_context(|| format!("--role: expected one of {known}"))
}

fn password() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("password (it will be shown), then Enter:");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("the password is expected on standard input");
    }
    Ok(password.to_owned())
}

/// An error of a use case, in words for who typed the command.
pub(super) fn explain(error: services::Error) -> anyhow::Error {
    match error {
        services::Error::Invalid(fields) => {
            let list: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.field, field.code))
                .collect();
            anyhow::anyhow!(list.join(", "))
        }
        services::Error::NotFound => anyhow::anyhow!("there is no such entry"),
        other => anyhow::Error::new(other),
    }
}
