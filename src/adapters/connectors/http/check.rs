//! Holding the map against the live service: whether it answers, takes the credentials, and gives only what is asked for.

use super::Host;
use super::error::Failure;
use crate::domain::data_map::Table;
use crate::domain::matching::{KeyKind, PersonKeys};
use crate::domain::organisation::Severity;
use crate::services::ports::SystemFinding;

/// Nobody: the name is reserved (RFC 2606), the number belongs to no plan.
fn nobody() -> PersonKeys {
    let mut keys = PersonKeys::default();
    keys.set(KeyKind::Email, Some("nobody@dataratt.invalid".to_owned()));
    keys.set(KeyKind::CustomerNumber, Some("dataratt-nobody".to_owned()));
    keys.set(KeyKind::PersonalNumber, Some("190001010000".to_owned()));
    keys.set(KeyKind::Phone, Some("+46000000000".to_owned()));
    keys
}

impl Host<'_> {
    /// Asks each table for somebody that there is not.
    pub(super) fn check(&self) -> Result<Vec<SystemFinding>, Failure> {
        let mut findings = Vec::new();
        for table in self.map.tables.iter().filter(|table| table.is_searchable()) {
            match self.find(table, &nobody(), 0) {
                Ok(_) => {}
                Err(Failure::Later(reason)) => return Err(Failure::Later(reason)),
                Err(failure) => findings.push(finding(table, &failure)),
            }
        }
        Ok(findings)
    }
}

fn finding(table: &Table, failure: &Failure) -> SystemFinding {
    let (code, remedy) = match failure {
        Failure::Unknown(name) => ("call_missing", format!("describe {name}")),
        Failure::Refused(reason) if reason.contains("not those asked for") => (
            "filter_ignored",
            "asked for somebody that there is not, it gives others: correct the parameter in find.path, or the person columns"
                .to_owned(),
        ),
        Failure::Refused(reason) | Failure::Later(reason) => ("call_refused", format!("the service {reason}")),
    };
    SystemFinding {
        severity: Severity::Error,
        name: table.name.clone(),
        code,
        remedy,
    }
}
