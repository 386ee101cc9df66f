//! `dataratt purge`: what was retained by law and may go.

use std::collections::BTreeSet;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;
use serde_json::json;

use super::staff::explain;
use crate::config::Settings;
use crate::domain::calendar::stockholm_date;
use crate::domain::purge::{LineState, ListState};
use crate::domain::staff::Actor;
use crate::services::execution::Run;
use crate::services::purging::OutlookLine;
use crate::services::{Context, purging};

/// How retained records are purged.
#[derive(Args)]
pub struct PurgeCommand {
    /// Only show what may go: case, system, table, kind, law, last day, rows, and whether a legal hold
    /// or a restriction keeps it.
    #[arg(long)]
    dry_run: bool,
    /// What may go on that day, such as 2034-01-01; today when absent.
    #[arg(long, requires = "dry_run")]
    on: Option<NaiveDate>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Shows what may go, or proposes it; what is approved, or needs no approval, is purged at once.
///
/// # Errors
/// What to fix.
pub fn run(settings: &Settings, command: &PurgeCommand) -> anyhow::Result<ExitCode> {
    super::with_app(settings, |app| {
        if command.dry_run {
            let day = command.on.unwrap_or_else(|| stockholm_date(app.ctx.now()));
            show(&app.ctx, day, command.json)?;
            return Ok(ExitCode::SUCCESS);
        }
        purge(&app.ctx, command.json)
    })
}

fn show(ctx: &Context, day: NaiveDate, as_json: bool) -> anyhow::Result<()> {
    let outlook = purging::outlook(ctx, day).map_err(explain)?;
    if as_json {
        let rows: i64 = outlook.lines.iter().map(|line| line.rows).sum();
        say!(
            "{}",
            json!({ "on": outlook.on, "rows": rows, "items": outlook.lines })
        );
        return Ok(());
    }
    for line in outlook.lines {
        say!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            line.case.as_deref().unwrap_or("-"),
            line.system,
            line.table,
            line.kind,
            line.ground,
            line.until,
            line.rows,
            match &line {
                OutlookLine { on_hold: true, .. } => "on_hold",
                line if !line.restricted_by.is_empty() => "restricted",
                line if !line.awaited_by.is_empty() => "awaited",
                _ => "may_go",
            }
        );
    }
    Ok(())
}

fn purge(ctx: &Context, as_json: bool) -> anyhow::Result<ExitCode> {
    let proposed = purging::propose(ctx).map_err(explain)?;
    let mut stopped = false;
    for list in purging::list(ctx, &Actor::System).map_err(explain)? {
        // What was approved and not carried out yet is carried out here, by the same steps as the service's.
        if matches!(list.state, ListState::Approved | ListState::Running) {
            let ran = purging::run(ctx, list.id).map_err(explain)?;
            if let Run::TryAgain(code) | Run::NeedsStaff(code) = ran {
                eprintln!("dataratt: list {} goes on later: {code}", list.id);
                stopped = true;
            }
        }
        let now = purging::show(ctx, &Actor::System, list.id).map_err(explain)?;
        let awaited: BTreeSet<&String> = now.lines.iter().flat_map(|line| &line.awaited_by).collect();
        for case in awaited
            .into_iter()
            .filter(|_| now.counts.contains_key(&LineState::Waiting))
        {
            eprintln!("dataratt: list {} goes on when {case} is answered", list.id);
        }
        if now.state == ListState::Failed {
            eprintln!(
                "dataratt: lines of list {} stopped: see /staff/purges/{}",
                list.id, list.id
            );
            stopped = true;
        }
        let is_new = proposed.list == Some(list.id) || now.state != list.state;
        if is_new && as_json {
            let line = json!({ "id": now.id.0, "state": now.state.name(), "lines": now.lines.len(), "rows": now.rows, "purged": now.purged });
            say!("{line}");
        } else if is_new {
            say!(
                "{}\t{}\t{}\t{}\t{}",
                now.id,
                now.state.name(),
                now.lines.len(),
                now.rows,
                now.purged
            );
        }
    }
    Ok(if stopped {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
