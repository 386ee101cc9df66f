//! What a use case can answer when it does not do what was asked.

use crate::domain::case::TransitionError;
use crate::services::ports::SystemError;
use crate::store;

/// A field of what was handed in, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field's name in the API and the form.
    pub field: &'static str,
    /// What is wrong, as a stable code that has a text in both languages.
    pub code: &'static str,
}

/// Why a use case refused or failed. Each has a stable code; only the edge knows HTTP.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields are missing or wrong.
    #[error("invalid input in {} field(s)", .0.len())]
    Invalid(Vec<FieldError>),
    /// What was handed in is well formed, and wrong: by its code.
    #[error("rejected: {0}")]
    Rejected(&'static str),
    /// The state machine does not allow it now.
    #[error("refused: {0}")]
    Refused(#[from] TransitionError),
    /// Not allowed now, for a reason outside the case's state machine, by its code.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Somebody changed it meanwhile: look again.
    #[error("stale version")]
    Stale,
    /// There is no such thing, or it is not for the caller to know.
    #[error("not found")]
    NotFound,
    /// The caller may not, whatever the state.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// The caller did not prove who they are.
    #[error("unauthenticated: {0}")]
    Unauthenticated(&'static str),
    /// It was there, and is used up or over.
    #[error("gone: {0}")]
    Gone(&'static str),
    /// Too many tries; when the next may come, in seconds.
    #[error("too many tries")]
    TooMany {
        /// Seconds.
        retry_after: u32,
    },
    /// A part of the service, or a connected system, is away; trying again later may help.
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// A connected system failed in a way that somebody must look at.
    #[error(transparent)]
    System(#[from] SystemError),
    /// A fault of ours.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The code of a database whose disk is full.
    pub const DISK_FULL: &str = "disk_full";

    /// One wrong field.
    #[must_use]
    pub fn field(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldError { field, code }])
    }

    /// A fault of ours, with its cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// The stable code, for the API, metrics and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::Refused(TransitionError::FourEyes) => "four_eyes",
            Self::Refused(_) => "transition_refused",
            Self::Rejected(code)
            | Self::Conflict(code)
            | Self::Forbidden(code)
            | Self::Unauthenticated(code) => code,
            Self::Gone(code) | Self::Unavailable(code) => code,
            Self::Stale => "version_stale",
            Self::NotFound => "not_found",
            Self::TooMany { .. } => "too_many",
            Self::System(error) => error.code(),
            Self::Internal(_) => "internal",
        }
    }

    /// Whether the same call may succeed later without anybody mending something.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::TooMany { .. } | Self::Unavailable(_) => true,
            Self::System(error) => error.retryable(),
            _ => false,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::NotFound,
            store::Error::Stale => Self::Stale,
            store::Error::Unavailable => Self::Unavailable("database_unavailable"),
            store::Error::Busy => Self::Unavailable("database_busy"),
            store::Error::Full => Self::Unavailable(Self::DISK_FULL),
            other => Self::internal(other),
        }
    }
}

/// The result of every use case.
pub type Result<T> = std::result::Result<T, Error>;
