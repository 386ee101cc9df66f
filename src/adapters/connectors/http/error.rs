//! What goes wrong with a system over HTTP, told without addresses and values.

use crate::services::ports::SystemError;

/// A failure inside the connector, before it is told by the system's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The map names what is not there.
    Unknown(String),
    /// What will not work later either.
    Refused(String),
    /// What may work later.
    Later(String),
}

impl Failure {
    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }

    pub(super) fn later(reason: impl Into<String>) -> Self {
        Self::Later(reason.into())
    }

    pub(super) fn told_by(self, system: &str) -> SystemError {
        let system = system.to_owned();
        match self {
            Self::Unknown(name) => SystemError::Unknown { system, name },
            Self::Refused(reason) => SystemError::Refused {
                system,
                reason: format!("it {reason}"),
            },
            Self::Later(reason) => SystemError::Unavailable {
                system,
                reason: format!("it {reason}"),
            },
        }
    }
}
