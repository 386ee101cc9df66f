//! `dataratt check`: everything that can be wrong before anything runs, with what to do about it.

use std::process::ExitCode;

use super::findings::explain;
use crate::app::App;
use crate::config::Settings;
use crate::domain::organisation::{Severity, findings};

/// Checks the profile, its map and the connected systems. Warnings do not fail; errors do.
///
/// # Errors
/// When the settings or the profile cannot be read at all.
pub fn check(settings: &Settings) -> anyhow::Result<ExitCode> {
    let errors = super::with_app(settings, |app| Ok(profile(settings, app) + systems(app)))?;
    println!("{}", if errors == 0 { "ok" } else { "not ok" });
    Ok(if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn profile(settings: &Settings, app: &App) -> usize {
    let found = findings(&app.ctx.organisation);
    for finding in &found {
        println!(
            "{}: {}: {}: {}",
            severity(finding.severity),
            settings.organisation,
            finding.key,
            explain(finding)
        );
    }
    found
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count()
}

fn systems(app: &App) -> usize {
    let mut errors = 0;
    for system in &app.ctx.organisation.map.systems {
        match app
            .ctx
            .systems
            .get(&system.id)
            .and_then(|connected| connected.check())
        {
            Ok(found) => {
                for finding in found {
                    let severity = severity(finding.severity);
                    println!(
                        "{severity}: {}: {}: {}: {}",
                        system.id, finding.name, finding.code, finding.remedy
                    );
                    errors += usize::from(finding.severity == Severity::Error);
                }
            }
            Err(error) => {
                println!("error: {}: {}: {error}", system.id, error.code());
                errors += 1;
            }
        }
    }
    errors
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
