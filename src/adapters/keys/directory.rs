//! Wrapped keys as files in a directory.
//!
//! A key is one file, in one of 256 folders by the last byte of its id, which is chance. A new one gets its name when it
//! is whole, and is on the disk before [`KeyStore::put`] returns; many at a time share the disk's writes. What is
//! exchanged or destroyed holds a lock on its folder meanwhile, so that an exchange cannot bring a destroyed key back.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::failed;
use crate::services::ports::{KeyError, KeyStore};

/// What the name of a file ends with until it is whole.
const UNFINISHED: &str = "new";

/// The store in one directory; several processes on one machine may use it at once.
pub struct DirectoryKeys {
    root: PathBuf,
}

impl DirectoryKeys {
    /// The store in `root`, which is made when it is absent.
    ///
    /// # Errors
    /// When it cannot be made or listed.
    pub fn open(root: PathBuf) -> Result<Self, KeyError> {
        make_folder(&root)?;
        fs::read_dir(&root).map_err(failed("the key store", &root))?;
        Ok(Self { root })
    }

    fn folder(&self, id: Uuid) -> PathBuf {
        let [.., last] = id.into_bytes();
        self.root.join(format!("{last:02x}"))
    }

    fn path(&self, id: Uuid) -> PathBuf {
        self.folder(id).join(id.to_string())
    }

    /// The folder of a key, alone in it until the result is dropped; `None` when there is no such folder yet.
    fn locked(&self, id: Uuid) -> Result<Option<File>, KeyError> {
        let folder = self.folder(id);
        let failed = failed("the key store", &folder);
        match File::open(&folder) {
            Ok(open) => open.lock().map_err(failed).map(|()| Some(open)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

/// A folder for the owner only, in a parent that knows it for good.
fn make_folder(folder: &Path) -> Result<(), KeyError> {
    let failed = failed("the key store", folder);
    if let Some(parent) = folder.parent().filter(|it| !it.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(&failed)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => sync(folder.parent()).map_err(failed),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

/// Brings what a folder lists to the disk.
fn sync(folder: Option<&Path>) -> std::io::Result<()> {
    let folder = folder.filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Writes a whole file beside `path`.
fn write(path: &Path, contents: &[u8]) -> std::io::Result<(PathBuf, File)> {
    let unfinished = path.with_extension(UNFINISHED);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(contents)?;
    Ok((unfinished, file))
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl KeyStore for DirectoryKeys {
    fn put(&self, id: Uuid, wrapped: &[u8]) -> Result<(), KeyError> {
        let path = self.path(id);
        let wrote = match write(&path, wrapped) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make_folder(&self.folder(id))?;
                write(&path, wrapped)
            }
            other => other,
        };
        let kept = wrote.and_then(|(unfinished, file)| {
            // Nobody reads it before this returns, so one trip to the disk, for the name and the contents, is enough.
            fs::rename(unfinished, &path)?;
            file.sync_all()?;
            sync(path.parent())
        });
        kept.map_err(failed("the key store", &self.root))
    }

    fn get(&self, id: Uuid) -> Result<Option<Vec<u8>>, KeyError> {
        match fs::read(self.path(id)) {
            Ok(wrapped) => Ok(Some(wrapped)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("the key store", &self.root)(error)),
        }
    }

    fn replace(&self, id: Uuid, wrapped: &[u8]) -> Result<bool, KeyError> {
        let Some(_alone) = self.locked(id)? else {
            return Ok(false);
        };
        let path = self.path(id);
        let replaced = fs::exists(&path).and_then(|there| {
            if there {
                // The old key must be there until the new one is on the disk.
                let (unfinished, file) = write(&path, wrapped)?;
                file.sync_all()?;
                fs::rename(unfinished, &path)?;
                sync(path.parent())?;
            }
            Ok(there)
        });
        replaced.map_err(failed("the key store", &self.root))
    }

    fn destroy(&self, id: Uuid) -> Result<(), KeyError> {
        let Some(_alone) = self.locked(id)? else {
            return Ok(());
        };
        let path = self.path(id);
        let destroyed = remove(&path.with_extension(UNFINISHED))
            .and_then(|()| remove(&path))
            .and_then(|()| sync(path.parent()));
        destroyed.map_err(failed("the key store", &self.root))
    }

    fn list(&self, each: &mut dyn FnMut(Uuid)) -> Result<(), KeyError> {
        let failed = failed("the key store", &self.root);
        for folder in fs::read_dir(&self.root).map_err(&failed)? {
            let folder = folder.map_err(&failed)?.path();
            if !folder.is_dir() {
                continue;
            }
            for file in fs::read_dir(&folder).map_err(&failed)? {
                let name = file.map_err(&failed)?.file_name();
                let name = name.to_string_lossy();
                let stem = name.split('.').next().unwrap_or_default();
                // A key and what was to replace it have one id, and a leftover of a killed process has one too.
                let doubled = stem != name && fs::exists(folder.join(stem)).unwrap_or(true);
                if let (Ok(id), false) = (Uuid::parse_str(stem), doubled) {
                    each(id);
                }
            }
        }
        Ok(())
    }
}
