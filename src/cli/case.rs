//! `dataratt case`: looking at cases, and opening one, from the command line.

use std::io::BufRead;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;

use super::staff::explain;
use crate::config::Settings;
use crate::domain::ids::Reference;
use crate::domain::staff::Actor;
use crate::services::{Context, account_end, intake, overview, records};
use crate::store::queue::{Filter, Sort};

/// Commands about cases.
#[derive(Subcommand)]
pub enum CaseCommand {
    /// List open cases, the most urgent first: reference, right, state, deadline.
    List {
        /// Cases of every state, not only those that wait for an answer.
        #[arg(long)]
        all: bool,
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Show one case's trail, without what the person wrote.
    Show {
        /// Its reference.
        reference: String,
    },
    /// Find the cases of a person, also those whose file has been removed, by what the person supplies: one identifier a
    /// line on standard input, in the order of the options. Prints reference, right, received, ended.
    Find(Find),
    /// Open a case for somebody who asked by another way; prints its reference.
    Open(Open),
}

/// Which identifiers follow on standard input: arguments would be seen by who lists processes.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct Find {
    /// An e-mail address.
    #[arg(long)]
    email: bool,
    /// A personal number.
    #[arg(long)]
    personal_number: bool,
    /// A customer number.
    #[arg(long)]
    customer_number: bool,
}

/// What a case is opened with.
#[derive(Args)]
pub struct Open {
    /// What is asked for, such as erasure.
    #[arg(long, required_unless_present = "account_end", conflicts_with = "account_end")]
    right: Option<String>,
    /// The account has ended: its data is erased with no request, once that is approved and the quarantine is over.
    #[arg(long)]
    account_end: bool,
    /// E-mail address.
    #[arg(long)]
    email: Option<String>,
    /// Name.
    #[arg(long)]
    name: Option<String>,
    /// Customer number.
    #[arg(long)]
    customer_number: Option<String>,
    /// email, phone, chat, letter or `in_person`.
    #[arg(long, default_value = "phone")]
    channel: String,
    /// When the request reached us (RFC 3339); now when absent.
    #[arg(long)]
    received_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Runs one.
///
/// # Errors
/// What to fix.
pub fn run(settings: &Settings, command: &CaseCommand) -> anyhow::Result<ExitCode> {
    super::with_app(settings, |app| match command {
        CaseCommand::List { all, limit } => list(&app.ctx, *all, *limit),
        CaseCommand::Show { reference } => show(&app.ctx, reference),
        CaseCommand::Find(wanted) => find(&app.ctx, wanted, &mut std::io::stdin().lock()),
        CaseCommand::Open(new) => open(&app.ctx, new),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn list(ctx: &Context, all: bool, limit: i64) -> anyhow::Result<()> {
    let filter = Filter {
        all_states: all,
        ..Filter::default()
    };
    for line in overview::queue(ctx, &Actor::System, &filter, None, Sort::DueFirst, None, limit)?.lines {
        say!(
            "{}\t{}\t{}\t{}",
            line.reference,
            line.right_,
            line.state,
            line.due_on
        );
    }
    Ok(())
}

fn show(ctx: &Context, reference: &str) -> anyhow::Result<()> {
    let reference = Reference::parse(reference).context("expected a reference such as DR-XXXX-XXXX-XXXX")?;
    for event in overview::events_at_machine(ctx, &reference).map_err(explain)? {
        say!(
            "{}",
            json!({ "at": event.at, "actor": event.actor, "action": event.action, "detail": event.detail })
        );
    }
    Ok(())
}

fn find(ctx: &Context, wanted: &Find, input: &mut dyn BufRead) -> anyhow::Result<()> {
    let mut line = |asked: bool, what: &str| -> anyhow::Result<Option<String>> {
        if !asked {
            return Ok(None);
        }
        let mut line = String::new();
        input.read_line(&mut line)?;
        let value = line.trim();
        anyhow::ensure!(
            !value.is_empty(),
            "{what} is expected on standard input, on a line of its own"
        );
        Ok(Some(value.to_owned()))
    };
    let typed = intake::Typed {
        email: line(wanted.email, "the e-mail address")?,
        personal_number: line(wanted.personal_number, "the personal number")?,
        customer_number: line(wanted.customer_number, "the customer number")?,
        ..intake::Typed::default()
    };
    for case in records::find(ctx, &Actor::System, &typed).map_err(explain)? {
        let ended = case
            .ended_on
            .map_or_else(|| "open".to_owned(), |on| on.to_string());
        say!(
            "{}\t{}\t{}\t{ended}",
            case.reference,
            case.right.name(),
            case.received_on
        );
    }
    Ok(())
}

fn open(ctx: &Context, new: &Open) -> anyhow::Result<()> {
    let typed = intake::Typed {
        right: new.right.clone(),
        email: new.email.clone(),
        name: new.name.clone(),
        customer_number: new.customer_number.clone(),
        ..intake::Typed::default()
    };
    let channel = if new.account_end {
        account_end::CHANNEL
    } else {
        &new.channel
    };
    let case = intake::submit_for_person(ctx, Actor::System, &typed, channel, new.received_at, None)
        .map_err(explain)?;
    say!("{}", case.reference);
    Ok(())
}
