//! The map held against the directory: is it there, may it be read, may entries be removed.

use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{AccessFlags, faccessat};

use crate::domain::data_map::{EraseRule, System as Mapped, Table};
use crate::domain::organisation::Severity;
use crate::services::ports::SystemFinding;

use super::error::Failure;
use super::place::{Kind, Place, entries, kind, open_directory, open_root, status};

/// Directories whose permissions are looked at.
const LOOKED_AT: usize = 20;

/// Everything to look at, the directory itself first: without it nothing else can be said.
pub(super) fn findings(map: &Mapped, root: &Path) -> Result<Vec<SystemFinding>, Failure> {
    let whole = |code, remedy: &str| Ok(vec![error(&map.id, code, remedy)]);
    let directory = match open_root(root) {
        Ok(directory) => directory,
        Err(Failure::Os(Errno::ENOENT)) => {
            return whole(
                "missing_directory",
                "make the directory, or correct the url in the map",
            );
        }
        Err(Failure::Os(Errno::ENOTDIR)) => {
            return whole("no_directory", "name a directory as url in the map");
        }
        Err(Failure::Os(Errno::EACCES)) => return whole("missing_permission", READABLE),
        Err(Failure::Later(_)) => {
            let remedy = "it is empty: mount what belongs there, or put a file in it, such as .dataratt";
            return whole("empty_directory", remedy);
        }
        Err(failure) => return Err(failure),
    };
    let mut findings = Vec::new();
    for table in &map.tables {
        findings.extend(shared_part(directory.as_fd(), root, table)?);
    }
    Ok(findings)
}

const READABLE: &str = "let the service's account read and enter it: chmod or setfacl";

/// Whether the directories that a template begins with are there and allow what erasure does.
fn shared_part(root: BorrowedFd<'_>, path: &Path, table: &Table) -> Result<Vec<SystemFinding>, Failure> {
    let Some(template) = &table.path else {
        return Ok(vec![]);
    };
    let (mut place, mut named) = (Place::default(), path.to_owned());
    for name in template.shared() {
        place = place.below(name.as_ref())?;
        named.push(name);
    }
    match open_directory(root, &place) {
        Ok(Some(_)) => {}
        Ok(None) => {
            let remedy = "make the directory that its path begins with, or correct the path in the map";
            return Ok(vec![error(&table.name, "missing_directory", remedy)]);
        }
        Err(Failure::Os(Errno::ELOOP)) => {
            let remedy =
                "a symbolic link stands in its path, and none is followed: name the directory itself";
            return Ok(vec![error(&table.name, "symbolic_link", remedy)]);
        }
        Err(Failure::Os(Errno::EACCES)) => {
            return Ok(vec![error(&table.name, "missing_permission", READABLE)]);
        }
        Err(failure) => return Err(failure),
    }
    let allows = |access| faccessat(AT_FDCWD, named.as_path(), access, AtFlags::AT_EACCESS).is_ok();
    let mut findings = Vec::new();
    let erases = matches!(table.erase, EraseRule::Delete | EraseRule::Retain(_));
    if erases && !allows(AccessFlags::W_OK | AccessFlags::X_OK) {
        let remedy = "let the service's account remove entries of it: it needs to write in the directory";
        findings.push(error(&table.name, "not_writable", remedy));
    }
    if erases && !first_are_writable(root, &place, &named)? {
        let remedy = "directories in it belong to others: let the service's account write in them, by setfacl or \
                      the capability CAP_DAC_OVERRIDE";
        findings.push(finding(
            Severity::Warning,
            &table.name,
            "entries_not_writable",
            remedy,
        ));
    }
    Ok(findings)
}

/// Whether entries could be removed from the first directories in a directory: each may belong to somebody else.
fn first_are_writable(root: BorrowedFd<'_>, place: &Place, path: &Path) -> Result<bool, Failure> {
    let Some(directory) = open_directory(root, place)? else {
        return Ok(true);
    };
    for name in entries(directory.as_fd())?.iter().take(LOOKED_AT) {
        let is_directory =
            status(directory.as_fd(), name)?.is_some_and(|found| kind(&found) == Kind::Directory);
        let access = AccessFlags::W_OK | AccessFlags::X_OK;
        if is_directory && faccessat(AT_FDCWD, &path.join(name), access, AtFlags::AT_EACCESS).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn error(name: &str, code: &'static str, remedy: &str) -> SystemFinding {
    finding(Severity::Error, name, code, remedy)
}

fn finding(severity: Severity, name: &str, code: &'static str, remedy: &str) -> SystemFinding {
    SystemFinding {
        severity,
        name: name.to_owned(),
        code,
        remedy: remedy.to_owned(),
    }
}
