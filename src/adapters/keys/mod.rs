//! Where keys are: the key file, and the stores for what its keys wrap.

mod database;
mod directory;
mod file;

pub use database::DatabaseKeys;
pub use directory::DirectoryKeys;
pub use file::FileOfKeys;

use crate::services::ports::KeyError;

/// What could not be done, where, and what the system says.
fn failed(what: &'static str, path: &std::path::Path) -> impl Fn(std::io::Error) -> KeyError {
    move |error| KeyError(format!("{what} {}: {error}", path.display()))
}
