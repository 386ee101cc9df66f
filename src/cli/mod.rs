//! The commands. Standard output holds only the result; errors go to standard error and name what to fix.

/// Writes a line of the result. Who reads it may have had enough, as `head` has: that ends the command, see [`main`].
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($text)*)?;
    }};
}

mod audit;
mod case;
mod check;
mod findings;
mod keys;
mod mail;
mod purge;
mod replay;
mod sample;
mod serve;
mod staff;
mod systems;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::adapters::clock::SystemClock;
use crate::app::{App, Database, Tenancy};
use crate::config::Settings;
use crate::services::ports::Clock;
use crate::store::migrations;

/// Answers data-subject requests (GDPR Art. 12-22) for web hosts.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages and the API, and do the work behind them.
    Serve,
    /// Do the work behind the pages, without serving them.
    Worker,
    /// Bring the database up to date.
    Migrate,
    /// Check the settings, the profile and the connected systems; says what to fix.
    Check,
    /// The sample host: a web host's systems, filled with invented people.
    #[command(subcommand)]
    Sample(sample::SampleCommand),
    /// The host's systems.
    #[command(subcommand)]
    Systems(systems::SystemsCommand),
    /// Members of staff.
    #[command(subcommand)]
    Staff(staff::StaffCommand),
    /// API keys for machines.
    #[command(subcommand)]
    Key(staff::KeyCommand),
    /// The master keys, which wrap the keys of cases.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Cases.
    #[command(subcommand)]
    Case(case::CaseCommand),
    /// Propose for purge what a law no longer makes us keep, and purge what is approved.
    Purge(purge::PurgeCommand),
    /// Erase again what a restored backup brought back into a system.
    ReplayErasures(replay::ReplayCommand),
    /// Mail that comes back.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Print the OpenAPI document.
    Openapi,
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) if is_of_who_read(&error) => ExitCode::from(READER_GONE),
        Err(error) => {
            eprintln!("dataratt: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// As a shell tells of a program that was ended by SIGPIPE.
const READER_GONE: u8 = 128 + 13;

/// Whether nobody reads the result any more.
fn is_of_who_read(error: &anyhow::Error) -> bool {
    let broken = |cause: &std::io::Error| cause.kind() == std::io::ErrorKind::BrokenPipe;
    error.downcast_ref().is_some_and(broken)
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    if matches!(command, Command::Openapi) {
        say!("{}", crate::http::docs::OPENAPI.to_pretty_json()?);
        return Ok(ExitCode::SUCCESS);
    }
    let settings = match Settings::load() {
        // Else the mail server would send back what comes in while a setting is wrong.
        Err(error) if matches!(command, Command::Mail(_)) => return Ok(mail::try_again(&error.into())),
        loaded => loaded?,
    };
    match command {
        Command::Serve => serve::serve(&settings),
        Command::Worker => serve::worker(&settings),
        Command::Migrate => migrate(&settings),
        Command::Check => check::check(&settings),
        Command::Sample(command) => sample::run(&settings, &command),
        Command::Systems(command) => systems::run(&settings, &command),
        Command::Staff(command) => staff::run(&settings, &command),
        Command::Key(command) => staff::run_key(&settings, &command),
        Command::Keys(command) => keys::run(&settings, &command),
        Command::Case(command) => case::run(&settings, &command),
        Command::Purge(command) => purge::run(&settings, &command),
        Command::ReplayErasures(command) => replay::run(&settings, &command),
        Command::Mail(command) => mail::run(&settings, &command),
        Command::Audit(command) => audit::run(&settings, &command),
        Command::Openapi => Ok(ExitCode::SUCCESS),
    }
}

fn migrate(settings: &Settings) -> anyhow::Result<ExitCode> {
    let database = Database::open(settings, Tenancy::Borrow)?;
    for name in migrations::migrate(&database.owner_url)? {
        say!("{name}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The service for a command: on a database that is up to date, with few connections.
fn with_app<T>(settings: &Settings, work: impl FnOnce(&App) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let database = Database::open(settings, Tenancy::Borrow)?;
    database.prepare()?;
    let app = App::build(settings, &database, 2)?;
    work(&app)
}

/// The machine's time, for what has no service yet.
fn now() -> chrono::DateTime<chrono::Utc> {
    SystemClock::default().now()
}
