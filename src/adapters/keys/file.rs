//! The key file: made at the first start, changed by a rotation only.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::failed;
use crate::domain::keyring::Keyring;
use crate::domain::sealing::SecretKey;
use crate::services::ports::{KeyError, KeyFile, Random};

/// What tells one content of the file from another: it is never written in place.
type Stamp = (u64, i64, i64);

/// The key file of this machine.
pub struct FileOfKeys {
    path: PathBuf,
    seen: Mutex<Option<Stamp>>,
}

impl FileOfKeys {
    /// The file at `path`, which is made when it is absent. Two processes that start at once get the same.
    ///
    /// # Errors
    /// When it cannot be read or made, is open to others, or holds something else.
    pub fn open(path: &Path, random: &dyn Random, now: DateTime<Utc>) -> Result<Self, KeyError> {
        let file = Self {
            path: path.to_owned(),
            seen: Mutex::default(),
        };
        if let Some(folder) = file.folder() {
            fs::create_dir_all(folder).map_err(failed("the key file", path))?;
        }
        let alone = file.locked()?;
        if !fs::exists(path).map_err(failed("the key file", path))? {
            let secret = || {
                let mut bytes = Zeroizing::new([0; 32]);
                random.fill(bytes.as_mut_slice());
                SecretKey::new(*bytes)
            };
            file.write(&Keyring::new(secret(), secret(), now))?;
        }
        drop(alone);
        file.read()?;
        Ok(file)
    }

    fn folder(&self) -> Option<&Path> {
        self.path.parent().filter(|it| !it.as_os_str().is_empty())
    }

    /// Alone with the file until the result is dropped. The folder is locked: the file itself is another after a change.
    fn locked(&self) -> Result<File, KeyError> {
        let folder = self.folder().unwrap_or(Path::new("."));
        let locked = File::open(folder).and_then(|open| open.lock().map(|()| open));
        locked.map_err(failed("the key file", &self.path))
    }

    fn read(&self) -> Result<(Keyring, Stamp), KeyError> {
        let failed = failed("the key file", &self.path);
        let mut file = File::open(&self.path).map_err(&failed)?;
        let metadata = file.metadata().map_err(&failed)?;
        let wrong = |why: String| KeyError(format!("the key file {}: {why}", self.path.display()));
        if metadata.mode() & 0o077 != 0 {
            return Err(wrong("others can read it: chmod 600 it".to_owned()));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(&failed)?;
        let ring = Keyring::parse(&text).map_err(|error| wrong(error.to_string()))?;
        Ok((ring, stamp(&metadata)))
    }

    /// Written under another name first, so that nobody ever reads half of it.
    fn write(&self, ring: &Keyring) -> Result<(), KeyError> {
        let unfinished = self.path.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let written = options.open(&unfinished).and_then(|mut file| {
            file.write_all(ring.to_text().as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &self.path)?;
            File::open(self.folder().unwrap_or(Path::new(".")))?.sync_all()
        });
        written.map_err(failed("the key file", &self.path))
    }

    /// Whether the stamp is another than the one seen last, which it then becomes.
    fn is_new(&self, stamp: Stamp) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.replace(stamp) != Some(stamp)
    }
}

fn stamp(metadata: &fs::Metadata) -> Stamp {
    (metadata.ino(), metadata.mtime(), metadata.mtime_nsec())
}

impl KeyFile for FileOfKeys {
    fn read_changed(&self) -> Result<Option<Keyring>, KeyError> {
        let metadata = match fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            // A service that runs goes on with the keys it has.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("the key file", &self.path)(error)),
        };
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen == Some(stamp(&metadata)) {
            return Ok(None);
        }
        let (ring, stamp) = self.read()?;
        Ok(self.is_new(stamp).then_some(ring))
    }

    fn change(&self, change: &mut dyn FnMut(&Keyring) -> Option<Keyring>) -> Result<Keyring, KeyError> {
        let _alone = self.locked()?;
        let (ring, _) = self.read()?;
        let ring = match change(&ring) {
            Some(changed) => {
                self.write(&changed)?;
                changed
            }
            None => ring,
        };
        let (_, stamp) = self.read()?;
        self.is_new(stamp);
        Ok(ring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    struct Same(u8);

    impl Random for Same {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    fn text(file: &FileOfKeys) -> String {
        file.change(&mut |_| None).unwrap().to_text().to_string()
    }

    #[test]
    fn the_first_keys_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/secret.key");
        let first = FileOfKeys::open(&path, &Same(1), now()).unwrap();
        let second = FileOfKeys::open(&path, &Same(2), now()).unwrap();
        assert_eq!(text(&first), text(&second));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_change_is_seen_by_others_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        let one = FileOfKeys::open(&path, &Same(1), now()).unwrap();
        let other = FileOfKeys::open(&path, &Same(1), now()).unwrap();
        other.change(&mut |_| None).unwrap();
        assert!(other.read_changed().unwrap().is_none());
        one.change(&mut |ring| Some(ring.with_new(SecretKey::new([7; 32]), now())))
            .unwrap();
        assert!(one.read_changed().unwrap().is_none(), "it made the change itself");
        assert_eq!(other.read_changed().unwrap().unwrap().newest(), 2);
        assert!(other.read_changed().unwrap().is_none());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn changes_made_at_once_are_all_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        std::thread::scope(|scope| {
            for seed in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let file = FileOfKeys::open(path, &Same(seed), now()).unwrap();
                    file.change(&mut |ring| Some(ring.with_new(SecretKey::new([seed; 32]), now())))
                        .unwrap();
                });
            }
        });
        let file = FileOfKeys::open(&path, &Same(1), now()).unwrap();
        assert_eq!(file.change(&mut |_| None).unwrap().masters().count(), 9);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        FileOfKeys::open(&path, &Same(1), now()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let error = FileOfKeys::open(&path, &Same(1), now()).err().unwrap();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn anything_but_keys_is_refused_without_quoting_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret.key");
        fs::write(&path, "c2VjcmV0").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = FileOfKeys::open(&path, &Same(1), now()).err().unwrap();
        assert!(error.to_string().contains("line 1"), "{error}");
        assert!(!error.to_string().contains("c2VjcmV0"), "{error}");
    }
}
