//! The key file: made at the first start, and never again.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::StartError;
use crate::domain::sealing::SecretKey;
use crate::services::ports::Random;

/// The key of the file, which is made when it is absent. Two processes that start at once get the same.
///
/// # Errors
/// When the file cannot be read or made, is open to others, or holds something else.
pub fn load_or_make(path: &Path, random: &dyn Random) -> Result<SecretKey, StartError> {
    match read(path) {
        Err(StartError::KeyFile { source, .. }) if source.kind() == ErrorKind::NotFound => {
            make(path, random)?;
            read(path)
        }
        other => other,
    }
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> StartError {
    move |source| StartError::KeyFile {
        path: path.to_owned(),
        source,
    }
}

fn read(path: &Path) -> Result<SecretKey, StartError> {
    let mut file = fs::File::open(path).map_err(failed(path))?;
    let mode = file.metadata().map_err(failed(path))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(StartError::KeyFileOpen {
            path: path.to_owned(),
        });
    }
    let mut text = zeroize::Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(failed(path))?;
    let bytes = STANDARD
        .decode(text.trim())
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes
        .map(SecretKey::new)
        .ok_or_else(|| StartError::KeyFileContents {
            path: path.to_owned(),
        })
}

/// Written under another name first, so that nobody ever reads half a key, and linked into its
/// place, which fails when another process was first: then that one's key counts.
fn make(path: &Path, random: &dyn Random) -> Result<(), StartError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed(path))?;
    }
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    let mut name = [0; 8];
    random.fill(&mut name);
    let temporary = path.with_extension(format!("new-{:x}", u64::from_le_bytes(name)));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .map_err(failed(path))?;
    file.write_all(STANDARD.encode(bytes).as_bytes())
        .map_err(failed(path))?;
    file.sync_all().map_err(failed(path))?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary).map_err(failed(path))?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn the_first_key_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/secret.key");
        let first = load_or_make(&path, &Counting(1)).unwrap();
        let second = load_or_make(&path, &Counting(2)).unwrap();
        assert_eq!(first.bytes(), second.bytes());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        load_or_make(&path, &Counting(1)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            load_or_make(&path, &Counting(1)),
            Err(StartError::KeyFileOpen { .. })
        ));
    }

    #[rstest::rstest]
    #[case("")]
    #[case("not base64!")]
    #[case("c2hvcnQ=")]
    fn anything_but_a_key_is_refused(#[case] contents: &str) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .unwrap();
        file.write_all(contents.as_bytes()).unwrap();
        assert!(matches!(
            load_or_make(&path, &Counting(1)),
            Err(StartError::KeyFileContents { .. })
        ));
    }
}
