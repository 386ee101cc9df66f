//! `dataratt check`: everything that can be wrong before anything runs, with what to do about it.

use std::process::ExitCode;

use super::findings::explain;
use crate::adapters::profiles;
use crate::app::App;
use crate::config::Settings;
use crate::domain::ledgers::LEDGERS;
use crate::domain::organisation::{Organisation, Severity, findings};
use crate::services::replaying;

/// Checks the profile, its map and the connected systems. Warnings do not fail; errors do.
///
/// # Errors
/// When the settings or the profile cannot be read at all.
pub fn check(settings: &Settings) -> anyhow::Result<ExitCode> {
    // The profile first and by itself: a service is not put together from one that does not hold together.
    let errors = profile(settings, &profiles::load(&settings.organisation)?)?;
    let errors = if errors == 0 {
        super::with_app(settings, systems)?
    } else {
        errors
    };
    ledgers(settings)?;
    say!("{}", if errors == 0 { "ok" } else { "not ok" });
    Ok(if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn profile(settings: &Settings, organisation: &Organisation) -> anyhow::Result<usize> {
    let found = findings(organisation);
    for finding in &found {
        say!(
            "{}: {}: {}: {}",
            severity(finding.severity),
            settings.organisation,
            finding.key,
            explain(finding)
        );
    }
    let errors = found.iter().filter(|finding| finding.severity == Severity::Error);
    Ok(errors.count())
}

/// The ledgers of keyed hashes, which are personal data of ours: what for, on what basis, until when.
fn ledgers(settings: &Settings) -> anyhow::Result<()> {
    say!("ledger\tpurpose\tlegal basis\tends");
    for ledger in LEDGERS {
        say!(
            "{}\t{}\t{}\t{}",
            ledger.columns.join(", "),
            ledger.purpose,
            ledger.basis,
            ledger.ends.words(&settings.filing())
        );
    }
    Ok(())
}

fn systems(app: &App) -> anyhow::Result<usize> {
    let mut errors = backs(app)?;
    for system in &app.ctx.organisation.map.systems {
        let file = app
            .ctx
            .organisation
            .files
            .get(&system.id)
            .map_or("", String::as_str);
        match app
            .ctx
            .systems
            .get(&system.id)
            .and_then(|connected| connected.check())
        {
            Ok(found) => {
                for finding in found {
                    let severity = severity(finding.severity);
                    say!(
                        "{severity}: {file}: systems.{}: {}: {}: {}",
                        system.id,
                        finding.name,
                        finding.code,
                        finding.remedy
                    );
                    errors += usize::from(finding.severity == Severity::Error);
                }
            }
            Err(error) => {
                say!("error: {file}: systems.{}: {}: {error}", system.id, error.code());
                errors += 1;
            }
        }
    }
    Ok(errors)
}

/// Systems that a restored backup took back in time: what was erased since is there again.
fn backs(app: &App) -> anyhow::Result<usize> {
    replaying::look(&app.ctx).map_err(super::staff::explain)?;
    let backs = replaying::backs(&app.ctx).map_err(super::staff::explain)?;
    for back in &backs {
        let to = back.to.map_or_else(|| "nothing".to_owned(), |at| at.to_rfc3339());
        say!(
            "error: {}: went_back: it was restored from a backup and holds {to}: run `dataratt replay-erasures --system {}`",
            back.system,
            back.system
        );
    }
    Ok(backs.len())
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
