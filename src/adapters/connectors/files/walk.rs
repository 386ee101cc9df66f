//! A tree below a place, entry by entry.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use chrono::{DateTime, Utc};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, fstat, fstatat};
use sha2::{Digest, Sha256};

use crate::domain::calendar::stockholm_date;

use super::error::Failure;
use super::place::{Kind, Place, entries, kind, open_directory, status};

/// Entries of one person's tree; what has more is no person's.
const MOST: usize = 1_000_000;
/// Bytes read at a time.
pub(super) const BUFFER: usize = 64 * 1024;

/// Something in a tree.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) kind: Kind,
    /// Of a file; nothing else has a size of its own.
    pub(super) bytes: u64,
    pub(super) modified: DateTime<Utc>,
    nanos: i64,
    mode: u32,
}

impl Entry {
    fn new(place: Place, status: &FileStat) -> Self {
        let kind = kind(status);
        let bytes = if kind == Kind::File { status.st_size } else { 0 };
        Self {
            place,
            kind,
            bytes: u64::try_from(bytes).unwrap_or_default(),
            modified: DateTime::from_timestamp(status.st_mtime, 0).unwrap_or_default(),
            nanos: status.st_mtime_nsec,
            mode: status.st_mode & 0o7777,
        }
    }

    /// The local day on which it was last changed.
    pub(super) fn modified_on(&self) -> String {
        stockholm_date(self.modified).to_string()
    }

    /// Its permissions, as the map writes them.
    pub(super) fn mode(&self) -> String {
        format!("{:04o}", self.mode)
    }

    /// What tells whether it changed, without reading it.
    pub(super) fn mark(&self) -> String {
        let seen = match self.kind {
            // What is in it comes and goes by itself.
            Kind::Directory => "directory".to_owned(),
            kind => format!(
                "{}|{}|{}|{}",
                kind.name(),
                self.bytes,
                self.modified.timestamp(),
                self.nanos
            ),
        };
        hex(Sha256::digest(seen))
    }
}

/// Gives the entry at `top` and all below it to `each`, directories before what is in them; nothing when there is none.
/// What goes away meanwhile is left out, and nothing on another file system is entered.
pub(super) fn walk(
    root: BorrowedFd<'_>,
    top: &Place,
    each: &mut dyn FnMut(Entry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Some((above, name)) = top.split() else {
        return Err(Failure::refused("a key that is no path"));
    };
    let Some(directory) = open_directory(root, &above)? else {
        return Ok(());
    };
    let Some(first) = status(directory.as_fd(), name)? else {
        return Ok(());
    };
    let mut seen = 1;
    let entry = Entry::new(top.clone(), &first);
    let mut waiting = if entry.kind == Kind::Directory {
        vec![top.clone()]
    } else {
        vec![]
    };
    each(entry)?;
    while let Some(place) = waiting.pop() {
        let Some(directory) = open_directory(root, &place)? else {
            continue;
        };
        for name in entries(directory.as_fd())? {
            let Some(status) = status(directory.as_fd(), &name)? else {
                continue;
            };
            if status.st_dev != first.st_dev {
                return Err(Errno::EBUSY.into());
            }
            seen += 1;
            if seen > MOST {
                return Err(Failure::refused(format!("more than {MOST} files of one person")));
            }
            let entry = Entry::new(place.below(&name)?, &status);
            if entry.kind == Kind::Directory {
                waiting.push(entry.place.clone());
            }
            each(entry)?;
        }
    }
    Ok(())
}

/// The open file at `place`, if a file is still there.
pub(super) fn open_file(root: BorrowedFd<'_>, place: &Place) -> Result<Option<OwnedFd>, Failure> {
    let Some((above, name)) = place.split() else {
        return Ok(None);
    };
    let Some(directory) = open_directory(root, &above)? else {
        return Ok(None);
    };
    // Not to wait for the other end of a pipe that took its place.
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let file = match openat(&directory, name, flags, Mode::empty()) {
        Ok(file) => file,
        Err(Errno::ENOENT | Errno::ELOOP | Errno::ENXIO) => return Ok(None),
        Err(errno) => return Err(errno.into()),
    };
    let is_file = kind(&fstat(&file)?) == Kind::File;
    Ok(is_file.then_some(file))
}

/// Reads a file to the length it had when it was opened: one that grows meanwhile would have no end.
pub(super) fn read(
    file: &OwnedFd,
    each: &mut dyn FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<u64, Failure> {
    let length = u64::try_from(fstat(file)?.st_size).unwrap_or_default();
    let mut buffer = vec![0; BUFFER];
    let mut read = 0;
    while read < length {
        let wanted = usize::try_from(length - read).map_or(BUFFER, |left| left.min(BUFFER));
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        let got = nix::unistd::read(file, part)?;
        let Some(bytes) = part.get(..got).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        each(bytes)?;
        read += u64::try_from(got).unwrap_or_default();
    }
    Ok(read)
}

/// SHA-256 of what is in a file, or of where a link leads; nothing when it is gone.
pub(super) fn contents_digest(root: BorrowedFd<'_>, entry: &Entry) -> Result<Option<String>, Failure> {
    let mut hash = Sha256::new();
    match entry.kind {
        Kind::File => {
            let Some(file) = open_file(root, &entry.place)? else {
                return Ok(None);
            };
            read(&file, &mut |bytes| {
                hash.update(bytes);
                Ok(())
            })?;
        }
        Kind::Link => {
            let Some((above, name)) = entry.place.split() else {
                return Ok(None);
            };
            let Some(directory) = open_directory(root, &above)? else {
                return Ok(None);
            };
            hash.update(readlinkat(&directory, name)?.as_encoded_bytes());
        }
        Kind::Directory | Kind::Other => hash.update(entry.kind.name()),
    }
    Ok(Some(hex(hash.finalize())))
}

/// The entry at one place, if there is one.
pub(super) fn entry_at(root: BorrowedFd<'_>, place: &Place) -> Result<Option<Entry>, Failure> {
    let Some((above, name)) = place.split() else {
        return Ok(None);
    };
    let Some(directory) = open_directory(root, &above)? else {
        return Ok(None);
    };
    match fstatat(&directory, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Ok(status) => Ok(Some(Entry::new(place.clone(), &status))),
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

pub(super) fn hex(digest: impl AsRef<[u8]>) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
