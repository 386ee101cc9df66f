//! What goes wrong with a database, told without its messages: those quote values of rows.

use crate::services::ports::SystemError;

/// A failure inside the connector, before it is told by the system's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server said no.
    Answer(Answer),
    /// The way to the server, or what came along it.
    Way {
        /// What is the matter, without values.
        reason: String,
        /// Whether it may pass by itself.
        passes: bool,
    },
    /// The map names what is not there.
    Unknown(String),
    /// Something that must not be worked on.
    Refused(String),
    /// No connection is free.
    Busy,
    /// Nothing came in time.
    Silent,
}

/// What a server said, as far as it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its code with the meaning, and the names it is about.
    pub in_short: String,
    /// Whether the same may work later: connections, resources, time-outs, locks, a server that starts or stops.
    pub passes: bool,
    /// Whether tables or columns may be other than they were when last looked at.
    pub names_changed: bool,
    /// Whether the role may not do it.
    pub is_privilege: bool,
}

impl Failure {
    pub fn unknown(name: impl Into<String>) -> Self {
        Self::Unknown(name.into())
    }

    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }

    /// The way to the server is broken, and may be mended by itself.
    pub fn broken(reason: impl Into<String>) -> Self {
        Self::Way {
            reason: reason.into(),
            passes: true,
        }
    }

    /// Whether tables or columns may be other than they were when last looked at.
    pub(super) fn names_changed(&self) -> bool {
        match self {
            Self::Answer(answer) => answer.names_changed,
            Self::Unknown(_) | Self::Refused(_) => true,
            Self::Way { .. } | Self::Busy | Self::Silent => false,
        }
    }

    pub(super) fn told_by(self, system: &str) -> SystemError {
        let system = system.to_owned();
        let (reason, passes) = match self {
            Self::Unknown(name) => return SystemError::Unknown { system, name },
            Self::Refused(reason) => (reason, false),
            Self::Busy => ("all connections are in use".to_owned(), true),
            Self::Silent => ("it says nothing".to_owned(), true),
            Self::Way { reason, passes } => (reason, passes),
            Self::Answer(answer) => (answer.in_short, answer.passes),
        };
        if passes {
            SystemError::Unavailable { system, reason }
        } else {
            SystemError::Refused { system, reason }
        }
    }
}

/// A code with what it means, and the names that belong to it.
pub fn in_short(code: &str, meaning: &str, names: &[(&str, Option<&str>)]) -> String {
    let mut text = code.to_owned();
    if !meaning.is_empty() {
        text.push_str(": ");
        text.push_str(meaning);
    }
    for (what, name) in names {
        if let Some(name) = name {
            text.push_str(&format!(", {what} {name}"));
        }
    }
    text
}
