//! Removing entries, and closing them to others: only ever an entry itself, never what a link leads to.

use std::collections::BTreeSet;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::{FchmodatFlags, Mode, fchmodat, fstat};
use nix::unistd::{UnlinkatFlags, fsync, unlinkat};

use crate::domain::data_map::Table;
use crate::domain::matching::RowKey;

use super::error::Failure;
use super::place::{Kind, Place, kind, open_directory};

/// Something came up where all was to go: the next look declares it.
const ARRIVED: Failure = Failure::Later("new files arrived while it was removed");

/// Removes these entries, files before directories and those from the inside out; says how many were still there.
pub(super) fn remove(root: BorrowedFd<'_>, table: &Table, rows: &[RowKey]) -> Result<u64, Failure> {
    let (mut files, mut directories) = (Vec::new(), Vec::new());
    for row in rows {
        let place = Place::of_key(row)?;
        if row.0.first().is_some_and(|path| path.ends_with('/')) {
            directories.push(place);
        } else {
            files.push(place);
        }
    }
    files.sort();
    directories.sort_by_key(|place| std::cmp::Reverse(place.depth()));
    let mut removal = Removal { root, open: None };
    let mut removed = 0;
    for place in &files {
        removed += removal.remove(place, UnlinkatFlags::NoRemoveDir)?;
    }
    for place in &directories {
        removed += removal.remove(place, UnlinkatFlags::RemoveDir)?;
    }
    removal.close()?;
    files.extend(directories);
    prune(root, table, &files)?;
    Ok(removed)
}

/// The directory that was worked in last stays open: entries of one follow each other.
struct Removal<'a> {
    root: BorrowedFd<'a>,
    open: Option<(Place, OwnedFd)>,
}

impl Removal<'_> {
    fn remove(&mut self, place: &Place, how: UnlinkatFlags) -> Result<u64, Failure> {
        let Some((above, name)) = place.split() else {
            return Err(Failure::refused("a key that is no path"));
        };
        if self.open.as_ref().is_none_or(|(open, _)| *open != above) {
            self.close()?;
            let Some(directory) = open_directory(self.root, &above)? else {
                return Ok(0);
            };
            self.open = Some((above, directory));
        }
        let Some((_, directory)) = &self.open else {
            return Ok(0);
        };
        match unlinkat(directory, name, how) {
            Ok(()) => Ok(1),
            Err(Errno::ENOENT) => Ok(0),
            Err(Errno::ENOTEMPTY | Errno::EEXIST | Errno::EISDIR | Errno::ENOTDIR) => Err(ARRIVED),
            Err(errno) => Err(errno.into()),
        }
    }

    /// What was removed in the directory stays removed when the power fails.
    fn close(&mut self) -> Result<(), Failure> {
        if let Some((_, directory)) = self.open.take() {
            fsync(&directory)?;
        }
        Ok(())
    }
}

/// Removes the directories that are empty now and in no plan: those above a tree that are called after the person, and
/// those of files that were retained.
fn prune(root: BorrowedFd<'_>, table: &Table, gone: &[Place]) -> Result<(), Failure> {
    let Some(template) = &table.path else {
        return Ok(());
    };
    let retained = table.retained().is_some();
    let is_theirs = |depth: usize| {
        let inside = depth >= template.depth();
        (inside && retained) || (!inside && template.names_person_at(depth))
    };
    let mut places = BTreeSet::new();
    for entry in gone {
        let mut place = entry.clone();
        while let Some((above, _)) = place.split().filter(|(above, _)| above.depth() > 0) {
            if is_theirs(above.depth()) && !places.insert(above.clone()) {
                break;
            }
            place = above;
        }
    }
    let mut places: Vec<Place> = places.into_iter().collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.depth()));
    let mut removal = Removal { root, open: None };
    for place in &places {
        match removal.remove(place, UnlinkatFlags::RemoveDir) {
            Ok(_) | Err(ARRIVED) => {}
            Err(failure) => return Err(failure),
        }
    }
    removal.close()
}

/// The permissions of an entry as the map writes them, such as `0750`; nothing when it is gone or a link.
pub(super) fn mode(root: BorrowedFd<'_>, place: &Place) -> Result<Option<String>, Failure> {
    let Some(entry) = held(root, place)? else {
        return Ok(None);
    };
    Ok(Some(format!("{:04o}", fstat(&entry)?.st_mode & 0o7777)))
}

/// Gives an entry other permissions; says whether it is there. A link has none.
pub(super) fn set_mode(root: BorrowedFd<'_>, place: &Place, mode: &str) -> Result<bool, Failure> {
    let bits = u32::from_str_radix(mode, 8).ok().and_then(Mode::from_bits);
    let bits = bits.ok_or_else(|| Failure::refused("permissions that are not written as 0750"))?;
    let Some(entry) = held(root, place)? else {
        return Ok(false);
    };
    // By way of what is held, which no link can take the place of.
    let path = format!("/proc/self/fd/{}", entry.as_raw_fd());
    fchmodat(AT_FDCWD, path.as_str(), bits, FchmodatFlags::FollowSymlink)?;
    Ok(true)
}

/// The entry itself, held without being opened: its permissions may not allow that.
fn held(root: BorrowedFd<'_>, place: &Place) -> Result<Option<OwnedFd>, Failure> {
    let Some((above, name)) = place.split() else {
        return Err(Failure::refused("a key that is no path"));
    };
    let Some(directory) = open_directory(root, &above)? else {
        return Ok(None);
    };
    let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    match openat(&directory, name, flags, Mode::empty()) {
        Ok(entry) if kind(&fstat(entry.as_fd())?) == Kind::Link => Ok(None),
        Ok(entry) => Ok(Some(entry)),
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}
