//! Where an entry is below the directory of its system, and how it is come by: name by name from an open directory,
//! following no link, so that neither `..` nor a link nor a change meanwhile leads outside.

use std::ffi::{CString, OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstatat};

use crate::domain::data_map::EntryName;
use crate::domain::matching::RowKey;

use super::error::Failure;

/// Reads a directory, and no link to one.
const DIRECTORY: OFlag = OFlag::O_RDONLY
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_CLOEXEC);
/// Names on the way to an entry; real trees are far from it.
const DEEPEST: usize = 200;

/// The names from the system's directory to an entry: none of them is empty, `.` or `..`, or has a `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(Vec<OsString>);

impl Place {
    /// The place that the key of a row names.
    pub(super) fn of_key(key: &RowKey) -> Result<Self, Failure> {
        let [written] = key.0.as_slice() else {
            return Err(Failure::refused("a key that is no path"));
        };
        let written = written.strip_suffix('/').unwrap_or(written);
        let names: Option<Vec<OsString>> = written.split('/').map(decoded).collect();
        names
            .filter(|names| names.len() <= DEEPEST)
            .map(Self)
            .ok_or_else(|| Failure::refused("a key that is no path"))
    }

    /// The key of its row; that of a directory ends in `/`.
    pub(super) fn key(&self, is_directory: bool) -> RowKey {
        let mut written = self.written();
        if is_directory {
            written.push('/');
        }
        RowKey(vec![written])
    }

    /// As text from which it can be read back, whatever bytes its names have.
    pub(super) fn written(&self) -> String {
        self.names().join("/")
    }

    /// The entry of that name below it.
    pub(super) fn below(&self, name: &OsStr) -> Result<Self, Failure> {
        if self.0.len() >= DEEPEST {
            return Err(Failure::refused("directories nested too deep"));
        }
        let mut names = self.0.clone();
        names.push(name.to_owned());
        Ok(Self(names))
    }

    /// Its names as text.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|name| encoded(name)).collect()
    }

    /// How many names it has.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }

    /// The place of the directory it is in, and its name there.
    pub(super) fn split(&self) -> Option<(Self, &OsStr)> {
        let (name, above) = self.0.split_last()?;
        Some((Self(above.to_vec()), name))
    }
}

/// A name as text: what is no UTF-8, no printable character, or `%` itself, as `%` and two digits.
fn encoded(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '%' || c.is_control() {
                let mut buffer = [0; 4];
                let bytes = c.encode_utf8(&mut buffer).bytes();
                text.extend(bytes.map(|byte| format!("%{byte:02X}")));
            } else {
                text.push(c);
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02X}")));
    }
    text
}

fn decoded(text: &str) -> Option<OsString> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    let plain = !bytes.is_empty() && !bytes.contains(&b'/') && !bytes.contains(&0);
    (plain && bytes != b"." && bytes != b"..").then(|| OsString::from_vec(bytes))
}

/// The system's directory. Who runs the service chose it, so links on the way to it are followed.
///
/// One without any entry is taken for a mount that is missing: everybody would seem to have nothing in it.
pub(super) fn open_root(path: &Path) -> Result<OwnedFd, Failure> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let root = open(path, flags, Mode::empty())?;
    if entries(root.as_fd())?.is_empty() {
        return Err(Failure::Later(
            "its directory is empty, as when nothing is mounted there",
        ));
    }
    Ok(root)
}

/// The open directory at `place`; nothing when it is gone or is none any more.
pub(super) fn open_directory(root: BorrowedFd<'_>, place: &Place) -> Result<Option<OwnedFd>, Failure> {
    let mut here = openat(root, c".", DIRECTORY, Mode::empty())?;
    for name in &place.0 {
        here = match openat(&here, name.as_os_str(), DIRECTORY, Mode::empty()) {
            Ok(below) => below,
            Err(Errno::ENOENT) => return Ok(None),
            Err(Errno::ENOTDIR | Errno::ELOOP) => {
                return match status(here.as_fd(), name)? {
                    Some(status) if kind(&status) == Kind::Link => Err(Errno::ELOOP.into()),
                    _ => Ok(None),
                };
            }
            Err(errno) => return Err(errno.into()),
        };
    }
    Ok(Some(here))
}

/// What is at `name` in the directory, without following it; nothing when there is nothing.
pub(super) fn status(directory: BorrowedFd<'_>, name: &OsStr) -> Result<Option<FileStat>, Failure> {
    match fstatat(directory, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Ok(status) => Ok(Some(status)),
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// The names in an open directory, in order.
pub(super) fn entries(directory: BorrowedFd<'_>) -> Result<Vec<OsString>, Failure> {
    let mut read = Dir::openat(directory, c".", DIRECTORY, Mode::empty())?;
    let mut names = Vec::new();
    for entry in read.iter() {
        let name: CString = entry?.file_name().to_owned();
        if !matches!(name.as_bytes(), b"." | b"..") {
            names.push(OsString::from_vec(name.into_bytes()));
        }
    }
    names.sort();
    Ok(names)
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    Link,
    /// A socket, a pipe or a device: never opened.
    Other,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Link => "link",
            Self::Other => "other",
        }
    }
}

pub(super) fn kind(status: &FileStat) -> Kind {
    match SFlag::from_bits_truncate(status.st_mode) & SFlag::S_IFMT {
        SFlag::S_IFREG => Kind::File,
        SFlag::S_IFDIR => Kind::Directory,
        SFlag::S_IFLNK => Kind::Link,
        _ => Kind::Other,
    }
}

/// The places that exist among those that the names of a completed template mean, at most `limit`.
pub(super) fn existing(
    root: BorrowedFd<'_>,
    names: &[EntryName],
    limit: usize,
) -> Result<Vec<Place>, Failure> {
    let mut found = vec![Place::default()];
    for (at, name) in names.iter().enumerate() {
        let last = at + 1 == names.len();
        let mut below = Vec::new();
        for place in &found {
            let Some(directory) = open_directory(root, place)? else {
                continue;
            };
            for entry in meant(directory.as_fd(), name)? {
                match status(directory.as_fd(), &entry)?.as_ref().map(kind) {
                    Some(found) if last || found == Kind::Directory => below.push(place.below(&entry)?),
                    // Among many a link is nobody's place; where one directory is meant it stands in the way.
                    Some(Kind::Link) if name.exact().is_some() => return Err(Errno::ELOOP.into()),
                    _ => {}
                }
            }
        }
        below.truncate(limit);
        found = below;
    }
    Ok(found)
}

/// The entries of a directory that a name means, whether there or not when it is exact.
fn meant(directory: BorrowedFd<'_>, name: &EntryName) -> Result<Vec<OsString>, Failure> {
    if let Some(exact) = name.exact() {
        return Ok(vec![exact.into()]);
    }
    let mut all = entries(directory)?;
    all.retain(|entry| entry.to_str().is_some_and(|entry| name.fits(entry)));
    Ok(all)
}
