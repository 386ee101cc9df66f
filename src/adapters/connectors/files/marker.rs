//! The marker file, by which a directory that was restored from a backup is recognised.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::BorrowedFd;

use chrono::{DateTime, SecondsFormat, Utc};
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat, renameat};
use nix::sys::stat::Mode;
use nix::unistd::fsync;

use crate::domain::data_map::System as Mapped;

use super::error::Failure;

/// More than a time needs.
const LONGEST: u64 = 100;

fn name(map: &Mapped) -> Result<&str, Failure> {
    let name = map.marker.as_deref();
    let plain = |name: &&str| !name.contains(['/', '\0']) && !["", ".", ".."].contains(name);
    name.filter(plain)
        .ok_or_else(|| Failure::refused("the map names no marker, or one that is no plain name of a file"))
}

/// Writes a time, unless a later one is there; whoever reads gets one or the other, whole.
pub(super) fn write(root: BorrowedFd<'_>, map: &Mapped, at: DateTime<Utc>) -> Result<(), Failure> {
    let name = name(map)?;
    if read(root, map)?.is_some_and(|held| held >= at) {
        return Ok(());
    }
    let fresh = format!("{name}.new");
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let mut file = File::from(openat(
        root,
        fresh.as_str(),
        flags,
        Mode::S_IRUSR | Mode::S_IWUSR,
    )?);
    let text = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))?;
    renameat(root, fresh.as_str(), root, name)?;
    Ok(fsync(root)?)
}

/// The time that is there.
pub(super) fn read(root: BorrowedFd<'_>, map: &Mapped) -> Result<Option<DateTime<Utc>>, Failure> {
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let file = match openat(root, name(map)?, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::ENOENT) => return Ok(None),
        Err(errno) => return Err(errno.into()),
    };
    let mut text = String::new();
    let read = file.take(LONGEST).read_to_string(&mut text);
    let held = read
        .ok()
        .and_then(|_| DateTime::parse_from_rfc3339(text.trim()).ok());
    Ok(held.map(|at| at.to_utc()))
}
