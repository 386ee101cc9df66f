//! The audit trail's newest checkpoint as a file, outside the database that it vouches for.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use crate::services::ports::Anchor;

/// The checkpoint in a file.
pub struct FileAnchor {
    path: PathBuf,
}

impl FileAnchor {
    /// In the file of that path, which is made at the first checkpoint.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Anchor for FileAnchor {
    fn read(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        }
    }

    /// Writes beside, then renames: whoever looks sees a whole checkpoint.
    fn write(&self, text: &str) -> io::Result<()> {
        let directory = self.path.parent().ok_or(ErrorKind::InvalidInput)?;
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        // Each process has a name of its own: two that share the directory may export at once.
        let beside = self.path.with_extension(format!("new-{}", std::process::id()));
        let mut options = File::options();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        File::open(directory)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_last_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let anchor = FileAnchor::new(directory.path().join("audit/checkpoint.txt"));
        assert_eq!(anchor.read().unwrap(), None);
        anchor.write("one").unwrap();
        anchor.write("two").unwrap();
        assert_eq!(anchor.read().unwrap().as_deref(), Some("two"));
        let files = fs::read_dir(directory.path().join("audit")).unwrap();
        assert_eq!(files.count(), 1, "nothing is left beside it");
    }
}
