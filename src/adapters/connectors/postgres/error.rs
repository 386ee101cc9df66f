//! What goes wrong with PostgreSQL, told without its messages: those quote values of rows.

use std::error::Error;
use std::io;

use postgres::error::DbError;

use crate::services::ports::SystemError;

/// A failure inside the connector, before it is told by the system's id.
#[derive(Debug)]
pub(super) enum Failure {
    /// PostgreSQL, or the way to it.
    Sql(postgres::Error),
    /// The map names what is not there.
    Unknown(String),
    /// Something that must not be worked on.
    Refused(String),
    /// No connection is free.
    Busy,
    /// Nothing came in time.
    Silent,
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        Self::Sql(error)
    }
}

impl Failure {
    pub(super) fn unknown(name: impl Into<String>) -> Self {
        Self::Unknown(name.into())
    }

    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }

    /// A key that is not one of the table's.
    pub(super) fn odd_key() -> Self {
        Self::refused("a key with more or fewer values than the map has columns")
    }

    /// Whether tables or columns may be other than they were when last looked at.
    pub(super) fn names_changed(&self) -> bool {
        match self {
            Self::Sql(error) => error
                .code()
                .is_some_and(|code| matches!(code.code(), "42P01" | "42703" | "3F000" | "42804" | "42883")),
            Self::Unknown(_) | Self::Refused(_) => true,
            Self::Busy | Self::Silent => false,
        }
    }

    pub(super) fn told_by(self, system: &str) -> SystemError {
        let system = system.to_owned();
        match self {
            Self::Unknown(name) => SystemError::Unknown { system, name },
            Self::Refused(reason) => SystemError::Refused { system, reason },
            Self::Busy => SystemError::Unavailable {
                system,
                reason: "all connections are in use".to_owned(),
            },
            Self::Silent => SystemError::Unavailable {
                system,
                reason: "it says nothing".to_owned(),
            },
            Self::Sql(error) => match error.as_db_error() {
                Some(answer) if passes(answer.code().code()) => SystemError::Unavailable {
                    system,
                    reason: in_short(answer),
                },
                Some(answer) => SystemError::Refused {
                    system,
                    reason: in_short(answer),
                },
                None => without_answer(system, &error),
            },
        }
    }
}

/// Whether the same may work later: connections, resources, timeouts, locks, a server that starts or stops.
fn passes(code: &str) -> bool {
    ["08", "53", "57", "58"]
        .iter()
        .any(|class| code.starts_with(class))
        || matches!(code, "40001" | "40P01" | "55P03" | "25P03" | "25P04")
}

/// The code with its meaning, and the names it is about.
fn in_short(answer: &DbError) -> String {
    let code = answer.code().code();
    let meaning = match code {
        "22P02" => "a value of another type",
        "23502" => "a column that must not be empty",
        "23503" => "a row that others refer to",
        "23505" => "a value that another row has",
        "23514" => "a value that a rule forbids",
        "28000" | "28P01" => "the login",
        "3D000" => "no such database",
        "40001" | "40P01" => "others work on the same rows",
        "42501" => "a missing privilege",
        "55P03" => "a lock that others hold",
        "57014" => "it took too long",
        _ => "",
    };
    let names = [
        ("table", answer.table()),
        ("column", answer.column()),
        ("constraint", answer.constraint()),
        ("type", answer.datatype()),
    ];
    let mut text = format!("SQLSTATE {code}");
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

/// Nothing came from the server: the way to it is broken, or what came was not understood.
fn without_answer(system: String, error: &postgres::Error) -> SystemError {
    let way = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
        .map(|source| source.kind().to_string());
    match (way, error.source()) {
        (Some(reason), _) => SystemError::Unavailable { system, reason },
        (None, None) => SystemError::Unavailable {
            system,
            reason: "the connection is gone".to_owned(),
        },
        (None, Some(_)) if error.is_closed() => SystemError::Unavailable {
            system,
            reason: "the connection is gone".to_owned(),
        },
        (None, Some(_)) => SystemError::Refused {
            system,
            reason: "it speaks otherwise than expected, or demands TLS or another way to log in".to_owned(),
        },
    }
}
