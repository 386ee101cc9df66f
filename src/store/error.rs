//! What can go wrong below the rules.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// An error of the database, without words of HTTP or of the law.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be had in time.
    #[error("no database connection in time")]
    Unavailable,
    /// Transactions were in each other's way, and this one gave way: it may go through another time.
    #[error("in the way of another transaction")]
    Busy,
    /// The database's disk is full.
    #[error("the database's disk is full")]
    Full,
    /// There is no such row.
    #[error("no such row")]
    NotFound,
    /// Somebody else changed the row meanwhile.
    #[error("the row changed meanwhile")]
    Stale,
    /// A unique constraint forbids it.
    #[error("already there: {0}")]
    Duplicate(String),
    /// Another constraint, or a guard of the database, forbids it.
    #[error("the database refuses: {0}")]
    Forbidden(String),
    /// A stored value is not one the program knows.
    #[error("unreadable value in {0}")]
    Corrupt(&'static str),
    /// A sealed value does not open.
    #[error("a sealed value does not open")]
    Sealed(#[from] crate::domain::sealing::SealError),
    /// Anything else the database says.
    #[error("database error")]
    Database(#[source] Diesel),
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Duplicate(info.constraint_name().unwrap_or_default().to_owned())
            }
            Diesel::DatabaseError(
                DatabaseErrorKind::CheckViolation | DatabaseErrorKind::ForeignKeyViolation,
                info,
            ) => Self::Forbidden(info.constraint_name().unwrap_or(info.message()).to_owned()),
            Diesel::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
                _,
            ) => Self::Unavailable,
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            Diesel::DatabaseError(DatabaseErrorKind::Unknown, info) if gave_way(info.message()) => Self::Busy,
            Diesel::DatabaseError(_, info) if is_full(info.message()) => Self::Full,
            other => Self::Database(other),
        }
    }
}

/// Whether the server could not write (53100); told by its message, as above.
fn is_full(message: &str) -> bool {
    message.contains("No space left on device") || message.contains("could not extend file")
}

/// Whether a deadlock was broken here (40P01) or a lock not had in time (55P03). diesel keeps neither code, so the message
/// decides; it is in the language of the server, and the word is the same in most.
fn gave_way(message: &str) -> bool {
    message.contains("deadlock") || message.contains("lock timeout")
}

impl From<diesel::r2d2::PoolError> for Error {
    fn from(_: diesel::r2d2::PoolError) -> Self {
        Self::Unavailable
    }
}

/// The result of everything in this layer.
pub type Result<T> = std::result::Result<T, Error>;
