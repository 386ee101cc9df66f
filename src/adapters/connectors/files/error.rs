//! What goes wrong with files, told without their names: those are often a person's.

use nix::errno::Errno;

use crate::domain::data_map::UnfitValue;
use crate::services::ports::SystemError;

/// A failure inside the connector, before it is told by the system's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The operating system.
    Os(Errno),
    /// The map names what is not there.
    Unknown(String),
    /// Something that must not be worked on.
    Refused(String),
    /// Something that may work later.
    Later(&'static str),
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Self::Os(errno)
    }
}

impl From<UnfitValue> for Failure {
    fn from(unfit: UnfitValue) -> Self {
        Self::Refused(unfit.to_string())
    }
}

impl Failure {
    pub(super) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }

    pub(super) fn told_by(self, system: &str) -> SystemError {
        let system = system.to_owned();
        match self {
            Self::Unknown(name) => SystemError::Unknown { system, name },
            Self::Refused(reason) => SystemError::Refused { system, reason },
            Self::Later(reason) => SystemError::Unavailable {
                system,
                reason: reason.to_owned(),
            },
            Self::Os(errno) => {
                let (reason, passes) = meaning(errno);
                if passes {
                    SystemError::Unavailable { system, reason }
                } else {
                    SystemError::Refused { system, reason }
                }
            }
        }
    }
}

/// What an error of the system means, and whether the same may work later.
fn meaning(errno: Errno) -> (String, bool) {
    let (reason, passes) = match errno {
        Errno::EACCES => ("a missing permission", false),
        Errno::EPERM => ("it is not permitted, or marked as immutable", false),
        Errno::EROFS => ("the file system is read-only", false),
        Errno::ELOOP => ("a symbolic link stands where a directory should", false),
        Errno::EBUSY => (
            "another file system is mounted there, or something holds it",
            false,
        ),
        Errno::ENOSPC | Errno::EDQUOT => ("the disk is full", true),
        Errno::EIO => ("the disk cannot be read or written", true),
        Errno::EMFILE | Errno::ENFILE => ("too many files are open", true),
        Errno::ENOENT => ("its directory is not there", true),
        Errno::ESTALE | Errno::ETIMEDOUT | Errno::ENOTCONN | Errno::EHOSTDOWN => {
            ("the file server does not answer", true)
        }
        other => return (format!("the system says {other:?}"), false),
    };
    (reason.to_owned(), passes)
}
