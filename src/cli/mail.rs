//! `dataratt mail`: mail that comes back.

use std::io::Read as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::staff::explain;
use crate::adapters::mail::read_incoming;
use crate::config::Settings;
use crate::services::incoming;

/// Commands about mail.
#[derive(Subcommand)]
pub enum MailCommand {
    /// Take in one mail that came to the sender's address, from standard input, as mail servers pipe it. Prints what it was:
    /// bounce, reply, nothing (a machine wrote) or stranger (about no mail of ours).
    In(In),
}

/// What the mail server says of a mail beside the mail itself.
#[derive(Args)]
pub struct In {
    /// The address that it came to.
    #[arg(long)]
    recipient: Option<String>,
}

/// The most that is read of a mail. What it is about stands at its beginning.
const MOST_BYTES: u64 = 2 * 1024 * 1024;
/// Tells a mail server to try again later (`EX_TEMPFAIL`).
const TRY_AGAIN: u8 = 75;

/// Takes a mail in. When that fails, the exit code tells the server to hand it in again.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(settings: &Settings, command: &MailCommand) -> anyhow::Result<ExitCode> {
    let MailCommand::In(given) = command;
    let taken = super::with_app(settings, |app| {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes)?;
        let mail = read_incoming(&bytes, given.recipient.as_deref());
        incoming::take_in(&app.ctx, &mail).map_err(explain)
    });
    match taken {
        Ok(taken) => {
            say!("{}", taken.name());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Ok(try_again(&error)),
    }
}

/// Says why a mail could not be taken in, and asks for it again.
pub(super) fn try_again(error: &anyhow::Error) -> ExitCode {
    eprintln!("dataratt: {error:#}");
    ExitCode::from(TRY_AGAIN)
}
