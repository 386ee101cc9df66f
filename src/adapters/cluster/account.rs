//! As whom the server runs, and the directories it needs: PostgreSQL refuses root.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Uid, User, getegid, geteuid};

use super::ClusterError;

/// The account of the server: that of this process, or another when this process is root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) name: String,
    /// Whether processes must change to it.
    change: bool,
}

impl Account {
    /// Of an existing data directory its owner; else this process's own, or `postgres`, or `nobody`.
    pub(super) fn for_directory(directory: &Path) -> Result<Self, ClusterError> {
        let owner = fs::symlink_metadata(directory).ok();
        let me = geteuid();
        if !me.is_root() {
            let account = Self {
                uid: me.as_raw(),
                gid: getegid().as_raw(),
                name: name_of(me),
                change: false,
            };
            return match owner {
                Some(meta) if meta.uid() != account.uid => Err(ClusterError::ForeignDirectory {
                    directory: directory.to_owned(),
                    owner: meta.uid(),
                    account: account.name,
                }),
                _ => Ok(account),
            };
        }
        if let Some(meta) = owner.filter(|meta| meta.uid() != 0) {
            let name = name_of(Uid::from_raw(meta.uid()));
            return Ok(Self {
                uid: meta.uid(),
                gid: meta.gid(),
                name,
                change: true,
            });
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self {
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
                name: user.name,
                change: true,
            })
            .ok_or(ClusterError::NoAccount)
    }

    /// Makes the command run as this account, in a directory it can enter, without the caller's environment.
    pub(super) fn apply(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C")
            .current_dir("/");
        if self.change {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Makes a directory that only this account (and root) can enter, or checks that an existing one is such.
    pub(super) fn private_directory(&self, directory: &Path) -> Result<(), ClusterError> {
        match DirBuilder::new().mode(0o700).create(directory) {
            Ok(()) if self.change => self.own(directory)?,
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(ClusterError::io(directory)(error)),
        }
        // Not followed: in /tmp, somebody may have laid a link there before us.
        let mut meta = fs::symlink_metadata(directory).map_err(ClusterError::io(directory))?;
        if meta.is_dir() && meta.uid() == 0 {
            // Left between making and handing over.
            self.own(directory)?;
            meta = fs::symlink_metadata(directory).map_err(ClusterError::io(directory))?;
        }
        if !meta.is_dir() || meta.uid() != self.uid {
            return Err(ClusterError::ForeignDirectory {
                directory: directory.to_owned(),
                owner: meta.uid(),
                account: self.name.clone(),
            });
        }
        if meta.mode() & 0o077 != 0 {
            fs::set_permissions(directory, Permissions::from_mode(0o700))
                .map_err(ClusterError::io(directory))?;
        }
        Ok(())
    }

    /// Gives a file or directory to this account.
    pub(super) fn own(&self, path: &Path) -> Result<(), ClusterError> {
        if self.change {
            chown(path, Some(self.uid), Some(self.gid)).map_err(ClusterError::io(path))?;
        }
        Ok(())
    }

    /// Lets the account pass through (not list) the service's own data directory, and checks its parents.
    pub(super) fn open_way(&self, data_dir: &Path) -> Result<(), ClusterError> {
        if !self.change {
            return Ok(());
        }
        let meta = fs::metadata(data_dir).map_err(ClusterError::io(data_dir))?;
        if meta.uid() == 0 && !self.may_pass(&meta) {
            let mode = meta.mode() & 0o7777 | 0o001;
            fs::set_permissions(data_dir, Permissions::from_mode(mode))
                .map_err(ClusterError::io(data_dir))?;
        }
        for ancestor in data_dir.ancestors() {
            let meta = fs::metadata(ancestor).map_err(ClusterError::io(ancestor))?;
            if !self.may_pass(&meta) {
                return Err(ClusterError::Unreachable {
                    directory: ancestor.to_owned(),
                    account: self.name.clone(),
                });
            }
        }
        Ok(())
    }

    fn may_pass(&self, meta: &fs::Metadata) -> bool {
        let bit = if meta.uid() == self.uid {
            0o100
        } else if meta.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        meta.mode() & bit != 0
    }
}

fn name_of(uid: Uid) -> String {
    User::from_uid(uid)
        .ok()
        .flatten()
        .map_or_else(|| uid.to_string(), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_root() {
        let root = tempfile::tempdir().unwrap();
        let account = Account::for_directory(&root.path().join("absent")).unwrap();
        assert_ne!(account.uid, 0);
        assert_ne!(account.gid, 0);
    }

    #[test]
    fn a_closed_parent_is_named() {
        if !geteuid().is_root() {
            return;
        }
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), Permissions::from_mode(0o700)).unwrap();
        let data = root.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, Permissions::from_mode(0o700)).unwrap();
        let account = Account::for_directory(&data.join("postgres")).unwrap();

        let refusal = account.open_way(&data).unwrap_err();

        assert!(
            matches!(refusal, ClusterError::Unreachable { ref directory, .. } if directory == root.path()),
            "{refusal}"
        );
        assert_eq!(
            fs::metadata(&data).unwrap().mode() & 0o777,
            0o701,
            "passing through, not listing"
        );
    }

    #[test]
    fn a_link_laid_by_another_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("target");
        fs::create_dir(&target).unwrap();
        let link = root.path().join("link");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let account = Account::for_directory(&root.path().join("absent")).unwrap();
        let refusal = account.private_directory(&link).unwrap_err();
        assert!(
            matches!(refusal, ClusterError::ForeignDirectory { .. }),
            "{refusal}"
        );
    }
}
